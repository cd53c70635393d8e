import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { Problem } from '../record/problem.js';

/** The account that PostgreSQL runs under when the gateway runs as root, which PostgreSQL refuses. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/** Where a database user finds what it cannot reach in the folder of the project (say /root/dci-gateway, mode 700). */
const SHARED_FOLDER = '/var/lib/dci-gateway';

/** Whether this process is root's, under whom PostgreSQL does not run. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account `postgres`, made when the system has none. Throws `DATABASE_UNAVAILABLE` when that fails. */
export async function databaseUser(): Promise<DatabaseUser> {
  const found = await lookUp();
  if (found) return found;
  // The first is Debian's and Red Hat's way, the second that of busybox.
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAME],
    ['adduser', '-S', '-D', '-H', '-s', '/bin/false', NAME],
  ];
  for (const [program = '', ...parameters] of attempts) {
    spawnSync(program, parameters, { stdio: 'ignore' });
    const made = await lookUp();
    if (made) return made;
  }
  throw new Problem(
    'DATABASE_UNAVAILABLE',
    `PostgreSQL does not run as root, and the user "${NAME}" could not be made: start the gateway as another user, or set DATABASE_URL`,
  );
}

async function lookUp(): Promise<DatabaseUser | null> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = accounts.split('\n').find((account) => account.startsWith(`${NAME}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** Asked of the system itself, as that user: modes alone would not tell (access lists, mounts). */
export function canEnter(user: DatabaseUser, folder: string): boolean {
  return spawnSync('test', ['-x', folder], { ...user, cwd: '/' }).status === 0;
}

/** The folder where the database user finds what it cannot reach elsewhere; made when there is none. */
export async function makeSharedFolder(): Promise<string> {
  await mkdir(SHARED_FOLDER, { recursive: true });
  // mkdir's own mode is cut by the umask, and root's may be 077.
  await chmod(SHARED_FOLDER, 0o755);
  return SHARED_FOLDER;
}
