import { SignJWT } from 'jose';
import { EVERYBODY } from '../../src/record/filter.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { updateDataSource } from '../../src/sources/data-sources.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { describeWithSamples, readSample } from '../samples.js';
import { type Bench, found, openBench, SEARCH, SECRET, TOKEN, TOKENS } from './dci-peer.js';
import { json, type PeerAnswer, raw } from './local-peer.js';
import { reversingSeal } from './reversing-seal.js';
import { operator } from '../security/operator.js';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
afterEach(() => bench.close());

const start = async (input: Partial<DataSourceInput> = {}): Promise<Bench> =>
  (bench = await openBench(database, input));
const ask = () => bench.client.search(bench.source, { filter: EVERYBODY });
const tokenRequest = () => bench.peer.requestsOf(TOKENS)[0];
const sentAuthorizations = () => bench.peer.requestsOf(SEARCH).map(({ headers }) => headers.authorization);

describe('asking for a token', () => {
  test('sends the credentials in the form body unless the source says otherwise, and nothing in the address', async () => {
    await start();
    const { warnings } = await ask();
    expect(warnings).toEqual([]);
    const request = tokenRequest();
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'gateway',
      client_secret: SECRET,
    });
    expect(request?.url.search).toBe('');
    expect(request?.headers.authorization).toBeUndefined();
  });

  test('sends them as Basic, form-encoded before they are joined', async () => {
    await start({ credentialLocation: 'basic' });
    await ask();
    const [scheme, encoded = ''] = (tokenRequest()?.headers.authorization ?? '').split(' ');
    expect(scheme).toBe('Basic');
    expect(Buffer.from(encoded, 'base64').toString()).toBe('gateway:a+secret+%26+a+half');
    expect(tokenRequest()?.body).toBe('grant_type=client_credentials');
  });

  test('sends them as JSON, with the database name that OpenSPP 17 wants', async () => {
    await start({ credentialLocation: 'json', dialect: 'openspp-17', parameters: { db_name: 'openspp' } });
    await ask();
    expect(tokenRequest()?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(tokenRequest()?.body ?? '')).toEqual({
      grant_type: 'client_credentials',
      client_id: 'gateway',
      client_secret: SECRET,
      db_name: 'openspp',
    });
  });

  test('sends them in the query only where the source says so, with a warning in the log (once) and in each result', async () => {
    await start({ credentialLocation: 'query' });
    bench.peer.on(TOKENS, json({ access_token: TOKEN, expires_in: 0 }));
    const first = await ask();
    const second = await ask();
    for (const { warnings } of [first, second]) {
      expect(warnings).toEqual([expect.stringContaining('client secret')]);
    }
    expect(Object.fromEntries(tokenRequest()?.url.searchParams ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'gateway',
      client_secret: SECRET,
    });
    expect(tokenRequest()?.body).toBe('');
    expect(bench.logged().match(/travels in addresses/gu)).toHaveLength(1);
    expect(bench.logged()).not.toContain('half');
  });

  test('asks for none where the source wants none', async () => {
    await start({ authType: 'none', clientId: null, clientSecret: null });
    await ask();
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(0);
    expect(sentAuthorizations()).toEqual([undefined]);
  });

  test('refuses to send an unset secret instead of the word for it', async () => {
    await start({ clientSecret: null });
    await expect(ask()).rejects.toMatchObject({ code: 'DATA_SOURCE_CREDENTIALS_MISSING' });
    expect(bench.peer.requests).toHaveLength(0);
  });

  test('says which path is missing', async () => {
    await start({ paths: { token: null } });
    await expect(ask()).rejects.toMatchObject({
      code: 'DATA_SOURCE_PATH_MISSING',
      message: expect.stringContaining('token path') as string,
    });
  });
});

describe('reading a token answer', () => {
  const answers: [string, PeerAnswer, string][] = [
    [
      'labelled as octets',
      raw(JSON.stringify({ access_token: 't' }), 200, { 'content-type': 'application/octet-stream' }),
      'Bearer t',
    ],
    ['without token_type', json({ access_token: 't' }), 'Bearer t'],
    ['with an empty token_type', json({ access_token: 't', token_type: '' }), 'Bearer t'],
    ['with a token_type in small letters', json({ access_token: 't', token_type: 'bearer' }), 'Bearer t'],
    ['with expires_in as text', json({ access_token: 't', expires_in: '36000' }), 'Bearer t'],
  ];
  test.each(answers)('takes one %s', async (_what, answer, authorization) => {
    await start();
    bench.peer.on(TOKENS, answer);
    await ask();
    expect(sentAuthorizations()).toEqual([authorization]);
  });

  const useless: [string, PeerAnswer][] = [
    ['no token', json({ token_type: 'Bearer' })],
    ['a token that is no text', json({ access_token: false })],
    ['a token that would break the header', json({ access_token: 'a\r\nx: y' })],
    ['a list', json([1])],
    ['a page', raw('<html>log in</html>', 200, { 'content-type': 'text/html' })],
  ];
  test.each(useless)('refuses %s', async (_what, answer) => {
    await start();
    bench.peer.on(TOKENS, answer);
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_ANSWER_UNREADABLE' });
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(0);
  });

  test('says why the source refused the credentials, without repeating them', async () => {
    await start();
    bench.peer.on(TOKENS, (request, response) => {
      json({ error: 'invalid_client', error_description: `No client "gateway" with ${SECRET}\n${request.body}` }, 401)(
        request,
        response,
      );
    });
    const problem = await ask().catch((error: unknown) => error);
    expect(problem).toMatchObject({
      code: 'SOURCE_REFUSED_CREDENTIALS',
      message: expect.stringContaining('401: invalid_client: No client "gateway" with ***') as string,
    });
    expect(`${String(problem)}${bench.logged()}`).not.toContain('half');
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
  });
});

describe('keeping a token', () => {
  test('uses one token for all searches, also for those that need it at the same time', async () => {
    await start();
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(4);
  });

  const jwt = (claims: { iat?: number; exp?: number }) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
  const now = Math.floor(Date.now() / 1000);
  test.each<[string, () => Promise<object>, number]>([
    ['until it ends, where the answer says when', () => Promise.resolve({ access_token: 't', expires_in: 0 }), 2],
    [
      'until it ends, where only the token itself says when',
      async () => ({ access_token: await jwt({ exp: now - 5 }) }),
      2,
    ],
    [
      'for the time between its own dates, whatever the clocks',
      async () => ({ access_token: await jwt({ iat: now - 9e3, exp: now - 8e3 }) }),
      1,
    ],
    ['for a while, where nobody says when it ends', () => Promise.resolve({ access_token: 'opaque' }), 1],
  ])('keeps it %s', async (_what, makeAnswer, tokenRequests) => {
    await start();
    bench.peer.on(TOKENS, json(await makeAnswer()));
    await ask();
    await ask();
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(tokenRequests);
  });

  test('renews a token that the source refuses, once', async () => {
    await start();
    bench.peer.on(
      TOKENS,
      json({ access_token: 'old', expires_in: 600 }),
      json({ access_token: 'new', expires_in: 600 }),
    );
    bench.peer.on(SEARCH, json({ error: { code: 401, message: 'expired' } }, 401), found([]));
    await ask();
    expect(sentAuthorizations()).toEqual(['Bearer old', 'Bearer new']);
    await ask();
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(2);
  });

  test('gives up when the renewed token is refused as well', async () => {
    await start();
    bench.peer.on(SEARCH, json({ error: { code: 401, message: `Unauthorized ${TOKEN} in gateway` } }, 401));
    const problem = await ask().catch((error: unknown) => error);
    expect(problem).toMatchObject({
      code: 'SOURCE_REFUSED_CREDENTIALS',
      message: expect.stringContaining('401: Unauthorized *** in gateway') as string,
    });
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(2);
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(2);
    expect(bench.logged()).not.toContain(TOKEN);
  });

  test('asks for another once another secret is written, so that a wrong one fails at once', async () => {
    await start();
    await ask();
    const { pool } = database;
    const renamed = await updateDataSource(
      pool,
      reversingSeal,
      bench.source.id,
      { name: 'Another name' },
      operator(pool),
    );
    await bench.client.search(renamed, { filter: EVERYBODY });
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);

    bench.peer.on(TOKENS, json({ error: 'invalid_client' }, 401));
    const changed = await updateDataSource(
      pool,
      reversingSeal,
      bench.source.id,
      { clientSecret: 'mistyped' },
      operator(pool),
    );
    await expect(bench.client.search(changed, { filter: EVERYBODY })).rejects.toMatchObject({
      code: 'SOURCE_REFUSED_CREDENTIALS',
    });
  });

  test('a failed token request is not remembered', async () => {
    await start();
    bench.peer.on(TOKENS, json({ error: 'invalid_client' }, 401), json({ access_token: 't' }));
    await expect(ask()).rejects.toMatchObject({ code: 'SOURCE_REFUSED_CREDENTIALS' });
    await ask();
  });
});

describeWithSamples('the captured token answers', () => {
  const replay = (name: string): PeerAnswer => {
    const { status, headers, body } = readSample(name).response;
    const kept = headers.filter(([header]) => /^content-type$/iu.test(header));
    return raw(body, status, Object.fromEntries(kept));
  };

  test('the token that comes labelled as octets is used', async () => {
    await start({ credentialLocation: 'query', dialect: 'opencrvs-1.0' });
    bench.peer.on(TOKENS, replay('token-query-string'));
    await ask();
    expect(sentAuthorizations()[0]).toMatch(/^Bearer eyJ/u);
  });

  test.each([
    ['token-wrong-secret', 'SOURCE_REFUSED_CREDENTIALS', 'Invalid client id or secret'],
    ['token-unknown-client', 'SOURCE_REFUSED_CREDENTIALS', 'Invalid client id or secret'],
    ['token-form-body', 'SOURCE_REJECTED_REQUEST', 'client_id, client_secret and grant_type'],
    ['token-bad-grant-type', 'SOURCE_REJECTED_REQUEST', 'Only client_credentials'],
    ['token-core-down', 'SOURCE_FAILED', 'Bad Gateway'],
  ])('%s is told as %s', async (name, code, message) => {
    await start({ dialect: 'opencrvs-1.0' });
    bench.peer.on(TOKENS, replay(name));
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
