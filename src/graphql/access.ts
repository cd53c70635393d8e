import { Problem } from '../record/problem.js';
import type { InternalScope } from '../security/scopes.js';
import type { GraphContext } from './context.js';

/** Throws `FORBIDDEN`, naming the scope, unless the caller has every one of the scopes. */
export function requireScopes({ caller }: GraphContext, ...scopes: readonly InternalScope[]): void {
  const missing = scopes.find((scope) => !caller.scopes.includes(scope));
  if (missing !== undefined) {
    throw new Problem('FORBIDDEN', `This needs a client with the scope ${missing}, which yours does not have`);
  }
}

/** What everything that shows a person or a family needs. */
export function requirePersonal(context: GraphContext): void {
  requireScopes(context, 'graph.read', 'graph.personal');
}
