import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Keys } from './keys.js';

/** `typ` of our tokens (RFC 9068): no other JWT that we or others sign is taken for one. */
const TOKEN_TYPE = 'at+jwt';
const ALGORITHM = 'RS256';
/** Clocks of several gateways differ a little. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** What an access token of ours says. */
export interface AccessToken {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly kid: string;
  /** What tells it from every other. */
  readonly jti: string;
  /** Seconds since 1970 (UTC), as the next. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A token to be made. */
export interface TokenToSign {
  readonly keys: Pick<Keys, 'signingKey'>;
  /** Issuer and audience: the public address of this gateway. */
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
  /** Default: a new one. */
  readonly jti?: string;
  /** Tokens of the client that are older are refused. */
  readonly notBefore?: Date | null;
  readonly now?: Date;
}

/** Signs an access token (JWT, RS256, RFC 9068). */
export async function signAccessToken(token: TokenToSign): Promise<string> {
  // Seconds since the epoch know no time zone.
  const issuedAt = Math.max(
    Math.floor((token.now ?? new Date()).getTime() / 1000),
    // Whole seconds: one of the second in which the earlier ones were ended would look as old as they are.
    Math.ceil((token.notBefore?.getTime() ?? 0) / 1000),
  );
  const { kid, key } = await token.keys.signingKey();
  return new SignJWT({ client_id: token.clientId, scope: token.scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPE, kid })
    .setIssuer(token.issuer)
    .setAudience(token.issuer)
    .setSubject(token.clientId)
    .setJti(token.jti ?? randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + token.lifetimeSeconds)
    .sign(key);
}

/**
 * Reads an access token of ours. `null` when it is anything else: expired, of another issuer or audience, another `typ`
 * or algorithm, signed with a key that is not ours, or no JWT at all.
 */
export async function verifyAccessToken(
  token: string,
  { keys, issuer, now }: { keys: Keys; issuer: string; now: Date },
): Promise<AccessToken | null> {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg !== ALGORITHM || kid === undefined) return null;
    const key = await keys.verificationKey(kid);
    if (key === null) return null;
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TOKEN_TYPE,
      issuer,
      audience: issuer,
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id', 'scope'],
    });
    const { client_id: clientId, scope, sub, exp, iat, jti } = payload;
    if (typeof clientId !== 'string' || typeof scope !== 'string' || sub !== clientId) return null;
    if (exp === undefined || iat === undefined || jti === undefined) return null;
    const scopes = scope.split(' ').filter((word) => word !== '');
    return { clientId, scopes, kid, jti, issuedAt: iat, expiresAt: exp };
  } catch (error) {
    // Whatever the library finds wrong is the token's fault; a failing database is not.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}
