import { spawn } from 'node:child_process';
import { open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, SUPERUSER } from './embedded-cluster.js';
import { processLives } from './process-lives.js';

/** Every process that uses the server keeps one connection of this name, by which the others know of it. */
export const WATCHER = 'dci-gateway watches';

const LOOK_MS = 10;
/** A server that recovers after a crash replays its log before it answers. */
const READY_MS = 60_000;
const STOP_MS = 30_000;
const LOG_BYTES = 1_000_000;

/** A PostgreSQL process and the port on which it listens. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
}

/** The server that PostgreSQL's own lock file tells of, whether it answers or not; `null` when there is none. */
export async function noticedServer(cluster: Cluster): Promise<RunningServer | null> {
  const text = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : null;
}

/** Whether the process with this id is a PostgreSQL server: after a restart of the machine it may be anything. */
export async function isServerProcess(pid: number): Promise<boolean> {
  if (!processLives(pid)) return false;
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
  // Without /proc (macOS) the lock file is believed.
  return name === null || name.trim() === 'postgres';
}

/** A server that was killed leaves its lock file behind; PostgreSQL would mind it if the id now means another process. */
export async function removeStaleLock(cluster: Cluster): Promise<void> {
  await rm(join(cluster.data, 'postmaster.pid'), { force: true });
}

/** The address of a database of the server. */
export function serverUrl(port: number, user: string, password: string, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** A connection as the superuser; `null` when this cluster's server does not answer there. The caller ends it. */
export async function connectAsSuperuser(cluster: Cluster, port: number): Promise<Client | null> {
  const client = new Client({
    connectionString: serverUrl(port, SUPERUSER, cluster.passwords.superuser, 'postgres'),
    application_name: WATCHER,
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return null;
  }
}

/** Starts the server and waits until it takes connections. Throws an `Error` with what PostgreSQL said when it does not come up. */
export async function startServer(
  cluster: Cluster,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const logFile = join(cluster.folder, 'postgresql.log');
  const logged = (await stat(logFile).catch(() => null))?.size ?? 0;
  if (logged > LOG_BYTES) await truncate(logFile);
  const log = await open(logFile, 'a', 0o600);
  const begin = (await log.stat()).size;
  const parameters = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const child = spawn(
    join(cluster.binaries, 'bin', 'postgres'),
    ['-D', cluster.data, ...Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a session of its own: a Ctrl-C in the terminal is for the gateway, which stops the server when it has drained.
    { ...cluster.user, cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  let end: string | null = null;
  child.once('error', (error) => (end = error.message));
  child.once('exit', (code, signal) => (end = `it ended with ${signal ?? `status ${code ?? ''}`}`));
  child.unref();
  try {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      if (end !== null) throw new Error((await lastComplaint(logFile, begin)) ?? end);
      if (child.pid !== undefined && (await isReady(cluster, child.pid))) return { pid: child.pid, port };
      await delay(LOOK_MS);
    }
    child.kill('SIGQUIT');
    throw new Error(`it did not answer within ${READY_MS / 1000} seconds`);
  } finally {
    await log.close();
  }
}

async function isReady(cluster: Cluster, pid: number): Promise<boolean> {
  const text = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number(text.split('\n')[0]) === pid && text.trimEnd().endsWith('ready');
}

async function lastComplaint(logFile: string, begin: number): Promise<string | null> {
  const said = (await readFile(logFile)).subarray(begin).toString('utf8').split('\n');
  return said.findLast((line) => line.includes('FATAL:')) ?? said.filter((line) => line.trim() !== '').at(-1) ?? null;
}

/** Stops the server: open transactions are rolled back, connections ended. Resolves when the process is gone. */
export async function stopServer(server: RunningServer): Promise<void> {
  let deadline = Date.now() + STOP_MS;
  signalServer(server, 'SIGINT');
  while (processLives(server.pid)) {
    if (Date.now() > deadline) {
      signalServer(server, 'SIGQUIT');
      deadline = Date.now() + STOP_MS;
    }
    await delay(LOOK_MS);
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. A server already gone is fine. */
function signalServer(server: RunningServer, signal: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(server.pid, signal);
  } catch {
    // Gone already.
  }
}

/** The wished port when it is free, any free one else. */
export async function freePort(wished: number): Promise<number> {
  for (const candidate of [wished, 0]) {
    const port = await tryPort(candidate);
    if (port !== null) return port;
  }
  throw new Error('there is no free port on 127.0.0.1');
}

function tryPort(wished: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen(wished, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
