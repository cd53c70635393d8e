import { Client, type Pool, type PoolClient } from 'pg';

const CANCEL = 'select pg_cancel_backend($1)';
const CANCEL_TIMEOUT_MS = 5_000;

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
