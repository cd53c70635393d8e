import { Problem } from '../record/problem.js';
import type { Dialect } from './dialects/dialect.js';
import { codeOf, field, listOf, numberOf, textOf, usedName, wireObject, type WireObject } from './wire-object.js';

/** The standard's words: answered, pending, received, rejected. */
export type AnswerStatus = 'succ' | 'pdng' | 'rcvd' | 'rjct';

/** What another registry answered to a search message. */
export interface SearchAnswer {
  readonly status: AnswerStatus;
  readonly reasonCode: string | null;
  readonly reasonMessage: string | null;
  /** `header.action` and `header.sender_id`; `null` where it has none. */
  readonly action: string | null;
  readonly senderId: string | null;
  /** To be paired by `referenceId`: some registries leave items without a match out. */
  readonly items: readonly SearchAnswerItem[];
}

/** What another registry answered to one item. */
export interface SearchAnswerItem {
  readonly referenceId: string;
  readonly status: AnswerStatus;
  readonly reasonCode: string | null;
  readonly reasonMessage: string | null;
  /** As they came; `readIndividualRecord` reads them. */
  readonly records: readonly unknown[];
  /** Where each of them stands in the answer, as JSON pointers (RFC 6901). */
  readonly recordPointers: readonly string[];
  /** `null` where the registry tells no total. */
  readonly pagination: { readonly size: number; readonly number: number; readonly total: number } | null;
}

/**
 * Reads the body of a search answer with the habits of every known speaker: `search_response` as list, object or
 * absent, records as list, object or `{ data }`. Throws a `Problem` (`SOURCE_ANSWER_UNREADABLE`) for a body that is no
 * search answer.
 */
export function readSearchAnswer(body: unknown, dialect: Dialect): SearchAnswer {
  const envelope = wireObject(body);
  if (envelope === null) throw unreadable('it is not a JSON object');
  const header = wireObject(field(envelope, 'header'));
  const message = wireObject(field(envelope, 'message'));
  if (header === null) throw unreadable('it has no header');
  const status = readStatus(field(header, 'status'));
  if (message === null && status !== 'rjct') throw unreadable('it has no message');
  if (message !== null && field(message, 'ciphertext') !== undefined) throw unreadable('it is encrypted');

  const written = message === null ? undefined : field(message, 'search_response');
  if (written !== undefined && typeof written !== 'object') throw unreadable('search_response is not a list');
  return {
    status,
    reasonCode: codeOf(field(header, 'status_reason_code')),
    reasonMessage: textOf(field(header, 'status_reason_message')),
    action: textOf(field(header, 'action')),
    senderId: textOf(field(header, 'sender_id')),
    items: listOf(written).map((item, index) => {
      return readItem(item, `/message/search_response${Array.isArray(written) ? `/${index}` : ''}`, dialect);
    }),
  };
}

function unreadable(why: string): Problem<'SOURCE_ANSWER_UNREADABLE'> {
  return new Problem('SOURCE_ANSWER_UNREADABLE', `The answer is not a search answer of the standard: ${why}`);
}

/** An absent status is that of an answer that speaks for itself; `success` is openIMIS's word. */
function readStatus(written: unknown): AnswerStatus {
  if (written === undefined) return 'succ';
  const word = textOf(written)?.toLowerCase();
  if (word === 'succ' || word === 'success') return 'succ';
  if (word === 'pdng' || word === 'rcvd' || word === 'rjct') return word;
  throw unreadable('its status is none of rcvd, pdng, succ, rjct');
}

function readItem(written: unknown, at: string, dialect: Dialect): SearchAnswerItem {
  const item = wireObject(written);
  if (item === null) throw unreadable('an item of search_response is not an object');
  const status = readStatus(field(item, 'status'));
  const records = readRecords(field(item, 'data'), `${at}/data`);
  return {
    referenceId: textOf(field(item, 'reference_id')) ?? '',
    status,
    reasonCode: codeOf(field(item, 'status_reason_code')),
    reasonMessage: textOf(field(item, 'status_reason_message')),
    records: records.map(({ record }) => record),
    recordPointers: records.map((record) => record.at),
    pagination: readPagination(wireObject(field(item, 'pagination')), records.length, dialect),
  };
}

interface StandingRecord {
  readonly record: unknown;
  readonly at: string;
}

function readRecords(data: unknown, at: string): readonly StandingRecord[] {
  if (data === undefined) return [];
  if (Array.isArray(data)) return listed(data, at);
  const holder = wireObject(data);
  if (holder === null) throw unreadable('data is not an object');
  const name = usedName(holder, 'reg_records', 'registry_data');
  if (name === undefined) return [];
  const written = holder[name];
  if (Array.isArray(written)) return listed(written, `${at}/${name}`);
  const records = wireObject(written);
  if (records === null) throw unreadable('reg_records is neither a list nor an object');
  const inner = field(records, 'data');
  if (Array.isArray(inner)) return listed(inner, `${at}/${name}/data`);
  return Object.keys(records).length === 0 ? [] : [{ record: records, at: `${at}/${name}` }];
}

function listed(records: readonly unknown[], at: string): StandingRecord[] {
  return records.map((record, index) => ({ record, at: `${at}/${index}` }));
}

/** A registry that knows no pages sends all there is at once. */
function readPagination(
  pagination: WireObject | null,
  count: number,
  { request }: Dialect,
): SearchAnswerItem['pagination'] {
  if (!request.paged) return { size: count, number: 1, total: count };
  const total = pagination === null ? null : wholeNumber(field(pagination, 'total_count', 'total_records'));
  if (pagination === null || total === null) return null;
  return {
    size: wholeNumber(field(pagination, 'page_size', 'limit')) ?? count,
    number: wholeNumber(field(pagination, 'page_number', 'page')) ?? 1,
    total,
  };
}

function wholeNumber(written: unknown): number | null {
  const number = numberOf(written);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
