import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { exportJWK, type JWK, SignJWT } from 'jose';
import { pino } from 'pino';
import { AccessProblem } from '../../src/security/access-problem.js';
import type { Caller } from '../../src/security/bearer.js';
import { GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { IssuerKeys } from '../../src/security/issuers/issuer-keys.js';
import { createPersonCheck, type PersonCheck } from '../../src/security/issuers/person-check.js';
import {
  addTrustedIssuer,
  listTrustedIssuers,
  type NewTrustedIssuer,
  removeTrustedIssuer,
} from '../../src/security/issuers/trusted-issuers.js';
import { type KnownClients, watchClients } from '../../src/security/known-clients.js';
import { createRole } from '../../src/security/roles.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';
import { operator } from './operator.js';

let database: TestDatabase;
let clients: KnownClients;
let agent: GuardedAgent;
let person: PersonCheck;

/** An issuer of the organisation: its metadata, its keys, and how often each was read. */
let http: Server;
let issuer: string;
let published: JWK[];
let isDown = false;
const reads: string[] = [];
let key: KeyObject;

beforeAll(async () => {
  database = await createTestDatabase();
  clients = watchClients(database.pool, database.url);
  agent = new GuardedAgent({ environment: 'test', privateNetworks: null });
  const keys = new IssuerKeys({ agent, log: pino({ level: 'silent' }) });
  person = createPersonCheck({ issuers: clients.issuers, keys, ownIssuer: () => 'https://gateway.example' });
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  key = pair.privateKey;
  published = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  http = createServer((request, response) => {
    reads.push(request.url ?? '');
    response.writeHead(isDown ? 500 : 200, { 'content-type': 'application/json' });
    const isKeys = request.url === '/realms/staff/keys';
    response.end(JSON.stringify(isKeys ? { keys: published } : { issuer, jwks_uri: `${issuer}/keys` }));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  issuer = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/realms/staff`;
  await createRole(
    database.pool,
    'district',
    { limits: { never: ['individual.birth_date'], largestPage: 50 } },
    operator(database.pool),
  );
  await addTrustedIssuer(database.pool, trusted(), operator(database.pool));
});
afterAll(async () => {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await clients.close();
  await agent.close();
  await database.close();
});

function trusted(changes: Partial<NewTrustedIssuer> = {}): NewTrustedIssuer {
  return {
    issuer,
    audience: 'dci-gateway',
    claim: 'realm_access.roles',
    grants: {
      caseworker: { scopes: ['graph.read', 'graph.personal'], role: 'district' },
      auditor: { scopes: ['audit.read'] },
    },
    ...changes,
  };
}

function sign(
  claims: Record<string, unknown> = {},
  header: { alg?: string; typ?: string; kid?: string } = {},
  by: KeyObject | Uint8Array = key,
) {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, aud: 'dci-gateway', sub: 'jane@example.org', exp: now + 300, iat: now };
  return new SignJWT({ ...all, realm_access: { roles: ['caseworker', 'offline_access'] }, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'JWT', ...header })
    .sign(by);
}

const ask = (token: string): Promise<Caller | null> => person({ headers: { authorization: `Bearer ${token}` } });

async function refused(token: string): Promise<AccessProblem> {
  const problem = await refusal(() => ask(token));
  if (problem instanceof AccessProblem) return problem;
  throw problem;
}

test('a person calls with the scopes and within the limits that the words of the token open', async () => {
  const caller = await ask(await sign());
  expect(caller).toMatchObject({ apiClientId: null, scopes: ['graph.read', 'graph.personal'] });
  expect(caller?.actor).toMatch(new RegExp(`^person:${issuer}#[0-9a-f]{16}$`, 'u'));
  expect(JSON.stringify(caller)).not.toContain('jane');
  expect(caller?.access.largestPage).toBe(50);
  const both = await ask(await sign({ realm_access: { roles: ['caseworker', 'auditor'] } }));
  expect(both?.scopes).toEqual(['graph.read', 'graph.personal', 'audit.read']);
  expect(both?.actor).toBe(caller?.actor);
});

test.each([['at+jwt'], ['application/at+jwt'], [undefined]])('a token of type %s is taken', async (typ) => {
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ realm_access: { roles: ['auditor'] } })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...(typ && { typ }) })
    .setIssuer(issuer)
    .setAudience(['account', 'dci-gateway'])
    .setSubject('x')
    .setExpirationTime(now + 60)
    .sign(key);
  expect((await ask(token))?.scopes).toEqual(['audit.read']);
});

test('the keys are found by discovery, and read once for many tokens', () => {
  expect(new Set(reads)).toEqual(new Set(['/realms/staff/.well-known/openid-configuration', '/realms/staff/keys']));
  expect(reads.length).toBe(2);
});

describe('a token is refused', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  test.each<[string, () => Promise<string>]>([
    ['for another audience', () => sign({ aud: 'other' })],
    ['that expired', () => sign({ exp: seconds() - 60 })],
    ['that never ends', () => sign({ exp: undefined })],
    ['that is not good yet', () => sign({ nbf: seconds() + 60 })],
    ['that is of nobody', () => sign({ sub: undefined })],
    ['that is a logout', () => sign({}, { typ: 'logout+jwt' })],
    ['that is an assertion', () => sign({}, { typ: 'client-authentication+jwt' })],
    ['that a stranger signed', () => sign({}, {}, stranger)],
    ['that a stranger signed with a key of its own', () => sign({}, { kid: 'other' }, stranger)],
    ['that is signed with a shared secret', () => sign({}, { alg: 'HS256' }, Buffer.alloc(32, 1))],
    ['that was changed', async () => `${(await sign()).slice(0, -6)}AAAAAA`],
  ])('%s', async (_title, make) => {
    const { status, challenge } = await refused(await make());
    expect(status).toBe(401);
    expect(challenge).toContain('error="invalid_token"');
  });

  test.each<[string, Record<string, unknown>]>([
    ['no words', { realm_access: {} }],
    ['words that open nothing', { realm_access: { roles: ['visitor', '__proto__', 'constructor'] } }],
    ['words in another claim', { realm_access: 'caseworker', groups: ['caseworker'] }],
  ])('with %s: 403', async (_title, claims) => {
    expect((await refused(await sign(claims))).status).toBe(403);
  });

  test('as none of ours, so that it is asked elsewhere: of an unknown issuer, of ourselves, or no token at all', async () => {
    expect(await ask(await sign({ iss: 'https://unknown.example' }))).toBeNull();
    expect(await ask(await sign({ iss: 'https://gateway.example' }))).toBeNull();
    expect(await ask('rubbish')).toBeNull();
    expect(await person({ headers: {} })).toBeNull();
  });
});

test('while the issuer is down, its last keys are good', async () => {
  isDown = true;
  expect(await ask(await sign({ sub: 'somebody else' }))).not.toBeNull();
  isDown = false;
});

test('an issuer whose metadata are those of another one is not trusted', async () => {
  const other = issuer.replace('staff', 'others');
  await addTrustedIssuer(database.pool, trusted({ issuer: other }), operator(database.pool));
  let token = await sign({ iss: other });
  // As soon as the issuer is known here, which may take a moment.
  while ((await ask(token).catch((error: unknown) => error)) === null) await delay(5);
  token = await sign({ iss: other, sub: 'again' });
  expect((await refused(token)).status).toBe(401);
});

test('words may stand in one text, and the name of a claim may hold dots', async () => {
  const claim = 'https://sso.example/groups';
  await addTrustedIssuer(database.pool, trusted({ claim }), operator(database.pool));
  const token = await sign({ [claim]: 'auditor visitor', sub: 'dotted' });
  while ((await ask(token).catch(() => null)) === null) await delay(5);
  expect((await ask(token))?.scopes).toEqual(['audit.read']);
});

test('an issuer that is removed is trusted no longer within a second', async () => {
  const token = await sign({ 'https://sso.example/groups': ['auditor'] });
  expect(await ask(token)).not.toBeNull();
  const notes: unknown[] = [];
  const ledger = {
    note: (deed: unknown) => {
      notes.push(deed);
      return Promise.resolve();
    },
  };
  await removeTrustedIssuer(database.pool, issuer, { ledger, actor: 'operator:test' });
  const started = performance.now();
  while ((await ask(token)) !== null) await delay(5);
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(notes).toEqual([{ action: 'issuer.removed', actor: 'operator:test', detail: { issuer } }]);
  expect((await refusal(() => removeTrustedIssuer(database.pool, issuer, operator(database.pool)))).code).toBe(
    'ISSUER_UNKNOWN',
  );
  expect((await listTrustedIssuers(database.pool)).map((one) => one.issuer)).not.toContain(issuer);
});

test.each<[string, Partial<NewTrustedIssuer>, string]>([
  ['a plain connection', { issuer: 'http://sso.example.org' }, 'ISSUER_INVALID'],
  ['an address with a password', { issuer: 'https://u:p@sso.example.org' }, 'ISSUER_INVALID'],
  ['keys over a plain connection', { jwksUri: 'http://sso.example.org/keys' }, 'ISSUER_INVALID'],
  ['no audience', { audience: ' ' }, 'ISSUER_INVALID'],
  ['no grants', { grants: {} }, 'ISSUER_INVALID'],
  ['scopes of partners', { grants: { a: { scopes: ['registry.search'] } } }, 'ISSUER_INVALID'],
  ['unknown scopes', { grants: { a: { scopes: ['all'] } } }, 'CLIENT_SCOPES_INVALID'],
  ['an unknown role', { grants: { a: { scopes: ['graph.read'], role: 'nobody' } } }, 'ROLE_UNKNOWN'],
])('an issuer with %s is not taken', async (_title, changes, code) => {
  expect((await refusal(() => addTrustedIssuer(database.pool, trusted(changes), operator(database.pool)))).code).toBe(
    code,
  );
});
