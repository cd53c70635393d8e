import { Problem } from '../record/problem.js';
import { AccessProblem } from '../security/access-problem.js';
import { bodyErrorStatus } from '../security/body-errors.js';

/** A call that is refused as a whole: code of the standard (`Error.code`), sentence and HTTP status from 400 on. */
export class WireProblem extends Problem<`err.${string}`> {
  constructor(
    code: `err.${string}`,
    message: string,
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

const isErrorCode = (code: string): code is `err.${string}` => code.startsWith('err.');

/** What a partner is told of an error; an unexpected one becomes a 500 that tells nothing of it (see its `cause`). */
export function asWireProblem(error: unknown): WireProblem {
  if (error instanceof WireProblem) return error;
  if (error instanceof AccessProblem) {
    const code = error.status === 401 ? 'err.request.unauthorized' : 'err.request.forbidden';
    return new WireProblem(code, error.message, error.status, { cause: error });
  }
  const problem: Problem | null = error instanceof Problem ? error : null;
  if (problem && isErrorCode(problem.code)) return new WireProblem(problem.code, problem.message, 400);
  const status = bodyErrorStatus(error);
  if (status === 413) return new WireProblem('err.request.bad', 'The body is too large: send fewer requests', 413);
  if (status !== null) return new WireProblem('err.request.bad', 'The body could not be read', status);
  const sentence = 'The registry cannot answer at the moment: try again later';
  return new WireProblem('err.service.unavailable', sentence, 500, { cause: error });
}
