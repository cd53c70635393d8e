import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client } from 'pg';
import { type Logger } from 'pino';
import { Problem } from '../record/problem.js';
import { type Cluster, openCluster, SUPERUSER } from './embedded-cluster.js';
import {
  connectAsSuperuser,
  freePort,
  isServerProcess,
  noticedServer,
  removeStaleLock,
  type RunningServer,
  serverUrl,
  startServer,
  stopServer,
  WATCHER,
} from './embedded-process.js';
import { LIMITED_ROLE } from './limited-role.js';
import { processLives } from './process-lives.js';

const OWNER = 'dci_owner';
const SERVING = 'dci_gateway';
const DATABASE = 'dci_gateway';

/** A killed server's children hold its memory and port for a second or two; one that recovers needs a while. */
const START_MS = 30_000;
const RETRY_MS = 100;
/** How long a first start waits for the port that other processes may still know, before it takes another. */
const SAME_PORT_MS = 5_000;
const LONGEST_PAUSE_MS = 5_000;

/** Where the embedded server lives. */
export interface EmbeddedOptions {
  /** Folder of the database's files; made if missing. */
  readonly dataDir: string;
  readonly log: Logger;
  /** PostgreSQL settings, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

const SELECT_DATABASE = 'select exists (select from pg_database where datname = $1) as exists';
const SELECT_ROLE = 'select exists (select from pg_roles where rolname = $1) as exists';
const COUNT_WATCHERS = `
  select count(*)::integer as count from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`;
/** Any number: two processes that start at once make one database. */
const SETUP_LOCK = 4_242_003;

/**
 * The PostgreSQL server of a DATA_DIR. Every process that opens the same folder uses the same server: the first starts
 * it (or finds it alive after a kill -9 of the gateway), whoever notices its death starts it again, the last to close
 * stops it. Each keeps one connection, which tells it of the server's death and the others of its presence.
 */
export class EmbeddedServer {
  readonly #cluster: Cluster;
  readonly #options: EmbeddedOptions;
  readonly #closing = new AbortController();
  #server: RunningServer = { pid: 0, port: 0 };
  #watch: Client | null = null;
  #recovery: Promise<void> = Promise.resolve();

  private constructor(cluster: Cluster, options: EmbeddedOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** Throws a `Problem` (`DATABASE_UNAVAILABLE`) that says why there is no server and what to do. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedServer> {
    const server = new EmbeddedServer(await openCluster(options.dataDir, options.log), options);
    await server.#reach(null);
    return server;
  }

  /** As the serving role. */
  get url(): string {
    return serverUrl(this.#server.port, SERVING, this.#cluster.passwords.serving, DATABASE);
  }

  get ownerUrl(): string {
    return serverUrl(this.#server.port, OWNER, this.#cluster.passwords.owner, DATABASE);
  }

  get superuserUrl(): string {
    return serverUrl(this.#server.port, SUPERUSER, this.#cluster.passwords.superuser, 'postgres');
  }

  /** Process id of the PostgreSQL server. */
  get pid(): number {
    return this.#server.pid;
  }

  /** Leaves the server, and stops it when no other process is using it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#recovery;
    const watch = this.#watch;
    if (watch === null) return;
    let alone = false;
    try {
      // First no longer counted, then counting: of two that close at once, one at least finds itself alone.
      await watch.query(`set application_name to 'dci-gateway leaves'`);
      const others = await watch.query<{ count: number }>(COUNT_WATCHERS, [WATCHER]);
      alone = others.rows[0]?.count === 0;
    } catch {
      // The server died just now, and nobody needs it any more.
    }
    await watch.end().catch(() => undefined);
    if (alone) await stopServer(this.#server);
  }

  /** Finds the server running or starts it, until it answers. `port`: the one it must have, when our URLs name it. */
  async #reach(port: number | null): Promise<void> {
    const begin = Date.now();
    for (;;) {
      const failure = await this.#tryToReach(port, begin);
      if (failure === null) return;
      if (Date.now() - begin > START_MS || this.#closing.signal.aborted) {
        throw new Problem(
          'DATABASE_UNAVAILABLE',
          `The embedded database in ${this.#cluster.folder} does not start: ${failure}; see postgresql.log there, or set DATABASE_URL to a PostgreSQL server of your own`,
        );
      }
      await delay(RETRY_MS);
    }
  }

  /** `null` when the server was reached, else why not. */
  async #tryToReach(port: number | null, begin: number): Promise<string | null> {
    const cluster = this.#cluster;
    const noticed = await noticedServer(cluster);
    let server = noticed;
    if (noticed === null || !(await isServerProcess(noticed.pid))) {
      // The machine restarted, and the id in the lock file now means something else: PostgreSQL would mind it.
      if (noticed !== null && processLives(noticed.pid)) await removeStaleLock(cluster);
      const wished = port ?? (await this.#rememberedPort());
      const free = await freePort(wished);
      const insist = port !== null || (noticed !== null && Date.now() - begin < SAME_PORT_MS);
      if (insist && wished !== 0 && free !== wished) return `port ${wished} of 127.0.0.1 is taken`;
      try {
        server = await startServer(cluster, free, this.#options.settings ?? {});
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      await writeFile(this.#portFile, String(free));
    }
    if (server === null) return 'it stopped again';
    const watch = await connectAsSuperuser(cluster, server.port);
    if (watch === null) return `process ${server.pid} holds its lock file and does not answer on port ${server.port}`;
    try {
      await makeDatabase(watch, cluster);
    } catch (error) {
      await watch.end().catch(() => undefined);
      return error instanceof Error ? error.message : String(error);
    }
    watch.once('end', () => this.#onLost());
    this.#watch = watch;
    this.#server = server;
    return null;
  }

  #onLost(): void {
    this.#watch = null;
    if (!this.#closing.signal.aborted) this.#recovery = this.#recover();
  }

  async #recover(): Promise<void> {
    const { log } = this.#options;
    const { port, pid } = this.#server;
    log.warn('the embedded database ended the connection: it is looked for, and started again if it is gone');
    for (let pause = RETRY_MS; !this.#closing.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#reach(port);
        if (this.#server.pid !== pid) log.info('the embedded database runs again');
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        log.error({ error: error instanceof Error ? error.message : String(error) }, 'the embedded database is down');
        await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async #rememberedPort(): Promise<number> {
    const port = Number(await readFile(this.#portFile, 'utf8').catch(() => '0'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  }

  get #portFile(): string {
    return join(this.#cluster.folder, 'port');
  }
}

/** Makes the database and its roles where they are missing. The names are ours, so they need no escaping. */
async function makeDatabase(client: Client, cluster: Cluster): Promise<void> {
  const found = await client.query<{ exists: boolean }>(SELECT_DATABASE, [DATABASE]);
  const limited = await client.query<{ exists: boolean }>(SELECT_ROLE, [LIMITED_ROLE]);
  if (found.rows[0]?.exists === true && limited.rows[0]?.exists === true) return;
  await client.query('select pg_advisory_lock($1)', [SETUP_LOCK]);
  const { owner, serving } = cluster.passwords;
  for (const [role, password] of [
    [OWNER, owner],
    [SERVING, serving],
  ] as const) {
    const existing = await client.query<{ exists: boolean }>(SELECT_ROLE, [role]);
    if (existing.rows[0]?.exists === true) continue;
    await client.query(`create role ${role} login password ${client.escapeLiteral(password)}`);
  }
  const limitedMeanwhile = await client.query<{ exists: boolean }>(SELECT_ROLE, [LIMITED_ROLE]);
  if (limitedMeanwhile.rows[0]?.exists !== true) await client.query(`create role ${LIMITED_ROLE} nologin`);
  await client.query(`grant ${LIMITED_ROLE} to ${SERVING}`);
  const madeMeanwhile = await client.query<{ exists: boolean }>(SELECT_DATABASE, [DATABASE]);
  if (madeMeanwhile.rows[0]?.exists !== true) await client.query(`create database ${DATABASE} owner ${OWNER}`);
  await client.query('select pg_advisory_unlock($1)', [SETUP_LOCK]);
}
