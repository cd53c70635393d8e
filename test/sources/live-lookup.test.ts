import type { Filter } from '../../src/record/filter.js';
import { curlOf } from '../../src/sources/exchanges/curl.js';
import type { Exchange } from '../../src/sources/exchanges/exchange.js';
import {
  findExchangeTexts,
  findRequestExchanges,
  keepExchanges,
  openExchangeText,
} from '../../src/sources/exchanges/kept-exchanges.js';
import { insertLaterRequest } from '../../src/sources/source-requests.js';
import { reversingSeal } from './reversing-seal.js';
import { lookupIdentifier } from '../../src/sources/lookup-identifier.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { type Bench, found, openBench, readSearchBody, SEARCH, TOKEN, TOKENS } from './dci-peer.js';
import { liveSearches } from './live.js';
import { json } from './local-peer.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const byNumber = (value: string): Filter => ({ kind: 'identifier', type: 'BRN', values: [value] });
const ADA = { identifier: [{ name: 'BRN', identifier: '1' }], givenName: 'Ada' };

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase({ size: 2 });
});
afterEach(() => bench.close());
afterAll(() => database.close());

const messages = () => bench.peer.requestsOf(SEARCH);

/** Answers each item by the number that it asks for; what gives nothing is left out. */
function answerEach(answerTo: (value: string) => object | null): void {
  bench.peer.on(SEARCH, (request, response) => {
    const { header, message } = readSearchBody(request.body);
    const search_response = message.search_request.flatMap<object>(({ reference_id, search_criteria }) => {
      const { value } = search_criteria.query as { value: string };
      const answer = answerTo(value);
      return answer === null ? [] : [{ reference_id, status: 'succ', ...answer }];
    });
    json({ header: { ...header, status: 'succ' }, message: { search_response } })(request, response);
  });
}

test('what is asked in one turn is one token and one message, and nothing is asked twice', async () => {
  bench = await openBench(database, { dialect: 'opencrvs-1.0' });
  answerEach((value) => ({ data: { reg_records: [{ ...ADA, givenName: `No ${value}` }] } }));
  const live = liveSearches(bench.client);
  const numbers = [...Array(50).keys(), 7, 8].map(String);
  const answers = await Promise.all(numbers.map((number) => live.ask(bench.source, { filter: byNumber(number) })));
  expect(answers.map((answer) => answer.ok && answer.result.records[0]?.name?.given)).toEqual(
    numbers.map((number) => `No ${number}`),
  );
  expect(messages()).toHaveLength(1);
  expect(readSearchBody(messages()[0]?.body ?? '').message.search_request).toHaveLength(50);
  expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
});

test('more than a source takes in one message is split', async () => {
  bench = await openBench(database, { dialect: 'opencrvs-1.0', parameters: { items_per_message: '4' } });
  answerEach(() => ({ data: { reg_records: [ADA] } }));
  const live = liveSearches(bench.client);
  await Promise.all([...Array(10).keys()].map((n) => live.ask(bench.source, { filter: byNumber(String(n)) })));
  const sizes = messages().map(({ body }) => readSearchBody(body).message.search_request.length);
  expect(sizes.sort()).toEqual([2, 4, 4]);
  expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
});

test.each<['opencrvs-1.0' | 'spdci-1.0', unknown]>([
  // A speaker that answers with matches alone; one that answers every item.
  ['opencrvs-1.0', []],
  ['spdci-1.0', 'SOURCE_ANSWER_INCOMPLETE'],
])('of %s an item that is rejected or left out takes nothing from the others', async (dialect, leftOut) => {
  bench = await openBench(database, { dialect });
  answerEach((value) => {
    if (value === 'left out') return null;
    if (value === 'rejected') return { status: 'rjct', status_reason_code: 'rjct.search_criteria.invalid' };
    return { data: { reg_records: [ADA] } };
  });
  const live = liveSearches(bench.client);
  const filters = [...['1', 'rejected', 'left out', '2'].map(byNumber), { kind: 'ids', ids: ['x'] } as const];
  const answers = await Promise.all(filters.map((filter) => live.ask(bench.source, { filter })));
  const told = answers.map((answer) => (answer.ok ? answer.result.records : (answer.error as { code?: string }).code));
  expect(told).toEqual([
    [expect.objectContaining({ name: expect.anything() as unknown })],
    'SOURCE_REJECTED_REQUEST',
    leftOut,
    [expect.anything()],
    'FILTER_NOT_EXPRESSIBLE',
  ]);
  expect(messages()).toHaveLength(1);
});

test('a source that hangs is given up before the request ends, and what was sent can be seen', async () => {
  bench = await openBench(database, { timeoutMs: 60_000 });
  bench.peer.on(SEARCH, () => undefined);
  const answer = await liveSearches(bench.client, 650).ask(bench.source, { filter: byNumber('1') });
  expect(answer).toMatchObject({
    ok: false,
    error: { code: 'SOURCE_TIMEOUT' },
    exchange: { status: null, answer: null },
  });
});

test('what went over the wire is kept as it was, without the token, even where that is echoed', async () => {
  bench = await openBench(database, { dialect: 'opencrvs-1.0' });
  bench.peer.on(SEARCH, (request, response) => {
    json({ header: { status: 'succ', echo: request.headers.authorization }, message: {} })(request, response);
  });
  const { exchange } = await liveSearches(bench.client).ask(bench.source, { filter: byNumber("O'Brien $(id) `x` \\") });
  expect(exchange).toMatchObject({
    purpose: 'search',
    status: 200,
    request: { method: 'POST', body: messages()[0]?.body, headers: { authorization: 'Bearer $TOKEN' } },
    notPushedDown: [],
  });
  expect(exchange?.answer).toContain('Bearer $TOKEN');
  expect(JSON.stringify(exchange)).not.toContain(TOKEN);
});

test('the command sends the same bytes again once it has the token, whatever they are', async () => {
  bench = await openBench(database, { dialect: 'opencrvs-1.0' });
  bench.peer.on(SEARCH, found([ADA]));
  const nasty = `O'Brien "$(touch /tmp/x)" \`id\` $HOME \\ ! * {a,b} [1-2] # ü \u0007`;
  const { exchange } = await liveSearches(bench.client).ask(bench.source, { filter: byNumber(nasty) });
  const { stdout } = await run('sh', ['-c', curlOf((exchange as Exchange).request)], {
    env: { ...process.env, TOKEN: `${TOKEN}` },
  });
  expect(JSON.parse(stdout)).toMatchObject({ header: { status: 'succ' } });
  const [first, again] = messages();
  expect(again?.body).toBe(first?.body);
  expect(again?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  expect(again?.headers['content-type']).toBe('application/json');
});

describe('of the identifiers of a person', () => {
  const known = (type: string, value: string, dataSourceId: string | null = null) => ({ type, value, dataSourceId });
  test.each([
    ['opencrvs-1.0', [known('NID', 'n'), known('UIN', 'u'), known('BRN', 'b')], 'b'],
    ['opencrvs-1.0', [known('NID', 'n')], 'n'],
    ['spdci-1.0', [known('A', 'a'), known('B', 'b', 'crvs-id')], 'b'],
    ['spdci-1.0', [known('A', 'a')], 'a'],
  ] as const)('%s is asked by the one that it knows best', (dialect, identifiers, value) => {
    expect(lookupIdentifier({ id: 'crvs-id', code: 'crvs', dialect }, identifiers).value).toBe(value);
  });

  test.each([
    ['opencrvs-1.0', /BRN/u],
    ['openspp-17', /birth dates alone/u],
  ] as const)('%s is not asked by those that it cannot be asked by', (dialect, words) => {
    expect(() => lookupIdentifier({ id: 'x', code: 'crvs', dialect }, [known('UIN', 'u')])).toThrow(words);
  });
});

test.each([
  ['answers', '{"message":{"search_response":[]}}', 1, '{"message":{"search_response":[]}}'],
  ['answers', '<html>', 1, '<html>'],
  // Nobody could say later whom it tells of.
  ['answers', '{"message":{"ciphertext":"x"}}', 1, null],
  ['requests', '{"message":{"search_response":[]}}', 1, null],
  ['none', '{}', 0, null],
] as const)('of a source that keeps %s, an answer %s is kept or not', async (what, answer, count, kept) => {
  bench = await openBench(database, { keepExchanges: what });
  const { pool } = database;
  const { id } = await insertLaterRequest(pool, {
    dataSourceId: bench.source.id,
    action: 'search',
    transactionId: 't',
    messageId: 'm',
    referenceIds: [],
    subscriptionCodes: [],
  });
  const exchange: Exchange = {
    purpose: 'search',
    sentAt: new Date(),
    durationMs: 1,
    status: 200,
    notPushedDown: ['sex eq'],
    request: { method: 'POST', url: 'http://x.example/search', headers: {}, body: '{}' },
    answer,
  };
  const keeper = { db: pool, keys: reversingSeal, source: bench.source };
  await keepExchanges(keeper, { sourceRequestId: id }, [exchange]);
  const found = [...(await findRequestExchanges(pool, [id])).values()];
  expect(found).toHaveLength(count);
  const texts = await findExchangeTexts(
    pool,
    found.map((one) => one.id),
  );
  for (const sealed of texts.values()) {
    expect(openExchangeText(reversingSeal, sealed)).toEqual({ request: exchange.request, answer: kept });
  }
});
