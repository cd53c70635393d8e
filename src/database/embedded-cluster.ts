import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger } from 'pino';
import { z } from 'zod';
import { Problem } from '../record/problem.js';
import { canEnter, type DatabaseUser, databaseUser, makeSharedFolder, runsAsRoot } from './database-user.js';
import { embeddedBinaries } from './embedded-binaries.js';

const POSTGRESQL_VERSION = '18';

const PASSWORDS = z.object({ superuser: z.string(), owner: z.string(), serving: z.string() });

/** The files of one embedded database: made at the first start, found at every other. */
export interface Cluster {
  /** Holds `cluster/` (PostgreSQL's data), `passwords.json`, the log and the notes of who runs it. */
  readonly folder: string;
  readonly data: string;
  readonly binaries: string;
  /** `null`: PostgreSQL runs as the user that we run as. */
  readonly user: DatabaseUser | null;
  readonly passwords: z.infer<typeof PASSWORDS>;
}

/** The superuser's name in every cluster of ours. */
export const SUPERUSER = 'dci_superuser';

/** The cluster of `dataDir`; made by initdb when there is none. Throws `DATABASE_UNAVAILABLE` with what to change. */
export async function openCluster(dataDir: string, log: Logger): Promise<Cluster> {
  const entrance = join(dataDir, 'database');
  if (!(await lstat(entrance).catch(() => null))) await makeCluster(dataDir, entrance, log);
  const folder = await realpath(entrance).catch((cause: unknown) => {
    throw new Problem(
      'DATABASE_UNAVAILABLE',
      `${entrance} points to a folder that is gone: restore it, or remove ${entrance} to begin with an empty database`,
      { cause },
    );
  });
  const data = join(folder, 'cluster');
  const user = runsAsRoot() ? await ownerOf(data) : null;
  try {
    const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
    if (version !== POSTGRESQL_VERSION) {
      throw new Problem(
        'DATABASE_UNAVAILABLE',
        `${data} was made by PostgreSQL ${version}, and this is ${POSTGRESQL_VERSION}: dump it with the older version and restore it, or set DATABASE_URL`,
      );
    }
    const passwords = PASSWORDS.parse(JSON.parse(await readFile(join(folder, 'passwords.json'), 'utf8')));
    return { folder, data, user, passwords, binaries: await embeddedBinaries(user, log) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(
      'DATABASE_UNAVAILABLE',
      `The embedded database in ${folder} cannot be read (${why}): start the gateway as the user who made it, or set DATA_DIR to another folder`,
      { cause },
    );
  }
}

async function ownerOf(data: string): Promise<DatabaseUser> {
  const found = await stat(data).catch(() => null);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : databaseUser();
}

/** Made aside and moved into place in one step: a start that is cut short leaves nothing half made behind. */
async function makeCluster(dataDir: string, entrance: string, log: Logger): Promise<void> {
  const user = runsAsRoot() ? await databaseUser() : null;
  log.info({ folder: entrance }, 'making the embedded database');
  const made = await mkdir(dataDir, { recursive: true });
  if (made !== undefined) await chmod(dataDir, 0o755);
  // PostgreSQL as another user than ours must be able to enter the folder of its data. Where only root may (a clone in
  // /root), the data lies in a shared place and DATA_DIR links to it: one place to look at, and no mode is changed.
  const elsewhere = user !== null && !canEnter(user, dataDir);
  const folder = await mkdtemp(elsewhere ? join(await makeSharedFolder(), 'database-') : join(dataDir, 'making-'));
  try {
    await fillCluster(folder, user, log);
    if (elsewhere) {
      log.info({ folder }, 'only root may enter DATA_DIR: the database lies where its user can reach it');
      await symlink(folder, entrance);
    } else {
      await rename(folder, entrance);
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // Another process was quicker: its cluster is as good.
    if (!(await lstat(entrance).catch(() => null))) throw error;
  }
}

async function fillCluster(folder: string, user: DatabaseUser | null, log: Logger): Promise<void> {
  const data = join(folder, 'cluster');
  const passwordFile = join(folder, 'superuser-password');
  const passwords = { superuser: newPassword(), owner: newPassword(), serving: newPassword() };
  await chmod(folder, 0o711);
  await mkdir(data, { mode: 0o700 });
  await writeFile(join(folder, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
  await writeFile(passwordFile, passwords.superuser, { mode: 0o600 });
  if (user !== null) {
    await chown(data, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const initdb = spawnSync(
    join(await embeddedBinaries(user, log), 'bin', 'initdb'),
    [
      ...['-D', data, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-instructions'],
      // The same order and the same upper and lower case on every system.
      ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ],
    { ...user, encoding: 'utf8', cwd: '/', env: { ...process.env, LC_ALL: 'C' } },
  );
  await rm(passwordFile, { force: true });
  if (initdb.status !== 0) {
    const why = initdb.error?.message ?? initdb.stderr.trim().split('\n').at(-1) ?? '';
    throw new Problem('DATABASE_UNAVAILABLE', `The embedded database could not be made in ${folder}: ${why}`);
  }
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
