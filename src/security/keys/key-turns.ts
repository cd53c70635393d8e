import type { KeyObject } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Jobs } from '../../database/jobs.js';
import type { Queryable } from '../../database/pool.js';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import type { Ledger } from '../audit/ledger.js';
import type { Keys } from '../keys.js';
import {
  ALGORITHM_OF,
  KEY_PURPOSES,
  type KeyAlgorithm,
  type KeyPurpose,
  type KeyState,
  makePrivateKey,
  privatePem,
  publicJwk,
} from './key-pair.js';

/** Published at least this long before it is used: our JWKS may be held 5 minutes, some hold it 10, we a second. */
export const PUBLISHED_BEFORE_SECONDS = 300 + 600 + 1;
/** Good this long after it was used last: the longest life that TOKEN_LIFETIME_SECONDS can give, and clocks differ. */
export const GOOD_AFTER_SECONDS = 86_400 + 300;

/** A key pair without its keys. Every time is absent until it has come. */
export interface KeyPair {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly retiringAt: Date | null;
  readonly goneAt: Date | null;
}

/** What turns of keys are made with. */
export interface KeyTurns {
  readonly pool: Pool;
  readonly keys: Pick<Keys, 'seal'>;
  readonly ledger: Pick<Ledger, 'note'>;
  /** Who makes them, for the audit; `gateway` where they are due by themselves. */
  readonly actor: string;
}

/** Whoever changes keys, files or rows, waits for whoever is at it. */
export const LOCK_KEYS = {
  name: 'keys-lock',
  text: "select pg_advisory_xact_lock(hashtext('dci-gateway keys'))",
};

const COLUMNS = `kid, purpose, algorithm, state, created_at as "createdAt", activated_at as "activatedAt",
  retiring_at as "retiringAt", gone_at as "goneAt"`;

const LIST_KEYS = {
  name: 'keys-list',
  text: `select ${COLUMNS} from key_pairs order by purpose desc, created_at desc, kid`,
};
const INSERT_KEY = {
  name: 'keys-insert',
  text: `
    insert into key_pairs (kid, purpose, algorithm, public_jwk, private_sealed, state, activated_at)
    values ($1, $2, $3, $4, $5, $6, case when $6 = 'active' then now() end)
    on conflict do nothing
    returning ${COLUMNS}`,
};
/** A private key that signs no more is of no use; one to which messages may still be encrypted is. */
const RETIRE_FOR_PENDING = {
  name: 'keys-retire-for-pending',
  text: `
    update key_pairs set state = 'retiring', retiring_at = now(),
      private_sealed = case purpose when 'encryption' then private_sealed end
    where state = 'active' and purpose in (
      select purpose from key_pairs where state = 'pending' and created_at <= now() - make_interval(secs => $1)
    )
    returning ${COLUMNS}`,
};
const ACTIVATE_PENDING = {
  name: 'keys-activate-pending',
  text: `
    update key_pairs set state = 'active', activated_at = now()
    where state = 'pending' and created_at <= now() - make_interval(secs => $1)
    returning ${COLUMNS}`,
};
const END_RETIRING = {
  name: 'keys-end-retiring',
  text: `
    update key_pairs set state = 'gone', gone_at = now(), private_sealed = null
    where state = 'retiring' and retiring_at <= now() - make_interval(secs => $1)
    returning ${COLUMNS}`,
};
const END_ALL = {
  name: 'keys-end-all',
  text: `
    update key_pairs set state = 'gone', gone_at = now(), private_sealed = null
    where state <> 'gone' and purpose = $1
    returning ${COLUMNS}`,
};
const END_ONE = {
  name: 'keys-end-one',
  text: `
    update key_pairs set state = 'gone', gone_at = now(), private_sealed = null
    where kid = $1 and state in ('pending', 'retiring')
    returning ${COLUMNS}`,
};
const KEY_OF_KID = { name: 'keys-of-kid', text: `select ${COLUMNS} from key_pairs where kid = $1` };
/** Purposes that have no active key, and those whose active key is older than `$1` days while none waits. */
const PURPOSES_IN_NEED = {
  name: 'keys-purposes-in-need',
  text: `
    select wanted.purpose, active.kid is null as "atOnce"
    from unnest($2::text[]) as wanted(purpose)
      left join key_pairs active on active.purpose = wanted.purpose and active.state = 'active'
    where not exists (select from key_pairs p where p.purpose = wanted.purpose and p.state = 'pending')
      and (active.kid is null or ($1 > 0 and active.activated_at <= now() - make_interval(days => $1)))`,
};

/** Every key pair that was ever used, signing ones first, the newest first. */
export async function listKeyPairs(pool: Pool): Promise<KeyPair[]> {
  const { rows } = await pool.query<KeyPair>(LIST_KEYS);
  return rows;
}

/**
 * Makes a key, or takes one that an operator brings, which is used when it has been published long enough. Throws a
 * `Problem`: `KEY_WAITING` where another waits already, `KEY_KNOWN` where this one was here before.
 */
export async function addKey(turns: KeyTurns, purpose: KeyPurpose, own?: KeyObject): Promise<KeyPair> {
  const key = own ?? (await makePrivateKey());
  return inTransaction(turns.pool, async (transaction) => {
    await transaction.query(LOCK_KEYS);
    const added = await insertKey(turns, transaction, { purpose, key, state: 'pending' });
    if (added) return added;
    await refuseKnown(transaction, key, purpose);
    throw new Problem('KEY_WAITING', `Another ${purpose} key waits for its turn already: see dci-gateway keys list`);
  });
}

/**
 * For a key that leaked: a new one is used at once, and nothing made with any earlier one of the purpose is good any
 * more. Throws a `Problem` `KEY_KNOWN` where the key that an operator brings was here before.
 */
export async function replaceKeysNow(turns: KeyTurns, purpose: KeyPurpose, own?: KeyObject): Promise<KeyPair> {
  const key = own ?? (await makePrivateKey());
  return inTransaction(turns.pool, async (transaction) => {
    await transaction.query(LOCK_KEYS);
    await refuseKnown(transaction, key, purpose);
    const { rows } = await transaction.query<KeyPair>({ ...END_ALL, values: [purpose] });
    await noteAll(turns, 'key.ended', rows, transaction);
    const made = await insertKey(turns, transaction, { purpose, key, state: 'active' });
    if (!made) throw new Error('a new key met another of its state');
    return made;
  });
}

/** Ends a key that waits or retires. Throws a `Problem`: `KEY_UNKNOWN`, `KEY_ACTIVE`, `KEY_GONE`. */
export async function retireKey(turns: KeyTurns, kid: string): Promise<KeyPair> {
  return inTransaction(turns.pool, async (transaction) => {
    await transaction.query(LOCK_KEYS);
    const { rows } = await transaction.query<KeyPair>({ ...END_ONE, values: [kid] });
    const [ended] = rows;
    if (ended) {
      await noteAll(turns, 'key.ended', [ended], transaction);
      return ended;
    }
    const found = await transaction.query<KeyPair>({ ...KEY_OF_KID, values: [kid] });
    const [known] = found.rows;
    if (!known) throw new Problem('KEY_UNKNOWN', 'There is no key with this id: see dci-gateway keys list');
    if (known.state === 'gone') throw new Problem('KEY_GONE', 'Nothing made with this key is good any more already');
    throw new Problem(
      'KEY_ACTIVE',
      `This key is in use: dci-gateway keys rotate puts another in its place in time, keys rotate --now at once`,
    );
  });
}

/**
 * Makes the turns that are due: waiting keys come into use, those before them retire, and what retired long enough ago is
 * gone. A purpose without a key gets one; a key in use for `rotateDays` gets a successor (0: never).
 */
export async function takeTurns(turns: KeyTurns, rotateDays: number): Promise<void> {
  await inTransaction(turns.pool, async (transaction) => {
    await transaction.query(LOCK_KEYS);
    const change = async (action: string, statement: { name: string; text: string }, seconds: number) => {
      const { rows } = await transaction.query<KeyPair>({ ...statement, values: [seconds] });
      await noteAll(turns, action, rows, transaction);
    };
    await change('key.ended', END_RETIRING, GOOD_AFTER_SECONDS);
    await change('key.retiring', RETIRE_FOR_PENDING, PUBLISHED_BEFORE_SECONDS);
    await change('key.activated', ACTIVATE_PENDING, PUBLISHED_BEFORE_SECONDS);
  });
  const { rows } = await turns.pool.query<{ purpose: KeyPurpose; atOnce: boolean }>({
    ...PURPOSES_IN_NEED,
    values: [rotateDays, [...KEY_PURPOSES]],
  });
  for (const { purpose, atOnce } of rows) {
    const key = await makePrivateKey();
    // Where another gateway was faster, its key stands and this one is dropped.
    await inTransaction(turns.pool, (transaction) =>
      insertKey(turns, transaction, { purpose, key, state: atOnce ? 'active' : 'pending' }),
    );
  }
}

interface NewKey {
  readonly purpose: KeyPurpose;
  readonly key: KeyObject;
  readonly state: 'pending' | 'active';
}

/** `null` where another key of the purpose is in that state, or this one was here before. */
async function insertKey(
  turns: KeyTurns,
  transaction: PoolClient,
  { purpose, key, state }: NewKey,
): Promise<KeyPair | null> {
  const jwk = await publicJwk(key, purpose);
  const sealed = turns.keys.seal(privatePem(key));
  const { rows } = await transaction.query<KeyPair>({
    ...INSERT_KEY,
    values: [jwk.kid, purpose, ALGORITHM_OF[purpose], jwk, sealed, state],
  });
  await noteAll(turns, state === 'active' ? 'key.activated' : 'key.added', rows, transaction);
  return rows[0] ?? null;
}

async function refuseKnown(transaction: PoolClient, key: KeyObject, purpose: KeyPurpose): Promise<void> {
  const { kid } = await publicJwk(key, purpose);
  const { rowCount } = await transaction.query({ ...KEY_OF_KID, values: [kid] });
  if (rowCount !== 0) throw new Problem('KEY_KNOWN', 'This key was used here before: bring another');
}

async function noteAll(
  { ledger, actor }: KeyTurns,
  action: string,
  pairs: readonly KeyPair[],
  db: Queryable,
): Promise<void> {
  for (const { kid, purpose } of pairs) await ledger.note({ action, actor, detail: { kid, purpose } }, db);
}

const TURNS_EVERY_SECONDS = 60;

/** Makes the turns that are due, on one of all the gateways, from now until `jobs` is closed. */
export async function startKeyTurns(
  turns: Omit<KeyTurns, 'actor'> & { readonly jobs: Jobs; readonly signingKeyDays: number },
): Promise<void> {
  const { jobs, signingKeyDays } = turns;
  await jobs.repeat('key-turns', TURNS_EVERY_SECONDS, () => takeTurns({ ...turns, actor: 'gateway' }, signingKeyDays));
}
