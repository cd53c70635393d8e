import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { loggableError } from '../../record/loggable-error.js';
import { signAccessToken } from '../access-token.js';
import type { Ledger } from '../audit/ledger.js';
import { bodyErrorStatus } from '../body-errors.js';
import type { ApiClient } from '../clients.js';
import { isEncoded } from '../content-encoding.js';
import type { Keys } from '../keys.js';
import type { PartnerKeys } from '../partner-keys.js';
import { ClientAuthentication } from './client-authentication.js';
import { introspect, revoke, type TokenReading } from './issued-tokens.js';
import { invalidClient, type PresentedCredentials } from './presented-credentials.js';
import { credentialsInAddress, type ReceivedRequest } from './request-parameters.js';
import { TokenProblem } from './token-problem.js';
import { readRequestAboutToken, readTokenRequest } from './token-request.js';
import { TokenThrottle } from './token-throttle.js';

/** Where clients get their tokens (companion specification of the standard). */
export const TOKEN_PATH = '/oauth2/client/token';
/** Where they ask about a token (RFC 7662), ... */
export const INTROSPECTION_PATH = '/oauth2/introspect';
/** ... and end one before its time (RFC 7009). */
export const REVOCATION_PATH = '/oauth2/revoke';

/** What the endpoints of tokens work with. */
export interface TokenEndpointOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly ledger: Ledger;
  /** The public address of this gateway: issuer and audience of the tokens. */
  readonly issuer: () => string;
  readonly lifetimeSeconds: number;
  /** The keys of clients that sign assertions. */
  readonly partnerKeys: PartnerKeys;
  readonly log: Logger;
  /** The clock; for tests. */
  readonly now?: () => Date;
}

/** `access_token` and the rest of RFC 6749, section 5.1. */
interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
}

/** Far more than credentials need. */
const MAX_BODY_BYTES = 16_384;
const RETRY_AFTER_SECONDS = 5;

/** The routes of tokens: client credentials in, an access token out, or what is to be known of one, or its end. */
export function tokenEndpoint(options: TokenEndpointOptions): Router {
  const router = express.Router();
  const endpoint = new TokenEndpoint(options);
  const routes: [string, (request: Request) => Promise<object>][] = [
    [TOKEN_PATH, (request) => endpoint.grant(request)],
    [INTROSPECTION_PATH, (request) => endpoint.introspect(request)],
    [REVOCATION_PATH, (request) => endpoint.revoke(request)],
  ];
  const paths = routes.map(([path]) => path);
  router.all(paths, (request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    if (request.method !== 'POST') {
      response.set('Allow', 'POST');
      next(new TokenProblem('invalid_request', 'Tokens are asked for and about with POST', { status: 405 }));
    } else if (isEncoded(request)) {
      next(new TokenProblem('invalid_request', 'Send the body without Content-Encoding', { status: 415 }));
    } else next();
  });
  const readBody = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false });
  for (const [path, answer] of routes) {
    router.post(path, readBody, async (request: Request, response: Response) => {
      response.json(await answer(request));
    });
  }
  router.use(paths, (error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    refuse(error, response, options.log);
  });
  return router;
}

class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #now: () => Date;
  readonly #authentication: ClientAuthentication;

  constructor(options: TokenEndpointOptions) {
    const { pool, keys, ledger, issuer, partnerKeys, now = () => new Date() } = options;
    this.#options = options;
    this.#now = now;
    this.#authentication = new ClientAuthentication({
      pool,
      keys,
      partnerKeys,
      throttle: new TokenThrottle({ pool, ledger }),
      issuer,
      now,
    });
  }

  async grant(request: Request): Promise<TokenAnswer> {
    const { keys, ledger, lifetimeSeconds, log } = this.#options;
    const issuer = this.#options.issuer();
    const { credentials, scopes, resource, inAddress } = readTokenRequest(received(request));
    const client = await this.#authentication.authenticate(credentials, addressOf(request));
    if (inAddress) {
      if (!client?.reception.allowQueryCredentials) throw credentialsInAddress();
      log.warn({ client: client.name }, 'a client sent its secret in the address, as its settings allow');
    }
    if (client === null) throw invalidClient();
    if (!client.grantTypes.includes('client_credentials')) {
      throw new TokenProblem('unauthorized_client', 'This client may not ask for tokens: its settings say so');
    }
    if (resource !== null && resource !== issuer) {
      throw new TokenProblem('invalid_target', 'Tokens of this endpoint are for this gateway only');
    }
    if (scopes?.some((scope) => !client.scopes.some((granted) => granted === scope))) {
      throw new TokenProblem('invalid_scope', 'The client does not have every scope that it asks for');
    }
    const granted = scopes === null ? client.scopes : client.scopes.filter((scope) => scopes.includes(scope));
    const jti = randomUUID();
    const token = await signAccessToken({
      keys,
      issuer,
      clientId: client.clientId,
      scopes: granted,
      jti,
      lifetimeSeconds,
      notBefore: client.tokensNotBefore,
      now: this.#now(),
    });
    await ledger.note({ action: 'token.issued', actor: `client:${client.clientId}`, detail: { jti, scopes: granted } });
    log.info({ client: client.name, scopes: granted }, 'token issued');
    return { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope: granted.join(' ') };
  }

  async introspect(request: Request): Promise<object> {
    const { credentials, token } = readRequestAboutToken(received(request));
    return introspect(token, await this.#client(credentials, request), this.#reading());
  }

  async revoke(request: Request): Promise<object> {
    const { credentials, token } = readRequestAboutToken(received(request));
    const client = await this.#client(credentials, request);
    await revoke(token, client, { ...this.#reading(), ledger: this.#options.ledger });
    return {};
  }

  async #client(credentials: PresentedCredentials, request: Request): Promise<ApiClient> {
    const client = await this.#authentication.authenticate(credentials, addressOf(request));
    if (client === null) throw invalidClient();
    return client;
  }

  #reading(): TokenReading {
    const { pool, keys, issuer } = this.#options;
    return { pool, keys, issuer: issuer(), now: this.#now() };
  }
}

function received({ body, headers, originalUrl }: Request<object, unknown, unknown>): ReceivedRequest {
  return {
    url: originalUrl,
    authorization: headers.authorization,
    contentType: headers['content-type'],
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}

/** Where a request came from; behind a proxy that is trusted, from whom the proxy had it. */
function addressOf({ ip, socket }: Request): string {
  return ip ?? socket.remoteAddress ?? '';
}

function asTokenProblem(error: unknown): TokenProblem {
  if (error instanceof TokenProblem) return error;
  const status = bodyErrorStatus(error);
  if (status === 413) return new TokenProblem('invalid_request', 'The body is too large for credentials', { status });
  if (status !== null) return new TokenProblem('invalid_request', 'The body could not be read', { status });
  return new TokenProblem('temporarily_unavailable', 'Tokens cannot be issued at the moment: try again later', {
    status: 503,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause: error,
  });
}

function refuse(error: unknown, response: Response, log: Logger): void {
  const problem = asTokenProblem(error);
  if (problem.status === 401) response.set('WWW-Authenticate', 'Basic realm="dci-gateway"');
  if (problem.retryAfterSeconds !== null) response.set('Retry-After', String(problem.retryAfterSeconds));
  if (problem.status === 503) log.error({ err: loggableError(problem.cause) }, 'a token could not be issued');
  else log.info({ error: problem.code, reason: problem.message }, 'token refused');
  response.status(problem.status).json({ error: problem.code, error_description: problem.message });
}
