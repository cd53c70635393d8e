import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { pino, type Logger } from 'pino';
import { createBearerCheck, type BearerCheck } from '../../src/security/bearer.js';
import { createApiClient, type NewApiClient } from '../../src/security/clients.js';
import { openKeys, type Keys } from '../../src/security/keys.js';
import { tokenEndpoint } from '../../src/security/tokens/token-endpoint.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

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

export type Parts = Pick<TestGateway, 'database' | 'keys' | 'bearer' | 'log' | 'url'>;

export async function startTestGateway(addRoutes: (app: Express, parts: Parts) => void): Promise<TestGateway> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const keys = await openKeys(folder, database.pool, log);
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead * 1000);

  const app = express().disable('x-powered-by');
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const issuer = () => url;
  const bearer = createBearerCheck({ pool: database.pool, keys, issuer, now });
  app.use(tokenEndpoint({ pool: database.pool, keys, issuer, lifetimeSeconds: 600, log, now }));
  addRoutes(app, { database, keys, bearer, log, url });

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
      const { client, clientSecret } = await createApiClient(database.pool, keys, input);
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
      if (!database.pool.ended) await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
