import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type PartnerGateway, startPartnerGateway } from './partner-gateway.js';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.close());

const PROJECT = join(import.meta.dirname, '..', '..');

test('a partner can verify our tokens with the published keys alone', async () => {
  const keys = createRemoteJWKSet(new URL(`${gateway.url}/.well-known/jwks.json`));
  const { protectedHeader } = await jwtVerify(gateway.partnerToken, keys, {
    issuer: gateway.url,
    audience: gateway.url,
    typ: 'at+jwt',
  });
  expect(protectedHeader.kid).toBe((await gateway.keys.signingKey()).kid);
});

test('published keys hold no private member, retiring ones are among them, and those that are gone are not', async () => {
  const { pool } = gateway.database;
  const insert = 'insert into key_pairs (kid, algorithm, public_jwk, state) values ($1, $2, $3, $4)';
  await pool.query(insert, [
    'old',
    'RS256',
    { kty: 'RSA', kid: 'old', alg: 'RS256', n: 'AQAB', e: 'AQAB' },
    'retiring',
  ]);
  await pool.query(insert, ['older', 'RS256', { kty: 'RSA', kid: 'older', n: 'AQAB', e: 'AQAB' }, 'gone']);
  // The database told of it where a gateway listens; this one finds it within a second.
  gateway.keys.readAgain();
  const response = await fetch(`${gateway.url}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: { kid: string }[] };
  const { kid } = await gateway.keys.signingKey();
  // Once by its thumbprint, once as the signatures of the standard name a key.
  const named = (id: string): string[] => [id, `gateway.example.org|${id}|RS256`];
  expect(keys.map((key) => key.kid).sort()).toEqual([...named(kid), ...named('old')].sort());
  expect(keys.flatMap((key) => Object.keys(key)).filter((name) => /^(?:d|p|q|dp|dq|qi|k)$/u.test(name))).toEqual([]);
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
});

test('the places are public, parents before children', async () => {
  const response = await fetch(`${gateway.url}/.well-known/locations.json`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    locations: [
      { name: 'Lusaka Province', containedInPlace: null },
      { name: 'Kanyama Clinic', containedInPlace: '00000000-0000-4000-8000-0000000000a1' },
    ],
  });
});

test('the metadata of the token endpoint are those that are written down, and every address in them is served', async () => {
  const response = await fetch(`${gateway.url}/.well-known/oauth-authorization-server`);
  const golden = await readFile(join(import.meta.dirname, 'oauth-authorization-server.json'), 'utf8');
  const expected: unknown = JSON.parse(golden.replaceAll('https://gateway.example.org', gateway.url));
  const metadata = (await response.json()) as Record<string, unknown>;
  expect(metadata).toEqual(expected);
  for (const name of ['token', 'introspection', 'revocation']) {
    const address = String(metadata[`${name}_endpoint`]);
    expect((await fetch(address, { method: 'POST', body: new URLSearchParams() })).status).toBe(401);
  }
  expect((await fetch(String(metadata['jwks_uri']))).status).toBe(200);
});

test('every address that the guides tell partners of is served', async () => {
  const guides = ['README.md', ...(await readdir(join(PROJECT, 'docs'))).map((name) => join('docs', name))];
  const texts = await Promise.all(guides.map((name) => readFile(join(PROJECT, name), 'utf8').catch(() => '')));
  // As they stand in a curl of ours; peers' own addresses name another host.
  const addresses = texts
    .join('\n')
    .matchAll(/(?:localhost|127\.0\.0\.1):4000(\/(?:registry|oauth2|\.well-known)[\w./-]*\w)/gu);
  for (const [, path = ''] of addresses) {
    const method = path.startsWith('/.well-known') ? 'GET' : 'POST';
    expect({ path, status: (await fetch(`${gateway.url}${path}`, { method })).status }).not.toEqual({
      path,
      status: 404,
    });
  }
});
