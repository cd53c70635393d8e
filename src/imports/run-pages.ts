import { type Pool } from 'pg';
import { type JobHandler } from '../database/job-worker.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from '../sources/data-sources.js';
import { findImportRun, type RunKind } from './import-run.js';
import { type ItemOutcome } from './import-items.js';
import { importRecords } from './kinds/import.js';
import { type ImportContext, type KindOfRun, type PageResult, type RunPage, type Turn } from './run-kind.js';
import { criteriaFilter, criteriaUnknown, findSearchCriteria } from './search-criteria.js';

/** After this long a run lets others have the worker and goes on in a further job. */
const TURN_MS = 10_000;

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
  text: `update import_runs set next_page = $3 where id = $1 and next_page = $2 and state = 'running'`,
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
      removed_count = removed_count + $12, restored_count = restored_count + $13,
      refused_count = refused_count + $14,
      individuals_created = individuals_created + $15, individuals_updated = individuals_updated + $16,
      groups_created = groups_created + $17, unidentified_parents = unidentified_parents + $18,
      individuals_removed = individuals_removed + $19, individuals_restored = individuals_restored + $20,
      warnings = warnings || array(select w from unnest($21::text[]) as w where w <> all (warnings))
    where id = $1`,
};

const SUCCEED = {
  name: 'succeed-import-run',
  text: `
    update import_runs set state = 'succeeded', finished_at = now(), warnings = warnings || $2::text[]
    where id = $1`,
};

const FAIL = {
  name: 'fail-import-run',
  text: `
    update import_runs
    set state = 'failed', finished_at = now(), error_code = $2, error_message = $3
    where id = $1 and state in ('queued', 'running')`,
};

type TakeTurn = (context: ImportContext, turn: Turn, signal: AbortSignal) => Promise<void>;

const doing =
  <Page extends RunPage>(kind: KindOfRun<Page>): TakeTurn =>
  (context, turn, signal) =>
    takeTurn(kind, context, turn, signal);

const KINDS: Readonly<Partial<Record<RunKind, TakeTurn>>> = {
  import: doing(importRecords),
};

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
  const turn = await startTurn(context, runId);
  if (turn === null) return;
  const leaving = new AbortController();
  try {
    const take = KINDS[turn.run.kind];
    if (take === undefined) throw new Error(`there is no way to do a run of kind ${turn.run.kind}`);
    await take(context, turn, AbortSignal.any([signal, leaving.signal]));
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

async function startTurn({ pool, erased, keys }: ImportContext, runId: string): Promise<Turn | null> {
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
    run,
    source,
    filter: criteriaFilter(criteria),
    size: row.page_size,
    number: row.next_page,
    recordsDone: row.records_done,
    recordsReported: row.records_reported,
    lastPageDigest: row.last_page_digest,
    erased,
    keys,
  };
}

async function takeTurn<Page extends RunPage>(
  kind: KindOfRun<Page>,
  context: ImportContext,
  start: Turn,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = Date.now() + TURN_MS;
  let turn = start;
  let asked = kind.read(context, turn, signal);
  for (;;) {
    const page = await asked;
    signal.throwIfAborted();
    const verdict = kind.judge(turn, page);
    if (verdict.failure !== null) throw verdict.failure;
    const isOver = Date.now() >= endsAt;
    const following = afterPage(turn, page);
    // The source answers the next page while the database takes this one.
    if (verdict.more && !isOver) {
      asked = kind.read(context, following, signal);
      asked.catch(() => undefined);
    }
    const { run, number } = turn;
    const isOurs = await inTransaction(context.pool, async (client) => {
      const claimed = await client.query({ ...CLAIM_PAGE, values: [run.id, number, following.number] });
      if (claimed.rowCount === 0) return false;
      if (verdict.take) {
        const result = await kind.write(client, turn, page);
        await client.query({ ...COUNT_PAGE, values: [run.id, ...countsOf(following, page, result)] });
      }
      if (!verdict.more) {
        await client.query({ ...SUCCEED, values: [run.id, verdict.warning === null ? [] : [verdict.warning]] });
        await kind.finish?.(client, turn);
      } else if (isOver) await context.jobs.send('import-page', { id: run.id }, { db: client });
      return true;
    });
    if (!isOurs) return;
    if (!verdict.more) context.log.info({ run: run.id, source: turn.source.code }, 'an import has succeeded');
    if (!verdict.more || isOver) return;
    turn = following;
  }
}

/** The run as it stands when the page is written. */
function afterPage(turn: Turn, page: RunPage): Turn {
  return {
    ...turn,
    number: page.number + 1,
    recordsDone: turn.recordsDone + page.count,
    recordsReported: page.total ?? turn.recordsReported,
    lastPageDigest: page.digest,
  };
}

const COUNTED: readonly ItemOutcome[] = [
  'created',
  'updated',
  'unchanged',
  'skipped',
  'conflict',
  'failed',
  'removed',
  'restored',
  'refused',
];

/** The values of COUNT_PAGE after the id. */
function countsOf(following: Turn, page: RunPage, result: PageResult): unknown[] {
  return [
    page.count,
    following.recordsReported,
    result.recordsOutside ?? 0,
    page.digest,
    ...COUNTED.map((counted) => result.outcomes.filter((outcome) => outcome === counted).length),
    result.individualsCreated ?? 0,
    result.individualsUpdated ?? 0,
    result.groupsCreated ?? 0,
    result.unidentifiedParents ?? 0,
    result.individualsRemoved ?? 0,
    result.individualsRestored ?? 0,
    [...new Set(result.warnings)],
  ];
}

async function failRun(
  { pool, log }: { readonly pool: Pool; readonly log: ImportContext['log'] },
  { run, source }: Turn,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  await pool.query({ ...FAIL, values: [run.id, code, message] });
  log.warn({ run: run.id, source: source.code, code }, 'an import has failed');
}
