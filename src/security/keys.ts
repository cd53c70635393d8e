import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { closeKeyFiles, completeKeyFiles, KEY_FILES, readKeyFiles, type KeyFiles } from './keys/key-files.js';
import { privatePem, publicJwk, type PublicJwk } from './keys/key-pair.js';
import { KeyRing, type SigningKey } from './keys/key-ring.js';
import { LOCK_KEYS } from './keys/key-turns.js';
import { openSealed, seal } from './keys/sealing.js';

/** The secrets of this deployment, and what is done with them. */
export interface Keys {
  /** What signs tokens and messages now. Ask each time: it changes. Throws a `Problem` `KEYS_MISSING`. */
  signingKey(): Promise<SigningKey>;
  /** The private key of that id, of either style, to which a message may have been encrypted; `null`: none of ours. */
  decryptionKey(kid: string): Promise<KeyObject | null>;
  /**
   * Public keys of both purposes, under their thumbprints; where a sender id is given, each a second time as
   * `{sender_id}|{thumbprint}|{algorithm}`.
   */
  jwks(senderId?: string): Promise<{ keys: PublicJwk[] }>;
  /** The public key of that thumbprint under which a token is good, `null` when none of ours has it. */
  verificationKey(kid: string): Promise<KeyObject | null>;
  /** Key pairs were changed, here or by another process: what is held of them is read again at its next use. */
  readAgain(): void;
  /** HMAC-SHA-256 under the pepper: all that is kept of a client secret. 32 bytes. */
  hashSecret(secret: string): Buffer;
  /** AES-256-GCM under the data key: version (1 byte), nonce (12), tag (16), ciphertext. */
  seal(text: string): Buffer;
  /** The text that was sealed. Throws `SEALED_VALUE_UNREADABLE` when it was changed or sealed under another key. */
  open(sealed: Buffer): string;
}

const SIGNING_KEYS = {
  name: 'keys-of-signing',
  text: `
    select kid, state = 'active' and private_sealed is null as "fileOnly" from key_pairs where purpose = 'signing'`,
};
const FINGERPRINTS = { name: 'keys-fingerprints', text: 'select name, fingerprint from key_fingerprints' };
const RECORD_FIRST_KEY = {
  name: 'keys-first',
  text: `
    insert into key_pairs (kid, purpose, algorithm, public_jwk, private_sealed, state, activated_at)
    values ($1, 'signing', 'RS256', $2, $3, 'active', now())
    on conflict (kid) do update set private_sealed = excluded.private_sealed`,
};
const RECORD_FINGERPRINT = {
  name: 'keys-record-fingerprint',
  text: 'insert into key_fingerprints (name, fingerprint) values ($1, $2) on conflict (name) do nothing',
};

const fingerprint = (name: string, secret: Buffer): Buffer =>
  createHash('sha256').update(`dci-gateway ${name}\n`).update(secret).digest();

interface KnownKeys {
  /** Whether the database has a signing key at all. */
  readonly any: boolean;
  /** The active signing key, where its private half is in a file alone: so was it before keys took turns. */
  readonly fileOnlyKid: string | null;
  readonly kids: readonly string[];
  readonly pepper: Buffer | null;
  readonly dataKey: Buffer | null;
}

async function knownKeys(client: PoolClient): Promise<KnownKeys> {
  const pairs = await client.query<{ kid: string; fileOnly: boolean }>(SIGNING_KEYS);
  const { rows } = await client.query<{ name: string; fingerprint: Buffer }>(FINGERPRINTS);
  const known = new Map(rows.map((row) => [row.name, row.fingerprint]));
  return {
    any: pairs.rows.length > 0,
    fileOnlyKid: pairs.rows.find(({ fileOnly }) => fileOnly)?.kid ?? null,
    kids: pairs.rows.map(({ kid }) => kid),
    pepper: known.get('pepper') ?? null,
    dataKey: known.get('data-key') ?? null,
  };
}

type FileState = 'right' | 'missing' | 'different';

function stateOfSecret(name: string, known: Buffer | null, found: Buffer | null): FileState {
  if (known === null) return 'right';
  if (found === null) return 'missing';
  return known.equals(fingerprint(name, found)) ? 'right' : 'different';
}

function stateOfSigningKey({ any, fileOnlyKid, kids }: KnownKeys, found: string | null): FileState {
  if (!any) return 'right';
  if (found === null) return fileOnlyKid === null ? 'right' : 'missing';
  return (fileOnlyKid === null ? kids.includes(found) : found === fileOnlyKid) ? 'right' : 'different';
}

/** Refuses files that are not those which the database was used with before. */
async function checkFiles(folder: string, files: KeyFiles, known: KnownKeys): Promise<void> {
  const kid = files.signingKey && (await publicJwk(files.signingKey, 'signing')).kid;
  const states: readonly (readonly [string, FileState])[] = [
    [KEY_FILES.signingPrivate, stateOfSigningKey(known, kid)],
    [KEY_FILES.pepper, stateOfSecret('pepper', known.pepper, files.pepper)],
    [KEY_FILES.dataKey, stateOfSecret('data-key', known.dataKey, files.dataKey)],
  ];
  const named = (state: FileState): string[] => states.filter(([, found]) => found === state).map(([file]) => file);
  const missing = named('missing');
  if (missing.length > 0) {
    throw new Problem(
      'KEYS_MISSING',
      `This database was used with keys that are not in ${folder}: restore ${missing.join(', ')} from the backup of ` +
        'that folder, or name the folder that holds them in KEYS_DIR',
    );
  }
  const different = named('different');
  if (different.length > 0) {
    throw new Problem(
      'KEYS_DIFFERENT',
      `This database was used with other keys than those in ${folder}: restore the earlier ${different.join(', ')}, ` +
        'or name the folder that holds them in KEYS_DIR. A new signing key comes in with dci-gateway keys rotate --pem',
    );
  }
}

/**
 * Reads the keys of `folder`, making those that are missing at the first start (files of mode 0600), and holds them
 * against what the database knows. The signing key of the folder is the first of the database, where it is sealed with
 * the data key; those after it are made there (see keys/key-turns.ts). Throws a `Problem`: `KEYS_MISSING` or
 * `KEYS_DIFFERENT` when the database was used with other keys, `KEYS_INVALID` when a file cannot be used,
 * `KEYS_UNREADABLE`, `KEYS_UNWRITABLE`.
 */
export async function openKeys(folder: string, pool: Pool, log: Logger): Promise<Keys> {
  const { pepper, dataKey } = await inTransaction(pool, async (client) => {
    // Two gateways that start at once on one empty folder: the second waits, then finds what the first made.
    await client.query(LOCK_KEYS);
    const known = await knownKeys(client);
    const found = await readKeyFiles(folder);
    await checkFiles(folder, found, known);
    const fromFile = !known.any || known.fileOnlyKid !== null;
    const files = await completeKeyFiles(folder, { signing: fromFile });
    if (!known.any && found.signingKey === null) log.info({ folder }, 'made new keys: keep a backup of this folder');
    if (fromFile && files.signingKey) {
      const jwk = await publicJwk(files.signingKey, 'signing');
      const sealed = seal(files.dataKey, privatePem(files.signingKey));
      await client.query({ ...RECORD_FIRST_KEY, values: [jwk.kid, jwk, sealed] });
    }
    for (const [name, secret] of [
      ['pepper', files.pepper],
      ['data-key', files.dataKey],
    ] as const) {
      await client.query({ ...RECORD_FINGERPRINT, values: [name, fingerprint(name, secret)] });
    }
    return files;
  });
  const opened = await closeKeyFiles(folder);
  if (opened.length > 0)
    log.warn({ folder, files: opened }, 'key files were readable by others; their mode is now 0600');

  const ring = new KeyRing(pool, (sealed) => openSealed(dataKey, sealed));
  return {
    signingKey: () => ring.signingKey(),
    decryptionKey: (kid) => ring.decryptionKey(kid),
    jwks: async (senderId) => ({ keys: await ring.published(senderId) }),
    verificationKey: (kid) => ring.verificationKey(kid),
    readAgain: () => ring.readAgain(),
    hashSecret: (secret) => createHmac('sha256', pepper).update(secret, 'utf8').digest(),
    seal: (text) => seal(dataKey, text),
    open: (sealed) => openSealed(dataKey, sealed),
  };
}
