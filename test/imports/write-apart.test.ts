import { inTransaction } from '../../src/database/transaction.js';
import { writeApart } from '../../src/imports/write-apart.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { bornOn, named, said } from '../registry/said-records.js';
import { type ImportRig, openRig } from './import-rig.js';
import { erased } from '../registry/erased.js';
import { onPage } from '../registry/on-page.js';

let rig: ImportRig;
let dataSourceId: string;
beforeAll(async () => {
  rig = await openRig();
  dataSourceId = (await rig.addSource({ baseUrl: 'http://127.0.0.1:9' })).id;
});
afterAll(() => rig.close());

const write = (records: readonly IndividualRecord[]) =>
  inTransaction(rig.database.pool, (client) =>
    writeApart(client, { dataSourceId, origin: 'import', importRunId: null, page: null, erased }, onPage(records)),
  );

test('a record that the database refuses fails alone and the rest of its page is written', async () => {
  const records = Array.from({ length: 20 }, (_, number) =>
    said({
      ids: `BRN:B${number}`,
      name: named(`G${number}`, 'F'),
      birthDate: bornOn(number === 7 || number === 8 ? '2021-02-30' : '2021-02-03'),
      mother: { ids: 'NID:M1', name: named('M', 'F') },
    }),
  );
  const page = await write(records);
  expect(page.records.map((record) => record.outcome)).toEqual(
    records.map((_, number) => (number === 7 || number === 8 ? 'failed' : 'created')),
  );
  expect(page.records[7]).toMatchObject({ refusal: { code: 'RECORD_NOT_STORABLE' }, individualId: null });
  expect(page).toMatchObject({ individualsCreated: 19, groupsCreated: 1 });
  expect(await rig.number('select count(*) from individuals')).toBe(19);
  expect(await rig.number("select count(*) from changes where subject = 'individual'")).toBe(19);
});

test('an error that is not of the data is thrown and nothing is written', async () => {
  await expect(
    inTransaction(rig.database.pool, (client) =>
      writeApart(
        client,
        { dataSourceId, origin: 'import', importRunId: null, page: null, erased },
        onPage([said({ ids: 'BRN:X' })]),
      ).then(() => client.query('select no_such_column')),
    ),
  ).rejects.toThrow(/no_such_column/u);
  expect(await rig.number("select count(*) from identifiers where value = 'X'")).toBe(0);
});

test('a page without records is written', async () => {
  expect(await write([])).toMatchObject({ records: [], individualsCreated: 0 });
});
