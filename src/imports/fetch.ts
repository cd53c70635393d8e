import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { type Jobs } from '../database/jobs.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { getDataSource } from '../sources/data-sources.js';
import { sourceUrl } from '../sources/source-url.js';
import { type ImportRun, readRun, RUN_COLUMNS, type RunRow } from './import-run.js';
import { checkAsked, criteriaUnknown, findSearchCriteria, type SearchCriteria } from './search-criteria.js';

/** What starting an import works with. */
export interface FetchContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, 'send'>;
}

/** Keeps a second fetch, or the end of a running one, from changing the criteria while it is looked at. */
const LOCK_CRITERIA = {
  name: 'lock-search-criteria',
  text: 'select from search_criteria where id = $1 for no key update',
};

const INSERT_RUN = {
  name: 'insert-import-run',
  text: `
    insert into import_runs as r (search_criteria_id, requested_by)
    values ($1, $2)
    returning ${RUN_COLUMNS}`,
};

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
 * Starts an import: the run and its first job exist together or not at all. Throws `SEARCH_CRITERIA_UNKNOWN`,
 * `CRITERIA_LOCKED`, `RUN_ALREADY_ACTIVE`, `DATA_SOURCE_PATH_MISSING`, or what `checkAsked` throws.
 */
export async function fetchCriteria({ pool, jobs }: FetchContext, id: string, requestedBy: string): Promise<ImportRun> {
  if (!isUuid(id)) throw criteriaUnknown();
  return await refusingSecondRun(
    inTransaction(pool, async (client) => {
      await checkFetchable(client, id);
      const { rows } = await client.query<RunRow>({ ...INSERT_RUN, values: [id, requestedBy] });
      const [row] = rows;
      if (row === undefined) throw new Error('insert returned no row');
      await jobs.send('import-page', { id: row.id }, { db: client });
      return readRun(row);
    }),
  );
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

async function checkFetchable(client: PoolClient, id: string): Promise<void> {
  await client.query({ ...LOCK_CRITERIA, values: [id] });
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

async function refusingSecondRun<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseError && error.constraint === 'import_runs_one_at_a_time') {
      throw new Problem(
        'RUN_ALREADY_ACTIVE',
        'An import of this search criteria is under way: wait until it has finished',
        { cause: error },
      );
    }
    throw error;
  }
}

function runUnknown(): Problem {
  return new Problem('IMPORT_RUN_UNKNOWN', 'There is no import run with this id: list the runs to see which are');
}
