import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { SECURITY_HEADERS } from './front-gate.js';
import { Problem } from './record/problem.js';

/** The settings of listening. */
export interface ListenSettings {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Connections at once; those beyond are closed. */
  readonly maxConnections: number;
}

/** The longest that a stopping gateway waits for requests under way. */
const DRAIN_MS = 10_000;

/** A server that strangers cannot keep busy: headers and bodies have to arrive in time and within a size. */
export function createHttpServer({ maxConnections }: Pick<ListenSettings, 'maxConnections'>): Server {
  const http = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Longer than balancers keep theirs: a connection is not closed under a request that has just been sent.
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 2_000,
  });
  http.maxConnections = maxConnections;
  http.maxHeadersCount = 200;
  http.on('clientError', answerUnreadable);
  return http;
}

/** Listens; answers with `http://HOST:PORT`. Throws `PORT_IN_USE`. */
export async function listen(http: Server, { host, port }: Pick<ListenSettings, 'host' | 'port'>): Promise<string> {
  http.listen(port, host);
  try {
    await once(http, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Problem(
        'PORT_IN_USE',
        `Port ${String(port)} on ${host} is taken: stop what uses it or set PORT to another`,
      );
    }
    throw error;
  }
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`;
}

/** Takes no new requests and lets those under way end, within a time. */
export async function drain(http: Server): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  http.closeIdleConnections();
  const force = setTimeout(() => {
    http.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearTimeout(force);
}

const BAD_REQUEST = ['400 Bad Request', 'err.request.bad', 'The request is not well-formed HTTP'] as const;
const UNREADABLE: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'err.request.bad',
    'The headers are larger than this server takes',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'err.request.timeout', 'The request did not arrive in time'],
};

/** What cannot be read as HTTP never becomes a request: it is answered here, and the connection closed. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = UNREADABLE[error.code ?? ''] ?? BAD_REQUEST;
  const body = JSON.stringify({ errors: [{ code, message }] });
  const headers = { ...SECURITY_HEADERS, 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' };
  const lines = Object.entries({ ...headers, 'Content-Length': Buffer.byteLength(body) });
  const head = lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n${body}`);
}
