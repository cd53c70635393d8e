import { field, textOf, type WireObject, wireObject } from '../wire-object.js';
import { asciiCanonicalJson, canonicalJson } from './canonical-json.js';
import { verifyCavage } from './cavage.js';
import { verifyCompactJws, verifyDetachedJws } from './jws.js';
import { signedPart } from './sign-envelope.js';
import { readSignatureForm } from './signature-form.js';
import type { VerificationKeys } from './signing-keys.js';
import { isUnambiguousJson } from './unambiguous-json.js';

/** How a signature is looked at. */
export interface SignatureCheck {
  /** What peers write who do not sign. */
  readonly placeholders: readonly string[];
  readonly keys: VerificationKeys;
  readonly now: Date;
  /** How old a signature may be. */
  readonly windowSeconds: number;
}

/** What was found; `reason` is for the log of whoever looks, the sender learns nothing but that it was refused. */
export type SignatureVerdict =
  | { readonly verdict: 'unsigned' }
  | {
      readonly verdict: 'verified';
      /** The signed header and message and nothing else of the envelope. */
      readonly envelope: WireObject;
      /** When it was signed, as the signature says; `null`: it does not, so that `message_ts` has to tell. */
      readonly signedAt: Date | null;
    }
  | { readonly verdict: 'refused'; readonly reason: RefusedSignature };

export type RefusedSignature = 'form' | 'ambiguous' | 'unverified' | 'different' | 'sender' | 'age';

/** How far the clocks of two parties may be apart. */
const SKEW_MS = 60_000;

const refused = (reason: RefusedSignature): SignatureVerdict => ({ verdict: 'refused', reason });

/**
 * Verifies the signature of an envelope over its header and message. `text` gives the JSON of which it was read.
 * Of a compact JWS the payload is the message, and what stands beside it has to be the same.
 */
export async function verifyEnvelope(
  envelope: WireObject,
  text: () => string,
  { placeholders, keys, now, windowSeconds }: SignatureCheck,
): Promise<SignatureVerdict> {
  const signature = readSignatureForm(envelope.signature, placeholders);
  if (signature.form === 'none') return { verdict: 'unsigned' };
  if (signature.form === 'unknown') return refused('form');
  if (!isUnambiguousJson(text())) return refused('ambiguous');
  const signed = signedPart(envelope);
  const canonical = canonicalJson(signed);
  if (signature.form === 'cavage') {
    const verified = await verifyCavage(signature.text, [asciiCanonicalJson(signed), canonical], keys);
    if (verified === null) return refused('unverified');
    if (senderOf(verified.kid) !== textOf(field(wireObject(signed.header) ?? {}, 'sender_id')))
      return refused('sender');
    const isLate = verified.expiresAt.getTime() + SKEW_MS < now.getTime();
    if (isLate || !isRecent(verified.signedAt, now, windowSeconds)) return refused('age');
    return { verdict: 'verified', envelope: signed, signedAt: verified.signedAt };
  }
  const verified =
    signature.form === 'jws-compact'
      ? await verifyCompactJws(signature.text, keys)
      : await verifyDetachedJws(signature.text, [canonical, asciiCanonicalJson(signed)].map(bytesOf), keys);
  if (verified === null) return refused('unverified');
  const message = signature.form === 'jws-compact' ? readPayload(verified.payload) : signed;
  if (message === null || canonicalJson(message) !== canonical) return refused('different');
  if (verified.signedAt !== null && !isRecent(verified.signedAt, now, windowSeconds)) return refused('age');
  return { verdict: 'verified', envelope: message, signedAt: verified.signedAt };
}

/** Whether a moment is within the window; a clock that is a little ahead is forgiven. */
export function isRecent(moment: Date, now: Date, windowSeconds: number): boolean {
  const age = now.getTime() - moment.getTime();
  return age >= -SKEW_MS && age <= windowSeconds * 1000;
}

/** Header and message out of a payload that has nothing but them. */
function readPayload(payload: Uint8Array): WireObject | null {
  const text = new TextDecoder().decode(payload);
  if (!isUnambiguousJson(text)) return null;
  const read: unknown = JSON.parse(text);
  const object = wireObject(read);
  return object !== null && Object.keys(object).every((key) => key === 'header' || key === 'message') ? object : null;
}

function senderOf(kid: string): string {
  return kid.split('|').slice(0, -2).join('|');
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}
