import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { pino } from 'pino';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
/** Each test begins with an empty folder and a database that knows no keys. */
beforeEach(async () => {
  await database.pool.query('delete from key_pairs');
  await database.pool.query('delete from key_fingerprints');
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => openKeys(folder, database.pool, log);
const kidOf = async (keys: Keys) => (await keys.signingKey()).kid;
const ownPair = (bits: number) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    privateKey,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};

describe('keys', () => {
  test('the first start makes four files that only their owner may read', async () => {
    await open();
    expect((await readdir(folder)).sort()).toEqual(['data-key', 'pepper', 'signing-private.pem', 'signing-public.pem']);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test('a second start uses the same keys and publishes one public key without a private member', async () => {
    const first = await open();
    const second = await open();
    const { kid } = await first.signingKey();
    expect((await second.signingKey()).kid).toBe(kid);
    expect(second.hashSecret('s')).toEqual(first.hashSecret('s'));
    expect(second.open(first.seal('s'))).toBe('s');
    const { keys } = await second.jwks();
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: 'RSA', e: 'AQAB', kid, use: 'sig', alg: 'RS256' });
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  test('several gateways that start at once on an empty folder end with the same keys', async () => {
    const opened = await Promise.all([open(), open(), open(), open()]);
    expect(new Set(await Promise.all(opened.map(kidOf))).size).toBe(1);
    expect(new Set(opened.map((keys) => keys.hashSecret('s').toString('hex'))).size).toBe(1);
    expect(await readdir(folder)).toHaveLength(4);
  });

  test("an operator's own key pair is used, named by its RFC 7638 thumbprint, and kept", async () => {
    const own = ownPair(3072);
    await writeFile(join(folder, 'signing-private.pem'), own.privatePem);
    await writeFile(join(folder, 'signing-public.pem'), own.publicPem);
    const keys = await open();
    expect(await kidOf(keys)).toBe(await calculateJwkThumbprint(await exportJWK(createPublicKey(own.privateKey))));
    expect(await readFile(join(folder, 'signing-private.pem'), 'utf8')).toBe(own.privatePem);
  });

  test("an operator's private key alone suffices, and its mode is closed", async () => {
    const own = ownPair(2048);
    await writeFile(join(folder, 'signing-private.pem'), own.privatePem, { mode: 0o644 });
    await open();
    expect(await readFile(join(folder, 'signing-public.pem'), 'utf8')).toBe(own.publicPem);
    expect((await stat(join(folder, 'signing-private.pem'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['text that is no key', 'hello', /signing-private\.pem: is not a private key/u],
    ['a key that is too small', ownPair(1024).privatePem, /has 1024 bits: at least 2048/u],
    [
      'a key that is not RSA',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /put an RSA key there/u,
    ],
  ])('%s is refused in one sentence that names the file', async (_title, pem, sentence) => {
    await writeFile(join(folder, 'signing-private.pem'), pem);
    const problem = await refusal(open);
    expect(problem.code).toBe('KEYS_INVALID');
    expect(problem.message).toMatch(sentence);
    expect(await readdir(folder)).toEqual(['signing-private.pem']);
  });

  test('a public key that does not belong to the private one is refused', async () => {
    await writeFile(join(folder, 'signing-private.pem'), ownPair(2048).privatePem);
    await writeFile(join(folder, 'signing-public.pem'), ownPair(2048).publicPem);
    expect((await refusal(open)).code).toBe('KEYS_INVALID');
  });

  test('a pepper that was cut off is refused', async () => {
    await writeFile(join(folder, 'pepper'), 'c2hvcnQ=\n');
    const problem = await refusal(open);
    expect(problem.code).toBe('KEYS_INVALID');
    expect(problem.message).toContain('pepper');
  });

  test('a signing key that is in the database needs its file no more: none is made in its place', async () => {
    const before = await kidOf(await open());
    await rm(join(folder, 'signing-private.pem'));
    await rm(join(folder, 'signing-public.pem'));
    expect(await kidOf(await open())).toBe(before);
    expect((await readdir(folder)).sort()).toEqual(['data-key', 'pepper']);
  });

  test('a signing key of before, when it was in its file alone, is taken into the database', async () => {
    const before = await open();
    await database.pool.query('update key_pairs set private_sealed = null');
    await rename(join(folder, 'signing-private.pem'), join(folder, 'elsewhere'));
    expect((await refusal(open)).code).toBe('KEYS_MISSING');
    await rename(join(folder, 'elsewhere'), join(folder, 'signing-private.pem'));
    expect(await kidOf(await open())).toBe(await kidOf(before));
    await rm(join(folder, 'signing-private.pem'));
    expect((await (await open()).signingKey()).key.equals((await before.signingKey()).key)).toBe(true);
  });

  test.each(['pepper', 'data-key'])(
    'a database that was used with keys refuses to start without %s, and makes none',
    async (name) => {
      await open();
      await rm(join(folder, name));
      const problem = await refusal(open);
      expect(problem.code).toBe('KEYS_MISSING');
      expect(problem.message).toContain(name);
      expect(await readdir(folder)).not.toContain(name);
    },
  );

  test.each(['signing-private.pem', 'pepper', 'data-key'])(
    'a database that was used with another %s refuses to start and says what to restore',
    async (name) => {
      await open();
      await rm(join(folder, 'signing-public.pem'));
      const other = name.endsWith('.pem') ? ownPair(2048).privatePem : Buffer.alloc(32, 7).toString('base64');
      await writeFile(join(folder, name), other);
      const problem = await refusal(open);
      expect(problem.code).toBe('KEYS_DIFFERENT');
      expect(problem.message).toContain(name);
    },
  );

  test('a lost public key file is made again', async () => {
    await open();
    await rm(join(folder, 'signing-public.pem'));
    await open();
    expect(await readdir(folder)).toContain('signing-public.pem');
  });

  test('a sealed value opens again, differs each time, and any changed byte is refused', async () => {
    const keys = await open();
    const sealed = keys.seal('pässword 秘密');
    expect(keys.seal('pässword 秘密')).not.toEqual(sealed);
    expect(keys.open(sealed)).toBe('pässword 秘密');
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      expect((await refusal(() => keys.open(changed))).code).toBe('SEALED_VALUE_UNREADABLE');
    }
    expect((await refusal(() => keys.open(Buffer.alloc(0)))).code).toBe('SEALED_VALUE_UNREADABLE');
    expect(keys.open(keys.seal(''))).toBe('');
  });

  test('the database holds no secret of the folder', async () => {
    await open();
    const { rows } = await database.pool.query<{ line: string }>(
      'select s::text as line from key_pairs s union all select f::text from key_fingerprints f',
    );
    const stored = rows.map((row) => row.line).join('\n');
    for (const name of ['pepper', 'data-key']) {
      const secret = Buffer.from(await readFile(join(folder, name), 'utf8'), 'base64');
      expect(stored).not.toContain(secret.toString('hex'));
    }
    expect(stored).not.toMatch(/"(?:d|p|q|dp|dq|qi)"|PRIVATE KEY/u);
    expect(stored).not.toContain(Buffer.from('PRIVATE KEY').toString('hex'));
  });
});
