import { TokenProblem } from './token-problem.js';

/** What arrived at the token endpoint. */
export interface ReceivedTokenRequest {
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** A well-formed request for a token by client credentials (RFC 6749, 4.4). */
export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `null`: all that the client has. */
  readonly scopes: readonly string[] | null;
  /** RFC 8707; `null`: ours. */
  readonly resource: string | null;
  /** Whether the secret stood in the address: only few clients may do that. */
  readonly inAddress: boolean;
}

const CREDENTIAL_PARAMETERS = ['client_id', 'client_secret', 'grant_type', 'client_assertion'];
const PRINTABLE = /^[\x20-\x7e]+$/u;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/u;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

type Parameters = ReadonlyMap<string, string>;

/** Reads a token request, JSON bodies as OpenSPP's server wants them included. Throws a `TokenProblem`. */
export function readTokenRequest(received: ReceivedTokenRequest): TokenRequest {
  const query = received.url.split('?')[1] ?? '';
  const inAddress = CREDENTIAL_PARAMETERS.some((name) => new URLSearchParams(query).has(name));
  // Who sends them there sends nothing else: two places could name two clients.
  if (inAddress && (received.body.toString('utf8').trim() !== '' || received.authorization !== undefined)) {
    throw credentialsInAddress();
  }
  const parameters = inAddress ? readForm(query) : readBody(received);
  const { clientId, clientSecret } = readCredentials(received.authorization, parameters);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw invalidRequest('grant_type is missing: send client_credentials');
  if (grantType !== 'client_credentials') {
    throw new TokenProblem('unsupported_grant_type', 'The only grant_type here is client_credentials');
  }
  const scope = parameters.get('scope');
  if (scope !== undefined && !SCOPE.test(scope)) {
    throw new TokenProblem('invalid_scope', 'scope must be a list of scopes with one blank between them');
  }
  return {
    clientId,
    clientSecret,
    scopes: scope === undefined ? null : scope.split(' '),
    resource: parameters.get('resource') ?? null,
    inAddress,
  };
}

function invalidRequest(message: string): TokenProblem {
  return new TokenProblem('invalid_request', message);
}

/** The refusal of credentials in an address; the same whether or not they are good. */
export function credentialsInAddress(): TokenProblem {
  return invalidRequest(
    'Send the credentials in the body of the request: an address is written to logs. ' +
      'A secret that was sent this way should be replaced',
  );
}

function readBody({ contentType, body }: ReceivedTokenRequest): Parameters {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalidRequest('The body is not UTF-8');
  }
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return readForm(text);
  if (type === 'application/json') return readJson(text);
  throw invalidRequest('Send the body as application/x-www-form-urlencoded or application/json');
}

/** An empty value counts as absent, a repeated parameter as an error (RFC 6749, 3.2). */
function readForm(text: string): Parameters {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (seen.has(name)) throw invalidRequest('A parameter is repeated: send each one once');
    seen.add(name);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function readJson(text: string): Parameters {
  let parsed: unknown;
  try {
    parsed = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    throw invalidRequest('The body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw invalidRequest('The body must be a JSON object');
  }
  const parameters = new Map<string, string>();
  const fields = new Map<string, unknown>(Object.entries(parsed));
  for (const name of ['grant_type', 'client_id', 'client_secret', 'scope', 'resource']) {
    const value = fields.get(name) ?? '';
    if (typeof value !== 'string') throw invalidRequest(`${name} must be a text`);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function readCredentials(authorization: string | undefined, parameters: Parameters): Credentials {
  const inBody = { clientId: parameters.get('client_id'), clientSecret: parameters.get('client_secret') };
  if (authorization !== undefined && authorization.trim() !== '') {
    const inHeader = readBasic(authorization.trim());
    // One way of authentication per request (RFC 6749, 2.3): two could name two clients.
    if (inBody.clientSecret !== undefined || (inBody.clientId !== undefined && inBody.clientId !== inHeader.clientId)) {
      throw invalidRequest('Send the credentials either in the Authorization header or in the body, not in both');
    }
    return inHeader;
  }
  const { clientId, clientSecret } = inBody;
  if (clientId === undefined) throw invalidRequest('client_id is missing');
  if (clientSecret === undefined) throw invalidRequest('client_secret is missing');
  if (!PRINTABLE.test(clientId) || !PRINTABLE.test(clientSecret)) throw notPrintable();
  return { clientId, clientSecret };
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function notPrintable(): TokenProblem {
  return invalidRequest('client_id and client_secret hold printable ASCII characters only');
}

/** HTTP Basic, where both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function readBasic(authorization: string): Credentials {
  const [scheme, encoded = '', ...rest] = authorization.split(/ +/u);
  if (scheme?.toLowerCase() !== 'basic' || !BASE64.test(encoded) || rest.length > 0) {
    throw invalidRequest('The Authorization header here must be Basic, with client id and secret');
  }
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) throw invalidRequest('The Authorization header must hold client id, a colon, and the secret');
  const [clientId, clientSecret] = [pair.slice(0, colon), pair.slice(colon + 1)].map(formDecode);
  if (!clientId || !clientSecret) throw invalidRequest('The Authorization header lacks the client id or the secret');
  if (!PRINTABLE.test(clientId) || !PRINTABLE.test(clientSecret)) throw notPrintable();
  return { clientId, clientSecret };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('Client id and secret in the Authorization header must be form-encoded');
  }
}
