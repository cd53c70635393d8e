import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A callback that a partner got. */
export interface Callback {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: CallbackBody;
}

/** As much of a callback as the tests look at. */
export interface CallbackBody {
  readonly header: Readonly<Record<string, unknown>> & { readonly meta?: { readonly subscription_code?: string } };
  readonly message: {
    readonly transaction_id: string;
    readonly correlation_id?: string;
    readonly status?: string;
    readonly status_reason_code?: string;
    readonly subscription_status?: readonly { readonly code: string; readonly status: string }[];
    readonly subscribe_response?: readonly {
      readonly reference_id: string;
      readonly status: string;
      readonly status_reason_code?: string;
      readonly subscriptions: readonly { readonly code: string; readonly status: string }[];
    }[];
    readonly notify_event?: readonly {
      readonly reference_id: string;
      readonly data: { readonly event: string; readonly reg_records: object };
    }[];
  };
}

/** A partner's server, which takes callbacks at any address. */
export interface Subscriber {
  readonly url: string;
  readonly callbacks: Callback[];
  /** The next status with which it answers; 200 once these are used up. */
  readonly statuses: number[];
  /** Resolves when the condition holds of what it got. */
  until<T>(condition: (callbacks: readonly Callback[]) => T | undefined | false): Promise<T>;
  close(): Promise<void>;
}

export async function startSubscriber(): Promise<Subscriber> {
  const callbacks: Callback[] = [];
  const statuses: number[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const status = statuses.shift() ?? 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: { ack_status: status < 300 ? 'ACK' : 'ERR' } }));
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as CallbackBody;
      callbacks.push({ path: request.url ?? '', headers: request.headers, body });
      for (const look of [...waiting]) look();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/callback`,
    callbacks,
    statuses,
    until(condition) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = condition(callbacks);
          if (found === undefined || found === false) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
