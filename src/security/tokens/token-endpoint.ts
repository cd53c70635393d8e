import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { loggableError } from '../../record/loggable-error.js';
import { signAccessToken } from '../access-token.js';
import { bodyErrorStatus } from '../body-errors.js';
import { authenticateClient } from '../clients.js';
import { isEncoded } from '../content-encoding.js';
import type { Keys } from '../keys.js';
import { TokenProblem } from './token-problem.js';
import { credentialsInAddress, readTokenRequest, type TokenRequest } from './token-request.js';

/** Where clients get their tokens (companion specification of the standard). */
export const TOKEN_PATH = '/oauth2/client/token';

/** What the token endpoint works with. */
export interface TokenEndpointOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  /** The public address of this gateway: issuer and audience of the tokens. */
  readonly issuer: () => string;
  readonly lifetimeSeconds: number;
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
const RETRY_AFTER_SECONDS = '5';

/** The routes of the token endpoint: client credentials in, an access token out. */
export function tokenEndpoint(options: TokenEndpointOptions): Router {
  const router = express.Router();
  router.all(TOKEN_PATH, (request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    if (request.method !== 'POST') {
      response.set('Allow', 'POST');
      next(new TokenProblem('invalid_request', 'Ask for a token with POST', 405));
    } else if (isEncoded(request)) {
      next(new TokenProblem('invalid_request', 'Send the body without Content-Encoding', 415));
    } else next();
  });
  router.post(
    TOKEN_PATH,
    express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false }),
    async (request: Request<object, TokenAnswer, unknown>, response: Response<TokenAnswer>) => {
      const { body, headers, originalUrl } = request;
      const asked = readTokenRequest({
        url: originalUrl,
        authorization: headers.authorization,
        contentType: headers['content-type'],
        body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      });
      response.json(await grant(asked, options));
    },
  );
  router.use(TOKEN_PATH, (error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    refuse(error, response, options.log);
  });
  return router;
}

async function grant(asked: TokenRequest, options: TokenEndpointOptions): Promise<TokenAnswer> {
  const { pool, keys, lifetimeSeconds, log } = options;
  const issuer = options.issuer();
  const client = await authenticateClient(pool, keys, asked.clientId, asked.clientSecret);
  if (asked.inAddress) {
    if (!client?.reception.allowQueryCredentials) throw credentialsInAddress();
    log.warn({ client: client.name }, 'a client sent its secret in the address, as its settings allow');
  }
  if (!client) throw new TokenProblem('invalid_client', 'The client id or the client secret is wrong');
  if (asked.resource !== null && asked.resource !== issuer) {
    throw new TokenProblem('invalid_target', 'Tokens of this endpoint are for this gateway only');
  }
  const { scopes } = asked;
  if (scopes?.some((scope) => !client.scopes.some((granted) => granted === scope))) {
    throw new TokenProblem('invalid_scope', 'The client does not have every scope that it asks for');
  }
  const granted = scopes === null ? client.scopes : client.scopes.filter((scope) => scopes.includes(scope));
  const token = await signAccessToken({
    keys,
    issuer,
    clientId: client.clientId,
    scopes: granted,
    lifetimeSeconds,
    ...(options.now ? { now: options.now() } : {}),
  });
  log.info({ client: client.name, scopes: granted }, 'token issued');
  return { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds, scope: granted.join(' ') };
}

function asTokenProblem(error: unknown): TokenProblem {
  if (error instanceof TokenProblem) return error;
  const status = bodyErrorStatus(error);
  if (status === 413) return new TokenProblem('invalid_request', 'The body is too large for a token request', 413);
  if (status !== null) return new TokenProblem('invalid_request', 'The body could not be read', status);
  const sentence = 'Tokens cannot be issued at the moment: try again later';
  return new TokenProblem('temporarily_unavailable', sentence, 503, { cause: error });
}

function refuse(error: unknown, response: Response, log: Logger): void {
  const problem = asTokenProblem(error);
  if (problem.status === 401) response.set('WWW-Authenticate', 'Basic realm="dci-gateway"');
  if (problem.status === 503) {
    response.set('Retry-After', RETRY_AFTER_SECONDS);
    log.error({ err: loggableError(problem.cause) }, 'a token could not be issued');
  } else log.info({ error: problem.code, reason: problem.message }, 'token refused');
  response.status(problem.status).json({ error: problem.code, error_description: problem.message });
}
