import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWK } from 'jose';
import type { TestGateway } from './test-gateway.js';
import type { TokenServer } from './token-cases.js';

/** An EC key pair of somebody who signs assertions. */
export async function makeSigner(): Promise<{ key: KeyObject; kid: string; publicPem: string; jwk: JWK }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const kid = createHash('sha256').update(publicPem).digest('hex').slice(0, 16);
  return { key: privateKey, kid, publicPem, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

/** The clients of the cases, known to the gateway. Ids and secrets that only a test would have are written past it. */
export async function ourServer(gateway: TestGateway): Promise<TokenServer> {
  const { pool } = gateway.database;
  const scopes = ['registry.search', 'registry.subscribe'];
  const partner = await gateway.createClient({ name: 'Partner', scopes });
  const odd = { clientId: 'sp:ec ial', clientSecret: 'p@ss:+%' };
  const made = await gateway.createClient({ name: 'Odd', scopes });
  await pool.query(
    'update api_client_secrets s set secret_hash = $2 from api_clients c where c.id = s.api_client_id and client_id = $1',
    [made.clientId, gateway.keys.hashSecret(odd.clientSecret)],
  );
  await pool.query('update api_clients set client_id = $2 where client_id = $1', [made.clientId, odd.clientId]);
  const withoutGrants = await gateway.createClient({ name: 'Without grants', scopes });
  await pool.query("update api_clients set grant_types = '{}' where client_id = $1", [withoutGrants.clientId]);
  const { jwk, ...signing } = await makeSigner();
  const { clientId } = await gateway.createClient({ name: 'Signer', scopes });
  await pool.query("update api_clients set authentication = 'private_key_jwt', jwks = $2 where client_id = $1", [
    clientId,
    { keys: [jwk] },
  ]);
  return { url: gateway.url, partner, odd, withoutGrants, signer: { clientId, ...signing } };
}
