import { type CredentialSeal } from '../../src/sources/data-sources.js';
import { type SealOptions } from '../../src/sources/seal-exchange.js';

/** Stands for the data key of the deployment: what it seals cannot be read by looking at it. Nothing is signed. */
export const reversingSeal: CredentialSeal & SealOptions['keys'] = {
  seal: (text) => Buffer.from(text).reverse(),
  open: (sealed) => Buffer.from(sealed).reverse().toString(),
  signingKey: () => Promise.reject(new Error('there is no key')),
  decryptionKey: () => Promise.resolve(null),
};
