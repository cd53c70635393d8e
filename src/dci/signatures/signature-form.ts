import type { SignatureProfile } from '../../record/signature-profile.js';

/** What stands in `signature` of an envelope; `unknown`: none of the forms that are known. */
export type WrittenSignature =
  | { readonly form: 'none' }
  | { readonly form: 'unknown' }
  | { readonly form: Exclude<SignatureProfile, 'none'>; readonly text: string };

/** Tells the forms apart. `placeholders` are what peers write who do not sign; an empty text and `null` are the same. */
export function readSignatureForm(written: unknown, placeholders: readonly string[]): WrittenSignature {
  if (written === undefined || written === null || written === '') return { form: 'none' };
  if (typeof written !== 'string') return { form: 'unknown' };
  if (placeholders.includes(written)) return { form: 'none' };
  const dotted = /^[\w-]+\.([\w-]*)\.[\w-]+$/u.exec(written);
  if (dotted) return { form: dotted[1] === '' ? 'jws-detached' : 'jws-compact', text: written };
  return /k(?:id|ey)Id=/u.test(written) ? { form: 'cavage', text: written } : { form: 'unknown' };
}
