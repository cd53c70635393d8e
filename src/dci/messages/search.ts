import { Problem } from '../../record/problem.js';
import type { ReadingContext } from '../reading-context.js';
import { readSearchItem } from '../search-item.js';
import type { AskedSearch, SearchItem } from '../search-message.js';
import { field, wireObject, type WireObject } from '../wire-object.js';
import { readTransactionId } from './transaction-id.js';

/**
 * Reads a `SearchRequest`. Peers' habits are read past (`""` for absent, numbers as text, one object for a list, old
 * spellings). What is wrong with one request makes it a rejected item; what is wrong with the whole, or breaks a
 * published limit, throws a `Problem` (`err.request.bad`).
 */
export function readSearchRequest(message: WireObject, context: ReadingContext): AskedSearch {
  const transactionId = readTransactionId(message);
  const requests = readRequests(field(message, 'search_request', 'search_requests'), 'search_request');
  const items = requests.map((request) => readSearchItem(request, context));
  return { transactionId, items: withoutRepetition(items, repeatedSearch) };
}

function repeatedSearch(referenceId: string): SearchItem {
  return { ok: false, referenceId, ...REPEATED };
}

/** What is said of a request whose `reference_id` another one of its message has. */
export const REPEATED = {
  code: 'rjct.reference_id.duplicate',
  message: 'Another request of this message has the same reference_id',
} as const;

/** The list of requests; one object stands for a list of one. Throws a `Problem` (`err.request.bad`) without any. */
export function readRequests(written: unknown, name: string): readonly unknown[] {
  const requests = wireObject(written) === null ? written : [written];
  if (!Array.isArray(requests)) throw new Problem('err.request.bad', `message.${name} is missing or not a list`);
  if (requests.length === 0) throw new Problem('err.request.bad', `message.${name} is empty`);
  return requests;
}

/** The items, each but the first with its `reference_id` replaced by its rejection. */
export function withoutRepetition<Item extends { readonly referenceId: string }>(
  items: readonly Item[],
  reject: (referenceId: string) => Item,
): Item[] {
  const seen = new Set<string>();
  return items.map((item) => {
    const { referenceId } = item;
    if (referenceId !== '' && seen.has(referenceId)) return reject(referenceId);
    seen.add(referenceId);
    return item;
  });
}
