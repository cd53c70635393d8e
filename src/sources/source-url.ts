import { Problem } from '../record/problem.js';
import { type DataSource, type PathKey } from './data-source.js';

/** The address of one of a source's endpoints; throws `DATA_SOURCE_PATH_MISSING` when the source has no such path. */
export function sourceUrl(source: DataSource, key: PathKey): URL {
  const path = source.paths[key];
  if (path === undefined) {
    throw new Problem(
      'DATA_SOURCE_PATH_MISSING',
      `The data source "${source.code}" has no ${key} path: add it to the paths of the data source`,
    );
  }
  return new URL(`${source.baseUrl}${path}`);
}
