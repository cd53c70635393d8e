import { type HttpExchange, type JsonAnswer, type SourceRequest } from '../http-exchange.js';
import { type Attempt } from '../retry.js';

const TIMEOUT_MS = 15_000;
/** Far more than any probe needs: what is longer is a register that gives everything at once. */
const MAX_BYTES = 2 * 1024 * 1024;

/** The way to the registry that is probed: one attempt a request, each counted. */
export class ProbeLine {
  readonly baseUrl: string;
  readonly timeoutMs = TIMEOUT_MS;
  readonly signal: AbortSignal;
  readonly #exchange: HttpExchange;
  readonly #secrets: readonly string[];
  #requests = 0;

  /** `secrets` come out in no sentence, whatever the registry echoes. */
  constructor(exchange: HttpExchange, baseUrl: string, secrets: readonly string[], signal: AbortSignal) {
    this.#exchange = exchange;
    this.baseUrl = baseUrl;
    this.#secrets = secrets;
    this.signal = signal;
  }

  get requests(): number {
    return this.#requests;
  }

  /** One attempt. Rejects where the signal has fired. */
  async send(request: SourceRequest): Promise<Attempt<JsonAnswer>> {
    this.signal.throwIfAborted();
    this.#requests += 1;
    const outcome = await this.#exchange.send(request);
    this.signal.throwIfAborted();
    return outcome;
  }

  /** A list or key set that may be published there; `false`: it is not. */
  async publishes(path: string): Promise<boolean> {
    const outcome = await this.send({ ...this.#to(path, null), purpose: 'locations', method: 'GET', headers: {} });
    return outcome.ok;
  }

  /** Posts a message to a path. */
  async post(path: string, body: unknown, authorization: string | null): Promise<Attempt<JsonAnswer>> {
    return await this.send({
      ...this.#to(path, authorization),
      purpose: 'search',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
      body: JSON.stringify(body),
    });
  }

  #to(
    path: string,
    authorization: string | null,
  ): Pick<SourceRequest, 'url' | 'maxBytes' | 'timeoutMs' | 'secrets' | 'signal'> {
    return {
      url: new URL(`${this.baseUrl}${path}`),
      maxBytes: MAX_BYTES,
      timeoutMs: this.timeoutMs,
      secrets: [...this.#secrets, ...(authorization === null ? [] : [authorization.replace(/^\S+ /u, '')])],
      signal: this.signal,
    };
  }
}
