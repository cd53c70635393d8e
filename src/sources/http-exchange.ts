import { type IncomingHttpHeaders } from 'node:http';
import { readRetryAfter } from '../dci/retry-after.js';
import { readWait } from './rate-limit-reset.js';
import { Problem } from '../record/problem.js';
import { GoingOutFailure, type GuardedAgent, type GuardedAnswer } from '../security/egress/guarded-agent.js';
import { type Exchange, withoutSecrets } from './exchanges/exchange.js';
import { whatWasSaid } from './what-was-said.js';
import { type Attempt, type FailedAttempt } from './retry.js';
import { forbiddenAddress } from './source-address.js';

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
  /** Is told of the request and its answer; the secrets are left out of both. */
  readonly see?: ((seen: SeenExchange) => void) | undefined;
}

/** What went over the wire, without what only the asker knows of it. */
export type SeenExchange = Omit<Exchange, 'notPushedDown'>;

/** An answer whose body was whole and JSON. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The JSON itself. */
  readonly text: string;
}

/** Sends requests and reads their answers as JSON. */
export class HttpExchange {
  readonly #agent: GuardedAgent;

  constructor(agent: GuardedAgent) {
    this.#agent = agent;
  }

  /** One attempt: never throws for anything that the source or the network does. */
  async send(request: SourceRequest): Promise<Attempt<JsonAnswer>> {
    const who = `The ${request.purpose} endpoint at ${request.url.host}`;
    const began = { sentAt: new Date(), at: performance.now() };
    try {
      const answer = await this.#agent.request({ ...request, givenBy: 'operator' });
      tell(request, began, answer);
      return judge(who, request, answer);
    } catch (error) {
      if (!(error instanceof GoingOutFailure)) throw error;
      // An address that is not connected to was sent nothing.
      if (error.fault !== 'address') tell(request, began, { status: error.status, text: null });
      return judgeFailure(who, request, error);
    }
  }
}

function tell(
  { purpose, method, url, headers, body, secrets, see }: SourceRequest,
  began: { readonly sentAt: Date; readonly at: number },
  answer: { readonly status: number | null; readonly text: string | null },
): void {
  if (see === undefined) return;
  const open = Object.entries(headers).map(([name, value]) => [name, withoutSecrets(value, secrets)] as const);
  see({
    purpose,
    sentAt: began.sentAt,
    durationMs: Math.round(performance.now() - began.at),
    status: answer.status,
    request: { method, url: url.href, headers: Object.fromEntries(open), body: body ?? null },
    answer: answer.text === null ? null : withoutSecrets(answer.text, secrets),
  });
}

function judgeFailure(who: string, request: SourceRequest, { fault, reason, status }: GoingOutFailure): FailedAttempt {
  switch (fault) {
    case 'address':
      return failed(forbiddenAddress());
    case 'stopped':
      return failed(new Problem('SOURCE_UNREACHABLE', `${who} was not asked to the end`));
    case 'redirect':
      return failed(
        new Problem(
          'SOURCE_REDIRECTED',
          `${who} answered with a redirect (${String(status)}), which is not followed: set the address of the data source to where it points`,
        ),
      );
    case 'encoding':
      return failed(
        new Problem(
          'SOURCE_ANSWER_UNREADABLE',
          `${who} compressed its answer although it was asked not to: switch that off there`,
        ),
      );
    case 'size': {
      const most = `${Math.round(request.maxBytes / 1024)} KiB`;
      return failed(new Problem('SOURCE_ANSWER_TOO_LARGE', `${who} answered more than ${most}: ask for smaller pages`));
    }
    case 'time':
      return {
        ...failed(new Problem('SOURCE_TIMEOUT', `${who} gave no whole answer within ${request.timeoutMs} ms`)),
        again: true,
      };
    case 'network':
      return { ...failed(new Problem('SOURCE_UNREACHABLE', `${who} could not be reached: ${reason}`)), again: true };
  }
}

function judge(who: string, request: SourceRequest, { status, headers, text }: GuardedAnswer): Attempt<JsonAnswer> {
  const body = parseJson(text);
  if (status >= 200 && status < 300) {
    if (body !== undefined) return { ok: true, value: { status, body, text } };
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
    // Some say with every answer when their limit is reset: of an error alone it is no advice.
    const now = new Date();
    const retryAfterMs =
      status === 429 ? readWait(headers, now) : readRetryAfter(headerText(headers, 'retry-after'), now);
    const later = retryAfterMs === null ? '' : ` (try again after ${Math.ceil(retryAfterMs / 1000)} s)`;
    const code = status === 429 ? 'SOURCE_RATE_LIMITED' : status === 408 ? 'SOURCE_TIMEOUT' : 'SOURCE_FAILED';
    return { ok: false, problem: new Problem(code, `${answered}${later}`), again: true, status, retryAfterMs };
  }
  return failed(new Problem('SOURCE_REJECTED_REQUEST', answered), status);
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
