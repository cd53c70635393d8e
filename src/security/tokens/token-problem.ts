import { Problem } from '../../record/problem.js';

/** Errors of RFC 6749, section 5.2, and of its server side (4.1.2.1). */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'temporarily_unavailable';

/** What goes with a refusal, where it is not what goes with its code. */
export interface TokenProblemOptions extends ErrorOptions {
  /** HTTP status. Default: 401 for `invalid_client`, else 400. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
}

/**
 * A token request that is refused: `code` and message become `error` and `error_description`.
 * The message is ASCII without `"` and `\` (RFC 6749, 5.2) and repeats nothing that was sent.
 */
export class TokenProblem extends Problem<TokenErrorCode> {
  readonly status: number;
  /** When it is worth to ask again; `null`: no time makes it better. */
  readonly retryAfterSeconds: number | null;

  constructor(code: TokenErrorCode, message: string, options: TokenProblemOptions = {}) {
    super(code, message, options);
    this.status = options.status ?? (code === 'invalid_client' ? 401 : 400);
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
