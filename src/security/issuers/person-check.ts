import { hash } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { AccessProblem } from '../access-problem.js';
import { accessOf } from '../access-document.js';
import type { AuthorizedRequest, Caller } from '../bearer.js';
import { KeysUnavailable } from '../remote-key-set.js';
import { withinScopes } from '../scope-access.js';
import { INTERNAL_SCOPES, type InternalScope } from '../scopes.js';
import type { IssuerKeys } from './issuer-keys.js';
import type { Grant, IssuerWithRoles } from './trusted-issuers.js';

/** What tokens of people are checked with. */
export interface PersonCheckOptions {
  /** The issuers that are trusted now. */
  readonly issuers: () => Promise<readonly IssuerWithRoles[]>;
  readonly keys: IssuerKeys;
  /** Ours: tokens of it are no matter of this check. */
  readonly ownIssuer: () => string;
  /** The clock; for tests. */
  readonly now?: () => Date;
}

/**
 * The person behind a request whose bearer token is of a trusted issuer; `null` where it is not, for whoever knows other
 * tokens. Throws an `AccessProblem` for a token of such an issuer that is not good or opens nothing.
 */
export type PersonCheck = (request: AuthorizedRequest) => Promise<Caller | null>;

const BEARER = /^bearer +(\S{1,8192})$/iu;
const ALGORITHMS = ['EdDSA', 'ES256', 'PS256', 'RS256'];
/** Access tokens and ID tokens; not assertions, events or whatever else an issuer signs. */
const TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
const TOLERANCE_SECONDS = 5;
/** So long a verified token is not verified again: a key that its issuer takes back ends its tokens after that. */
const VERIFIED_MS = 60_000;
const HELD_TOKENS = 10_000;

/** Makes the check of the tokens of people. */
export function createPersonCheck({
  issuers,
  keys,
  ownIssuer,
  now = () => new Date(),
}: PersonCheckOptions): PersonCheck {
  const verified = new LRUCache<string, JWTPayload>({ max: HELD_TOKENS, ttl: VERIFIED_MS });

  const read = async (token: string, issuer: IssuerWithRoles): Promise<JWTPayload | null> => {
    const name = hash('sha256', JSON.stringify([issuer.issuer, issuer.audience, issuer.jwksUri, token]), 'base64');
    const time = now();
    const held = verified.get(name);
    if (held && Number(held.exp) * 1000 > time.getTime()) return held;
    const claims = await verify(token, issuer, keys, time);
    if (claims) verified.set(name, claims);
    return claims;
  };

  return async ({ headers }) => {
    const token = BEARER.exec(headers.authorization?.trim() ?? '')?.[1];
    const claimed = token === undefined ? undefined : issuerOf(token);
    if (token === undefined || claimed === undefined || claimed === ownIssuer()) return null;
    const issuer = (await issuers()).find((trusted) => trusted.issuer === claimed);
    if (issuer === undefined) return null;
    const claims = await read(token, issuer);
    if (claims?.sub === undefined) {
      throw refuse('invalid_token', 'The token is not valid, or no longer: sign in again');
    }
    return personOf(claims.sub, claims, issuer);
  };
}

function refuse(error: 'invalid_token' | 'insufficient_scope', message: string): AccessProblem {
  return new AccessProblem({ error, message, scopes: INTERNAL_SCOPES });
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

async function verify(
  token: string,
  issuer: IssuerWithRoles,
  keys: IssuerKeys,
  currentDate: Date,
): Promise<JWTPayload | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys.of(issuer), {
      algorithms: ALGORITHMS,
      issuer: issuer.issuer,
      audience: issuer.audience,
      currentDate,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp'],
    });
    return TYPES.includes(protectedHeader.typ?.toLowerCase()) ? payload : null;
  } catch (error) {
    // Whatever the library finds wrong is the token's fault; keys that cannot be read prove nothing either.
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof KeysUnavailable)
      return null;
    throw error;
  }
}

/** What the words of a person open together; the limits of all their roles hold. */
function personOf(subject: string, claims: JWTPayload, issuer: IssuerWithRoles): Caller {
  const grants = wordsOf(claims, issuer.claim).flatMap((word): Grant[] => {
    const grant = Object.entries(issuer.grants).find(([granted]) => granted === word)?.[1];
    return grant === undefined ? [] : [grant];
  });
  const limits = grants.flatMap(({ role }) => (role === null ? [] : [issuer.roles[role]]));
  const scopes: InternalScope[] = INTERNAL_SCOPES.filter((scope) =>
    grants.some((grant) => grant.scopes.includes(scope)),
  );
  // A role that is not there would be limits that are not kept.
  const known = limits.filter((document) => document !== undefined);
  if (scopes.length === 0 || known.length < limits.length) {
    throw refuse('insufficient_scope', 'Nothing here is open to this person: an administrator grants it');
  }
  const actor = `person:${issuer.issuer}#${hash('sha256', subject, 'hex').slice(0, 16)}`;
  return {
    clientId: actor,
    apiClientId: null,
    name: actor,
    scopes,
    dialect: 'spdci-1.0',
    actor,
    access: withinScopes(accessOf(known), scopes),
  };
}

/** The words of a claim: a list, or one text with blanks; the name of the claim may be a path with dots. */
function wordsOf(claims: JWTPayload, claim: string): string[] {
  const found = Object.hasOwn(claims, claim) ? claims[claim] : claim.split('.').reduce<unknown>(member, claims);
  if (typeof found === 'string') return found.split(' ').filter((word) => word !== '');
  return Array.isArray(found) ? found.filter((word): word is string => typeof word === 'string') : [];
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
