import { createRemoteJWKSet, customFetch, type FetchImplementation, type RemoteJWKSet } from 'jose';
import type { GuardedFetch } from './egress/guarded-agent.js';

/** Most bytes of a key set that are read, and how long its server has. */
export const KEY_SET_LIMITS = { maxBytes: 262_144, timeoutMs: 5_000 } as const;

/** A server that failed is left alone so long. */
const LEFT_ALONE_MS = 30_000;
/** So long its last good answer stands in for it. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** The keys could not be read, now or within the last half minute, and no earlier answer may stand in. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Where keys are read from, and how. */
export interface RemoteKeySetOptions {
  readonly url: URL;
  /** Of the guarded agent, within KEY_SET_LIMITS. */
  readonly fetch: GuardedFetch;
  /** Told why the keys could not be read; what was read last may still serve. */
  readonly onFailure?: (error: unknown) => void;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

/**
 * The public keys (RFC 7517) behind an address that an operator registered, for the functions of jose that verify. They
 * are kept for ten minutes; an unknown key id makes them be read again, at most every 30 seconds. While their server
 * fails, the last good answer stands in for it, for a day; after that, and at first, `KeysUnavailable` is thrown. A set
 * with two keys of one id is refused whole.
 */
export function remoteKeySet({ url, fetch, onFailure, now = Date.now }: RemoteKeySetOptions): RemoteJWKSet {
  let last: { readonly text: string; readonly at: number } | null = null;
  let failure: { readonly error: unknown; readonly at: number } | null = null;

  const standIn = (error: unknown): Response => {
    if (last === null || now() - last.at > STALE_MS) {
      throw new KeysUnavailable('the public keys could not be read', { cause: error });
    }
    return new Response(last.text);
  };
  const read: FetchImplementation = async (address, { headers, signal }) => {
    if (failure !== null && now() - failure.at < LEFT_ALONE_MS) return standIn(failure.error);
    try {
      const answer = await fetch(address, { headers, signal });
      if (answer.status !== 200) throw new Error(`the keys were answered with HTTP ${String(answer.status)}`);
      const text = await answer.text();
      checkKeyIds(text);
      last = { text, at: now() };
      failure = null;
      return new Response(text);
    } catch (error) {
      failure = { error, at: now() };
      onFailure?.(error);
      return standIn(error);
    }
  };
  return createRemoteJWKSet(url, { [customFetch]: read, timeoutDuration: KEY_SET_LIMITS.timeoutMs });
}

/** Refuses what is no key set, or one in which a key id says two things. */
function checkKeyIds(text: string): void {
  const set: unknown = JSON.parse(text);
  if (typeof set !== 'object' || set === null || !('keys' in set) || !Array.isArray(set.keys)) {
    throw new Error('the answer is no set of keys');
  }
  const ids = set.keys.map((key: unknown) =>
    typeof key === 'object' && key !== null && 'kid' in key ? key.kid : undefined,
  );
  const named = ids.filter((id) => id !== undefined);
  if (new Set(named).size !== named.length) throw new Error('two of the keys have one id');
}
