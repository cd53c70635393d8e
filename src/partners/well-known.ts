import express, { type Router } from 'express';
import type { Pool } from 'pg';
import { writeLocations } from '../dci/locations.js';
import { allLocations } from '../registry/locations.js';
import type { Keys } from '../security/keys.js';
import { INTERNAL_SCOPES, PARTNER_SCOPES } from '../security/scopes.js';
import { ASSERTION_ALGORITHMS } from '../security/tokens/client-assertion.js';
import { INTROSPECTION_PATH, REVOCATION_PATH, TOKEN_PATH } from '../security/tokens/token-endpoint.js';

/** What the documents are made of. */
export interface WellKnownOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  /** The public address of this gateway. */
  readonly issuer: () => string;
  /** `sender_id` of our messages. */
  readonly senderId: () => string;
}

/** Long enough to spare us, short enough that a new key is known before it signs. */
const CACHED = 'public, max-age=300';

/** What everybody may read: our public keys, the tree of places (no personal data), and how to get a token. */
export function wellKnownRoutes({ pool, keys, issuer, senderId }: WellKnownOptions): Router {
  const router = express.Router();
  router.get('/.well-known/jwks.json', async (_request, response) => {
    response.set('Cache-Control', CACHED).json(await keys.jwks(senderId()));
  });
  router.get('/.well-known/locations.json', async (_request, response) => {
    const { locations, lastUpdated } = await allLocations(pool);
    response.set('Cache-Control', CACHED).json(writeLocations(locations, lastUpdated ?? new Date(0)));
  });
  router.get('/.well-known/oauth-authorization-server', (_request, response) => {
    response.set('Cache-Control', CACHED).json(authorizationServer(issuer()));
  });
  return router;
}

/** How clients prove who they are, at each of the endpoints of tokens. */
const AUTHENTICATION = {
  methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  algorithms: ASSERTION_ALGORITHMS,
};

/** RFC 8414, and only what is served here. */
function authorizationServer(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}${TOKEN_PATH}`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    scopes_supported: [...PARTNER_SCOPES, ...INTERNAL_SCOPES],
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: AUTHENTICATION.methods,
    token_endpoint_auth_signing_alg_values_supported: AUTHENTICATION.algorithms,
    introspection_endpoint: `${issuer}${INTROSPECTION_PATH}`,
    introspection_endpoint_auth_methods_supported: AUTHENTICATION.methods,
    introspection_endpoint_auth_signing_alg_values_supported: AUTHENTICATION.algorithms,
    revocation_endpoint: `${issuer}${REVOCATION_PATH}`,
    revocation_endpoint_auth_methods_supported: AUTHENTICATION.methods,
    revocation_endpoint_auth_signing_alg_values_supported: AUTHENTICATION.algorithms,
  };
}
