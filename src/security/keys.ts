import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, importJWK, type CryptoKey, type JWK } from 'jose';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { closeKeyFiles, completeKeyFiles, KEY_FILES, readKeyFiles, type KeyFiles } from './key-files.js';

/** One public key as `/.well-known/jwks.json` lists it (RFC 7517). */
export type PublicJwk = JWK & { readonly kid: string };

/** The secrets of this deployment, and what is done with them. */
export interface Keys {
  readonly signingKey: KeyObject;
  /** RFC 7638 thumbprint of the signing key. */
  readonly kid: string;
  /** Public keys under which tokens may be signed now, as the database knows them. */
  jwks(): Promise<{ keys: PublicJwk[] }>;
  /** The key of that id, `null` when none of ours has it. */
  verificationKey(kid: string): Promise<CryptoKey | KeyObject | null>;
  /** HMAC-SHA-256 under the pepper: all that is kept of a client secret. 32 bytes. */
  hashSecret(secret: string): Buffer;
  /** AES-256-GCM under the data key: version (1 byte), nonce (12), tag (16), ciphertext. */
  seal(text: string): Buffer;
  /** The text that was sealed. Throws `SEALED_VALUE_UNREADABLE` when it was changed or sealed under another key. */
  open(sealed: Buffer): string;
}

const LOCK = {
  name: 'keys-lock',
  text: "select pg_advisory_xact_lock(hashtext('dci-gateway keys'))",
};
const ACTIVE_SIGNING_KEY = {
  name: 'keys-active',
  text: "select kid from signing_keys where state = 'active'",
};
const FINGERPRINTS = { name: 'keys-fingerprints', text: 'select name, fingerprint from key_fingerprints' };
const PUBLIC_KEYS = {
  name: 'keys-public',
  text: "select public_jwk as jwk from signing_keys where state <> 'gone' order by created_at desc, kid",
};
const PUBLIC_KEY = {
  name: 'keys-public-of-kid',
  text: "select public_jwk as jwk from signing_keys where kid = $1 and state <> 'gone'",
};
const RECORD_SIGNING_KEY = `
  insert into signing_keys (kid, algorithm, public_jwk, state) values ($1, 'RS256', $2, 'active')
  on conflict (kid) do nothing`;
const RECORD_FINGERPRINT = `
  insert into key_fingerprints (name, fingerprint) values ($1, $2) on conflict (name) do nothing`;

const SEAL_VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const fingerprint = (name: string, secret: Buffer): Buffer =>
  createHash('sha256').update(`dci-gateway ${name}\n`).update(secret).digest();

async function publicJwk(signingKey: KeyObject): Promise<PublicJwk> {
  const jwk = await exportJWK(createPublicKey(signingKey));
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'RS256' };
}

interface KnownKeys {
  readonly kid: string | null;
  readonly pepper: Buffer | null;
  readonly dataKey: Buffer | null;
}

async function knownKeys(client: PoolClient): Promise<KnownKeys> {
  const active = await client.query<{ kid: string }>(ACTIVE_SIGNING_KEY);
  const { rows } = await client.query<{ name: string; fingerprint: Buffer }>(FINGERPRINTS);
  const known = new Map(rows.map((row) => [row.name, row.fingerprint]));
  return {
    kid: active.rows[0]?.kid ?? null,
    pepper: known.get('pepper') ?? null,
    dataKey: known.get('data-key') ?? null,
  };
}

/** Refuses files that are not those which the database was used with before. */
async function checkFiles(folder: string, files: KeyFiles, known: KnownKeys): Promise<void> {
  const kid = files.signingKey && (await publicJwk(files.signingKey)).kid;
  const pairs = [
    { file: KEY_FILES.signingPrivate, known: known.kid, found: kid, same: kid === known.kid },
    {
      file: KEY_FILES.pepper,
      known: known.pepper,
      found: files.pepper,
      same: files.pepper !== null && known.pepper?.equals(fingerprint('pepper', files.pepper)),
    },
    {
      file: KEY_FILES.dataKey,
      known: known.dataKey,
      found: files.dataKey,
      same: files.dataKey !== null && known.dataKey?.equals(fingerprint('data-key', files.dataKey)),
    },
  ].filter((pair) => pair.known !== null);
  const missing = pairs.filter((pair) => pair.found === null).map((pair) => pair.file);
  if (missing.length > 0) {
    throw new Problem(
      'KEYS_MISSING',
      `This database was used with keys that are not in ${folder}: restore ${missing.join(', ')} from the backup of ` +
        'that folder, or name the folder that holds them in KEYS_DIR',
    );
  }
  const different = pairs.filter((pair) => pair.same !== true).map((pair) => pair.file);
  if (different.length > 0) {
    throw new Problem(
      'KEYS_DIFFERENT',
      `This database was used with other keys than those in ${folder}: restore the earlier ${different.join(', ')}, ` +
        'or name the folder that holds them in KEYS_DIR',
    );
  }
}

/**
 * Reads the keys of `folder`, making those that are missing at the first start (files of mode 0600), and holds them
 * against what the database knows. Throws a `Problem`: `KEYS_MISSING` or `KEYS_DIFFERENT` when the database was used
 * with other keys, `KEYS_INVALID` when a file cannot be used, `KEYS_UNREADABLE`, `KEYS_UNWRITABLE`.
 */
export async function openKeys(folder: string, pool: Pool, log: Logger): Promise<Keys> {
  const { signingKey, pepper, dataKey, jwk } = await inTransaction(pool, async (client) => {
    // Two gateways that start at once on one empty folder: the second waits, then finds what the first made.
    await client.query(LOCK);
    const known = await knownKeys(client);
    const found = await readKeyFiles(folder);
    await checkFiles(folder, found, known);
    const files = await completeKeyFiles(folder);
    if (found.signingKey === null) log.info({ folder }, 'made new keys: keep a backup of this folder');
    const jwk = await publicJwk(files.signingKey);
    await client.query(RECORD_SIGNING_KEY, [jwk.kid, jwk]);
    await client.query(RECORD_FINGERPRINT, ['pepper', fingerprint('pepper', files.pepper)]);
    await client.query(RECORD_FINGERPRINT, ['data-key', fingerprint('data-key', files.dataKey)]);
    return { ...files, jwk };
  });
  const opened = await closeKeyFiles(folder);
  if (opened.length > 0)
    log.warn({ folder, files: opened }, 'key files were readable by others; their mode is now 0600');

  const publicKeys = new Map<string, CryptoKey | KeyObject>([[jwk.kid, createPublicKey(signingKey)]]);
  return {
    signingKey,
    kid: jwk.kid,
    async jwks() {
      const { rows } = await pool.query<{ jwk: PublicJwk }>(PUBLIC_KEYS);
      return { keys: rows.map((row) => row.jwk) };
    },
    async verificationKey(kid) {
      const held = publicKeys.get(kid);
      if (held) return held;
      const { rows } = await pool.query<{ jwk: PublicJwk }>({ ...PUBLIC_KEY, values: [kid] });
      const [row] = rows;
      if (!row) return null;
      const key = await importJWK(row.jwk, 'RS256');
      if (key instanceof Uint8Array) return null;
      publicKeys.set(kid, key);
      return key;
    },
    hashSecret: (secret) => createHmac('sha256', pepper).update(secret, 'utf8').digest(),
    seal: (text) => seal(dataKey, text),
    open: (sealed) => openSealed(dataKey, sealed),
  };
}

function seal(dataKey: Buffer, text: string): Buffer {
  const version = Buffer.of(SEAL_VERSION);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(version);
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([version, nonce, cipher.getAuthTag(), ciphertext]);
}

function openSealed(dataKey: Buffer, sealed: Buffer): string {
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
