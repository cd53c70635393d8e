import { type PoolClient } from 'pg';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { type ImportRun } from './import-run.js';
import { checkAsked, criteriaUnknown, findSearchCriteria, type SearchCriteria } from './search-criteria.js';
import { checkPaths, type FetchContext, startRun } from './start-run.js';

/**
 * Starts an import. Throws `SEARCH_CRITERIA_UNKNOWN`, `CRITERIA_LOCKED`, `RUN_ALREADY_ACTIVE`,
 * `DATA_SOURCE_PATH_MISSING`, or what `checkAsked` throws.
 */
export async function fetchCriteria(context: FetchContext, id: string, requestedBy: string): Promise<ImportRun> {
  if (!isUuid(id)) throw criteriaUnknown();
  const run = { kind: 'import', searchCriteriaId: id, ofRunId: null, requestedBy } as const;
  return await startRun(context, run, (client) => checkFetchable(client, id));
}

/** Refuses a criteria that cannot be imported now. */
export async function checkFetchable(client: PoolClient, id: string): Promise<void> {
  const criteria = await checkAskable(client, id);
  if (criteria.lockedAt !== null) {
    throw new Problem(
      'CRITERIA_LOCKED',
      'This search criteria was imported with success: enable fetching on it to import it again',
    );
  }
}

/** Refuses a criteria that its source cannot be asked for now. */
export async function checkAskable(client: PoolClient, id: string): Promise<SearchCriteria> {
  const criteria = await findSearchCriteria(client, id);
  if (criteria === null) throw criteriaUnknown();
  checkAsked(criteria);
  await checkPaths(client, criteria);
  return criteria;
}
