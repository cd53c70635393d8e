import { TokenProblem } from './token-problem.js';

/** What arrived at an endpoint that clients call with their credentials. */
export interface ReceivedRequest {
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** The parameters of a request by name; none is empty. */
export type Parameters = ReadonlyMap<string, string>;

/** What is read of a JSON body; everything else is ignored, as unknown parameters of a form are. */
const NAMES = [
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
  'resource',
  'token',
  'token_type_hint',
];
const CREDENTIAL_NAMES = ['client_id', 'client_secret', 'grant_type', 'client_assertion', 'token'];

/** The query of the address. */
export function queryOf({ url }: Pick<ReceivedRequest, 'url'>): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/** Whether anything that belongs into the body stands in the address. */
export function hasCredentialsInAddress(received: Pick<ReceivedRequest, 'url'>): boolean {
  const names = new URLSearchParams(queryOf(received));
  return CREDENTIAL_NAMES.some((name) => names.has(name));
}

/** The refusal of credentials in an address; the same whether or not they are good. */
export function credentialsInAddress(): TokenProblem {
  return invalidRequest(
    'Send the credentials in the body of the request: an address is written to logs. ' +
      'A secret that was sent this way should be replaced',
  );
}

/** Reads a body by its type: a form (RFC 6749), or JSON as OpenSPP's server wants it. Throws a `TokenProblem`. */
export function readBody({ contentType, body }: Pick<ReceivedRequest, 'contentType' | 'body'>): Parameters {
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
export function readForm(text: string): Parameters {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (seen.has(name)) {
      // The one parameter that a client may repeat elsewhere (RFC 8707, 2): here there is one resource.
      if (name === 'resource') throw new TokenProblem('invalid_target', 'Name one resource: tokens are for one');
      throw invalidRequest('A parameter is repeated: send each one once');
    }
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
  for (const name of NAMES) {
    const value = fields.get(name) ?? '';
    if (typeof value !== 'string') throw invalidRequest(`${name} must be a text`);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

/** The refusal of a request that is not written as it should be. */
export function invalidRequest(message: string): TokenProblem {
  return new TokenProblem('invalid_request', message);
}
