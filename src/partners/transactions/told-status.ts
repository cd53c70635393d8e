import type { Queryable } from '../../database/pool.js';
import { readInstant } from '../../dci/instant.js';
import type { AskedStatus, FoundTransaction, ItemStatus as ToldItem } from '../../dci/messages/transaction-status.js';
import type { SubscribeOutcome } from '../../dci/messages/subscribe-answer.js';
import { SUBSCRIBE_REJECTION_CODES, UNSUBSCRIBE_REJECTION_CODES } from '../../dci/reason-codes.js';
import { codeOf, field, listOf, numberOf, textOf, wireObject } from '../../dci/wire-object.js';
import type { Keys } from '../../security/keys.js';
import type { StatedTransaction } from './find-transactions.js';
import { shownSubscription } from '../subscriptions/subscribe.js';
import { findSubscriptions } from '../subscriptions/subscriptions.js';
import type { ItemStatus } from './transactions.js';

const GIVEN_UP = 'The request was given up after many attempts: send it again';

/** What became of each request of the searches; one that was sent several times is told as it is of the latest. */
export function searchStatus(
  latest: StatedTransaction,
  transactions: readonly StatedTransaction[],
  asked: AskedStatus,
): FoundTransaction {
  return {
    kind: 'search',
    transactionId: latest.transactionId,
    correlationId: latest.correlationId,
    items: latestItems(transactions, asked).map(({ item, of }) => toldItem(item, of)),
  };
}

/** What became of each wish to subscribe, with the subscriptions as they are now. */
export async function subscribeStatus(
  db: Queryable,
  keys: Keys,
  apiClientId: string,
  latest: StatedTransaction,
  transactions: readonly StatedTransaction[],
  asked: AskedStatus,
): Promise<FoundTransaction> {
  const items = latestItems(transactions, asked).map(({ item }) => item);
  const codes = items.map(subscriptionCode).filter((code) => code !== null);
  const subscriptions = codes.length === 0 ? [] : await findSubscriptions(db, keys, apiClientId, codes);
  const now = new Date();
  const byCode = new Map(subscriptions.map((one) => [one.code, shownSubscription(one, now)]));
  const outcomes = items
    .filter(({ status }) => status === 'succ' || status === 'rjct')
    .map((item): SubscribeOutcome => {
      const referenceId = item.reference_id;
      const subscription = byCode.get(subscriptionCode(item) ?? '');
      if (item.status === 'succ' && subscription) return { ok: true, referenceId, subscription, warnings: [] };
      const code = SUBSCRIBE_REJECTION_CODES.find((one) => one === item.status_reason_code);
      return {
        ok: false,
        referenceId,
        code: code ?? 'rjct.notify_details.invalid',
        message: item.status_reason_message ?? 'The subscription is no longer kept',
        ...(subscription ? { subscription } : {}),
      };
    });
  return {
    kind: 'subscribe',
    transactionId: latest.transactionId,
    correlationId: latest.correlationId,
    outcomes,
    pending: items.filter(({ status }) => status === 'pdng').map((item) => item.reference_id),
    at: latest.finishedAt ?? latest.receivedAt,
  };
}

/** What became of the latest request to unsubscribe. */
export function unsubscribeStatus(latest: StatedTransaction): FoundTransaction {
  const { transactionId, correlationId, finishedAt, receivedAt } = latest;
  const told = { kind: 'unsubscribe' as const, transactionId, correlationId, at: finishedAt ?? receivedAt };
  const [item] = latest.outcome;
  if (item === undefined) {
    const code = 'rjct.subscription_code.invalid';
    const failed = { ok: false as const, code, message: GIVEN_UP, statuses: [] } as const;
    return { ...told, outcome: latest.state === 'failed' ? failed : null };
  }
  const statuses = listOf(item['subscription_status']).flatMap((written) => {
    const status = wireObject(written);
    const code = status && textOf(field(status, 'code'));
    return status && code !== null ? [{ code, active: field(status, 'status') === 'subscribe' }] : [];
  });
  if (item.status === 'succ') return { ...told, outcome: { ok: true, statuses } };
  const code = UNSUBSCRIBE_REJECTION_CODES.find((one) => one === item.status_reason_code);
  return {
    ...told,
    outcome: {
      ok: false,
      code: code ?? 'rjct.subscription_code.invalid',
      message: item.status_reason_message ?? '',
      statuses,
    },
  };
}

interface FoundItem {
  readonly item: ItemStatus;
  readonly of: StatedTransaction;
}

/** The items that are asked for, each `reference_id` as the latest transaction has it. */
function latestItems(transactions: readonly StatedTransaction[], { attribute, values }: AskedStatus): FoundItem[] {
  const seen = new Set<string>();
  return transactions.flatMap((of) => {
    const found = itemsOf(of)
      .filter(({ reference_id: id }) => !seen.has(id))
      .filter((item) => {
        if (attribute === 'reference_id_list') return values.includes(item.reference_id);
        return attribute !== 'subscription_code_list' || values.includes(subscriptionCode(item) ?? '');
      });
    for (const item of found) seen.add(item.reference_id);
    return found.map((item) => ({ item, of }));
  });
}

/** Of each item: what became of it, or that it waits, or that it was given up. */
function itemsOf({ outcome, referenceIds, state, receivedAt }: StatedTransaction): ItemStatus[] {
  const waiting = referenceIds.slice(outcome.length).map((referenceId): ItemStatus => {
    const item = { reference_id: referenceId, timestamp: receivedAt.toISOString() };
    return state === 'failed'
      ? { ...item, status: 'rjct', status_reason_message: GIVEN_UP }
      : { ...item, status: 'pdng' };
  });
  return [...outcome, ...(state === 'done' ? [] : waiting)];
}

function subscriptionCode(item: ItemStatus): string | null {
  return codeOf(item['subscription_code']);
}

function toldItem(item: ItemStatus, { receivedAt }: StatedTransaction): ToldItem {
  const pagination = wireObject(item['pagination']);
  const count = (name: string): number => (pagination && numberOf(field(pagination, name))) ?? 0;
  return {
    referenceId: item.reference_id,
    status: item.status,
    at: readInstant(item.timestamp) ?? receivedAt,
    reasonCode: item.status_reason_code ?? null,
    reasonMessage: item.status_reason_message ?? null,
    pagination:
      pagination === null
        ? null
        : { size: count('page_size'), number: count('page_number'), total: count('total_count') },
  };
}
