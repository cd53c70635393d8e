import { Problem } from '../../record/problem.js';
import { type AnswerSettings, type Asked, LOCALE, writeAnswerHeader, writeCallbackHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import { MAX_HEADER_TEXT, MAX_ID, MAX_LISTED, MAX_REASON, type StatusWord } from '../reason-codes.js';
import { readLocale } from '../search-item.js';
import { codeOf, field, lastSegment, listOf, quoted, textOf, wireObject, type WireObject } from '../wire-object.js';
import { type SubscribeOutcome, writeSubscribeResponse } from './subscribe-answer.js';
import { readTransactionId } from './transaction-id.js';
import { type UnsubscribeOutcome, writeUnsubscribeResponse } from './unsubscribe.js';

/** Kinds of transaction whose status can be asked for; each registry publishes some of them, all are answered. */
export const TXN_TYPES = ['search', 'subscribe', 'unsubscribe', 'receipt'] as const;
export type TxnType = (typeof TXN_TYPES)[number];

/** By what a transaction is asked for. */
export const TXN_ATTRIBUTES = [
  'transaction_id',
  'reference_id_list',
  'correlation_id',
  'subscription_code_list',
] as const;
export type TxnAttribute = (typeof TXN_ATTRIBUTES)[number];

/** `TxnStatusRequest` as read. */
export interface AskedStatus {
  /** Of this request, not of the one that it asks about. */
  readonly transactionId: string;
  readonly referenceId: string;
  readonly txnType: TxnType;
  readonly attribute: TxnAttribute;
  /** One or more; just one for `transaction_id` and `correlation_id`. */
  readonly values: readonly string[];
  /** Three lower-case letters; `null` where absent. */
  readonly locale: string | null;
}

/** Reads a `TxnStatusRequest`. It has no place for a rejection: what is wrong throws a `Problem` (`err.request.bad`). */
export function readStatusRequest(message: WireObject): AskedStatus {
  const transactionId = readTransactionId(message);
  const [written] = listOf(field(message, 'txnstatus_request', 'txn_status_request'));
  const request = wireObject(written);
  if (request === null) throw bad('message.txnstatus_request is missing or not an object');
  const referenceId = textOf(field(request, 'reference_id'));
  if (referenceId === null) throw bad('txnstatus_request.reference_id is missing or not a text');
  const attribute = readWord(request, 'attribute_type', TXN_ATTRIBUTES);
  const values = listOf(field(request, 'attribute_value')).map((value) => readValue(value, attribute));
  const [first] = values;
  if (first === undefined) throw bad('txnstatus_request.attribute_value is missing');
  const isList = attribute === 'reference_id_list' || attribute === 'subscription_code_list';
  if (!isList && values.length > 1) throw bad(`txnstatus_request.attribute_value is not one ${attribute}`);
  if (values.length > MAX_LISTED) {
    throw bad(`txnstatus_request.attribute_value has more than ${String(MAX_LISTED)} values`);
  }
  return {
    transactionId,
    referenceId,
    txnType: readWord(request, 'txn_type', TXN_TYPES),
    attribute,
    values: [...new Set(values)],
    locale: readLocale(request),
  };
}

function bad(message: string): Problem<'err.request.bad'> {
  return new Problem('err.request.bad', message);
}

function readWord<Word extends string>(request: WireObject, name: string, words: readonly Word[]): Word {
  const written = codeOf(field(request, name));
  if (written === null) throw bad(`txnstatus_request.${name} is missing or not a text`);
  const said = lastSegment(written).toLowerCase().replaceAll('-', '_');
  const word = words.find((one) => one === said);
  if (word !== undefined) return word;
  throw bad(`txnstatus_request.${name} ${quoted(written)} is none of ${words.join(', ')}`);
}

function readValue(written: unknown, attribute: TxnAttribute): string {
  const value = textOf(written);
  if (value === null) throw bad('txnstatus_request.attribute_value holds what is no text');
  const limit = attribute === 'reference_id_list' ? MAX_HEADER_TEXT : MAX_ID;
  if (value.length > limit) {
    throw bad(`txnstatus_request.attribute_value is longer than ${String(limit)} characters`);
  }
  return value;
}

/** What became of one item of a search, without its records. */
export interface ItemStatus {
  readonly referenceId: string;
  readonly status: StatusWord;
  /** When it came to this. */
  readonly at: Date;
  readonly reasonCode: string | null;
  readonly reasonMessage: string | null;
  /** Of the last page that was sent; `null` where there was none yet. */
  readonly pagination: { readonly size: number; readonly number: number; readonly total: number } | null;
}

/** What is known of the transaction that was asked for. */
export type FoundTransaction = { readonly transactionId: string; readonly correlationId: string } & (
  | { readonly kind: 'search'; readonly items: readonly ItemStatus[] }
  | {
      readonly kind: 'subscribe';
      readonly outcomes: readonly SubscribeOutcome[];
      /** `reference_id`s of the wishes that nothing became of yet. */
      readonly pending: readonly string[];
      readonly at: Date;
    }
  /** `null`: nothing became of it yet. */
  | { readonly kind: 'unsubscribe'; readonly outcome: UnsubscribeOutcome | null; readonly at: Date }
  | { readonly kind: 'receipt'; readonly beneficiaries: readonly WireObject[] }
);

/** Writes the answer to a synchronous question for the status; `null` is a transaction that nobody here knows. */
export function writeStatusAnswer(
  asked: AskedStatus & Pick<Asked, 'header'>,
  found: FoundTransaction | null,
  settings: AnswerSettings,
): WireObject {
  return {
    header: writeAnswerHeader(asked.header, said(found), settings),
    message: writeStatusResponse(asked, found, settings),
  };
}

/** Writes the callback `txn-on-status`. */
export function writeStatusCallback(
  asked: AskedStatus & Pick<Asked, 'header'>,
  found: FoundTransaction | null,
  settings: AnswerSettings,
): WireObject {
  return {
    header: writeCallbackHeader(asked.header, said(found), settings),
    message: writeStatusResponse(asked, found, settings),
  };
}

function said(found: FoundTransaction | null): Parameters<typeof writeCallbackHeader>[1] {
  const counts = { action: 'txn-on-status', totalCount: 1, completedCount: 1 };
  return found === null
    ? { ...counts, status: 'rjct', reason: { message: 'No transaction of yours is known by this value' } }
    : { ...counts, status: 'succ' };
}

function writeStatusResponse(
  asked: AskedStatus,
  found: FoundTransaction | null,
  { correlationId }: AnswerSettings,
): WireObject {
  return {
    transaction_id: asked.transactionId,
    correlation_id: correlationId,
    txnstatus_response: {
      txn_type: asked.txnType,
      txn_status:
        found === null
          ? writeItems({ transactionId: asked.transactionId, correlationId, items: [] }, asked.locale)
          : writeFound(found, asked.locale),
    },
  };
}

function writeFound(found: FoundTransaction, locale: string | null): WireObject {
  const { transactionId, correlationId } = found;
  switch (found.kind) {
    case 'search':
      return writeItems(found, locale);
    case 'subscribe':
      return writeSubscribeResponse(transactionId, correlationId, found.outcomes, found.at, found.pending);
    case 'unsubscribe':
      return found.outcome === null
        ? {
            transaction_id: transactionId,
            correlation_id: correlationId,
            timestamp: writeInstant(found.at),
            status: 'pdng',
            subscription_status: [],
          }
        : writeUnsubscribeResponse(transactionId, correlationId, found.outcome, found.at);
    case 'receipt':
      return {
        transaction_id: transactionId,
        correlation_id: correlationId,
        receipt_information: { beneficiaries: found.beneficiaries },
      };
  }
}

/** Without `data`: civil and farmer registries publish the records of it as one object, which a page is not. */
function writeItems(
  {
    transactionId,
    correlationId,
    items,
  }: {
    readonly transactionId: string;
    readonly correlationId: string;
    readonly items: readonly ItemStatus[];
  },
  locale: string | null,
): WireObject {
  return {
    transaction_id: transactionId,
    correlation_id: correlationId,
    search_response: items.map(({ referenceId, status, at, reasonCode, reasonMessage, pagination }) => ({
      reference_id: referenceId,
      timestamp: writeInstant(at),
      status,
      ...(reasonCode === null ? {} : { status_reason_code: reasonCode }),
      ...(reasonMessage === null ? {} : { status_reason_message: reasonMessage.slice(0, MAX_REASON) }),
      ...(pagination === null
        ? {}
        : {
            pagination: {
              page_size: pagination.size,
              page_number: pagination.number,
              total_count: pagination.total,
            },
          }),
      locale: locale ?? LOCALE,
    })),
  };
}
