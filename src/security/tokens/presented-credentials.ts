import { decodeJwt, errors } from 'jose';
import { invalidRequest, type Parameters } from './request-parameters.js';
import { TokenProblem } from './token-problem.js';

/** How a client says who it is: with its secret, or with an assertion that it signed (RFC 7523). */
export type PresentedCredentials = PresentedSecret | PresentedAssertion;

export interface PresentedSecret {
  readonly kind: 'secret';
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface PresentedAssertion {
  readonly kind: 'assertion';
  /** Whom it claims to come from: nothing is proved yet. */
  readonly clientId: string;
  readonly assertion: string;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const PRINTABLE = /^[\x20-\x7e]+$/u;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u;

/** Finds the one way in which a request authenticates its client (RFC 6749, 2.3). Throws a `TokenProblem`. */
export function readCredentials(authorization: string | undefined, parameters: Parameters): PresentedCredentials {
  const clientId = parameters.get('client_id');
  const clientSecret = parameters.get('client_secret');
  const assertion = parameters.get('client_assertion');
  const assertionType = parameters.get('client_assertion_type');
  const hasAssertion = assertion !== undefined || assertionType !== undefined;
  if (authorization !== undefined && authorization.trim() !== '') {
    const inHeader = readBasic(authorization.trim());
    // Two ways could name two clients.
    if (hasAssertion || clientSecret !== undefined || (clientId !== undefined && clientId !== inHeader.clientId)) {
      throw invalidRequest('Send the credentials either in the Authorization header or in the body, not in both');
    }
    return inHeader;
  }
  if (clientId !== undefined && !PRINTABLE.test(clientId)) throw notPrintable();
  if (hasAssertion) {
    if (clientSecret !== undefined) throw invalidRequest('Send either a client_secret or a client_assertion, not both');
    return readAssertion(assertion, assertionType, clientId);
  }
  if (clientSecret === undefined) {
    throw new TokenProblem('invalid_client', 'Say which client you are: send its id with its secret or an assertion');
  }
  if (clientId === undefined) throw invalidRequest('client_id is missing');
  if (!PRINTABLE.test(clientSecret)) throw notPrintable();
  return { kind: 'secret', clientId, clientSecret };
}

function readAssertion(
  assertion: string | undefined,
  type: string | undefined,
  clientId: string | undefined,
): PresentedAssertion {
  if (type !== ASSERTION_TYPE) throw invalidRequest(`client_assertion_type must be ${ASSERTION_TYPE}`);
  if (assertion === undefined) throw invalidRequest('client_assertion is missing');
  const subject = subjectOf(assertion);
  if (subject === null || (clientId !== undefined && clientId !== subject)) throw invalidClient();
  return { kind: 'assertion', clientId: subject, assertion };
}

function subjectOf(assertion: string): string | null {
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' && PRINTABLE.test(sub) ? sub : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** The refusal of credentials that prove nothing: one text for every cause. */
export function invalidClient(): TokenProblem {
  return new TokenProblem('invalid_client', 'The client id or its proof (secret or assertion) is wrong');
}

function notPrintable(): TokenProblem {
  return invalidRequest('client_id and client_secret hold printable ASCII characters only');
}

/** HTTP Basic, where both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function readBasic(authorization: string): PresentedSecret {
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
  return { kind: 'secret', clientId, clientSecret };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('Client id and secret in the Authorization header must be form-encoded');
  }
}
