import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { writeAck } from '../dci/ack.js';
import { type Callback, type CallbackAction, readCallback } from '../dci/messages/callback.js';
import { type WireObject } from '../dci/wire-object.js';
import { type Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import { type Caller } from '../security/bearer.js';
import { type Keys } from '../security/keys.js';
import { mayBring } from './bringing-client.js';
import { mustSign } from './source-sealing.js';
import { findRequestOfTransaction, type LaterAction, type LaterRequest } from './source-requests.js';
import { refusalLine } from './what-was-said.js';

/** What the inbox works with. */
export interface InboxOptions {
  readonly pool: Pool;
  readonly keys: Pick<Keys, 'seal'>;
  readonly log: Logger;
}

/** A callback whose sender was found to be one of our clients; the part of a received message that is looked at. */
export interface ReceivedCallback {
  readonly caller: Pick<Caller, 'apiClientId' | 'name'>;
  readonly header: { readonly messageId: string; readonly senderId: string };
  readonly envelope: WireObject;
  /** Whether its signature verified with a key of the client that brings it. */
  readonly isSigned: boolean;
  /** SHA-256 of what it says. */
  readonly bodyDigest: Buffer;
  readonly correlationId: string;
  readonly now: Date;
}

/** Where a callback belongs, or the reason why it belongs nowhere. */
type Place =
  | { readonly matched: true; readonly request: LaterRequest }
  | { readonly matched: false; readonly request: LaterRequest | null; readonly reason: string };

/** The request of ours that each answers. */
const ANSWERED_ACTION: Readonly<Record<CallbackAction, LaterAction>> = {
  'on-search': 'search',
  'on-subscribe': 'subscribe',
  'on-unsubscribe': 'unsubscribe',
  notify: 'subscribe',
  'txn-on-status': 'txn-status',
};

const INSERT_MESSAGE = `
  insert into inbox_messages (action, api_client_id, message_id, body_digest, sender_id, transaction_id, correlation_id,
    source_request_id, data_source_id, state, reason, body_sealed, received_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict (api_client_id, action, body_digest) do nothing
  returning id`;

const SELECT_REQUEST_OF_CODE = `
  select r.transaction_id
  from source_subscriptions s
  join source_requests r on r.id = s.source_request_id
  where s.code = $1
  limit 2`;

// Of several messages about one request, one that answers it counts more than one that refuses a part.
const ANSWER_REQUEST = `
  update source_requests set
    state = case when $2 = 'pending' or state = 'answered' then state else $2 end,
    problem = case when $2 = 'refused' and state <> 'answered' then $3 else null end,
    answered_at = case when $2 = 'pending' then answered_at else coalesce(answered_at, $4) end,
    correlation_id = coalesce(correlation_id, $5),
    subscription_codes = array(select distinct code from unnest(subscription_codes || $6::text[]) as code order by code)
  where id = $1`;

const START_SUBSCRIPTIONS = `
  insert into source_subscriptions (data_source_id, source_request_id, code, transaction_id, reg_event_type)
  select distinct on (given.code) $1::uuid, $2::uuid, given.code, $3, given.reg_event_type
  from unnest($4::text[], $5::text[]) as given (code, reg_event_type)
  order by given.code
  on conflict (data_source_id, code) do update set
    source_request_id = excluded.source_request_id, transaction_id = excluded.transaction_id,
    reg_event_type = excluded.reg_event_type, state = 'active', ended_at = null`;

const END_SUBSCRIPTIONS = `
  update source_subscriptions set state = 'ended', ended_at = $3
  where data_source_id = $1 and code = any($2::text[]) and state = 'active'`;

/**
 * Deals with what comes to one of the five addresses for messages of other registries. All of it is acknowledged: what
 * is an answer to a request of ours changes that, what is not is kept in quarantine, where an operator sees it and
 * nothing uses it. The same message again is acknowledged again and does nothing.
 */
export function inboxHandler({ pool, keys, log }: InboxOptions, pathAction: CallbackAction) {
  return async (received: ReceivedCallback): Promise<{ readonly status: number; readonly body: WireObject }> => {
    const { caller, correlationId, now } = received;
    const { apiClientId } = caller;
    if (apiClientId === null) throw new Error('a callback comes from a client');
    const callback = readCallback(received.envelope, pathAction);
    const sealed = keys.seal(JSON.stringify(received.envelope));
    const outcome = await inTransaction(pool, async (db) => {
      const place = await findPlace(db, callback, apiClientId, received.isSigned);
      const isNew = await keep(db, received, callback, place, sealed);
      if (isNew && place.matched) await settle(db, callback, place.request, now);
      return isNew ? (place.matched ? 'matched' : 'quarantined') : 'repeated';
    });
    log.info({ client: caller.name, action: callback.action, outcome, correlationId }, 'a callback came');
    return { status: 200, body: writeAck({ status: 'ACK', now, correlationId }) };
  };
}

async function findPlace(db: Queryable, callback: Callback, apiClientId: string, isSigned: boolean): Promise<Place> {
  const { action, transactionId, correlationId } = callback;
  const request = await findRequest(db, callback);
  const quarantined = (reason: string): Place => ({ matched: false, request, reason });
  if (request === null) {
    return quarantined(
      transactionId === null
        ? 'The message names no transaction_id'
        : 'No request of ours has its transaction_id, nor a subscription its code',
    );
  }
  if (!(await mayBring(db, request.dataSourceId, apiClientId))) {
    return quarantined('It came with the token of a client that does not bring the messages of this source');
  }
  if (!isSigned && (await mustSign(db, request.dataSourceId))) {
    return quarantined('It is not signed, which messages of this source have to be');
  }
  if (request.action !== ANSWERED_ACTION[action]) {
    return quarantined(`Its transaction_id is that of a request to ${request.action}, which ${action} does not answer`);
  }
  // A notification belongs to the subscription, and has a correlation of its own if any.
  const { correlationId: acknowledged } = request;
  if (action !== 'notify' && correlationId !== null && acknowledged !== null && correlationId !== acknowledged) {
    return quarantined('Its correlation_id is not that of the acknowledgement');
  }
  return { matched: true, request };
}

async function findRequest(
  db: Queryable,
  { action, transactionId, subscriptionCode }: Callback,
): Promise<LaterRequest | null> {
  const found = transactionId === null ? null : await findRequestOfTransaction(db, transactionId);
  if (found !== null || action !== 'notify' || subscriptionCode === null) return found;
  const { rows } = await db.query<{ transaction_id: string }>({
    name: 'inbox-request-of-code',
    text: SELECT_REQUEST_OF_CODE,
    values: [subscriptionCode],
  });
  // Two sources may give out the same code: then it tells nothing.
  const [only, another] = rows;
  return only === undefined || another !== undefined ? null : await findRequestOfTransaction(db, only.transaction_id);
}

/** Whether the message was not there before. */
async function keep(
  db: Queryable,
  { caller, header, bodyDigest, now }: ReceivedCallback,
  { action, transactionId, correlationId }: Callback,
  place: Place,
  sealed: Buffer,
): Promise<boolean> {
  const { rows } = await db.query<{ id: string }>({
    name: 'inbox-insert-message',
    text: INSERT_MESSAGE,
    values: [
      action,
      caller.apiClientId,
      header.messageId,
      bodyDigest,
      header.senderId,
      transactionId,
      correlationId,
      place.request?.id ?? null,
      place.request?.dataSourceId ?? null,
      place.matched ? 'matched' : 'quarantined',
      place.matched ? null : place.reason,
      sealed,
      now,
    ],
  });
  return rows.length > 0;
}

async function settle(db: Queryable, callback: Callback, request: LaterRequest, now: Date): Promise<void> {
  const { outcome, refusal, correlationId, started, ended } = callback;
  if (callback.action === 'notify') return;
  const problem = refusal === null ? null : (refusalLine(refusal) ?? 'Refused without a reason');
  await db.query({
    name: 'inbox-answer-request',
    text: ANSWER_REQUEST,
    values: [request.id, outcome, problem, now, correlationId, started.map(({ code }) => code)],
  });
  if (started.length > 0) {
    const codes = started.map(({ code }) => code);
    const types = started.map(({ regEventType }) => regEventType);
    await db.query({
      name: 'inbox-start-subscriptions',
      text: START_SUBSCRIPTIONS,
      values: [request.dataSourceId, request.id, request.transactionId, codes, types],
    });
  }
  if (ended.length > 0) {
    await db.query({
      name: 'inbox-end-subscriptions',
      text: END_SUBSCRIPTIONS,
      values: [request.dataSourceId, ended, now],
    });
  }
}
