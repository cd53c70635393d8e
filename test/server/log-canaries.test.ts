import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { gatewayFolder, type GatewayProcess, startGateway } from '../end-to-end/gateway-process.js';
import { asAdmin, adminUrl, createTestDatabase, type TestDatabase } from '../test-database.js';
import { createPool } from '../../src/database/pool.js';

let database: TestDatabase;
let home: Awaited<ReturnType<typeof gatewayFolder>>;
let gateway: GatewayProcess;
let token: string;
let client: { readonly clientId: string; readonly clientSecret: string };

/** Values that stand for what people would not want to read in a log: each is planted once, somewhere. */
const planted: string[] = [];

/** Another value: in turn a name, a number of an identity, an address of mail, a word with a secret's form. */
function canary(): string {
  const letters = [...randomBytes(14)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
  const digits = [...randomBytes(14)].map((byte) => String(byte % 10)).join('');
  const value = [`Zq${letters}`, `77${digits}`, `${letters}@mail.example`, `k-${digits}-${letters}`][
    planted.length % 4
  ];
  planted.push(value ?? letters);
  return value ?? letters;
}

beforeAll(async () => {
  database = await createTestDatabase();
  home = await gatewayFolder();
  gateway = await startGateway(home.folder, {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    LOG_LEVEL: 'debug',
    DEMO: 'off',
  });
  client = JSON.parse(await gateway.command('client', 'create', 'Ministry', '--json')) as typeof client;
  token = await askToken();
}, 60_000);

afterAll(async () => {
  await gateway.kill();
  await database.close();
  await home.remove();
});

async function askToken(): Promise<string> {
  const { clientId, clientSecret } = client;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await fetch(`${gateway.url}/oauth2/client/token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}

const byPartner = (path: string, body: unknown) => post(path, body, { authorization: `Bearer ${token}` });

const REGISTRY_PATHS = [
  '/registry/sync/search',
  '/registry/search',
  '/registry/subscribe',
  '/registry/unsubscribe',
  '/registry/txn/status',
  '/registry/sync/txn/status',
  '/registry/on-search',
  '/registry/notify',
  '/dr/registry/sync/disabled',
  '/ibr/registry/sync/enrolled',
];

const ACTIONS: Readonly<Record<string, string>> = {
  notify: 'notify',
  status: 'txn-status',
  disabled: 'search',
  enrolled: 'search',
};

/** A message of the standard with a value of its own wherever one may be. */
function message(path: string): unknown {
  const last = path.split('/').at(-1) ?? '';
  const item = {
    reference_id: canary(),
    timestamp: '2026-01-01T00:00:00Z',
    search_criteria: {
      version: '1.0.0',
      query_type: 'idtype-value',
      query: { type: 'UIN', value: canary() },
      consent: { purpose: { text: canary() } },
    },
  };
  return {
    signature: '',
    header: {
      version: '1.0.0',
      message_id: canary(),
      message_ts: new Date().toISOString(),
      action: ACTIONS[last] ?? last,
      sender_id: canary(),
      receiver_id: canary(),
      sender_uri: `https://${canary().replace('@', '.')}.invalid/callback`,
      total_count: 1,
    },
    message: { transaction_id: canary(), search_request: [item], note: canary() },
  };
}

async function throughTheRegistry(): Promise<void> {
  for (const path of REGISTRY_PATHS) {
    await byPartner(path, message(path));
    await byPartner(path, { ...(message(path) as object), signature: canary() });
    await byPartner(path, `{"header": {"action": "${canary()}"`);
    await byPartner(`${path}/${canary()}?token=${canary()}`, {});
    await post(path, {}, { authorization: `Bearer ${canary()}`, 'user-agent': canary(), cookie: `id=${canary()}` });
  }
  const query = { expression: { query: { [canary()]: { eq: canary() } } } };
  await byPartner('/registry/sync/search', {
    header: { message_id: 'm', action: canary(), message_ts: canary(), total_count: canary() },
    message: {
      search_request: [{ search_criteria: { query_type: 'expression', query, sort: [{ attribute_name: canary() }] } }],
    },
  });
}

async function throughTokens(): Promise<void> {
  for (const path of ['/oauth2/client/token', '/oauth2/introspect', '/oauth2/revoke']) {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const fields = { grant_type: 'client_credentials', client_id: canary(), client_secret: canary(), token: canary() };
    await post(path, new URLSearchParams(fields).toString(), form);
    await post(path, `grant_type=${canary()}&scope=${canary()}&resource=https://${canary()}/`, form);
    await post(`${path}?client_id=${canary()}&client_secret=${canary()}`, '', form);
    const basic = Buffer.from(`${canary()}:${canary()}`).toString('base64');
    await post(path, 'grant_type=client_credentials', { ...form, authorization: `Basic ${basic}` });
    await post(path, `{"client_id": "${canary()}", "x`);
    await post(path, { ...fields, client_assertion: `${canary()}.x.y`, client_assertion_type: canary() });
  }
}

async function throughTheGraph(): Promise<void> {
  const plain = canary().replace(/\W/gu, '_');
  planted.push(plain);
  const given = { given: canary(), family: canary() };
  const documents: readonly [string, object?][] = [
    [`{ individuals(first: 1, filter: { name: { contains: "${canary()}" } }) { totalCount } }`],
    [`query ${plain} { ${plain}: individuals(first: 1) { nodes { nothing${plain} } } }`],
    [`{ individuals(first: "${canary()}") { totalCount } }`],
    [`{ individual(id: "${canary()}") { id } }`],
    [`{ broken "${canary()}`],
    ['query ($id: ID!) { individual(id: $id) { id } }', { id: { [canary()]: canary() } }],
    ['query ($first: Int) { individuals(first: $first) { totalCount } }', { first: canary() }],
    [
      'mutation ($input: SaveIndividualInput!) { saveIndividual(input: $input) { __typename } }',
      { input: { name: given } },
    ],
    [
      'mutation ($input: SaveIndividualInput!) { saveIndividual(input: $input) { __typename } }',
      { input: { [canary()]: canary() } },
    ],
    [`mutation { saveIndividual(input: { birthDate: "${canary()}" }) { __typename } }`],
    [
      `mutation { createDataSource(input: { code: "${canary()}", baseUrl: "https://u:${canary()}@x/" }) { __typename } }`,
    ],
    [
      `mutation ($input: ProbeDataSourceInput!) { probeDataSource(input: $input) { __typename } }`,
      { input: { url: `http://127.0.0.1:9/${canary()}`, clientId: canary(), clientSecret: canary() } },
    ],
    [`mutation { decideConflict(id: "${canary()}", decision: REJECT) { __typename } }`],
    [`mutation { mergeIndividuals(winnerId: "${canary()}", losingId: "${canary()}") { __typename } }`],
    [`mutation { applyPreview(importRunId: "${canary()}") { __typename } }`],
    [`{ registrySearch(source: "${canary()}", filter: { name: { contains: "${canary()}" } }) { total } }`],
    [`{ conflicts(source: "${canary()}", after: "${canary()}") { nodes { id } } }`],
  ];
  for (const [document, variables] of documents) {
    await post('/graphql', { query: document, variables, operationName: null, extensions: { x: canary() } });
  }
  await post('/graphql', `{"query": "${canary()}`);
  await post('/graphql', { query: '{ __typename }' }, { authorization: `Bearer ${canary()}` });
  await post('/graphql', canary(), { 'content-type': `text/${canary().replace(/\W/gu, '')}` });
  await post(`/graphql?query={${canary()}}`, '');
}

/** Over sockets and as events. */
async function throughSubscriptions(): Promise<void> {
  const follow = {
    query: `subscription { importRun(id: "${canary()}") { state } }`,
    variables: { [canary()]: canary() },
  };
  const accept = { accept: 'text/event-stream' };
  await post('/graphql/stream', follow, accept);
  await post('/graphql/stream', { query: `subscription { ${canary()}` }, accept);
  await post('/graphql/stream', follow, { ...accept, authorization: `Bearer ${canary()}` });
  for (const messages of [
    [{ type: 'connection_init', payload: { authorization: `Bearer ${canary()}`, [canary()]: canary() } }],
    [{ type: 'connection_init' }, { id: canary(), type: 'subscribe', payload: follow }],
    [{ type: canary() }],
    [{ type: 'next', id: canary(), payload: canary() }],
  ]) {
    const socket = new WebSocket(
      `${gateway.url.replace('http', 'ws')}/graphql?token=${canary()}`,
      'graphql-transport-ws',
    );
    socket.on('error', () => undefined);
    socket.on('open', () => messages.forEach((each) => socket.send(JSON.stringify(each))));
    // Whom it answers with an error it leaves open.
    socket.on('message', (data: Buffer) => {
      if (!data.toString().includes('connection_ack')) socket.close();
    });
    await once(socket, 'close');
  }
}

async function throughTheRest(): Promise<void> {
  const paths = ['/', '/docs/', '/health/', '/openapi.json', '/.well-known/', '/graphql/explorer/', '/nowhere/'];
  for (const path of paths) {
    const headers = { referer: `https://x/${canary()}`, 'x-forwarded-for': canary(), 'accept-language': canary() };
    const answer = await fetch(`${gateway.url}${path}${canary()}?q=${canary()}`, { headers });
    await answer.arrayBuffer();
  }
  await post('/nowhere', canary(), { 'content-encoding': canary() });
  const { hostname, port } = new URL(gateway.url);
  for (const bytes of [
    `${canary()} / ${canary()}\r\n\r\n`,
    `GET /%${canary()} HTTP/1.1\r\nHost: ${canary()}\r\n\r\n`,
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n${canary()}`,
    `POST /registry/search HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${canary()}\r\n`,
  ]) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).end(bytes);
    await text(socket).catch(() => '');
  }
}

async function throughEverything(): Promise<void> {
  await throughTheRegistry();
  await throughTokens();
  await throughTheGraph();
  await throughSubscriptions();
  await throughTheRest();
}

/** Those of the planted values that stand in a text, as they are or as an address would spell them. */
const foundIn = (output: string): string[] =>
  planted.filter((value) => output.includes(value) || output.includes(encodeURIComponent(value)));

test('none of two hundred values that were sent in is in the log, whatever becomes of the request', async () => {
  await throughEverything();
  // The same with a database that fails in the middle of its work, and quotes what it was asked.
  const owner = createPool(adminUrl(database), { size: 1 });
  await owner.query('alter table identifiers rename to identifiers_elsewhere');
  await owner.query('alter table individuals rename to individuals_elsewhere');
  await owner.end();
  await throughEverything();
  const name = new URL(database.url).pathname.slice(1);
  await asAdmin(`alter database ${name} with allow_connections false`);
  await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  await throughTheRegistry();
  const lines = gateway
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(planted.length).toBeGreaterThanOrEqual(200);
  expect(lines.length).toBeGreaterThan(60);
  expect(foundIn(gateway.output())).toEqual([]);
  expect(gateway.output()).not.toContain(client.clientSecret);
  expect(gateway.output()).not.toContain(token);
  // What is worth reading came through all the same.
  const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(read.some(({ client: name, code }) => name === 'Ministry' && typeof code === 'string')).toBe(true);
  expect(read.some(({ err }) => typeof err === 'object' && err !== null && 'places' in err)).toBe(true);
}, 90_000);
