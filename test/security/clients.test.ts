import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  createApiClient,
  createApiClientWithKeys,
  revokeApiClient,
  revokeClientSecret,
  rotateApiClientSecret,
  updateApiClient,
} from '../../src/security/client-administration.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import type { ApiClientChanges, NewApiClient } from '../../src/security/client-settings.js';
import { hasSecretForm, listClientSecrets } from '../../src/security/client-secrets.js';
import { authenticateClient, listApiClients, standingClient } from '../../src/security/clients.js';
import { openKeys, type Keys } from '../../src/security/keys.js';
import { createRole, listRoles, removeRole, updateRole } from '../../src/security/roles.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';
import { operator } from './operator.js';

let database: TestDatabase;
let folder: string;
let keys: Keys;
const place = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  keys = await openKeys(folder, database.pool, pino({ level: 'silent' }));
  await database.pool.query("insert into locations (id, name) values ($1, 'Kanyama')", [place]);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const ecKey = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
});
const create = (input: NewApiClient, dialects?: readonly string[]) =>
  createApiClient(database.pool, keys, input, { dialects, by: operator(database.pool) });

test('a client gets an id and a recognisable secret of 256 random bits', async () => {
  const { client, clientSecret } = await create({ name: '  Ministry of Health ' });
  expect(client).toMatchObject({
    name: 'Ministry of Health',
    scopes: ['registry.search', 'registry.subscribe'],
    dialect: 'spdci-1.0',
    reception: {
      strict: false,
      inboundSignature: 'optional',
      senderIds: [],
      callbackOrigins: [],
      callbackUri: null,
      allowQueryCredentials: false,
    },
  });
  expect(client.clientId).toMatch(/^[0-9a-f-]{36}$/u);
  expect(clientSecret).toMatch(/^dci_[\w-]{43}[0-9A-Za-z]{6}$/u);
  expect(hasSecretForm(clientSecret)).toBe(true);
  expect((await create({ name: 'Other' })).clientSecret).not.toBe(clientSecret);
});

test('a client is received as its settings say', async () => {
  const reception = {
    strict: true,
    inboundSignature: 'required',
    senderIds: ['ministry.example.org', 'ministry.example.org'],
    callbackOrigins: ['https://Ministry.example.org:443/'],
    callbackUri: 'https://ministry.example.org/registry/on-search',
    allowQueryCredentials: true,
  } as const;
  const { client } = await create({ name: 'With settings', reception });
  expect(client.reception).toEqual({
    ...reception,
    senderIds: ['ministry.example.org'],
    callbackOrigins: ['https://ministry.example.org'],
    consentRequired: false,
    outboundSignature: 'none',
    encryptAnswers: false,
    jwks: null,
    jwksUri: null,
    signatureWindowSeconds: 300,
  });
});

test('no later answer shows a secret: not the list, not the revocation', async () => {
  const { client, clientSecret } = await create({ name: 'Shown once' });
  const later = JSON.stringify([
    await listApiClients(database.pool),
    await revokeApiClient(database.pool, client.clientId, { by: operator(database.pool) }),
  ]);
  expect(later).toContain(client.clientId);
  expect(later).not.toContain(clientSecret);
  expect(later).not.toMatch(/dci_|hash/iu);
});

test.each<[string, NewApiClient, string, RegExp]>([
  ['no name', { name: ' ' }, 'CLIENT_NAME_REQUIRED', /name/u],
  ['a name of two lines', { name: 'a\nb' }, 'CLIENT_NAME_INVALID', /one line/u],
  ['a name without end', { name: 'a'.repeat(201) }, 'CLIENT_NAME_INVALID', /200/u],
  ['no scope', { name: 'A', scopes: [] }, 'CLIENT_SCOPES_INVALID', /at least one/u],
  ['an unknown scope', { name: 'A', scopes: ['root'] }, 'CLIENT_SCOPES_INVALID', /"root"/u],
  ['both kinds of scope', { name: 'A', scopes: ['registry.search', 'admin'] }, 'CLIENT_SCOPES_INVALID', /two clients/u],
  ['an unknown dialect', { name: 'A', dialect: 'klingon' }, 'DIALECT_UNKNOWN', /spdci-1\.0/u],
  ['an empty sender id', { name: 'A', reception: { senderIds: [' '] } }, 'CLIENT_SENDER_ID_INVALID', /sender_id/u],
  [
    'a callback origin with a path',
    { name: 'A', reception: { callbackOrigins: ['https://a.example/x'] } },
    'CLIENT_CALLBACK_ORIGIN_INVALID',
    /without a path/u,
  ],
  [
    'a callback address that is none',
    { name: 'A', reception: { callbackUri: 'ftp://a.example' } },
    'CLIENT_CALLBACK_URI_INVALID',
    /https:/u,
  ],
  [
    'a callback address with a password',
    { name: 'A', reception: { callbackUri: 'https://a:b@a.example/' } },
    'CLIENT_CALLBACK_URI_INVALID',
    /https:/u,
  ],
])('%s is refused with a sentence', async (_title, input, code, sentence) => {
  const problem = await refusal(() => create(input, ['spdci-1.0', 'openspp-17']));
  expect(problem.code).toBe(code);
  expect(problem.message).toMatch(sentence);
});

test('a name is taken once, also when two are made at the same moment', async () => {
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => create({ name: 'Twice' })));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  expect((await refusal(() => create({ name: 'Twice' }))).code).toBe('CLIENT_NAME_TAKEN');
});

test('the list tells when a client was last used', async () => {
  const { client, clientSecret } = await create({ name: 'Used' });
  const lastUsed = async () => (await listApiClients(database.pool)).find(({ id }) => id === client.id)?.lastUsedAt;
  expect(await lastUsed()).toBeNull();
  expect(await authenticateClient(database.pool, keys, client.clientId, 'wrong')).toBeNull();
  expect(await lastUsed()).toBeNull();
  expect((await authenticateClient(database.pool, keys, client.clientId, clientSecret))?.id).toBe(client.id);
  expect(Math.abs(Number(await lastUsed()) - Date.now())).toBeLessThan(60_000);
});

test("another client's secret does not open this one", async () => {
  const [one, other] = [await create({ name: 'One' }), await create({ name: 'Another' })];
  expect(await authenticateClient(database.pool, keys, one.client.clientId, other.clientSecret)).toBeNull();
});

test('what does not exist is neither rotated nor revoked, and what is revoked stays so', async () => {
  const { pool } = database;
  expect((await refusal(() => rotateApiClientSecret(pool, keys, 'nobody', { by: operator(pool) }))).code).toBe(
    'CLIENT_UNKNOWN',
  );
  expect((await refusal(() => revokeApiClient(pool, 'nobody', { by: operator(pool) }))).code).toBe('CLIENT_UNKNOWN');
  const { client } = await create({ name: 'Ended' });
  await revokeApiClient(pool, client.clientId, { by: operator(pool) });
  expect((await revokeApiClient(pool, client.clientId, { by: operator(pool) })).state).toBe('revoked');
  expect((await refusal(() => rotateApiClientSecret(pool, keys, client.clientId, { by: operator(pool) }))).code).toBe(
    'CLIENT_REVOKED',
  );
});

test('settings of a client are changed, what is not named stays, and its limits hold beside those of its role', async () => {
  const { pool } = database;
  await createRole(
    pool,
    'registrar',
    {
      limits: { registries: ['crvs', 'social'], recordsPerHour: 100, largestPage: 5 },
    },
    operator(pool),
  );
  const { client } = await create({
    name: 'Changed',
    role: 'registrar',
    limits: { never: ['individual.phone_number'], largestPage: 50, rows: { programmes: ['A'], within: [place] } },
    reception: { senderIds: ['a.example'], callbackOrigins: ['https://a.example'] },
  });
  expect(client.access).toMatchObject({ registries: ['crvs', 'social'], recordsPerHour: 100, largestPage: 5 });
  const changed = await updateApiClient(
    pool,
    client.clientId,
    {
      scopes: ['registry.search'],
      limits: { registries: ['social', 'fr'], largestPage: 2, never: null, rows: { within: null } },
      reception: { consentRequired: true, callbackOrigins: [] },
    },
    { by: operator(pool) },
  );
  expect(changed).toMatchObject({
    name: 'Changed',
    scopes: ['registry.search'],
    role: 'registrar',
    limits: { registries: ['social', 'fr'], largestPage: 2, rows: { programmes: ['A'] } },
    access: { registries: ['social'], recordsPerHour: 100, largestPage: 2 },
    reception: { consentRequired: true, callbackOrigins: [], senderIds: ['a.example'] },
  });
  expect(changed.limits.never).toBeUndefined();
  const freed = await updateApiClient(
    pool,
    client.clientId,
    { role: null, limits: { rows: null, registries: null } },
    { by: operator(pool) },
  );
  expect(freed).toMatchObject({
    role: null,
    limits: { largestPage: 2 },
    access: { registries: null, recordsPerHour: null },
  });
  expect(freed.limits.rows).toBeUndefined();
});

test.each<[string, ApiClientChanges, string, RegExp]>([
  ['a name that another has', { name: 'Taken' }, 'CLIENT_NAME_TAKEN', /choose another/u],
  ['a role that is not there', { role: 'nobody' }, 'ROLE_UNKNOWN', /make it first/u],
  [
    'a field that is misspelt',
    { limits: { never: ['individual.birthdate'] } },
    'ACCESS_INVALID',
    /individual\.birthdate/u,
  ],
  ['a place that is not there', { limits: { rows: { within: [randomUUID()] } } }, 'ACCESS_INVALID', /no location/u],
  ['a source that is not there', { limits: { rows: { sources: ['x'] } } }, 'ACCESS_INVALID', /no data source "x"/u],
  ['a page of no records', { limits: { largestPage: 0 } }, 'ACCESS_INVALID', /largestPage/u],
  ['assertions without keys', { authentication: 'private_key_jwt' }, 'CLIENT_KEYS_REQUIRED', /JWKS/u],
  ['encryption without keys', { reception: { encryptAnswers: true } }, 'CLIENT_KEYS_REQUIRED', /JWKS/u],
  ['an address of keys that is none', { reception: { jwksUri: 'file:///etc/passwd' } }, 'JWKS_URI_INVALID', /https:/u],
  ['a window of a year', { reception: { signatureWindowSeconds: 31_536_000 } }, 'CLIENT_SIGNATURE_INVALID', /86400/u],
  ['scopes of both kinds', { scopes: ['registry.search', 'admin'] }, 'CLIENT_SCOPES_INVALID', /two clients/u],
])('a client is not given %s, and stays as it was', async (_title, changes, code, sentence) => {
  const name = `Unchanged ${code} ${JSON.stringify(changes).length}`;
  await create({ name: 'Taken' }).catch(() => undefined);
  const { client } = await create({ name });
  const problem = await refusal(() =>
    updateApiClient(database.pool, client.clientId, changes, { by: operator(database.pool) }),
  );
  expect(problem.code).toBe(code);
  expect(problem.message).toMatch(sentence);
  expect((await listApiClients(database.pool)).find(({ id }) => id === client.id)).toEqual(client);
});

test('a client that goes over to signed assertions loses its secrets, and gets none', async () => {
  const { pool } = database;
  const { client, clientSecret } = await create({ name: 'Goes over' });
  const jwks = { keys: [ecKey('k1')] };
  await updateApiClient(
    pool,
    client.clientId,
    { authentication: 'private_key_jwt', reception: { jwks } },
    { by: operator(pool) },
  );
  expect(await authenticateClient(pool, keys, client.clientId, clientSecret)).toBeNull();
  expect((await refusal(() => rotateApiClientSecret(pool, keys, client.clientId, { by: operator(pool) }))).code).toBe(
    'CLIENT_HAS_NO_SECRET',
  );
  await updateApiClient(pool, client.clientId, { authentication: 'secret' }, { by: operator(pool) });
  expect(await authenticateClient(pool, keys, client.clientId, clientSecret)).toBeNull();
  const renewed = await rotateApiClientSecret(pool, keys, client.clientId, { by: operator(pool) });
  expect(await authenticateClient(pool, keys, client.clientId, renewed.clientSecret)).not.toBeNull();
  const keyed = await createApiClientWithKeys(pool, { name: 'With keys', reception: { jwks } }, { by: operator(pool) });
  expect(keyed).toMatchObject({ authentication: 'private_key_jwt', reception: { jwks } });
});

test('what is changed of a client holds for its next look-up, and what is revoked is not changed', async () => {
  const { pool } = database;
  const { client } = await create({ name: 'Revoked before' });
  await revokeApiClient(pool, client.clientId, { by: operator(pool) });
  expect(
    (await refusal(() => updateApiClient(pool, client.clientId, { name: 'x' }, { by: operator(pool) }))).code,
  ).toBe('CLIENT_REVOKED');
  expect((await refusal(() => updateApiClient(pool, 'nobody', { name: 'x' }, { by: operator(pool) }))).code).toBe(
    'CLIENT_UNKNOWN',
  );
});

test('every act is on record in the transaction of the act, with who did it and without a secret', async () => {
  const { pool } = database;
  const by = {
    ledger: new Ledger({ pool, keys, disclosureRetentionDays: 30, evidenceRetentionDays: 30 }),
    actor: 'client:admin',
  };
  await createRole(pool, 'noted', {}, by);
  await updateRole(pool, 'noted', { description: 'x' }, by);
  const { client, clientSecret } = await createApiClient(pool, keys, { name: 'Noted', role: 'noted' }, { by });
  const { clientId } = client;
  await updateApiClient(pool, clientId, { role: null, reception: { strict: true } }, { by });
  const { clientSecret: renewed } = await rotateApiClientSecret(pool, keys, clientId, { overlapSeconds: 60, by });
  const [old] = await listClientSecrets(pool, [client.id]);
  await revokeClientSecret(pool, { clientId, secretId: old?.id ?? '' }, { by });
  await revokeApiClient(pool, clientId, { by });
  await removeRole(pool, 'noted', by);
  await refusal(() => createApiClient(pool, keys, { name: 'Noted' }, { by }));
  const { rows } = await pool.query<{ action: string; detail: unknown }>(
    "select action, detail from audit_entries where actor = 'client:admin' order by id",
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'role.created',
    'role.updated',
    'client.created',
    'client.updated',
    'client.secret_rotated',
    'client.secret_revoked',
    'client.revoked',
    'role.removed',
  ]);
  expect(rows[3]?.detail).toEqual({ client: clientId, changed: ['role', 'strict'] });
  const text = JSON.stringify(rows);
  expect(text).not.toContain(clientSecret);
  expect(text).not.toContain(renewed);
});

describe('a role', () => {
  test('is listed with how many have it, changed for all at once, and removed only when nobody has it', async () => {
    const { pool } = database;
    await createRole(
      pool,
      'caseworker',
      { description: ' District offices ', limits: { rows: { within: [place] } } },
      operator(pool),
    );
    const { client } = await create({ name: 'Caseworkers', role: 'caseworker' });
    expect((await listRoles(pool)).find(({ name }) => name === 'caseworker')).toMatchObject({
      description: 'District offices',
      limits: { rows: { within: [place] } },
      clients: 1,
    });
    await updateRole(pool, 'caseworker', { limits: { largestPage: 3 } }, operator(pool));
    expect((await standingClient(pool, client.clientId))?.access).toMatchObject({ largestPage: 3 });
    expect((await refusal(() => removeRole(pool, 'caseworker', operator(pool)))).code).toBe('ROLE_IN_USE');
    await updateApiClient(pool, client.clientId, { role: null }, { by: operator(pool) });
    const issuer = [
      'https://sign-on.example',
      'dci',
      'groups',
      { staff: { scopes: ['graph.read'], role: 'caseworker' } },
    ];
    await pool.query('insert into trusted_issuers (issuer, audience, claim, grants) values ($1, $2, $3, $4)', issuer);
    expect((await refusal(() => removeRole(pool, 'caseworker', operator(pool)))).code).toBe('ROLE_IN_USE');
    await pool.query('delete from trusted_issuers');
    await removeRole(pool, 'caseworker', operator(pool));
    expect((await refusal(() => removeRole(pool, 'caseworker', operator(pool)))).code).toBe('ROLE_UNKNOWN');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'a name of two words',
      () => createRole(database.pool, 'Case worker', {}, operator(database.pool)),
      'ROLE_NAME_INVALID',
    ],
    ['a name that is taken', () => createRole(database.pool, 'registrar', {}, operator(database.pool)), 'ROLE_EXISTS'],
    [
      'a novel',
      () => createRole(database.pool, 'a', { description: 'a'.repeat(501) }, operator(database.pool)),
      'ROLE_DESCRIPTION_INVALID',
    ],
    ['no name that is known', () => updateRole(database.pool, 'nobody', {}, operator(database.pool)), 'ROLE_UNKNOWN'],
    [
      'a field that is misspelt',
      () => createRole(database.pool, 'a', { limits: { only: ['individual.nmae'] } }, operator(database.pool)),
      'ACCESS_INVALID',
    ],
  ])('is refused with %s', async (_title, act, code) => {
    expect((await refusal(act)).code).toBe(code);
  });
});
