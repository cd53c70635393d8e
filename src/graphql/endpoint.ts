import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { expressMiddleware } from '@as-integrations/express5';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { CancellablePool } from '../database/cancellable-pool.js';
import type { Jobs } from '../database/jobs.js';
import { queryableFor } from '../database/limited.js';
import type { Catalogue } from '../record/catalogue.js';
import { loggableError } from '../record/loggable-error.js';
import type { RegistryKind } from '../record/registry-kind.js';
import { createLoaders } from '../registry/loaders.js';
import { createRecordLoaders } from '../registry/record-loaders.js';
import { AccessProblem } from '../security/access-problem.js';
import type { Caller } from '../security/bearer.js';
import { isEncoded } from '../security/content-encoding.js';
import type { Ledger } from '../security/audit/ledger.js';
import type { Keys } from '../security/keys.js';
import type { RegistryClient } from '../sources/registry-client.js';
import { createApolloServer } from './apollo-server.js';
import type { GraphContext } from './context.js';
import { errorBody } from './error-answers.js';
import { explorerRoutes } from './explorer.js';
import { readNamedDocument, requireRegistered } from './named-document.js';
import { createOperatorLoaders } from './operator-loaders.js';
import { RequestTime } from './request-time.js';
import { buildGraphSchema } from './schema.js';
import { withinRegistries } from './sight/registry-limits.js';
import { Shown } from './sight/shown.js';
import { readTrustedDocuments, type TrustedDocuments } from './trusted-documents.js';

/** What the graph works with. */
export interface GraphQLEndpointOptions {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly client: RegistryClient;
  /** What can be asked for by name, as it stands now. */
  readonly catalogue: () => Catalogue | Promise<Catalogue>;
  readonly config: {
    readonly environment: 'development' | 'test' | 'production';
    readonly maxBodyBytes: number;
    readonly maxPageSize: number;
    readonly registries: readonly RegistryKind[];
    readonly answerSeconds: number;
    /** Where the operations are that may be run without the scope `graph.adhoc`; `null`: any may. */
    readonly trustedDocuments: string | null;
  };
  readonly log: Logger;
  /** Who is calling; throws an `AccessProblem` for nobody known. */
  readonly authenticate: (request: Request) => Promise<Caller>;
}

/** The graph as it is served; who opened it closes it. */
export interface GraphQLEndpoint {
  /** Serves `/graphql`. */
  readonly router: Router;
  close(): Promise<void>;
}

/** Opens the graph: the endpoint for clients and, outside production, the explorer for people. */
export async function createGraphQLEndpoint(options: GraphQLEndpointOptions): Promise<GraphQLEndpoint> {
  const { config, log, authenticate } = options;
  const isProduction = config.environment === 'production';
  const trusted = config.trustedDocuments === null ? null : await readTrustedDocuments(config.trustedDocuments);
  const server = createApolloServer({ schema: await buildGraphSchema(), isProduction, log });
  await server.start();

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
    readNamedDocument(trusted),
    requireRegistered(trusted, callerOf),
    answer,
    answerFailure(log),
  );
  return { router, close: () => server.stop() };
}

function createContext(
  caller: Caller,
  response: Response,
  options: GraphQLEndpointOptions & { readonly trusted: TrustedDocuments | null },
): GraphContext {
  const { pool, jobs, keys, ledger, client, catalogue, config, trusted, log } = options;
  const access = withinRegistries(caller.access);
  const db = new CancellablePool(pool);
  const records = queryableFor(pool, access, db);
  return {
    caller: access === caller.access ? caller : { ...caller, access },
    loaders: createLoaders(records, access.rows, access.fields),
    recordLoaders: createRecordLoaders(records, access.fields),
    operatorLoaders: createOperatorLoaders(db),
    shown: new Shown(),
    time: new RequestTime(response, db, config.answerSeconds),
    db,
    records,
    catalogue,
    pool,
    jobs,
    keys,
    ledger,
    client,
    config,
    trusted,
    log,
    requestId: randomUUID(),
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
