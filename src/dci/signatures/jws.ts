import {
  compactVerify,
  decodeProtectedHeader,
  FlattenedSign,
  flattenedVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import {
  isSignatureAlgorithm,
  type MessageSigner,
  SIGNATURE_ALGORITHMS,
  type VerificationKeys,
  type WantedKey,
} from './signing-keys.js';

/** A JWS (RFC 7515) that verified. */
export interface VerifiedJws {
  readonly payload: Uint8Array;
  readonly kid: string | null;
  /** `iat` of its header; `null` where it has none. */
  readonly signedAt: Date | null;
}

/** Longer than any header or signature with the keys that are taken. */
const LONGEST_HEADER = 8192;
const LONGEST_SIGNATURE = 1024;

/** A key that the message brings along proves nothing; `b64` and `crit` change what is signed. */
const REFUSED_PARAMETERS = ['jku', 'jwk', 'x5u', 'x5c', 'b64', 'crit', 'zip'] as const;

/** Signs bytes: `protected` and `signature` of a JWS, with the time of signing as `iat` of its header. */
export async function signJws(
  payload: Uint8Array,
  { key, alg, kid }: MessageSigner,
  now: Date,
): Promise<{ readonly protected: string; readonly payload: string; readonly signature: string }> {
  const signed = await new FlattenedSign(payload)
    .setProtectedHeader({ alg, kid, iat: Math.floor(now.getTime() / 1000) })
    .sign(key);
  return { protected: signed.protected ?? '', payload: signed.payload, signature: signed.signature };
}

/** Verifies a compact JWS that has its payload in it; `null` for whatever is wrong with it. */
export async function verifyCompactJws(text: string, keys: VerificationKeys): Promise<VerifiedJws | null> {
  const [header = '', payload = '', signature = ''] = text.split('.');
  const read = isExact(payload) ? readHeader(header, signature) : null;
  const key = read && (await keys(read.wanted));
  if (!read || !key) return null;
  try {
    const verified = await compactVerify(text, key, { algorithms: [...SIGNATURE_ALGORITHMS] });
    return { payload: verified.payload, kid: read.wanted.kid, signedAt: read.signedAt };
  } catch {
    return null;
  }
}

/** Verifies a detached JWS (`protected..signature`, appendix F) over one of the payloads; `null` for whatever is wrong. */
export async function verifyDetachedJws(
  text: string,
  payloads: readonly Uint8Array[],
  keys: VerificationKeys,
): Promise<VerifiedJws | null> {
  const [header = '', , signature = ''] = text.split('.');
  const read = readHeader(header, signature);
  const key = read && (await keys(read.wanted));
  if (!read || !key) return null;
  for (const payload of payloads) {
    const jws = { protected: header, payload: Buffer.from(payload).toString('base64url'), signature };
    try {
      await flattenedVerify(jws, key, { algorithms: [...SIGNATURE_ALGORITHMS] });
      return { payload, kid: read.wanted.kid, signedAt: read.signedAt };
    } catch {
      // Signed over another of them, or over none.
    }
  }
  return null;
}

function readHeader(header: string, signature: string): { wanted: WantedKey; signedAt: Date | null } | null {
  if (header.length > LONGEST_HEADER || signature.length > LONGEST_SIGNATURE) return null;
  if (!isExact(header) || !isExact(signature)) return null;
  const read = decode(header);
  if (read === null || REFUSED_PARAMETERS.some((name) => Object.hasOwn(read, name))) return null;
  const { alg, kid, iat } = read;
  if (!isSignatureAlgorithm(alg) || (kid !== undefined && typeof kid !== 'string')) return null;
  if (iat !== undefined && !(typeof iat === 'number' && Number.isSafeInteger(iat) && iat > 0 && iat < 1e11))
    return null;
  return {
    wanted: { algorithm: alg, kid: kid ?? null },
    signedAt: iat === undefined ? null : new Date(iat * 1000),
  };
}

function decode(header: string): (ProtectedHeaderParameters & Readonly<Record<string, unknown>>) | null {
  try {
    return decodeProtectedHeader(`${header}..`);
  } catch {
    return null;
  }
}

/** Whether the text is base64url in the one way in which it is written: other last characters can stand for the same. */
function isExact(text: string): boolean {
  return text !== '' && Buffer.from(text, 'base64url').toString('base64url') === text;
}
