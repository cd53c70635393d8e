import { Problem } from '../record/problem.js';
import { judgeHeader, readHeader } from './header.js';
import { readSearchRequest } from './messages/search.js';
import { readTransactionId } from './messages/transaction-id.js';
import type { ReadingContext } from './reading-context.js';
import type { SearchMessage } from './search-message.js';
import { field, wireObject } from './wire-object.js';

/**
 * Reads the body of a search request. Peers' habits are read past (`""` for absent, numbers as text, one object for a
 * list, old spellings); what is left to doubt is refused at the smallest level that holds it: an item, the message
 * (`rejected`), or, where the body is no search message at all, with a `Problem` whose code is `err.request.bad` or
 * `err.encryption.invalid` and which belongs into an HTTP 400.
 */
export function readSearchMessage(body: unknown, limits: Pick<ReadingContext, 'maxPageSize'>): SearchMessage {
  const envelope = wireObject(body);
  if (envelope === null) throw bad('The body is not a JSON object');
  const header = readHeader(envelope);
  const message = wireObject(field(envelope, 'message'));
  if (message === null) throw bad('message is missing or not an object');
  if (header.isEncrypted || field(message, 'ciphertext') !== undefined) {
    throw new Problem('err.encryption.invalid', 'Encrypted messages are not read here: send the message in plain');
  }

  const transactionId = readTransactionId(message);
  const rejection = judgeHeader(header, { expectedAction: 'search', message, strict: false, now: new Date() });
  if (rejection !== null) return { rejected: true, header, transactionId, ...rejection };
  return { rejected: false, header, ...readSearchRequest(message, { ...EVERY_REGISTRY, ...limits }) };
}

const EVERY_REGISTRY = {
  registry: null,
  receiverId: null,
  servedRegistries: ['social', 'crvs'],
  strict: false,
} as const;

function bad(message: string): Problem<'err.request.bad'> {
  return new Problem('err.request.bad', message);
}
