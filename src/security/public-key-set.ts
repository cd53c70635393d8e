import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { z } from 'zod';
import { Problem } from '../record/problem.js';

/** Members that only private and shared keys have (RFC 7518, 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const ALGORITHMS = ['EdDSA', 'ES256', 'PS256', 'RS256', 'RSA-OAEP-256'];
const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 4096;
const MOST_KEYS = 20;

const KEY_SET = z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1).max(MOST_KEYS) });
/** What is kept of a key. */
const KEY = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: z.string().min(1).max(1000),
  use: z.enum(['sig', 'enc']).exactOptional(),
  alg: z.enum(ALGORITHMS).exactOptional(),
  n: z.string().exactOptional(),
  e: z.string().exactOptional(),
  crv: z.enum(['P-256', 'Ed25519']).exactOptional(),
  x: z.string().exactOptional(),
  y: z.string().exactOptional(),
});

/**
 * Checks the public keys of somebody (RFC 7517): RSA of 2048 to 4096 bits, P-256 or Ed25519, each with a `kid` of its own
 * and nothing private in it. Answers their public members alone. Throws a `Problem` `JWKS_INVALID`.
 */
export function readPublicKeySet(value: unknown): JSONWebKeySet {
  const set = KEY_SET.safeParse(value);
  if (!set.success) throw invalid('it must be {"keys": [...]} with 1 to 20 keys');
  const keys = set.data.keys.map(readKey);
  const twice = keys.find(({ kid }, index) => keys.findIndex((other) => other.kid === kid) !== index);
  if (twice) throw invalid(`two keys have the kid ${JSON.stringify(twice.kid)}`);
  return { keys };
}

function readKey(given: Record<string, unknown>, index: number): JWK {
  const where = `key ${String(index + 1)}`;
  if (given.kty === 'oct' || PRIVATE_MEMBERS.some((member) => member in given)) {
    throw invalid(`${where} is private: replace that key, which is known now, and give the public half of the new one`);
  }
  const read = KEY.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw invalid(`${where}: ${issue ? `${issue.path.join('.')} ${issue.message}` : 'is no key'}`);
  }
  const bits = modulusBits(publicKeyOf(read.data, where));
  if (bits !== null && (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS)) {
    throw invalid(
      `${where} has ${String(bits)} bits: RSA keys have ${String(LEAST_RSA_BITS)} to ${String(MOST_RSA_BITS)}`,
    );
  }
  return read.data;
}

function publicKeyOf(key: JWK, where: string): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (error) {
    throw new Problem('JWKS_INVALID', `The key set cannot be used: ${where} cannot be read`, { cause: error });
  }
}

/** `null` where it is no RSA key. */
function modulusBits(key: KeyObject): number | null {
  return key.asymmetricKeyDetails?.modulusLength ?? null;
}

function invalid(sentence: string): Problem {
  return new Problem('JWKS_INVALID', `The key set cannot be used: ${sentence}`);
}
