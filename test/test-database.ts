import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { createPool } from '../src/database/pool.js';

export interface TestDatabase {
  /** As the serving role. */
  readonly url: string;
  readonly ownerUrl: string;
  /** As the serving role, which is how the gateway runs. */
  readonly pool: Pool;
  /** Texts of the statements sent through `pool`, in order; empty it before the part to count. */
  readonly statements: string[];
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Connections of `pool`. Default 10. */
  readonly size?: number;
  /** `false`: no tables and no grants, as a new installation finds it. */
  readonly migrated?: boolean;
}

/** A fresh database of its own for a test file, migrated and empty; `close()` drops it. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const template = setting('DCI_TEST_TEMPLATE');
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  const source = options.migrated === false ? 'template1' : template;
  // 110 ms; copying through the write-ahead log, as is the default, takes 150.
  await asAdmin(`create database ${name} template ${source} strategy file_copy owner ${template}_owner`);

  const url = withDatabase(setting('DCI_TEST_SERVING_URL'), name);
  const ownerUrl = withDatabase(setting('DCI_TEST_OWNER_URL'), name);
  const statements: string[] = [];
  const pool = createPool(url, {
    applicationName: 'dci-gateway tests',
    onStatement: (text) => statements.push(text),
    ...(options.size === undefined ? {} : { size: options.size }),
  });
  return {
    url,
    ownerUrl,
    pool,
    statements,
    async close() {
      await pool.end();
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

/** The database as the superuser of the test server reaches it. */
export function adminUrl({ url }: Pick<TestDatabase, 'url'>): string {
  return withDatabase(setting('DCI_TEST_ADMIN_URL'), new URL(url).pathname.slice(1));
}

/** Runs one statement as the superuser of the test server. */
export async function asAdmin(statement: string): Promise<void> {
  const admin = new Client({ connectionString: setting('DCI_TEST_ADMIN_URL') });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with "npm run jest"`);
  return value;
}
