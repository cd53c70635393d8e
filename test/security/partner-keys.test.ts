import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { pino } from 'pino';
import { PartnerKeys } from '../../src/security/partner-keys.js';
import { OPEN_AGENT } from '../open-agent.js';

const WANTED = { algorithm: 'RS256', kid: 'a' };

let server: Server;
let answer: (response: ServerResponse) => void;
let asked = 0;
let url: string;
let key: JWK;
let encryptionKey: JWK;
beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1;
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const made = async (alg: string) => exportJWK((await generateKeyPair(alg, { extractable: true })).publicKey);
  key = { ...(await made('RS256')), kid: 'a', use: 'sig' };
  encryptionKey = { ...(await made('RSA-OAEP-256')), kid: 'e', use: 'enc' };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = 0;
});

const lines: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
/** Within tighter limits than those of a running gateway, so that nobody waits. */
const partnerKeys = () =>
  new PartnerKeys({ fetch: OPEN_AGENT.fetch({ givenBy: 'operator', maxBytes: 65_536, timeoutMs: 300 }), log });
const pinned = (...keys: JWK[]) => ({ jwks: { keys }, jwksUri: null });
const behind = (path: string) => ({ jwks: null, jwksUri: `${url}${path}` });
const give = (keys: readonly JWK[]) => (response: ServerResponse) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
};

test('keys that are pinned are found by their id, also where it names the sender as the standard writes it', async () => {
  const keys = partnerKeys().verificationKeys(pinned(key, encryptionKey));
  expect(await keys(WANTED)).not.toBeNull();
  expect(await keys({ ...WANTED, kid: 'ministry.example|a|RS256' })).not.toBeNull();
  expect(await keys({ ...WANTED, kid: null })).not.toBeNull();
  for (const kid of ['b', 'e', '', 'a|b']) expect(await keys({ ...WANTED, kid })).toBeNull();
  for (const algorithm of ['ES256', 'HS256', 'none', 'EdDSA']) expect(await keys({ ...WANTED, algorithm })).toBeNull();
});

test.each([
  ['two keys of one id', () => [key, { ...encryptionKey, kid: 'a', use: 'sig' }]],
  ['a key that has expired', () => [{ ...key, exp: 1_700_000_000 }]],
  ['a key for encryption', () => [{ ...key, use: 'enc' }]],
  ['a secret', () => [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }]],
  ['no key at all', () => []],
])('%s verifies nothing', async (_name, keys) => {
  expect(await partnerKeys().verificationKeys(pinned(...keys()))(WANTED)).toBeNull();
});

test('a key with fewer bits than 2048, or more than 4096, is none', async () => {
  for (const bits of [1024, 5120]) {
    const weak = { kty: 'RSA', n: Buffer.alloc(bits / 8, 0xff).toString('base64url'), e: 'AQAB', kid: 'a' };
    expect(await partnerKeys().verificationKeys(pinned(weak))(WANTED)).toBeNull();
  }
});

test('whoever has no keys is verified by nobody, and nobody is asked', async () => {
  expect(await partnerKeys().verificationKeys({ jwks: null, jwksUri: null })(WANTED)).toBeNull();
  expect(await partnerKeys().encryptionKey({ jwks: null, jwksUri: null })).toBeNull();
});

test.each<[string, (response: ServerResponse) => void]>([
  ['a redirect', (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end()],
  ['10 MB', (response) => response.end('x'.repeat(10_000_000))],
  ['a slow drip', (response) => void response.writeHead(200).write('{"keys":[')],
  ['a failure', (response) => response.writeHead(500).end()],
  ['a compressed set', (response) => response.setHeader('content-encoding', 'gzip').end('x')],
  ['no set', (response) => response.end('<html>')],
  ['two keys of one id', (response) => give([key, key])(response)],
])('behind an address that answers with %s there are no keys, and it is not asked again at once', async (name, how) => {
  answer = how;
  const keys = partnerKeys().verificationKeys(behind(`/${encodeURIComponent(name)}`));
  expect(await keys(WANTED)).toBeNull();
  const once = asked;
  expect(await keys(WANTED)).toBeNull();
  expect(asked).toBe(once);
  expect(once).toBe(1);
});

test('keys behind an address are read once, and serve on while their server fails', async () => {
  answer = give([key, encryptionKey]);
  const held = partnerKeys();
  const keys = held.verificationKeys(behind('/keys'));
  const found = await Promise.all(Array.from({ length: 20 }, () => keys(WANTED)));
  expect(found.filter((one) => one === null)).toEqual([]);
  expect((await held.encryptionKey(behind('/keys')))?.kid).toBe('e');
  expect(asked).toBe(1);
  answer = (response) => response.writeHead(500).end();
  expect(await keys({ ...WANTED, kid: 'unknown' })).toBeNull();
  expect(await keys(WANTED)).not.toBeNull();
});

test('only a key for it is encrypted to', async () => {
  expect(await partnerKeys().encryptionKey(pinned(key))).toBeNull();
  expect(await partnerKeys().encryptionKey(pinned({ ...encryptionKey, alg: 'RSA1_5' }))).toBeNull();
  expect((await partnerKeys().encryptionKey(pinned(key, encryptionKey)))?.kid).toBe('e');
});
