import { type Logger } from 'pino';
import { Problem } from '../record/problem.js';
import { type DataSource } from './data-source.js';
import { type HttpExchange } from './http-exchange.js';
import { type RetryLimits, withRetries } from './retry.js';
import { type SourceQuota } from './source-quota.js';
import { type AccessToken, readTokenAnswer, tokenRequest } from './token-request.js';

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
