import { decodeJwt } from 'jose';
import { type Logger } from 'pino';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { formEncoded } from './form-encoding.js';
import { type HttpExchange, type SourceRequest } from './http-exchange.js';
import { type RetryLimits, withRetries } from './retry.js';
import { type SourceQuota } from './source-quota.js';
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

/** What asking for tokens needs. */
export interface AccessTokensOptions {
  readonly exchange: HttpExchange;
  readonly quota: SourceQuota;
  readonly limits: RetryLimits;
  readonly log: Logger;
  /** The client secret in plain text; `null` when none is held. */
  readonly openSecret: (source: DataSource) => Promise<string | null>;
  /** Ends token requests that are under way. */
  readonly signal: AbortSignal;
}

const MAX_TOKEN_ANSWER_BYTES = 64 * 1024;
const LIFETIME_WHEN_UNSAID_MS = 5 * 60_000;
const LONGEST_MARGIN_MS = 30_000;

/** Told to the operator of a source whose credentials travel in addresses. */
export const QUERY_CREDENTIALS_WARNING =
  'The client secret of this data source travels in addresses, where servers and proxies log it: ' +
  'use another credential location as soon as the registry accepts one';

/** One token per source and client, shared by all searches until shortly before it ends. */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #held = new Map<string, AccessToken>();
  readonly #underWay = new Map<string, Promise<AccessToken>>();
  readonly #warned = new Set<string>();

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  /** The token held, or a new one. Searches that need a new one at the same time share one request. */
  async get(source: DataSource): Promise<AccessToken> {
    const key = cacheKey(source);
    const held = this.#held.get(key);
    if (held !== undefined && held.usableUntil > performance.now()) return held;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return await underWay;
    const request = this.#request(source)
      .then((token) => {
        this.#held.set(key, token);
        return token;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, request);
    return await request;
  }

  /** Gives up a token that the source refused; one that another search has renewed meanwhile stays. */
  forget(source: DataSource, refused: AccessToken): void {
    const key = cacheKey(source);
    if (this.#held.get(key) === refused) this.#held.delete(key);
  }

  async #request(source: DataSource): Promise<AccessToken> {
    const { exchange, quota, limits, log, openSecret, signal } = this.#options;
    const secret = await openSecret(source);
    if (source.clientId === null || secret === null) {
      throw new Problem(
        'DATA_SOURCE_CREDENTIALS_MISSING',
        `The data source "${source.code}" has no ${source.clientId === null ? 'client id' : 'client secret'}: set it, or set its auth type to none`,
      );
    }
    if (source.credentialLocation === 'query' && !this.#warned.has(source.id)) {
      this.#warned.add(source.id);
      log.warn({ source: source.code }, QUERY_CREDENTIALS_WARNING);
    }
    const request = tokenRequest(source, source.clientId, secret, signal);
    const patience = { ...limits, totalMs: Math.max(limits.totalMs, source.timeoutMs) };
    const answer = await withRetries(patience, signal, async (_number, remainingMs) => {
      await quota.take(source, signal);
      return await exchange.send({ ...request, timeoutMs: Math.min(request.timeoutMs, Math.ceil(remainingMs)) });
    });
    return readTokenAnswer(answer.body, source);
  }
}

/** Renaming a source keeps its token; another client, secret, address or way of asking does not. */
function cacheKey(source: DataSource): string {
  const parts = [source.id, source.clientId, source.secretMark, source.baseUrl, source.paths.token];
  return JSON.stringify([...parts, source.credentialLocation, source.parameters.scope, source.parameters.db_name]);
}

function tokenRequest(source: DataSource, clientId: string, secret: string, signal: AbortSignal): SourceRequest {
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

/** RFC 6749 section 5.1, without insisting on `token_type` and `expires_in`, which registries leave out. */
function readTokenAnswer(body: unknown, source: DataSource): AccessToken {
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
