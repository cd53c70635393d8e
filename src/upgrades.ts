import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FrontGate } from './front-gate.js';
import { refuseUpgrade, sendOn } from './graphql/subscriptions/refuse-upgrade.js';

/** Takes over a request to become a WebSocket that may come in. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Lets a server take requests to become WebSockets, at `/graphql` alone, through the gate that every request passes.
 * An offer of any other protocol is declined by answering without it (RFC 9110, section 7.8): Java's client offers HTTP/2
 * with every request.
 */
export function takeUpgrades(http: Server, mayEnter: FrontGate, upgrade: Upgrade): void {
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      readAgain(http, request, socket, head);
      return;
    }
    // Nobody else hears of a caller who hangs up now.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    if (!mayEnter(request, response)) sendOn(socket, response);
    else if (request.url?.split('?')[0] === '/graphql') upgrade(request, socket, head);
    else refuseUpgrade(request, socket, 404, 'NOT_FOUND', 'WebSockets are served at /graphql');
  });
}

const OFFER = /^(?:upgrade|http2-settings)$/iu;

/** Gives a connection back to the server, which had let go of it, with the request as if nothing had been offered. */
function readAgain(http: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (OFFER.test(name)) continue;
    lines.push(/^connection$/iu.test(name) ? `${name}: ${withoutOffer(value)}` : `${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  http.emit('connection', socket);
}

function withoutOffer(connection: string): string {
  const kept = connection.split(',').filter((word) => !OFFER.test(word.trim()));
  return kept.length === 0 ? 'keep-alive' : kept.join(',').trim();
}
