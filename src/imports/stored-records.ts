import { type PoolClient } from 'pg';
import { type Queryable } from '../database/pool.js';
import { type IndividualRecord } from '../record/individual-record.js';
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

/** Keeps records of a page as they were read: sealed, and findable by who is named in them. */
export async function keepRecords(
  client: PoolClient,
  { run, keys, erased }: RecordKeeper,
  page: number,
  records: readonly ToldRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await client.query({
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
  // Written by keepRecords alone, and the seal tells of any change.
  return rows.map((row) => JSON.parse(keys.open(row.record_sealed)) as ToldRecord);
}

function marksOf(erased: ErasedPeople, record: IndividualRecord): string[] {
  const named = [record, ...record.parents.map((parent) => parent.record)];
  const marks = erased.identifierMarks(named.flatMap(({ identifiers }) => identifiers));
  return [...new Set(marks.map((mark) => mark.toString('hex')))];
}
