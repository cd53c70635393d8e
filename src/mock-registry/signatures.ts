import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';

/** Signs answers as the real server does: a compact JWS with the payload inside; the keys end with the process. */
export interface Signer {
  sign(payload: string): Promise<string>;
  readonly jwks: { readonly keys: readonly JWK[] };
}

/** A signer with new keys. */
export async function createSigner(): Promise<Signer> {
  const signing = await generateKeyPair('RS256', { modulusLength: 2048 });
  const encryption = await generateKeyPair('RSA-OAEP-256', { modulusLength: 2048, extractable: true });
  const signingKey = await published(await exportJWK(signing.publicKey), { use: 'sig', alg: 'RS256' });
  const encryptionKey = await published(await exportJWK(encryption.publicKey), { use: 'enc', alg: 'RSA-OAEP-256' });
  return {
    sign: (payload) =>
      new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'RS256', kid: signingKey.kid })
        .sign(signing.privateKey),
    jwks: { keys: [signingKey, encryptionKey] },
  };
}

async function published(key: JWK, purpose: { use: string; alg: string }): Promise<JWK & { kid: string }> {
  return { ...key, kid: await calculateJwkThumbprint(key), ...purpose };
}
