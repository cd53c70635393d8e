import { Problem } from '../record/problem.js';

/** Errors of RFC 6750, section 3.1. */
type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

/** Why a call is not let in. */
export interface Refusal {
  /** `null` where the caller showed no credentials at all: then no error is named (RFC 6750, 3.1). */
  readonly error: BearerError | null;
  /** ASCII without quotes: it stands in a header. */
  readonly message: string;
  /** The scopes of which one would have been enough. */
  readonly scopes: readonly string[];
}

/** A call that is not let in: `UNAUTHENTICATED` (401) or `FORBIDDEN` (403), with its `WWW-Authenticate`. */
export class AccessProblem extends Problem<'UNAUTHENTICATED' | 'FORBIDDEN'> {
  readonly status: 401 | 403;
  /** Value of the `WWW-Authenticate` header. */
  readonly challenge: string;

  constructor({ error, message, scopes }: Refusal, options?: ErrorOptions) {
    super(error === 'insufficient_scope' ? 'FORBIDDEN' : 'UNAUTHENTICATED', message, options);
    this.status = error === 'insufficient_scope' ? 403 : 401;
    const parameters = ['realm="dci-gateway"'];
    if (error !== null) parameters.push(`error="${error}"`, `error_description="${message}"`);
    if (error === 'insufficient_scope') parameters.push(`scope="${scopes.join(' ')}"`);
    this.challenge = `Bearer ${parameters.join(', ')}`;
  }
}
