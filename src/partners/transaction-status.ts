import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../database/jobs.js';
import type { Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import type { AnswerSettings } from '../dci/answer.js';
import { dialect } from '../dci/dialects/dialect.js';
import {
  type AskedStatus,
  type FoundTransaction,
  readStatusRequest,
  writeStatusAnswer,
  writeStatusCallback,
} from '../dci/messages/transaction-status.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { Keys } from '../security/keys.js';
import { queueDelivery } from './deliveries.js';
import type { Handler } from './endpoint.js';
import { findTransactions } from './find-transactions.js';
import { searchStatus, subscribeStatus, unsubscribeStatus } from './told-status.js';
import type { TransactionHandler } from './transaction-workers.js';
import { acceptTransaction, finishTransaction } from './transactions.js';

/** What the status works with. */
export interface StatusContext {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly log: Logger;
  readonly config: { readonly registries: readonly RegistryKind[] };
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** Tells what became of an asynchronous request of the same client. */
export function syncStatus({ pool, keys, senderId }: Pick<StatusContext, 'pool' | 'keys' | 'senderId'>): Handler {
  return async ({ caller, dialect: spoken, header, message, correlationId, now }) => {
    const asked = readStatusRequest(message);
    const found = await findStatus(pool, keys, caller.apiClientId, asked);
    const settings = { dialect: spoken, senderId: senderId(), now, messageId: randomUUID(), correlationId };
    return { status: 200, body: writeStatusAnswer({ header, ...asked }, found, settings) };
  };
}

/** Acknowledges a question for the status; `txn-on-status` tells it, also of what nobody knows. */
export function acceptStatus(context: StatusContext): Handler {
  return async (received) => {
    const asked = readStatusRequest(received.message);
    return acceptTransaction(context, received, {
      registry: received.registry ?? context.config.registries[0] ?? 'social',
      action: 'txn-status',
      transactionId: asked.transactionId,
      referenceIds: [asked.referenceId],
    });
  };
}

/** Queues the message that tells the status of a transaction as it is now. */
export function answerStatus({ pool, jobs, keys, log, senderId }: StatusContext): TransactionHandler {
  return async (transaction) => {
    const { id, apiClientId, header, message, correlationId, senderUri } = transaction;
    const asked = readStatusRequest(message);
    const isKnown = await inTransaction(pool, async (db) => {
      if (!(await finishTransaction(db, id, { state: 'done', outcome: [] }))) return null;
      const found = await findStatus(db, keys, apiClientId, asked);
      const settings: AnswerSettings = {
        dialect: dialect(transaction.dialect),
        senderId: senderId(),
        now: new Date(),
        messageId: randomUUID(),
        correlationId,
      };
      const body = writeStatusCallback({ header, ...asked }, found, settings);
      const delivery = { apiClientId, action: 'txn-on-status', url: senderUri, body, transactionRef: id } as const;
      await queueDelivery(db, { jobs, keys }, delivery);
      return found !== null;
    });
    if (isKnown !== null) log.info({ client: transaction.clientName, correlationId, isKnown }, 'a status was told');
  };
}

async function findStatus(
  db: Queryable,
  keys: Keys,
  apiClientId: string,
  asked: AskedStatus,
): Promise<FoundTransaction | null> {
  const transactions = await findTransactions(db, apiClientId, asked);
  const [latest] = transactions;
  if (latest === undefined) return null;
  switch (asked.txnType) {
    case 'search':
      return searchStatus(latest, transactions, asked);
    case 'subscribe':
      return subscribeStatus(db, keys, apiClientId, latest, transactions, asked);
    case 'unsubscribe':
      return unsubscribeStatus(latest);
    case 'receipt':
      return null;
  }
}
