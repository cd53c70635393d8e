import type { EventWord } from '../../record/event-word.js';
import { EVERYBODY, type Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { readAskedFilter, readAskedRecords } from '../asked-records.js';
import { CONSENT_MISSING, type GivenPurpose, readPurpose } from '../consent.js';
import type { ReadingContext } from '../reading-context.js';
import type { SubscribeRejectionCode } from '../reason-codes.js';
import { readLocale } from '../search-item.js';
import { timestampProblem } from '../timestamp.js';
import { codeOf, field, lastSegment, quoted, textOf, wireObject, type WireObject } from '../wire-object.js';
import { readEventWords } from './event-words.js';
import { type Frequency, readFrequency } from './frequency.js';
import { readRequestList } from './request-list.js';
import { readTransactionId } from './transaction-id.js';

/** `SubscribeRequest` as read. */
export interface AskedSubscriptions {
  readonly transactionId: string;
  readonly items: readonly SubscribeItem[];
}

/** One `subscribe_request[]`: what is wanted, or why it cannot be had. */
export type SubscribeItem = WantedSubscription | RejectedSubscription;

/** What somebody wants to hear of. */
export interface WantedSubscription {
  readonly ok: true;
  readonly referenceId: string;
  readonly registry: RegistryKind;
  readonly record: RecordKind;
  readonly events: readonly EventWord[];
  readonly frequency: Frequency;
  readonly filter: Filter;
  /** Three lower-case letters; `null` where absent. */
  readonly locale: string | null;
  /** `subscribe_criteria` as it came: it is echoed. */
  readonly criteria: WireObject;
  /** Why it is asked. */
  readonly given: GivenPurpose;
  /** What the caller should know of how the filter was understood; sentences. */
  readonly warnings: readonly string[];
}

/** By which words a subscriber named what it wants to hear of, and is told of it; `null` where absent. */
export interface SubscriberWords {
  readonly regType: string | null;
  readonly notifyRecordType: string | null;
}

/** Reads them out of `subscribe_criteria`. */
export function readSubscriberWords(criteria: WireObject): SubscriberWords {
  return {
    regType: codeOf(field(criteria, 'reg_type')),
    notifyRecordType: codeOf(field(criteria, 'notify_record_type', 'reg_record_type')),
  };
}

/** A wish that is rejected, and why. */
export interface RejectedSubscription {
  readonly ok: false;
  /** Empty where the request had none. */
  readonly referenceId: string;
  readonly code: SubscribeRejectionCode;
  readonly message: string;
}

class SubscribeRefusal extends Problem<SubscribeRejectionCode> {}

/**
 * Reads a `SubscribeRequest`. What is wrong with one request makes it a rejected item; what is wrong with the whole, or
 * breaks a published limit, throws a `Problem` (`err.request.bad`).
 */
export function readSubscribeRequest(
  message: WireObject,
  context: ReadingContext & { readonly now: Date },
): AskedSubscriptions {
  const transactionId = readTransactionId(message);
  const written = field(message, 'subscribe_request', 'subscribe_requests');
  const items = readRequestList(written, 'subscribe_request', (request, id) => readSubscribeItem(request, id, context));
  return { transactionId, items };
}

function readSubscribeItem(
  item: WireObject,
  referenceId: string,
  context: ReadingContext & { readonly now: Date },
): SubscribeItem {
  try {
    return readWanted(item, referenceId, context);
  } catch (error) {
    if (!(error instanceof SubscribeRefusal)) throw error;
    return { ok: false, referenceId, code: error.code, message: error.message };
  }
}

function readWanted(
  item: WireObject,
  referenceId: string,
  context: ReadingContext & { readonly now: Date },
): WantedSubscription {
  const locale = readLocale(item);
  const wrongTimestamp = timestampProblem(item);
  if (wrongTimestamp !== null) throw new SubscribeRefusal('rjct.timestamp.invalid', wrongTimestamp);
  const criteria = wireObject(field(item, 'subscribe_criteria', 'subscription_criteria'));
  if (criteria === null) throw badDetails('subscribe_criteria is missing or not an object');
  const given = readPurpose(criteria, item);
  if (context.consentRequired === true && given.consent === null) throw badDetails(CONSENT_MISSING);
  const eventType = field(criteria, 'reg_event_type');
  const { registry, record, filter, warnings } = readWantedRecords(criteria, context);
  const events = readEventWords(eventType, registry);
  if (events === null) {
    throw new SubscribeRefusal(
      'rjct.notify_types.invalid',
      `reg_event_type ${quoted(codeOf(eventType) ?? '')} is nothing that can be heard of here`,
    );
  }
  return {
    ok: true,
    referenceId,
    registry,
    record,
    events,
    frequency: readWantedFrequency(field(criteria, 'frequency'), context.now),
    filter,
    locale,
    criteria,
    given,
    warnings,
  };
}

function readWantedRecords(
  criteria: WireObject,
  context: ReadingContext,
): Pick<WantedSubscription, 'registry' | 'record' | 'filter' | 'warnings'> {
  const { regType, notifyRecordType } = readSubscriberWords(criteria);
  const query = field(criteria, 'filter');
  if (query === undefined && context.strict) throw badDetails('filter is missing: send one, or "*" as type and value');
  const asked = asRefusal('rjct.notify_details.invalid', () =>
    readAskedRecords({ regType, regRecordType: notifyRecordType }, query, context),
  );
  const found = { registry: asked.kind, record: asked.record };
  if (isEverything(query)) return { ...found, filter: EVERYBODY, warnings: [] };
  const queryType = field(criteria, 'filter_type');
  // An identifier that cannot be read names a person who cannot be found.
  const code = namesPerson(queryType, query) ? 'rjct.person_id.invalid' : 'rjct.notify_details.invalid';
  return { ...found, ...asRefusal(code, () => readAskedFilter({ queryType, query }, asked, context)) };
}

/** What was read; what is wrong with it is said of this request, under the code. */
function asRefusal<Read>(code: SubscribeRejectionCode, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    const problem: Problem | null = error instanceof Problem ? error : null;
    if (problem === null || !problem.code.startsWith('rjct.')) throw error;
    throw new SubscribeRefusal(code, problem.message);
  }
}

/** `{ type: '*', value: '*' }`, or nothing at all. */
function isEverything(query: unknown): boolean {
  if (query === undefined || query === '*') return true;
  const object = wireObject(query);
  if (object === null) return false;
  const { length } = Object.keys(object);
  return length === 0 || (object['type'] === '*' && [undefined, null, '', '*'].includes(textOf(object['value'])));
}

function namesPerson(filterType: unknown, query: unknown): boolean {
  const type = codeOf(filterType);
  if (type !== null) return lastSegment(type).toLowerCase().replace('_', '-') === 'idtype-value';
  const object = wireObject(query);
  return object !== null && ('identifier_type' in object || 'identifier_value' in object);
}

function readWantedFrequency(written: unknown, now: Date): Frequency {
  try {
    const frequency = readFrequency(written);
    if (frequency.endsAt !== null && frequency.endsAt <= now) throw badDetails('end_time of frequency has passed');
    return frequency;
  } catch (error) {
    if (!(error instanceof Problem) || error instanceof SubscribeRefusal) throw error;
    throw badDetails(error.message);
  }
}

function badDetails(message: string): SubscribeRefusal {
  return new SubscribeRefusal('rjct.notify_details.invalid', message);
}
