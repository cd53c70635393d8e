import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { linkEntries } from './chain.js';
import { type CheckpointKeys, makeCheckpoint } from './checkpoints.js';

/** Between two looks at what was written. */
const PAUSE_MS = 500;
/** Between two looks whether a checkpoint is due, and whether the chain is behind. */
const CHECK_MS = 5_000;
/** Behind by more than this, somebody should look. */
const LATE_SECONDS = 30;

const OLDEST_UNLINKED = {
  name: 'audit-oldest-unlinked',
  text: `
    select count(*)::integer as waiting, extract(epoch from clock_timestamp() - min(e.at))::integer as seconds
    from audit_unlinked u join audit_entries e on e.id = u.audit_entry_id`,
};

/** What keeping the chain takes. */
export interface AuditChainOptions {
  readonly pool: Pool;
  readonly keys: CheckpointKeys;
  readonly log: Logger;
}

/**
 * Links the entries of the audit and signs checkpoints, from now until `close()`. Every gateway tries; of those that do
 * at once, one succeeds, and the chain is at most about a second behind as long as one of them lives.
 */
export function startAuditChain({ pool, keys, log }: AuditChainOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  let checkedAt = -Infinity;

  async function step(): Promise<void> {
    await linkEntries(pool);
    if (performance.now() - checkedAt < CHECK_MS) return;
    checkedAt = performance.now();
    await makeCheckpoint(pool, keys);
    const late = (await pool.query<{ waiting: number; seconds: number | null }>(OLDEST_UNLINKED)).rows[0];
    if (late !== undefined && (late.seconds ?? 0) > LATE_SECONDS) {
      log.warn({ waiting: late.waiting, seconds: late.seconds }, 'the chain of the audit is behind');
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await step();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ error: reason }, 'the chain of the audit could not be continued; it is tried again');
        await pause(CHECK_MS, closing.signal);
      }
      await pause(PAUSE_MS, closing.signal);
    }
  }

  const done = run();
  return {
    async close() {
      closing.abort();
      await done;
      // What was done while this gateway stopped; another goes on otherwise.
      await linkEntries(pool).catch(() => undefined);
    },
  };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
