import { type Statement } from '../database/pool.js';
import { type Writable } from '../database/write-behind.js';

/** One statement for all the rows, and none where there are none. */
export async function runForRows(
  db: Writable,
  statement: Statement,
  rows: readonly unknown[],
  values: unknown[],
): Promise<void> {
  if (rows.length > 0) await db.query({ ...statement, values });
}
