import { Writable } from 'node:stream';
import { pino } from 'pino';
import { type TestDatabase } from '../test-database.js';
import { type DataSource, type DataSourceInput } from '../../src/sources/data-source.js';
import { createDataSource } from '../../src/sources/data-sources.js';
import { type RetryLimits } from '../../src/sources/retry.js';
import { RegistryClient } from '../../src/sources/registry-client.js';
import { json, type LocalPeer, type PeerAnswer, startLocalPeer } from './local-peer.js';
import { reversingSeal } from './reversing-seal.js';
import { OPEN_AGENT } from '../open-agent.js';
import { operator } from '../security/operator.js';

export const SECRET = 'a secret & a half';
export const TOKEN = 'opaque-token-1';
export const SEARCH = '/registry/sync/search';
export const TOKENS = '/oauth2/client/token';
export const LOCATIONS = '/.well-known/locations.json';

/** Retries without the waiting. */
export const QUICK: RetryLimits = {
  attempts: 4,
  firstDelayMs: 1,
  longestDelayMs: 2,
  longestRetryAfterMs: 1_500,
  totalMs: 5_000,
};

/** A client beside a scripted registry, with all that it logged. */
export interface Bench {
  readonly peer: LocalPeer;
  readonly client: RegistryClient;
  readonly source: DataSource;
  readonly logged: () => string;
  close(): Promise<void>;
}

/** A registry that knows one client and finds nothing, and a client of ours that is registered there. */
export async function openBench(
  database: TestDatabase,
  input: Partial<DataSourceInput> = {},
  limits: Partial<RetryLimits> = {},
  maxAnswerBytes?: number,
): Promise<Bench> {
  const peer = await startLocalPeer();
  peer.on(TOKENS, json({ access_token: TOKEN, token_type: 'Bearer', expires_in: 600 }));
  peer.on(SEARCH, found([]));
  await database.pool.query('delete from data_sources');
  const source = await createDataSource(
    database.pool,
    reversingSeal,
    {
      code: 'crvs',
      name: 'CRVS',
      baseUrl: peer.baseUrl,
      clientId: 'gateway',
      clientSecret: SECRET,
      timeoutMs: 1_000,
      ...input,
    },
    operator(database.pool),
  );
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const client = new RegistryClient({
    agent: OPEN_AGENT,
    pool: database.pool,
    keys: reversingSeal,
    senderId: () => 'gateway.example.org',
    publicUrl: () => 'https://gateway.example.org',
    log: pino({ level: 'debug' }, sink),
    limits: { ...QUICK, ...limits },
    ...(maxAnswerBytes === undefined ? {} : { maxAnswerBytes }),
  });
  return {
    peer,
    client,
    source,
    logged: () => lines.join(''),
    async close() {
      await client.close();
      await peer.close();
    },
  };
}

interface SearchBody {
  readonly header: Record<string, unknown>;
  readonly message: {
    readonly transaction_id: string;
    readonly search_request: readonly {
      readonly reference_id: string;
      readonly locale?: string;
      readonly search_criteria: Record<string, unknown>;
    }[];
  };
}

export function readSearchBody(body: string): SearchBody {
  return JSON.parse(body) as SearchBody;
}

/** Answers the n-th item of a search with the n-th list of records; items beyond are left out, as OpenCRVS does. */
export function found(...recordsOfItems: readonly (readonly unknown[])[]): PeerAnswer {
  return (request, response) => {
    const { message, header } = readSearchBody(request.body);
    const items = message.search_request.slice(0, recordsOfItems.length).map((item, index) => ({
      reference_id: item.reference_id,
      timestamp: '2026-01-01T00:00:00Z',
      status: 'succ',
      data: { reg_records: recordsOfItems[index] },
      pagination: { page_size: 5, page_number: 1, total_count: recordsOfItems[index]?.length ?? 0 },
    }));
    const answer = {
      header: { ...header, action: 'on-search', status: 'succ' },
      message: { transaction_id: message.transaction_id, correlation_id: 'c', search_response: items },
    };
    json(answer)(request, response);
  };
}
