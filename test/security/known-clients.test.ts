import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { createApiClient, revokeApiClient, updateApiClient } from '../../src/security/client-administration.js';
import { authenticateClient } from '../../src/security/clients.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { watchClients } from '../../src/security/known-clients.js';
import { createRole, updateRole } from '../../src/security/roles.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../test-database.js';
import { operator } from './operator.js';

let database: TestDatabase;
let folder: string;
let keys: Keys;
let kid: string;
let clients: ReturnType<typeof watchClients>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  keys = await openKeys(folder, database.pool, pino({ level: 'silent' }));
  ({ kid } = await keys.signingKey());
  clients = watchClients(database.pool, database.url);
  await untilListening();
});
afterAll(async () => {
  await clients.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const LISTENERS = "from pg_stat_activity where application_name = 'dci-gateway listens to dci_clients'";

async function untilListening(): Promise<void> {
  const sql = `select 1 ${LISTENERS} and state = 'idle' and datname = current_database()`;
  while ((await database.pool.query(sql)).rows.length === 0) await delay(5);
}

async function makeClient(name: string) {
  const { client, clientSecret } = await createApiClient(
    database.pool,
    keys,
    { name },
    { by: operator(database.pool) },
  );
  return { ...client, clientSecret };
}

/** What a token of the client says. */
function tokenOf(clientId: string, jti = 'one') {
  return { clientId, kid, jti, issuedAt: Math.floor(Date.now() / 1000) };
}

/** How long the client is still known, in milliseconds. */
async function knownFor(clientId: string): Promise<number> {
  const started = performance.now();
  while ((await clients.lookUp(tokenOf(clientId))) !== null) await delay(5);
  return performance.now() - started;
}

test('a client that was seen costs no statement', async () => {
  const { clientId } = await makeClient('Seen');
  expect(await clients.lookUp(tokenOf(clientId))).toMatchObject({ name: 'Seen' });
  database.statements.length = 0;
  expect(await clients.lookUp(tokenOf(clientId))).toMatchObject({ name: 'Seen' });
  expect(database.statements).toEqual([]);
});

test('a client that was revoked is gone as soon as the database tells of it', async () => {
  const { clientId } = await makeClient('To be revoked');
  await clients.lookUp(tokenOf(clientId));
  await revokeApiClient(database.pool, clientId, { by: operator(database.pool) });
  expect(await knownFor(clientId)).toBeLessThan(500);
});

test('limits of a role and settings of a client hold for the next call', async () => {
  const { pool } = database;
  await createRole(pool, 'watched', {}, operator(pool));
  const { clientId } = await makeClient('Of a role');
  await updateApiClient(pool, clientId, { role: 'watched' }, { by: operator(pool) });
  const until = async (largestPage: number): Promise<number> => {
    const started = performance.now();
    while ((await clients.lookUp(tokenOf(clientId)))?.access.largestPage !== largestPage) await delay(5);
    return performance.now() - started;
  };
  await updateRole(pool, 'watched', { limits: { largestPage: 7 } }, operator(pool));
  expect(await until(7)).toBeLessThan(500);
  await updateApiClient(pool, clientId, { limits: { largestPage: 3 } }, { by: operator(pool) });
  expect(await until(3)).toBeLessThan(500);
});

test('a key that is gone takes its tokens along', async () => {
  const { clientId } = await makeClient('Of a key');
  await clients.lookUp(tokenOf(clientId));
  await database.pool.query("update key_pairs set state = 'gone'");
  expect(await knownFor(clientId)).toBeLessThan(500);
  await database.pool.query("update key_pairs set state = 'active'");
});

test('asking for a token is no change that would have to be read again', async () => {
  const { clientId, clientSecret } = await makeClient('Asks for tokens');
  await clients.lookUp(tokenOf(clientId));
  await authenticateClient(database.pool, keys, clientId, clientSecret);
  // Messages come in order: had there been one of that, it would have come before the one of this.
  const heard = new Client({ connectionString: database.url });
  const said: string[] = [];
  heard.on('notification', ({ payload }) => said.push(payload ?? ''));
  await heard.connect();
  await heard.query('listen dci_clients');
  await database.pool.query('update api_clients set last_used_at = null where client_id = $1', [clientId]);
  await authenticateClient(database.pool, keys, clientId, clientSecret);
  await database.pool.query("select pg_notify('dci_clients', 'end')");
  while (said.length === 0) await delay(5);
  await heard.end();
  expect(said).toEqual(['end']);
});

test('a client that was revoked while the database could tell nobody is gone within a second', async () => {
  const { clientId } = await makeClient('Unheard');
  await clients.lookUp(tokenOf(clientId));
  await asAdmin(`select pg_terminate_backend(pid) ${LISTENERS}`);
  await revokeApiClient(database.pool, clientId, { by: operator(database.pool) });
  expect(await knownFor(clientId)).toBeLessThan(1500);
});
