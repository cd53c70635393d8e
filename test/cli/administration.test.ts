import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { runCommandLine } from '../../src/cli/program.js';
import { readConfig } from '../../src/config.js';
import { type RunningServer, startServer } from '../../src/server.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let folder: string;
let server: RunningServer;
const before = { ...process.env };

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-gateway-'));
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEYS_DIR: join(folder, 'keys'),
    DATA_DIR: join(folder, 'data'),
    NODE_ENV: 'test',
    PORT: '0',
    DEMO: 'off',
  });
  server = await startServer(readConfig(process.env), pino({ level: 'silent' }));
});
afterAll(async () => {
  process.env = before;
  await server.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly complaint: string;
}

/** What a command prints, on standard output and on standard error, and how it ends. */
async function run(...words: string[]): Promise<Ended> {
  const said = { out: '', complaint: '' };
  const restore = [
    hear(process.stdout, (text) => (said.out += text)),
    hear(process.stderr, (text) => (said.complaint += text)),
  ];
  try {
    const code = await runCommandLine(['node', 'dci-gateway', ...words]);
    return { code, ...said };
  } finally {
    for (const stop of restore) stop();
  }
}

/** Takes what is written to a stream, until what it answers is called. */
function hear(stream: NodeJS.WriteStream, onText: (text: string) => void): () => void {
  const write = stream.write.bind(stream);
  stream.write = (text: string | Uint8Array): boolean => {
    onText(String(text));
    return true;
  };
  return () => {
    stream.write = write;
  };
}

/** What a command that succeeds prints with `--json`. */
async function json(group: string, verb: string, ...words: string[]): Promise<Record<string, unknown>> {
  const { code, out, complaint } = await run(group, verb, '--json', ...words);
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

async function askToken(clientId: string, clientSecret: string): Promise<{ status: number; token: string }> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const response = await fetch(`${server.url}/oauth2/client/token`, { method: 'POST', body });
  const answer = (await response.json()) as { access_token?: string };
  return { status: response.status, token: answer.access_token ?? '' };
}

async function search(token: string): Promise<number> {
  const response = await fetch(`${server.url}/registry/sync/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  await response.arrayBuffer();
  return response.status;
}

/** How long searches with the token are still let in, in milliseconds. */
async function goodFor(token: string): Promise<number> {
  const started = performance.now();
  while ((await search(token)) !== 401) await delay(5);
  return performance.now() - started;
}

async function makeClient(name: string, ...words: string[]): Promise<{ clientId: string; secret: string }> {
  const made = await json('client', 'create', name, ...words);
  return { clientId: String(made['clientId']), secret: String(made['clientSecret']) };
}

test('a client lives: made, shown, changed, given another secret, and its secrets end one by one', async () => {
  const { clientId, secret } = await makeClient('Ministry', '--never', 'disability.*', '--largest-page', '50');
  expect(await askToken(clientId, secret)).toMatchObject({ status: 200 });
  const changed = await json('client', 'update', clientId, '--strict', '--lift', 'largest-page');
  expect(changed).toMatchObject({ limits: { never: ['disability.*'] }, reception: { strict: true } });
  expect(changed).not.toHaveProperty('access');

  const rotated = await json('client', 'rotate', clientId, '--overlap-hours', '1');
  expect(await askToken(clientId, secret)).toMatchObject({ status: 200 });
  const { secrets } = (await json('client', 'show', clientId)) as { secrets: { id: string; isActive: boolean }[] };
  expect(secrets.map(({ isActive }) => isActive)).toEqual([true, true]);
  await json('client', 'revoke-secret', clientId, secrets[0]?.id ?? '');
  expect(await askToken(clientId, secret)).toMatchObject({ status: 401 });
  expect(await askToken(clientId, String(rotated['clientSecret']))).toMatchObject({ status: 200 });

  const { out } = await run('client', 'show', clientId);
  expect(out).toMatch(/Gets tokens\s+client_credentials/u);
  expect(out).not.toContain(secret);
});

test('T49: a token of a client that is revoked is refused at the search within a second', async () => {
  const { clientId, secret } = await makeClient('To be revoked');
  const { token } = await askToken(clientId, secret);
  expect(await search(token)).toBe(400);
  await json('client', 'revoke', clientId);
  expect(await goodFor(token)).toBeLessThan(1_000);
  expect(await askToken(clientId, secret)).toMatchObject({ status: 401 });
});

test('the tokens of a client end within a second, and it can ask for new ones', async () => {
  const { clientId, secret } = await makeClient('Starting over');
  const { token } = await askToken(clientId, secret);
  expect(await search(token)).toBe(400);
  await json('client', 'revoke-tokens', clientId);
  expect(await goodFor(token)).toBeLessThan(1_000);
  expect(await search((await askToken(clientId, secret)).token)).toBe(400);
});

test('a client that is only written to gets no tokens until it may', async () => {
  const { clientId, secret } = await makeClient('Written to', '--no-grant-type');
  expect(await askToken(clientId, secret)).toMatchObject({ status: 400 });
  expect(await json('client', 'update', clientId, '--grant-type', 'client_credentials')).toMatchObject({
    grantTypes: ['client_credentials'],
  });
  expect(await askToken(clientId, secret)).toMatchObject({ status: 200 });
});

test('a role limits the clients that have it and cannot be removed from under them', async () => {
  await json('role', 'create', 'district', '--only', 'individual.*', '--description', 'District offices');
  const { clientId } = await makeClient('District', '--role', 'district');
  expect(await json('role', 'update', 'district', '--records-per-hour', '10')).toMatchObject({
    limits: { only: ['individual.*'], recordsPerHour: 10 },
    clients: 1,
  });
  expect(await run('role', 'remove', 'district')).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^ROLE_IN_USE: /u) as string,
  });
  await json('client', 'update', clientId, '--no-role');
  await json('role', 'remove', 'district');
  expect((await run('role', 'list')).out).not.toContain('district');
});

test('an issuer is trusted and then no longer', async () => {
  await json('role', 'create', 'caseworker');
  const address = 'https://sso.example.org/realms/staff';
  const settings = ['--audience', 'dci', '--claim', 'groups', '--role', 'staff=caseworker'];
  const added = await json('issuer', 'add', address, ...settings, '--grant', 'staff=graph.read,graph.personal');
  expect(added).toMatchObject({
    issuer: address,
    grants: { staff: { scopes: ['graph.read', 'graph.personal'], role: 'caseworker' } },
  });
  expect((await run('issuer', 'list')).out).toContain(address);
  await json('issuer', 'remove', address);
  expect(await run('issuer', 'remove', address)).toMatchObject({ code: 1 });
});

test('a signing key waits for its turn; a leaked one is gone at once, with its tokens', async () => {
  const { clientId, secret } = await makeClient('Of the keys');
  const { token } = await askToken(clientId, secret);
  expect(await search(token)).toBe(400);
  const waiting = await json('keys', 'rotate');
  expect(waiting).toMatchObject({ purpose: 'signing', state: 'pending' });
  await json('keys', 'retire', '--', String(waiting['kid']));

  const pem = join(folder, 'own.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(pem, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const own = await json('keys', 'rotate', '--now', '--pem', pem);
  expect(await goodFor(token)).toBeLessThan(1_000);
  // Where the database is slow to tell of it, one more may be signed with the key that is gone.
  while ((await search((await askToken(clientId, secret)).token)) !== 400) await delay(5);
  expect((await run('keys', 'list')).out).toMatch(new RegExp(`${String(own['kid'])}\\s+signing\\s+active`, 'u'));
  expect(await run('keys', 'retire', '--', String(own['kid']))).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^KEY_ACTIVE: /u) as string,
  });
});

test.each<[string, string[], number, RegExp]>([
  ['a field that is misspelt', ['client', 'create', 'X', '--never', 'individual.nmae'], 1, /^ACCESS_INVALID: /u],
  ['a role that is not there', ['client', 'create', 'X', '--role', 'nobody'], 1, /^ROLE_UNKNOWN: /u],
  ['keys that are not there', ['client', 'create', 'X', '--auth', 'private_key_jwt'], 1, /^CLIENT_KEYS_REQUIRED: /u],
  ['a client that is not there', ['client', 'revoke-tokens', 'nobody'], 1, /^CLIENT_UNKNOWN: /u],
  ['an overlap of a year', ['client', 'rotate', 'nobody', '--overlap-hours', '9000'], 1, /^CLIENT_OVERLAP_INVALID: /u],
  ['a way that there is not', ['client', 'create', 'X', '--grant-type', 'password'], 2, /client_credentials/u],
])('%s is refused with a sentence', async (_what, words, code, sentence) => {
  const ended = await run(...words);
  expect(ended).toMatchObject({ code, out: '', complaint: expect.stringMatching(sentence) as string });
});

test('every act of the command line is on record', async () => {
  const { rows } = await server.pool.query<{ action: string; actor: string }>(
    `select distinct action, actor from audit_entries where actor like 'operator:%' order by action`,
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'client.created',
    'client.revoked',
    'client.secret_revoked',
    'client.secret_rotated',
    'client.tokens_revoked',
    'client.updated',
    'issuer.added',
    'issuer.removed',
    'key.activated',
    'key.added',
    'key.ended',
    'role.created',
    'role.removed',
    'role.updated',
  ]);
});
