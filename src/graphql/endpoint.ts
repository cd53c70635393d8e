import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { expressMiddleware } from '@as-integrations/express5';
import type { Logger } from 'pino';
import { loggableError } from '../record/loggable-error.js';
import type { RegistryKind } from '../record/registry-kind.js';
import { AccessProblem } from '../security/access-problem.js';
import type { Caller } from '../security/bearer.js';
import { isEncoded } from '../security/content-encoding.js';
import { createApolloServer } from './apollo-server.js';
import type { GraphContext } from './context.js';
import { errorBody } from './error-answers.js';
import { explorerRoutes } from './explorer.js';
import { readNamedDocument, requireRegistered } from './named-document.js';
import { createContext, type RequestContextOptions } from './request-context.js';
import { buildGraphSchema } from './schema.js';
import { ConnectionLimits } from './subscriptions/connection-limits.js';
import { openEventStreams } from './subscriptions/event-stream.js';
import { prepareSubscriptions } from './subscriptions/prepare-subscription.js';
import { type CallingRequest, openSockets, type Sockets } from './subscriptions/sockets.js';
import { readTrustedDocuments } from './trusted-documents.js';

/** What the graph works with. */
export interface GraphQLEndpointOptions extends Omit<RequestContextOptions, 'trusted'> {
  readonly config: RequestContextOptions['config'] & {
    readonly environment: 'development' | 'test' | 'production';
    readonly maxBodyBytes: number;
    readonly registries: readonly RegistryKind[];
    /** Where the operations are that may be run without the scope `graph.adhoc`; `null`: any may. */
    readonly trustedDocuments: string | null;
    readonly publicUrl: string | null;
  };
  readonly log: Logger;
  /** Who is calling; throws an `AccessProblem` for nobody known. */
  readonly authenticate: (request: CallingRequest) => Promise<Caller>;
}

/** The graph as it is served; who opened it closes it. */
export interface GraphQLEndpoint {
  /** Serves `/graphql`. */
  readonly router: Router;
  /** Takes over requests to become WebSockets. */
  readonly upgrade: Sockets['upgrade'];
  /** Ends what would stay open as long as its callers like; before the requests under way are waited for. */
  endSubscriptions(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the graph: the endpoint for clients and, outside production, the explorer for people. */
export async function createGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const { config, log, authenticate } = options;
  const isProduction = config.environment === 'production';
  const trusted = config.trustedDocuments === null ? null : await readTrustedDocuments(config.trustedDocuments);
  const schema = await buildGraphSchema();
  const server = createApolloServer({ schema, isProduction, log });
  await server.start();

  const limits = new ConnectionLimits();
  const prepare = prepareSubscriptions({ ...options, trusted, schema, tellsSchema: !isProduction, limits });
  const sockets = openSockets({ authenticate, prepare, limits, publicUrl: config.publicUrl, log });
  const streams = openEventStreams({ authenticate, prepare, limits });

  const answer = expressMiddleware<GraphContext>(server, {
    context: ({ res }) => Promise.resolve(createContext(callerOf(res), res, { ...options, trusted })),
  });

  const router = Router();
  if (!isProduction) router.use('/graphql', explorerRoutes());
  router.use(
    '/graphql',
    refuseEncodedBody,
    async (request: Request, response: Response, next: NextFunction) => {
      // Answers hold people, also those to GET, which a cache on the way would keep.
      response.set('Cache-Control', 'no-store');
      // Before the body is read: a stranger's megabytes are not worth parsing.
      callers.set(response, await authenticate(request));
      next();
    },
    express.json({ limit: config.maxBodyBytes, inflate: false }),
  );
  router.all('/graphql/stream', streams.handler);
  router.use('/graphql', readNamedDocument(trusted), requireRegistered(trusted, callerOf), answer, answerFailure(log));
  return {
    router,
    upgrade: sockets.upgrade,
    async endSubscriptions() {
      await Promise.all([sockets.close(), streams.close()]);
    },
    close: () => server.stop(),
  };
}

/** The caller behind each response that is being made. */
const callers = new WeakMap<object, Caller>();

function callerOf(response: object): Caller {
  const caller = callers.get(response);
  if (!caller) throw new Error('The caller is known before the graph is asked');
  return caller;
}

/** Decoders of compressed bodies are not opened to strangers. */
function refuseEncodedBody(request: Request, response: Response, next: NextFunction): void {
  if (!isEncoded(request)) next();
  else response.status(415).json(errorBody('UNSUPPORTED_MEDIA_TYPE', 'Send the body without Content-Encoding'));
}

/** What is wrong with a body, in our words: those of the parser quote it. */
const BODY_FAULTS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  'entity.parse.failed': [400, 'BAD_REQUEST', 'The body is not JSON'],
  'entity.too.large': [413, 'PAYLOAD_TOO_LARGE', 'The body is larger than this server takes'],
  'request.aborted': [400, 'BAD_REQUEST', 'The body ended before its length'],
  'request.size.invalid': [400, 'BAD_REQUEST', 'The body is not as long as its header says'],
  'charset.unsupported': [415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as UTF-8'],
  'encoding.unsupported': [415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body without Content-Encoding'],
};

function answerFailure(log: Logger) {
  // Express tells an error handler by its four parameters.
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof AccessProblem) {
      response.status(error.status).set('WWW-Authenticate', error.challenge).json(errorBody(error.code, error.message));
      return;
    }
    const type = typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
    const fault = BODY_FAULTS[type];
    if (fault) {
      const [status, code, message] = fault;
      response.status(status).json(errorBody(code, message));
      return;
    }
    const requestId = randomUUID();
    log.error({ requestId, err: loggableError(error) }, 'a GraphQL request failed');
    response
      .status(500)
      .json(errorBody('INTERNAL_SERVER_ERROR', `Something went wrong on our side. The log has it as ${requestId}`));
  };
}
