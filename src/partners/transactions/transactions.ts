import type { Pool } from 'pg';
import type { Jobs } from '../../database/jobs.js';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { writeAck } from '../../dci/ack.js';
import { readHeader, type RequestHeader } from '../../dci/header.js';
import type { StatusWord } from '../../dci/reason-codes.js';
import { wireObject, type WireObject } from '../../dci/wire-object.js';
import { Problem } from '../../record/problem.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { type ClientStanding, readStanding, standingOf, type StandingRow } from '../../security/client-standing.js';
import type { Keys } from '../../security/keys.js';
import type { ReceivedMessage, Reply } from '../reception/endpoint.js';

/** Requests that are acknowledged and answered later. */
export type TransactionAction = 'search' | 'subscribe' | 'unsubscribe' | 'txn-status';

/** What is kept of a request besides its text, to be found again by. */
export interface NewTransaction {
  readonly registry: RegistryKind;
  readonly action: TransactionAction;
  /** `message.transaction_id`. */
  readonly transactionId: string;
  /** One for each item, in order. */
  readonly referenceIds: readonly string[];
  /** That the request names. */
  readonly subscriptionCodes?: readonly string[];
}

/** A request that was acknowledged. */
export interface Transaction {
  readonly id: string;
  readonly apiClientId: string;
  readonly registry: RegistryKind;
  /** That the address named, as in `ReceivedMessage`. */
  readonly addressRegistry: RegistryKind | null;
  readonly action: TransactionAction;
  readonly transactionId: string;
  /** The acknowledgement's; every callback carries it. */
  readonly correlationId: string;
  readonly senderUri: string | null;
  readonly state: 'received' | 'working' | 'done' | 'failed';
  readonly receivedAt: Date;
}

/** A transaction with its request as it came. */
export interface OpenTransaction extends Transaction {
  readonly header: RequestHeader;
  readonly message: WireObject;
  /** Name of the dialect that the client speaks now. */
  readonly dialect: string;
  readonly clientName: string;
  readonly strict: boolean;
  /** What its client may see and do now, whatever it might when it asked. */
  readonly standing: ClientStanding;
}

/** What became of an item of a request, without records: what `txn/status` tells. */
export interface ItemStatus {
  readonly reference_id: string;
  readonly timestamp: string;
  readonly status: StatusWord;
  readonly status_reason_code?: string;
  readonly status_reason_message?: string;
  readonly [field: string]: unknown;
}

const INSERT_TRANSACTION = {
  name: 'transaction-insert',
  text: `
    insert into transactions (
      api_client_id, registry, action, transaction_id, correlation_id, message_id, body_digest, sender_id, sender_uri,
      receiver_id, reference_ids, subscription_codes, request_sealed, received_at, address_registry
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (api_client_id, action, message_id) do nothing
    returning id`,
};

const SAME_MESSAGE = {
  name: 'transaction-same-message',
  text: `
    select correlation_id, body_digest, received_at from transactions
    where api_client_id = $1 and action = $2 and message_id = $3`,
};

/**
 * Stores a request and sends the job that answers it, in one transaction of the database; answers 202 with ACK when
 * that is committed. The same message again is acknowledged as before and done once; another one under its
 * `message_id` is refused with `err.request.bad`.
 */
export async function acceptTransaction(
  { pool, jobs, keys }: { readonly pool: Pool; readonly jobs: Jobs; readonly keys: Keys },
  received: ReceivedMessage,
  asked: NewTransaction,
): Promise<Reply> {
  const { caller, header, envelope, bodyDigest, correlationId, now } = received;
  const { apiClientId } = caller;
  if (apiClientId === null) throw new Error('a message of a partner comes from a client');
  const { signal } = received;
  const ack = await inTransaction(pool, async (client) => {
    const values = [
      apiClientId,
      asked.registry,
      asked.action,
      asked.transactionId,
      correlationId,
      header.messageId,
      bodyDigest,
      header.senderId,
      header.senderUri,
      header.receiverId,
      asked.referenceIds,
      asked.subscriptionCodes ?? [],
      keys.seal(JSON.stringify(envelope)),
      now,
      received.registry,
    ];
    const inserted = await client.query<{ id: string }>({ ...INSERT_TRANSACTION, values });
    const [row] = inserted.rows;
    if (row) {
      await jobs.send('transaction', { id: row.id }, { db: client });
      // Who was told that it took too long sends it again: nothing was begun.
      signal.throwIfAborted();
      return { correlationId, now };
    }
    return await acknowledgedBefore(client, [apiClientId, asked.action, header.messageId], bodyDigest);
  });
  return { status: 202, body: writeAck({ status: 'ACK', ...ack }) };
}

interface Acknowledgement {
  readonly correlationId: string;
  readonly now: Date;
}

async function acknowledgedBefore(
  db: Queryable,
  message: readonly [apiClientId: string, action: TransactionAction, messageId: string],
  bodyDigest: Buffer,
): Promise<Acknowledgement> {
  const { rows } = await db.query<{ correlation_id: string; body_digest: Buffer; received_at: Date }>({
    ...SAME_MESSAGE,
    values: [...message],
  });
  const [row] = rows;
  if (!row) throw new Error('a request was neither stored nor there');
  if (!row.body_digest.equals(bodyDigest)) {
    throw new Problem('err.request.bad', 'Another message had this message_id: send every message under its own');
  }
  return { correlationId: row.correlation_id, now: row.received_at };
}

const SELECT_TRANSACTION = {
  name: 'transaction-select',
  text: `
    select t.id, t.api_client_id as "apiClientId", t.registry, t.address_registry as "addressRegistry", t.action, t.transaction_id as "transactionId",
      t.correlation_id as "correlationId", t.sender_uri as "senderUri", t.state, t.received_at as "receivedAt",
      t.request_sealed, c.dialect, c.name as "clientName", c.strict, ${standingOf('c')} as standing
    from transactions t join api_clients c on c.id = t.api_client_id
    where t.id = $1`,
};

type TransactionRow = Omit<OpenTransaction, 'header' | 'message' | 'standing'> & {
  readonly request_sealed: Buffer;
  readonly standing: StandingRow;
};

/** The transaction of a row with its request; `null` when the row is no longer there. */
export async function openTransaction(db: Queryable, keys: Keys, id: string): Promise<OpenTransaction | null> {
  const { rows } = await db.query<TransactionRow>({ ...SELECT_TRANSACTION, values: [id] });
  const [row] = rows;
  if (!row) return null;
  const { request_sealed, standing, ...transaction } = row;
  const envelope = wireObject(JSON.parse(keys.open(request_sealed)));
  const message = envelope && wireObject(envelope['message']);
  if (!message) throw new Error('a stored request is not one that was stored here');
  return { ...transaction, standing: readStanding(standing), header: readHeader(envelope), message };
}

const LOCK_UNFINISHED = {
  name: 'transaction-lock-unfinished',
  text: `select id from transactions where id = $1 and state in ('received', 'working') for update`,
};

/** Keeps other workers from the transaction until that of `db` ends; `false` when one of them has finished it. */
export async function lockUnfinished(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({ ...LOCK_UNFINISHED, values: [id] });
  return rowCount === 1;
}

/** How a transaction ended. */
export interface TransactionEnd {
  readonly state: 'done' | 'failed';
  readonly outcome: readonly ItemStatus[];
  /** That the request made, beside those that it named. */
  readonly subscriptionCodes?: readonly string[];
}

const FINISH_TRANSACTION = {
  name: 'transaction-finish',
  text: `
    update transactions
    set state = $2, outcome = $3, finished_at = $5, cursor_sealed = null,
      subscription_codes = array(select distinct unnest(subscription_codes || $4::text[]))
    where id = $1 and state in ('received', 'working')`,
};

/**
 * Writes down how a transaction ended, in the transaction of the database that does its work and queues its callback.
 * `false`: another worker did it all before, and nothing of this one's work may be committed.
 */
export async function finishTransaction(db: Queryable, id: string, end: TransactionEnd): Promise<boolean> {
  const values = [id, end.state, JSON.stringify(end.outcome), end.subscriptionCodes ?? [], new Date()];
  const { rowCount } = await db.query({ ...FINISH_TRANSACTION, values });
  return rowCount === 1;
}
