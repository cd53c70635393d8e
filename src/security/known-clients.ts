import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { listen } from '../database/listen.js';
import { type IssuerWithRoles, readTrustedIssuers } from './issuers/trusted-issuers.js';
import { activeClient, type ApiClient, type IssuedToken } from './clients.js';

/** The client of a token, as it stands now: `null` when client or token was revoked, or the key is no longer ours. */
export type ClientLookup = (token: IssuedToken) => Promise<ApiClient | null>;

/** How long a change of a client or a token may go unnoticed where the database cannot tell us of it. */
const LONGEST_UNSEEN_MS = 1_000;
const HELD_TOKENS = 10_000;

interface KnownClient {
  /** Also while it is being read: who asks meanwhile asks no second time. */
  readonly client: Promise<ApiClient | null>;
  /** Of `performance.now()`. */
  readonly readAt: number;
}

/** Answers what is asked of clients and issuers, as it stands now or a second ago; who started it closes it. */
export interface KnownClients {
  readonly lookUp: ClientLookup;
  readonly issuers: () => Promise<readonly IssuerWithRoles[]>;
  close(): Promise<void>;
}

/**
 * Looks clients of tokens up in memory. The database tells at once of every change of a client, a key or a token, and
 * what was read more than a second ago is read again, so that nobody who was shut out stays. `onChange` is for others who
 * hold any of that.
 */
export function watchClients(pool: Pool, url: string, onChange: () => void = () => undefined): KnownClients {
  const known = new LRUCache<string, KnownClient>({ max: HELD_TOKENS });
  let issuers: { readonly read: Promise<readonly IssuerWithRoles[]>; readonly readAt: number } | null = null;
  const listener = listen({
    url,
    channel: 'dci_clients',
    onMessage: () => {
      // What is being read at this moment may be what was there before: it is not held either.
      known.clear();
      issuers = null;
      onChange();
    },
  });
  return {
    lookUp(token) {
      const key = `${token.kid}\n${token.jti}\n${token.clientId}`;
      const now = performance.now();
      const held = known.get(key);
      if (held && now - held.readAt < LONGEST_UNSEEN_MS) return held.client;
      const reading = { client: activeClient(pool, token), readAt: now };
      known.set(key, reading);
      reading.client.catch(() => {
        // The next one who asks tries again.
        if (known.get(key) === reading) known.delete(key);
      });
      return reading.client;
    },
    issuers() {
      const now = performance.now();
      if (issuers && now - issuers.readAt < LONGEST_UNSEEN_MS) return issuers.read;
      const reading = { read: readTrustedIssuers(pool), readAt: now };
      issuers = reading;
      reading.read.catch(() => {
        if (issuers === reading) issuers = null;
      });
      return reading.read;
    },
    close: () => listener.close(),
  };
}
