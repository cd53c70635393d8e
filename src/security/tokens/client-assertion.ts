import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Queryable } from '../../database/pool.js';
import type { PartnerKeys } from '../partner-keys.js';

/** What holds for an assertion of one client. */
export interface AssertionRules {
  /** Issuer and subject that it must name. */
  readonly clientId: string;
  /** The one audience that it may name: our issuer (RFC 7523bis, for a token endpoint's address means many servers). */
  readonly audience: string;
  /** The client's. */
  readonly keys: ReturnType<PartnerKeys['verificationKeys']>;
  readonly now: Date;
}

/** An assertion that proves what it says; whether it was used before is not known yet. */
export interface VerifiedAssertion {
  readonly jti: string;
  /** From when on it would be refused for its age. */
  readonly goodUntil: Date;
}

/** How assertions may be signed: nothing with a shared secret. */
export const ASSERTION_ALGORITHMS = ['EdDSA', 'ES256', 'PS256', 'RS256'];
/** What such a JWT may call itself; none of the types that tokens and messages have. */
const TYPES: readonly (string | undefined)[] = [undefined, 'JWT', 'client-authentication+jwt'];
const LONGEST_LIFE_SECONDS = 300;
/** Between the clock of the client and ours. */
const TOLERANCE_SECONDS = 30;
const LONGEST_JTI = 255;

/** Reads an assertion by which a client proves who it is (RFC 7523, 3); `null` where it proves nothing. */
export async function verifyAssertion(assertion: string, rules: AssertionRules): Promise<VerifiedAssertion | null> {
  const { clientId, audience, keys, now } = rules;
  try {
    const findKey: JWTVerifyGetKey = async ({ alg, kid }) => {
      const key = await keys({ algorithm: alg, kid: kid ?? null });
      if (key === null) throw new errors.JWKSNoMatchingKey();
      return key;
    };
    const { payload, protectedHeader } = await jwtVerify(assertion, findKey, {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: clientId,
      subject: clientId,
      audience,
      currentDate: now,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
    });
    if (!TYPES.includes(protectedHeader.typ) || payload.aud !== audience) return null;
    const { exp, iat, jti } = payload;
    if (exp === undefined || typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return null;
    const seconds = now.getTime() / 1000;
    // Not only `exp - iat`: an `iat` far ahead would let an assertion live, and be remembered, as long as one likes.
    if (exp > seconds + LONGEST_LIFE_SECONDS + TOLERANCE_SECONDS) return null;
    if (iat !== undefined && (iat > seconds + TOLERANCE_SECONDS || exp - iat > LONGEST_LIFE_SECONDS)) return null;
    return { jti, goodUntil: new Date((exp + TOLERANCE_SECONDS) * 1000) };
  } catch (error) {
    // Whatever the library finds wrong is the assertion's fault.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

const USE_ASSERTION = {
  name: 'tokens-use-assertion',
  text: `
    insert into used_assertions (api_client_id, jti, expires_at) values ($1, $2, $3)
    on conflict (api_client_id, jti) do nothing`,
};

/** Marks an assertion as used; `false` where it was used before, on any gateway. */
export async function useAssertion(
  db: Queryable,
  apiClientId: string,
  { jti, goodUntil }: VerifiedAssertion,
): Promise<boolean> {
  const { rowCount } = await db.query({ ...USE_ASSERTION, values: [apiClientId, jti, goodUntil] });
  return rowCount === 1;
}
