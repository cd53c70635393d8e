import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CreateDataSourceDocument,
  CreateSearchCriteriaDocument,
  FetchDocument,
} from '../../schema/generated/graphql.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { findDataSource } from '../../src/sources/data-sources.js';
import { askLater } from '../../src/sources/later-requests.js';
import { INTERNAL_SCOPES } from '../../src/security/scopes.js';
import { eraseIndividual } from '../../src/security/erasure/erase-individual.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { json, type LocalPeer, startLocalPeer } from '../sources/local-peer.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const run = promisify(execFile);
const EXCHANGE = '{ purpose request requestText answer answerText curl sentAt status durationMs notPushedDown }';

interface Exchange {
  readonly purpose: string;
  readonly request: unknown;
  readonly requestText: string | null;
  readonly answer: unknown;
  readonly answerText: string | null;
  readonly curl: string | null;
  readonly status: number | null;
  readonly notPushedDown: readonly string[];
}

let graph: TestGraph;
let register: MockRegistry;
let peer: LocalPeer;
beforeAll(async () => {
  [graph, register, peer] = await Promise.all([
    openTestGraph({ workers: true }),
    startMockRegistry({ births: 12, seed: 3 }),
    startLocalPeer(),
  ]);
  const crvs = {
    name: 'Civil register',
    baseUrl: register.url,
    dialect: 'OPENCRVS_1_0',
    credentialLocation: 'QUERY',
    clientId: register.clientId,
    clientSecret: register.clientSecret,
    pageSize: 5,
  } as const;
  for (const [code, keepExchanges] of [
    ['answers', 'ANSWERS'],
    ['requests', undefined],
    ['none', 'NONE'],
  ] as const) {
    await graph.run(CreateDataSourceDocument, {
      input: { ...crvs, code, name: code, ...(keepExchanges && { keepExchanges }) },
    });
  }
  const scripted = { code: 'peer', name: 'Peer', baseUrl: peer.baseUrl, authType: 'NONE' } as const;
  await graph.run(CreateDataSourceDocument, { input: scripted });
});
afterAll(async () => {
  await Promise.all([register.close(), peer.close()]);
  await graph.close();
});
beforeEach(() => graph.callAs({}));

async function token(): Promise<string> {
  const query = new URLSearchParams({
    client_id: register.clientId,
    client_secret: register.clientSecret,
    grant_type: 'client_credentials',
  });
  const response = await fetch(`${register.url}/oauth2/client/token?${query.toString()}`, { method: 'POST' });
  return ((await response.json()) as { access_token: string }).access_token;
}

const BORN = 'filter: { birthDate: { ge: "1900-01-01", le: "2099-12-31" } }';

test('a live search shows what it sent and was answered, as a command that works with a token put in', async () => {
  const { data, errors } = await graph.ask<{ registrySearch: { exchange: Exchange } }>(
    `{ registrySearch(source: "answers", ${BORN}, page: { size: 3 }) { total exchange ${EXCHANGE} } }`,
  );
  expect(errors).toBeUndefined();
  const exchange = data?.registrySearch.exchange;
  expect(exchange).toMatchObject({ purpose: 'search', status: 200, notPushedDown: [] });
  expect(exchange?.request).toEqual(register.searches.at(-1));
  expect(exchange?.answer).toEqual(JSON.parse(exchange?.answerText ?? ''));
  expect(exchange?.curl).toContain('"$TOKEN"');
  const value = await token();
  expect(JSON.stringify(exchange)).not.toMatch(/eyJ/u);
  const { stdout } = await run('sh', ['-c', exchange?.curl ?? 'false'], { env: { ...process.env, TOKEN: value } });
  const again = JSON.parse(stdout) as { message: { search_response: readonly { data: unknown }[] } };
  const first = exchange?.answer as typeof again;
  expect(again.message.search_response[0]?.data).toEqual(first.message.search_response[0]?.data);
});

test('a search that fails shows as much as there is, beside the error', async () => {
  peer.on('/registry/sync/search', (_request, response) => response.writeHead(400).end('no <b>such</b> thing'));
  const asked = '(source: "peer", filter: { identifier: { type: "UIN", value: "1" } })';
  const { data, errors } = await graph.ask(
    `{ registrySearch${asked} { total } registrySearchExchange${asked} ${EXCHANGE} }`,
  );
  expect(errors).toMatchObject([{ path: ['registrySearch'], extensions: { code: 'SOURCE_REJECTED_REQUEST' } }]);
  expect(data).toMatchObject({
    registrySearch: null,
    registrySearchExchange: { status: 400, answer: 'no <b>such</b> thing', request: { header: { action: 'search' } } },
  });
  expect(peer.requestsOf('/registry/sync/search')).toHaveLength(1);
});

test('a list of places shows how it was asked for', async () => {
  const { data } = await graph.ask<{ syncLocations: { exchange: Exchange } }>(
    `mutation { syncLocations(source: "answers") { ... on LocationSync { total exchange ${EXCHANGE} } } }`,
  );
  const exchange = data?.syncLocations.exchange;
  expect(exchange).toMatchObject({ purpose: 'locations', request: null, status: 200 });
  const { stdout } = await run('sh', ['-c', exchange?.curl ?? 'false']);
  expect(JSON.parse(stdout)).toEqual(exchange?.answer);
});

async function imported(source: string): Promise<{ id: string; exchanges: readonly Exchange[] }> {
  const input = {
    name: source,
    dataSource: source,
    bornFrom: { date: '1900-01-01' },
    bornUntil: { date: '2099-12-31' },
  };
  const { createSearchCriteria: criteria } = await graph.run(CreateSearchCriteriaDocument, { input });
  if (criteria.__typename !== 'SearchCriteria') throw new Error(criteria.message);
  const { fetch: started } = await graph.run(FetchDocument, { searchCriteriaId: criteria.id });
  if (started.__typename !== 'ImportRun') throw new Error(started.message);
  const { id } = started;
  for (;;) {
    const { data } = await graph.ask<{ importRun: { state: string; exchanges: { nodes: readonly Exchange[] } } }>(
      `query ($id: ID!) { importRun(id: $id) { state exchanges { nodes ${EXCHANGE} } } }`,
      { id },
    );
    if (data?.importRun.state === 'SUCCEEDED') return { id, exchanges: data.importRun.exchanges.nodes };
    if (data?.importRun.state === 'FAILED') throw new Error('the import failed');
    await delay(20);
  }
}

describe('an import', () => {
  test('keeps what it exchanged page by page, every attempt, with the answers where the source is set up so', async () => {
    register.setFaults([{ kind: 'server-error', status: 503, after: 1, times: 1 }]);
    const { exchanges } = await imported('answers');
    const pages = exchanges.map(({ request }) => JSON.stringify(request).match(/"page_number":(\d+)/u)?.[1]);
    expect(exchanges.map(({ status }, index) => [pages[index], status])).toEqual([
      ['1', 200],
      ['2', 503],
      ['2', 200],
      ['3', 200],
    ]);
    expect(exchanges[0]?.answer).toHaveProperty('message.search_response');
  });

  test.each([
    ['requests', 3],
    ['none', 0],
  ])('of a source that keeps %s keeps no answers', async (source, count) => {
    const { exchanges } = await imported(source);
    expect(exchanges).toHaveLength(count);
    expect(exchanges.every(({ answer, status, curl }) => answer === null && status === 200 && curl !== null)).toBe(
      true,
    );
  });

  test('nothing of it stands in the clear, and it goes with who is erased', async () => {
    const { pool } = graph.database;
    const { rows } = await pool.query<{ id: string; family_name: string; text: string }>(
      `select i.id, i.family_name, (select string_agg(x::text, ' ') from exchanges x) as text
       from individuals i join identifiers n on n.individual_id = i.id where n.type = 'BRN' limit 1`,
    );
    const [person] = rows;
    expect(person?.text).not.toContain('reg_records');
    const count = async () => (await pool.query('select from exchanges')).rowCount ?? 0;
    const before = await count();
    const ledger = new Ledger({ pool, keys: graph.keys, disclosureRetentionDays: 30, evidenceRetentionDays: 30 });
    await eraseIndividual({ pool, keys: graph.keys, ledger }, { individualId: person?.id ?? '', actor: 'test' });
    expect(await count()).toBe(before - 1);
  });
});

test('a request that is answered later keeps how it was handed over', async () => {
  const { pool } = graph.database;
  peer.on('/registry/search', json({ message: { ack_status: 'ACK', correlation_id: 'c-1' } }));
  const source = await findDataSource(pool, 'peer');
  if (source === null) throw new Error('no source');
  await askLater({ pool, client: graph.client, keys: graph.keys }, source, {
    action: 'search',
    questions: [{ filter: { kind: 'identifier', type: 'UIN', values: ['7'] } }],
  });
  const { data } = await graph.ask<{ sourceRequests: { nodes: readonly { exchange: Exchange }[] } }>(
    `{ sourceRequests(source: "peer") { nodes { exchange ${EXCHANGE} } } }`,
  );
  expect(data?.sourceRequests.nodes[0]?.exchange).toMatchObject({ purpose: 'search', status: 200, answer: null });
  expect(data?.sourceRequests.nodes[0]?.exchange.requestText).toBe(peer.requestsOf('/registry/search')[0]?.body);
});

describe('for a caller', () => {
  const search = `{ registrySearch(source: "answers", ${BORN}) { total exchange { status curl } } }`;

  test('without the scope it is an error of that field alone', async () => {
    graph.callAs({ scopes: INTERNAL_SCOPES.filter((scope) => scope !== 'dci.inspect') });
    const { data, errors } = await graph.ask(search);
    expect(data).toMatchObject({ registrySearch: { total: expect.any(Number) as number, exchange: null } });
    expect(errors).toMatchObject([{ path: ['registrySearch', 'exchange'], extensions: { code: 'FORBIDDEN' } }]);
    expect(errors?.[0]?.message).toContain('dci.inspect');
  });

  test('who is not shown everything of people it tells the circumstances alone', async () => {
    graph.callAs({ access: { ...FULL_ACCESS, fields: new FieldSet([{ never: ['disability.disability_status'] }]) } });
    const { data, errors } = await graph.ask(search);
    expect(data).toMatchObject({ registrySearch: { exchange: { status: 200, curl: null } } });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('who sees a part of the registry alone it shows no message, of a run or of this moment', async () => {
    const { kept } = (await graph.ask<{ kept: { nodes: { id: string }[] } }>('{ kept: importRuns { nodes { id } } }'))
      .data ?? { kept: { nodes: [] } };
    expect(kept.nodes.length).toBeGreaterThan(0);
    const rows = { kind: 'from_source', codes: ['answers'] } as const;
    graph.callAs({ access: { ...FULL_ACCESS, rows, rowLimits: [{ sources: ['answers'] }] } });
    const live = `registrySearchExchange(source: "answers", ${BORN}) { status }`;
    for (const asked of [`{ importRuns { nodes { exchanges(first: 1) { nodes { curl } } } } }`, `{ ${live} }`]) {
      const { data, errors } = await graph.ask(asked);
      expect(JSON.stringify(data)).not.toContain('curl ');
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
      expect(errors?.[0]?.message).toContain('a part of the registry');
    }
  });

  test('who looks is written down', async () => {
    const { rows } = await graph.database.pool.query<{ count: number }>(
      `select count(*)::integer as count from audit_entries where action = 'exchange.shown'`,
    );
    expect(rows[0]?.count).toBeGreaterThan(3);
  });
});
