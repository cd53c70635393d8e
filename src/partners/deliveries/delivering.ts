import type { Jobs } from '../../database/jobs.js';
import type { Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
import type { GuardedAgent } from '../../security/egress/guarded-agent.js';
import type { Keys } from '../../security/keys.js';
import { postCallback, type PostOutcome } from './callback-post.js';
import { type CallbackPolicy, callbackTarget } from './callback-target.js';
import {
  claimNext,
  type ClaimedDelivery,
  clientOfDelivery,
  findDue,
  giveBack,
  secondsToNextAttempt,
} from './delivery-claims.js';
import { type OutcomeContext, writeDown } from './delivery-outcome.js';
import { sealDelivery, type SealContext } from './seal-delivery.js';
import { sweepTransactions } from '../transactions/transaction-workers.js';

/** What posting works with. */
export interface DeliveringContext extends OutcomeContext, SealContext {
  readonly config: OutcomeContext['config'] & CallbackPolicy;
  readonly agent: GuardedAgent;
  /**
   * The `Authorization` by which a partner's address knows us, where it knows us at all; `refused` is one that it did not
   * take. Rejects where it cannot be had.
   */
  readonly authorizationFor?: (url: URL, refused: string | null) => Promise<string | null>;
  /** For tests. */
  readonly timeoutMs?: number;
}

/** Messages that one gateway posts at once. */
const CONCURRENCY = 32;
const TIMEOUT_MS = 10_000;
/** After this long a handler lets others have their turn. */
const TURN_MS = 20_000;
const SWEEP_SECONDS = 60;
const SWEEP_ROWS = 1_000;

/** Posts messages to partners in this process from now until `jobs` is closed; any number of processes may. */
export async function startDelivering(context: DeliveringContext): Promise<void> {
  const { jobs, pool } = context;
  jobs.work('delivery', ({ id }, signal) => deliver(context, id, signal), { concurrency: CONCURRENCY });
  await jobs.repeat('delivery-sweep', SWEEP_SECONDS, async () => {
    await sweepDeliveries(pool, jobs);
    await sweepTransactions(pool, jobs, SWEEP_SECONDS);
  });
}

/**
 * Posts what is due to the client of a delivery, this one or another, until nothing is or the turn is over. Leaves at
 * once when as much is posted to that client as may be: those who post it go on to the rest. So a partner that is slow
 * or dead keeps few workers busy, however much waits for it.
 */
export async function deliver(context: DeliveringContext, deliveryId: string, signal: AbortSignal): Promise<void> {
  const { pool, jobs } = context;
  const clientId = await clientOfDelivery(pool, deliveryId);
  if (clientId === null) return;
  const endsAt = performance.now() + TURN_MS;
  for (;;) {
    signal.throwIfAborted();
    const claimed = await claimNext(pool, clientId);
    if (claimed === null) {
      await comeBack(context, deliveryId);
      return;
    }
    await attempt(context, claimed, signal);
    if (performance.now() > endsAt) {
      const next = await findDue(pool, clientId);
      if (next !== null) await jobs.send('delivery', { id: next });
      return;
    }
  }
}

/**
 * The job for the next attempt could not be sent while the job that brought us here still waited (there is one of a
 * row): somebody else posted the message before its own job came, and it was not taken.
 */
async function comeBack({ pool, jobs }: DeliveringContext, deliveryId: string): Promise<void> {
  const seconds = await secondsToNextAttempt(pool, deliveryId);
  if (seconds !== null) await jobs.send('delivery', { id: deliveryId }, { startAfter: seconds });
}

async function attempt(context: DeliveringContext, claimed: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  let outcome: PostOutcome;
  try {
    outcome = await post(context, claimed, signal);
  } catch (error) {
    // The gateway is closing, or something of ours failed.
    await giveBack(context.pool, claimed);
    throw error;
  }
  await writeDown(context, claimed, outcome);
}

async function post(context: DeliveringContext, claimed: ClaimedDelivery, signal: AbortSignal): Promise<PostOutcome> {
  const { agent, config, keys, timeoutMs = TIMEOUT_MS } = context;
  if (claimed.clientState === 'revoked') return { outcome: 'refused', reason: 'the client was revoked' };
  const target = callbackTarget(claimed.url, claimed, config, agent);
  if (!target.ok) return { outcome: 'refused', reason: target.reason };
  const stored = openBody(keys, claimed.body);
  if (stored === null) return { outcome: 'refused', reason: 'its text cannot be opened with the data key' };
  // At each attempt anew: a signature is good for some minutes, and keys take turns.
  const body = await sealDelivery(stored, claimed, context, new Date());
  if (body === null) {
    const reason = 'it has no key for encryption, or its keys cannot be read';
    return { outcome: 'failed', status: null, reason, retryAfterMs: null };
  }
  const { url, givenBy } = target;
  let authorization: string | null = null;
  for (;;) {
    const refused: string | null = authorization;
    try {
      authorization = (await context.authorizationFor?.(url, refused)) ?? null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { outcome: 'failed', status: null, reason: 'its token endpoint gave us no token', retryAfterMs: null };
    }
    const outcome = await postCallback({ agent, url, givenBy, authorization, body, timeoutMs, signal });
    // A token may have been outlived by a restart there: it is renewed once.
    const isRefusal = outcome.outcome === 'failed' && outcome.status === 401;
    if (!isRefusal || authorization === null || refused !== null) return outcome;
  }
}

function openBody(keys: Keys, sealed: Buffer): string | null {
  try {
    return keys.open(sealed);
  } catch {
    return null;
  }
}

/** A minute over its time: the job of it was lost. */
const OVERDUE = {
  name: 'delivery-overdue',
  text: `
    select id from deliveries
    where state = 'waiting' and next_attempt_at < now() - make_interval(secs => $1)
    order by next_attempt_at limit $2`,
};

/** Sends jobs for messages that are due and have none, as after a database that was restored. Answers how many. */
export async function sweepDeliveries(db: Queryable, jobs: Jobs, overdueSeconds = SWEEP_SECONDS): Promise<number> {
  const { rows } = await db.query<{ id: string }>({ ...OVERDUE, values: [overdueSeconds, SWEEP_ROWS] });
  for (const { id } of rows) await jobs.send('delivery', { id });
  return rows.length;
}
