import { isDatabaseAway } from '../../database/away.js';
import { Problem } from '../../record/problem.js';
import { AccessProblem } from '../../security/access-problem.js';

/** What goes with a refusal beside its body. */
interface WireProblemOptions extends ErrorOptions {
  /** `Allow`, `Retry-After`, ... */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call that is refused as a whole: code of the standard (`Error.code`), sentence and HTTP status from 400 on. */
export class WireProblem extends Problem<`err.${string}`> {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: `err.${string}`,
    message: string,
    readonly status: number,
    { headers = {}, ...options }: WireProblemOptions = {},
  ) {
    super(code, message, options);
    this.headers = headers;
  }
}

/** When a caller may try again whom we could not answer; seconds. */
export const RETRY_AFTER = { 'Retry-After': '5' } as const;

/** Of how many people a caller may be told is counted from one full hour to the next. */
function secondsToNextHour(now: Date): number {
  return 3600 - (Math.floor(now.getTime() / 1000) % 3600);
}

const isErrorCode = (code: string): code is `err.${string}` => code.startsWith('err.');

/** What a partner is told of an error; an unexpected one becomes a 500 that tells nothing of it (see its `cause`). */
export function asWireProblem(error: unknown): WireProblem {
  if (error instanceof WireProblem) return error;
  if (error instanceof AccessProblem) {
    const code = error.status === 401 ? 'err.request.unauthorized' : 'err.request.forbidden';
    const headers = { 'WWW-Authenticate': error.challenge };
    return new WireProblem(code, error.message, error.status, { cause: error, headers });
  }
  const problem: Problem | null = error instanceof Problem ? error : null;
  if (problem?.code === 'RECORD_BUDGET_SPENT') {
    const headers = { 'Retry-After': String(secondsToNextHour(new Date())) };
    return new WireProblem('err.request.too_many_requests', problem.message, 429, { cause: error, headers });
  }
  if (problem && isErrorCode(problem.code)) return new WireProblem(problem.code, problem.message, 400);
  const sentence = 'The registry cannot answer at the moment: try again later';
  return isDatabaseAway(error)
    ? new WireProblem('err.service.unavailable', sentence, 503, { cause: error, headers: RETRY_AFTER })
    : new WireProblem('err.service.unavailable', sentence, 500, { cause: error });
}
