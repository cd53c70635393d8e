import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { listen } from '../database/listen.js';
import { activeClient, type ApiClient } from './clients.js';

/** The client of a token, as it stands now: `null` when it was revoked, or the key `kid` is no longer ours. */
export type ClientLookup = (clientId: string, kid: string) => Promise<ApiClient | null>;

/** How long a change of a client may go unnoticed where the database cannot tell us of it. */
const LONGEST_UNSEEN_MS = 1_000;
const HELD_CLIENTS = 10_000;

interface KnownClient {
  /** Also while it is being read: who asks meanwhile asks no second time. */
  readonly client: Promise<ApiClient | null>;
  /** Of `performance.now()`. */
  readonly readAt: number;
}

/**
 * Looks clients up in memory. The database tells at once of every change of a client or a key, and what was read more
 * than a second ago is read again, so that nobody who was shut out stays.
 */
export function watchClients(pool: Pool, url: string): { readonly lookUp: ClientLookup; close(): Promise<void> } {
  const known = new LRUCache<string, KnownClient>({ max: HELD_CLIENTS });
  const listener = listen({
    url,
    channel: 'dci_clients',
    onMessage: () => {
      // What is being read at this moment may be what was there before: it is not held either.
      known.clear();
    },
  });
  return {
    lookUp(clientId, kid) {
      const key = `${kid}\n${clientId}`;
      const now = performance.now();
      const held = known.get(key);
      if (held && now - held.readAt < LONGEST_UNSEEN_MS) return held.client;
      const reading = { client: activeClient(pool, clientId, kid), readAt: now };
      known.set(key, reading);
      reading.client.catch(() => {
        // The next one who asks tries again.
        if (known.get(key) === reading) known.delete(key);
      });
      return reading.client;
    },
    close: () => listener.close(),
  };
}
