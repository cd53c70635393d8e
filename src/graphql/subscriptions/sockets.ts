import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { type Context, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { loggableError } from '../../record/loggable-error.js';
import { AccessProblem } from '../../security/access-problem.js';
import type { Caller } from '../../security/bearer.js';
import type { ConnectionLimits } from './connection-limits.js';
import { LiveCaller } from './live-caller.js';
import type { AskedSubscription, PreparedSubscription } from './prepare-subscription.js';
import { refuseUpgrade } from './refuse-upgrade.js';

/** The part of a request by which its caller is known. */
export type CallingRequest = Pick<IncomingMessage, 'headers' | 'socket'>;

/** What sockets are served with. */
export interface SocketOptions {
  readonly authenticate: (request: CallingRequest) => Promise<Caller>;
  readonly prepare: (
    asked: AskedSubscription,
    live: LiveCaller,
  ) => Promise<PreparedSubscription | readonly GraphQLError[]>;
  readonly limits: ConnectionLimits;
  /** PUBLIC_URL. */
  readonly publicUrl: string | null;
  readonly log: Logger;
}

/** Subscriptions over WebSockets; who opened them closes them. */
export interface Sockets {
  /** Takes over a request to become a WebSocket that came through the front gate. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Ends every connection, and takes no further one. */
  close(): Promise<void>;
}

/** More than any document may have. */
const LONGEST_MESSAGE_BYTES = 100_000;
/** Subscriptions of one connection at once. */
const MOST_OF_CONNECTION = 10;
/** Messages of one connection that are worked on, or answered, at once. */
const MOST_MESSAGES = 50;
const PING_MS = 15_000;
/** Who does not take leave in this time is cut off. */
const CLOSING_MS = 1_000;

/** Of the protocol: `graphql-transport-ws` has 4401 for those who are not let in and 4403 for those who may not. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
const BAD_REQUEST = 4400;
const TOO_MUCH = 1008;

const PONG = '{"type":"pong"}';
const OF_SERVER: ReadonlySet<unknown> = new Set(['connection_ack', 'next', 'error']);

/** What belongs to one connection. */
interface Connection {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  live: LiveCaller | null;
}

/**
 * Serves subscriptions as `graphql-transport-ws` has it. The token comes with the upgrade or, since pages cannot send
 * headers there, as `Authorization` in the payload of `connection_init`. A page of another origin is refused: browsers
 * let any page open a socket to anywhere.
 */
export function openSockets({ authenticate, prepare, limits, publicUrl, log }: SocketOptions): Sockets {
  const settings = {
    noServer: true,
    maxPayload: LONGEST_MESSAGE_BYTES,
    // Who was refused has no place for longer; the types do not know of it.
    closeTimeout: CLOSING_MS,
  };
  const server = new WebSocketServer({
    ...settings,
    handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  const prepared = new WeakMap<object, PreparedSubscription>();
  const protocol = makeServer<Record<string, unknown>, Connection>({
    onConnect: async ({ extra, connectionParams }) => {
      const request = withToken(extra.request, connectionParams ?? {});
      try {
        const live = await LiveCaller.open(() => authenticate(request));
        extra.live = live;
        const leave = limits.connectAs(live.actor);
        if (leave === null) {
          live.close();
          extra.socket.close(TOO_MUCH, 'This caller has connections enough: end others first');
          return false;
        }
        // Who hung up meanwhile would be looked at, and counted, for ever.
        if (extra.socket.readyState === extra.socket.OPEN) extra.socket.once('close', leave);
        else {
          leave();
          live.close();
        }
        live.ended.addEventListener('abort', () => refuse(extra.socket, live.ended.reason), { once: true });
        return true;
      } catch (error) {
        if (!(error instanceof AccessProblem)) throw error;
        refuse(extra.socket, error);
        return false;
      }
    },
    onSubscribe: async (context, _id, { query, operationName, variables }) => {
      const found = await begin(context, { query, operationName, variables });
      if (!('open' in found)) return found;
      const contextValue = {};
      prepared.set(contextValue, found);
      return { schema: found.schema, document: found.document, operationName: found.operationName, contextValue };
    },
    subscribe: ({ contextValue }) => {
      const found = isObject(contextValue) ? prepared.get(contextValue) : undefined;
      if (!found) throw new Error('A subscription is prepared before it is opened');
      return found.open();
    },
    onClose: ({ extra }) => extra.live?.close(),
  });

  const begin = async (
    { extra, subscriptions }: Context<Record<string, unknown>, Connection>,
    asked: AskedSubscription,
  ): Promise<PreparedSubscription | readonly GraphQLError[]> => {
    // The one that is asked for is among them already.
    if (Object.keys(subscriptions).length > MOST_OF_CONNECTION || extra.live === null) {
      const message = `A connection may have ${String(MOST_OF_CONNECTION)} subscriptions at once: end others first`;
      return [new GraphQLError(message, { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } })];
    }
    try {
      return await prepare(asked, extra.live);
    } catch (error) {
      // The socket is closed with the reason.
      if (!(error instanceof AccessProblem)) throw error;
      return [new GraphQLError(error.message, { extensions: { code: error.code } })];
    }
  };

  const serve = (socket: WebSocket, request: IncomingMessage, release: () => void): void => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          let underWay = 0;
          socket.on('message', (data) => {
            const text = textOf(data);
            if (isOfServer(text)) socket.close(BAD_REQUEST, 'That is for the server to say');
            else if (underWay >= MOST_MESSAGES) socket.close(TOO_MUCH, 'Too many messages at once');
            if (socket.readyState !== socket.OPEN) return;
            underWay += 1;
            take(text)
              .catch((error: unknown) => {
                log.error({ err: loggableError(error) }, 'a message of a subscription failed');
                socket.close(INTERNAL_ERROR, 'Something went wrong on our side');
              })
              .finally(() => {
                underWay -= 1;
              });
          });
        },
        // Without what the ping brought, which need not come back.
        onPing: () => send(socket, PONG),
      },
      { socket, request, live: null },
    );
    const pinging = keepAlive(socket);
    // What is wrong with the frames is the peer's fault; `close` comes after it.
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      release();
      clearInterval(pinging);
      closed(code, String(reason)).catch((error: unknown) => {
        log.error({ err: loggableError(error) }, 'a connection of subscriptions could not be ended well');
      });
    });
  };

  let isClosing = false;
  return {
    upgrade(request, socket, head) {
      if (!isOwnPage(request, publicUrl)) {
        refuseUpgrade(request, socket, 403, 'FORBIDDEN', 'Pages of other origins may not open a socket here');
        return;
      }
      const release = isClosing ? null : limits.connect();
      if (release === null) {
        refuseUpgrade(request, socket, 503, 'TOO_MANY_CONNECTIONS', 'All connections are taken: come back later');
        return;
      }
      socket.once('close', release);
      server.handleUpgrade(request, socket, head, (opened) => {
        serve(opened, request, release);
      });
    },
    async close() {
      isClosing = true;
      const sockets = [...server.clients];
      const gone = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      for (const socket of sockets) socket.close(GOING_AWAY, 'The gateway stops: connect again');
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.terminate();
      }, CLOSING_MS);
      await gone;
      clearTimeout(cut);
      server.close();
    },
  };
}

/** A page of ours, or no page at all: only browsers send `Origin`. */
function isOwnPage({ headers: { origin, host } }: IncomingMessage, publicUrl: string | null): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return page.host === host?.toLowerCase() || (publicUrl !== null && page.origin === new URL(publicUrl).origin);
}

/** The request as if it had brought the token that came with the first message. */
function withToken({ headers, socket }: CallingRequest, given: Readonly<Record<string, unknown>>): CallingRequest {
  const [, token] = Object.entries(given).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return { headers: typeof token === 'string' ? { ...headers, authorization: token } : headers, socket };
}

function refuse(socket: WebSocket, reason: unknown): void {
  const isForbidden = reason instanceof AccessProblem && reason.code === 'FORBIDDEN';
  socket.close(isForbidden ? FORBIDDEN : UNAUTHORIZED, reason instanceof AccessProblem ? reason.message : 'Refused');
}

/** Resolves when the text is on its way: a peer that does not read is sent nothing more. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    // Of a connection that ends under it the closing tells.
    socket.send(text, () => resolve());
  });
}

/** What the protocol knows and lets the server alone say. */
function isOfServer(text: string): boolean {
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) && 'type' in message && OF_SERVER.has(message.type);
  } catch {
    return false;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

/** Whoever does not answer from one ping to the next is gone. */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let isThere = true;
  socket.on('pong', () => {
    isThere = true;
  });
  return setInterval(() => {
    if (!isThere) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping();
    isThere = false;
  }, PING_MS);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
