import { type Queryable, type Statement } from './pool.js';

/** What a statement runs on whose answer nobody reads. */
export interface Writable {
  query(statement: Statement): Promise<unknown>;
}

/**
 * Runs `write` with statements that are sent one after the other and not waited for: the next is put together while the
 * database works on the last. When this resolves all of them are done. An error of a statement ends `write` at the next
 * one or this call; `db` takes no other statement meanwhile.
 */
export async function writeBehind<Result>(db: Queryable, write: (db: Writable) => Promise<Result>): Promise<Result> {
  let running: Promise<unknown> = Promise.resolve();
  const behind: Writable = {
    async query(statement) {
      await running;
      running = db.query(statement);
      running.catch(() => undefined);
    },
  };
  try {
    return await write(behind);
  } finally {
    await running;
  }
}
