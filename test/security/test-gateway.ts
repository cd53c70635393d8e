import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { pino, type Logger } from 'pino';
import { createBearerCheck, type BearerCheck } from '../../src/security/bearer.js';
import { createApiClient } from '../../src/security/client-administration.js';
import type { NewApiClient } from '../../src/security/client-settings.js';
import { openKeys, type Keys } from '../../src/security/keys.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { watchClients } from '../../src/security/known-clients.js';
import { PartnerKeys } from '../../src/security/partner-keys.js';
import { KEY_SET_LIMITS } from '../../src/security/remote-key-set.js';
import { tokenEndpoint } from '../../src/security/tokens/token-endpoint.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { operator } from './operator.js';

/** The token endpoint and whatever routes a test adds, listening for real HTTP on 127.0.0.1. */
export interface TestGateway {
  readonly url: string;
  readonly database: TestDatabase;
  readonly keys: Keys;
  readonly bearer: BearerCheck;
  /** Every line logged so far. */
  readonly logLines: string[];
  readonly log: Logger;
  /** Moves the gateway's clock on. */
  advance(seconds: number): void;
  createClient(input: NewApiClient): Promise<{ clientId: string; clientSecret: string }>;
  /** A token of the client, by the form body. */
  token(client: { clientId: string; clientSecret: string }): Promise<string>;
  loseDatabase(): Promise<void>;
  close(): Promise<void>;
}

export type Parts = Pick<TestGateway, 'database' | 'keys' | 'bearer' | 'log' | 'url'> & {
  readonly partnerKeys: PartnerKeys;
};

export interface TestGatewayOptions {
  /** Another instance of the same gateway: its database, its keys, its public address; clients are held in memory. */
  readonly beside?: TestGateway;
}

export async function startTestGateway(
  addRoutes: (app: Express, parts: Parts) => void,
  { beside }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const database = beside?.database ?? (await createTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const keys = beside?.keys ?? (await openKeys(folder, database.pool, log));
  const { pool } = database;
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead * 1000);

  // So that each test can come from an address of its own.
  const app = express().disable('x-powered-by').set('trust proxy', ['127.0.0.1']);
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const issuer = () => beside?.url ?? url;
  const watched = beside && watchClients(pool, database.url);
  const bearer = createBearerCheck({ pool, keys, issuer, now, ...(watched && { lookUp: watched.lookUp }) });
  const ledger = new Ledger({ pool, keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 });
  const agent = new GuardedAgent({ environment: 'test', privateNetworks: null });
  const partnerKeys = new PartnerKeys({ fetch: agent.fetch({ givenBy: 'operator', ...KEY_SET_LIMITS }), log });
  app.use(tokenEndpoint({ pool, keys, ledger, partnerKeys, issuer, lifetimeSeconds: 600, log, now }));
  addRoutes(app, { database, keys, bearer, log, url, partnerKeys });

  return {
    url,
    database,
    keys,
    bearer,
    logLines,
    log,
    advance: (seconds) => {
      ahead += seconds;
    },
    async createClient(input) {
      const { client, clientSecret } = await createApiClient(database.pool, keys, input, {
        by: operator(database.pool),
      });
      return { clientId: client.clientId, clientSecret };
    },
    async token({ clientId, clientSecret }) {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      });
      const response = await fetch(`${url}/oauth2/client/token`, { method: 'POST', body });
      const answer = (await response.json()) as { access_token: string };
      if (!response.ok) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    loseDatabase: () => database.close(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await watched?.close();
      await agent.close();
      if (beside === undefined && !database.pool.ended) await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
