import { type JobHandler } from '../database/job-worker.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from '../sources/data-sources.js';
import { ComeBackLater } from '../sources/retry.js';
import { findImportRun, type RunKind } from './import-run.js';
import { applyRecords } from './kinds/apply.js';
import { importRecords } from './kinds/import.js';
import { previewRecords } from './kinds/preview.js';
import { retryRecords } from './kinds/retry.js';
import { undoPages } from './kinds/undo.js';
import { type PageVerdict } from './page-end.js';
import { endCancelledRun, failRun, finishPage, pauseRun } from './run-end.js';
import { type ImportContext, type KindOfRun, type RunPage, type Turn } from './run-kind.js';
import { LeaseLost, type RunLease, takeLease } from './run-lease.js';
import { criteriaFilter, criteriaUnknown, findSearchCriteria } from './search-criteria.js';

/** After this long a run lets others have the worker and goes on in a further job. */
const TURN_MS = 10_000;

type TakeTurn = (context: ImportContext, lease: RunLease, turn: Turn, signal: AbortSignal) => Promise<void>;

const doing =
  <Page extends RunPage>(kind: KindOfRun<Page>): TakeTurn =>
  (context, lease, turn, signal) =>
    takeTurn(kind, context, lease, turn, signal);

const KINDS: Readonly<Partial<Record<RunKind, TakeTurn>>> = {
  import: doing(importRecords),
  preview: doing(previewRecords),
  apply: doing(applyRecords),
  retry: doing(retryRecords),
  undo: doing(undoPages),
};

/**
 * Reads and writes the pages of a run until it ends, the turn is over or the signal fires. Each page is one transaction
 * that holds the cursor, the rows, the items and the changes, and is committed only by who has the lease of the run: one
 * that is killed goes on where it was, and one that was taken over while it stood still writes nothing.
 * A source that wants to be left alone makes the run wait; what it refuses fails the run, which can be resumed; any other
 * error is thrown, for the job to try again.
 */
export async function runPages(
  context: ImportContext,
  runId: string,
  signal: AbortSignal,
  attempt: Parameters<JobHandler>[2],
): Promise<void> {
  const started = await startTurn(context, runId);
  if (started === null) return;
  const { turn, lease } = started;
  const leaving = new AbortController();
  try {
    const take = KINDS[turn.run.kind];
    if (take === undefined) throw new Error(`there is no way to do a run of kind ${turn.run.kind}`);
    if (turn.run.cancelRequestedAt === null) {
      await take(context, lease, turn, AbortSignal.any([signal, lease.signal, leaving.signal]));
    } else await endCancelledRun(context.pool, turn, lease.token);
  } catch (error) {
    signal.throwIfAborted();
    if (lease.isCancelled) await endCancelledRun(context.pool, turn, lease.token);
    else if (!lease.signal.aborted && !(error instanceof LeaseLost)) await stop(context, started, error, attempt.last);
  } finally {
    // A page that was asked for in advance and is not wanted any more.
    leaving.abort();
    await lease.close();
  }
}

interface Started {
  readonly turn: Turn;
  readonly lease: RunLease;
}

async function startTurn({ pool, erased, keys, desk }: ImportContext, runId: string): Promise<Started | null> {
  const known = await findImportRun(pool, runId);
  if (known === null) return null;
  const criteria = await findSearchCriteria(pool, known.searchCriteriaId);
  if (criteria === null) throw criteriaUnknown();
  const source = await getDataSource(pool, criteria.dataSourceId);
  const taken = await takeLease(pool, runId, source.pageSize);
  if (taken === null) return null;
  const { run, lease, lastPageDigest } = taken;
  const turn = {
    run,
    source,
    filter: criteriaFilter(criteria, run),
    criteria,
    number: run.nextPage,
    size: run.pageSize ?? source.pageSize,
    recordsDone: run.recordsDone,
    recordsReported: run.recordsReported,
    lastPageDigest,
    erased,
    keys,
    desk,
  };
  return { turn, lease };
}

async function takeTurn<Page extends RunPage>(
  kind: KindOfRun<Page>,
  context: ImportContext,
  lease: RunLease,
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
    const following = afterPage(turn, page, verdict);
    // The source answers the next page while the database takes this one.
    if (verdict.more && !isOver) {
      asked = kind.read(context, following, signal);
      asked.catch(() => undefined);
    }
    const { run, source } = turn;
    const state = await inTransaction(context.pool, async (client) => {
      await lease.check(client, turn.number);
      const result = verdict.take ? await kind.write(client, turn, page) : null;
      const after = { page, result, following, more: verdict.more, goesOn: !isOver, warning: verdict.warning };
      const left = await finishPage(client, turn, lease.token, after);
      if (left === 'succeeded') await kind.finish?.(client, turn);
      if (left === 'running' && isOver) await context.jobs.send('import-page', { id: run.id }, { db: client });
      return left;
    });
    if (state === 'succeeded') context.log.info({ run: run.id, source: source.code }, 'an import has succeeded');
    if (state !== 'running' || isOver) return;
    turn = following;
  }
}

/** The run as it stands when the page is written. */
function afterPage(turn: Turn, page: RunPage, { take, size }: PageVerdict): Turn {
  const following = { ...turn, number: page.number + 1, size: size ?? turn.size };
  if (!take) return following;
  return {
    ...following,
    recordsDone: turn.recordsDone + page.count,
    recordsReported: page.total ?? turn.recordsReported,
    lastPageDigest: page.digest,
  };
}

/** Why the run does not go on with this worker, said to whom it concerns. */
async function stop({ pool, log }: ImportContext, { turn, lease }: Started, error: unknown, isLast: boolean) {
  const { run, source } = turn;
  if (error instanceof ComeBackLater) {
    await pauseRun(pool, turn, lease.token, error);
    const seconds = Math.ceil(error.waitMs / 1000);
    log.info({ run: run.id, source: source.code, code: error.code, seconds }, 'an import waits for its source');
    return;
  }
  if (error instanceof Problem) {
    await failRun(pool, turn, lease.token, { code: String(error.code), message: error.message });
    log.warn({ run: run.id, source: source.code, code: String(error.code) }, 'an import has failed');
    return;
  }
  if (isLast) {
    const message = 'The import was given up after many attempts: look into the log, then resume it';
    await failRun(pool, turn, lease.token, { code: 'IMPORT_GIVEN_UP', message });
  }
  throw error;
}
