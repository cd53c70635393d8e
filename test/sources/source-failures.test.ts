import { gzipSync } from 'node:zlib';
import { EVERYBODY } from '../../src/record/filter.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { readRetryAfter } from '../../src/dci/retry-after.js';
import { type RetryLimits } from '../../src/sources/retry.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { type Bench, found, openBench, SEARCH, SECRET, TOKEN } from './dci-peer.js';
import { half, hang, json, type PeerAnswer, raw, reset } from './local-peer.js';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
afterEach(() => bench.close());

const PERSON = { identifier: [{ name: 'UIN', identifier: '7' }], givenName: 'Ada' };
const OK = found([PERSON]);

async function start(
  input: Partial<DataSourceInput> = {},
  limits: Partial<RetryLimits> = {},
  maxAnswerBytes?: number,
): Promise<void> {
  bench = await openBench(database, input, limits, maxAnswerBytes);
}
const ask = (signal?: AbortSignal) => bench.client.search(bench.source, { filter: EVERYBODY }, signal);
const searches = () => bench.peer.requestsOf(SEARCH).length;
const html = raw('<!doctype html><title>Welcome</title>', 200, { 'content-type': 'text/html' });

describe('C30: a source that fails for a moment', () => {
  test.each<[string, PeerAnswer]>([
    ['500', json({ error: { code: 500, message: 'Internal Server Error' } }, 500)],
    ['503 in HTML', raw('<html>maintenance</html>', 503)],
    ['408', json({}, 408)],
    ['429 with Retry-After', json({}, 429, { 'retry-after': '0' })],
    ['429 without Retry-After', json({}, 429)],
    ['HTML in place of JSON', html],
    ['nothing', raw('')],
    ['a truncated JSON text', raw('{"header": {')],
    ['half a body', half(JSON.stringify({ header: 'x'.repeat(200) }))],
    ['a cut connection', reset],
    ['nothing in time', hang],
  ])('is asked again after %s', async (_what, failure) => {
    await start({ timeoutMs: 150 });
    bench.peer.on(SEARCH, failure, OK);
    const { records } = await ask();
    expect(records).toHaveLength(1);
    expect(searches()).toBe(2);
  });
});

describe('a source that goes on failing', () => {
  test.each<[string, PeerAnswer, string, RegExp]>([
    [
      '500',
      json({ error: { code: 500, message: 'Internal Server Error' } }, 500),
      'SOURCE_FAILED',
      /500: Internal Server Error/u,
    ],
    [
      '429',
      json({ error: { code: 429, message: 'daily quota exceeded' } }, 429),
      'SOURCE_RATE_LIMITED',
      /429: daily quota/u,
    ],
    ['HTML', html, 'SOURCE_ANSWER_UNREADABLE', /HTML \(status 200\)/u],
    [
      'half a body',
      half(JSON.stringify({ header: 'x'.repeat(200) })),
      'SOURCE_UNREACHABLE',
      /cut before the whole answer/u,
    ],
    ['a cut connection', reset, 'SOURCE_UNREACHABLE', /cut/u],
    ['silence', hang, 'SOURCE_TIMEOUT', /within 100 ms/u],
  ])('%s: is asked four times, then the search fails with what was said', async (_what, failure, code, message) => {
    await start({ timeoutMs: 100 });
    bench.peer.on(SEARCH, failure);
    await expect(ask()).rejects.toMatchObject({
      name: 'Problem',
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(searches()).toBe(4);
  });

  test('an address where nothing listens is named as unreachable', async () => {
    await start();
    await bench.peer.close();
    await expect(ask()).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    bench = await openBench(database);
  });

  test('bytes that drip in forever end with the time of the request', async () => {
    await start({ timeoutMs: 200 }, { attempts: 1 });
    bench.peer.on(SEARCH, (_request, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  });

  test('all attempts together end with the total time', async () => {
    await start({ timeoutMs: 200 }, { totalMs: 600, attempts: 100 });
    bench.peer.on(SEARCH, hang);
    const began = performance.now();
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('a source that refuses', () => {
  test.each<[string, number, unknown, string, RegExp]>([
    [
      '400 of OpenCRVS',
      400,
      { error: { code: 400, message: 'reg_type is wrong' } },
      'SOURCE_REJECTED_REQUEST',
      /400: reg_type is wrong/u,
    ],
    [
      '400 of the standard',
      400,
      { errors: [{ code: 'err.request.bad', message: 'no header' }] },
      'SOURCE_REJECTED_REQUEST',
      /no header/u,
    ],
    ['404 without a word', 404, {}, 'SOURCE_REJECTED_REQUEST', /404$/u],
    ['403', 403, { error: 'forbidden' }, 'SOURCE_REFUSED_CREDENTIALS', /403: forbidden/u],
  ])('%s is not asked again', async (_what, status, body, code, message) => {
    await start();
    bench.peer.on(SEARCH, json(body, status));
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(searches()).toBe(1);
  });

  test('a redirect is not followed', async () => {
    await start();
    bench.peer.on(SEARCH, raw('', 307, { location: `${bench.peer.baseUrl}/elsewhere` }));
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_REDIRECTED' });
    expect(bench.peer.requestsOf('/elsewhere')).toHaveLength(0);
    expect(searches()).toBe(1);
  });

  test('what it says is cut, on one line, and shows neither secret nor token', async () => {
    await start();
    bench.peer.on(SEARCH, json({ error: { message: `${SECRET} Bearer ${TOKEN}\n${'long '.repeat(100)}` } }, 400));
    const problem = (await ask().catch((error: unknown) => error)) as Error;
    const said = problem.message.split('400: ')[1] ?? '';
    expect(said.length).toBeLessThanOrEqual(200);
    expect(said).not.toMatch(/\n/u);
    expect(`${problem.message}${String(problem.stack)}${bench.logged()}`).not.toContain(TOKEN);
    // The words of the source may name a person: they go to who asked, not into the log.
    expect(bench.logged()).not.toContain('long');
  });
});

describe('limits on what is read', () => {
  test('an answer beyond the limit is refused, announced or not, and not asked for again', async () => {
    await start({}, {}, 10_000);
    const big = JSON.stringify({ header: 'x'.repeat(20_000) });
    bench.peer.on(SEARCH, raw(big, 200, { 'content-length': String(big.length) }), (_request, response) => {
      response.writeHead(200);
      response.write(big.slice(0, 12_000));
      response.end(big.slice(12_000));
    });
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_TOO_LARGE' });
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_TOO_LARGE' });
    expect(searches()).toBe(2);
  });

  test('a compressed answer is asked not to come and refused when it does', async () => {
    await start();
    bench.peer.on(SEARCH, (request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}'));
    });
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_UNREADABLE' });
  });
});

describe('Retry-After', () => {
  test('is waited for when it is short', async () => {
    await start();
    bench.peer.on(SEARCH, json({}, 503, { 'retry-after': '1' }), OK);
    const began = performance.now();
    await ask();
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });

  test('ends the search at once when it is long, and the time is told', async () => {
    await start();
    bench.peer.on(SEARCH, json({}, 429, { 'retry-after': '3600' }));
    await expect(ask()).rejects.toMatchObject({
      code: 'SOURCE_RATE_LIMITED',
      message: expect.stringContaining('3600 s') as string,
    });
    expect(searches()).toBe(1);
  });

  test('is read as seconds or as a date, and as nothing when it is neither', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(readRetryAfter('Wed, 31 Dec 2025 23:00:00 GMT', now)).toBe(0);
    for (const rubbish of [undefined, '', '-5', 'soon', '1e9', '2026-01-01'])
      expect(readRetryAfter(rubbish, now)).toBeNull();
  });
});

describe('stopping', () => {
  test('a search that its caller gives up ends at once', async () => {
    await start();
    bench.peer.on(SEARCH, hang);
    const giveUp = new AbortController();
    const search = ask(giveUp.signal);
    const outcome = expect(search).rejects.toThrow('enough');
    while (searches() === 0) await new Promise(setImmediate);
    giveUp.abort(new Error('enough'));
    await outcome;
    expect(searches()).toBe(1);
  });

  test('a search that is given up before it began sends nothing', async () => {
    await start();
    await expect(ask(AbortSignal.abort(new Error('never')))).rejects.toThrow('never');
    expect(bench.peer.requests).toHaveLength(0);
  });

  test('closing the client ends a request under way', async () => {
    await start({ timeoutMs: 60_000 });
    bench.peer.on(SEARCH, hang);
    const waiting = expect(ask()).rejects.toThrow('closed');
    while (searches() === 0) await new Promise(setImmediate);
    await bench.client.close();
    await waiting;
  });

  test('closing the client ends what is under way, waits included', async () => {
    await start({ timeoutMs: 60_000 }, { totalMs: 60_000, longestRetryAfterMs: 60_000 });
    bench.peer.on(SEARCH, json({}, 503, { 'retry-after': '30' }));
    const waiting = expect(ask()).rejects.toThrow('closed');
    while (!bench.logged().includes('503')) await new Promise(setImmediate);
    await bench.client.close();
    await waiting;
    await expect(ask()).rejects.toThrow('closed');
  });
});
