import { type Filter } from '../record/filter.js';
import { matches } from '../record/matches.js';
import { type NumberedPage } from '../record/page.js';
import { type DataSource } from './data-source.js';
import { type RegistryClient, type SearchResult } from './registry-client.js';

/**
 * Asks another registry now and stores nothing: at most one token request and one message. A filter that the source
 * cannot express as a whole is refused (`FILTER_NOT_EXPRESSIBLE`, naming the parts), because a page of a wider answer
 * would look like the answer. Records that the source found too widely (children of the holder of a number) are left
 * out; `pagination` still counts them. Else throws as `RegistryClient.search` does.
 */
export async function registrySearch(
  client: RegistryClient,
  source: DataSource,
  filter: Filter,
  page?: NumberedPage,
  signal?: AbortSignal,
): Promise<SearchResult> {
  const question = { filter, wholeFilterOnly: true, ...(page === undefined ? {} : { page }) };
  const { residual, ...result } = await client.search(source, question, signal);
  if (residual === null) return { ...result, residual };
  const today = new Date().toISOString().slice(0, 10);
  // What is left of a whole filter speaks of the record alone: places cannot be asked for.
  const records = result.records.filter((record) => matches(residual, record, { isWithin: () => false, today }));
  return { ...result, records, residual: null };
}
