import { randomBytes, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** Where the register looks for client credentials. The real one reads the query string alone. */
export type TokenCredentials = 'query' | 'form' | 'any';

/** Status and body of the answer to a token request. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: object;
}

const ISSUER = 'opencrvs:auth-service';
const AUDIENCE = ['opencrvs:auth-user', 'opencrvs:gateway-user', 'opencrvs:search-user'];
const ERROR_URI = 'Refer to https://documentation.opencrvs.org/technology/interoperability/authenticate-a-client';

/** Issues and checks the register's tokens: for one client, signed with a key that ends with the process. */
export class Tokens {
  readonly #key = randomBytes(32);
  readonly #clientId: string;
  readonly #clientSecret: string;
  readonly #lifetimeSeconds: number;

  constructor(client: { clientId: string; clientSecret: string; lifetimeSeconds: number }) {
    this.#clientId = client.clientId;
    this.#clientSecret = client.clientSecret;
    this.#lifetimeSeconds = client.lifetimeSeconds;
  }

  /** Answers a token request from its parameters, wherever they stood. */
  async answer(parameters: URLSearchParams): Promise<TokenAnswer> {
    const [grant, id, secret] = ['grant_type', 'client_id', 'client_secret'].map((name) => parameters.get(name) ?? '');
    if (!grant || !id || !secret) {
      return refusal(
        400,
        'invalid_request',
        'Invalid request. Check that all required parameters (client_id, client_secret and grant_type) have been provided.',
      );
    }
    if (grant !== 'client_credentials') {
      return refusal(400, 'unsupported_grant_type', 'Invalid grant type. Only client_credentials is supported.');
    }
    if (!isSame(id, this.#clientId) || !isSame(secret, this.#clientSecret)) {
      return refusal(401, 'invalid_client', 'Invalid client id or secret');
    }
    const token = await new SignJWT({ scope: ['recordsearch'] })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + this.#lifetimeSeconds)
      .setAudience(AUDIENCE)
      .setIssuer(ISSUER)
      .setSubject(this.#clientId)
      .sign(this.#key);
    return { status: 200, body: { access_token: token, token_type: 'Bearer' } };
  }

  async isValid(token: string): Promise<boolean> {
    try {
      await jwtVerify(token, this.#key, { issuer: ISSUER, algorithms: ['HS256'] });
      return true;
    } catch (error) {
      if (error instanceof errors.JOSEError) return false;
      throw error;
    }
  }
}

function refusal(status: number, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description, error_uri: ERROR_URI } };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
