import { userInfo } from 'node:os';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config.js';
import { openDatabase, type OpenDatabase } from '../database/open-database.js';
import { Ledger } from '../security/audit/ledger.js';
import { GuardedAgent } from '../security/egress/guarded-agent.js';
import { openKeys, type Keys } from '../security/keys.js';
import { RegistryClient } from '../sources/registry-client.js';
import { createLog } from './output.js';

/** What a command works with; closed when the command ends. */
export interface Session {
  readonly config: Config;
  readonly log: Logger;
  readonly database: OpenDatabase;
  readonly pool: Pool;
  readonly keys: Keys;
  /** Where what an operator does is written down ... */
  readonly ledger: Ledger;
  /** ... and in whose name: `operator:<user of the machine>`. */
  readonly actor: string;
  /** Asks other registries in the name of this deployment. */
  readonly client: RegistryClient;
}

/** Opens the database and the keys for one command and closes what it opened, however the command ends. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  // A command prints its own result; of the log only what went wrong is worth a line, unless somebody asked for more.
  const log = createLog(config, process.env.LOG_LEVEL ? config.logLevel : 'warn');
  const database = await openDatabase(config, log);
  try {
    const keys = await openKeys(config.keysDir, database.pool, log);
    const { pool } = database;
    const agent = new GuardedAgent(config);
    const client = new RegistryClient({
      pool,
      keys,
      log,
      agent,
      senderId: () => config.senderId ?? config.publicUrl ?? 'dci-gateway',
      publicUrl: () => config.publicUrl ?? `http://${config.host}:${String(config.port)}`,
    });
    try {
      const ledger = new Ledger({ pool, keys, ...config });
      return await work({ config, log, database, pool, keys, ledger, actor: operator(), client });
    } finally {
      await client.close();
      await agent.close();
    }
  } finally {
    await database.close();
  }
}

/** A user id without a name is no fault: containers run under such. */
function operator(): string {
  try {
    return `operator:${userInfo().username}`;
  } catch {
    return `operator:${String(process.getuid?.() ?? 'unknown')}`;
  }
}
