import { type Logger } from 'pino';
import { readLocations } from '../dci/locations.js';
import { type Queryable } from '../database/pool.js';
import { type SourceLocation } from '../record/location.js';
import { Problem } from '../record/problem.js';
import { type AccessToken, AccessTokens, QUERY_CREDENTIALS_WARNING } from './access-tokens.js';
import { type DataSource } from './data-source.js';
import { type CredentialSeal, openClientSecret } from './data-sources.js';
import { HttpExchange, type JsonAnswer, type SourceRequest } from './http-exchange.js';
import { type Attempt, DEFAULT_RETRY_LIMITS, type FailedAttempt, type RetryLimits, withRetries } from './retry.js';
import { readSourceAnswer, type SearchResult, type SourceQuestion, writeSourceMessage } from './source-messages.js';
import { sourceUrl } from './source-url.js';

export { type SearchResult, type SourceQuestion } from './source-messages.js';

export interface RegistryClientOptions {
  readonly pool: Queryable;
  readonly keys: CredentialSeal;
  /** Our `sender_id`; asked at each message, because the address may be known only after listening. */
  readonly senderId: () => string;
  readonly log: Logger;
  /** Default `DEFAULT_RETRY_LIMITS`. */
  readonly limits?: Partial<RetryLimits>;
  /** Most bytes that are read of a search answer or a list of places. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Opens the client with which this process asks other registries; the caller closes it. */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  return new RegistryClient(options);
}

/** Asks other registries over DCI. One per process: it holds their tokens (in memory only) and connections. */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #limits: RetryLimits;
  readonly #exchange = new HttpExchange();
  readonly #tokens: AccessTokens;
  readonly #closing = new AbortController();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_RETRY_LIMITS, ...options.limits };
    this.#tokens = new AccessTokens({
      exchange: this.#exchange,
      limits: this.#limits,
      log: options.log,
      openSecret: (source) => openClientSecret(options.pool, options.keys, source.id),
      // A token is for everyone who waits for it: only the end of the client stops the request.
      signal: this.#closing.signal,
    });
  }

  /**
   * One page of a source's records, read from its dialect. Searches are reads, so a failed one is repeated where that
   * can help. Throws `SOURCE_UNREACHABLE`, `SOURCE_TIMEOUT`, `SOURCE_REFUSED_CREDENTIALS`, `SOURCE_RATE_LIMITED`,
   * `SOURCE_FAILED`, `SOURCE_REDIRECTED`, `SOURCE_ANSWER_TOO_LARGE`, `SOURCE_ANSWER_UNREADABLE`,
   * `SOURCE_REJECTED_REQUEST`, `DATA_SOURCE_PATH_MISSING` or `DATA_SOURCE_CREDENTIALS_MISSING`.
   */
  async search(source: DataSource, question: SourceQuestion, signal?: AbortSignal): Promise<SearchResult> {
    const [result] = await this.searchMany(source, [question], signal);
    if (result === undefined) throw new Error('A question was left without a result');
    return result;
  }

  /** Several questions in one message; one result each, in order. Throws as `search` does, for all when one fails. */
  async searchMany(
    source: DataSource,
    questions: readonly SourceQuestion[],
    signal?: AbortSignal,
  ): Promise<SearchResult[]> {
    if (questions.length === 0) return [];
    const url = sourceUrl(source, 'search');
    const message = writeSourceMessage(source, questions, this.#options.senderId(), new Date());
    const request = {
      purpose: 'search',
      method: 'POST' as const,
      url,
      headers: JSON_BODY,
      body: JSON.stringify(message.body),
    };
    const answer = await this.#ask(source, request, source.authType === 'bearer', signal);
    const results = readSourceAnswer(source, message, answer.body, new Date());
    if (source.authType === 'bearer' && source.credentialLocation === 'query') {
      for (const result of results) result.warnings.push(QUERY_CREDENTIALS_WARNING);
    }
    return results;
  }

  /**
   * The source's list of places, in its order, and what in it could not be read. The list is public in the standard,
   * so no token is sent. Throws as `search` does.
   */
  async locations(
    source: DataSource,
    signal?: AbortSignal,
  ): Promise<{ readonly locations: readonly SourceLocation[]; readonly problems: readonly string[] }> {
    const url = sourceUrl(source, 'locations');
    const answer = await this.#ask(source, { purpose: 'locations', method: 'GET', url, headers: {} }, false, signal);
    const read = readLocations(answer.body);
    const [problem] = read.problems;
    if (read.locations.length === 0 && problem !== undefined) {
      throw new Problem(
        'SOURCE_ANSWER_UNREADABLE',
        `The list of places of "${source.code}" cannot be used: ${problem}`,
      );
    }
    return read;
  }

  /** Ends what is under way and closes every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#exchange.close();
  }

  /** A token that is refused (401) may have been revoked or outlived by a restart: it is renewed, once. */
  async #ask(
    source: DataSource,
    request: Question,
    withToken: boolean,
    signal: AbortSignal | undefined,
  ): Promise<JsonAnswer> {
    const ends = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    const totalMs = Math.max(this.#limits.totalMs, source.timeoutMs);
    let renewed = false;
    return await withRetries({ ...this.#limits, totalMs }, ends, async (number, remainingMs) => {
      const timeoutMs = Math.max(1, Math.min(source.timeoutMs, Math.floor(remainingMs)));
      const send = (token: AccessToken | null): Promise<Attempt<JsonAnswer>> =>
        this.#exchange.send({
          ...request,
          headers: { ...request.headers, ...(token === null ? {} : { authorization: token.authorization }) },
          maxBytes: this.#options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
          timeoutMs,
          secrets: token === null ? [] : [token.value],
          signal: ends,
        });
      const token = withToken ? await this.#tokens.get(source) : null;
      let outcome = await send(token);
      if (!outcome.ok && outcome.status === 401 && token !== null && !renewed) {
        renewed = true;
        this.#tokens.forget(source, token);
        outcome = await send(await this.#tokens.get(source));
      }
      if (!outcome.ok) this.#logFailure(source, request, number, outcome);
      return outcome;
    });
  }

  #logFailure(source: DataSource, { purpose }: Question, attempt: number, outcome: FailedAttempt): void {
    const { code, message } = outcome.problem;
    this.#options.log.warn({ source: source.code, purpose, attempt, code, again: outcome.again }, message);
  }
}

type Question = Pick<SourceRequest, 'purpose' | 'method' | 'url' | 'headers' | 'body'>;

const JSON_BODY = { 'content-type': 'application/json' };
