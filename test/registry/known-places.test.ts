import { setTimeout as delay } from 'node:timers/promises';
import { type KnownPlaces, watchPlaces } from '../../src/registry/answers/known-places.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

const PROVINCE = '00000000-0000-4000-8000-0000000000a1';
const CLINIC = '00000000-0000-4000-8000-0000000000a2';
const NOWHERE = '00000000-0000-4000-8000-0000000000ff';

describe('places that are held in memory', () => {
  let database: TestDatabase;
  let places: KnownPlaces;

  beforeAll(async () => {
    database = await createTestDatabase();
    await database.pool.query(`
      with place as (
        insert into locations (id, name, type, parent_id)
        values ('${PROVINCE}', 'Lusaka Province', 'province', null), ('${CLINIC}', 'Kanyama', 'facility', '${PROVINCE}')
      )
      insert into location_ancestors (location_id, ancestor_id, depth)
      values ('${PROVINCE}', '${PROVINCE}', 0), ('${CLINIC}', '${CLINIC}', 0), ('${CLINIC}', '${PROVINCE}', 1)`);
    places = watchPlaces(database.url);
  });

  afterAll(async () => {
    await places.close();
    await database.close();
  });

  const load = (...ids: (string | null)[]) => places.load(database.pool, ids);

  test('are read once, with what contains them; what is no place is no answer', async () => {
    const first = await load(CLINIC, null, NOWHERE, CLINIC);
    // Nothing is held before the database can tell of changes.
    do {
      database.statements.length = 0;
      await load(CLINIC);
    } while (database.statements.length > 0);
    expect([...first.values()]).toEqual([
      {
        id: CLINIC,
        name: 'Kanyama',
        type: 'facility',
        ancestors: [{ id: PROVINCE, name: 'Lusaka Province', type: 'province' }],
      },
    ]);
    database.statements.length = 0;
    expect(await load(CLINIC)).toEqual(first);
    expect(database.statements).toEqual([]);
  });

  test.each([
    ['is renamed', `update locations set name = 'Mandevu' where id = '${CLINIC}'`, { name: 'Mandevu' }],
    [
      'is moved',
      `delete from location_ancestors where location_id = '${CLINIC}' and ancestor_id = '${PROVINCE}'`,
      { ancestors: [] },
    ],
  ])('are read again when one %s', async (_, change, expected) => {
    await load(CLINIC);
    await database.pool.query(change);
    for (;;) {
      const told = (await load(CLINIC)).get(CLINIC);
      if (JSON.stringify({ ...told, ...expected }) === JSON.stringify(told)) break;
      await delay(10);
    }
  });
});
