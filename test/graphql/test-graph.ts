import { once } from 'node:events';
import { ConflictDesk } from '../../src/registry/write-sources/decisions.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import type { GraphQLFormattedError } from 'graphql';
import { pino } from 'pino';
import type { TypedDocumentString } from '../../schema/generated/graphql.js';
import { startJobs } from '../../src/database/jobs.js';
import { createGraphQLEndpoint } from '../../src/graphql/endpoint.js';
import { startImportWorkers } from '../../src/imports/import-workers.js';
import { RunProgress } from '../../src/imports/run-progress.js';
import type { CallingRequest } from '../../src/graphql/subscriptions/sockets.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { REGISTRY_KINDS } from '../../src/record/registry-kind.js';
import { AccessProblem } from '../../src/security/access-problem.js';
import type { Caller } from '../../src/security/bearer.js';
import type { GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { INTERNAL_SCOPES } from '../../src/security/scopes.js';
import { erasedPeople } from '../../src/security/erasure/erase-individual.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { QUICK } from '../sources/dci-peer.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { OPEN_AGENT } from '../open-agent.js';

export interface GraphAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** The graph on a database of its own, listening for real HTTP on 127.0.0.1. */
export interface TestGraph {
  readonly url: string;
  readonly database: TestDatabase;
  readonly keys: Keys;
  readonly client: RegistryClient;
  readonly logLines: string[];
  /** Who calls from now on; `null`: somebody without a token. */
  callAs(caller: Partial<Caller> | null): void;
  /** How callers are known from now on, instead. */
  recogniseBy(check: (request: CallingRequest) => Promise<Partial<Caller> | null>): void;
  /** Runs a document that must succeed. */
  run<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result>;
  /** Posts any query and gives what was answered. */
  ask<Data = unknown>(query: { toString(): string }, variables?: unknown): Promise<GraphAnswer<Data>>;
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface TestGraphOptions {
  /** Whether runs that are fetched are also worked on. */
  readonly workers?: boolean;
  readonly environment?: 'development' | 'test' | 'production';
  readonly answerSeconds?: number;
  readonly trustedDocuments?: string | null;
  /** What connects to other registries; by default it does so everywhere. */
  readonly agent?: GuardedAgent;
}

const ADMINISTRATOR: Caller = {
  clientId: 'tests',
  apiClientId: null,
  name: 'Tests',
  scopes: INTERNAL_SCOPES,
  dialect: 'spdci-1.0',
  actor: 'client:tests',
  access: FULL_ACCESS,
};

export async function openTestGraph({
  environment = 'test',
  workers = false,
  answerSeconds = 10,
  trustedDocuments = null,
  agent = OPEN_AGENT,
}: TestGraphOptions = {}): Promise<TestGraph> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const { pool } = database;
  const keys = await openKeys(folder, pool, log);
  const jobs = await startJobs({ url: database.url, log });
  const client = new RegistryClient({
    agent,
    pool,
    keys,
    senderId: () => 'gateway.example.org',
    publicUrl: () => 'https://gateway.example.org',
    log,
    limits: QUICK,
  });

  const desk = new ConflictDesk(keys, ['NID', 'UIN']);
  if (workers) startImportWorkers({ pool, jobs, client, log, keys, erased: erasedPeople(keys), desk });

  let recognise = (_: CallingRequest): Promise<Partial<Caller> | null> => Promise.resolve(ADMINISTRATOR);
  const progress = new RunProgress({ pool, url: database.url, log });
  const endpoint = await createGraphQLEndpoint({
    pool,
    progress,
    jobs,
    keys,
    ledger: new Ledger({ pool, keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 }),
    client,
    catalogue: () => CORE_CATALOGUE,
    log,
    config: {
      environment,
      maxPageSize: 2000,
      singleIdentifiers: ['NID', 'UIN'],
      registries: REGISTRY_KINDS,
      maxBodyBytes: 100_000,
      answerSeconds,
      trustedDocuments,
      publicUrl: null,
    },
    authenticate: async (request) => {
      const caller = await recognise(request);
      if (caller === null) {
        throw new AccessProblem({ error: null, message: 'Send a token', scopes: ['graph.read'] });
      }
      return { ...ADMINISTRATOR, ...caller };
    },
  });
  const app = express().disable('x-powered-by').disable('etag').use(endpoint.router);
  const server = createServer((request, response) => void app(request, response)).listen(0, '127.0.0.1');
  server.on('upgrade', endpoint.upgrade);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}/graphql`;

  const post: TestGraph['post'] = (body, headers = {}) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const ask = async <Data>(query: { toString(): string }, variables: unknown = {}): Promise<GraphAnswer<Data>> => {
    const response = await post(JSON.stringify({ query: query.toString(), variables }));
    return (await response.json()) as GraphAnswer<Data>;
  };

  return {
    url,
    database,
    keys,
    client,
    logLines,
    post,
    ask,
    callAs(wanted) {
      recognise = () => Promise.resolve(wanted);
    },
    recogniseBy(check) {
      recognise = check;
    },
    async run<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables) {
      const { data, errors } = await ask<Result>(document, variables);
      if (errors || !data) throw new Error(`The graph answered ${JSON.stringify(errors)}`);
      return data;
    },
    async close() {
      await endpoint.endSubscriptions();
      await progress.close();
      server.closeAllConnections();
      server.close();
      await endpoint.close();
      await client.close();
      await jobs.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
