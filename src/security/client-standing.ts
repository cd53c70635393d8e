import type { Access } from '../record/access.js';
import { type AccessDocument, accessOf } from './access-document.js';
import type { Scope } from './scopes.js';

/** What a client may do and see at the moment: for what is done for it when it is not calling. */
export interface ClientStanding {
  /** As `Caller.actor`. */
  readonly actor: string;
  /** `false`: it was revoked. */
  readonly isActive: boolean;
  readonly scopes: readonly Scope[];
  readonly access: Access;
  readonly consentRequired: boolean;
}

/** What `readStanding` reads. */
export interface StandingRow {
  readonly clientId: string;
  readonly state: 'active' | 'revoked';
  readonly scopes: readonly Scope[];
  readonly consentRequired: boolean;
  readonly limits: readonly AccessDocument[];
}

/** The expression that reads a client's standing together with something else; `client`: an alias of `api_clients`. */
export function standingOf(client: string): string {
  return `jsonb_build_object(
    'clientId', ${client}.client_id, 'state', ${client}.state, 'scopes', ${client}.scopes,
    'consentRequired', ${client}.consent_required,
    'limits', array[${client}.access] || array(select r.access from roles r where r.name = ${client}.role))`;
}

export function readStanding({ clientId, state, scopes, consentRequired, limits }: StandingRow): ClientStanding {
  return {
    actor: `client:${clientId}`,
    isActive: state === 'active',
    scopes,
    access: accessOf(limits),
    consentRequired,
  };
}
