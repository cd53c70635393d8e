import { type Filter } from '../record/filter.js';
import { type NumberedPage } from '../record/page.js';
import { type DataSource } from './data-source.js';
import { type RegistryClient, type SearchResult } from './registry-client.js';

/**
 * Asks another registry now and stores nothing: at most one token request and one message. A filter that the source
 * cannot express as a whole is refused (`FILTER_NOT_EXPRESSIBLE`, naming the parts), because a page of a wider answer
 * would look like the answer. Else throws as `RegistryClient.search` does.
 */
export async function registrySearch(
  client: RegistryClient,
  source: DataSource,
  filter: Filter,
  page?: NumberedPage,
  signal?: AbortSignal,
): Promise<SearchResult> {
  return await client.search(
    source,
    { filter, wholeFilterOnly: true, ...(page === undefined ? {} : { page }) },
    signal,
  );
}
