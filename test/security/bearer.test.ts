import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { AccessProblem } from '../../src/security/access-problem.js';
import { revokeApiClient, rotateApiClientSecret } from '../../src/security/client-administration.js';
import type { SigningKey } from '../../src/security/keys/key-ring.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES } from '../../src/security/scopes.js';
import { startTestGateway, type TestGateway } from './test-gateway.js';
import { operator } from './operator.js';

let gateway: TestGateway;
let partner: { clientId: string; clientSecret: string };
let token: string;
let signingKey: SigningKey;

beforeAll(async () => {
  gateway = await startTestGateway((app, { bearer }) => {
    app.get('/registry/probe', async (request, response) => {
      response.json(await bearer(request, ['registry.search']));
    });
    app.get('/graphql/probe', async (request, response) => {
      response.json(await bearer(request, INTERNAL_SCOPES));
    });
    app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
      if (!(error instanceof AccessProblem)) {
        next(error);
        return;
      }
      response.status(error.status).set('WWW-Authenticate', error.challenge).json({ code: error.code });
    });
  });
  partner = await gateway.createClient({ name: 'Partner', scopes: PARTNER_SCOPES });
  token = await gateway.token(partner);
  signingKey = await gateway.keys.signingKey();
});
afterAll(() => gateway.close());

async function call(authorization: string | undefined, path = '/registry/probe') {
  const response = await fetch(`${gateway.url}${path}`, {
    headers: authorization === undefined ? {} : { authorization },
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body };
}

/** A token that differs from a good one in exactly what is given. */
function forge(changes: {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: KeyObject;
}): Promise<string> {
  const claims = { ...decodeJwt(token), ...changes.claims };
  for (const [name, value] of Object.entries(claims)) if (value === null) Reflect.deleteProperty(claims, name);
  return new SignJWT(claims)
    .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'RS256', ...changes.header })
    .sign(changes.key ?? signingKey.key);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

test('a good token opens what its scope is for, whatever the case of the word Bearer', async () => {
  for (const word of ['Bearer', 'bearer', 'BEARER']) {
    const { status, body } = await call(`${word} ${token}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ clientId: partner.clientId, name: 'Partner', scopes: [...PARTNER_SCOPES] });
  }
});

describe('401 and no 500', () => {
  test.each([
    ['no header', undefined, null],
    ['an empty header', '', null],
    ['Basic', 'Basic YTpi', null],
    ['a token without Bearer', 'eyJhbGciOiJub25lIn0.e30.', null],
    ['Bearer without a token', 'Bearer ', 'invalid_request'],
    ['Bearer with two tokens', 'Bearer a b', 'invalid_request'],
    ['Bearer with a novel', `Bearer ${'a'.repeat(9000)}`, 'invalid_request'],
    ['a token that is no JWT', 'Bearer abc', 'invalid_token'],
    ['a token of three empty parts', 'Bearer ..', 'invalid_token'],
    ['a token whose header is no JSON', 'Bearer YWJj.e30.YWJj', 'invalid_token'],
  ])('%s', async (_title, authorization, error) => {
    const { status, challenge } = await call(authorization);
    expect(status).toBe(401);
    expect(challenge).toMatch(/^Bearer realm="dci-gateway"/u);
    expect(/error="(\w+)"/u.exec(challenge ?? '')?.[1] ?? null).toBe(error);
  });

  test.each<[string, () => string | Promise<string>]>([
    ['expired', () => forge({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } })],
    ['without an end', () => forge({ claims: { exp: null } })],
    ['without an id', () => forge({ claims: { jti: null } })],
    ['not valid yet', () => forge({ claims: { nbf: Math.floor(Date.now() / 1000) + 600 } })],
    ['of another issuer', () => forge({ claims: { iss: 'https://other.example' } })],
    ['for another audience', () => forge({ claims: { aud: 'https://other.example' } })],
    ['of another type', () => forge({ header: { typ: 'JWT' } })],
    ['of a client that does not exist', () => forge({ claims: { sub: 'x', client_id: 'x' } })],
    ['whose subject is not its client', () => forge({ claims: { sub: 'x' } })],
    ['signed with another key under our key id', () => forge({ key: otherKey })],
    ['signed with another key under its own key id', () => forge({ key: otherKey, header: { kid: 'other' } })],
    [
      'that brings its own key along',
      () => forge({ key: otherKey, header: { jwk: createPublicKey(otherKey).export({ format: 'jwk' }) } }),
    ],
    ['without a key id', () => forge({ header: { kid: undefined } })],
    [
      'with a critical header that we do not know',
      () => `${part({ ...decodeProtectedHeader(token), crit: ['x'], x: 1 })}.${token.split('.').slice(1).join('.')}`,
    ],
    [
      'changed after signing',
      () => {
        const [header = '', , signature = ''] = token.split('.');
        return `${header}.${part({ ...decodeJwt(token), scope: 'admin' })}.${signature}`;
      },
    ],
    ['with alg none', () => `${part({ ...decodeProtectedHeader(token), alg: 'none' })}.${token.split('.')[1] ?? ''}.`],
    [
      'with HS256 under our public key',
      () => {
        const pem = createPublicKey(signingKey.key).export({ type: 'spki', format: 'pem' });
        const input = `${part({ ...decodeProtectedHeader(token), alg: 'HS256' })}.${token.split('.')[1] ?? ''}`;
        return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      },
    ],
  ])('a token %s', async (_title, make) => {
    const { status, challenge } = await call(`Bearer ${await make()}`);
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
  });
});

test('the forging of these tests makes tokens that work when nothing is changed', async () => {
  expect((await call(`Bearer ${await forge({})}`)).status).toBe(200);
});

test("a partner's token does not open the graph, nor an internal one the registry: 403 with the scope", async () => {
  const internal = await gateway.createClient({ name: 'Dashboard', scopes: ['graph.read'] });
  const internalToken = await gateway.token(internal);
  expect((await call(`Bearer ${internalToken}`, '/graphql/probe')).status).toBe(200);
  for (const { status, challenge } of [
    await call(`Bearer ${internalToken}`, '/registry/probe'),
    await call(`Bearer ${token}`, '/graphql/probe'),
  ]) {
    expect(status).toBe(403);
    expect(challenge).toMatch(/error="insufficient_scope".* scope="/u);
  }
});

test('a token asked for one scope does not open another', async () => {
  const narrow = await forge({ claims: { scope: 'registry.subscribe' } });
  expect((await call(`Bearer ${narrow}`)).status).toBe(403);
});

test('the tokens of a revoked client are refused at the next call, also after they were used', async () => {
  const client = await gateway.createClient({ name: 'To be revoked' });
  const authorization = `Bearer ${await gateway.token(client)}`;
  expect((await call(authorization)).status).toBe(200);
  await revokeApiClient(gateway.database.pool, client.clientId, { by: operator(gateway.database.pool) });
  expect((await call(authorization)).status).toBe(401);
});

test('a scope taken from a client is gone from its tokens at the next call', async () => {
  const client = await gateway.createClient({ name: 'Narrowed', scopes: PARTNER_SCOPES });
  const authorization = `Bearer ${await gateway.token(client)}`;
  expect((await call(authorization)).status).toBe(200);
  await gateway.database.pool.query(`update api_clients set scopes = '{registry.subscribe}' where client_id = $1`, [
    client.clientId,
  ]);
  expect((await call(authorization)).status).toBe(403);
});

test('rotating the secret leaves the tokens in use valid', async () => {
  const client = await gateway.createClient({ name: 'Rotated' });
  const authorization = `Bearer ${await gateway.token(client)}`;
  await rotateApiClientSecret(gateway.database.pool, gateway.keys, client.clientId, {
    by: operator(gateway.database.pool),
  });
  expect((await call(authorization)).status).toBe(200);
});

test('a token signed with a key that is gone is refused, also after it was used', async () => {
  const { pool } = gateway.database;
  const { kid } = signingKey;
  expect((await call(`Bearer ${token}`)).status).toBe(200);
  await pool.query("update key_pairs set state = 'gone' where kid = $1", [kid]);
  expect((await call(`Bearer ${token}`)).status).toBe(401);
  await pool.query("update key_pairs set state = 'active' where kid = $1", [kid]);
  expect((await call(`Bearer ${token}`)).status).toBe(200);
});

test('a call with a token seen before costs one statement', async () => {
  await call(`Bearer ${token}`);
  gateway.database.statements.length = 0;
  await call(`Bearer ${token}`);
  expect(gateway.database.statements).toHaveLength(1);
});

test('a token seen before ends when it says', async () => {
  expect((await call(`Bearer ${token}`)).status).toBe(200);
  gateway.advance(610);
  expect((await call(`Bearer ${token}`)).status).toBe(401);
  gateway.advance(-610);
});
