import { Problem } from '../record/problem.js';

/** What a DCI partner may be granted: it opens `/registry/...` and nothing else. */
export const PARTNER_SCOPES = ['registry.search', 'registry.subscribe', 'registry.write'] as const;
export type PartnerScope = (typeof PARTNER_SCOPES)[number];

/** What an internal tool may be granted: it opens `/graphql` and nothing else. */
export const INTERNAL_SCOPES = [
  'graph.read',
  'graph.personal',
  'graph.sensitive',
  'graph.write',
  'graph.adhoc',
  'import.run',
  'import.decide',
  'audit.read',
  'dci.inspect',
  'admin',
] as const;
export type InternalScope = (typeof INTERNAL_SCOPES)[number];

export type Scope = PartnerScope | InternalScope;

const PARTNER: ReadonlySet<string> = new Set(PARTNER_SCOPES);
const INTERNAL: ReadonlySet<string> = new Set(INTERNAL_SCOPES);

function isScope(text: string): text is Scope {
  return PARTNER.has(text) || INTERNAL.has(text);
}

/**
 * Checks the scopes that a client shall have: at least one, all known, and of one kind, so that a leaked partner secret
 * never opens the graph. Throws a `Problem` `CLIENT_SCOPES_INVALID`.
 */
export function readClientScopes(texts: readonly string[]): Scope[] {
  const scopes = [...new Set(texts)].filter(isScope);
  const unknown = texts.filter((text) => !isScope(text));
  if (unknown.length > 0) {
    throw new Problem(
      'CLIENT_SCOPES_INVALID',
      `Not a scope: ${unknown.map((text) => JSON.stringify(text.slice(0, 60))).join(', ')}. ` +
        `Partners can have ${PARTNER_SCOPES.join(', ')}; internal tools ${INTERNAL_SCOPES.join(', ')}`,
    );
  }
  if (scopes.length === 0) {
    throw new Problem('CLIENT_SCOPES_INVALID', 'A client needs at least one scope, such as registry.search');
  }
  if (scopes.some((scope) => PARTNER.has(scope)) && scopes.some((scope) => INTERNAL.has(scope))) {
    throw new Problem(
      'CLIENT_SCOPES_INVALID',
      'One client cannot have scopes of partners (registry.*) and of internal tools: make two clients',
    );
  }
  return scopes;
}
