import { Problem } from '../../record/problem.js';

/** Errors of RFC 6749, section 5.2, and of its server side (4.1.2.1). */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'temporarily_unavailable';

/**
 * A token request that is refused: `code` and message become `error` and `error_description`.
 * The message is ASCII without `"` and `\` (RFC 6749, 5.2) and repeats nothing that was sent.
 */
export class TokenProblem extends Problem<TokenErrorCode> {
  constructor(
    code: TokenErrorCode,
    message: string,
    readonly status = code === 'invalid_client' ? 401 : 400,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}
