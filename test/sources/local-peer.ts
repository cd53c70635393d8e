import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as the peer got it. */
export interface PeerRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type PeerAnswer = (request: PeerRequest, response: ServerResponse) => void;

/** A real HTTP server on this machine that a test scripts per path. */
export interface LocalPeer {
  readonly baseUrl: string;
  /** Every request, in order. */
  readonly requests: readonly PeerRequest[];
  /** Requests of one path. */
  requestsOf(path: string): readonly PeerRequest[];
  /** Answers the next requests of a path one after the other; the last answer stays. */
  on(path: string, ...answers: readonly PeerAnswer[]): void;
  close(): Promise<void>;
}

export async function startLocalPeer(): Promise<LocalPeer> {
  const requests: PeerRequest[] = [];
  const scripts = new Map<string, PeerAnswer[]>();
  const server = createServer((incoming, response) => {
    void text(incoming)
      .then((body) => {
        const request = {
          method: incoming.method ?? '',
          url: new URL(incoming.url ?? '/', 'http://peer'),
          headers: incoming.headers,
          body,
        };
        requests.push(request);
        const script = scripts.get(request.url.pathname) ?? [];
        const answer = script.length > 1 ? script.shift() : script[0];
        if (answer === undefined) response.writeHead(404).end();
        else answer(request, response);
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Whoever starts it closes it; a test that fails before that fails, and does not keep the run from ending.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    requestsOf: (path) => requests.filter((request) => request.url.pathname === path),
    on: (path, ...answers) => void scripts.set(path, [...answers]),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): PeerAnswer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function raw(body: string, status = 200, headers: Record<string, string> = {}): PeerAnswer {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** Takes the request and never says anything. */
export const hang: PeerAnswer = () => undefined;

/** Cuts the connection instead of answering. */
export const reset: PeerAnswer = (_request, response) => {
  response.socket?.resetAndDestroy();
};

/** Announces more than it sends and ends. */
export const half =
  (body: string): PeerAnswer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
    response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
  };
