import { Problem } from '../record/problem.js';
import { type DataSource, type PathKey } from './data-source.js';
import { type LaterAction } from './source-requests.js';

/** The address of one of a source's endpoints; throws `DATA_SOURCE_PATH_MISSING` when the source has no such path. */
export function sourceUrl(source: Pick<DataSource, 'code' | 'baseUrl' | 'paths'>, key: PathKey): URL {
  const path = source.paths[key];
  if (path === undefined) {
    throw new Problem(
      'DATA_SOURCE_PATH_MISSING',
      `The data source "${source.code}" has no ${key} path: add it to the paths of the data source`,
    );
  }
  return new URL(`${source.baseUrl}${path}`);
}

const LATER_ENDPOINTS: Readonly<Record<LaterAction, string>> = {
  search: '/search',
  subscribe: '/subscribe',
  unsubscribe: '/unsubscribe',
  'txn-status': '/txn/status',
};
const SYNCHRONOUS_SEARCH = /\/sync\/search$/u;

/**
 * The address where a source is asked for what it answers later: below its path `requests`, else beside its synchronous
 * search. Throws `DATA_SOURCE_PATH_MISSING` where neither tells.
 */
export function laterUrl(source: DataSource, action: LaterAction): URL {
  const { requests, search } = source.paths;
  const base =
    requests ?? (SYNCHRONOUS_SEARCH.test(search ?? '') ? search?.replace(SYNCHRONOUS_SEARCH, '') : undefined);
  if (base === undefined) {
    throw new Problem(
      'DATA_SOURCE_PATH_MISSING',
      `The data source "${source.code}" has no requests path: set it to what stands before ${LATER_ENDPOINTS[action]}, such as /registry`,
    );
  }
  return new URL(`${source.baseUrl}${base.replace(/\/+$/u, '')}${LATER_ENDPOINTS[action]}`);
}
