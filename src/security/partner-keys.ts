import { createHash } from 'node:crypto';
import { createLocalJWKSet, type CryptoKey, importJWK, type JSONWebKeySet, type JWK, type RemoteJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { loggableError } from '../record/loggable-error.js';
import type { GuardedFetch } from './egress/guarded-agent.js';
import { plainKeyId } from './keys/key-id.js';
import { ALGORITHM_OF } from './keys/key-pair.js';
import { remoteKeySet } from './remote-key-set.js';

/** Where the public keys of somebody stand: pinned, or behind a registered address. Never in a message. */
export interface KeyOwner {
  readonly jwks: JSONWebKeySet | null;
  readonly jwksUri: string | null;
}

/** Which key something says it was signed with. */
interface WantedKey {
  /** Of JOSE, such as `RS256`. */
  readonly algorithm: string;
  /** `null`: it does not say. */
  readonly kid: string | null;
}

/** To which something is encrypted with RSA-OAEP-256. */
export interface EncryptionKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Of jose: picks the key of a signature. */
type KeySet = RemoteJWKSet | ReturnType<typeof createLocalJWKSet>;

/** Sets of keys that are held in memory at most. */
const HELD_SETS = 1_000;
const MOST_RSA_BITS = 4096;
const LEAST_RSA_BITS = 2048;

/**
 * The public keys of those with whom signed and encrypted messages are exchanged. Those behind an address are kept for a
 * while: see `remoteKeySet`.
 */
export class PartnerKeys {
  readonly #fetch: GuardedFetch;
  readonly #log: Logger;
  readonly #sets = new LRUCache<string, KeySet>({ max: HELD_SETS });

  /** `fetch`: of the guarded agent, for addresses that an operator gave. */
  constructor({ fetch, log }: { readonly fetch: GuardedFetch; readonly log: Logger }) {
    this.#fetch = fetch;
    this.#log = log;
  }

  /** Finds the key with which something of this owner verifies; never one of two that fit. */
  verificationKeys(owner: KeyOwner): (wanted: WantedKey) => Promise<CryptoKey | null> {
    return async (wanted) => {
      const set = this.#setOf(owner);
      return set === null ? null : ((await pick(set, wanted)) ?? (await pick(set, plain(wanted))));
    };
  }

  /** The key of this owner to which messages are encrypted: its newest, as sets list them; `null` where it has none. */
  async encryptionKey(owner: KeyOwner): Promise<EncryptionKey | null> {
    const set = this.#setOf(owner);
    const keys = set === null ? [] : await keysOf(set);
    for (const jwk of keys.filter(isForEncryption)) {
      const key = await readEncryptionKey(jwk);
      if (key !== null) return key;
    }
    return null;
  }

  #setOf({ jwks, jwksUri }: KeyOwner): KeySet | null {
    if (jwks !== null) {
      const name = createHash('sha256').update(JSON.stringify(jwks)).digest('base64');
      return this.#held(name, () => createLocalJWKSet(jwks));
    }
    if (jwksUri === null) return null;
    return this.#held(jwksUri, () =>
      remoteKeySet({
        url: new URL(jwksUri),
        fetch: this.#fetch,
        onFailure: (error) => {
          this.#log.warn({ err: loggableError(error) }, 'the keys of a partner could not be read');
        },
      }),
    );
  }

  #held(name: string, make: () => KeySet): KeySet {
    const held = this.#sets.get(name);
    if (held) return held;
    const made = make();
    this.#sets.set(name, made);
    return made;
  }
}

/** Key ids of the standard name their owner and the algorithm as well; a set may list the key under its own name. */
function plain({ algorithm, kid }: WantedKey): WantedKey {
  return { algorithm, kid: kid === null ? null : plainKeyId(kid) };
}

async function pick(set: KeySet, { algorithm, kid }: WantedKey): Promise<CryptoKey | null> {
  try {
    const key = await set({ alg: algorithm, ...(kid === null ? {} : { kid }) });
    const named = (set.jwks()?.keys ?? []).filter((jwk) => kid !== null && jwk.kid === kid);
    return isStrong(key) && named.length < 2 && named.every(isCurrent) ? key : null;
  } catch {
    // Not there, there twice, not a public key, or its server does not answer: the signature cannot be verified.
    return null;
  }
}

/** Some sets say until when a key is good, in seconds as tokens do. */
function isCurrent(jwk: JWK & { readonly exp?: unknown }): boolean {
  return typeof jwk.exp !== 'number' || jwk.exp * 1000 > Date.now();
}

function isStrong({ algorithm }: CryptoKey): boolean {
  if (!('modulusLength' in algorithm)) return true;
  const bits = Number(algorithm.modulusLength);
  return bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS;
}

async function keysOf(set: KeySet): Promise<readonly JWK[]> {
  // What was read last serves while its server does not answer.
  if ('reload' in set && !set.fresh) await set.reload().catch(() => undefined);
  return set.jwks()?.keys ?? [];
}

function isForEncryption({ kty, use, alg, kid }: JWK): boolean {
  return (
    kty === 'RSA' && use === 'enc' && typeof kid === 'string' && (alg === undefined || alg === ALGORITHM_OF.encryption)
  );
}

async function readEncryptionKey(jwk: JWK): Promise<EncryptionKey | null> {
  const { kty, n, e, kid = '' } = jwk;
  try {
    // Its public members alone, whatever else stands in it.
    const key = await importJWK({ ...(kty && { kty }), ...(n && { n }), ...(e && { e }) }, ALGORITHM_OF.encryption);
    return !(key instanceof Uint8Array) && 'algorithm' in key && isStrong(key) ? { kid, key } : null;
  } catch {
    return null;
  }
}
