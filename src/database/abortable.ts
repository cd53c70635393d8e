import type { Pool } from 'pg';
import { CancellablePool } from './cancellable-pool.js';

/**
 * Runs `work` on connections that end with the signal: when it fires, the statement that runs is cancelled in the
 * database, nothing more begins, and the promise rejects.
 */
export async function untilAborted<T>(
  pool: Pool,
  signal: AbortSignal,
  work: (connections: CancellablePool) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const connections = new CancellablePool(pool);
  const cancelled: Promise<void>[] = [];
  const cancel = (): void => {
    cancelled.push(connections.cancel());
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await work(connections);
  } finally {
    signal.removeEventListener('abort', cancel);
    await Promise.all(cancelled);
  }
}
