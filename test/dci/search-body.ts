import { judgeHeader, type HeaderRejection, readHeader, type RequestHeader } from '../../src/dci/header.js';
import { readSearchRequest } from '../../src/dci/messages/search.js';
import type { ReadingContext } from '../../src/dci/reading-context.js';
import type { AskedSearch, SearchItem } from '../../src/dci/search-message.js';
import { field, wireObject } from '../../src/dci/wire-object.js';
import { Problem } from '../../src/record/problem.js';
import { REGISTRY_KINDS } from '../../src/record/registry-kind.js';
import type { Filter } from '../../src/record/filter.js';

export const LIMITS = { maxPageSize: 100 };

/** What is known beside a message that came to `/registry`, to a gateway that serves every registry. */
export const CONTEXT: ReadingContext = {
  registry: null,
  receiverId: null,
  servedRegistries: REGISTRY_KINDS,
  maxPageSize: 100,
  strict: false,
};

/** A search message as the reception reads it: its header, and what it asks for or why it is rejected. */
export type SearchMessage = { readonly header: RequestHeader } & (
  | ({ readonly rejected: false } & AskedSearch)
  | ({ readonly rejected: true; readonly transactionId: string } & HeaderRejection)
);

/** Reads a search message as the reception does. Throws a `Problem` for what is refused with HTTP 400. */
export function readSearchMessage(written: unknown, context: Partial<ReadingContext> = {}): SearchMessage {
  const envelope = wireObject(written);
  if (envelope === null) throw new Problem('err.request.bad', 'The body is not a JSON object');
  const header = readHeader(envelope);
  const message = wireObject(field(envelope, 'message'));
  if (message === null) throw new Problem('err.request.bad', 'message is missing or not an object');
  const strict = context.strict ?? false;
  const rejection = judgeHeader(header, { expectedAction: 'search', message, strict, now: new Date(HEADER_TIME) });
  if (rejection !== null) return { rejected: true, header, transactionId: 't-1', ...rejection };
  return { rejected: false, header, ...readSearchRequest(message, { ...CONTEXT, ...context }) };
}

const HEADER_TIME = '2026-01-15T10:30:00Z';

type Fields = Readonly<Record<string, unknown>>;

export const HEADER: Fields = {
  version: '1.0.0',
  message_id: 'm-1',
  message_ts: HEADER_TIME,
  action: 'search',
  sender_id: 'spmis.example.org',
  receiver_id: 'registry.example.org',
  total_count: 1,
};

export function criteria(query: unknown, fields: Fields = {}): Fields {
  return { reg_type: 'ns:org:RegistryType:Civil', query_type: 'predicate', query, ...fields };
}

export function item(referenceId: string, searchCriteria: unknown, fields: Fields = {}): Fields {
  return {
    reference_id: referenceId,
    timestamp: '2026-01-15T10:30:00Z',
    search_criteria: searchCriteria,
    locale: 'eng',
    ...fields,
  };
}

/** A message that is right in every part, with the given items. */
export function body(items: unknown, header: Fields = {}, message: Fields = {}): Fields {
  return {
    header: { ...HEADER, ...header },
    message: { transaction_id: 't-1', search_request: items, ...message },
  };
}

export const bornIn2000: readonly Fields[] = [
  {
    expression1: { attribute_name: 'birth_date', operator: 'ge', attribute_value: '2000-01-01' },
    condition: 'and',
    expression2: { attribute_name: 'birth_date', operator: 'le', attribute_value: '2000-12-31' },
  },
];

export function accepted(written: unknown): SearchMessage & { readonly rejected: false } {
  const message = readSearchMessage(written, LIMITS);
  if (message.rejected) throw new Error(`The message was rejected: ${message.message}`);
  return message;
}

/** The only item of a message with these criteria. */
export function onlyItem(searchCriteria: unknown, fields: Fields = {}): SearchItem {
  const [only] = accepted(body([item('r-1', searchCriteria, fields)])).items;
  if (only === undefined) throw new Error('The message has no item');
  return only;
}

/** The filter of the only item, or the code of its rejection. */
export function filterOf(query: unknown, fields: Fields = {}): Filter | string {
  const only = onlyItem(criteria(query, fields));
  return only.ok ? only.query.filter : only.code;
}

export function compare(attribute: string, operator: string, ...values: unknown[]): Fields {
  return { kind: 'compare', attribute, operator, values };
}
