import { type PresentedCredentials, readCredentials } from './presented-credentials.js';
import {
  credentialsInAddress,
  hasCredentialsInAddress,
  invalidRequest,
  queryOf,
  readBody,
  readForm,
  type ReceivedRequest,
} from './request-parameters.js';
import { TokenProblem } from './token-problem.js';

/** A well-formed request for a token by client credentials (RFC 6749, 4.4). */
export interface TokenRequest {
  readonly credentials: PresentedCredentials;
  /** `null`: all that the client has. */
  readonly scopes: readonly string[] | null;
  /** RFC 8707; `null`: ours. */
  readonly resource: string | null;
  /** Whether the secret stood in the address: only few clients may do that. */
  readonly inAddress: boolean;
}

/** A well-formed request about one token: to introspect it (RFC 7662) or to revoke it (RFC 7009). */
export interface RequestAboutToken {
  readonly credentials: PresentedCredentials;
  readonly token: string;
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/u;

/** Reads a token request. Throws a `TokenProblem`. */
export function readTokenRequest(received: ReceivedRequest): TokenRequest {
  const inAddress = hasCredentialsInAddress(received);
  // Who sends them there sends nothing else: two places could name two clients.
  if (inAddress && (received.body.toString('utf8').trim() !== '' || received.authorization !== undefined)) {
    throw credentialsInAddress();
  }
  const parameters = inAddress ? readForm(queryOf(received)) : readBody(received);
  const credentials = readCredentials(received.authorization, parameters);
  if (inAddress && credentials.kind !== 'secret') throw credentialsInAddress();
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw invalidRequest('grant_type is missing: send client_credentials');
  if (grantType !== 'client_credentials') {
    throw new TokenProblem('unsupported_grant_type', 'The only grant_type here is client_credentials');
  }
  const scope = parameters.get('scope');
  if (scope !== undefined && !SCOPE.test(scope)) {
    throw new TokenProblem('invalid_scope', 'scope must be a list of scopes with one blank between them');
  }
  const scopes = scope === undefined ? null : scope.split(' ');
  return { credentials, scopes, resource: parameters.get('resource') ?? null, inAddress };
}

/** Reads a request to introspect or to revoke a token. Throws a `TokenProblem`. */
export function readRequestAboutToken(received: ReceivedRequest): RequestAboutToken {
  if (hasCredentialsInAddress(received)) throw credentialsInAddress();
  const parameters = readBody(received);
  const credentials = readCredentials(received.authorization, parameters);
  const token = parameters.get('token');
  if (token === undefined) throw invalidRequest('token is missing');
  return { credentials, token };
}
