import { createHash } from 'node:crypto';
import { type Pool, type PoolClient } from 'pg';
import { type Logger } from 'pino';
import { type JobHandler } from '../database/job-worker.js';
import { type Jobs } from '../database/jobs.js';
import { inTransaction } from '../database/transaction.js';
import { type Filter } from '../record/filter.js';
import { Problem } from '../record/problem.js';
import { type ErasedPeople } from '../registry/erased-people.js';
import { type Outcome } from '../registry/write-sources/write-outcome.js';
import { type WrittenPage } from '../registry/write-sources/write-page.js';
import { type DataSource, getDataSource } from '../sources/data-sources.js';
import { type RegistryClient, type SearchResult } from '../sources/registry-client.js';
import { findAskedRecords } from './asked-records.js';
import { writeImportItems } from './import-items.js';
import { findImportRun } from './import-run.js';
import { judgePage, type PageVerdict } from './page-end.js';
import { criteriaFilter, criteriaUnknown, findSearchCriteria } from './search-criteria.js';
import { writeApart } from './write-apart.js';

/** What reading and writing the pages of a run works with. */
export interface ImportContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, 'send'>;
  readonly client: Pick<RegistryClient, 'search'>;
  readonly log: Logger;
  /** Who must not come back. */
  readonly erased: ErasedPeople;
}

/** After this long a run lets others have the worker and goes on in a further job. */
const TURN_MS = 10_000;
const LARGEST_COUNT = 2_147_483_647;

const START = {
  name: 'start-import-run',
  text: `
    update import_runs
    set state = 'running', started_at = coalesce(started_at, now()), page_size = coalesce(page_size, $2)
    where id = $1 and state in ('queued', 'running')
    returning next_page, page_size, records_done, records_reported, last_page_digest`,
};

/** Of two workers on one page the second finds the cursor moved, and writes nothing. */
const CLAIM_PAGE = {
  name: 'claim-import-page',
  text: `update import_runs set next_page = next_page + 1 where id = $1 and next_page = $2 and state = 'running'`,
};

const COUNT_PAGE = {
  name: 'count-import-page',
  text: `
    update import_runs
    set pages_done = pages_done + 1, records_done = records_done + $2, records_reported = $3,
      records_outside = records_outside + $4, last_page_digest = $5,
      created_count = created_count + $6, updated_count = updated_count + $7,
      unchanged_count = unchanged_count + $8, skipped_count = skipped_count + $9,
      conflict_count = conflict_count + $10, failed_count = failed_count + $11,
      individuals_created = individuals_created + $12, individuals_updated = individuals_updated + $13,
      groups_created = groups_created + $14, unidentified_parents = unidentified_parents + $15,
      warnings = warnings || array(select w from unnest($16::text[]) as w where w <> all (warnings))
    where id = $1`,
};

const SUCCEED = {
  name: 'succeed-import-run',
  text: `
    update import_runs
    set state = 'succeeded', finished_at = now(),
      warnings = warnings || $2::text[] || case when records_done > 0 and records_outside = records_done
        then array[$3::text] else '{}' end
    where id = $1`,
};

const NONE_ASKED_FOR =
  'The source gave records, but the criteria asks for none of them: look whether its location or location type is one of this source.';

/** A run that brought nothing locks nothing: the operator corrects the criteria and fetches again. */
const LOCK_IMPORTED_CRITERIA = {
  name: 'lock-imported-criteria',
  text: `
    update search_criteria c set locked_at = now(), updated_at = now()
    from import_runs r
    where r.id = $1 and c.id = r.search_criteria_id
      and exists (select from import_items t where t.import_run_id = r.id)`,
};

const FAIL = {
  name: 'fail-import-run',
  text: `
    update import_runs
    set state = 'failed', finished_at = now(), error_code = $3, error_message = $4
    where id = $1 and next_page = $2 and state in ('queued', 'running')`,
};

/** A run while this worker has it. */
interface Turn {
  readonly runId: string;
  readonly source: DataSource;
  readonly filter: Filter;
  readonly size: number;
  number: number;
  recordsDone: number;
  recordsReported: number | null;
  lastPageDigest: Buffer | null;
}

/**
 * Reads and writes the pages of a run until it ends, the turn is over or the signal fires. Each page is one transaction
 * that holds the cursor, the rows, the items and the changes, so a run that is killed goes on where it was.
 * What the source refuses fails the run, which can be resumed; any other error is thrown, for the job to try again.
 */
export async function runPages(
  context: ImportContext,
  runId: string,
  signal: AbortSignal,
  attempt: Parameters<JobHandler>[2],
): Promise<void> {
  const turn = await startTurn(context.pool, runId);
  if (turn === null) return;
  const leaving = new AbortController();
  try {
    await takeTurn(context, turn, AbortSignal.any([signal, leaving.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) {
      await failRun(context, turn, { code: String(error.code), message: error.message });
      return;
    }
    if (attempt.last) {
      const reason = 'The import was given up after many attempts: look into the log, then resume it';
      await failRun(context, turn, { code: 'IMPORT_GIVEN_UP', message: reason });
    }
    throw error;
  } finally {
    // A page that was asked for in advance and is not wanted any more.
    leaving.abort();
  }
}

async function startTurn(pool: Pool, runId: string): Promise<Turn | null> {
  const run = await findImportRun(pool, runId);
  if (run === null) return null;
  const criteria = await findSearchCriteria(pool, run.searchCriteriaId);
  if (criteria === null) throw criteriaUnknown();
  const source = await getDataSource(pool, criteria.dataSourceId);
  const { rows } = await pool.query<{
    next_page: number;
    page_size: number;
    records_done: number;
    records_reported: number | null;
    last_page_digest: Buffer | null;
  }>({ ...START, values: [runId, source.pageSize] });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    runId,
    source,
    filter: criteriaFilter(criteria),
    size: row.page_size,
    number: row.next_page,
    recordsDone: row.records_done,
    recordsReported: row.records_reported,
    lastPageDigest: row.last_page_digest,
  };
}

async function takeTurn(context: ImportContext, turn: Turn, signal: AbortSignal): Promise<void> {
  const endsAt = Date.now() + TURN_MS;
  let asked = askPage(context, turn, turn.number, signal);
  for (;;) {
    const result = await asked;
    signal.throwIfAborted();
    const page = readPage(turn, result);
    const verdict = judgePage(turn, page);
    if (verdict.failure !== null) throw verdict.failure;
    const isOver = Date.now() >= endsAt;
    // The source answers the next page while the database takes this one.
    if (verdict.more && !isOver) {
      asked = askPage(context, turn, turn.number + 1, signal);
      asked.catch(() => undefined);
    }
    const isOurs = await inTransaction(context.pool, async (client) => {
      const claimed = await client.query({ ...CLAIM_PAGE, values: [turn.runId, turn.number] });
      if (claimed.rowCount === 0) return false;
      if (verdict.take) await writeRecords(client, { ...turn, erased: context.erased }, result, page);
      if (!verdict.more) await finishRun(client, turn.runId, verdict);
      else if (isOver) await context.jobs.send('import-page', { id: turn.runId }, { db: client });
      return true;
    });
    if (!isOurs) return;
    turn.number += 1;
    if (!verdict.more) context.log.info({ run: turn.runId, source: turn.source.code }, 'an import has succeeded');
    if (!verdict.more || isOver) return;
    turn.recordsDone += page.count;
    turn.recordsReported = page.total ?? turn.recordsReported;
    turn.lastPageDigest = page.digest;
  }
}

function askPage(context: ImportContext, turn: Turn, number: number, signal: AbortSignal): Promise<SearchResult> {
  return context.client.search(turn.source, { filter: turn.filter, page: { size: turn.size, number } }, signal);
}

type Page = ReturnType<typeof readPage>;

function readPage(turn: Turn, { records, pagination }: SearchResult) {
  const total = pagination?.total ?? null;
  return {
    number: turn.number,
    size: turn.size,
    count: records.length,
    total: total !== null && Number.isInteger(total) && total >= 0 && total <= LARGEST_COUNT ? total : null,
    digest: createHash('sha256').update(JSON.stringify(records)).digest(),
  };
}

async function writeRecords(
  client: PoolClient,
  turn: Turn & Pick<ImportContext, 'erased'>,
  result: SearchResult,
  page: Page,
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const asked = await findAskedRecords(client, turn.source.id, result.residual, result.records, today);
  const written = await writeApart(
    client,
    { dataSourceId: turn.source.id, origin: 'import', importRunId: turn.runId, page: turn.number, erased: turn.erased },
    asked,
  );
  const items = asked.flatMap(({ ordinal }, index) => {
    const record = written.records[index];
    return record === undefined ? [] : [{ ordinal, written: record }];
  });
  await writeImportItems(client, turn.runId, turn.number, items);
  await client.query({
    ...COUNT_PAGE,
    values: [
      turn.runId,
      page.count,
      page.total ?? turn.recordsReported,
      page.count - asked.length,
      page.digest,
      ...countOutcomes(written),
      written.individualsCreated,
      written.individualsUpdated,
      written.groupsCreated,
      written.unidentifiedParents,
      [...new Set([...result.warnings, ...placesWarning(turn.source)])],
    ],
  });
}

/** Without its list of places every place of a source is unknown, which item after item would say and the run would not. */
function placesWarning(source: DataSource): string[] {
  if (source.locationsSyncedAt !== null || source.paths.locations === undefined) return [];
  return ['The places of this source were never read: sync its locations, then fetch again to fill them in.'];
}

const COUNTED: readonly Outcome[] = ['created', 'updated', 'unchanged', 'skipped', 'conflict', 'failed'];

function countOutcomes({ records }: WrittenPage): number[] {
  return COUNTED.map((outcome) => records.filter((record) => record.outcome === outcome).length);
}

async function finishRun(client: PoolClient, runId: string, { warning }: PageVerdict): Promise<void> {
  await client.query({ ...SUCCEED, values: [runId, warning === null ? [] : [warning], NONE_ASKED_FOR] });
  await client.query({ ...LOCK_IMPORTED_CRITERIA, values: [runId] });
}

async function failRun(
  { pool, log }: ImportContext,
  turn: Turn,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  await pool.query({ ...FAIL, values: [turn.runId, turn.number, code, message] });
  log.warn({ run: turn.runId, source: turn.source.code, code }, 'an import has failed');
}
