import { randomUUID } from 'node:crypto';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { judgeItems } from '../../dci/header.js';
import { writeInstant } from '../../dci/instant.js';
import { readSubscribeRequest, type SubscribeItem, type WantedSubscription } from '../../dci/messages/subscribe.js';
import {
  type ShownSubscription,
  type SubscribeOutcome,
  writeSubscribeCallback,
} from '../../dci/messages/subscribe-answer.js';
import { Problem } from '../../record/problem.js';
import type { Keys } from '../../security/keys.js';
import { readingContext } from '../search/answer-context.js';
import { queueDelivery } from '../deliveries/deliveries.js';
import type { Handler } from '../reception/endpoint.js';
import { judgeWish } from './heard-of.js';
import { findSubscriptions, type NewSubscription, placeSubscriptions, type Subscription } from './subscriptions.js';
import {
  callbackSettings,
  type TransactionContext,
  transactionReadingContext,
} from '../transactions/transaction-context.js';
import type { TransactionHandler } from '../transactions/transaction-workers.js';
import {
  acceptTransaction,
  finishTransaction,
  lockUnfinished,
  type ItemStatus,
  type OpenTransaction,
} from '../transactions/transactions.js';

/** Acknowledges a request to subscribe; what becomes of it is told by `on-subscribe`. */
export function subscribe(context: TransactionContext): Handler {
  return async (received) => {
    const { message, registry, now } = received;
    const asked = readSubscribeRequest(message, { ...(await readingContext(received, context)), now });
    const tooManyErrors = judgeItems(asked.items);
    if (tooManyErrors !== null) throw new Problem('err.request.bad', tooManyErrors.message);
    return acceptTransaction(context, received, {
      registry: asked.items.find((item) => item.ok)?.registry ?? registry ?? context.config.registries[0] ?? 'social',
      action: 'subscribe',
      transactionId: asked.transactionId,
      referenceIds: asked.items.map(({ referenceId }) => referenceId),
    });
  };
}

/** Places the subscriptions of an acknowledged request and queues the message that tells what became of each wish. */
export function answerSubscribe(context: TransactionContext): TransactionHandler {
  const { pool, jobs, keys, log, ledger, senderId } = context;
  return async (transaction) => {
    const now = new Date();
    const { message, correlationId, apiClientId } = transaction;
    const reading = await transactionReadingContext(transaction, context);
    const asked = readSubscribeRequest(message, { ...reading, now });
    const placed = await inTransaction(pool, async (db) => {
      if (!(await lockUnfinished(db, transaction.id))) return [];
      const { access, actor } = transaction.standing;
      const items = asked.items.map((item) => judgeWish(item, access));
      const outcomes = await place(db, items, transaction, { keys, now });
      const body = writeSubscribeCallback(transaction, outcomes, callbackSettings(transaction, senderId, now));
      await finishTransaction(db, transaction.id, {
        state: 'done',
        outcome: outcomes.map((outcome) => statusOf(outcome, now)),
        subscriptionCodes: outcomes.flatMap(({ subscription }) => (subscription ? [subscription.code] : [])),
      });
      const codes = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.subscription.code] : []));
      if (codes.length > 0) {
        await ledger.note({ action: 'subscription.placed', actor, detail: { correlationId, codes } }, db);
      }
      await queueDelivery(
        db,
        { jobs, keys },
        { apiClientId, action: 'on-subscribe', url: transaction.senderUri, body, transactionRef: transaction.id },
      );
      return outcomes;
    });
    const rejected = placed.filter(({ ok }) => !ok).length;
    log.info({ client: transaction.clientName, correlationId, items: placed.length, rejected }, 'subscriptions placed');
  };
}

/** What became of each wish, in their order. */
async function place(
  db: Queryable,
  items: readonly SubscribeItem[],
  transaction: OpenTransaction,
  { keys, now }: { readonly keys: Keys; readonly now: Date },
): Promise<SubscribeOutcome[]> {
  const wanted = items.filter((item): item is WantedSubscription => item.ok);
  const placed = await placeSubscriptions(
    db,
    keys,
    wanted.map((item) => wish(item, transaction)),
    now,
  );
  const codes = placed.map(({ code }) => code);
  const found = await findSubscriptions(db, keys, transaction.apiClientId, codes);
  const standing = new Map(found.map((subscription) => [subscription.code, subscription]));
  return items.map((item): SubscribeOutcome => {
    if (!item.ok) return item;
    const { code, isNew } = placed[wanted.indexOf(item)] ?? { code: '', isNew: false };
    const subscription = standing.get(code);
    if (!subscription) throw new Error('a subscription was placed and is not there');
    const { referenceId, warnings } = item;
    const shown = shownSubscription(subscription, now);
    if (isNew) return { ok: true, referenceId, subscription: shown, warnings };
    return {
      ok: false,
      referenceId,
      code: 'rjct.event.already_subscribed',
      message: `This is subscribed to already, under the code ${code}; its messages go to the address of this request now`,
      subscription: shown,
    };
  });
}

function wish(item: WantedSubscription, transaction: OpenTransaction): NewSubscription {
  const { header, apiClientId, transactionId } = transaction;
  const { registry, record, events, filter, locale, criteria, given, frequency, referenceId } = item;
  const { senderId, senderUri, receiverId } = header;
  return {
    code: randomUUID(),
    apiClientId,
    registry,
    record,
    events,
    filter,
    locale,
    criteria,
    given,
    ...frequency,
    transactionId,
    referenceId,
    senderId,
    senderUri,
    receiverId,
  };
}

/** A subscription as its owner is shown it: one whose time is up is over, also where it still waits to be ended. */
export function shownSubscription(subscription: Subscription, now: Date): ShownSubscription {
  const { code, state, endsAt, createdAt, registry, criteria, locale } = subscription;
  const active = state === 'active' && (endsAt === null || endsAt > now);
  return { code, active, since: createdAt, registry, criteria, locale };
}

/** What `txn/status` tells of it. */
function statusOf(outcome: SubscribeOutcome, now: Date): ItemStatus {
  return {
    reference_id: outcome.referenceId,
    timestamp: writeInstant(now),
    status: outcome.ok ? 'succ' : 'rjct',
    ...(outcome.ok ? {} : { status_reason_code: outcome.code, status_reason_message: outcome.message }),
    ...(outcome.subscription === undefined ? {} : { subscription_code: outcome.subscription.code }),
  };
}
