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

/** The ways in which a secret may have been sent and be echoed. */
function formsOf(secret: string): string[] {
  const formEncoded = new URLSearchParams([['', secret]]).toString().slice(1);
  const forms = [secret, formEncoded, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return forms.filter((form) => form !== '');
}

/** OAuth2 (`error`, `error_description`), DCI servers (`error.message`, `errors[]`), the header of a DCI answer. */
function findMessage(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const { error } = body;
  if (typeof error === 'string') {
    return typeof body.error_description === 'string' ? `${error}: ${body.error_description}` : error;
  }
  const first: unknown = Array.isArray(body.errors) ? body.errors[0] : undefined;
  const header = isRecord(body.header) ? body.header.status_reason_message : undefined;
  const nested = isRecord(body.message) ? body.message.error : undefined;
  const candidates = [messageOf(error), messageOf(first), header, messageOf(nested), body.message, body.detail];
  return candidates.find((candidate) => typeof candidate === 'string') ?? null;
}

function messageOf(error: unknown): unknown {
  return isRecord(error) ? error.message : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
