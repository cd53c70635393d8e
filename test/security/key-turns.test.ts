import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { pino } from 'pino';
import { signAccessToken, verifyAccessToken } from '../../src/security/access-token.js';
import { Ledger } from '../../src/security/audit/ledger.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { plainKeyId, senderKeyId } from '../../src/security/keys/key-id.js';
import type { KeyPurpose } from '../../src/security/keys/key-pair.js';
import {
  addKey,
  GOOD_AFTER_SECONDS,
  type KeyTurns,
  listKeyPairs,
  PUBLISHED_BEFORE_SECONDS,
  replaceKeysNow,
  retireKey,
  takeTurns,
} from '../../src/security/keys/key-turns.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { refusal } from './refusal.js';

const log = pino({ level: 'silent' });
const issuer = 'https://gateway.example';
let database: TestDatabase;
let folder: string;
/** Two gateways of one database. */
let keys: Keys;
let other: Keys;
let turns: KeyTurns;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  keys = await openKeys(folder, database.pool, log);
  other = await openKeys(folder, database.pool, log);
  const ledger = new Ledger({ pool: database.pool, keys, disclosureRetentionDays: 30, evidenceRetentionDays: 30 });
  turns = { pool: database.pool, keys, ledger, actor: 'operator:tests' };
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const states = async (purpose: KeyPurpose = 'signing') =>
  (await listKeyPairs(database.pool)).filter((pair) => pair.purpose === purpose).map(({ state }) => state);
const sign = (by: Keys) =>
  signAccessToken({ keys: by, issuer, clientId: 'c', scopes: ['registry.search'], lifetimeSeconds: 600 });
const isGood = async (token: string, by: Keys) =>
  (await verifyAccessToken(token, { keys: by, issuer, now: new Date() })) !== null;

/** As if so much time had gone by since the keys came into their states. */
async function letPass(seconds: number): Promise<void> {
  await database.pool.query({
    text: `
      update key_pairs set created_at = created_at - make_interval(secs => $1),
        activated_at = activated_at - make_interval(secs => $1), retiring_at = retiring_at - make_interval(secs => $1)`,
    values: [seconds],
  });
}

/** Until both gateways know what the database says. */
async function untilBothSignWith(kid: string): Promise<number> {
  const started = performance.now();
  for (const gateway of [keys, other]) while ((await gateway.signingKey()).kid !== kid) await delay(5);
  return performance.now() - started;
}

test('the first turn makes what is missing: a pair that others encrypt to, used at once', async () => {
  await takeTurns(turns, 90);
  expect(await states()).toEqual(['active']);
  expect(await states('encryption')).toEqual(['active']);
  await takeTurns(turns, 90);
  expect(await states('encryption')).toEqual(['active']);

  const { keys: published } = await other.jwks('gateway.example|1');
  const encryption = published.filter(({ use }) => use === 'enc');
  expect(encryption).toMatchObject([{ alg: 'RSA-OAEP-256' }, { alg: 'RSA-OAEP-256' }]);
  const [jwk, twin] = encryption;
  if (!jwk || !twin) throw new Error('not published');
  expect(twin.kid).toBe(senderKeyId('gateway.example|1', { kid: jwk.kid, alg: 'RSA-OAEP-256' }));
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const sealed = publicEncrypt({ key: createPublicKey({ key: jwk, format: 'jwk' }), ...padding }, Buffer.from('hello'));
  for (const kid of [jwk.kid, twin.kid]) {
    const key = await other.decryptionKey(kid);
    expect(key && privateDecrypt({ key, ...padding }, sealed).toString()).toBe('hello');
  }
  expect(await other.decryptionKey((await keys.signingKey()).kid)).toBeNull();
  expect(await other.verificationKey(jwk.kid)).toBeNull();
});

test('a key is published before it signs and verified after, and a rotation under load loses no verification', async () => {
  const before = (await keys.signingKey()).kid;
  const waiting = await addKey(turns, 'signing');
  expect(waiting.state).toBe('pending');
  expect((await refusal(() => addKey(turns, 'signing'))).code).toBe('KEY_WAITING');
  await takeTurns(turns, 90);
  expect(await states()).toEqual(['pending', 'active']);
  await letPass(PUBLISHED_BEFORE_SECONDS - 10);
  await takeTurns(turns, 90);
  expect(await states()).toEqual(['pending', 'active']);

  // A partner who read our keys the moment the new one was published, and reads them no more.
  while (!(await other.jwks()).keys.some(({ kid }) => kid === waiting.kid)) await delay(5);
  const partner = createLocalJWKSet(await other.jwks());
  const used = new Set<string>();
  let signed = 0;
  let over = false;
  const load = [keys, other, keys, other].map(async (gateway, index) => {
    while (!over) {
      const token = await sign(gateway);
      signed += 1;
      const { protectedHeader } = await jwtVerify(token, partner);
      used.add(protectedHeader.kid ?? '');
      if (!(await isGood(token, index % 2 ? keys : other))) throw new Error('a token of ours was not good');
    }
  });
  const old = await sign(keys);
  await letPass(20);
  await takeTurns(turns, 90);
  expect(await untilBothSignWith(waiting.kid)).toBeLessThan(1500);
  over = true;
  await Promise.all(load);
  expect([...used].sort()).toEqual([before, waiting.kid].sort());
  expect(signed).toBeGreaterThan(50);
  expect(await states()).toEqual(['active', 'retiring']);
  expect(await isGood(old, other)).toBe(true);
  const { rows } = await database.pool.query('select private_sealed from key_pairs where kid = $1', [before]);
  expect(rows).toEqual([{ private_sealed: null }]);

  await letPass(GOOD_AFTER_SECONDS - 100);
  await takeTurns(turns, 0);
  expect(await states()).toEqual(['active', 'retiring']);
  await letPass(200);
  await takeTurns(turns, 0);
  expect(await states()).toEqual(['active', 'gone']);
});

test('a key that was long enough in use gets a successor, once, also from two gateways', async () => {
  await letPass(91 * 86_400);
  await takeTurns(turns, 0);
  expect(await states()).toEqual(['active', 'gone']);
  await Promise.all([takeTurns(turns, 90), takeTurns(turns, 90)]);
  expect(await states()).toEqual(['pending', 'active', 'gone']);
  expect(await states('encryption')).toEqual(['pending', 'active']);
});

test('what others encrypted to a key that retires can still be read', async () => {
  const retiring = (await listKeyPairs(database.pool)).find((p) => p.purpose === 'encryption' && p.state === 'active');
  await letPass(PUBLISHED_BEFORE_SECONDS);
  await takeTurns(turns, 90);
  expect(await states('encryption')).toEqual(['active', 'retiring']);
  expect(await other.decryptionKey(retiring?.kid ?? '')).not.toBeNull();
});

test('a key that leaked is good for nothing any more, at once, and its successor signs everywhere', async () => {
  const token = await sign(other);
  const leaked = (await keys.signingKey()).kid;
  const own = generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
  const successor = await replaceKeysNow(turns, 'signing', own);
  expect(await untilBothSignWith(successor.kid)).toBeLessThan(1500);
  expect((await other.signingKey()).key.equals(own)).toBe(true);
  for (const gateway of [keys, other]) {
    expect(await gateway.verificationKey(leaked)).toBeNull();
    expect(await isGood(token, gateway)).toBe(false);
    expect(await isGood(await sign(keys), gateway)).toBe(true);
  }
  expect((await states()).filter((state) => state !== 'gone')).toEqual(['active']);
  expect((await refusal(() => replaceKeysNow(turns, 'signing', own))).code).toBe('KEY_KNOWN');
  expect((await refusal(() => addKey(turns, 'signing', own))).code).toBe('KEY_KNOWN');
});

test('a key that waits can be called off, the one in use cannot', async () => {
  const { kid: active } = await keys.signingKey();
  const waiting = await addKey(turns, 'signing');
  expect(await retireKey(turns, waiting.kid)).toMatchObject({ kid: waiting.kid, state: 'gone' });
  const codes = [];
  for (const kid of [waiting.kid, active, 'nobody']) codes.push((await refusal(() => retireKey(turns, kid))).code);
  expect(codes).toEqual(['KEY_GONE', 'KEY_ACTIVE', 'KEY_UNKNOWN']);
});

test('every turn is on record, with who made it', async () => {
  const { rows } = await database.pool.query<{ action: string; actor: string; kid: string }>(
    "select action, actor, detail ->> 'kid' as kid from audit_entries where action like 'key.%' order by id",
  );
  expect(new Set(rows.map(({ action }) => action))).toEqual(
    new Set(['key.added', 'key.activated', 'key.retiring', 'key.ended']),
  );
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['operator:tests']));
  const ended = rows.filter(({ action }) => action === 'key.ended').map(({ kid }) => kid);
  const gone = (await listKeyPairs(database.pool)).filter(({ state }) => state === 'gone').map(({ kid }) => kid);
  expect(ended.sort()).toEqual(gone.sort());
});

test('no private key of ours stands in the database in a form that can be used', async () => {
  const { rows } = await database.pool.query<{ line: string }>('select k::text as line from key_pairs k');
  const text = rows.map(({ line }) => line).join('\n');
  const { key } = await keys.signingKey();
  const { d, p } = key.export({ format: 'jwk' });
  const der = key.export({ type: 'pkcs8', format: 'der' });
  for (const secret of [d, p, der.toString('hex').slice(0, 200), Buffer.from('PRIVATE KEY').toString('hex')]) {
    expect(text).not.toContain(secret);
  }
});

test('a key id names its key in either style', () => {
  const key = { kid: 'abc', alg: 'RS256' };
  expect([senderKeyId('a.example', key), senderKeyId('a|b', key), 'abc'].map(plainKeyId)).toEqual([
    'abc',
    'abc',
    'abc',
  ]);
});
