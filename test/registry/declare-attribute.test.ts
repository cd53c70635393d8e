import { readQuery } from '../../src/dci/query.js';
import { createPool } from '../../src/database/pool.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { openCatalogue } from '../../src/registry/attributes.js';
import { type AttributeToDeclare, declareAttribute, removeAttribute } from '../../src/registry/declare-attribute.js';
import { composePage } from '../../src/registry/queries/keyset.js';
import { recordRead } from '../../src/registry/queries/record-pages.js';
import { createTestDatabase } from '../test-database.js';

const TRIBE: AttributeToDeclare = {
  record: 'individual',
  name: 'tribe',
  type: 'text',
  aliases: ['ethnic-group'],
  registries: [],
  path: [],
  codes: [],
  list: false,
  sensitivity: 'sensitive',
  searchable: true,
};

test('an added attribute is asked for by its index, in every type, until it is removed', async () => {
  const database = await createTestDatabase({ size: 1 });
  const owner = createPool(database.ownerUrl, { size: 1 });
  try {
    const { pool } = database;
    await pool.query('set enable_seqscan = off; set enable_indexscan = off; set enable_indexonlyscan = off');
    const given: readonly (readonly [Partial<AttributeToDeclare>, unknown])[] = [
      [{}, 'masai'],
      [{ name: 'shoe.size', aliases: [], type: 'number' }, 42],
      [{ name: 'arrived', aliases: [], type: 'date' }, '2020-01-01'],
      [{ name: 'seen', aliases: [], type: 'instant' }, '2020-01-01T00:00:00Z'],
      [{ name: 'veteran', aliases: [], type: 'boolean' }, true],
      [{ name: 'languages', aliases: [], type: 'code', codes: ['sw', 'en'], list: true }, 'SW'],
    ];
    for (const [change] of given) await declareAttribute(owner, { ...TRIBE, ...change });
    const catalogue = await openCatalogue(pool)();
    for (const [{ name = 'Ethnic Group' }, value] of given) {
      const { filter } = readQuery('expression', { [name]: value }, { catalogue, strict: true });
      const read = recordRead({ record: 'individual', filter, visible: EVERYBODY, sort: [] });
      const { text, values } = composePage(read, { size: 20, backward: false, from: null });
      const { rows } = await pool.query(`explain ${text}`, values);
      expect(JSON.stringify(rows)).toMatch(/on attribute_[0-9a-f]{32}|using attribute_[0-9a-f]{32}/u);
    }
    // The same again changes nothing; another under its name is refused.
    expect(await declareAttribute(owner, TRIBE)).toMatchObject({ searchable: true });
    await expect(declareAttribute(owner, { ...TRIBE, type: 'number' })).rejects.toMatchObject({
      code: 'ATTRIBUTE_EXISTS',
    });
    await expect(declareAttribute(owner, { ...TRIBE, name: 'dob' })).rejects.toMatchObject({
      code: 'ATTRIBUTE_EXISTS',
    });
    for (const path of [["a'b"], ['a"b'], ['}'], ['a b']]) {
      await expect(declareAttribute(owner, { ...TRIBE, name: 'evil', path })).rejects.toMatchObject({
        code: 'ATTRIBUTE_INVALID',
      });
    }
    await removeAttribute(owner, 'individual', 'tribe');
    expect((await openCatalogue(pool)()).find('tribe', 'social', 'individual')).toBeUndefined();
  } finally {
    await owner.end();
    await database.close();
  }
});
