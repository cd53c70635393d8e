import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../../database/jobs.js';
import { inTransaction } from '../../database/transaction.js';
import type { PostOutcome } from './callback-post.js';
import type { ClaimedDelivery } from './delivery-claims.js';

/** What writing down takes. */
export interface OutcomeContext {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly config: {
    /** How often a message is posted before it waits for an operator. */
    readonly callbackAttempts: number;
  };
  /** Milliseconds before the next attempt, at least; for tests. */
  readonly backOffMs?: (attempts: number) => number;
}

const FIRST_DELAY_MS = 2_000;
const DELAY_FACTOR = 3;
const LONGEST_DELAY_MS = 3_600_000;
const SHORTEST_RETRY_AFTER_MS = 1_000;

const DELIVERED = {
  name: 'delivery-delivered',
  text: `
    update deliveries d
    set state = 'delivered', finished_at = now(), body_sealed = null, claimed_until = null, next_attempt_at = null,
      last_status = $3, last_error = null
    where d.id = $1 and d.attempts = $2 and d.state = 'waiting'
    returning (select t.id from transactions t where t.id = d.transaction_ref and t.state = 'working') as working`,
};

const DEAD = {
  name: 'delivery-dead',
  text: `
    update deliveries
    set state = 'dead', finished_at = now(), claimed_until = null, next_attempt_at = null, last_status = $3,
      last_error = $4
    where id = $1 and attempts = $2 and state = 'waiting'`,
};

const LATER = {
  name: 'delivery-later',
  text: `
    update deliveries
    set claimed_until = null, next_attempt_at = now() + make_interval(secs => $5), last_status = $3, last_error = $4
    where id = $1 and attempts = $2 and state = 'waiting'`,
};

/** A partner that asks to be left alone is not asked to take anything else at that address either. */
const HOLD = {
  name: 'delivery-hold',
  text: `
    update deliveries set next_attempt_at = now() + make_interval(secs => $3)
    where api_client_id = $1 and state = 'waiting' and url is not distinct from $2 and claimed_until is null
      and next_attempt_at < now() + make_interval(secs => $3)`,
};

/**
 * Writes down what became of an attempt, and sends the job for what follows from it: the next attempt, or the search that
 * waited for room. An outcome of which the claim has run out changes nothing.
 */
export async function writeDown(
  context: OutcomeContext,
  claimed: ClaimedDelivery,
  outcome: PostOutcome,
): Promise<void> {
  const { pool, jobs, log, config, backOffMs = exponentialBackOff } = context;
  const { id, attempts, action, clientName } = claimed;
  const about = { delivery: id, action, client: clientName, attempts };
  await inTransaction(pool, async (client) => {
    if (outcome.outcome === 'taken') {
      const values = [id, attempts, outcome.status];
      const { rows } = await client.query<{ working: string | null }>({ ...DELIVERED, values });
      // A search with many pages waits for room before it writes the next message.
      const working = rows[0]?.working ?? null;
      if (working !== null) await jobs.send('transaction', { id: working }, { db: client });
      log.info({ ...about, status: outcome.status }, 'a message was delivered');
      return;
    }
    const { reason } = outcome;
    const status = outcome.outcome === 'failed' ? outcome.status : null;
    if (outcome.outcome === 'refused' || attempts >= config.callbackAttempts) {
      await client.query({ ...DEAD, values: [id, attempts, status, reason] });
      log.error({ ...about, reason }, 'a message could not be delivered; it waits for an operator');
      return;
    }
    const { retryAfterMs } = outcome;
    const asked = retryAfterMs === null ? null : Math.max(retryAfterMs, SHORTEST_RETRY_AFTER_MS);
    // A short Retry-After, always the same, would use up all attempts within minutes.
    const seconds = Math.min(Math.max(asked ?? 0, backOffMs(attempts)), LONGEST_DELAY_MS) / 1000;
    await client.query({ ...LATER, values: [id, attempts, status, reason, seconds] });
    if (asked !== null) {
      const held = Math.min(asked, LONGEST_DELAY_MS) / 1000;
      await client.query({ ...HOLD, values: [claimed.clientId, claimed.url, held] });
    }
    await jobs.send('delivery', { id }, { db: client, startAfter: seconds });
    log.warn({ ...about, reason, seconds: Math.round(seconds) }, 'a message was not taken; it is posted again later');
  });
}

/** Half of it by chance, so that what failed together does not come back together. */
function exponentialBackOff(attempts: number): number {
  const longest = Math.min(FIRST_DELAY_MS * DELAY_FACTOR ** (attempts - 1), LONGEST_DELAY_MS);
  return longest * (0.5 + Math.random() / 2);
}
