import type { KeyObject } from 'node:crypto';
import type { CryptoKey } from 'jose';

/** What messages may be signed with; never anything with a shared secret. */
export const SIGNATURE_ALGORITHMS = ['EdDSA', 'ES256', 'PS256', 'RS256'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Which key a signature says it was made with. */
export interface WantedKey {
  readonly algorithm: SignatureAlgorithm;
  /** `null`: it does not say. */
  readonly kid: string | null;
}

/** The public key of a sender; `null` where none of its keys fits, or more than one. Rejects for nothing that it did. */
export type VerificationKeys = (wanted: WantedKey) => Promise<CryptoKey | null>;

/** With what we sign. */
export interface MessageSigner {
  readonly key: CryptoKey | KeyObject;
  readonly alg: SignatureAlgorithm;
  /** RFC 7638 thumbprint. */
  readonly kid: string;
}

/** Whether the word is one of the algorithms. */
export function isSignatureAlgorithm(word: unknown): word is SignatureAlgorithm {
  return SIGNATURE_ALGORITHMS.some((known) => known === word);
}
