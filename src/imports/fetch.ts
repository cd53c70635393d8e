import { type PoolClient } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { getDataSource } from '../sources/data-sources.js';
import { sourceUrl } from '../sources/source-url.js';
import { type ImportRun, readRun, RUN_COLUMNS, type RunRow } from './import-run.js';
import { checkAsked, criteriaUnknown, findSearchCriteria, type SearchCriteria } from './search-criteria.js';
import { type FetchContext, refusingSecondRun, startRun } from './start-run.js';

const LOCK_RUN = {
  name: 'lock-import-run',
  text: `select ${RUN_COLUMNS} from import_runs r where r.id = $1 for update`,
};

const REQUEUE_RUN = {
  name: 'requeue-import-run',
  text: `
    update import_runs r
    set state = 'queued', finished_at = null, error_code = null, error_message = null
    where r.id = $1
    returning ${RUN_COLUMNS}`,
};

/**
 * Starts an import. Throws `SEARCH_CRITERIA_UNKNOWN`, `CRITERIA_LOCKED`, `RUN_ALREADY_ACTIVE`,
 * `DATA_SOURCE_PATH_MISSING`, or what `checkAsked` throws.
 */
export async function fetchCriteria(context: FetchContext, id: string, requestedBy: string): Promise<ImportRun> {
  if (!isUuid(id)) throw criteriaUnknown();
  const run = { kind: 'import', searchCriteriaId: id, ofRunId: null, requestedBy } as const;
  return await startRun(context, run, (client) => checkFetchable(client, id));
}

/**
 * Lets a run that failed go on at the page that it did not get; one that is under way is only woken up.
 * Throws `IMPORT_RUN_UNKNOWN`, `RUN_ALREADY_FINISHED`, `RUN_ALREADY_ACTIVE`, `DATA_SOURCE_PATH_MISSING`.
 */
export async function resumeRun({ pool, jobs }: FetchContext, runId: string): Promise<ImportRun> {
  if (!isUuid(runId)) throw runUnknown();
  return await refusingSecondRun(
    inTransaction(pool, async (client) => {
      const locked = await client.query<RunRow>({ ...LOCK_RUN, values: [runId] });
      const [row] = locked.rows;
      if (row === undefined) throw runUnknown();
      if (row.state === 'succeeded') {
        throw new Problem('RUN_ALREADY_FINISHED', 'This import has read every page: fetch the search criteria again');
      }
      await jobs.send('import-page', { id: runId }, { db: client });
      if (row.state !== 'failed') return readRun(row);
      const criteria = await findSearchCriteria(client, row.search_criteria_id);
      if (criteria === null) throw criteriaUnknown();
      await checkPaths(client, criteria);
      const requeued = await client.query<RunRow>({ ...REQUEUE_RUN, values: [runId] });
      return readRun(requeued.rows[0] ?? row);
    }),
  );
}

/** Refuses a criteria that cannot be imported now. */
export async function checkFetchable(client: PoolClient, id: string): Promise<void> {
  const criteria = await findSearchCriteria(client, id);
  if (criteria === null) throw criteriaUnknown();
  if (criteria.lockedAt !== null) {
    throw new Problem(
      'CRITERIA_LOCKED',
      'This search criteria was imported with success: enable fetching on it to import it again',
    );
  }
  checkAsked(criteria);
  await checkPaths(client, criteria);
}

/** A source without the paths that an import needs would only fail later, out of sight. */
async function checkPaths(client: PoolClient, { dataSourceId }: SearchCriteria): Promise<void> {
  const source = await getDataSource(client, dataSourceId);
  sourceUrl(source, 'search');
  if (source.authType !== 'none') sourceUrl(source, 'token');
}

/** The refusal of an id that no run has. */
export function runUnknown(): Problem {
  return new Problem('IMPORT_RUN_UNKNOWN', 'There is no import run with this id: list the runs to see which are');
}
