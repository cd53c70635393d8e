import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const RECONNECT_MS = 500;

interface ListenOptions {
  readonly url: string;
  readonly channel: string;
  /** What is sent while the connection is broken is lost. */
  readonly onMessage: (payload: string) => void;
  /** Called with `true` from when on nothing is missed, and with `false` when that ends. */
  readonly onConnection?: (isHearing: boolean) => void;
}

/** Hears a channel of the database on a connection of its own, and connects again whenever that breaks. */
export function listen(options: ListenOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  // Only a client that has connected: one that is ended while it connects never says how that went.
  let listening: Client | null = null;

  async function hear(): Promise<void> {
    while (!closing.signal.aborted) {
      const client = new Client({
        connectionString: options.url,
        application_name: `dci-gateway listens to ${options.channel}`,
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
      });
      const ended = new Promise<void>((resolve) => {
        client.once('end', resolve);
      });
      client.on('error', () => undefined);
      client.on('notification', (message) => options.onMessage(message.payload ?? ''));
      try {
        await client.connect();
        await client.query(`listen ${client.escapeIdentifier(options.channel)}`);
        listening = client;
        options.onConnection?.(true);
        if (!closing.signal.aborted) await ended;
      } catch {
        // Tried again below: until then callers live on their polling.
      }
      if (listening) options.onConnection?.(false);
      listening = null;
      await client.end().catch(() => undefined);
      await delay(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const done = hear();
  return {
    async close() {
      closing.abort();
      await listening?.end();
      await done;
    },
  };
}
