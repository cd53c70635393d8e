import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { type Jobs } from '../database/jobs.js';
import { type Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from '../sources/data-sources.js';
import { sourceUrl } from '../sources/source-url.js';
import { type ImportRun, readRun, RUN_COLUMNS, type RunKind, type RunRow } from './import-run.js';
import { type SearchCriteria, type Since } from './search-criteria.js';

/** What starting a run works with. */
export interface FetchContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, 'send'>;
  /** Writes down what was done with the run, in the same transaction: where that fails nothing was done. */
  readonly note?: NoteOfRun | undefined;
}

/** Writes down an act on a run. */
export type NoteOfRun = (run: ImportRun, db: Queryable) => Promise<void>;

/** A run that is to begin. */
export interface RunToStart {
  readonly kind: RunKind;
  readonly searchCriteriaId: string;
  /** The preview that it applies, the run that it retries or takes back; else `null`. */
  readonly ofRunId: string | null;
  /** A name or a client id. */
  readonly requestedBy: string;
  /** Of a run that asks only for what is new. */
  readonly since?: Since | null;
}

/** Keeps a second run, or the end of one that is under way, from changing the criteria while it is looked at. */
const LOCK_CRITERIA = {
  name: 'lock-search-criteria',
  text: 'select from search_criteria where id = $1 for no key update',
};

const INSERT_RUN = {
  name: 'insert-import-run',
  text: `
    insert into import_runs as r (search_criteria_id, kind, of_run_id, requested_by, since_attribute, since)
    values ($1, $2, $3, $4, $5, $6)
    returning ${RUN_COLUMNS}`,
};

/**
 * Starts a run: it and its first job exist together or not at all. `check` refuses by throwing, and stands in the same
 * transaction, with the criteria locked. Throws what it throws, or `RUN_ALREADY_ACTIVE`.
 */
export async function startRun(
  { pool, jobs, note }: FetchContext,
  run: RunToStart,
  check: (client: PoolClient) => Promise<void>,
): Promise<ImportRun> {
  return await refusingSecondRun(
    inTransaction(pool, async (client) => {
      await lockCriteria(client, run.searchCriteriaId);
      await check(client);
      const started = await insertRun(client, jobs, run);
      await note?.(started, client);
      return started;
    }),
  );
}

/** Lets nobody else start or end a run of the criteria until the transaction ends. */
export async function lockCriteria(client: PoolClient, searchCriteriaId: string): Promise<void> {
  await client.query({ ...LOCK_CRITERIA, values: [searchCriteriaId] });
}

/** Starts a run in the transaction of `client`, which has locked the criteria and found that nothing refuses it. */
export async function insertRun(
  client: PoolClient,
  jobs: FetchContext['jobs'],
  { kind, searchCriteriaId, ofRunId, requestedBy, since = null }: RunToStart,
): Promise<ImportRun> {
  const { rows } = await client.query<RunRow>({
    ...INSERT_RUN,
    values: [searchCriteriaId, kind, ofRunId, requestedBy, since?.attribute ?? null, since?.from ?? null],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('insert returned no row');
  await jobs.send('import-page', { id: row.id }, { db: client });
  return readRun(row);
}

/** Says in our words that a criteria has one run at a time. */
export async function refusingSecondRun<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseError && error.constraint === 'import_runs_one_at_a_time') {
      throw new Problem(
        'RUN_ALREADY_ACTIVE',
        'A run of this search criteria is under way: wait until it has finished, or cancel it',
        { cause: error },
      );
    }
    throw error;
  }
}

/** A source without the paths that an import needs would only fail later, out of sight. */
export async function checkPaths(
  client: PoolClient,
  { dataSourceId }: Pick<SearchCriteria, 'dataSourceId'>,
): Promise<void> {
  const source = await getDataSource(client, dataSourceId);
  sourceUrl(source, 'search');
  if (source.authType !== 'none') sourceUrl(source, 'token');
}

/** The refusal of an id that no run has. */
export function runUnknown(): Problem {
  return new Problem('IMPORT_RUN_UNKNOWN', 'There is no import run with this id: list the runs to see which are');
}
