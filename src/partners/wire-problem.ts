import { Problem } from '../record/problem.js';
import { AccessProblem } from '../security/access-problem.js';

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

/** Errors of the body parser carry the HTTP status that they mean; nothing else of them is passed on: they hold the body. */
function parserStatus(error: unknown): number | null {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** What a partner is told of an error; an unexpected one becomes a 500 that tells nothing of it (see its `cause`). */
export function asWireProblem(error: unknown): WireProblem {
  if (error instanceof WireProblem) return error;
  if (error instanceof AccessProblem) {
    const code = error.status === 401 ? 'err.request.unauthorized' : 'err.request.forbidden';
    return new WireProblem(code, error.message, error.status, { cause: error });
  }
  const problem: Problem | null = error instanceof Problem ? error : null;
  if (problem && isErrorCode(problem.code)) return new WireProblem(problem.code, problem.message, 400);
  const status = parserStatus(error);
  if (status === 413) return new WireProblem('err.request.bad', 'The body is too large: send fewer requests', 413);
  if (status !== null) return new WireProblem('err.request.bad', 'The body could not be read', status);
  const sentence = 'The registry cannot answer at the moment: try again later';
  return new WireProblem('err.service.unavailable', sentence, 500, { cause: error });
}
