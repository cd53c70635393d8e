import { inTransaction } from '../../database/transaction.js';
import { writeCallbackHeader } from '../../dci/answer.js';
import { writeInstant } from '../../dci/instant.js';
import type { WireObject } from '../../dci/wire-object.js';
import { type DeliveryAction, queueDelivery } from '../deliveries/deliveries.js';
import { callbackSettings, type TransactionContext } from './transaction-context.js';
import { finishTransaction, type OpenTransaction, type TransactionAction } from './transactions.js';

const AFTER_ATTEMPTS = 'The registry could not answer, after many attempts: ask again, or ask its operator';

const CALLBACKS: Readonly<Record<TransactionAction, DeliveryAction>> = {
  search: 'on-search',
  subscribe: 'on-subscribe',
  unsubscribe: 'on-unsubscribe',
  'txn-status': 'txn-on-status',
};

/** Behind the messages that were told before, so that none of them counts as this one. */
const NEXT_ORDINAL = {
  name: 'transaction-next-ordinal',
  text: `
    select coalesce(max(ordinal), 0) + 1 as ordinal from deliveries
    where transaction_ref = $1 and action = $2`,
};

/**
 * Ends a request that could not be answered. Who has an acknowledgement was promised a callback: it says so, under the
 * names that each callback must have, and with nothing in it.
 */
export async function giveUp(
  transaction: OpenTransaction,
  context: TransactionContext,
  reason = AFTER_ATTEMPTS,
): Promise<void> {
  const { pool, senderId } = context;
  const { id, apiClientId, header, senderUri } = transaction;
  const action = CALLBACKS[transaction.action];
  const now = new Date();
  const said = { action, status: 'rjct', reason: { message: reason }, totalCount: 0, completedCount: 0 } as const;
  const body = {
    header: writeCallbackHeader(header, said, callbackSettings(transaction, senderId, now)),
    message: emptyAnswer(transaction, reason, now),
  };
  await inTransaction(pool, async (db) => {
    if (!(await finishTransaction(db, id, { state: 'failed', outcome: [] }))) return;
    const { rows } = await db.query<{ ordinal: number }>({ ...NEXT_ORDINAL, values: [id, action] });
    const ordinal = rows[0]?.ordinal ?? 1;
    await queueDelivery(db, context, { apiClientId, action, url: senderUri, body, transactionRef: id, ordinal });
  });
}

function emptyAnswer({ action, transactionId, correlationId }: OpenTransaction, reason: string, now: Date): WireObject {
  const ids = { transaction_id: transactionId, correlation_id: correlationId };
  switch (action) {
    case 'search':
      return { ...ids, search_response: [] };
    case 'subscribe':
      return { ...ids, subscribe_response: [] };
    case 'unsubscribe':
      return {
        ...ids,
        timestamp: writeInstant(now),
        status: 'rjct',
        status_reason_message: reason,
        subscription_status: [],
      };
    case 'txn-status':
      return { ...ids, txnstatus_response: { txn_type: 'search', txn_status: { ...ids, search_response: [] } } };
  }
}
