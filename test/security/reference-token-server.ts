import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { type Credentials, INTROSPECTION_PATH, REVOCATION_PATH, TOKEN_PATH, type TokenServer } from './token-cases.js';
import { makeSigner } from './token-server.js';

/** What the reference keeps; clients given to it otherwise would be copied in a way that a test runner breaks. */
class StoredInMemory implements Adapter {
  readonly #held: Map<string, AdapterPayload>;

  constructor(held: Map<string, AdapterPayload>) {
    this.#held = held;
  }

  find(id: string) {
    return Promise.resolve(this.#held.get(id));
  }

  upsert(id: string, payload: AdapterPayload) {
    this.#held.set(id, payload);
    return Promise.resolve();
  }

  destroy(id: string) {
    this.#held.delete(id);
    return Promise.resolve();
  }

  consume() {
    return Promise.resolve();
  }

  findByUserCode() {
    return Promise.resolve(undefined);
  }

  findByUid() {
    return Promise.resolve(undefined);
  }

  revokeByGrantId() {
    return Promise.resolve();
  }
}

/** oidc-provider with the same clients, configured as near to us as it goes. */
export async function referenceServer(): Promise<TokenServer & { close(): Promise<void> }> {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const scope = 'registry.search registry.subscribe';
  const { jwk, ...signing } = await makeSigner();
  const credentials = (clientId: string, clientSecret = `secret of ${clientId}`): Credentials => ({
    clientId,
    clientSecret,
  });
  const clients = {
    partner: credentials('partner'),
    odd: credentials('sp:ec ial', 'p@ss:+%'),
    withoutGrants: credentials('without-grants'),
  };
  const common = { scope, redirect_uris: [], response_types: [] };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const metadata = new Map<string, AdapterPayload>([
    ...Object.entries(clients).map(([name, { clientId, clientSecret }]): [string, AdapterPayload] => [
      clientId,
      {
        ...common,
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: name === 'withoutGrants' ? [] : ['client_credentials'],
        // One of the two ways must be named; it takes both.
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ]),
    [
      'signer',
      {
        ...common,
        client_id: 'signer',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [jwk] },
      },
    ],
  ]);
  const provider = new Provider(url, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    adapter: class extends StoredInMemory {
      constructor(model: string) {
        super(model === 'Client' ? metadata : new Map<string, AdapterPayload>());
      }
    },
    ttl: { ClientCredentials: 600 },
    scopes: ['registry.search', 'registry.subscribe', 'registry.write'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    routes: { token: TOKEN_PATH, introspection: INTROSPECTION_PATH, revocation: REVOCATION_PATH },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => url,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== url) throw new errors.InvalidTarget();
          return {
            scope: `${scope} registry.write`,
            audience: url,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
  });
  const handle = provider.callback();
  http.on('request', (request, response) => void handle(request, response));
  return {
    url,
    ...clients,
    signer: { clientId: 'signer', ...signing },
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
