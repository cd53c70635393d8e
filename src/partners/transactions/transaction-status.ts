import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import {
  type AskedStatus,
  type FoundTransaction,
  readStatusRequest,
  writeStatusAnswer,
  writeStatusCallback,
} from '../../dci/messages/transaction-status.js';
import type { Keys } from '../../security/keys.js';
import { answerSettings } from '../search/answer-context.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import type { Handler } from '../reception/endpoint.js';
import { findTransactions } from './find-transactions.js';
import { searchStatus, subscribeStatus, unsubscribeStatus } from './told-status.js';
import { callbackSettings, type TransactionContext } from './transaction-context.js';
import type { TransactionHandler } from './transaction-workers.js';
import { acceptTransaction, finishTransaction } from './transactions.js';

/** Tells what became of an asynchronous request of the same client. */
export function syncStatus({ pool, keys, senderId }: Pick<TransactionContext, 'pool' | 'keys' | 'senderId'>): Handler {
  return async (received) => {
    const { caller, header, message } = received;
    const asked = readStatusRequest(message);
    const found = await findStatus(pool, keys, caller.apiClientId, asked);
    return { status: 200, body: writeStatusAnswer({ header, ...asked }, found, answerSettings(received, senderId)) };
  };
}

/** Acknowledges a question for the status; `txn-on-status` tells it, also of what nobody knows. */
export function acceptStatus(context: TransactionContext): Handler {
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
export function answerStatus({ pool, jobs, keys, log, senderId }: TransactionContext): TransactionHandler {
  return async (transaction) => {
    const { id, apiClientId, header, message, correlationId, senderUri } = transaction;
    const asked = readStatusRequest(message);
    const isKnown = await inTransaction(pool, async (db) => {
      if (!(await finishTransaction(db, id, { state: 'done', outcome: [] }))) return null;
      const found = await findStatus(db, keys, apiClientId, asked);
      const settings = callbackSettings(transaction, senderId, new Date());
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
