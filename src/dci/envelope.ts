import { Problem } from '../record/problem.js';
import { readInstant } from './instant.js';
import { readSearchItem, type PageLimits } from './search-item.js';
import type { HeaderRejectionCode, RequestHeader, SearchItem, SearchMessage } from './search-message.js';
import { codeOf, field, lastSegment, numberOf, quoted, textOf, wireObject, type WireObject } from './wire-object.js';

/** How much one message may ask for. */
export interface SearchLimits extends PageLimits {
  /** Most items that one message may hold. */
  readonly maxItems?: number;
}

const MAX_ITEMS = 200;
const MAX_TRANSACTION_ID = 99;
const MAX_HEADER_TEXT = 1000;

/**
 * Reads the body of a search request. Peers' habits are read past (`""` for absent, numbers as text, one object for a
 * list, old spellings); what is left to doubt is refused at the smallest level that holds it: an item, the message
 * (`rejected`), or, where the body is no search message at all, with a `Problem` whose code is `err.request.bad` or
 * `err.encryption.invalid` and which belongs into an HTTP 400.
 */
export function readSearchMessage(body: unknown, limits: SearchLimits): SearchMessage {
  const envelope = wireObject(body);
  if (envelope === null) throw bad('The body is not a JSON object');
  const written = wireObject(field(envelope, 'header'));
  if (written === null) throw bad('header is missing or not an object');
  const header = readHeader(written);
  const message = wireObject(field(envelope, 'message'));
  if (message === null) throw bad('message is missing or not an object');
  if (field(written, 'is_msg_encrypted') === true || field(message, 'ciphertext') !== undefined) {
    throw new Problem('err.encryption.invalid', 'Encrypted messages are not read here: send the message in plain');
  }

  const transactionId = readTransactionId(message);
  const reject = (code: HeaderRejectionCode, text: string): SearchMessage => ({
    rejected: true,
    header,
    transactionId,
    code,
    message: text,
  });
  if (!isSupportedVersion(header.version)) {
    return reject('rjct.version.invalid', `Version ${quoted(header.version)} is not spoken here: send 1.0.0`);
  }
  if (lastSegment(header.action).toLowerCase() !== 'search') {
    return reject('rjct.action.invalid', `Action ${quoted(header.action)} does not belong here: send search`);
  }
  const requests = readRequests(message);
  const maxItems = limits.maxItems ?? MAX_ITEMS;
  if (requests.length > maxItems) {
    return reject('rjct.total_count.limit_exceeded', `The message has more than ${maxItems} requests: send several`);
  }
  return { rejected: false, header, transactionId, items: readItems(requests, limits) };
}

function bad(message: string): Problem<'err.request.bad'> {
  return new Problem('err.request.bad', message);
}

function readHeader(header: WireObject): RequestHeader {
  const required = (name: string): string => {
    const value = textOf(field(header, name));
    if (value === null) throw bad(`header.${name} is missing or not a text`);
    if (value.length > MAX_HEADER_TEXT) throw bad(`header.${name} is longer than ${MAX_HEADER_TEXT} characters`);
    return value;
  };
  const messageId = required('message_id');
  const messageTs = required('message_ts');
  if (readInstant(messageTs) === null) {
    throw bad('header.message_ts is not a date-time with its zone, such as 2024-05-01T08:00:00Z');
  }
  return {
    version: readVersion(field(header, 'version')),
    messageId,
    messageTs,
    action: required('action'),
    senderId: required('sender_id'),
    senderUri: textOf(field(header, 'sender_uri')),
    receiverId: textOf(field(header, 'receiver_id')),
    totalCount: numberOf(field(header, 'total_count')),
  };
}

/** `false` is what a client written in Odoo sends for a setting that nobody made. */
function readVersion(written: unknown): string {
  return written === undefined || written === false ? '1.0.0' : (codeOf(written) ?? String(typeof written));
}

function isSupportedVersion(version: string): boolean {
  return /^v?1(\.\d+)*$/iu.test(version);
}

function readTransactionId(message: WireObject): string {
  const id = textOf(field(message, 'transaction_id'));
  if (id === null) throw bad('message.transaction_id is missing or not a text');
  if (id.length > MAX_TRANSACTION_ID) {
    throw bad(`message.transaction_id is longer than ${MAX_TRANSACTION_ID} characters`);
  }
  return id;
}

function readRequests(message: WireObject): readonly unknown[] {
  const written = field(message, 'search_request', 'search_requests');
  const requests = wireObject(written) === null ? written : [written];
  if (!Array.isArray(requests)) throw bad('message.search_request is missing or not a list');
  if (requests.length === 0) throw bad('message.search_request is empty');
  return requests;
}

function readItems(requests: readonly unknown[], limits: PageLimits): SearchItem[] {
  const seen = new Set<string>();
  return requests.map((request) => {
    const item = readSearchItem(request, limits);
    if (item.referenceId === '') return item;
    if (seen.has(item.referenceId)) {
      return {
        ok: false,
        referenceId: item.referenceId,
        code: 'rjct.reference_id.duplicate',
        message: 'Another request of this message has the same reference_id',
      };
    }
    seen.add(item.referenceId);
    return item;
  });
}
