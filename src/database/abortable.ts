import { Client, type Pool, type PoolClient } from 'pg';
import type { Queryable } from './pool.js';

const CANCEL = 'select pg_cancel_backend($1)';
const CANCEL_TIMEOUT_MS = 5_000;

/**
 * Runs `work` on one connection of the pool. When the signal fires, the statement that runs is cancelled in the database
 * and the promise rejects; the connection is thrown away, since the cancelling may reach it late.
 */
export async function untilAborted<T>(
  pool: Pool,
  signal: AbortSignal,
  work: (db: Queryable) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = await pool.connect();
  const cancelled: Promise<void>[] = [];
  const cancel = (): void => {
    cancelled.push(cancelStatement(pool, client));
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    return await work(client);
  } finally {
    signal.removeEventListener('abort', cancel);
    await Promise.all(cancelled);
    client.release(cancelled.length > 0);
  }
}

/**
 * Ends the statement that runs on a connection, if it can be ended; never rejects. It uses a connection outside the
 * pool: when statements are slow, all of the pool's may be waiting for them.
 */
export async function cancelStatement(pool: Pool, running: PoolClient): Promise<void> {
  const processId = 'processID' in running && typeof running.processID === 'number' ? running.processID : null;
  const { connectionString } = pool.options;
  if (processId === null || connectionString === undefined) return;
  const canceller = new Client({
    connectionString,
    application_name: 'dci-gateway cancels a statement',
    connectionTimeoutMillis: CANCEL_TIMEOUT_MS,
    query_timeout: CANCEL_TIMEOUT_MS,
  });
  canceller.on('error', () => undefined);
  try {
    await canceller.connect();
    await canceller.query(CANCEL, [processId]);
  } catch {
    // The statement then ends by itself; its caller was told already.
  } finally {
    await canceller.end().catch(() => undefined);
  }
}
