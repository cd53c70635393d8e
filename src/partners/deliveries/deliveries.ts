import type { Queryable } from '../../database/pool.js';
import type { Jobs } from '../../database/jobs.js';
import type { WireObject } from '../../dci/wire-object.js';
import type { Keys } from '../../security/keys.js';

/** What messages to partners are called on the wire. */
export type DeliveryAction = 'on-search' | 'on-subscribe' | 'on-unsubscribe' | 'txn-on-status' | 'notify';

/** A message to a partner that shall be posted. */
export interface NewDelivery {
  readonly apiClientId: string;
  readonly action: DeliveryAction;
  /** `sender_uri` of the request, verbatim; `null`: the address that is kept of the client. */
  readonly url: string | null;
  /** The whole envelope, posted as it is, with the same `message_id` at every attempt. */
  readonly body: WireObject;
  /** Row of the transaction that it answers. */
  readonly transactionRef?: string;
  readonly subscriptionId?: string;
  /** Which of the messages of its transaction, from 1; the same one is kept once. */
  readonly ordinal?: number;
}

const INSERT_DELIVERY = {
  name: 'delivery-insert',
  text: `
    insert into deliveries (
      api_client_id, action, url, transaction_ref, subscription_id, ordinal, body_sealed, next_attempt_at
    ) values ($1, $2, $3, $4, $5, $6, $7, now())
    on conflict (transaction_ref, action, ordinal) where transaction_ref is not null do nothing
    returning id`,
};

const SAME_DELIVERY = {
  name: 'delivery-same',
  text: 'select id from deliveries where transaction_ref = $1 and action = $2 and ordinal = $3',
};

/**
 * Stores a message for a partner and sends the job that posts it. `db` is the client of the transaction in which the
 * reason for the message is written: it goes out when that commits, and never if it does not. Answers with its id; a
 * message of a transaction that was stored before is not stored again.
 */
export async function queueDelivery(
  db: Queryable,
  { jobs, keys }: { readonly jobs: Jobs; readonly keys: Keys },
  delivery: NewDelivery,
): Promise<string> {
  const { apiClientId, action, url, body, transactionRef = null, subscriptionId = null, ordinal = 1 } = delivery;
  const sealed = keys.seal(JSON.stringify(body));
  const values = [apiClientId, action, url, transactionRef, subscriptionId, ordinal, sealed];
  const { rows } = await db.query<{ id: string }>({ ...INSERT_DELIVERY, values });
  const [inserted] = rows;
  if (inserted) {
    await jobs.send('delivery', { id: inserted.id }, { db });
    return inserted.id;
  }
  const same = await db.query<{ id: string }>({ ...SAME_DELIVERY, values: [transactionRef, action, ordinal] });
  const [held] = same.rows;
  if (!held) throw new Error('a message was neither stored nor there');
  return held.id;
}
