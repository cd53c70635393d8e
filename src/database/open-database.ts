import { type Pool } from 'pg';
import { type Logger } from 'pino';
import { type Config } from '../config.js';
import { EmbeddedServer } from './embedded.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';

/** A migrated database; who opened it closes it. */
export interface OpenDatabase {
  /** Connections as the serving role. */
  readonly pool: Pool;
  /** As the serving role. */
  readonly url: string;
  /** As the role that migrates. */
  readonly ownerUrl: string;
  /** `true`: the server is ours, in `DATA_DIR`. */
  readonly embedded: boolean;
  /** Ends the connections, then the server if this process started it. */
  close(): Promise<void>;
}

/** For tests. */
export interface OpenDatabaseOptions {
  /** Called with the text of every statement sent through the pool. */
  readonly onStatement?: (text: string) => void;
}

/**
 * The migrated database that the settings name: the one of `DATABASE_URL`, or an embedded server that this starts, or
 * finds running. Throws a `Problem` (`DATABASE_UNAVAILABLE`, `DATABASE_NEWER`, `MIGRATION_FAILED`).
 */
export async function openDatabase(
  config: Config,
  log: Logger,
  { onStatement }: OpenDatabaseOptions = {},
): Promise<OpenDatabase> {
  const server = config.databaseUrl === null ? await EmbeddedServer.start({ dataDir: config.dataDir, log }) : null;
  const url = server?.url ?? config.databaseUrl ?? '';
  const ownerUrl = server?.ownerUrl ?? config.databaseOwnerUrl ?? url;
  try {
    const applied = await migrate(ownerUrl, url, log);
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was migrated');
  } catch (error) {
    await server?.close();
    throw error;
  }
  const pool = createPool(url, { size: config.databasePoolSize, onStatement });
  return {
    pool,
    url,
    ownerUrl,
    embedded: server !== null,
    async close() {
      await pool.end();
      await server?.close();
    },
  };
}
