import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { chmod, link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../record/problem.js';
import { makePrivateKey, privatePem, readPrivateKey } from './key-pair.js';

/** Names of the files in KEYS_DIR. */
export const KEY_FILES = {
  signingPrivate: 'signing-private.pem',
  signingPublic: 'signing-public.pem',
  pepper: 'pepper',
  dataKey: 'data-key',
} as const;

const SECRET_BYTES = 32;

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function invalid(file: string, sentence: string, cause?: unknown): Problem {
  return new Problem('KEYS_INVALID', `${file}: ${sentence}`, { cause });
}

/** The text of a key file, `null` when there is none. Throws `KEYS_UNREADABLE` when it is there and cannot be read. */
async function readKeyFile(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw new Problem('KEYS_UNREADABLE', `${join(folder, name)} cannot be read: check its owner and mode (0600)`, {
      cause: error,
    });
  }
}

/** Writes a new file that only its owner may read; a file that is already there wins. */
async function makeKeyFile(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    try {
      // Unlike a rename, a link never replaces the file that another process made meanwhile, nor shows half a file.
      await link(draft, path).catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      });
    } finally {
      await unlink(draft);
    }
  } catch (error) {
    throw new Problem('KEYS_UNWRITABLE', `${path} cannot be written: make the folder writable, or put the file there`, {
      cause: error,
    });
  }
}

function readSecret(path: string, text: string): Buffer {
  const secret = Buffer.from(text.trim(), 'base64');
  if (secret.length !== SECRET_BYTES || secret.toString('base64') !== text.trim()) {
    throw invalid(path, `must hold ${String(SECRET_BYTES)} random bytes in base64, and nothing else`);
  }
  return secret;
}

/** What lies in the folder now; `null` for each file that is missing. */
export interface KeyFiles {
  readonly signingKey: KeyObject | null;
  readonly pepper: Buffer | null;
  readonly dataKey: Buffer | null;
}

/** Reads and checks the key files. Throws `KEYS_INVALID` naming the file that cannot be used. */
export async function readKeyFiles(folder: string): Promise<KeyFiles> {
  const [privatePem, publicPem, pepper, dataKey] = await Promise.all([
    readKeyFile(folder, KEY_FILES.signingPrivate),
    readKeyFile(folder, KEY_FILES.signingPublic),
    readKeyFile(folder, KEY_FILES.pepper),
    readKeyFile(folder, KEY_FILES.dataKey),
  ]);
  const signingKey = privatePem === null ? null : readPrivateKey(join(folder, KEY_FILES.signingPrivate), privatePem);
  if (publicPem !== null && signingKey !== null) {
    const path = join(folder, KEY_FILES.signingPublic);
    let given: KeyObject;
    try {
      given = createPublicKey(publicPem);
    } catch (error) {
      throw invalid(path, 'is not a public key in PEM form', error);
    }
    if (!given.equals(createPublicKey(signingKey))) {
      throw invalid(path, `does not belong to ${KEY_FILES.signingPrivate}: put the pair there, or remove this file`);
    }
  }
  return {
    signingKey,
    pepper: pepper === null ? null : readSecret(join(folder, KEY_FILES.pepper), pepper),
    dataKey: dataKey === null ? null : readSecret(join(folder, KEY_FILES.dataKey), dataKey),
  };
}

/**
 * Makes the files that are missing, then reads all of them as they lie on the disk. A signing key is made only where
 * `signing` says so: once it is in the database, its file is of no more use.
 */
export async function completeKeyFiles(
  folder: string,
  { signing }: { readonly signing: boolean },
): Promise<{ signingKey: KeyObject | null; pepper: Buffer; dataKey: Buffer }> {
  await mkdir(folder, { recursive: true });
  let files = await readKeyFiles(folder);
  if (signing && files.signingKey === null) {
    await makeKeyFile(folder, KEY_FILES.signingPrivate, privatePem(await makePrivateKey()));
  }
  for (const [secret, name] of [
    [files.pepper, KEY_FILES.pepper],
    [files.dataKey, KEY_FILES.dataKey],
  ] as const) {
    if (secret === null) await makeKeyFile(folder, name, `${randomBytes(SECRET_BYTES).toString('base64')}\n`);
  }
  files = await readKeyFiles(folder);
  const { signingKey, pepper, dataKey } = files;
  if ((signing && signingKey === null) || pepper === null || dataKey === null) {
    throw new Problem('KEYS_UNREADABLE', `${folder}: key files vanished while they were being made`);
  }
  if (signingKey !== null) {
    const publicPem = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' });
    // Only for people to look at: a folder that cannot be written to (a mounted secret) does without.
    await makeKeyFile(folder, KEY_FILES.signingPublic, publicPem.toString()).catch(() => undefined);
  }
  return { signingKey, pepper, dataKey };
}

/** Takes group and others out of the mode of the secret files. Answers the names of those that had been open. */
export async function closeKeyFiles(folder: string): Promise<string[]> {
  const opened: string[] = [];
  for (const name of [KEY_FILES.signingPrivate, KEY_FILES.pepper, KEY_FILES.dataKey]) {
    const path = join(folder, name);
    const mode = await modeOf(path);
    if ((mode & 0o077) === 0) continue;
    opened.push(name);
    // A read-only mount (a secret of an orchestrator) cannot be changed, and need not stop the start.
    await chmod(path, 0o600).catch(() => undefined);
  }
  return opened;
}

/** 0 where there is no file. */
async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
