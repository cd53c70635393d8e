import { decodeJwt } from 'jose';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { formEncoded } from './form-encoding.js';
import { type SourceRequest } from './http-exchange.js';
import { sourceUrl } from './source-url.js';

/** A token of a source, kept in memory only. */
export interface AccessToken {
  /** The value of the `Authorization` header. */
  readonly authorization: string;
  /** The token alone, to keep it out of problems. */
  readonly value: string;
  /** Until when it is used, a margin before it ends: `performance.now()` milliseconds. */
  readonly usableUntil: number;
}

/** Of a source what asking it for a token takes. */
export type TokenSource = Pick<
  DataSource,
  'code' | 'baseUrl' | 'paths' | 'grantType' | 'parameters' | 'credentialLocation' | 'timeoutMs'
>;

const MAX_TOKEN_ANSWER_BYTES = 64 * 1024;
const LIFETIME_WHEN_UNSAID_MS = 5 * 60_000;
const LONGEST_MARGIN_MS = 30_000;

/** Asks for a token with the client's credentials where the source wants them. Throws `DATA_SOURCE_PATH_MISSING`. */
export function tokenRequest(
  source: TokenSource,
  clientId: string,
  secret: string,
  signal: AbortSignal,
): SourceRequest {
  const url = sourceUrl(source, 'token');
  const form = new URLSearchParams({ grant_type: source.grantType });
  const { db_name: dbName, scope } = source.parameters;
  if (dbName !== undefined) form.set('db_name', dbName);
  if (scope !== undefined) form.set('scope', scope);
  const rest = {
    purpose: 'token',
    method: 'POST' as const,
    maxBytes: MAX_TOKEN_ANSWER_BYTES,
    timeoutMs: source.timeoutMs,
    // The encoded pair of Basic gives the secret away as much as the secret itself.
    secrets: [secret, basicCredentials(clientId, secret)],
    signal,
  };
  const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };
  switch (source.credentialLocation) {
    case 'form':
      form.set('client_id', clientId);
      form.set('client_secret', secret);
      return { ...rest, url, headers: formHeaders, body: form.toString() };
    case 'basic':
      return {
        ...rest,
        url,
        headers: { ...formHeaders, authorization: `Basic ${basicCredentials(clientId, secret)}` },
        body: form.toString(),
      };
    case 'json':
      return {
        ...rest,
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...Object.fromEntries(form), client_id: clientId, client_secret: secret }),
      };
    case 'query':
      form.set('client_id', clientId);
      form.set('client_secret', secret);
      url.search = form.toString();
      return { ...rest, url, headers: {} };
  }
}

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(clientId: string, secret: string): string {
  return Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64');
}

/**
 * RFC 6749 section 5.1, without insisting on `token_type` and `expires_in`, which registries leave out. Throws
 * `SOURCE_ANSWER_UNREADABLE`.
 */
export function readTokenAnswer(body: unknown, source: Pick<DataSource, 'code'>): AccessToken {
  const answer: object = typeof body === 'object' && body !== null ? body : {};
  const value = 'access_token' in answer ? answer.access_token : undefined;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/u.test(value)) {
    throw new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `The token endpoint of "${source.code}" answered without a usable access_token: check the token path of the data source`,
    );
  }
  const type = 'token_type' in answer && typeof answer.token_type === 'string' ? answer.token_type.trim() : '';
  // Servers compare the scheme with its capital letter although they answer "bearer" (OpenCRVS does).
  const scheme = type === '' || type.toLowerCase() === 'bearer' ? 'Bearer' : type;
  if (!/^[\w-]+$/u.test(scheme)) {
    throw new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `The token endpoint of "${source.code}" answered an unusable token_type`,
    );
  }
  const lifetimeMs = saidLifetimeMs(answer) ?? writtenLifetimeMs(value) ?? LIFETIME_WHEN_UNSAID_MS;
  const margin = Math.min(LONGEST_MARGIN_MS, lifetimeMs / 10);
  return { authorization: `${scheme} ${value}`, value, usableUntil: performance.now() + lifetimeMs - margin };
}

/** `expires_in` in seconds, also as text: the standard's own example writes "36000". */
function saidLifetimeMs(answer: object): number | null {
  const said = 'expires_in' in answer ? answer.expires_in : undefined;
  const seconds = typeof said === 'string' && /^\d+(\.\d+)?$/u.test(said) ? Number(said) : said;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

/** Lifetime that a JWT tells of itself, unverified: from `iat` where it has one, so that a wrong clock does not matter. */
function writtenLifetimeMs(token: string): number | null {
  try {
    const { exp, iat } = decodeJwt(token);
    if (exp === undefined) return null;
    return Math.max(0, exp * 1000 - (iat === undefined ? Date.now() : iat * 1000));
  } catch {
    return null;
  }
}
