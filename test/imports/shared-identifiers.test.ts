import { inTransaction } from '../../src/database/transaction.js';
import { writeApart } from '../../src/imports/write-apart.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';
import { onPage } from '../registry/on-page.js';
import { said } from '../registry/said-records.js';

const PEOPLE = 500;
const WORKERS = 8;
const PAGE = 25;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ size: WORKERS });
});
afterAll(() => database.close());

test('eight workers over the records of the same five hundred people make exactly five hundred', async () => {
  const { pool } = database;
  const { rows } = await pool.query<{ id: string }>(
    "insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0') returning id",
  );
  const dataSourceId = rows[0]?.id ?? '';
  const records = Array.from({ length: PEOPLE }, (_, number) => said({ ids: `BRN:B${String(number)}` }));
  await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      // Each begins elsewhere and goes the other way than its neighbour, so that they meet in the middle of pages.
      const turned = [...records.slice(worker * 60), ...records.slice(0, worker * 60)];
      const own = worker % 2 === 0 ? turned : turned.reverse();
      for (let first = 0; first < PEOPLE; first += PAGE) {
        const page = onPage(own.slice(first, first + PAGE));
        const writer = { dataSourceId, origin: 'import', importRunId: null, page: null, erased, desk } as const;
        await inTransaction(pool, (client) => writeApart(client, writer, page));
      }
    }),
  );
  const counts = await pool.query(`
    select (select count(*) from individuals) as people, (select count(*) from identifiers) as identifiers,
      (select count(*) from changes where subject = 'individual' and kind = 'created') as changes`);
  expect(counts.rows).toEqual([{ people: PEOPLE, identifiers: PEOPLE, changes: PEOPLE }]);
});
