import { type CredentialSeal } from '../../src/sources/data-sources.js';

/** Stands for the data key of the deployment: what it seals cannot be read by looking at it. */
export const reversingSeal: CredentialSeal = {
  seal: (text) => Buffer.from(text).reverse(),
  open: (sealed) => Buffer.from(sealed).reverse().toString(),
};
