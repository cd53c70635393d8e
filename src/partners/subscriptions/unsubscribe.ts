import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { writeInstant } from '../../dci/instant.js';
import {
  type AskedUnsubscription,
  readUnsubscribeRequest,
  type UnsubscribeOutcome,
  writeUnsubscribeCallback,
} from '../../dci/messages/unsubscribe.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import type { Handler } from '../reception/endpoint.js';
import { lockCodes, silenceSubscriptions } from './subscriptions.js';
import { callbackSettings, type TransactionContext } from '../transactions/transaction-context.js';
import type { TransactionHandler } from '../transactions/transaction-workers.js';
import { acceptTransaction, finishTransaction, lockUnfinished } from '../transactions/transactions.js';

/** Acknowledges a request to unsubscribe; what becomes of it is told by `on-unsubscribe`. */
export function unsubscribe(context: TransactionContext): Handler {
  return async (received) => {
    const asked = readUnsubscribeRequest(received.message);
    return acceptTransaction(context, received, {
      registry: received.registry ?? context.config.registries[0] ?? 'social',
      action: 'unsubscribe',
      transactionId: asked.transactionId,
      referenceIds: [],
      subscriptionCodes: asked.codes,
    });
  };
}

/** Ends the subscriptions that an acknowledged request names and queues the message that tells of it. */
export function answerUnsubscribe({ pool, jobs, keys, log, senderId }: TransactionContext): TransactionHandler {
  return async (transaction) => {
    const now = new Date();
    const { message, correlationId, apiClientId } = transaction;
    const asked = readUnsubscribeRequest(message);
    await inTransaction(pool, async (db) => {
      if (!(await lockUnfinished(db, transaction.id))) return;
      const outcome = await end(db, asked, apiClientId);
      const body = writeUnsubscribeCallback(transaction, outcome, callbackSettings(transaction, senderId, now));
      await finishTransaction(db, transaction.id, {
        state: 'done',
        outcome: [
          {
            reference_id: asked.transactionId,
            timestamp: writeInstant(now),
            status: outcome.ok ? 'succ' : 'rjct',
            ...(outcome.ok ? {} : { status_reason_code: outcome.code, status_reason_message: outcome.message }),
            subscription_status: outcome.statuses.map(({ code, active }) => ({
              code,
              status: active ? 'subscribe' : 'unsubscribe',
            })),
          },
        ],
      });
      await queueDelivery(
        db,
        { jobs, keys },
        { apiClientId, action: 'on-unsubscribe', url: transaction.senderUri, body, transactionRef: transaction.id },
      );
    });
    log.info(
      { client: transaction.clientName, correlationId, codes: asked.codes.length },
      'a request to unsubscribe was answered',
    );
  };
}

/**
 * Ends what is the client's own among the codes. It succeeds where there was anything to end; codes of nobody are told
 * as ended, and those of others are not told of.
 */
async function end(db: Queryable, asked: AskedUnsubscription, apiClientId: string): Promise<UnsubscribeOutcome> {
  if (asked.rejection !== null) return { ok: false, ...asked.rejection, statuses: [] };
  const held = await lockCodes(db, asked.codes);
  const own = held.filter((one) => one.apiClientId === apiClientId);
  const ending = own.filter(({ state }) => state === 'active');
  const foreign = new Set(held.filter((one) => one.apiClientId !== apiClientId).map(({ code }) => code));
  const statuses = asked.codes.filter((code) => !foreign.has(code)).map((code) => ({ code, active: false }));
  if (ending.length > 0) {
    await silenceSubscriptions(
      db,
      ending.map(({ id }) => id),
    );
    return { ok: true, statuses };
  }
  if (foreign.size > 0) {
    return {
      ok: false,
      code: 'rjct.requester.invalid',
      message: 'A subscription with such a code is another client’s: end it with the client that made it',
      statuses,
    };
  }
  return own.length > 0
    ? { ok: false, code: 'rjct.event.already_unsubscribed', message: 'This had ended already', statuses }
    : {
        ok: false,
        code: 'rjct.subscription_code.invalid',
        message: 'There is no subscription with such a code: the codes are those of on-subscribe',
        statuses,
      };
}
