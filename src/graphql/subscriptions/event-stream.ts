import { once } from 'node:events';
import type { RequestHandler, Response } from 'express';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler } from 'graphql-sse';
import type { Caller } from '../../security/bearer.js';
import { errorBody } from '../error-answers.js';
import type { ConnectionLimits } from './connection-limits.js';
import { LiveCaller } from './live-caller.js';
import type { AskedSubscription, PreparedSubscription } from './prepare-subscription.js';
import type { CallingRequest } from './sockets.js';

/** What event streams are served with. */
export interface EventStreamOptions {
  readonly authenticate: (request: CallingRequest) => Promise<Caller>;
  readonly prepare: (
    asked: AskedSubscription,
    live: LiveCaller,
  ) => Promise<PreparedSubscription | readonly GraphQLError[]>;
  readonly limits: ConnectionLimits;
}

/** Subscriptions as server-sent events; who opened them closes them. */
export interface EventStreams {
  /** Behind the reading of the body. Throws an `AccessProblem` for nobody known. */
  readonly handler: RequestHandler;
  /** Ends every stream, and takes no further one. */
  close(): Promise<void>;
}

const STREAM_TYPE = 'text/event-stream';

/**
 * Serves subscriptions as the GraphQL over Server-Sent Events Protocol has it, in its mode of distinct connections:
 * a POST with the document in JSON, or a GET with it in the address, answered by `next` for each event and `complete`.
 */
export function openEventStreams({ authenticate, prepare, limits }: EventStreamOptions): EventStreams {
  const open = new Set<Promise<void>>();
  const closing = new AbortController();

  const answer = async (
    live: LiveCaller,
    request: Parameters<RequestHandler>[0],
    response: Response,
  ): Promise<void> => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    const stopping = AbortSignal.any([left.signal, closing.signal]);
    const handle = createHandler({
      // None: it would name a stream that several requests share.
      authenticate: () => null,
      onSubscribe: async (_request, { query, operationName, variables }) => {
        const found = await prepare({ query, operationName, variables }, live);
        return 'open' in found ? await found.open() : refusal(found);
      },
      onNext: async () => {
        // A peer that does not read is told nothing more: what came meanwhile is not kept.
        if (response.writableNeedDrain) await once(response, 'drain', { signal: stopping }).catch(() => undefined);
      },
    });
    const [body, init] = await handle({
      method: request.method,
      url: request.originalUrl,
      headers: { get: (name) => (name === 'accept' ? STREAM_TYPE : request.get(name)) },
      body: isObject(request.body) ? request.body : null,
      raw: null,
      context: null,
    });
    if (body === null || typeof body === 'string') {
      response.writeHead(init.status, init.headers).end(body ?? undefined);
      return;
    }
    // Proxies on the way would keep the events until there are enough of them.
    response.writeHead(init.status, { 'content-type': `${STREAM_TYPE}; charset=utf-8`, 'x-accel-buffering': 'no' });
    const end = (): void => void body.return(undefined);
    stopping.addEventListener('abort', end, { once: true });
    if (stopping.aborted) end();
    for await (const text of body) if (!response.destroyed) response.write(text);
    response.end();
  };

  return {
    async handler(request, response) {
      if (!String(request.get('accept')).includes(STREAM_TYPE)) {
        response.status(406).json(errorBody('NOT_ACCEPTABLE', `Say Accept: ${STREAM_TYPE}: subscriptions are streams`));
        return;
      }
      const release = closing.signal.aborted ? null : limits.connect();
      if (release === null) {
        response.status(503).json(errorBody('TOO_MANY_CONNECTIONS', 'All connections are taken: come back later'));
        return;
      }
      const live = await LiveCaller.open(() => authenticate(request)).catch((error: unknown) => {
        release();
        throw error;
      });
      const done = answer(live, request, response).finally(() => {
        live.close();
        release();
      });
      const settled = done.catch(() => undefined);
      open.add(settled);
      try {
        await done;
      } finally {
        open.delete(settled);
      }
    },
    async close() {
      closing.abort();
      await Promise.all(open);
    },
  };
}

async function* refusal(errors: readonly GraphQLError[]): AsyncGenerator<ExecutionResult, void, undefined> {
  yield await Promise.resolve({ errors });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
