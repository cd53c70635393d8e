import type { Pool } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import type { ClientReception } from '../../security/client-reception.js';
import type { CallbackClient } from './callback-target.js';

/** Messages that are posted to one client at once by all gateways; one while the client fails. */
const PER_CLIENT = 4;
/** What a worker claimed and did not post within this time belongs to a worker that is no more. */
const CLAIM_SECONDS = 60;
/** Any number: what counts is that those who claim for one client wait for each other. */
const CLAIM_LOCK = 4_242_002;

const CLIENT_OF_DELIVERY = { name: 'delivery-client', text: 'select api_client_id from deliveries where id = $1' };

/** The client to whom the message goes; `null` where there is no such message. */
export async function clientOfDelivery(db: Queryable, id: string): Promise<string | null> {
  const { rows } = await db.query<{ api_client_id: string }>({ ...CLIENT_OF_DELIVERY, values: [id] });
  return rows[0]?.api_client_id ?? null;
}

/** A message that this worker may post, once. */
export interface ClaimedDelivery
  extends CallbackClient, Pick<ClientReception, 'outboundSignature' | 'encryptAnswers' | 'jwks' | 'jwksUri'> {
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
      c.state as "clientState", c.callback_uri as "callbackUri", c.callback_origins as "callbackOrigins",
      c.outbound_signature as "outboundSignature", c.encrypt_answers as "encryptAnswers", c.jwks, c.jwks_uri as "jwksUri"`,
};

/**
 * Takes the message to the client that is due the longest, in a transaction of its own. `null` where none is due, or as
 * many are posted to the client as may be.
 */
export async function claimNext(pool: Pool, clientId: string): Promise<ClaimedDelivery | null> {
  return await inTransaction(pool, async (client) => {
    await client.query({ ...LOCK_CLIENT, values: [CLAIM_LOCK, clientId] });
    const { rows } = await client.query<ClaimedDelivery>({ ...CLAIM, values: [clientId, PER_CLIENT, CLAIM_SECONDS] });
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

/** Id of the message to the client that is due the longest; `null` where none is. */
export async function findDue(db: Queryable, clientId: string): Promise<string | null> {
  const { rows } = await db.query<{ id: string }>({ ...FIND_DUE, values: [clientId] });
  return rows[0]?.id ?? null;
}

const GIVE_BACK = {
  name: 'delivery-give-back',
  text: `
    update deliveries set attempts = attempts - 1, claimed_until = null, next_attempt_at = now()
    where id = $1 and attempts = $2 and state = 'waiting'`,
};

/** Gives a message back that was claimed and not posted: that was no attempt. */
export async function giveBack(db: Queryable, { id, attempts }: ClaimedDelivery): Promise<void> {
  await db.query({ ...GIVE_BACK, values: [id, attempts] });
}

const FIND_LATER = {
  name: 'delivery-find-later',
  text: `
    select extract(epoch from next_attempt_at - now())::float8 as seconds from deliveries
    where id = $1 and state = 'waiting' and next_attempt_at > now() and coalesce(claimed_until <= now(), true)`,
};

/** In how many seconds the message is to be posted again; `null` where it does not wait for that. */
export async function secondsToNextAttempt(db: Queryable, id: string): Promise<number | null> {
  const { rows } = await db.query<{ seconds: number }>({ ...FIND_LATER, values: [id] });
  return rows[0]?.seconds ?? null;
}
