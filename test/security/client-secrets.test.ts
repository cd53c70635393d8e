import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Ledger } from '../../src/security/audit/ledger.js';
import {
  createApiClient,
  revokeApiClient,
  revokeClientSecret,
  rotateApiClientSecret,
} from '../../src/security/client-administration.js';
import { hasSecretForm, listClientSecrets, makeSecret } from '../../src/security/client-secrets.js';
import { authenticateClient } from '../../src/security/clients.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { takeTurns } from '../../src/security/keys/key-turns.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';
import { operator } from './operator.js';

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

const make = async (name: string, secretLifeSeconds?: number) => {
  const { client, clientSecret } = await createApiClient(
    database.pool,
    keys,
    {
      name,
      secretLifeSeconds: secretLifeSeconds ?? null,
    },
    { by: operator(database.pool) },
  );
  return { id: client.id, clientId: client.clientId, secret: clientSecret };
};
const opens = async (clientId: string, secret: string) =>
  (await authenticateClient(database.pool, keys, clientId, secret)) !== null;
const secretsOf = (id: string) => listClientSecrets(database.pool, [id]);

test('scanners can tell a secret of ours from text that looks like one', () => {
  for (let time = 0; time < 200; time += 1) {
    const secret = makeSecret();
    expect(hasSecretForm(secret)).toBe(true);
    const place = 4 + (time % 49);
    const other = secret.charAt(place) === 'A' ? 'B' : 'A';
    expect(hasSecretForm(`${secret.slice(0, place)}${other}${secret.slice(place + 1)}`)).toBe(false);
  }
  expect(
    ['', 'dci_', `x${makeSecret()}`, `${makeSecret()}x`, makeSecret().toUpperCase()].filter(hasSecretForm),
  ).toEqual([]);
});

test('two secrets work side by side for the overlap, never three, and rotating without one ends all earlier', async () => {
  const { pool } = database;
  const { id, clientId, secret: first } = await make('Rotates');
  const { clientSecret: second } = await rotateApiClientSecret(pool, keys, clientId, {
    overlapSeconds: 60,
    by: operator(pool),
  });
  expect([await opens(clientId, first), await opens(clientId, second)]).toEqual([true, true]);
  const { clientSecret: third } = await rotateApiClientSecret(pool, keys, clientId, {
    overlapSeconds: 60,
    by: operator(pool),
  });
  const open = [await opens(clientId, first), await opens(clientId, second), await opens(clientId, third)];
  expect(open).toEqual([false, true, true]);
  expect((await secretsOf(id)).filter(({ isActive }) => isActive)).toHaveLength(2);
  await pool.query('update api_client_secrets set expires_at = now() where expires_at is not null');
  expect([await opens(clientId, second), await opens(clientId, third)]).toEqual([false, true]);
  const { clientSecret: fourth } = await rotateApiClientSecret(pool, keys, clientId, { by: operator(pool) });
  expect([await opens(clientId, third), await opens(clientId, fourth)]).toEqual([false, true]);
});

test('a secret ends when it says, and an overlap makes none live longer', async () => {
  const { pool } = database;
  const { id, clientId, secret } = await make('Ends', 30);
  const [before] = await secretsOf(id);
  await rotateApiClientSecret(pool, keys, clientId, { overlapSeconds: 3600, lifeSeconds: 7200, by: operator(pool) });
  const [after, renewed] = await secretsOf(id);
  expect(after?.expiresAt).toEqual(before?.expiresAt);
  expect(Number(renewed?.expiresAt) - Number(renewed?.createdAt)).toBe(7_200_000);
  await pool.query('update api_client_secrets set expires_at = now() where id = $1', [before?.id]);
  expect(await opens(clientId, secret)).toBe(false);
  for (const life of [0, -1, 1.5, Number.NaN]) {
    const code = (
      await refusal(() => rotateApiClientSecret(pool, keys, clientId, { lifeSeconds: life, by: operator(pool) }))
    ).code;
    expect(code).toBe('CLIENT_SECRET_LIFE_INVALID');
  }
});

test('it is told of each secret when it was last used: so one sees when the old one is quiet', async () => {
  const { id, clientId, secret } = await make('Used');
  const { clientSecret: renewed } = await rotateApiClientSecret(database.pool, keys, clientId, {
    overlapSeconds: 60,
    by: operator(database.pool),
  });
  expect((await secretsOf(id)).map(({ lastUsedAt }) => lastUsedAt)).toEqual([null, null]);
  await opens(clientId, renewed);
  await opens(clientId, 'wrong');
  const [old, current] = await secretsOf(id);
  expect(old?.lastUsedAt).toBeNull();
  expect(Math.abs(Number(current?.lastUsedAt) - Date.now())).toBeLessThan(60_000);
  expect(await opens(clientId, secret)).toBe(true);
});

test('one secret is ended alone; what is not its own, or ended already, is not', async () => {
  const { pool } = database;
  const { id, clientId, secret } = await make('Leaked one');
  const { clientSecret: renewed } = await rotateApiClientSecret(pool, keys, clientId, {
    overlapSeconds: 60,
    by: operator(pool),
  });
  const stranger = await make('Stranger');
  const [leaked] = await secretsOf(id);
  const [foreign] = await secretsOf(stranger.id);
  await revokeClientSecret(pool, { clientId, secretId: leaked?.id ?? '' }, { by: operator(pool) });
  expect([await opens(clientId, secret), await opens(clientId, renewed)]).toEqual([false, true]);
  for (const secretId of [leaked?.id ?? '', foreign?.id ?? '', 'no uuid', '']) {
    const { code } = await refusal(() => revokeClientSecret(pool, { clientId, secretId }, { by: operator(pool) }));
    expect(code).toBe('CLIENT_SECRET_UNKNOWN');
  }
  await revokeApiClient(pool, clientId, { by: operator(pool) });
  expect(await opens(clientId, renewed)).toBe(false);
  expect(await secretsOf(id)).toEqual([]);
});

test('a dump of the whole database holds no secret and no private key that could be used', async () => {
  const { pool } = database;
  const ledger = new Ledger({ pool, keys, disclosureRetentionDays: 30, evidenceRetentionDays: 30 });
  await takeTurns({ pool, keys, ledger, actor: 'gateway' }, 0);
  const { clientId, secret } = await make('Dumped');
  const { clientSecret: renewed } = await rotateApiClientSecret(pool, keys, clientId, {
    overlapSeconds: 60,
    by: operator(pool),
  });
  await opens(clientId, secret);

  const { rows: tables } = await pool.query<{ name: string }>(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('public', 'pgboss')",
  );
  const lines: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ line: string }>(`select t::text as line from ${name} t`);
    lines.push(...rows.map(({ line }) => line));
  }
  const dump = lines.join('\n');
  expect(dump).toContain(clientId);

  const { key } = await keys.signingKey();
  const { d = '', p = '' } = key.export({ format: 'jwk' });
  const files = ['pepper', 'data-key'].map(async (name) =>
    Buffer.from(await readFile(join(folder, name), 'utf8'), 'base64'),
  );
  const secrets = [
    Buffer.from(secret),
    Buffer.from(renewed),
    // Without its dressing: neither the random part alone.
    Buffer.from(secret.slice(4, 47)),
    Buffer.from(d, 'base64url'),
    Buffer.from(p, 'base64url'),
    Buffer.from('PRIVATE KEY'),
    ...(await Promise.all(files)),
  ];
  for (const bytes of secrets) {
    for (const form of [
      bytes.toString('latin1'),
      bytes.toString('hex'),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ]) {
      expect(dump.includes(form)).toBe(false);
    }
  }
});
