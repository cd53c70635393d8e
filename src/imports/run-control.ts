import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { checkPaths, type FetchContext, refusingSecondRun, runUnknown, startRun } from './start-run.js';
import { findImportRun, type ImportRun, readRun, RUN_COLUMNS, type RunKind, type RunRow } from './import-run.js';
import { criteriaUnknown, findSearchCriteria } from './search-criteria.js';

const LOCK_RUN = {
  name: 'lock-import-run',
  text: `
    select ${RUN_COLUMNS},
      exists (select from import_runs u where u.of_run_id = r.id and u.kind = 'undo' and u.pages_done > 0) as "isUndone"
    from import_runs r where r.id = $1 for update of r`,
};

const REQUEUE_RUN = {
  name: 'requeue-import-run',
  text: `
    update import_runs r
    set state = case when r.state = 'running' then r.state else 'queued' end, finished_at = null,
      paused_until = null, pause_reason = null, cancel_requested_at = null, error_code = null, error_message = null
    where r.id = $1
    returning ${RUN_COLUMNS}`,
};

/** A worker that has the run ends it between two pages; where none has it is ended here. */
const CANCEL_RUN = {
  name: 'cancel-import-run',
  text: `
    update import_runs r
    set cancel_requested_at = coalesce(r.cancel_requested_at, now()),
      state = case when r.lease_until > clock_timestamp() then r.state else 'cancelled' end,
      finished_at = case when r.lease_until > clock_timestamp() then r.finished_at else now() end,
      paused_until = null, pause_reason = null
    where r.id = $1 and r.state in ('queued', 'running', 'paused')
    returning ${RUN_COLUMNS}`,
};

const HAS_FAILED_RECORDS = {
  name: 'has-failed-import-records',
  text: `
    select from import_records k
    join import_items t using (import_run_id, page, ordinal)
    where k.import_run_id = $1 and t.outcome = 'failed'
    limit 1`,
};

/** Kinds that keep the records which they could not write. */
const RETRIED: readonly RunKind[] = ['import', 'apply'];

/**
 * Lets a run that failed or was cancelled go on at the page that it did not get, and one that waits for its source go on
 * now; one that is under way is only woken up, and not cancelled any more. Throws `IMPORT_RUN_UNKNOWN`,
 * `RUN_ALREADY_FINISHED`, `RUN_ALREADY_ACTIVE`, `RUN_UNDONE`, `DATA_SOURCE_PATH_MISSING`.
 */
export async function resumeRun({ pool, jobs, note }: FetchContext, runId: string): Promise<ImportRun> {
  if (!isUuid(runId)) throw runUnknown();
  return await refusingSecondRun(
    inTransaction(pool, async (client) => {
      const locked = await client.query<RunRow & { isUndone: boolean }>({ ...LOCK_RUN, values: [runId] });
      const [row] = locked.rows;
      if (row === undefined) throw runUnknown();
      if (row.state === 'succeeded') {
        throw new Problem('RUN_ALREADY_FINISHED', 'This run has done every page: fetch the search criteria again');
      }
      if (row.isUndone) {
        throw new Problem('RUN_UNDONE', 'This run was taken back, and what it wrote is gone: fetch the criteria again');
      }
      if (row.kind === 'import' || row.kind === 'preview') {
        const criteria = await findSearchCriteria(client, row.search_criteria_id);
        if (criteria === null) throw criteriaUnknown();
        await checkPaths(client, criteria);
      }
      const requeued = await client.query<RunRow>({ ...REQUEUE_RUN, values: [runId] });
      await jobs.send('import-page', { id: runId }, { db: client });
      const resumed = readRun(requeued.rows[0] ?? row);
      await note?.(resumed, client);
      return resumed;
    }),
  );
}

/**
 * Stops a run: at once, or when the page that is being written is done; whatever was written stays, and the run can be
 * resumed. One that is cancelled already stays so, and nothing is noted. Throws `IMPORT_RUN_UNKNOWN`,
 * `RUN_ALREADY_FINISHED`.
 */
export async function cancelRun({ pool, note }: Omit<FetchContext, 'jobs'>, runId: string): Promise<ImportRun> {
  if (!isUuid(runId)) throw runUnknown();
  return await inTransaction(pool, async (client) => {
    const { rows } = await client.query<RunRow>({ ...CANCEL_RUN, values: [runId] });
    const [row] = rows;
    const run = row === undefined ? await findImportRun(client, runId) : readRun(row);
    if (run === null) throw runUnknown();
    if (row !== undefined) await note?.(run, client);
    else if (run.state !== 'cancelled') {
      throw new Problem('RUN_ALREADY_FINISHED', 'This run is over: there is nothing left of it to cancel');
    }
    return run;
  });
}

/**
 * Starts a run that writes the records which another could not write, and nothing else; of a retry, those of the run that
 * it retried. Throws `IMPORT_RUN_UNKNOWN`, `RUN_NOT_RETRIABLE`, `NOTHING_TO_RETRY`, `RUN_ALREADY_ACTIVE`.
 */
export async function retryRun(context: FetchContext, runId: string, requestedBy: string): Promise<ImportRun> {
  const asked = await findImportRun(context.pool, runId);
  const run = asked?.kind === 'retry' ? await findImportRun(context.pool, asked.ofRunId ?? '') : asked;
  if (run === null) throw runUnknown();
  if (!RETRIED.includes(run.kind)) {
    throw new Problem('RUN_NOT_RETRIABLE', 'Only what an import or an apply could not write can be tried again');
  }
  const { id: ofRunId, searchCriteriaId } = run;
  return await startRun(context, { kind: 'retry', searchCriteriaId, ofRunId, requestedBy }, async (client) => {
    const { rowCount } = await client.query({ ...HAS_FAILED_RECORDS, values: [ofRunId] });
    if (rowCount === 0) {
      throw new Problem('NOTHING_TO_RETRY', 'No record of this run waits to be written: there is nothing to try again');
    }
  });
}
