import { DatabaseError } from 'pg';
import { type Queryable } from '../database/pool.js';

/** Classes of SQLSTATE that mean the data: data exceptions, broken constraints, limits of size. */
const DATA_FAULTS = ['22', '23', '54'];

const SAVEPOINT = { text: 'savepoint records' };
const ROLLBACK = { text: 'rollback to savepoint records' };
const RELEASE = { text: 'release savepoint records' };

/** How records are written together. */
export interface HalvedWrite<Item, Result> {
  readonly write: (items: readonly Item[]) => Promise<Result>;
  /** What became of a record that the database refuses. */
  readonly refused: (item: Item) => Result;
  readonly add: (one: Result, other: Result) => Result;
}

/**
 * Writes the records, and where the database refuses one of them, all but that one: they are halved until the bad one
 * stands alone. Records without a bad one among them are written at once. `db` is in a transaction.
 */
export async function writeHalving<Item, Result>(
  db: Queryable,
  items: readonly Item[],
  how: HalvedWrite<Item, Result>,
): Promise<Result> {
  await db.query(SAVEPOINT);
  try {
    const written = await how.write(items);
    await db.query(RELEASE);
    return written;
  } catch (error) {
    if (!(error instanceof DatabaseError) || !DATA_FAULTS.includes(error.code?.slice(0, 2) ?? '')) throw error;
    await db.query(ROLLBACK);
    const [item] = items;
    if (item !== undefined && items.length === 1) return how.refused(item);
    const middle = Math.ceil(items.length / 2);
    const first = await writeHalving(db, items.slice(0, middle), how);
    const second = await writeHalving(db, items.slice(middle), how);
    return how.add(first, second);
  }
}
