import express, { type NextFunction, type Request, type Response } from 'express';
import { ConflictDesk } from './registry/write-sources/decisions.js';
import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type Config } from './config.js';
import { startJobs } from './database/jobs.js';
import { openDatabase } from './database/open-database.js';
import { documentationPage } from './documentation-page.js';
import { frontGate } from './front-gate.js';
import { createGraphQLEndpoint } from './graphql/endpoint.js';
import { healthRoutes } from './health.js';
import { createHttpServer, drain, listen } from './http-server.js';
import { startImportWorkers } from './imports/import-workers.js';
import { startRunSweep } from './imports/run-sweep.js';
import { RunProgress } from './imports/run-progress.js';
import { startSchedules } from './imports/schedules/start-due-runs.js';
import { landingPage } from './landing-page.js';
import { partnerEndpoints, startPartnerWorkers } from './partner-edge.js';
import { openApiRoute } from './partners/openapi-route.js';
import { receptionRoutes } from './partners/reception/reception.js';
import { wellKnownRoutes } from './partners/well-known.js';
import { developmentDatabase, developmentSettings, endOfLife, refuseInProduction, weakKeyFiles } from './production.js';
import { loggableError } from './record/loggable-error.js';
import { watchPlaces } from './registry/answers/known-places.js';
import { openCatalogue } from './registry/attributes.js';
import { startAuditChain } from './security/audit/audit-chain.js';
import { Ledger, type LedgerOptions } from './security/audit/ledger.js';
import { createBearerCheck } from './security/bearer.js';
import { bodyErrorStatus } from './security/body-errors.js';
import { GuardedAgent } from './security/egress/guarded-agent.js';
import { erasedPeople } from './security/erasure/erase-individual.js';
import { IssuerKeys } from './security/issuers/issuer-keys.js';
import { createPersonCheck } from './security/issuers/person-check.js';
import { type Keys, openKeys } from './security/keys.js';
import { startKeyTurns } from './security/keys/key-turns.js';
import { watchClients } from './security/known-clients.js';
import { localDeveloper } from './security/local-developer.js';
import { PartnerKeys } from './security/partner-keys.js';
import { KEY_SET_LIMITS } from './security/remote-key-set.js';
import { INTERNAL_SCOPES } from './security/scopes.js';
import { tokenEndpoint } from './security/tokens/token-endpoint.js';
import { RegistryClient } from './sources/registry-client.js';
import { takeUpgrades } from './upgrades.js';

/** A gateway that runs; who started it closes it. */
export interface RunningServer {
  /** Where it listens: `http://HOST:PORT`. */
  readonly url: string;
  readonly pool: Pool;
  readonly keys: Keys;
  readonly ledger: Ledger;
  /** Takes no new requests, lets those under way end, then stops jobs, connections and a database of our own. */
  close(): Promise<void>;
}

/** For tests. */
export interface ServerOptions {
  /** Called with the text of every statement sent through the pool; for tests that count them. */
  readonly onStatement?: (text: string) => void;
  /** Another ledger; for the benchmark that shows what the ledger costs. */
  readonly ledger?: (options: LedgerOptions) => Ledger;
}

/**
 * Starts the whole gateway: database, keys, job queue, HTTP. Whatever it started before a failure is stopped again.
 * Throws a `Problem` whose sentence says what to change.
 */
export async function startServer(config: Config, log: Logger, options: ServerOptions = {}): Promise<RunningServer> {
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of started.splice(0).reverse()) await close();
  };
  try {
    refuseInProduction(config, developmentSettings(config, process.env));
    refuseInProduction(config, await weakKeyFiles(config.keysDir));
    const database = await openDatabase(config, log, options);
    started.push(() => database.close());
    const { pool } = database;
    refuseInProduction(config, await developmentDatabase(pool));
    warnInProduction(config, log);
    const keys = await openKeys(config.keysDir, pool, log);
    const http = createHttpServer(config);
    const listenedOn = { url: '' };
    const publicUrl = (): string => config.publicUrl ?? listenedOn.url;
    const senderId = (): string => config.senderId ?? publicUrl();

    const ledgerOptions = { pool, keys, ...config };
    const ledger = options.ledger?.(ledgerOptions) ?? new Ledger(ledgerOptions);
    const chain = startAuditChain({ pool, keys, log });
    started.push(() => chain.close());
    const agent = new GuardedAgent(config);
    const fetch = agent.fetch({ givenBy: 'operator', ...KEY_SET_LIMITS });
    const partnerKeys = new PartnerKeys({ fetch, log });
    started.push(() => agent.close());
    const client = new RegistryClient({ pool, keys, senderId, publicUrl, log, agent });
    started.push(() => client.close());
    // Stopped before what its handlers go out with: an attempt that is cut off would count as one.
    const jobs = await startJobs({ url: database.url, log });
    started.push(() => jobs.close());
    const desk = new ConflictDesk(keys, config.singleIdentifiers);
    startImportWorkers({ pool, jobs, client, log, keys, erased: erasedPeople(keys), desk });
    await startRunSweep({ pool, jobs });
    await startSchedules({
      pool,
      jobs,
      log,
      noteStarted: async ({ id, searchCriteriaId }, db) => {
        const detail = { run: id, criteria: searchCriteriaId };
        await ledger.note({ action: 'import.started', actor: 'schedule', detail }, db);
      },
    });

    const catalogue = openCatalogue(pool);
    const places = watchPlaces(database.url);
    started.push(() => places.close());
    const clients = watchClients(pool, database.url, () => keys.readAgain());
    started.push(() => clients.close());
    const bearer = createBearerCheck({ pool, keys, issuer: publicUrl, lookUp: clients.lookUp });
    const issuerKeys = new IssuerKeys({ agent, log });
    const person = createPersonCheck({ issuers: clients.issuers, keys: issuerKeys, ownIssuer: publicUrl });
    const progress = new RunProgress({ pool, url: database.url, log });
    started.push(() => progress.close());
    const graphql = await createGraphQLEndpoint({
      pool,
      jobs,
      keys,
      ledger,
      client,
      progress,
      catalogue,
      config,
      log,
      authenticate: async (request) =>
        localDeveloper(request, config) ?? (await person(request)) ?? (await bearer(request, INTERNAL_SCOPES)),
    });
    started.push(() => graphql.close());

    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.get('/', landingPage(config));
    app.use(healthRoutes(pool));
    app.set('trust proxy', config.trustedProxies);
    const { tokenLifetimeSeconds: lifetimeSeconds } = config;
    app.use(tokenEndpoint({ pool, keys, ledger, partnerKeys, issuer: publicUrl, lifetimeSeconds, log }));
    app.use(wellKnownRoutes({ pool, keys, issuer: publicUrl, senderId }));
    const edge = {
      pool,
      jobs,
      keys,
      agent,
      partnerKeys,
      ledger,
      config,
      log,
      url: database.url,
      catalogue,
      places,
      senderId,
      client,
    };
    const endpoints = partnerEndpoints(edge);
    app.use(openApiRoute({ endpoints, registries: config.registries, publicUrl }));
    app.use(documentationPage());
    app.use(graphql.router);
    app.use((_request, response) => {
      response.status(404).json(errors('err.request.not_found', 'There is nothing at this address'));
    });
    app.use(answerUnexpected(log));
    const receive = receptionRoutes({ endpoints, bearer, config, log, senderId, keys, partnerKeys });
    const mayEnter = frontGate(config);
    // Before the routes of express, whose way is long: most requests are those of partners.
    http.on('request', (request, response) => {
      if (!mayEnter(request, response)) return;
      receive(request, response, () => void app(request, response)).catch((error: unknown) => {
        log.error({ err: loggableError(error) }, 'a message could not be received');
        response.destroy();
      });
    });

    takeUpgrades(http, mayEnter, graphql.upgrade);

    listenedOn.url = await listen(http, config);
    started.push(() => drain(http));
    started.push(() => graphql.endSubscriptions());
    const workers = await startPartnerWorkers(edge);
    started.push(() => workers.close());
    await startKeyTurns({ pool, keys, ledger, jobs, signingKeyDays: config.signingKeyDays });
    log.info({ url: listenedOn.url }, 'the gateway listens');
    return { url: listenedOn.url, pool, keys, ledger, close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is no reason to refuse the work, but somebody's to change. */
function warnInProduction({ environment, databaseUrl }: Config, log: Logger): void {
  if (environment !== 'production') return;
  const node = endOfLife(process.version, new Date());
  if (node !== null) log.warn(node);
  if (databaseUrl === null)
    log.warn('DATABASE_URL is not set: the embedded PostgreSQL has no backups and no second machine');
}

/** The last resort behind every route: an unexpected error becomes a sentence without its insides, and JSON. */
function answerUnexpected(log: Logger) {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const status = bodyErrorStatus(error);
    if (status === null) log.error({ method: request.method, err: loggableError(error) }, 'a request failed');
    // Not to the handler of express, which would print the error with all that it holds.
    if (response.headersSent) response.destroy();
    else if (status === null)
      response.status(500).json(errors('err.service.unavailable', 'The gateway failed; try again'));
    else
      response
        .status(status)
        .json(errors('err.request.bad', 'The request could not be read: check its address and body'));
  };
}

function errors(code: string, message: string): object {
  return { errors: [{ code, message }] };
}
