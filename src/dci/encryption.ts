import type { KeyObject } from 'node:crypto';
import { type CryptoKey, FlattenedEncrypt, flattenedDecrypt, type FlattenedJWE } from 'jose';
import { field, type WireObject, wireObject } from './wire-object.js';

/** How messages are encrypted (RFC 7518): what the standard leaves open and the peers that encrypt have in common. */
export const KEY_ENCRYPTION = 'RSA-OAEP-256';
export const CONTENT_ENCRYPTION = 'A256GCM';

/** The key of the other side, of its set of keys with `use: enc`. */
export interface RecipientKey {
  readonly kid: string;
  readonly key: CryptoKey | KeyObject;
}

/** The envelope with its message encrypted for one recipient, as `EncryptedMessage` of the standard has it. */
export async function encryptEnvelope(envelope: WireObject, { kid, key }: RecipientKey): Promise<WireObject> {
  const plain = new TextEncoder().encode(JSON.stringify(envelope.message));
  const { ciphertext, encrypted_key, iv, tag, header } = await new FlattenedEncrypt(plain)
    .setUnprotectedHeader({ alg: KEY_ENCRYPTION, enc: CONTENT_ENCRYPTION, kid })
    .encrypt(key);
  return {
    ...envelope,
    header: { ...wireObject(envelope.header), is_msg_encrypted: true },
    message: { header, ciphertext, encrypted_key, iv, tag },
  };
}

/** Whether something is encrypted in it, whatever the header of the envelope says. */
export function isEncryptedMessage(message: WireObject): boolean {
  return field(message, 'ciphertext') !== undefined;
}

/** Our private key of that id; `null` where there is none. */
export type DecryptionKeys = (kid: string) => Promise<CryptoKey | KeyObject | null>;

/** Members of a JWE in JSON form; `recipients` belongs to the form with many of them. */
const MEMBERS = ['protected', 'unprotected', 'header', 'encrypted_key', 'aad', 'iv', 'ciphertext', 'tag'];

/**
 * The JSON text in an encrypted message; `null` for whatever is wrong with it: another algorithm, a key that is not ours,
 * a changed byte. Its algorithms stand in a header that nobody signed: only ours are taken, and the key is the one that
 * it names.
 */
export async function decryptMessage(message: WireObject, keys: DecryptionKeys): Promise<string | null> {
  const jwe = readJwe(message);
  const parameters = jwe && readParameters(jwe);
  if (!jwe || !parameters) return null;
  const key = await keys(parameters.kid);
  if (key === null) return null;
  try {
    const { plaintext } = await flattenedDecrypt(jwe, key, {
      keyManagementAlgorithms: [KEY_ENCRYPTION],
      contentEncryptionAlgorithms: [CONTENT_ENCRYPTION],
    });
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
  } catch {
    return null;
  }
}

function readJwe(message: WireObject): FlattenedJWE | null {
  if (Object.keys(message).some((name) => !MEMBERS.includes(name))) return null;
  const text = (name: string): string | null | undefined => {
    const value = message[name];
    return value === undefined ? undefined : typeof value === 'string' ? value : null;
  };
  const [ciphertext, encryptedKey, iv, tag] = [text('ciphertext'), text('encrypted_key'), text('iv'), text('tag')];
  const [integrity, aad] = [text('protected'), text('aad')];
  if (!ciphertext || !encryptedKey || !iv || !tag || integrity === null || aad === null) return null;
  const header = readHeader(message.header);
  const unprotected = readHeader(message.unprotected);
  if (header === null || unprotected === null) return null;
  return {
    ciphertext,
    encrypted_key: encryptedKey,
    iv,
    tag,
    ...(integrity === undefined ? {} : { protected: integrity }),
    ...(aad === undefined ? {} : { aad }),
    ...(header === undefined ? {} : { header }),
    ...(unprotected === undefined ? {} : { unprotected }),
  };
}

function readHeader(written: unknown): WireObject | null | undefined {
  return written === undefined ? undefined : wireObject(written);
}

/** What stands in a header of ours or of our peers; anything else (`zip`, `crit`, `p2c`, `epk`) is not done. */
const PARAMETERS = ['alg', 'enc', 'kid', 'typ', 'cty'];

function readParameters(jwe: FlattenedJWE): { readonly kid: string } | null {
  const integrity = jwe.protected === undefined ? {} : decode(jwe.protected);
  if (integrity === null) return null;
  const parameters: WireObject = { ...integrity, ...jwe.unprotected, ...jwe.header };
  const { alg, enc, kid } = parameters;
  if (Object.keys(parameters).some((name) => !PARAMETERS.includes(name))) return null;
  return alg === KEY_ENCRYPTION && enc === CONTENT_ENCRYPTION && typeof kid === 'string' ? { kid } : null;
}

function decode(text: string): WireObject | null {
  try {
    return wireObject(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
