import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type JSONWebKeySet } from 'jose';

/** The keys of a client, by which its messages are verified; without them only the form of a signature is looked at. */
export interface ClientKeys {
  readonly jwks: JSONWebKeySet | null;
}

/**
 * What is wrong with the `signature` of a message, as the products that insist on one say it; `null`: nothing.
 * `cavage`: a text of parameters with a digest of the sorted JSON; `jws-detached`: a JWS without its payload.
 */
export function signatureFault(content: unknown, form: 'cavage' | 'jws-detached', { jwks }: ClientKeys): string | null {
  const envelope = fieldsOf(content);
  const { signature, header, message } = envelope;
  if (typeof signature !== 'string' || signature === '' || signature === 'unsigned-stub') {
    return 'Missing signature in envelope';
  }
  const isGood =
    form === 'cavage' ? checkCavage(signature, header, message, jwks) : checkJws(signature, header, message, jwks);
  return isGood ? null : 'Invalid signature';
}

const CAVAGE =
  /^namespace="dci", kidId="([^"]+)", algorithm="([^"]+)", created="(\d+)", expires="(\d+)", headers="\(created\) \(expires\) digest", signature="([^"]+)"$/u;

function checkCavage(signature: string, header: unknown, message: unknown, jwks: JSONWebKeySet | null): boolean {
  const [, kid = '', , created = '', expires = '', value = ''] = CAVAGE.exec(signature) ?? [];
  if (value === '' || kid.split('|').length !== 3 || kid.split('|')[0] !== fieldsOf(header).sender_id) return false;
  const now = Date.now() / 1000;
  if (Number(created) > now + 60 || Number(expires) < now - 60) return false;
  if (jwks === null) return true;
  // Its header is written back with every field that it has a place for.
  const defaults = { version: '1.0.0', sender_uri: null, total_count: 0, is_msg_encrypted: false, meta: null };
  const text = sortedJson({ header: { ...defaults, ...fieldsOf(header) }, message }, true);
  const digest = createHash('sha256').update(text, 'utf8').digest('base64');
  const signed = Buffer.from(`(created): ${created}\n(expires): ${expires}\ndigest: ${digest}`);
  return keysOf(jwks, [kid, kid.split('|')[1]]).some((key) =>
    verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, Buffer.from(value, 'base64')),
  );
}

function checkJws(signature: string, header: unknown, message: unknown, jwks: JSONWebKeySet | null): boolean {
  const [head = '', payload, value = ''] = signature.split('.');
  if (payload !== '' || head === '' || value === '') return false;
  const { kid, alg } = fieldsOf(readJson(Buffer.from(head, 'base64url').toString('utf8')));
  if (alg !== 'RS256' && alg !== 'EdDSA') return false;
  if (jwks === null) return true;
  const text = Buffer.from(sortedJson({ header, message }, false)).toString('base64url');
  const bytes = Buffer.from(`${head}.${text}`);
  return keysOf(jwks, [kid]).some((key) =>
    verify(alg === 'EdDSA' ? null : 'sha256', bytes, key, Buffer.from(value, 'base64url')),
  );
}

function keysOf({ keys }: JSONWebKeySet, kids: readonly unknown[]): KeyObject[] {
  return keys
    .filter(({ kid }) => kids.includes(kid))
    .map(({ kty, crv, x, y, n, e }) =>
      createPublicKey({
        key: Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)),
        format: 'jwk',
      }),
    );
}

/** Keys in order, no blanks; with `ascii` as Python writes it, everything beyond as \\uXXXX. */
function sortedJson(value: unknown, ascii: boolean): string {
  const text = JSON.stringify(sorted(value));
  return ascii
    ? text
        .replace(/[\u007f-\uffff]/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .replace(/[\u{10000}-\u{10ffff}]/gu, (pair) =>
          [...Array(pair.length).keys()]
            .map((index) => `\\u${pair.charCodeAt(index).toString(16).padStart(4, '0')}`)
            .join(''),
        )
    : text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
