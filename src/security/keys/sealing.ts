import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Problem } from '../../record/problem.js';

const SEAL_VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under `dataKey`: version (1 byte), nonce (12), tag (16), ciphertext. */
export function seal(dataKey: Buffer, text: string): Buffer {
  const version = Buffer.of(SEAL_VERSION);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(version);
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([version, nonce, cipher.getAuthTag(), ciphertext]);
}

/** The text that was sealed. Throws a `Problem` `SEALED_VALUE_UNREADABLE`. */
export function openSealed(dataKey: Buffer, sealed: Buffer): string {
  const start = 1 + NONCE_BYTES;
  try {
    if (sealed[0] !== SEAL_VERSION || sealed.length < start + TAG_BYTES) throw new Error('not a sealed value');
    const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(1, start), { authTagLength: TAG_BYTES });
    decipher.setAAD(sealed.subarray(0, 1));
    decipher.setAuthTag(sealed.subarray(start, start + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(start + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (error) {
    throw new Problem(
      'SEALED_VALUE_UNREADABLE',
      'A stored credential cannot be opened with the data key of this deployment: enter the credential again',
      { cause: error },
    );
  }
}
