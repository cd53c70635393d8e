import { generateKeyPairSync } from 'node:crypto';
import { readPublicKeySet } from '../../src/security/public-key-set.js';
import { refusal } from './refusal.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const rsaPublic = rsa.publicKey.export({ format: 'jwk' });
const ecPublic = ec.publicKey.export({ format: 'jwk' });

test('public keys of the kinds that we verify are taken, and nothing but their public members is kept', () => {
  const keys = [
    { ...rsaPublic, kid: 'a', use: 'sig', alg: 'RS256' },
    { ...rsaPublic, kid: 'b', use: 'enc', alg: 'RSA-OAEP-256' },
    { ...ecPublic, kid: 'c' },
    { ...ed, kid: 'd', alg: 'EdDSA' },
  ];
  expect(readPublicKeySet({ keys })).toEqual({ keys });
  expect(readPublicKeySet({ keys: [{ ...ed, kid: 'd', x5u: 'http://a', note: 'x' }] })).toEqual({
    keys: [{ ...ed, kid: 'd' }],
  });
});

test.each<[string, unknown, RegExp]>([
  ['no object', 'text', /1 to 20 keys/u],
  ['a key alone', { ...ed, kid: 'd' }, /1 to 20 keys/u],
  ['no keys', { keys: [] }, /1 to 20 keys/u],
  ['too many keys', { keys: Array.from({ length: 21 }, (_, at) => ({ ...ed, kid: String(at) })) }, /1 to 20 keys/u],
  ['a private RSA key', { keys: [{ ...rsa.privateKey.export({ format: 'jwk' }), kid: 'a' }] }, /is private/u],
  ['a private EC key', { keys: [{ ...ec.privateKey.export({ format: 'jwk' }), kid: 'a' }] }, /is private/u],
  ['one prime of a key', { keys: [{ ...rsaPublic, p: 'AQAB', kid: 'a' }] }, /is private/u],
  ['a shared key', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }] }, /is private/u],
  ['a weak RSA key', { keys: [{ ...weak, kid: 'a' }] }, /1024 bits/u],
  ['another curve', { keys: [{ ...p384, kid: 'a' }] }, /crv/u],
  ['no kid', { keys: [ed] }, /kid/u],
  ['an HMAC algorithm', { keys: [{ ...rsaPublic, kid: 'a', alg: 'HS256' }] }, /alg/u],
  [
    'a kid twice',
    {
      keys: [
        { ...ed, kid: 'a' },
        { ...ecPublic, kid: 'a' },
      ],
    },
    /two keys have the kid "a"/u,
  ],
  ['half a key', { keys: [{ kty: 'EC', crv: 'P-256', x: 'AQAB', kid: 'a' }] }, /cannot be read/u],
  ['an RSA key without its modulus', { keys: [{ kty: 'RSA', e: 'AQAB', kid: 'a' }] }, /cannot be read/u],
])('%s is refused, without a word of what it holds', async (_title, value, sentence) => {
  const problem = await refusal(() => readPublicKeySet(value));
  expect(problem.code).toBe('JWKS_INVALID');
  expect(problem.message).toMatch(sentence);
  expect(problem.message).not.toContain('c2VjcmV0');
});
