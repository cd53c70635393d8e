import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from '../database/jobs.js';
import type { Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import type { Keys } from '../security/keys.js';
import { postCallback, type PostOutcome } from './callback-post.js';
import { type CallbackClient, type CallbackPolicy, callbackTarget } from './callback-target.js';
import { deliveryUnknown } from './delivery-list.js';
import { sweepTransactions } from './transaction-workers.js';

/** What posting works with. */
export interface DeliveringContext {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly log: Logger;
  readonly config: CallbackPolicy & {
    /** How often a message is posted before it waits for an operator. */
    readonly callbackAttempts: number;
  };
  /**
   * The `Authorization` by which a partner's address knows us, where it knows us at all; `refused` is one that it did not
   * take. Rejects where it cannot be had.
   */
  readonly authorizationFor?: (url: URL, refused: string | null) => Promise<string | null>;
  /** Milliseconds before the next attempt, where the partner did not say; for tests. */
  readonly backOffMs?: (attempts: number) => number;
  /** For tests. */
  readonly timeoutMs?: number;
}

/** Messages that one gateway posts at once. */
const CONCURRENCY = 32;
/** Messages that are posted to one client at once by all gateways; one while the client fails. */
const PER_CLIENT = 4;
const TIMEOUT_MS = 10_000;
/** What a worker claimed and did not post within this time belongs to a worker that is no more. */
const CLAIM_SECONDS = 60;
/** After this long a handler lets others have their turn. */
const TURN_MS = 20_000;
const SWEEP_SECONDS = 60;
const SWEEP_ROWS = 1_000;

const FIRST_DELAY_MS = 2_000;
const DELAY_FACTOR = 3;
const LONGEST_DELAY_MS = 3_600_000;
const SHORTEST_RETRY_AFTER_MS = 1_000;

/** Any number: what counts is that those who claim for one client wait for each other. */
const CLAIM_LOCK = 4_242_002;

/** Posts messages to partners in this process from now until `jobs` is closed; any number of processes may. */
export async function startDelivering(context: DeliveringContext): Promise<void> {
  const { jobs, pool } = context;
  jobs.work('delivery', ({ id }, signal) => deliver(context, id, signal), { concurrency: CONCURRENCY });
  await jobs.repeat('delivery-sweep', SWEEP_SECONDS, async () => {
    await sweepDeliveries(pool, jobs);
    await sweepTransactions(pool, jobs, SWEEP_SECONDS);
  });
}

const CLIENT_OF_DELIVERY = { name: 'delivery-client', text: 'select api_client_id from deliveries where id = $1' };

/**
 * Posts what is due to the client of a delivery, this one or another, until nothing is or the turn is over. Leaves at
 * once when as much is posted to that client as may be: those who post it go on to the rest. So a partner that is slow
 * or dead keeps few workers busy, however much waits for it.
 */
export async function deliver(context: DeliveringContext, deliveryId: string, signal: AbortSignal): Promise<void> {
  const { pool, jobs } = context;
  const { rows } = await pool.query<{ api_client_id: string }>({ ...CLIENT_OF_DELIVERY, values: [deliveryId] });
  const clientId = rows[0]?.api_client_id;
  if (clientId === undefined) return;
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

const FIND_LATER = {
  name: 'delivery-find-later',
  text: `
    select extract(epoch from next_attempt_at - now())::float8 as seconds from deliveries
    where id = $1 and state = 'waiting' and next_attempt_at > now() and coalesce(claimed_until <= now(), true)`,
};

/**
 * The job for the next attempt could not be sent while the job that brought us here still waited (there is one of a
 * row): somebody else posted the message before its own job came, and it was not taken.
 */
async function comeBack({ pool, jobs }: DeliveringContext, deliveryId: string): Promise<void> {
  const { rows } = await pool.query<{ seconds: number }>({ ...FIND_LATER, values: [deliveryId] });
  const [later] = rows;
  if (later) await jobs.send('delivery', { id: deliveryId }, { startAfter: later.seconds });
}

/** A message that this worker may post, once. */
interface Claimed extends CallbackClient {
  readonly id: string;
  readonly clientId: string;
  readonly action: string;
  readonly url: string | null;
  readonly body: Buffer;
  /** This one included; also tells whether the claim is still ours. */
  readonly attempts: number;
  readonly clientName: string;
  readonly clientState: 'active' | 'revoked';
}

const LOCK_CLIENT = { name: 'delivery-lock-client', text: 'select pg_advisory_xact_lock($1, hashtext($2))' };

const CLAIM = {
  name: 'delivery-claim',
  text: `
    with posting as (
      select count(*) as count from deliveries
      where api_client_id = $1 and state = 'waiting' and claimed_until > now()
    ), allowed as (
      select case when exists (
        select from deliveries where api_client_id = $1 and state = 'waiting' and last_error is not null
      ) then 1 else $2::integer end as count
    ), next as (
      select d.id from deliveries d, posting, allowed
      where d.api_client_id = $1 and d.state = 'waiting' and d.next_attempt_at <= now()
        and posting.count < allowed.count
      order by d.next_attempt_at limit 1
    )
    update deliveries d
    set attempts = d.attempts + 1, claimed_until = now() + make_interval(secs => $3),
      next_attempt_at = now() + make_interval(secs => $3)
    from next, api_clients c
    where d.id = next.id and c.id = d.api_client_id
    returning d.id, d.api_client_id as "clientId", d.action, d.url, d.body_sealed as body, d.attempts, c.name as "clientName",
      c.state as "clientState", c.callback_uri as "callbackUri", c.callback_origins as "callbackOrigins"`,
};

async function claimNext(pool: Pool, clientId: string): Promise<Claimed | null> {
  return await inTransaction(pool, async (client) => {
    await client.query({ ...LOCK_CLIENT, values: [CLAIM_LOCK, clientId] });
    const { rows } = await client.query<Claimed>({ ...CLAIM, values: [clientId, PER_CLIENT, CLAIM_SECONDS] });
    return rows[0] ?? null;
  });
}

const FIND_DUE = {
  name: 'delivery-find-due',
  text: `
    select id from deliveries
    where api_client_id = $1 and state = 'waiting' and next_attempt_at <= now()
    order by next_attempt_at limit 1`,
};

async function findDue(db: Queryable, clientId: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>({ ...FIND_DUE, values: [clientId] });
  return rows[0]?.id ?? null;
}

const GIVE_BACK = {
  name: 'delivery-give-back',
  text: `
    update deliveries set attempts = attempts - 1, claimed_until = null, next_attempt_at = now()
    where id = $1 and attempts = $2 and state = 'waiting'`,
};

async function attempt(context: DeliveringContext, claimed: Claimed, signal: AbortSignal): Promise<void> {
  let outcome: PostOutcome;
  try {
    outcome = await post(context, claimed, signal);
  } catch (error) {
    // The gateway is closing, or something of ours failed: that was no attempt.
    await context.pool.query({ ...GIVE_BACK, values: [claimed.id, claimed.attempts] });
    throw error;
  }
  await writeDown(context, claimed, outcome);
}

async function post(context: DeliveringContext, claimed: Claimed, signal: AbortSignal): Promise<PostOutcome> {
  const { config, keys, timeoutMs = TIMEOUT_MS } = context;
  if (claimed.clientState === 'revoked') return { outcome: 'refused', reason: 'the client was revoked' };
  const target = callbackTarget(claimed.url, claimed, config);
  if (!target.ok) return { outcome: 'refused', reason: target.reason };
  const body = openBody(keys, claimed.body);
  if (body === null) return { outcome: 'refused', reason: 'its text cannot be opened with the data key' };
  const { url, isRefused } = target;
  let authorization: string | null = null;
  for (;;) {
    const refused: string | null = authorization;
    try {
      authorization = (await context.authorizationFor?.(url, refused)) ?? null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { outcome: 'failed', status: null, reason: 'its token endpoint gave us no token', retryAfterMs: null };
    }
    const outcome = await postCallback({ url, isRefused, authorization, body, timeoutMs, signal });
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

async function writeDown(context: DeliveringContext, claimed: Claimed, outcome: PostOutcome): Promise<void> {
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
    const seconds = Math.min(asked ?? backOffMs(attempts), LONGEST_DELAY_MS) / 1000;
    await client.query({ ...LATER, values: [id, attempts, status, reason, seconds] });
    if (asked !== null) await client.query({ ...HOLD, values: [claimed.clientId, claimed.url, seconds] });
    await jobs.send('delivery', { id }, { db: client, startAfter: seconds });
    log.warn({ ...about, reason, seconds: Math.round(seconds) }, 'a message was not taken; it is posted again later');
  });
}

/** Half of it by chance, so that what failed together does not come back together. */
function exponentialBackOff(attempts: number): number {
  const longest = Math.min(FIRST_DELAY_MS * DELAY_FACTOR ** (attempts - 1), LONGEST_DELAY_MS);
  return longest * (0.5 + Math.random() / 2);
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

const REPLAY = {
  name: 'delivery-replay',
  text: `
    update deliveries
    set state = 'waiting', attempts = 0, next_attempt_at = now(), claimed_until = null, finished_at = null,
      last_error = null
    where id = $1 and state = 'dead'
    returning id`,
};

const STATE_OF = { name: 'delivery-state', text: 'select state from deliveries where id = $1' };

/**
 * Posts a dead message again, as if for the first time. Throws a `Problem`: `DELIVERY_UNKNOWN`, `DELIVERY_NOT_DEAD`
 * (it is delivered, or still waits for its next attempt).
 */
export async function replayDelivery(pool: Pool, jobs: Jobs, id: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query({ ...REPLAY, values: [id] });
    if (rowCount === 1) {
      await jobs.send('delivery', { id }, { db: client });
      return;
    }
    const { rows } = await client.query<{ state: string }>({ ...STATE_OF, values: [id] });
    if (rows[0] === undefined) throw deliveryUnknown();
    throw new Problem('DELIVERY_NOT_DEAD', `Only dead messages are posted again; this one is ${rows[0].state}`);
  });
}
