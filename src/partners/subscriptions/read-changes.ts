import type { Queryable } from '../../database/pool.js';
import type { RecordedChange } from './happenings.js';

/** Changes that one step reads; a transaction is never parted, unless it is very large. */
export const CHANGES_PER_STEP = 1000;
const MOST_CHANGES_PER_STEP = 5000;
const LOCK_POSITION = {
  name: 'feed-lock-position',
  text: `
    select transaction_id as "transactionId", change_id as "changeId" from change_feed where id = $1 for update`,
};

/** Where nobody listens nothing is read. One statement, so that nobody begins to listen in between. */
const SKIP_UNHEARD = {
  name: 'feed-skip-unheard',
  text: `
    with newest as (
      select transaction_id, id from changes where transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      order by transaction_id desc, id desc limit 1
    ), skipped as (
      update change_feed f set transaction_id = n.transaction_id, change_id = n.id from newest n
      where f.id = $1 and (n.transaction_id, n.id) > (f.transaction_id, f.change_id)
        and not exists (select from subscriptions where state = 'active')
    )
    select exists (select from subscriptions where state = 'active') as heard`,
};

/**
 * The order of ids is not that of commits: a transaction that began early may commit late. Those below the oldest one
 * still running have all ended, and none of them can appear any more. A transaction that writes for long, in whichever
 * database of the server, keeps what came after it waiting.
 */
const SELECT_CHANGES = {
  name: 'feed-select-changes',
  text: `
    select c.id, c.transaction_id as "transactionId", c.subject, c.subject_id as "subjectId", c.kind, c.fields
    from (
      select * from changes
      where (transaction_id, id) > ($1::xid8, $2::bigint)
        and transaction_id < pg_snapshot_xmin(pg_current_snapshot())
      order by transaction_id, id limit ${String(MOST_CHANGES_PER_STEP)}
    ) c
    order by c.transaction_id fetch first ${String(CHANGES_PER_STEP)} rows with ties`,
};

/** Of the feed `f`: whether there are changes to read. */
export const IS_BEHIND = `exists (
  select from changes c
  where (c.transaction_id, c.id) > (f.transaction_id, f.change_id)
    and c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())
)`;

const FEED_IS_BEHIND = {
  name: 'feed-is-behind',
  text: `select from change_feed f where ${IS_BEHIND}`,
};

const MOVE_ON = {
  name: 'feed-move-on',
  text: 'update change_feed set transaction_id = $2::xid8, change_id = $3 where id = $1',
};

/** How far the feed was read: the place of a change in the order of commits. */
export interface Position {
  readonly transactionId: string;
  readonly changeId: number;
}

/** The position, held for the transaction of `db`; `null` where there is no such feed. */
export async function lockPosition(db: Queryable, feedId: string): Promise<Position | null> {
  const { rows } = await db.query<Position>({ ...LOCK_POSITION, values: [feedId] });
  return rows[0] ?? null;
}

/** The changes that come after the position and are settled, in the order of their commits. */
export async function readChanges(db: Queryable, after: Position): Promise<RecordedChange[]> {
  const { rows } = await db.query<RecordedChange>({
    ...SELECT_CHANGES,
    values: [after.transactionId, after.changeId],
  });
  // Rows of one transaction come in any order.
  return rows.sort((one, other) =>
    one.transactionId === other.transactionId
      ? one.id - other.id
      : BigInt(one.transactionId) < BigInt(other.transactionId)
        ? -1
        : 1,
  );
}

/** Whether there are settled changes that were not read yet. */
export async function isFeedBehind(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(FEED_IS_BEHIND);
  return (rowCount ?? 0) > 0;
}

/** Whether anybody listens; where nobody does, the position moves past all that is settled. */
export async function isHeard(db: Queryable, feedId: string): Promise<boolean> {
  const { rows } = await db.query<{ heard: boolean }>({ ...SKIP_UNHEARD, values: [feedId] });
  return rows[0]?.heard === true;
}

/** Moves the position behind this change. */
export async function moveOn(db: Queryable, feedId: string, { transactionId, id }: RecordedChange): Promise<void> {
  await db.query({ ...MOVE_ON, values: [feedId, transactionId, id] });
}
