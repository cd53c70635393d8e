import { createHash, KeyObject, sign, verify } from 'node:crypto';
import type { MessageSigner, SignatureAlgorithm, VerificationKeys } from './signing-keys.js';

/**
 * The form of the standard's own example: the parameters of an HTTP signature (draft-cavage-http-signatures-12) as a text
 * inside the message. It signs when it was made, when it ends and the SHA-256 of the canonical JSON of header and
 * message.
 */
export interface VerifiedCavage {
  /** As written: `{sender_id}|{key id}|{algorithm}`. */
  readonly kid: string;
  readonly signedAt: Date;
  readonly expiresAt: Date;
  /** Which of the texts was signed. */
  readonly text: string;
}

/** How long a signature of ours is good; seconds. */
const LIFETIME = 300;
const SIGNED_HEADERS = '(created) (expires) digest';
const LONGEST = 8192;
const PARAMETERS = ['namespace', 'kidId', 'algorithm', 'created', 'expires', 'headers', 'signature'] as const;
type Parameter = (typeof PARAMETERS)[number];

/** What peers call the algorithms. */
const NAMES: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['ed25519', 'EdDSA'],
  ['EdDSA', 'EdDSA'],
  ['rs256', 'RS256'],
  ['RS256', 'RS256'],
  ['rsa-sha256', 'RS256'],
]);

/** Before the digest: peers differ in whether they say what it is. */
const DIGEST_PREFIXES = ['', 'SHA-256='] as const;

/** Signs a text as the peers do who check this form. `kid` is the whole of `kidId`. Keys: RS256 or EdDSA. */
export function signCavage(text: string, { key, alg }: MessageSigner, kid: string, now: Date): string {
  const created = String(Math.floor(now.getTime() / 1000));
  const expires = String(Number(created) + LIFETIME);
  const bytes = Buffer.from(signingString(created, expires, digestOf(text)));
  const signature = sign(hashFor(alg), bytes, nodeKey(key)).toString('base64');
  const name = alg === 'EdDSA' ? 'ed25519' : alg.toLowerCase();
  const parameters: Readonly<Record<Parameter, string>> = {
    namespace: 'dci',
    kidId: kid,
    algorithm: name,
    created,
    expires,
    headers: SIGNED_HEADERS,
    signature,
  };
  return PARAMETERS.map((parameter) => `${parameter}="${parameters[parameter]}"`).join(', ');
}

/** Verifies a signature of this form over one of the texts; `null` for whatever is wrong with it. */
export async function verifyCavage(
  written: string,
  texts: readonly string[],
  keys: VerificationKeys,
): Promise<VerifiedCavage | null> {
  const parameters = readParameters(written);
  if (parameters === null) return null;
  const { kidId, created, expires, signature } = parameters;
  const algorithm = NAMES.get(parameters.algorithm);
  const bytes = Buffer.from(signature, 'base64');
  if (algorithm === undefined || bytes.toString('base64') !== signature) return null;
  // The key id names the algorithm once more, and nothing signs either: they have to agree.
  if (NAMES.get(kidId.split('|').at(-1) ?? '') !== algorithm) return null;
  const key = await keys({ algorithm, kid: kidId });
  if (key === null) return null;
  const publicKey = KeyObject.from(key);
  for (const text of texts) {
    const digest = digestOf(text);
    for (const prefix of DIGEST_PREFIXES) {
      const signed = Buffer.from(signingString(created, expires, `${prefix}${digest}`));
      if (!verify(hashFor(algorithm), signed, publicKey, bytes)) continue;
      const [signedAt, expiresAt] = [new Date(Number(created) * 1000), new Date(Number(expires) * 1000)];
      return { kid: kidId, signedAt, expiresAt, text };
    }
  }
  return null;
}

function hashFor(algorithm: SignatureAlgorithm): 'sha256' | null {
  return algorithm === 'EdDSA' ? null : 'sha256';
}

function nodeKey(key: MessageSigner['key']): KeyObject {
  return key instanceof KeyObject ? key : KeyObject.from(key);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}

function signingString(created: string, expires: string, digest: string): string {
  return `(created): ${created}\n(expires): ${expires}\ndigest: ${digest}`;
}

/**
 * `name="value"` with commas between; each of the names once. The word `Signature:` in front is passed over, and a last
 * quote that is missing, as in the example of the standard.
 */
function readParameters(written: string): Readonly<Record<Parameter, string>> | null {
  if (written.length > LONGEST) return null;
  let text = written.trim().replace(/^Signature: */u, '');
  if (!text.endsWith('"')) text += '"';
  const read = new Map<string, string>();
  const one = /(\w+)="([^"\\]*)"(?:, *|$)/uy;
  for (let match = one.exec(text); match !== null; match = one.exec(text)) {
    const [, name = '', value = ''] = match;
    const known = name === 'keyId' ? 'kidId' : name;
    if (read.has(known) || !PARAMETERS.some((parameter) => parameter === known)) return null;
    read.set(known, value);
    if (one.lastIndex === text.length) return whole(read);
  }
  return null;
}

function whole(read: ReadonlyMap<string, string>): Readonly<Record<Parameter, string>> | null {
  const value = (name: Parameter): string => read.get(name) ?? '';
  const parameters = {
    namespace: value('namespace'),
    kidId: value('kidId'),
    algorithm: value('algorithm'),
    created: value('created'),
    expires: value('expires'),
    headers: value('headers'),
    signature: value('signature'),
  };
  const isTimed = [parameters.created, parameters.expires].every((time) => /^[1-9]\d{0,10}$/u.test(time));
  const isKnown = ['', 'dci', 'spdci'].includes(parameters.namespace) && parameters.headers === SIGNED_HEADERS;
  return isTimed && isKnown && parameters.kidId !== '' ? parameters : null;
}
