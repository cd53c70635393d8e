import type { SignaturePolicy, SignatureProfile } from '../record/signature-profile.js';
import {
  decryptMessage,
  type DecryptionKeys,
  encryptEnvelope,
  isEncryptedMessage,
  type RecipientKey,
} from './encryption.js';
import { isYes } from './header.js';
import { signEnvelope } from './signatures/sign-envelope.js';
import type { MessageSigner, VerificationKeys } from './signatures/signing-keys.js';
import { isUnambiguousJson } from './signatures/unambiguous-json.js';
import { type RefusedSignature, verifyEnvelope } from './signatures/verify-envelope.js';
import { field, type WireObject, wireObject } from './wire-object.js';

/** How an envelope goes out. */
export interface Sealing {
  readonly profile: SignatureProfile;
  /** Asked for where something is signed. */
  readonly signer: () => Promise<MessageSigner>;
  /** For whom the message is encrypted; `null`: it goes out as it is. */
  readonly recipient: RecipientKey | null;
  readonly now: Date;
}

/** The envelope as it goes out: encrypted first, so that what is signed is what is sent. */
export async function sealEnvelope(
  envelope: WireObject,
  { profile, signer, recipient, now }: Sealing,
): Promise<WireObject> {
  const sent = recipient === null ? envelope : await encryptEnvelope(envelope, recipient);
  return profile === 'none' ? sent : await signEnvelope(sent, profile, await signer(), now);
}

/** How an envelope that came in is looked at. */
export interface Opening {
  readonly policy: SignaturePolicy;
  /** What peers write who do not sign. */
  readonly placeholders: readonly string[];
  /** Of the sender. */
  readonly verificationKeys: VerificationKeys;
  /** Our own. */
  readonly decryptionKeys: DecryptionKeys;
  readonly now: Date;
  /** How old a signature may be. */
  readonly windowSeconds: number;
}

/** An envelope that may be read; `envelope` has its header and its message in plain. */
export interface OpenedEnvelope {
  readonly ok: true;
  readonly envelope: WireObject;
  readonly isSigned: boolean;
  /** Whether the same message comes as other bytes when it is sent again. */
  readonly isSealed: boolean;
  /** When it was signed; `null`: its signature does not say, or it has none. */
  readonly signedAt: Date | null;
}

/** Why it may not; `reason` is for the log alone. */
export type EnvelopeFault =
  | { readonly ok: false; readonly fault: 'unsigned' }
  | { readonly ok: false; readonly fault: 'signature'; readonly reason: RefusedSignature }
  | { readonly ok: false; readonly fault: 'encryption' };

/** Verifies an envelope as it was sent, and decrypts its message. `text` gives the JSON of which it was read. */
export async function openEnvelope(
  envelope: WireObject,
  text: () => string,
  { policy, placeholders, verificationKeys: keys, decryptionKeys, now, windowSeconds }: Opening,
): Promise<OpenedEnvelope | EnvelopeFault> {
  const found = await verifyEnvelope(envelope, text, { placeholders, keys, now, windowSeconds });
  if (found.verdict === 'refused') return { ok: false, fault: 'signature', reason: found.reason };
  const isSigned = found.verdict === 'verified';
  if (!isSigned && policy === 'required') return { ok: false, fault: 'unsigned' };
  const sent = isSigned ? found.envelope : envelope;
  const signedAt = isSigned ? found.signedAt : null;
  const [header, message] = [wireObject(sent.header), wireObject(sent.message)];
  const isEncrypted = message !== null && isEncryptedMessage(message);
  if (!isEncrypted) {
    const isSaid = header !== null && isYes(field(header, 'is_msg_encrypted'));
    return isSaid
      ? { ok: false, fault: 'encryption' }
      : { ok: true, envelope: sent, isSigned, isSealed: isSigned, signedAt };
  }
  const plain = await decryptMessage(message, decryptionKeys);
  if (plain === null || !isUnambiguousJson(plain)) return { ok: false, fault: 'encryption' };
  const read: unknown = JSON.parse(plain);
  if (wireObject(read) === null) return { ok: false, fault: 'encryption' };
  return { ok: true, envelope: { ...sent, message: read }, isSigned, isSealed: true, signedAt };
}
