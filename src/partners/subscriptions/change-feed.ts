import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../../database/jobs.js';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import type { Catalogue } from '../../record/catalogue.js';
import { NOBODY } from '../../record/filter.js';
import { loggableError } from '../../record/loggable-error.js';
import { Problem } from '../../record/problem.js';
import { RECORD_KINDS, type RecordKind } from '../../record/registry-kind.js';
import { matchingIds } from '../../registry/queries/matching-ids.js';
import type { Keys } from '../../security/keys.js';
import { findConcernedRecords } from './concerned-records.js';
import { eventId } from './event-id.js';
import { mayHear, unheard } from './heard-of.js';
import { happenings, heard, type Happening } from './happenings.js';
import { CHANGES_PER_STEP, isHeard, lockPosition, moveOn, readChanges } from './read-changes.js';
import { standingFilter } from './standing-filter.js';
import { findListening, type ListeningSubscription } from './subscriptions.js';

/** What the feed works with. */
export interface FeedContext {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly log: Logger;
  /** What can be asked for now. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
}

/** Rows of one insert. */
const EVENTS_PER_INSERT = 5000;

/** In one order, so that nobody who ends several of them at once waits for us while we wait for him. */
const LOCK_SUBSCRIPTIONS = {
  name: 'feed-lock-subscriptions',
  text: `
    select id from subscriptions where id = any($1::uuid[]) and state = 'active' order by id for no key update`,
};

/** What was there when somebody subscribed, or happened outside the times that were asked for, is not told. */
const INSERT_EVENTS = {
  name: 'feed-insert-events',
  text: `
    with noted as (
      insert into events (id, subscription_id, change_id, event, record_id, occurred_at)
      select n.id, n.subscription_id, n.change_id, n.event, n.record_id, c.changed_at
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[])
        as n (id, subscription_id, change_id, event, record_id)
      join changes c on c.id = n.change_id
      join subscriptions s on s.id = n.subscription_id
      where not pg_visible_in_snapshot(c.transaction_id, s.since)
        and (s.starts_at is null or c.changed_at >= s.starts_at)
        and (s.ends_at is null or c.changed_at <= s.ends_at)
      on conflict (id) do nothing
      returning subscription_id
    )
    update subscriptions s set next_due_at = now()
    where s.id in (select subscription_id from noted) and s.cron is null
      and (s.next_due_at is null or s.next_due_at > now())`,
};

/** What a subscription is to be told. */
interface Event {
  readonly subscription: ListeningSubscription;
  readonly happening: Happening;
}

/**
 * One step of the feed: reads the next changes in the order of their commits, notes who is to be told of what, and moves
 * on, all in one transaction. The number of statements does not depend on how many changes or subscriptions there are.
 */
export async function followChanges(context: FeedContext, feedId: string): Promise<void> {
  const { pool, jobs, keys } = context;
  const catalogue = await context.catalogue();
  await inTransaction(pool, async (db) => {
    const position = await lockPosition(db, feedId);
    if (position === null || !(await isHeard(db, feedId))) return;
    const changes = await readChanges(db, position);
    const last = changes.at(-1);
    if (!last) return;
    // After the changes: who subscribed before one of them was committed is among those.
    const subscriptions = (await findListening(db, keys)).map((subscription) => ({
      ...subscription,
      events: subscription.events.filter((word) => mayHear(word, subscription.access)),
      // What was granted when it was placed may have been taken away: a match would tell of it.
      filter:
        unheard(subscription, subscription.access) === null ? standingFilter(subscription.filter, catalogue) : NOBODY,
    }));
    const happened = happenings(changes, await findConcernedRecords(db, changes));
    const events = await eventsFor(db, subscriptions, happened, context);
    if (await insertEvents(db, events)) await jobs.send('notify', { id: feedId }, { db });
    await moveOn(db, feedId, last);
    if (changes.length >= CHANGES_PER_STEP) await jobs.send('change-feed', { id: feedId }, { db });
  });
}

async function eventsFor(
  db: PoolClient,
  subscriptions: readonly ListeningSubscription[],
  happened: readonly Happening[],
  context: FeedContext,
): Promise<Event[]> {
  const events: Event[] = [];
  for (const record of RECORD_KINDS) {
    const asking = subscriptions.filter((subscription) => subscription.record === record);
    const asked = new Set(asking.flatMap((subscription) => subscription.events));
    const happenedHere = happened.filter((happening) => happening.record === record && asked.has(happening.word));
    if (happenedHere.length === 0) continue;
    const ids = [...new Set(happenedHere.map(({ recordId }) => recordId))];
    const matching = await whoMatches(db, record, ids, asking, context);
    for (const subscription of asking) {
      const its = matching.get(subscription.id);
      if (!its) continue;
      const told = heard(
        happenedHere.filter(({ recordId }) => its.has(recordId)),
        subscription.events,
      );
      events.push(...told.map((happening) => ({ subscription, happening })));
    }
  }
  return events;
}

/** Of each subscription the records that fit it. One whose filter cannot be asked, or no longer, fits nobody. */
async function whoMatches(
  db: PoolClient,
  record: RecordKind,
  ids: readonly string[],
  asking: readonly ListeningSubscription[],
  { log }: FeedContext,
): Promise<Map<string, Set<string>>> {
  const matching = new Map<string, Set<string>>();
  const ask = async (group: readonly ListeningSubscription[]): Promise<void> => {
    const filters = group.map(({ id, filter, access }) => ({ key: id, filter, visible: access.rows }));
    // A value that PostgreSQL refuses must not end the transaction: the feed would stand still for everybody.
    await db.query('savepoint matching');
    try {
      for (const { key, id } of await matchingIds(db, record, ids, filters)) {
        const held = matching.get(key);
        if (held) held.add(id);
        else matching.set(key, new Set([id]));
      }
      await db.query('release savepoint matching');
    } catch (error) {
      if (!isUnaskable(error)) throw error;
      await db.query('rollback to savepoint matching');
      const [only, ...others] = group;
      if (others.length > 0) for (const one of group) await ask([one]);
      else if (only) log.warn({ subscription: only.id, err: loggableError(error) }, 'a filter can no longer be asked');
    }
  };
  await ask(asking);
  return matching;
}

/** Refused by us, or a data exception of PostgreSQL (class 22): the fault of a filter and not of the database. */
function isUnaskable(error: unknown): boolean {
  return error instanceof Problem || (error instanceof DatabaseError && error.code?.startsWith('22') === true);
}

/** Notes the events of subscriptions that still stand; whether there were any. */
async function insertEvents(db: Queryable, events: readonly Event[]): Promise<boolean> {
  if (events.length === 0) return false;
  const ids = [...new Set(events.map(({ subscription }) => subscription.id))];
  const locked = await db.query<{ id: string }>({ ...LOCK_SUBSCRIPTIONS, values: [ids] });
  const standing = new Set(locked.rows.map(({ id }) => id));
  const noted = events.filter(({ subscription }) => standing.has(subscription.id));
  for (let from = 0; from < noted.length; from += EVENTS_PER_INSERT) {
    const part = noted.slice(from, from + EVENTS_PER_INSERT);
    await db.query({
      ...INSERT_EVENTS,
      values: [
        part.map(({ subscription, happening }) => eventId(subscription.id, happening)),
        part.map(({ subscription }) => subscription.id),
        part.map(({ happening }) => happening.changeId),
        part.map(({ happening }) => happening.word),
        part.map(({ happening }) => happening.recordId),
      ],
    });
  }
  return noted.length > 0;
}
