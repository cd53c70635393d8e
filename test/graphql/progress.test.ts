import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient as createStreamClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { globalId } from '../../src/graphql/global-id.js';
import { AccessProblem } from '../../src/security/access-problem.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

interface Seen {
  readonly state: string;
  readonly pagesDone: number;
  readonly pagesExpected: number | null;
  readonly recordsDone: number;
  readonly recordsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

interface Answer {
  readonly data?: { readonly importRun: Seen } | null | undefined;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

const FOLLOW = `subscription ($id: ID!) {
  importRun(id: $id) { state pagesDone pagesExpected recordsDone recordsPerSecond secondsLeft outcomes { created } }
}`;

let graph: TestGraph;
let criteriaId: string;
beforeAll(async () => {
  graph = await openTestGraph();
  const { rows } = await graph.database.pool.query<{ id: string }>(`
    with s as (
      insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'opencrvs-1.0')
      returning id
    )
    insert into search_criteria (name, data_source_id, born_from, born_until)
    select 'all', id, '1900-01-01', '2099-12-31' from s returning id`);
  criteriaId = rows[0]?.id ?? '';
});
afterAll(() => graph.close());
beforeEach(async () => {
  graph.callAs({});
  await graph.database.pool.query('delete from import_runs');
});

async function addRun(): Promise<string> {
  const { rows } = await graph.database.pool.query<{ id: string }>(
    `insert into import_runs (search_criteria_id, requested_by, state, started_at, page_size, records_reported)
     values ($1, 'tests', 'running', now() - interval '2 seconds', 10, 50) returning id`,
    [criteriaId],
  );
  return rows[0]?.id ?? '';
}

async function write(runId: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const names = Object.keys(values);
  const set = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
  await graph.database.pool.query(`update import_runs set ${set} where id = $1`, [runId, ...Object.values(values)]);
}

/** Answers to a subscription until it ends; `ended` resolves with why a socket was closed. */
function overSocket(query: string, variables: Record<string, unknown>, connectionParams: Record<string, unknown> = {}) {
  const client = createClient({
    url: graph.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: true,
    connectionParams,
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    client.on('closed', (event) => {
      const { code, reason } = event as { code: number; reason: string };
      resolve({ code, reason });
    });
  });
  const answers = client.iterate<{ importRun: Seen }>({ query, variables }) as AsyncIterableIterator<Answer>;
  return { answers, closed, dispose: () => client.dispose() };
}

function overEvents(query: string, variables: Record<string, unknown>) {
  const client = createStreamClient({ url: `${graph.url}/stream`, retryAttempts: 0 });
  const answers = client.iterate<{ importRun: Seen }>({ query, variables }) as AsyncIterableIterator<Answer>;
  return { answers, dispose: () => client.dispose() };
}

async function nextOf(answers: AsyncIterator<Answer, unknown>): Promise<Answer> {
  const found = await answers.next();
  if (found.done === true) throw new Error('nothing came any more');
  const { value } = found;
  return value;
}

describe.each([
  ['a WebSocket', overSocket],
  ['server-sent events', overEvents],
])('over %s', (_, follow) => {
  test('a run is told of as it goes on, until it has ended', async () => {
    const run = await addRun();
    const { answers, dispose } = follow(FOLLOW, { id: globalId('ImportRun', run) });
    const first = await nextOf(answers);
    expect(first.errors).toBeUndefined();
    expect(first.data?.importRun).toMatchObject({ state: 'RUNNING', pagesDone: 0, pagesExpected: 5 });
    await write(run, { pages_done: 2, records_done: 20 });
    const second = (await nextOf(answers)).data?.importRun;
    expect(second).toMatchObject({ pagesDone: 2, pagesExpected: 5, recordsDone: 20 });
    expect(second?.recordsPerSecond).toBeGreaterThan(0);
    expect(second?.secondsLeft).toBeGreaterThan(0);
    await write(run, { state: 'paused' });
    expect((await nextOf(answers)).data?.importRun).toMatchObject({ state: 'PAUSED', secondsLeft: null });
    await write(run, { state: 'succeeded', finished_at: new Date(), pages_done: 5, records_done: 50 });
    const last = (await nextOf(answers)).data?.importRun;
    expect(last).toMatchObject({ state: 'SUCCEEDED', pagesDone: 5, pagesExpected: 5, secondsLeft: 0 });
    expect((await answers.next()).done).toBe(true);
    dispose();
  });

  test.each([
    ['a run that is not there', FOLLOW, { id: globalId('ImportRun', criteriaIdOfNothing()) }, 'IMPORT_RUN_UNKNOWN'],
    ['an id that is none', FOLLOW, { id: 'x' }, 'BAD_USER_INPUT'],
    ['variables that do not fit', FOLLOW, {}, 'BAD_USER_INPUT'],
    ['a query', '{ importRuns { nodes { id } } }', {}, 'SUBSCRIPTION_REQUIRED'],
    ['a mutation', 'mutation { fetch(searchCriteriaId: "x") { __typename } }', {}, 'SUBSCRIPTION_REQUIRED'],
    ['a word that is none', 'subscription { importRuns { id } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['no GraphQL', 'subscription {', {}, 'GRAPHQL_PARSE_FAILED'],
    [
      'people',
      'subscription { importRun(id: "x") { items { nodes { individual { birthDate } } } } }',
      {},
      'SUBSCRIPTION_OF_PEOPLE',
    ],
    [
      'more names than a document may have',
      `subscription { importRun(id: "x") { ${Array.from({ length: 20 }, (_, n) => `a${n}: state`).join(' ')} } }`,
      {},
      'QUERY_TOO_COMPLEX',
    ],
  ])('%s is refused', async (_what, query, variables, code) => {
    const { answers, dispose } = follow(query, variables);
    expect(await codeOf(answers)).toBe(code);
    dispose();
  });

  test('it takes the scope import.run, which may be lost on the way', async () => {
    graph.callAs({ scopes: ['graph.read'] });
    const variables = { id: globalId('ImportRun', await addRun()) };
    const refused = follow(FOLLOW, variables);
    expect(await codeOf(refused.answers)).toBe('FORBIDDEN');
    refused.dispose();
    graph.callAs({ scopes: ['import.run'] });
    const { answers, dispose } = follow(FOLLOW, variables);
    await nextOf(answers);
    graph.callAs({ scopes: ['graph.read'] });
    const { rows } = await graph.database.pool.query<{ id: string }>('select id from import_runs');
    await write(rows[0]?.id ?? '', { pages_done: 1 });
    expect(await codeOf(answers)).toBe('FORBIDDEN');
    dispose();
  });
});

function criteriaIdOfNothing(): string {
  return '00000000-0000-4000-8000-000000000000';
}

/** The code of the errors that come next, as an answer or instead of one. */
async function codeOf(answers: AsyncIterator<Answer, unknown>): Promise<unknown> {
  try {
    const { errors } = await nextOf(answers);
    return errors?.[0]?.extensions?.['code'];
  } catch (error) {
    return (error as Answer['errors'])?.[0]?.extensions?.['code'];
  }
}

test('however many pages a run writes, it is told of four times a second at most, and the newest last', async () => {
  const run = await addRun();
  const { answers, dispose } = overSocket(FOLLOW, { id: globalId('ImportRun', run) });
  await nextOf(answers);
  const begun = Date.now();
  let told = 0;
  const writing = (async () => {
    for (let page = 1; page <= 40; page += 1) {
      await write(run, { pages_done: page });
      await delay(15);
    }
    await write(run, { state: 'succeeded', finished_at: new Date() });
  })();
  let last: Seen | undefined;
  for await (const { data } of answers) {
    told += 1;
    last = data?.importRun;
  }
  await writing;
  expect(last).toMatchObject({ state: 'SUCCEEDED', pagesDone: 40 });
  expect(told).toBeLessThanOrEqual(Math.ceil((Date.now() - begun) / 250) + 1);
  await dispose();
});

test('a token comes with the first message, and the socket is closed when it is taken back', async () => {
  let isGood = true;
  graph.recogniseBy(({ headers }) => {
    if (headers.authorization === 'Bearer good' && isGood) return Promise.resolve({});
    return Promise.reject(new AccessProblem({ error: 'invalid_token', message: 'No longer', scopes: [] }));
  });
  const variables = { id: globalId('ImportRun', await addRun()) };
  const stranger = overSocket(FOLLOW, variables, { Authorization: 'Bearer bad' });
  await expect(stranger.answers.next()).rejects.toBeDefined();
  expect(await stranger.closed).toEqual({ code: 4401, reason: 'No longer' });

  const { answers, closed } = overSocket(FOLLOW, variables, { authorization: 'Bearer good' });
  await nextOf(answers);
  isGood = false;
  await Promise.allSettled([answers.next(), answers.next()]);
  expect(await closed).toEqual({ code: 4401, reason: 'No longer' });
});

test('an event stream ends with the error when the token is taken back', async () => {
  const { answers, dispose } = overEvents(FOLLOW, { id: globalId('ImportRun', await addRun()) });
  await nextOf(answers);
  graph.callAs(null);
  expect(await codeOf(answers)).toBe('UNAUTHENTICATED');
  expect((await answers.next()).done).toBe(true);
  dispose();
});

test('who is not let in gets no stream; a stream is asked for as one', async () => {
  const body = JSON.stringify({ query: FOLLOW, variables: { id: 'x' } });
  const headers = { 'content-type': 'application/json' };
  const plain = await fetch(`${graph.url}/stream`, { method: 'POST', body, headers });
  expect([plain.status, await plain.json()]).toMatchObject([
    406,
    { errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] },
  ]);
  const accept = 'text/event-stream';
  const put = await fetch(`${graph.url}/stream`, { method: 'PUT', headers: { accept } });
  expect(put.status).toBe(415);
  const rubbish = await fetch(`${graph.url}/stream?query=%7B&variables=%5B1`, { headers: { accept } });
  expect(rubbish.status).toBe(400);
  graph.callAs(null);
  const refused = await fetch(`${graph.url}/stream`, { method: 'POST', body, headers: { ...headers, accept } });
  expect(refused.status).toBe(401);
  const posted = await graph.ask(FOLLOW, { id: 'x' });
  expect(posted).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  graph.callAs({});
  expect(await graph.ask(FOLLOW, { id: 'x' })).toMatchObject({
    errors: [{ extensions: { code: 'SUBSCRIPTION_NOT_SERVED_HERE' } }],
  });
});

describe('a socket', () => {
  const address = (): string => graph.url.replace('http', 'ws');

  test.each([
    ['of a page elsewhere', 'https://evil.example', 403],
    ['of no page at all', 'null', 403],
    ['of another port of this machine', 'http://127.0.0.1:1', 403],
  ])('%s is refused before it is one', async (_, origin, status) => {
    const socket = new WebSocket(address(), 'graphql-transport-ws', { origin });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(status);
    socket.on('error', () => undefined);
    socket.terminate();
  });

  test('of a page of ours is taken', async () => {
    const socket = new WebSocket(address(), 'graphql-transport-ws', { origin: new URL(graph.url).origin });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('{"type":"connection_ack"}');
    socket.close();
    await once(socket, 'close');
  });

  test.each([
    ['no JSON', ['{'], 4400],
    ['nothing of the protocol', ['{"type":"drop table"}'], 4400],
    ['a subscription before it is let in', ['{"id":"1","type":"subscribe","payload":{"query":"{a}"}}'], 4401],
    ['two beginnings', ['{"type":"connection_init"}', '{"type":"connection_init"}'], 4429],
    ['what servers say', ['{"type":"connection_ack"}'], 4400],
    ['what servers say of nothing', ['{"type":"next","id":"1","payload":{"data":null}}'], 4400],
    ['a flood', Array.from({ length: 200 }, () => '{"type":"ping"}'), 1008],
    ['more than a document has', [JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(200_000) } })], 1009],
  ])('that says %s is closed', async (_, messages, code) => {
    const socket = new WebSocket(address(), 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = once(socket, 'close');
    for (const message of messages) socket.send(message);
    expect((await closed)[0]).toBe(code);
  });

  test('is answered to a ping without what came with it', async () => {
    const socket = new WebSocket(address(), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"ping","payload":{"a":"b"}}');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.toString()).toBe('{"type":"pong"}');
    socket.close();
    await once(socket, 'close');
  });

  test('is one of forty of its caller; others find a place', async () => {
    const opened: WebSocket[] = [];
    const begin = async (): Promise<string | number> => {
      const socket = new WebSocket(address(), 'graphql-transport-ws');
      opened.push(socket);
      const end = new Promise<string | number>((resolve) => {
        socket.once('message', (data: Buffer) => resolve(data.toString()));
        socket.once('close', resolve);
      });
      await once(socket, 'open');
      socket.send('{"type":"connection_init"}');
      return await end;
    };
    const ACK = '{"type":"connection_ack"}';
    const answers = await Promise.all(Array.from({ length: 40 }, begin));
    expect(new Set(answers)).toEqual(new Set([ACK]));
    expect(await begin()).toBe(1008);
    graph.callAs({ actor: 'client:other' });
    expect(await begin()).toBe(ACK);
    for (const socket of opened) socket.terminate();
  });

  test('whose peer does not take leave is gone after a second', async () => {
    const socket = connect(Number(new URL(graph.url).port), '127.0.0.1');
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: ${new URL(graph.url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: other\r\n\r\n',
    );
    // Refused at once for its protocol, which it passes over.
    await once(socket, 'data');
    const begun = performance.now();
    await once(socket.resume(), 'close');
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  test('that speaks another protocol is closed', async () => {
    const socket = new WebSocket(address());
    const closed = once(socket, 'close');
    expect((await closed)[0]).toBe(4406);
  });

  test('has ten subscriptions at once, and the eleventh is refused', async () => {
    const run = globalId('ImportRun', await addRun());
    const socket = new WebSocket(address(), 'graphql-transport-ws');
    await once(socket, 'open');
    const messages: { id: string; type: string }[] = [];
    socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { id: string; type: string }));
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    for (let id = 1; id <= 11; id += 1) {
      const payload = { query: FOLLOW, variables: { id: run } };
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
    }
    while (messages.length < 12) await once(socket, 'message');
    const refused = messages.filter(({ type }) => type === 'error');
    expect(refused).toMatchObject([{ id: '11', payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }] }]);
    socket.close();
    await once(socket, 'close');
  });
});

describe('undoImportRun', () => {
  const UNDO = `mutation ($id: ID!) {
    undoImportRun(importRunId: $id) { ... on ImportRun { kind state } ... on Refusal { code field } }
  }`;

  test('starts a run that takes another back, and writes down who asked for it', async () => {
    const run = await addRun();
    const id = globalId('ImportRun', run);
    expect((await graph.ask(UNDO, { id })).data).toEqual({
      undoImportRun: { code: 'RUN_NOT_FINISHED', field: 'importRunId' },
    });
    await write(run, { state: 'failed', finished_at: new Date() });
    expect((await graph.ask(UNDO, { id })).data).toEqual({ undoImportRun: { kind: 'UNDO', state: 'QUEUED' } });
    expect((await graph.ask(UNDO, { id })).data).toEqual({
      undoImportRun: { code: 'RUN_ALREADY_ACTIVE', field: 'importRunId' },
    });
    const { rows } = await graph.database.pool.query(
      `select detail ->> 'of' as of from audit_entries where action = 'import.undone'`,
    );
    expect(rows).toEqual([{ of: run }]);
  });

  test.each([[['import.run']], [['import.decide']], [['graph.read']]] as const)(
    'is refused to who has %s alone',
    async (scopes) => {
      graph.callAs({ scopes });
      const { errors } = await graph.ask(UNDO, { id: globalId('ImportRun', await addRun()) });
      expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    },
  );
});
