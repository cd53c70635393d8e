import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction.js';
import { Problem } from '../../record/problem.js';
import type { AccessDocument } from '../access-document.js';
import type { Administrator } from '../administrator.js';
import { isLoopbackHost } from '../local-developer.js';
import { INTERNAL_SCOPES, type InternalScope, readClientScopes } from '../scopes.js';

/** What a word of a token opens. */
export interface Grant {
  readonly scopes: readonly InternalScope[];
  /** Whose limits hold; `null`: none. */
  readonly role: string | null;
}

/** An OpenID issuer outside, such as the sign-on of an organisation, whose people may use the graph. */
export interface TrustedIssuer {
  /** As `iss` of its tokens has it, to the letter. */
  readonly issuer: string;
  /** One of `aud` of its tokens. */
  readonly audience: string;
  /** `null`: as the issuer's own metadata say. */
  readonly jwksUri: string | null;
  /** The claim that holds the words: `groups`, `realm_access.roles`. */
  readonly claim: string;
  /** By word. */
  readonly grants: Readonly<Record<string, Grant>>;
  readonly createdAt: Date;
}

/** A trusted issuer with the limits of the roles that it names. */
export interface IssuerWithRoles extends TrustedIssuer {
  readonly roles: Readonly<Record<string, AccessDocument | undefined>>;
}

/** An issuer to be trusted. */
export interface NewTrustedIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri?: string | undefined;
  readonly claim: string;
  readonly grants: Readonly<Record<string, { readonly scopes: readonly string[]; readonly role?: string | undefined }>>;
}

const COLUMNS = 'issuer, audience, jwks_uri as "jwksUri", claim, grants, created_at as "createdAt"';
const LIST = { name: 'issuer-list', text: `select ${COLUMNS} from trusted_issuers order by issuer` };
const LIST_WITH_ROLES = {
  name: 'issuer-list-with-roles',
  text: `
    select ${COLUMNS}, (
      select coalesce(jsonb_object_agg(r.name, r.access), '{}') from roles r
      where r.name in (select granted.terms ->> 'role' from jsonb_each(grants) as granted (word, terms))
    ) as roles
    from trusted_issuers`,
};
const SAVE = {
  name: 'issuer-save',
  text: `
    insert into trusted_issuers (issuer, audience, jwks_uri, claim, grants) values ($1, $2, $3, $4, $5)
    on conflict (issuer) do update set
      audience = excluded.audience, jwks_uri = excluded.jwks_uri, claim = excluded.claim, grants = excluded.grants
    returning ${COLUMNS}`,
};
const REMOVE = { name: 'issuer-remove', text: `delete from trusted_issuers where issuer = $1 returning ${COLUMNS}` };
/** Locked, so that none of them is removed before the issuer is saved. */
const LOCK_ROLES = {
  name: 'issuer-lock-roles',
  text: 'select name from roles where name = any($1::text[]) order by name for key share',
};

/** The issuers that are trusted, by address. */
export async function listTrustedIssuers(pool: Pool): Promise<TrustedIssuer[]> {
  return (await pool.query<TrustedIssuer>(LIST)).rows;
}

/** The same with what their tokens are held against. */
export async function readTrustedIssuers(pool: Pool): Promise<IssuerWithRoles[]> {
  return (await pool.query<IssuerWithRoles>(LIST_WITH_ROLES)).rows;
}

/**
 * Trusts an issuer, or changes how one is trusted. Throws a `Problem`: `ISSUER_INVALID`, `CLIENT_SCOPES_INVALID`,
 * `ROLE_UNKNOWN`.
 */
export async function addTrustedIssuer(
  pool: Pool,
  wanted: NewTrustedIssuer,
  by: Administrator,
): Promise<TrustedIssuer> {
  checkAddress(wanted.issuer, 'The issuer');
  if (wanted.jwksUri !== undefined) checkAddress(wanted.jwksUri, 'The address of its keys');
  if (wanted.audience.trim() === '') throw invalid('Name the audience: what its tokens for this gateway say in aud');
  if (wanted.claim.trim() === '') throw invalid('Name the claim that holds the words, such as groups');
  const grants = Object.fromEntries(
    Object.entries(wanted.grants).map(([word, { scopes, role }]): [string, Grant] => [
      word,
      { scopes: readInternalScopes(scopes), role: role ?? null },
    ]),
  );
  if (Object.keys(grants).length === 0) throw invalid('Grant something: without a grant nobody gets in');
  return inTransaction(pool, async (transaction) => {
    const roles = Object.values(grants).flatMap(({ role }) => (role === null ? [] : [role]));
    const { rows: known } = await transaction.query<{ name: string }>({ ...LOCK_ROLES, values: [roles] });
    const unknown = roles.find((role) => known.every(({ name }) => name !== role));
    if (unknown !== undefined) {
      throw new Problem('ROLE_UNKNOWN', `There is no role ${unknown}: make it first with role create`);
    }
    const values = [wanted.issuer, wanted.audience, wanted.jwksUri ?? null, wanted.claim, grants];
    const { rows } = await transaction.query<TrustedIssuer>({ ...SAVE, values });
    const [saved] = rows;
    if (!saved) throw new Error('the issuer was not saved');
    const detail = { issuer: saved.issuer, words: Object.keys(grants) };
    await by.ledger.note({ action: 'issuer.added', actor: by.actor, detail }, transaction);
    return saved;
  });
}

/** Trusts an issuer no longer: its tokens are refused within a second. Throws a `Problem` `ISSUER_UNKNOWN`. */
export async function removeTrustedIssuer(pool: Pool, issuer: string, by: Administrator): Promise<TrustedIssuer> {
  return inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<TrustedIssuer>({ ...REMOVE, values: [issuer] });
    const [removed] = rows;
    if (!removed) throw new Problem('ISSUER_UNKNOWN', 'No issuer of this address is trusted: see issuer list');
    await by.ledger.note({ action: 'issuer.removed', actor: by.actor, detail: { issuer } }, transaction);
    return removed;
  });
}

function readInternalScopes(texts: readonly string[]): InternalScope[] {
  const scopes = readClientScopes(texts);
  const internal = INTERNAL_SCOPES.filter((scope) => scopes.some((wanted) => wanted === scope));
  if (internal.length !== scopes.length) throw invalid('People get scopes of internal tools, not those of partners');
  return internal;
}

/** Keys that come over a plain connection prove nothing, except from this machine. */
function checkAddress(text: string, what: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid(`${what} is an https:// address without query: https://sso.example.org/realms/staff`);
  }
}

function invalid(sentence: string): Problem {
  return new Problem('ISSUER_INVALID', sentence);
}
