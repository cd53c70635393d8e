import { type IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { readRetryAfter } from '../dci/retry-after.js';
import { Problem } from '../record/problem.js';
import { readNetworkFailure } from '../security/network-failure.js';
import { whatWasSaid } from './what-was-said.js';
import { type Attempt, type FailedAttempt } from './retry.js';
import { FORBIDDEN_ADDRESS, forbiddenAddress, refuseForbiddenHost, sourceLookup } from './source-address.js';

/** One request to a source. */
export interface SourceRequest {
  /** For sentences: `search`, `token`, `locations`. */
  readonly purpose: string;
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Most bytes that are read of the answer. */
  readonly maxBytes: number;
  /** From connecting to the last byte. */
  readonly timeoutMs: number;
  /** Texts that must not come out in a problem, whatever the source echoes. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
}

/** An answer whose body was whole and JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

const MOST_CONNECTIONS_PER_ORIGIN = 8;
const LONGEST_CONNECT_MS = 10_000;

/** Sends requests over one connection pool per origin. The owner closes it; what is under way then fails. */
export class HttpExchange {
  readonly #pools = new Map<string, Pool>();
  #closed = false;

  /** One attempt: never throws for anything that the source or the network does. */
  async send(request: SourceRequest): Promise<Attempt<JsonAnswer>> {
    const who = `The ${request.purpose} endpoint at ${request.url.host}`;
    const ends = new AbortController();
    const end = (): void => ends.abort();
    const timer = setTimeout(end, request.timeoutMs);
    request.signal.addEventListener('abort', end);
    try {
      const answer = await this.#pool(request.url).request({
        method: request.method,
        path: `${request.url.pathname}${request.url.search}`,
        headers: { accept: 'application/json', 'accept-encoding': 'identity', ...request.headers },
        body: request.body ?? null,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
        signal: ends.signal,
      });
      const refusal = refuseUnread(who, answer);
      if (refusal !== null) {
        answer.body.on('error', () => undefined).destroy();
        return failed(refusal);
      }
      const text = await readText(answer, request.maxBytes);
      if (text === null) {
        const most = `${Math.round(request.maxBytes / 1024)} KiB`;
        return failed(
          new Problem('SOURCE_ANSWER_TOO_LARGE', `${who} answered more than ${most}: ask for smaller pages`),
        );
      }
      return judge(who, request, answer, text);
    } catch (error) {
      if (this.#closed || request.signal.aborted) {
        return failed(new Problem('SOURCE_UNREACHABLE', `${who} was not asked to the end`));
      }
      if (readNetworkFailure(error).code === FORBIDDEN_ADDRESS) return failed(forbiddenAddress());
      return { ...failed(networkProblem(who, request, error, ends.signal.aborted)), again: true };
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', end);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #pool(url: URL): Pool {
    if (this.#closed) throw new Error('The connections to sources are closed');
    const held = this.#pools.get(url.origin);
    if (held !== undefined) return held;
    refuseForbiddenHost(url);
    const pool = new Pool(url.origin, {
      connections: MOST_CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      connect: { timeout: LONGEST_CONNECT_MS, lookup: sourceLookup },
    });
    this.#pools.set(url.origin, pool);
    return pool;
  }
}

/** What is plain from the status and the headers alone; such a body is not worth reading. */
function refuseUnread(who: string, { statusCode, headers }: Dispatcher.ResponseData): Problem | null {
  if (statusCode >= 300 && statusCode < 400) {
    return new Problem(
      'SOURCE_REDIRECTED',
      `${who} answered with a redirect (${statusCode}), which is not followed: set the address of the data source to where it points`,
    );
  }
  const encoding = headerText(headers, 'content-encoding');
  if (encoding !== undefined && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity') {
    return new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `${who} compressed its answer although it was asked not to: switch that off there`,
    );
  }
  return null;
}

/** The body as text; `null` when it has more bytes than allowed. */
async function readText({ headers, body }: Dispatcher.ResponseData, maxBytes: number): Promise<string | null> {
  const declared = Number(headerText(headers, 'content-length') ?? 0);
  if (declared > maxBytes) {
    body.on('error', () => undefined).destroy();
    return null;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size)
    .toString('utf8')
    .replace(/^\uFEFF/u, '');
}

function judge(
  who: string,
  request: SourceRequest,
  { statusCode: status, headers }: Dispatcher.ResponseData,
  text: string,
): Attempt<JsonAnswer> {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    if (body !== undefined) return { ok: true, value: { status, body } };
    const what = /^\s*</u.test(text) ? 'HTML' : text.trim() === '' ? 'nothing' : 'something that is not whole JSON';
    const problem = new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `${who} answered ${what} (status ${status}) where JSON is expected: check the address and path of the data source`,
    );
    return { ...failed(problem), again: true };
  }
  const said = whatWasSaid(body, request.secrets);
  const answered = `${who} answered ${status}${said === null ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) {
    return failed(new Problem('SOURCE_REFUSED_CREDENTIALS', answered), status);
  }
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = readRetryAfter(headerText(headers, 'retry-after'), new Date());
    const later = retryAfterMs === null ? '' : ` (try again after ${Math.ceil(retryAfterMs / 1000)} s)`;
    const code = status === 429 ? 'SOURCE_RATE_LIMITED' : status === 408 ? 'SOURCE_TIMEOUT' : 'SOURCE_FAILED';
    return { ok: false, problem: new Problem(code, `${answered}${later}`), again: true, status, retryAfterMs };
  }
  return failed(new Problem('SOURCE_REJECTED_REQUEST', answered), status);
}

function networkProblem(who: string, request: SourceRequest, error: unknown, deadlinePassed: boolean): Problem {
  // The cause is kept out: undici's errors may hold the request, and with it the token.
  const { timedOut, reason } = readNetworkFailure(error);
  if (timedOut || deadlinePassed) {
    return new Problem('SOURCE_TIMEOUT', `${who} gave no whole answer within ${request.timeoutMs} ms`);
  }
  return new Problem('SOURCE_UNREACHABLE', `${who} could not be reached: ${reason}`);
}

function failed(problem: Problem, status: number | null = null): FailedAttempt {
  return { ok: false, problem, again: false, status, retryAfterMs: null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
