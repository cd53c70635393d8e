import { type CredentialLocation } from '../data-source.js';
import { readTokenAnswer, tokenRequest, type TokenSource } from '../token-request.js';
import { type ProbeLine } from './probe-line.js';

/** How a registry gives tokens. */
export interface FoundTokens {
  readonly style: CredentialLocation | 'none' | null;
  readonly authorization: string | null;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** The address of a request is logged on its way: it is the last place that is tried. */
const STYLES: readonly CredentialLocation[] = ['form', 'basic', 'json', 'query'];
const PATH = '/oauth2/client/token';

/** Asks for a token with the credentials in one place after the other, until one is given. */
export async function findTokens(
  line: ProbeLine,
  credentials: { readonly clientId: string; readonly clientSecret: string } | null,
  dbName: string | undefined,
): Promise<FoundTokens> {
  const nothing = { style: null, authorization: null, warnings: [] };
  if (credentials === null) {
    return { ...nothing, reasons: ['Without client id and secret the token endpoint was not looked at.'] };
  }
  const { clientId, clientSecret } = credentials;
  const reasons: string[] = [];
  const warnings: string[] = [];
  let wantsDatabase = false;
  for (const style of STYLES) {
    const source: TokenSource = {
      code: 'probe',
      baseUrl: line.baseUrl,
      paths: { token: PATH },
      grantType: 'client_credentials',
      parameters: style === 'json' && dbName !== undefined ? { db_name: dbName } : {},
      credentialLocation: style,
      timeoutMs: line.timeoutMs,
    };
    const outcome = await line.send(tokenRequest(source, clientId, clientSecret, line.signal));
    if (outcome.ok) {
      if (style === 'query') warnings.push(IN_ADDRESSES);
      reasons.push(`It gives a token when the credentials are sent ${PLACES[style]}.`);
      return { style, authorization: readTokenAnswer(outcome.value.body, source).authorization, reasons, warnings };
    }
    if (outcome.status === 404 || outcome.status === 405) {
      return { ...nothing, style: 'none', reasons: [`There is no token endpoint at ${PATH}.`] };
    }
    if (outcome.status === null) throw outcome.problem;
    if (/db_name/u.test(outcome.problem.message)) wantsDatabase = true;
    if (outcome.status === 401) reasons.push(`It read the credentials ${PLACES[style]} and refused them.`);
  }
  // Where it was named the place was refused that cannot name one, not the name.
  if (wantsDatabase && dbName === undefined) warnings.push(WANTS_DATABASE);
  else warnings.push('No token was given: check the client id and the client secret.');
  return { ...nothing, reasons, warnings };
}

const PLACES: Readonly<Record<CredentialLocation, string>> = {
  form: 'in a form body',
  basic: 'in the Authorization header',
  json: 'in a JSON body',
  query: 'in the address',
};
const IN_ADDRESSES =
  'It takes credentials only in the address, which servers and proxies log: ask for a release that reads a form body.';
const WANTS_DATABASE = 'Its token endpoint wants the name of a database: give it, and probe again.';
