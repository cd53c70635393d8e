import type { SignatureProfile } from '../../record/signature-profile.js';
import { field, type WireObject, wireObject } from '../wire-object.js';
import { asciiCanonicalJson, canonicalJson } from './canonical-json.js';
import { signCavage } from './cavage.js';
import { signJws } from './jws.js';
import type { MessageSigner } from './signing-keys.js';

/**
 * The envelope with a signature over its header and message, as they stand. Whatever is changed afterwards breaks it; an
 * earlier signature is replaced.
 */
export async function signEnvelope(
  envelope: WireObject,
  profile: SignatureProfile,
  signer: MessageSigner,
  now: Date,
): Promise<WireObject> {
  const unsigned = withoutSignature(envelope);
  switch (profile) {
    case 'none':
      return unsigned;
    case 'jws-compact': {
      const jws = await signJws(bytesOf(unsigned), signer, now);
      return { signature: `${jws.protected}.${jws.payload}.${jws.signature}`, ...unsigned };
    }
    case 'jws-detached': {
      const jws = await signJws(bytesOf(unsigned), signer, now);
      return { signature: `${jws.protected}..${jws.signature}`, ...unsigned };
    }
    case 'cavage': {
      // Those who check this form write a header back with all of its fields before they look at the digest.
      const header = { sender_uri: null, meta: null, ...wireObject(unsigned.header) };
      const whole = { ...unsigned, header };
      const sender = field(header, 'sender_id');
      const kid = `${typeof sender === 'string' ? sender : ''}|${signer.kid}|${signer.alg}`;
      return { signature: signCavage(asciiCanonicalJson(signedPart(whole)), signer, kid, now), ...whole };
    }
  }
}

/** What of an envelope is signed. */
export function signedPart({ header, message }: WireObject): WireObject {
  return { header, message };
}

function withoutSignature({ signature: _, ...rest }: WireObject): WireObject {
  return rest;
}

function bytesOf(envelope: WireObject): Uint8Array {
  return Buffer.from(canonicalJson(signedPart(envelope)));
}
