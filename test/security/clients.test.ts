import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  authenticateClient,
  createApiClient,
  listApiClients,
  revokeApiClient,
  rotateApiClientSecret,
} from '../../src/security/clients.js';
import { openKeys, type Keys } from '../../src/security/keys.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';

let database: TestDatabase;
let folder: string;
let keys: Keys;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  keys = await openKeys(folder, database.pool, pino({ level: 'silent' }));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const create = (input: Parameters<typeof createApiClient>[2], dialects?: readonly string[]) =>
  createApiClient(database.pool, keys, input, dialects);

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
  expect(clientSecret).toMatch(/^dci_[\w-]{43}$/u);
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
    await revokeApiClient(database.pool, client.clientId),
  ]);
  expect(later).toContain(client.clientId);
  expect(later).not.toContain(clientSecret);
  expect(later).not.toMatch(/dci_|hash/iu);
});

test.each<[string, Parameters<typeof createApiClient>[2], string, RegExp]>([
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
  expect((await refusal(() => rotateApiClientSecret(pool, keys, 'nobody'))).code).toBe('CLIENT_UNKNOWN');
  expect((await refusal(() => revokeApiClient(pool, 'nobody'))).code).toBe('CLIENT_UNKNOWN');
  const { client } = await create({ name: 'Ended' });
  await revokeApiClient(pool, client.clientId);
  expect((await revokeApiClient(pool, client.clientId)).state).toBe('revoked');
  expect((await refusal(() => rotateApiClientSecret(pool, keys, client.clientId))).code).toBe('CLIENT_REVOKED');
});
