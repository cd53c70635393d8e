import { type PoolClient } from 'pg';
import { type Queryable } from '../database/pool.js';
import { type Writable } from '../database/write-behind.js';
import { type IndividualRecord, peopleNamed } from '../record/individual-record.js';
import { type ErasedPeople } from '../registry/erased-people.js';
import { type ToldRecord } from '../registry/write-sources/told-record.js';
import { type CredentialSeal } from '../sources/data-sources.js';

/** Whose records are kept, and under which key. */
export interface RecordKeeper {
  readonly run: { readonly id: string };
  readonly keys: CredentialSeal;
  readonly erased: ErasedPeople;
}

const INSERT_RECORDS = {
  name: 'insert-import-records',
  text: `
    insert into import_records (import_run_id, page, ordinal, record_sealed, marks)
    select $1, $2, n.ordinal, n.sealed,
      coalesce((select array_agg(decode(mark, 'hex')) from jsonb_array_elements_text(n.marks) as mark), '{}')
    from unnest($3::integer[], $4::bytea[], $5::jsonb[]) as n (ordinal, sealed, marks)`,
};

const SELECT_RECORDS = {
  name: 'select-import-records',
  text: `
    select page, ordinal, record_sealed from import_records
    where import_run_id = $1 and page = $2
    order by ordinal`,
};

/** The first page from $2 on with records that a run could not write, and how many there are from there on. */
const SELECT_FAILED = {
  name: 'select-failed-import-records',
  text: `
    with failed as (
      select k.page, k.ordinal from import_records k
      join import_items t using (import_run_id, page, ordinal)
      where k.import_run_id = $1 and k.page >= $2 and t.outcome = 'failed')
    select k.page, k.record_sealed, (select count(*) from failed) as remaining
    from failed join import_records k using (page, ordinal)
    where k.import_run_id = $1 and k.page = (select min(page) from failed)
    order by k.ordinal`,
};

const DELETE_RECORDS = {
  name: 'delete-import-records',
  text: 'delete from import_records where import_run_id = $1 and page = $2 and ordinal = any ($3::integer[])',
};

/** Keeps records of a page as they were read: sealed, and findable by who is named in them. */
export async function keepRecords(
  db: Writable,
  { run, keys, erased }: RecordKeeper,
  page: number,
  records: readonly ToldRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await db.query({
    ...INSERT_RECORDS,
    values: [
      run.id,
      page,
      records.map(({ ordinal }) => ordinal),
      records.map((told) => keys.seal(JSON.stringify(told))),
      records.map(({ record }) => JSON.stringify(marksOf(erased, record))),
    ],
  });
}

/** The records that a run kept of a page, in their order. */
export async function readKeptRecords(
  db: Queryable,
  { run, keys }: Pick<RecordKeeper, 'run' | 'keys'>,
  page: number,
): Promise<ToldRecord[]> {
  const { rows } = await db.query<{ record_sealed: Buffer }>({ ...SELECT_RECORDS, values: [run.id, page] });
  return rows.map((row) => openRecord(keys, row.record_sealed));
}

/** Records that a run kept because they could not be written. */
export interface FailedRecords {
  /** `null`: there are none. */
  readonly page: number | null;
  readonly records: readonly ToldRecord[];
  /** On this page and those after it. */
  readonly remaining: number;
}

/** Those of the first page from `fromPage` on that has any. */
export async function readFailedRecords(
  db: Queryable,
  keys: CredentialSeal,
  runId: string,
  fromPage: number,
): Promise<FailedRecords> {
  const { rows } = await db.query<{ page: number; record_sealed: Buffer; remaining: number }>({
    ...SELECT_FAILED,
    values: [runId, fromPage],
  });
  const [first] = rows;
  return {
    page: first?.page ?? null,
    records: rows.map((row) => openRecord(keys, row.record_sealed)),
    remaining: first?.remaining ?? 0,
  };
}

/** Of records that wait no more. */
export async function forgetRecords(
  client: PoolClient,
  runId: string,
  page: number,
  ordinals: readonly number[],
): Promise<void> {
  if (ordinals.length > 0) await client.query({ ...DELETE_RECORDS, values: [runId, page, ordinals] });
}

/** Written by keepRecords alone, and the seal tells of any change. */
function openRecord(keys: CredentialSeal, sealed: Buffer): ToldRecord {
  return JSON.parse(keys.open(sealed)) as ToldRecord;
}

function marksOf(erased: ErasedPeople, record: IndividualRecord): string[] {
  const marks = erased.identifierMarks(peopleNamed(record).flatMap(({ identifiers }) => identifiers));
  return [...new Set(marks.map((mark) => mark.toString('hex')))];
}
