import { inTransaction } from '../../src/database/transaction.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { writePage, type WrittenPage } from '../../src/registry/write-sources/write-page.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';
import { onPage } from './on-page.js';

/** A database and a data source for each test of the file that asks for it. */
export let database: TestDatabase;
export let sourceId: string;

export function eachTestHasARegistry(): void {
  beforeEach(async () => {
    database = await createTestDatabase();
    sourceId = await addSource('crvs');
  });
  afterEach(async () => {
    await database.close();
  });
}

export async function addSource(code: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into data_sources (code, name, base_url, dialect) values ($1, $1, 'http://localhost', 'opencrvs-1.0')
     returning id`,
    [code],
  );
  return rows[0]?.id ?? '';
}

export async function addPlace(name: string, externalId: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `with place as (insert into locations (name) values ($1) returning id)
     insert into source_locations (data_source_id, external_id, name, location_id)
     select $2, $3, $1, id from place returning location_id as id`,
    [name, sourceId, externalId],
  );
  return rows[0]?.id ?? '';
}

export async function write(records: IndividualRecord[], dataSourceId = sourceId): Promise<WrittenPage> {
  return inTransaction(database.pool, (client) =>
    writePage(client, {
      dataSourceId,
      origin: 'import',
      importRunId: null,
      page: null,
      erased,
      records: onPage(records),
    }),
  );
}

export async function count(table: string, condition = 'true'): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*) as count from ${table} where ${condition}`,
  );
  return Number(rows[0]?.count);
}

export interface Row {
  id: string;
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  sex: string | null;
  birth_date: string | null;
  birth_date_precision: string | null;
  death_date: string | null;
  deceased: boolean;
  birth_location_id: string | null;
  birth_place_text: string | null;
  home_location_id: string | null;
  identifiers: string[];
}

export async function person(type: string, value: string): Promise<Row> {
  const { rows } = await database.pool.query<Row>(
    `select i.*, (select array_agg(type || ':' || value order by type, value) from identifiers a
       where a.individual_id = i.id) as identifiers
     from individuals i join identifiers n on n.individual_id = i.id where n.type = $1 and n.value = $2`,
    [type, value],
  );
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} people hold ${type} ${value}`);
  return row;
}

export const outcomes = (page: WrittenPage): string[] => page.records.map((record) => record.outcome);
