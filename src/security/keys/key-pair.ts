import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { Problem } from '../../record/problem.js';

/** What a pair is for: we sign with one, others encrypt to us with one. */
export const KEY_PURPOSES = ['signing', 'encryption'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/**
 * `pending`: published, not used yet. `active`: the one that is used. `retiring`: what was made with it is still good.
 * `gone`: nothing of it is good any more.
 */
export type KeyState = 'pending' | 'active' | 'retiring' | 'gone';

export const ALGORITHM_OF = { signing: 'RS256', encryption: 'RSA-OAEP-256' } as const satisfies Record<
  KeyPurpose,
  string
>;
export type KeyAlgorithm = (typeof ALGORITHM_OF)[KeyPurpose];

const USE_OF = { signing: 'sig', encryption: 'enc' } as const satisfies Record<KeyPurpose, string>;

/** Smallest RSA modulus that RS256 and RSA-OAEP allow (RFC 7518, 3.3 and 4.3). */
export const SMALLEST_RSA_BITS = 2048;
/** What peers can be expected to take; a verification costs with the square of it. */
const LARGEST_RSA_BITS = 4096;

/** One public key as `/.well-known/jwks.json` lists it (RFC 7517). */
export type PublicJwk = JWK & { readonly kid: string };

/** A new RSA pair; made beside the event loop, since it takes a tenth of a second. */
export async function makePrivateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: SMALLEST_RSA_BITS });
  return privateKey;
}

/** The public half, named by its RFC 7638 thumbprint. */
export async function publicJwk(key: KeyObject, purpose: KeyPurpose): Promise<PublicJwk> {
  const jwk = await exportJWK(key.type === 'private' ? createPublicKey(key) : key);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: USE_OF[purpose], alg: ALGORITHM_OF[purpose] };
}

/** Reads a private key that an operator brings. `where` names it in the `Problem` `KEYS_INVALID`. */
export function readPrivateKey(where: string, pem: string): KeyObject {
  const invalid = (sentence: string, cause?: unknown) => new Problem('KEYS_INVALID', `${where}: ${sentence}`, { cause });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw invalid('is not a private key in PEM form without a passphrase', error);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa') throw invalid('tokens are signed with RS256: put an RSA key there');
  if (bits < SMALLEST_RSA_BITS) {
    throw invalid(`the RSA key has ${String(bits)} bits: at least ${String(SMALLEST_RSA_BITS)} are needed`);
  }
  if (bits > LARGEST_RSA_BITS) {
    throw invalid(`the RSA key has ${String(bits)} bits: at most ${String(LARGEST_RSA_BITS)} are taken`);
  }
  return key;
}

/** As it is sealed and as a key file holds it. */
export function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
