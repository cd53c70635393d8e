import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Express } from 'express';
import { decodeJwt, SignJWT, type JWK } from 'jose';
import { AccessProblem } from '../../src/security/access-problem.js';
import { revokeApiClient, revokeClientTokens } from '../../src/security/client-administration.js';
import { refusal } from './refusal.js';
import { startTestGateway, type Parts, type TestGateway } from './test-gateway.js';
import {
  assertionOf,
  call,
  INTROSPECTION_PATH,
  outcome,
  postForm,
  REVOCATION_PATH,
  TOKEN_PATH,
  type TokenAnswer,
  type TokenServer,
  withAssertion,
} from './token-cases.js';
import { makeSigner, ourServer } from './token-server.js';
import { operator } from './operator.js';

let gateway: TestGateway;
/** A second instance with the same database. */
let beside: TestGateway;
let server: TokenServer;

/** What a token opens, as the addresses of partners do it. */
function guarded(app: Express, { bearer }: Parts): void {
  app.post('/guarded', async (request, response) => {
    try {
      await bearer(request, ['registry.search']);
      response.json({});
    } catch (error) {
      if (!(error instanceof AccessProblem)) throw error;
      response.status(error.status).set('WWW-Authenticate', error.challenge).json({});
    }
  });
}

beforeAll(async () => {
  gateway = await startTestGateway(guarded);
  beside = await startTestGateway(guarded, { beside: gateway });
  server = await ourServer(gateway);
});
afterAll(async () => {
  await beside.close();
  await gateway.close();
});

const onOther = (): TokenServer => ({ ...server, url: beside.url });
const credentialsOf = ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => ({
  client_id: clientId,
  client_secret: clientSecret,
});

function use(token: string, at = beside): Promise<TokenAnswer> {
  return call(`${at.url}/guarded`, { headers: { authorization: `Bearer ${token}` } });
}

/** How long a token is still good on the other instance, in milliseconds. */
async function goodFor(token: string): Promise<number> {
  const started = performance.now();
  while ((await use(token)).status === 200) await delay(5);
  return performance.now() - started;
}

async function noted(action: string): Promise<Record<string, unknown>[]> {
  const { rows } = await gateway.database.pool.query<{ entry: Record<string, unknown> }>(
    'select detail::jsonb || jsonb_build_object($2::text, actor) as entry from audit_entries where action = $1 order by id',
    [action, 'actor'],
  );
  return rows.map(({ entry }) => entry);
}

describe('an assertion', () => {
  test('T35: opens the door once, on every instance', async () => {
    const assertion = await assertionOf(server);
    const both = await Promise.all([withAssertion(server, assertion), withAssertion(onOther(), assertion)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('T43: is verified with the keys behind the registered address, read once for many unknown keys', async () => {
    const { jwk, ...signing } = await makeSigner();
    let reads = 0;
    let answer: { status: number; keys: JWK[] } = { status: 200, keys: [jwk] };
    const http = createServer((_request, response) => {
      reads += 1;
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: answer.keys }));
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const { clientId } = await gateway.createClient({ name: 'Signer with an address' });
    await gateway.database.pool.query(
      "update api_clients set authentication = 'private_key_jwt', jwks_uri = $2 where client_id = $1",
      [clientId, `http://127.0.0.1:${String(port)}/jwks`],
    );
    const remote = { ...server, signer: { clientId, ...signing } };
    expect((await withAssertion(remote, await assertionOf(remote))).status).toBe(200);
    for (const kid of ['a', 'b', 'c']) {
      expect((await withAssertion(remote, await assertionOf(remote, { header: { kid } }))).status).toBe(401);
    }
    expect(reads).toBeLessThanOrEqual(2);
    answer = { status: 500, keys: [] };
    expect((await withAssertion(remote, await assertionOf(remote))).status).toBe(200);
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  test('that is not signed well leaves nothing behind', async () => {
    const count = async () => {
      const { rows } = await gateway.database.pool.query<{ n: number }>('select count(*) as n from used_assertions');
      return rows[0]?.n;
    };
    const before = await count();
    const { key } = await makeSigner();
    await withAssertion(server, await assertionOf(server, { key }));
    expect(await count()).toBe(before);
  });
});

describe('a token', () => {
  test('T49: of a revoked client is refused on another instance within a second, and no new one is given', async () => {
    const client = await gateway.createClient({ name: 'To be revoked' });
    const token = await gateway.token(client);
    expect((await use(token)).status).toBe(200);
    await revokeApiClient(gateway.database.pool, client.clientId, { by: operator(gateway.database.pool) });
    expect(await goodFor(token)).toBeLessThan(1_000);
    expect(outcome(await postForm(server, { grant_type: 'client_credentials', ...credentialsOf(client) }))).toBe(
      '401 invalid_client',
    );
  });

  test('T53: that its client revoked is refused on another instance within a second; its other tokens stay', async () => {
    const [token, other] = [await gateway.token(server.partner), await gateway.token(server.partner)];
    expect((await use(token)).status).toBe(200);
    const answer = await postForm(server, { ...credentialsOf(server.partner), token }, {}, REVOCATION_PATH);
    expect(outcome(answer)).toBe('200');
    expect(await goodFor(token)).toBeLessThan(1_000);
    expect((await use(token, gateway)).status).toBe(401);
    expect((await use(other)).status).toBe(200);
    expect(await noted('token.revoked')).toContainEqual({
      actor: `client:${server.partner.clientId}`,
      jti: decodeJwt(token).jti,
    });
    const again = await postForm(server, { ...credentialsOf(server.partner), token }, {}, REVOCATION_PATH);
    expect(outcome(again)).toBe('200');
  });

  test('of another client cannot be revoked', async () => {
    const token = await gateway.token(server.odd);
    const answer = await postForm(server, { ...credentialsOf(server.partner), token }, {}, REVOCATION_PATH);
    expect(outcome(answer)).toBe('400 invalid_request');
    expect((await use(token)).status).toBe(200);
  });

  test('all of a client end at once, and one that is asked for in the same second is good', async () => {
    const client = await gateway.createClient({ name: 'Starting over' });
    const token = await gateway.token(client);
    expect((await use(token)).status).toBe(200);
    const { pool } = gateway.database;
    const options = { by: operator(pool) };
    expect((await revokeClientTokens(pool, client.clientId, options)).name).toBe('Starting over');
    expect((await refusal(() => revokeClientTokens(pool, 'nobody', options))).code).toBe('CLIENT_UNKNOWN');
    expect(await noted('client.tokens_revoked')).toContainEqual({ actor: 'operator:test', client: client.clientId });
    const next = await gateway.token(client);
    expect(await goodFor(token)).toBeLessThan(1_000);
    expect((await use(next)).status).toBe(200);
  });

  test('T51: is introspected by its own client only, and only while it is good', async () => {
    const introspect = (credentials: Record<string, string>, token: string) =>
      postForm(server, { ...credentials, token, token_type_hint: 'refresh_token' }, {}, INTROSPECTION_PATH);
    const token = await gateway.token(server.partner);
    const claims = decodeJwt(token);
    expect((await introspect(credentialsOf(server.partner), token)).body).toEqual({
      active: true,
      scope: 'registry.search registry.subscribe',
      client_id: server.partner.clientId,
      sub: server.partner.clientId,
      token_type: 'Bearer',
      iss: gateway.url,
      aud: gateway.url,
      iat: claims.iat,
      exp: claims.exp,
      jti: claims.jti,
    });
    expect((await introspect(credentialsOf(server.odd), token)).text).toBe('{"active":false}');
    await postForm(server, { ...credentialsOf(server.partner), token }, {}, REVOCATION_PATH);
    for (const bad of [token, `${token.slice(0, -4)}AAAA`, 'x'.repeat(9_000)]) {
      expect((await introspect(credentialsOf(server.partner), bad)).text).toBe('{"active":false}');
    }
  });

  test('T55: of another type, issuer or audience, or changed, is invalid_token', async () => {
    const { kid, key } = await gateway.keys.signingKey();
    const good = decodeJwt(await gateway.token(server.partner));
    const sign = (claims: object, header: object = {}) =>
      new SignJWT({ ...good, jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...header })
        .sign(key);
    expect((await use(await sign({}))).status).toBe(200);
    for (const token of [
      await sign({}, { typ: 'JWT' }),
      await sign({ iss: 'https://other.example' }),
      await sign({ aud: 'https://other.example' }),
      await sign({ exp: 1 }),
      `${(await sign({})).slice(0, -4)}AAAA`,
    ]) {
      const { status, headers } = await use(token);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/u);
    }
  });

  test('T56: without the scope is insufficient_scope', async () => {
    const fields = { grant_type: 'client_credentials', ...credentialsOf(server.partner), scope: 'registry.subscribe' };
    const { body } = await postForm(server, fields);
    const { status, headers } = await use(String(body['access_token']));
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="registry.search"/u);
  });

  test('that is issued is on record, by its id', async () => {
    const token = await gateway.token(server.odd);
    expect(await noted('token.issued')).toContainEqual({
      actor: `client:${server.odd.clientId}`,
      jti: decodeJwt(token).jti,
      scopes: ['registry.search', 'registry.subscribe'],
    });
  });
});

describe('who guesses', () => {
  const attempt = (from: string, fields: Record<string, string>, at = gateway, path = TOKEN_PATH) =>
    call(`${at.url}${path}`, {
      from,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString(),
    });

  test('T50: the secret of a client pauses after ten failures, on every instance and way in; the client elsewhere does not', async () => {
    const client = await gateway.createClient({ name: 'Victim' });
    const wrong = { client_id: client.clientId, client_secret: 'wrong' };
    for (let failures = 0; failures < 10; failures += 1) {
      const at = failures % 2 === 0 ? gateway : beside;
      const path = failures % 3 === 0 ? INTROSPECTION_PATH : TOKEN_PATH;
      expect((await attempt('203.0.113.1', { ...wrong, token: 'x' }, at, path)).status).toBe(401);
    }
    for (const fields of [wrong, credentialsOf(client)]) {
      const { status, headers, body } = await attempt('203.0.113.1', fields, beside);
      expect({ status, error: body['error'] }).toEqual({ status: 429, error: 'temporarily_unavailable' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    expect((await attempt('203.0.113.2', credentialsOf(client))).status).toBe(200);
    expect((await attempt('203.0.113.1', credentialsOf(server.odd))).status).toBe(200);
    expect(await noted('token.throttled')).toContainEqual({
      actor: 'gateway',
      client: client.clientId,
      failures: 10,
      seconds: 60,
    });
  });

  test('pauses twice as long the next time, and never more than a quarter of an hour', async () => {
    const pauses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let failures = 0; failures < 10; failures += 1) {
        expect((await attempt('203.0.113.3', { client_id: 'nobody', client_secret: 'wrong' })).status).toBe(401);
      }
      const { headers } = await attempt('203.0.113.3', { client_id: 'nobody', client_secret: 'wrong' });
      pauses.push(Number(headers.get('retry-after')));
      // Time passes.
      await gateway.database.pool.query("update token_failures set expire = 0 where key not like 'pauses:%'");
    }
    expect(pauses).toEqual([60, 120, 240, 480, 900, 900]);
  });

  test('many clients from one address pauses after sixty failures; IPv6 addresses of one network count as one', async () => {
    const name = (n: number) => ({ client_id: `nobody-${String(n)}`, client_secret: 'wrong' });
    for (let n = 0; n < 60; n += 1) {
      expect((await attempt(`2001:db8:1:2::${n.toString(16)}`, name(n))).status).toBe(401);
    }
    expect((await attempt('2001:0DB8:1:2:ffff::1', name(60))).status).toBe(429);
    expect((await attempt('2001:db8:1:3::1', name(60))).status).toBe(401);
  });

  test('a client from many addresses is written down once, and shuts nobody out', async () => {
    const client = await gateway.createClient({ name: 'Attacked' });
    const wrong = { client_id: client.clientId, client_secret: 'wrong' };
    for (let n = 0; n < 101; n += 1) {
      expect((await attempt(`192.0.2.${String(n)}`, wrong)).status).toBe(401);
    }
    expect((await attempt('192.0.2.200', credentialsOf(client))).status).toBe(200);
    const notes = (await noted('token.attacked')).filter((entry) => entry['client'] === client.clientId);
    expect(notes).toEqual([{ actor: 'gateway', client: client.clientId, failures: 100, seconds: 600 }]);
  });

  test('G40: and writes X-Forwarded-For beside a proxy that is not trusted gains nothing by it', async () => {
    const plain = await startTestGateway((app) => app.set('trust proxy', []), { beside: gateway });
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      statuses.push((await attempt(`192.0.2.${String(n)}`, { client_id: 'spoof', client_secret: 'w' }, plain)).status);
    }
    await plain.close();
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  test('leaves neither an address nor a client id in the counts', async () => {
    const { rows } = await gateway.database.pool.query<{ key: string }>('select key from token_failures');
    expect(rows.length).toBeGreaterThan(0);
    for (const { key } of rows) expect(key).toMatch(/^(?:pair|address|client|pauses):[\w-]{43}$/u);
  });
});
