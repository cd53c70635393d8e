import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import type { EventWord } from '../../record/event-word.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import { isUuid } from '../../record/uuid.js';
import { type CursorPage, type ListPage, type OrderKey, readPage } from '../../registry/queries/keyset.js';
import { lockCodes, silenceSubscriptions } from './subscriptions.js';

export const SUBSCRIPTION_STATES = ['active', 'ended'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** A subscription as operators see it: without its filter, which may name a person. */
export interface ListedSubscription {
  readonly id: string;
  readonly code: string;
  readonly apiClientId: string;
  readonly clientName: string;
  readonly registry: RegistryKind;
  readonly record: RecordKind;
  readonly events: readonly EventWord[];
  /** Where it is told; `null`: at the address that is kept of the client. */
  readonly senderUri: string | null;
  /** `null`: at once. UTC. */
  readonly cron: string | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly state: SubscriptionState;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

interface SubscriptionRow extends ListedSubscription, QueryResultRow {}

const FROM = 'subscriptions s join api_clients c on c.id = s.api_client_id';

const COLUMNS = `s.id, s.code, s.api_client_id as "apiClientId", c.name as "clientName", s.registry, s.record, s.events,
  s.sender_uri as "senderUri", s.cron, s.starts_at as "startsAt", s.ends_at as "endsAt", s.state,
  s.created_at as "createdAt", s.ended_at as "endedAt"`;

const NEWEST_FIRST: readonly OrderKey[] = [
  { name: 'createdAt', expression: 's.created_at', type: 'timestamptz', nullable: false, direction: 'desc' },
  { name: 'id', expression: 's.id', type: 'uuid', nullable: false, direction: 'desc' },
];

/** Which subscriptions are listed; absent: all. */
export interface SubscriptionSelection {
  readonly state?: SubscriptionState | undefined;
  readonly apiClientId?: string | undefined;
}

/** The subscriptions of partners, the newest first. Throws `PAGE_INVALID` or `CURSOR_INVALID`. */
export async function listSubscriptions(
  db: Queryable,
  { state, apiClientId, ...page }: CursorPage & SubscriptionSelection,
): Promise<ListPage<ListedSubscription>> {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  if (state !== undefined) conditions.push(`s.state = $${String(parameters.push(state))}`);
  if (apiClientId !== undefined) {
    conditions.push(`s.api_client_id = $${String(parameters.push(isUuid(apiClientId) ? apiClientId : null))}::uuid`);
  }
  const read = {
    from: FROM,
    columns: COLUMNS,
    where: conditions.length === 0 ? 'true' : conditions.join(' and '),
    parameters,
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<SubscriptionRow, ListedSubscription>(db, read, page, ({ keyset: _, ...listed }) => listed);
}

/**
 * Ends a subscription in the name of the operator, within the transaction of `db`; its client is told nothing, and hears
 * no more. Throws `SUBSCRIPTION_UNKNOWN`, `SUBSCRIPTION_ENDED`.
 */
export async function endSubscription(db: Queryable, code: string): Promise<void> {
  const [held] = await lockCodes(db, [code]);
  if (!held)
    throw new Problem('SUBSCRIPTION_UNKNOWN', 'There is no subscription with this code: see subscription list');
  if (held.state === 'ended') throw new Problem('SUBSCRIPTION_ENDED', 'This subscription has ended already');
  await silenceSubscriptions(db, [held.id]);
}
