import { randomUUID } from 'node:crypto';
import { compileQuery } from '../dci/compile-query.js';
import { dialect } from '../dci/dialects/dialect.js';
import { writeInstant } from '../dci/instant.js';
import { MAX_ID } from '../dci/reason-codes.js';
import { type WireObject } from '../dci/wire-object.js';
import { EVERYBODY, type Filter } from '../record/filter.js';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { renameQueryAttributes } from './field-mapping.js';
import { notExpressible, type SourceQuestion, writeSourceMessage } from './source-messages.js';
import { type LaterAction, type LaterRequest, type NewLaterRequest } from './source-requests.js';

/** What a source is asked to answer later. */
export type LaterQuestion =
  | { readonly action: 'search'; readonly questions: readonly SourceQuestion[] }
  | ({ readonly action: 'subscribe' } & SubscriptionWish)
  | { readonly action: 'unsubscribe'; readonly codes: readonly string[] }
  /** What became of an earlier request of ours to the same source. */
  | { readonly action: 'txn-status'; readonly of: LaterRequest };

/** What we want to be told of. */
export interface SubscriptionWish {
  /** In the source's words: `REGISTER`, `spdci-common:RegistryEventType:LiveBirth`, ... */
  readonly eventType: string;
  /** `reg_type`; by default the parameter of the source, else that of its dialect. */
  readonly regType?: string | undefined;
  /** `notify_record_type`; by default the parameter `reg_record_type` of the source, else that of its dialect. */
  readonly recordType?: string | undefined;
  /** Default: everybody. The source must be able to hear all of it. */
  readonly filter?: Filter | undefined;
  /** When to be told; by default at each event. */
  readonly frequency?: { readonly cron: string; readonly startsAt: Date; readonly endsAt: Date } | undefined;
}

/** How we are called and reached. */
export interface OwnAddress {
  readonly senderId: string;
  /** `PUBLIC_URL`, without a slash at the end. */
  readonly publicUrl: string;
}

/** A message ready to be sent, and by what its answer will be known. */
export interface LaterMessage {
  readonly body: unknown;
  readonly known: Omit<NewLaterRequest, 'dataSourceId'>;
}

/** Where each answer is to be sent; notifications come to the address of their subscription. */
const ANSWER_PATHS: Readonly<Record<LaterAction, string>> = {
  search: '/registry/on-search',
  subscribe: '/registry/on-subscribe',
  unsubscribe: '/registry/on-unsubscribe',
  'txn-status': '/registry/txn/on-status',
};

/**
 * The question as a message of the standard, with the parameters and field names that the source sets. Throws
 * `FILTER_NOT_EXPRESSIBLE` for a subscription that the source cannot be asked for as a whole, `SUBSCRIPTION_INVALID`.
 */
export function writeLaterMessage(
  source: DataSource,
  question: LaterQuestion,
  { senderId, publicUrl }: OwnAddress,
  now: Date,
): LaterMessage {
  const senderUri = source.parameters.sender_uri ?? `${publicUrl}${ANSWER_PATHS[question.action]}`;
  if (question.action === 'search') {
    const { body, items, transactionId, messageId } = writeSourceMessage(
      source,
      question.questions,
      senderId,
      now,
      senderUri,
    );
    const referenceIds = items.map(({ referenceId }) => referenceId);
    return { body, known: { action: 'search', transactionId, messageId, referenceIds, subscriptionCodes: [] } };
  }
  const [transactionId, messageId, referenceId] = [randomUUID(), randomUUID(), randomUUID()];
  const timestamp = writeInstant(now);
  const { version = '1.0.0', locale = 'eng' } = source.parameters;
  const header = {
    version,
    message_id: messageId,
    message_ts: timestamp,
    action: question.action,
    sender_id: source.parameters.sender_id ?? senderId,
    sender_uri: senderUri,
    receiver_id: source.parameters.receiver_id ?? source.code,
    total_count: 1,
    is_msg_encrypted: false,
  };
  const body = (message: WireObject): unknown =>
    renameQueryAttributes({ header, message: { transaction_id: transactionId, ...message } }, source.fieldMappings);
  const known = (referenceIds: readonly string[], subscriptionCodes: readonly string[]): LaterMessage['known'] => ({
    action: question.action,
    transactionId,
    messageId,
    referenceIds,
    subscriptionCodes,
  });
  switch (question.action) {
    case 'subscribe': {
      const criteria = subscribeCriteria(source, question, version);
      const request = { reference_id: referenceId, timestamp, subscribe_criteria: criteria, locale };
      return { body: body({ subscribe_request: [request] }), known: known([referenceId], []) };
    }
    case 'unsubscribe': {
      checkCodes(question.codes);
      return { body: body({ timestamp, subscription_codes: question.codes }), known: known([], question.codes) };
    }
    case 'txn-status': {
      const request = {
        reference_id: referenceId,
        txn_type: question.of.action,
        attribute_type: 'transaction_id',
        attribute_value: question.of.transactionId,
        locale,
      };
      return { body: body({ txnstatus_request: request }), known: known([referenceId], []) };
    }
  }
}

function subscribeCriteria(source: DataSource, wish: SubscriptionWish, version: string): WireObject {
  if (wish.eventType.trim() === '') {
    throw new Problem('SUBSCRIPTION_INVALID', "Name the event in the source's words, such as REGISTER", {
      field: 'eventType',
    });
  }
  const spoken = dialect(source.dialect);
  const { parameters } = source;
  const { queryType, query, residual } = compileQuery(wish.filter ?? EVERYBODY, spoken);
  if (residual !== null) throw notExpressible(source, residual);
  const recordType = wish.recordType ?? parameters.reg_record_type ?? spoken.request.regRecordType;
  return {
    version,
    reg_type: wish.regType ?? parameters.reg_type ?? spoken.request.regTypes.birth,
    reg_event_type: wish.eventType,
    ...(wish.frequency === undefined ? {} : { frequency: writeFrequency(wish.frequency) }),
    filter_type: queryType,
    filter: query,
    ...(recordType === null ? {} : { notify_record_type: recordType }),
  };
}

function writeFrequency({ cron, startsAt, endsAt }: NonNullable<SubscriptionWish['frequency']>): WireObject {
  if (endsAt <= startsAt) {
    throw new Problem('SUBSCRIPTION_INVALID', 'The subscription must end after it starts', { field: 'endsAt' });
  }
  return { start_time: writeInstant(startsAt), end_time: writeInstant(endsAt), frequency: cron };
}

function checkCodes(codes: readonly string[]): void {
  if (codes.length === 0 || codes.some((code) => code.trim() === '' || code.length > MAX_ID)) {
    throw new Problem(
      'SUBSCRIPTION_INVALID',
      `Name the subscriptions to end by their codes, each of 1 to ${String(MAX_ID)} characters`,
      { field: 'codes' },
    );
  }
}
