import type { Filter } from '../../src/record/filter.js';
import type { NumberedPage } from '../../src/record/page.js';
import type { DataSource } from '../../src/sources/data-source.js';
import { LiveSearches } from '../../src/sources/live-search.js';
import type { RegistryClient, SearchResult } from '../../src/sources/registry-client.js';

/** The live searches of a request that has all the time. */
export function liveSearches(client: RegistryClient, remainingMs = Number.POSITIVE_INFINITY): LiveSearches {
  return new LiveSearches({
    client,
    signal: new AbortController().signal,
    remainingMs: () => remainingMs,
    note: () => Promise.resolve(),
  });
}

/** One live search by itself. */
export async function registrySearch(
  client: RegistryClient,
  source: DataSource,
  filter: Filter,
  page?: NumberedPage,
): Promise<SearchResult> {
  const answer = await liveSearches(client).ask(source, { filter, ...(page === undefined ? {} : { page }) });
  if (!answer.ok) throw answer.error;
  return answer.result;
}
