import { setMaxListeners } from 'node:events';
import { type Logger } from 'pino';
import { readLocations } from '../dci/locations.js';
import { type GuardedAgent } from '../security/egress/guarded-agent.js';
import { PartnerKeys } from '../security/partner-keys.js';
import { KEY_SET_LIMITS } from '../security/remote-key-set.js';
import { type Queryable } from '../database/pool.js';
import { type SourceLocation } from '../record/location.js';
import { Problem } from '../record/problem.js';
import { type Acknowledgement, readAcknowledgement } from './acknowledgement.js';
import { AccessTokens, QUERY_CREDENTIALS_WARNING } from './access-tokens.js';
import { type DataSource } from './data-source.js';
import { type CredentialSeal, listDataSources, openClientSecret } from './data-sources.js';
import { HttpExchange, type JsonAnswer, type SourceRequest } from './http-exchange.js';
import { type Attempt, DEFAULT_RETRY_LIMITS, type FailedAttempt, type RetryLimits, withRetries } from './retry.js';
import { type SeeExchange } from './exchanges/exchange.js';
import { namesOfFilter } from './filter-names.js';
import {
  type QuestionOutcome,
  readSourceAnswer,
  type SearchResult,
  type SourceQuestion,
  writeSourceMessage,
} from './source-messages.js';
import { type OwnAddress } from './later-messages.js';
import { probeRegistry } from './probe/probe-registry.js';
import { type ProbeReport, type ProbeRequest } from './probe/probe-report.js';
import { type LaterAction } from './source-requests.js';
import { openAnswer, sealRequest, type SealOptions } from './seal-exchange.js';
import { SourceQuota } from './source-quota.js';
import { laterUrl, sourceUrl } from './source-url.js';
import { type AccessToken } from './token-request.js';

export { type QuestionOutcome, type SearchResult, type SourceQuestion } from './source-messages.js';

/** What the client works with. */
export interface RegistryClientOptions {
  readonly pool: Queryable;
  readonly keys: CredentialSeal & SealOptions['keys'];
  /** Our `sender_id`; asked at each message, because the address may be known only after listening. */
  readonly senderId: () => string;
  /** Where other registries bring what they answer later, without a slash at the end; asked likewise. */
  readonly publicUrl: () => string;
  readonly log: Logger;
  /** The way out. */
  readonly agent: GuardedAgent;
  /** Default `DEFAULT_RETRY_LIMITS`. */
  readonly limits?: Partial<RetryLimits>;
  /** Most bytes that are read of a search answer or a list of places. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Asks other registries over DCI. One per process: it holds their tokens (in memory only) and connections, and its owner
 * closes it.
 */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #limits: RetryLimits;
  readonly #exchange: HttpExchange;
  readonly #tokens: AccessTokens;
  readonly #quota: SourceQuota;
  readonly #sealing: SealOptions;
  readonly #underWay = new Set<AbortController>();
  readonly #closing = new AbortController();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_RETRY_LIMITS, ...options.limits };
    this.#exchange = new HttpExchange(options.agent);
    const { agent, keys, log } = options;
    const fetch = agent.fetch({ givenBy: 'operator', ...KEY_SET_LIMITS });
    this.#sealing = { keys, log, partnerKeys: new PartnerKeys({ fetch, log }) };
    this.#quota = new SourceQuota(options.pool);
    this.#tokens = new AccessTokens({
      exchange: this.#exchange,
      quota: this.#quota,
      limits: this.#limits,
      log: options.log,
      openSecret: (source) => openClientSecret(options.pool, options.keys, source.id),
      // A token is for everyone who waits for it: only the end of the client stops the request.
      signal: this.#closing.signal,
    });
    setMaxListeners(0, this.#closing.signal);
  }

  /**
   * One page of a source's records, read from its dialect. Searches are reads, so a failed one is repeated where that
   * can help. Throws `SOURCE_UNREACHABLE`, `SOURCE_TIMEOUT`, `SOURCE_REFUSED_CREDENTIALS`, `SOURCE_RATE_LIMITED`, `SOURCE_QUOTA_USED_UP`, `SOURCE_QUEUE_FULL`,
   * `SOURCE_FAILED`, `SOURCE_REDIRECTED`, `SOURCE_ANSWER_TOO_LARGE`, `SOURCE_ANSWER_UNREADABLE`,
   * `SOURCE_REJECTED_REQUEST`, `PROFILE_MISMATCH`, `SOURCE_ADDRESS_FORBIDDEN`, `DATA_SOURCE_PATH_MISSING`,
   * `DATA_SOURCE_CREDENTIALS_MISSING`, those of `sealRequest` and `openAnswer`, and `FILTER_NOT_EXPRESSIBLE` where the question wants its whole filter.
   */
  async search(
    source: DataSource,
    question: SourceQuestion,
    signal?: AbortSignal,
    see?: SeeExchange,
  ): Promise<SearchResult> {
    const [result] = await this.searchMany(source, [question], signal, see);
    if (result === undefined) throw new Error('A question was left without a result');
    return result;
  }

  /** Several questions in one message; one result each, in order. Throws as `search` does, for all when one fails. */
  async searchMany(
    source: DataSource,
    questions: readonly SourceQuestion[],
    signal?: AbortSignal,
    see?: SeeExchange,
  ): Promise<SearchResult[]> {
    const outcomes = await this.searchEach(source, questions, signal, see);
    return outcomes.map((outcome) => {
      if (outcome.ok) return outcome.result;
      if (!outcome.isLost) throw outcome.problem;
      // Many registries leave out what nobody fits.
      return { records: [], pagination: null, residual: null, warnings: [] };
    });
  }

  /**
   * Several questions in one message; what became of each, in order. Throws as `search` does when the message as a whole
   * had no answer.
   */
  async searchEach(
    source: DataSource,
    questions: readonly SourceQuestion[],
    signal?: AbortSignal,
    see?: SeeExchange,
  ): Promise<QuestionOutcome[]> {
    if (questions.length === 0) return [];
    const url = sourceUrl(source, 'search');
    const message = writeSourceMessage(source, questions, this.#options.senderId(), new Date());
    const notPushedDown = message.items.flatMap(({ residual }) => (residual === null ? [] : namesOfFilter(residual)));
    const request = {
      purpose: 'search',
      method: 'POST' as const,
      url,
      headers: JSON_BODY,
      body: JSON.stringify(await sealRequest(source, message.body, this.#sealing)),
      notPushedDown: [...new Set(notPushedDown)],
      see,
    };
    const answer = await this.#ask(source, request, source.authType === 'bearer', signal);
    const outcomes = readSourceAnswer(source, message, await openAnswer(source, answer, this.#sealing), new Date());
    if (source.authType !== 'bearer' || source.credentialLocation !== 'query') return outcomes;
    return outcomes.map((outcome) =>
      outcome.ok
        ? { ok: true, result: { ...outcome.result, warnings: [...outcome.result.warnings, QUERY_CREDENTIALS_WARNING] } }
        : outcome,
    );
  }

  /** How we are called, and where answers come that are given later. */
  ownAddress(): OwnAddress {
    const { senderId, publicUrl } = this.#options;
    return { senderId: senderId(), publicUrl: publicUrl() };
  }

  /**
   * Hands a source a message that it answers later, with one request: whether a source that did not answer has read it
   * is not known, and a second one would be a second question. Throws as `search` does.
   */
  async request(
    source: DataSource,
    action: LaterAction,
    body: unknown,
    signal?: AbortSignal,
    see?: SeeExchange,
  ): Promise<Acknowledgement> {
    const url = laterUrl(source, action);
    const request = {
      purpose: action,
      method: 'POST' as const,
      url,
      headers: JSON_BODY,
      body: JSON.stringify(await sealRequest(source, body, this.#sealing)),
      see,
    };
    const answer = await this.#ask(source, request, source.authType === 'bearer', signal, 1);
    return readAcknowledgement(answer.body);
  }

  /**
   * The `Authorization` with which to bring a message to this address: our token of the source that is there, so that it
   * knows who calls; `null` where no source of ours is, or it wants none. One that it has `refused` is not given again.
   * Throws as `search` does where the token cannot be had.
   */
  async authorizationFor(url: URL, refused: string | null = null): Promise<string | null> {
    const sources = await listDataSources(this.#options.pool);
    const there = sources
      .filter((source) => source.authType === 'bearer' && isBelow(url, new URL(source.baseUrl)))
      .sort((one, other) => other.baseUrl.length - one.baseUrl.length)[0];
    if (there === undefined) return null;
    const token = await this.#tokens.get(there);
    if (token.authorization !== refused) return token.authorization;
    this.#tokens.forget(there, token);
    return (await this.#tokens.get(there)).authorization;
  }

  /**
   * The source's list of places, in its order, and what in it could not be read. The list is public in the standard,
   * so no token is sent. Throws as `search` does.
   */
  async locations(
    source: DataSource,
    signal?: AbortSignal,
    see?: SeeExchange,
  ): Promise<{ readonly locations: readonly SourceLocation[]; readonly problems: readonly string[] }> {
    const url = sourceUrl(source, 'locations');
    const answer = await this.#ask(
      source,
      { purpose: 'locations', method: 'GET', url, headers: {}, see },
      false,
      signal,
    );
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

  /** Finds out what a registry speaks; nothing is kept of it. Throws as `probeRegistry` does. */
  async probe(request: ProbeRequest, signal?: AbortSignal): Promise<ProbeReport> {
    this.#closing.signal.throwIfAborted();
    return await probeRegistry(
      {
        exchange: this.#exchange,
        sealing: this.#sealing,
        senderId: this.#options.senderId(),
        signal: signal ?? this.#closing.signal,
      },
      request,
    );
  }

  /** Ends what is under way, which then rejects with an error that is no `Problem` of the source. */
  close(): Promise<void> {
    const reason = new Error('The client of other registries was closed');
    this.#closing.abort(reason);
    for (const ends of this.#underWay) ends.abort(reason);
    return Promise.resolve();
  }

  /** Rejects with the reason of `signal` once that has fired, as everything does that takes a signal. */
  async #ask(
    source: DataSource,
    request: Question,
    withToken: boolean,
    signal: AbortSignal | undefined,
    attempts = this.#limits.attempts,
  ): Promise<JsonAnswer> {
    this.#closing.signal.throwIfAborted();
    signal?.throwIfAborted();
    // Not AbortSignal.any(): on Node 20 every signal made by it stays tied to the client for as long as that lives.
    const ends = new AbortController();
    const giveUp = (): void => ends.abort(signal?.reason);
    this.#underWay.add(ends);
    signal?.addEventListener('abort', giveUp);
    try {
      return await this.#askPatiently(source, request, withToken, ends.signal, attempts);
    } catch (error) {
      ends.signal.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#underWay.delete(ends);
    }
  }

  /** A token that is refused (401) may have been revoked or outlived by a restart: it is renewed, once. */
  async #askPatiently(
    source: DataSource,
    request: Question,
    withToken: boolean,
    signal: AbortSignal,
    attempts: number,
  ): Promise<JsonAnswer> {
    const limits = { ...this.#limits, attempts, totalMs: Math.max(this.#limits.totalMs, source.timeoutMs) };
    let renewed = false;
    return await withRetries(limits, signal, async (number, remainingMs) => {
      const send = async (token: AccessToken | null): Promise<Attempt<JsonAnswer>> => {
        await this.#quota.take(source, signal);
        return await this.#exchange.send({
          ...request,
          headers: { ...request.headers, ...(token === null ? {} : { authorization: token.authorization }) },
          maxBytes: this.#options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
          timeoutMs: Math.min(source.timeoutMs, Math.ceil(remainingMs)),
          secrets: token === null ? [] : [token.value],
          signal,
          see: request.see && ((seen) => request.see?.({ ...seen, notPushedDown: request.notPushedDown ?? [] })),
        });
      };
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

  /** Without the words of the source: they may name the person who was asked for. */
  #logFailure(source: DataSource, { purpose }: Question, attempt: number, outcome: FailedAttempt): void {
    const { problem, status, again } = outcome;
    this.#options.log.warn(
      { source: source.code, purpose, attempt, code: problem.code, status, again },
      'a source did not answer as it should',
    );
  }
}

interface Question extends Pick<SourceRequest, 'purpose' | 'method' | 'url' | 'headers' | 'body'> {
  /** What the message could not say, by name. */
  readonly notPushedDown?: readonly string[];
  readonly see?: SeeExchange | undefined;
}

/** Whether an address lies at the origin of another and below its path: a token is shown to nobody else. */
function isBelow(url: URL, base: URL): boolean {
  const folder = base.pathname.replace(/\/*$/u, '/');
  return url.origin === base.origin && `${url.pathname}/`.startsWith(folder);
}

const JSON_BODY = { 'content-type': 'application/json' };
