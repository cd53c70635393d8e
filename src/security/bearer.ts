import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Access } from '../record/access.js';
import { AccessProblem, type Refusal } from './access-problem.js';
import { verifyAccessToken, type AccessToken } from './access-token.js';
import type { ClientReception } from './client-reception.js';
import { activeClient } from './clients.js';
import type { Keys } from './keys.js';
import type { ClientLookup } from './known-clients.js';
import { withinScopes } from './scope-access.js';
import type { Scope } from './scopes.js';

/** Who is calling, and what that one may do and see. */
export interface Caller {
  readonly clientId: string;
  /** `null` for the developer at the machine itself, who is no client. */
  readonly apiClientId: string | null;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly dialect: string;
  /** How the audit names the caller: `client:<client id>`, `person:<issuer>#<digest>`, `local-developer`. */
  readonly actor: string;
  /** What the caller may see: always part of what is asked. */
  readonly access: Access;
}

/** A caller who is a client: all but the developer at the machine itself. */
export interface CallingClient extends Caller {
  readonly apiClientId: string;
  readonly reception: ClientReception;
}

/** The part of a request that is looked at. */
export interface AuthorizedRequest {
  readonly headers: { readonly authorization?: string | undefined };
}

/**
 * The caller behind a request whose bearer token has at least one of the scopes.
 * Throws an `AccessProblem` (`UNAUTHENTICATED` or `FORBIDDEN`) otherwise.
 */
export type BearerCheck = (request: AuthorizedRequest, scopes: readonly Scope[]) => Promise<CallingClient>;

/** What the check works with. */
export interface BearerCheckOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  /** Issuer and audience of our tokens; asked at each call, since the port may be known only after listening. */
  readonly issuer: () => string;
  /** Default: asks the database at every call. */
  readonly lookUp?: ClientLookup;
  /** The clock; for tests. */
  readonly now?: () => Date;
}

/** Verified tokens held at most; one is about 300 bytes. */
const HELD_TOKENS = 10_000;
/** Longer than any token of ours: hashing and decoding megabytes is work for nothing. */
const LONGEST_TOKEN = 8192;
const BEARER = /^bearer(?: +(.*))?$/isu;

function refuse(scopes: readonly Scope[], error: Refusal['error'], message: string): AccessProblem {
  return new AccessProblem({ error, message, scopes });
}

function readToken(header: string | undefined, scopes: readonly Scope[]): string {
  if (header === undefined || header.trim() === '') {
    throw refuse(scopes, null, 'Send an Authorization header: Bearer, a blank, and a token of /oauth2/client/token');
  }
  const match = BEARER.exec(header.trim());
  if (!match) throw refuse(scopes, null, 'The Authorization header must say Bearer, a blank, and the token');
  const token = match[1]?.trim() ?? '';
  if (token === '' || /\s/u.test(token) || token.length > LONGEST_TOKEN) {
    throw refuse(scopes, 'invalid_request', 'After Bearer the Authorization header must hold exactly one token');
  }
  return token;
}

/**
 * Makes the check of bearer tokens. A signature is verified once and remembered to the token's end; whether the client
 * still stands, and with which scopes, is looked up at every call.
 */
export function createBearerCheck({
  pool,
  keys,
  issuer,
  lookUp = (token) => activeClient(pool, token),
  now = () => new Date(),
}: BearerCheckOptions): BearerCheck {
  const verified = new LRUCache<string, AccessToken>({ max: HELD_TOKENS });

  const read = async (token: string): Promise<AccessToken | null> => {
    const expectedIssuer = issuer();
    const digest = hash('sha256', `${expectedIssuer}\n${token}`, 'base64');
    const held = verified.get(digest);
    const time = now();
    if (held && held.expiresAt * 1000 > time.getTime()) return held;
    verified.delete(digest);
    const read = await verifyAccessToken(token, { keys, issuer: expectedIssuer, now: time });
    if (read) verified.set(digest, read);
    return read;
  };

  return async (request, scopes) => {
    const token = await read(readToken(request.headers.authorization, scopes));
    const client = token && (await lookUp(token));
    // One text for every cause: a stranger is not told whether a token was forged, expired or revoked.
    if (!client) throw refuse(scopes, 'invalid_token', 'The token is not valid, or no longer: ask for a new one');
    // A scope that was taken from the client since does not live on in its tokens.
    const granted = client.scopes.filter((scope) => token.scopes.includes(scope));
    if (!scopes.some((scope) => granted.includes(scope))) {
      throw refuse(scopes, 'insufficient_scope', `The token lacks the scope: ${scopes.join(' or ')}`);
    }
    return {
      clientId: client.clientId,
      apiClientId: client.id,
      name: client.name,
      scopes: granted,
      dialect: client.dialect,
      actor: `client:${client.clientId}`,
      access: withinScopes(client.access, granted),
      reception: client.reception,
    };
  };
}
