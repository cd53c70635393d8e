import { wireObject } from '../dci/wire-object.js';
import { formEncoded } from './form-encoding.js';

const LONGEST = 200;

/**
 * The reason that an error answer gives, on one line of at most 200 characters, without the given secrets; `null` when
 * it gives none that we know how to find. Only fields made for a message are read: a whole body may hold anything.
 */
export function whatWasSaid(body: unknown, secrets: readonly string[]): string | null {
  const text = findMessage(body);
  if (text === null) return null;
  let line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  for (const form of secrets.flatMap(formsOf)) line = line.replaceAll(form, '***');
  // Anything shaped like a signed token, whoever it belongs to.
  line = line.replace(/\beyJ[\w-]+\.[\w-]*\.?[\w-]*/gu, '***');
  if (line === '') return null;
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Codes of the standard are much shorter. */
const LONGEST_CODE = 99;

/** Code and reason of a refusal on one line; `null` where there is neither. */
export function refusalLine({ code, message }: { readonly code: string | null; readonly message: string | null }) {
  const said = [code?.slice(0, LONGEST_CODE) ?? null, whatWasSaid({ message }, [])].filter((text) => text !== null);
  return said.length === 0 ? null : said.join(': ');
}

/** The ways in which a secret may have been sent and be echoed. */
function formsOf(secret: string): string[] {
  const forms = [secret, formEncoded(secret), encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return forms.filter((form) => form !== '');
}

/** OAuth2 (`error`, `error_description`), DCI servers (`error.message`, `errors[]`), the header of a DCI answer. */
function findMessage(body: unknown): string | null {
  const answer = wireObject(body);
  if (answer === null) return null;
  const { error, errors, message, detail } = answer;
  if (typeof error === 'string') {
    return typeof answer.error_description === 'string' ? `${error}: ${answer.error_description}` : error;
  }
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const header = wireObject(answer.header)?.status_reason_message;
  const nested = wireObject(message)?.error;
  const candidates = [messageOf(error), messageOf(first), header, messageOf(nested), message, detail];
  return candidates.find((candidate) => typeof candidate === 'string') ?? null;
}

function messageOf(error: unknown): unknown {
  return wireObject(error)?.message;
}
