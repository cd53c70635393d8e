import { type Pool, type PoolClient } from 'pg';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import { cleanRecord } from '../../registry/write-sources/write-clean.js';
import { findAskedRecords } from '../asked-records.js';
import { importRecords, type SourcePage } from '../kinds/import.js';
import { type ImportContext, type Turn } from '../run-kind.js';
import { recordDigest } from './preview-items.js';

const SELECT_CHECK = {
  name: 'select-preview-check',
  text: `
    select next_page, page_size, records from preview_checks
    where import_run_id = $1 and finished_at is null`,
};

const LOCK_CHECK = {
  name: 'lock-preview-check',
  text: 'select from preview_checks where import_run_id = $1 and next_page = $2 for update',
};

const COUNT_PAGE = {
  name: 'count-preview-check-page',
  text: `
    update preview_checks
    set next_page = $3, page_size = $4, records = records + $5, unknown_records = unknown_records + $6
    where import_run_id = $1 and next_page = $2`,
};

/** As often as the source gives the same record, as often the preview has it, or it is one more. */
const FIND_AGAIN = {
  name: 'find-preview-items-again',
  text: `
    with given as (
      select record_digest, count(*) as times from unnest($2::bytea[]) as record_digest group by record_digest
    ), open as (
      select p.ctid as place, p.record_digest,
        row_number() over (partition by p.record_digest order by p.page, p.ordinal) as nth
      from given join preview_items p on p.import_run_id = $1 and p.record_digest = given.record_digest
      where not p.is_found_again
    ), found as (
      update preview_items p set is_found_again = true
      from open join given using (record_digest)
      where p.ctid = open.place and open.nth <= given.times
      returning 1
    )
    select (select coalesce(sum(times), 0) from given)::integer - (select count(*) from found)::integer as unknown`,
};

const FINISH = {
  name: 'finish-preview-check',
  text: `
    update preview_checks c set finished_at = now()
    where c.import_run_id = $1
    returning c.unknown_records as unknown,
      (select count(*) from preview_items p where p.import_run_id = $1 and not p.is_found_again)::integer as missing`,
};

const START_AGAIN = {
  name: 'restart-preview-check',
  text: `
    with unfound as (update preview_items set is_found_again = false where import_run_id = $1 and is_found_again)
    update preview_checks set next_page = 1, records = 0, unknown_records = 0, finished_at = null
    where import_run_id = $1`,
};

/**
 * Where an apply is to ask the source again: reads it to the end and holds each record against those of the preview. It
 * goes on where it was stopped. Throws `SOURCE_HAS_CHANGED` where a record is new, other or gone; resumed, the run asks
 * once more.
 */
export async function askSourceAgain(context: ImportContext, turn: Turn, signal: AbortSignal): Promise<void> {
  const { pool } = context;
  const previewId = turn.run.ofRunId;
  const { rows } = await pool.query<{ next_page: number; page_size: number | null; records: number }>({
    ...SELECT_CHECK,
    values: [previewId],
  });
  const [row] = rows;
  if (row === undefined || previewId === null) return;
  let asked: Turn = {
    ...turn,
    number: row.next_page,
    size: row.page_size ?? turn.size,
    recordsDone: row.records,
    recordsReported: null,
    lastPageDigest: null,
  };
  for (;;) {
    const page = await importRecords.read(context, asked, signal);
    signal.throwIfAborted();
    const { failure, take, more, size = asked.size } = importRecords.judge(asked, page);
    if (failure !== null) throw failure;
    const following = { ...asked, number: page.number + 1, size };
    if (!take) break;
    await inTransaction(pool, (client) => countAgain(client, previewId, asked, following, page));
    if (!more) break;
    asked = {
      ...following,
      recordsDone: asked.recordsDone + page.count,
      recordsReported: page.total ?? asked.recordsReported,
      lastPageDigest: page.digest,
    };
  }
  await finish(pool, previewId);
}

async function countAgain(
  client: PoolClient,
  previewId: string,
  asked: Turn,
  following: Turn,
  { count, result: { residual, records } }: SourcePage,
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const found = await findAskedRecords(client, asked.source.id, residual, records, today);
  const cleaned = found.map(({ record }) => cleanRecord(record));
  const erased = await asked.erased.among(client, { identifiers: cleaned.flatMap(({ identifiers }) => identifiers) });
  // Of those that are skipped whatever they say the preview kept nothing.
  const digests = found
    .filter((_, index) => {
      const identifiers = cleaned[index]?.identifiers ?? [];
      return identifiers.length > 0 && !erased.hasPerson({ identifiers });
    })
    .map(({ record }) => recordDigest(record));
  // The row of the check is locked by the first statement: whoever comes second finds the page counted.
  const locked = await client.query({ ...LOCK_CHECK, values: [previewId, asked.number] });
  if (locked.rowCount === 0) return;
  const again = await client.query<{ unknown: number }>({ ...FIND_AGAIN, values: [previewId, digests] });
  const unknown = again.rows[0]?.unknown ?? 0;
  await client.query({
    ...COUNT_PAGE,
    values: [previewId, asked.number, following.number, following.size, count, unknown],
  });
}

async function finish(pool: Pool, previewId: string): Promise<void> {
  const { rows } = await pool.query<{ unknown: number; missing: number }>({ ...FINISH, values: [previewId] });
  const { unknown = 0, missing = 0 } = rows[0] ?? {};
  if (unknown === 0 && missing === 0) return;
  await pool.query({ ...START_AGAIN, values: [previewId] });
  throw new Problem(
    'SOURCE_HAS_CHANGED',
    `The source does not say any more what the preview shows (records that are new or differ: ${String(unknown)}; ` +
      `that it no longer gives: ${String(missing)}): nothing was written, make a new preview`,
  );
}
