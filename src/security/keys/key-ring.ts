import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import { Problem } from '../../record/problem.js';
import { plainKeyId, senderKeyId } from './key-id.js';
import { ALGORITHM_OF, type KeyPurpose, type KeyState, type PublicJwk } from './key-pair.js';

/** How long a turn of the keys may go unnoticed. */
const LONGEST_UNSEEN_MS = 1_000;

const USABLE_KEYS = {
  name: 'keys-usable',
  text: `
    select kid, purpose, state, public_jwk as jwk, private_sealed as sealed
    from key_pairs where state <> 'gone' order by created_at desc, kid`,
};

interface KeyRow {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly state: Exclude<KeyState, 'gone'>;
  readonly jwk: PublicJwk;
  readonly sealed: Buffer | null;
}

interface Reading {
  readonly rows: Promise<readonly KeyRow[]>;
  /** Of `performance.now()`. */
  readonly startedAt: number;
}

/** The key that signs now. */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly alg: 'RS256';
  readonly key: KeyObject;
}

/**
 * The key pairs of the database, read again when the database tells of a change and when what is known is a second old:
 * every gateway turns with them.
 */
export class KeyRing {
  readonly #pool: Pool;
  readonly #open: (sealed: Buffer) => string;
  #reading: Reading | null = null;
  /** Private keys that were opened, public ones that were parsed: neither ever changes under its id. */
  readonly #privateKeys = new Map<string, KeyObject>();
  readonly #publicKeys = new Map<string, KeyObject>();

  constructor(pool: Pool, open: (sealed: Buffer) => string) {
    this.#pool = pool;
    this.#open = open;
  }

  /** What is being read at this moment may be what was there before: it is not held either. */
  readAgain(): void {
    this.#reading = null;
  }

  /** Throws a `Problem` `KEYS_MISSING` where no key is active. */
  async signingKey(): Promise<SigningKey> {
    const row = (await this.#rows()).find(({ purpose, state }) => purpose === 'signing' && state === 'active');
    const key = row && this.#privateKey(row);
    if (!row || !key) {
      throw new Problem('KEYS_MISSING', 'No signing key is active: make one with dci-gateway keys rotate --now');
    }
    return { kid: row.kid, alg: ALGORITHM_OF.signing, key };
  }

  /** The private key of that id, in either style, to which something may have been encrypted; else `null`. */
  async decryptionKey(kid: string): Promise<KeyObject | null> {
    const row = await this.#find('encryption', plainKeyId(kid));
    return row ? this.#privateKey(row) : null;
  }

  async verificationKey(kid: string): Promise<KeyObject | null> {
    const row = await this.#find('signing', kid);
    if (!row) return null;
    const held = this.#publicKeys.get(kid);
    if (held) return held;
    const key = createPublicKey({ key: row.jwk, format: 'jwk' });
    this.#publicKeys.set(kid, key);
    return key;
  }

  async published(senderId: string | undefined): Promise<PublicJwk[]> {
    const jwks = (await this.#rows()).map(({ jwk }) => jwk);
    if (senderId === undefined) return jwks;
    return [...jwks, ...jwks.map((jwk) => ({ ...jwk, kid: senderKeyId(senderId, { kid: jwk.kid, alg: jwk.alg ?? '' }) }))];
  }

  async #find(purpose: KeyPurpose, kid: string): Promise<KeyRow | undefined> {
    const named = (row: KeyRow): boolean => row.purpose === purpose && row.kid === kid;
    const askedAt = performance.now();
    const known = (await this.#rows()).find(named);
    // One that another gateway made this second is not known yet.
    return known ?? ((this.#reading?.startedAt ?? 0) >= askedAt ? undefined : (await this.#read().rows).find(named));
  }

  #privateKey({ kid, sealed }: KeyRow): KeyObject | null {
    const held = this.#privateKeys.get(kid);
    if (held || !sealed) return held ?? null;
    const key = createPrivateKey(this.#open(sealed));
    this.#privateKeys.set(kid, key);
    return key;
  }

  #rows(): Promise<readonly KeyRow[]> {
    const held = this.#reading;
    return (held && performance.now() - held.startedAt < LONGEST_UNSEEN_MS ? held : this.#read()).rows;
  }

  #read(): Reading {
    const reading = {
      rows: this.#pool.query<KeyRow>(USABLE_KEYS).then(({ rows }) => rows),
      startedAt: performance.now(),
    };
    this.#reading = reading;
    reading.rows.then(
      (rows) => this.#forget(rows),
      () => {
        // The next one who asks tries again.
        if (this.#reading === reading) this.#reading = null;
      },
    );
    return reading;
  }

  /** What is of no use any more does not stay in memory either. */
  #forget(rows: readonly KeyRow[]): void {
    const usable = new Set(rows.map(({ kid }) => kid));
    const open = new Set(rows.filter(({ sealed }) => sealed !== null).map(({ kid }) => kid));
    for (const kid of this.#publicKeys.keys()) if (!usable.has(kid)) this.#publicKeys.delete(kid);
    for (const kid of this.#privateKeys.keys()) if (!open.has(kid)) this.#privateKeys.delete(kid);
  }
}
