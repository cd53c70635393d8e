import type { ReadingContext } from '../reading-context.js';
import { readSearchItem } from '../search-item.js';
import type { AskedSearch } from '../search-message.js';
import { field, type WireObject } from '../wire-object.js';
import { readRequestList } from './request-list.js';
import { readTransactionId } from './transaction-id.js';

/**
 * Reads a `SearchRequest`. Peers' habits are read past (`""` for absent, numbers as text, one object for a list, old
 * spellings). What is wrong with one request makes it a rejected item; what is wrong with the whole, or breaks a
 * published limit, throws a `Problem` (`err.request.bad`).
 */
export function readSearchRequest(message: WireObject, context: ReadingContext): AskedSearch {
  const transactionId = readTransactionId(message);
  const written = field(message, 'search_request', 'search_requests');
  const items = readRequestList(written, 'search_request', (request, id) => readSearchItem(request, id, context));
  return { transactionId, items };
}
