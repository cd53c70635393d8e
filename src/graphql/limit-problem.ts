import { Problem } from '../record/problem.js';

/** Which setting of a caller's client refuses what it asks for. */
export type Limit = 'scopes' | 'fields' | 'operators' | 'largest-page' | 'rows';

/** A refusal that a caller with wider limits would not have had. */
export class LimitProblem extends Problem<'FORBIDDEN' | 'BAD_USER_INPUT'> {
  constructor(
    readonly limit: Limit,
    code: 'FORBIDDEN' | 'BAD_USER_INPUT',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}
