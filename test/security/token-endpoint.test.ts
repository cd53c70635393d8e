import { execFile } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { promisify } from 'node:util';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { revokeApiClient, rotateApiClientSecret } from '../../src/security/client-administration.js';
import { startTestGateway, type TestGateway } from './test-gateway.js';
import { operator } from './operator.js';

let gateway: TestGateway;
let id: string;
let secret: string;

beforeAll(async () => {
  gateway = await startTestGateway(() => undefined);
  ({ clientId: id, clientSecret: secret } = await gateway.createClient({
    name: 'Ministry of Health',
    scopes: ['registry.search', 'registry.subscribe'],
  }));
});
afterAll(() => gateway.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const FORM = 'application/x-www-form-urlencoded';

async function post(
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
  query = '',
): Promise<Answer> {
  const response = await fetch(`${gateway.url}/oauth2/client/token${query}`, { method: 'POST', body, headers });
  const text = await response.text();
  expect(text).not.toContain(secret);
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Record<string, unknown> };
}

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  post(new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString(), {
    'content-type': FORM,
    ...headers,
  });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const credentials = () => ({ client_id: id, client_secret: secret });

function expectToken({ status, headers, body }: Answer, scope = 'registry.search registry.subscribe'): void {
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('pragma')).toBe('no-cache');
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope });
  expect(decodeJwt(String(body['access_token'])).client_id).toBe(id);
}

function expectRefusal({ status, headers, body }: Answer, expectedStatus: number, error: string): void {
  expect({ status, error: body['error'] }).toEqual({ status: expectedStatus, error });
  expect(Object.keys(body).sort()).toEqual(['error', 'error_description']);
  // What RFC 6749 allows in a description.
  expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/u);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toMatch(/^application\/json/u);
  expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Basic realm="dci-gateway"' : null);
}

describe('a token is given', () => {
  test('for credentials in a form', async () => expectToken(await form(credentials())));
  test('for HTTP Basic', async () => expectToken(await form({}, basic(id, secret))));
  test('for HTTP Basic that names the same client id in the body', async () =>
    expectToken(await form({ client_id: id }, basic(id, secret))));
  test('for HTTP Basic with escaped characters', async () =>
    expectToken(await form({}, basic(id.replaceAll('-', '%2D'), secret.replaceAll('_', '%5F')))));
  test('for a JSON body, whose db_name opens nothing and tells nothing', async () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const fields = { ...credentials(), grant_type: 'client_credentials' };
    for (const name of ['openspp', 'no such database']) {
      expectToken(await post(JSON.stringify({ ...fields, db_name: name }), json));
    }
    expectToken(await post(JSON.stringify(fields), json));
  });
  test('with unknown parameters ignored and an empty scope counted as none', async () =>
    expectToken(await form({ ...credentials(), scope: '', audience: 'x' })));
  test('for a part of the scopes', async () =>
    expectToken(await form({ ...credentials(), scope: 'registry.search' }), 'registry.search'));
  test('for our own address as resource', async () =>
    expectToken(await form({ ...credentials(), resource: gateway.url })));
  test('for a body that says it is not encoded', async () =>
    expectToken(await form(credentials(), { 'content-encoding': 'identity' })));
});

describe('a token request is refused', () => {
  const json = { 'content-type': 'application/json' };
  // Beside the cases that are also asked of another server: token-conformance.test.ts.
  const cases: [string, () => Promise<Answer>, number, string][] = [
    ['client_id missing', () => form({ client_secret: secret }), 400, 'invalid_request'],
    ['client_secret empty', () => form({ client_id: id, client_secret: '' }), 401, 'invalid_client'],
    ['no grant_type', () => form({ ...credentials(), grant_type: '' }), 400, 'invalid_request'],
    ['text', () => post('{}', { 'content-type': 'text/plain' }), 400, 'invalid_request'],
    ['broken JSON', () => post('{"client_id":', json), 400, 'invalid_request'],
    ['a JSON array', () => post('[]', json), 400, 'invalid_request'],
    ['JSON null', () => post('null', json), 400, 'invalid_request'],
    ['an empty JSON body', () => post('', json), 401, 'invalid_client'],
    [
      'a client id that is a number',
      () => post(JSON.stringify({ client_id: 1, client_secret: 's', grant_type: 'client_credentials' }), json),
      400,
      'invalid_request',
    ],
    ['bytes that are not UTF-8', () => post(Buffer.of(0xff, 0xfe), { 'content-type': FORM }), 400, 'invalid_request'],
  ];
  test.each(cases)('%s', async (_title, send, status, error) => expectRefusal(await send(), status, error));

  test('an unknown client costs the statements that a wrong secret costs', async () => {
    const { statements } = gateway.database;
    statements.length = 0;
    await form({ client_id: id, client_secret: 'dci_wrong' });
    const ofWrongSecret = statements.splice(0);
    await form({ client_id: 'nobody', client_secret: 'dci_wrong' });
    expect(statements).toEqual(ofWrongSecret);
  });

  test('credentials in the address, with a sentence that says where they belong, and no line of the log repeats them', async () => {
    const query = `?client_id=${id}&client_secret=${secret}&grant_type=client_credentials`;
    const answer = await post('', { 'content-type': 'application/json' }, query);
    expectRefusal(answer, 400, 'invalid_request');
    expect(answer.body['error_description']).toMatch(/body of the request/u);
    expect(gateway.logLines.join('')).not.toContain(secret);
  });

  describe('credentials in the address, of a client that may send them there', () => {
    const JSON_TYPE = { 'content-type': 'application/json' };
    let allowed: { clientId: string; clientSecret: string };
    beforeAll(async () => {
      const reception = { allowQueryCredentials: true };
      allowed = await gateway.createClient({ name: 'OpenSPP', dialect: 'openspp-17', reception });
    });
    const query = (clientSecret: string) =>
      `?client_id=${allowed.clientId}&client_secret=${clientSecret}&grant_type=client_credentials`;

    test('are good for a token, with an empty body; the log tells of it without the secret', async () => {
      gateway.logLines.length = 0;
      const { status, body } = await post('', JSON_TYPE, query(allowed.clientSecret));
      expect(status).toBe(200);
      expect(decodeJwt(String(body['access_token'])).client_id).toBe(allowed.clientId);
      expect(gateway.logLines.join('')).toMatch(/secret in the address/u);
      expect(gateway.logLines.join('')).not.toContain(allowed.clientSecret);
    });

    test('are refused with the same words where the secret is wrong, or more is in the body or a header', async () => {
      for (const answer of [
        await post('', JSON_TYPE, query('dci_wrong')),
        await post('{"client_id":"x"}', JSON_TYPE, query(allowed.clientSecret)),
        await post('', { ...JSON_TYPE, ...basic(allowed.clientId, allowed.clientSecret) }, query(allowed.clientSecret)),
      ]) {
        expectRefusal(answer, 400, 'invalid_request');
        expect(answer.body['error_description']).toMatch(/body of the request/u);
      }
    });
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s is answered 405 with Allow', async (method) => {
    const response = await fetch(`${gateway.url}/oauth2/client/token`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('a body cut off in the middle harms nobody else', async () => {
    await new Promise<void>((resolve) => {
      const cut = httpRequest(`${gateway.url}/oauth2/client/token`, {
        method: 'POST',
        headers: { 'content-type': FORM, 'content-length': '1000' },
      });
      cut.on('error', () => resolve());
      cut.write('grant_type=', () => cut.destroy());
    });
    expectToken(await form(credentials()));
  });
});

describe('a token', () => {
  test('is an RS256 JWT by RFC 9068 with issuer, audience, subject, id and UTC times', async () => {
    const before = Math.floor(Date.now() / 1000);
    const token = await gateway.token({ clientId: id, clientSecret: secret });
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: (await gateway.keys.signingKey()).kid,
    });
    const keys = await gateway.keys.jwks();
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer: gateway.url, audience: gateway.url });
    expect(payload).toMatchObject({ sub: id, client_id: id, scope: 'registry.search registry.subscribe' });
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/u);
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
    expect(Math.abs(Number(payload.iat) - before)).toBeLessThanOrEqual(2);
  });

  test('has another id each time', async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => gateway.token({ clientId: id, clientSecret: secret })));
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(3);
  });

  test.each(['Asia/Kathmandu', 'America/St_Johns', 'Pacific/Kiritimati'])(
    'signed by a process in the zone %s is valid now',
    async (zone) => {
      const program = `
        import { generateKeyPairSync } from 'node:crypto';
        import { signAccessToken } from './dist/security/access-token.js';
        const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        const token = await signAccessToken({
          keys: { signingKey: async () => ({ key: privateKey, kid: 'k' }) }, issuer: 'http://a', clientId: 'c', scopes: ['s'], lifetimeSeconds: 600,
        });
        process.stdout.write(JSON.stringify({ token, offset: new Date().getTimezoneOffset() }));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, TZ: zone, NODE_OPTIONS: '' },
      });
      const { token, offset } = JSON.parse(stdout) as { token: string; offset: number };
      expect(offset).not.toBe(0);
      const { iat = 0, exp = 0 } = decodeJwt(token);
      const now = Date.now() / 1000;
      expect(iat).toBeGreaterThan(now - 60);
      expect(iat).toBeLessThanOrEqual(now + 1);
      expect(exp).toBe(iat + 600);
    },
  );
});

describe('secrets', () => {
  test('a dump of the database holds none that can be used', async () => {
    const { rows } = await gateway.database.pool.query<{ line: string }>(
      'select c::text as line from api_clients c union all select s::text from api_client_secrets s',
    );
    const dump = rows.map((row) => row.line).join('\n');
    expect(dump).toContain(id);
    expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'));
  });

  test('rotation ends the old secret at once, or after the overlap that was asked for', async () => {
    const client = await gateway.createClient({ name: 'Rotating' });
    const tryToken = async (clientSecret: string) =>
      (await form({ client_id: client.clientId, client_secret: clientSecret })).status;
    const { pool } = gateway.database;
    const second = await rotateApiClientSecret(pool, gateway.keys, client.clientId, {
      overlapSeconds: 3600,
      by: operator(pool),
    });
    expect(await tryToken(client.clientSecret)).toBe(200);
    expect(await tryToken(second.clientSecret)).toBe(200);
    const third = await rotateApiClientSecret(pool, gateway.keys, client.clientId, { by: operator(pool) });
    expect(await tryToken(client.clientSecret)).toBe(401);
    expect(await tryToken(second.clientSecret)).toBe(401);
    expect(await tryToken(third.clientSecret)).toBe(200);
  });

  test('a revoked client gets no token', async () => {
    const client = await gateway.createClient({ name: 'Revoked' });
    await revokeApiClient(gateway.database.pool, client.clientId, { by: operator(gateway.database.pool) });
    expectRefusal(
      await form({ client_id: client.clientId, client_secret: client.clientSecret }),
      401,
      'invalid_client',
    );
  });
});

test('without its database the endpoint answers 503 with Retry-After and tells nothing of its insides', async () => {
  const lost = await startTestGateway(() => undefined);
  const client = await lost.createClient({ name: 'A' });
  await lost.loseDatabase();
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.clientSecret,
  });
  const response = await fetch(`${lost.url}/oauth2/client/token`, { method: 'POST', body });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toEqual({
    error: 'temporarily_unavailable',
    error_description: 'Tokens cannot be issued at the moment: try again later',
  });
  await lost.close();
});
