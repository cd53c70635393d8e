import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { type CursorPage, type ListPage, type OrderKey, readPage } from '../../registry/queries/keyset.js';
import type { Keys } from '../../security/keys.js';
import type { DeliveryAction } from './deliveries.js';

/** `waiting` for its first or next attempt, `delivered`, or `dead`: it waits for an operator to send it again. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A message to a partner, without its text. */
export interface Delivery {
  readonly id: string;
  readonly apiClientId: string;
  readonly clientName: string;
  readonly action: DeliveryAction;
  /** That its request named; `null`: the address that is kept of the client. */
  readonly url: string | null;
  /** Of the request that it answers; `null` for what a subscriber is notified of. */
  readonly transactionId: string | null;
  readonly correlationId: string | null;
  readonly subscriptionId: string | null;
  /** Which of the messages of its transaction, from 1. */
  readonly ordinal: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  /** HTTP status of the last answer. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed; part of a sentence. */
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

interface DeliveryRow extends Delivery, QueryResultRow {}

const FROM = `deliveries d
  join api_clients c on c.id = d.api_client_id
  left join transactions t on t.id = d.transaction_ref`;

const COLUMNS = `d.id, d.api_client_id as "apiClientId", c.name as "clientName", d.action, d.url,
  t.transaction_id as "transactionId", t.correlation_id as "correlationId", d.subscription_id as "subscriptionId",
  d.ordinal, d.state, d.attempts, d.next_attempt_at as "nextAttemptAt", d.last_status as "lastStatus",
  d.last_error as "lastError", d.created_at as "createdAt", d.finished_at as "finishedAt"`;

const NEWEST_FIRST: readonly OrderKey[] = [
  { name: 'createdAt', expression: 'd.created_at', type: 'timestamptz', nullable: false, direction: 'desc' },
  { name: 'id', expression: 'd.id', type: 'uuid', nullable: false, direction: 'desc' },
];

/** Which messages are listed; absent: all. */
export interface DeliverySelection {
  readonly state?: DeliveryState | undefined;
  readonly apiClientId?: string | undefined;
}

/** Messages to partners, the newest first. Throws `PAGE_INVALID` or `CURSOR_INVALID`. */
export async function listDeliveries(
  db: Queryable,
  { state, apiClientId, ...page }: CursorPage & DeliverySelection,
): Promise<ListPage<Delivery>> {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  if (state !== undefined) conditions.push(`d.state = $${String(parameters.push(state))}`);
  if (apiClientId !== undefined) {
    conditions.push(`d.api_client_id = $${String(parameters.push(isUuid(apiClientId) ? apiClientId : null))}::uuid`);
  }
  const read = {
    from: FROM,
    columns: COLUMNS,
    where: conditions.length === 0 ? 'true' : conditions.join(' and '),
    parameters,
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<DeliveryRow, Delivery>(db, read, page, ({ keyset: _, ...delivery }) => delivery);
}

const FIND = { name: 'delivery-find', text: `select ${COLUMNS} from ${FROM} where d.id = $1` };

/** The message with this id. Throws `DELIVERY_UNKNOWN`. */
export async function getDelivery(db: Queryable, id: string): Promise<Delivery> {
  const { rows } = isUuid(id) ? await db.query<DeliveryRow>({ ...FIND, values: [id] }) : { rows: [] };
  const [delivery] = rows;
  if (delivery === undefined) throw deliveryUnknown();
  return delivery;
}

const FIND_BODY = { name: 'delivery-find-body', text: 'select body_sealed as body from deliveries where id = $1' };

/** The text of a message as it is posted, which holds personal data; `null` once it was delivered. */
export async function readDeliveryBody(db: Queryable, keys: Keys, id: string): Promise<string | null> {
  const { rows } = await db.query<{ body: Buffer | null }>({ ...FIND_BODY, values: [id] });
  const body = rows[0]?.body ?? null;
  return body === null ? null : keys.open(body);
}

/** There is no message with the id that was given. */
export function deliveryUnknown(): Problem {
  return new Problem('DELIVERY_UNKNOWN', 'There is no message to a partner with this id: see delivery list');
}
