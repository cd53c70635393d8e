import { randomBytes } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { createPool } from '../src/database/pool.js';
import { type FirstState, readFirstState, returnToFirstState } from './first-state.js';

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

/** Databases of this test file that are in their first state, and used by nobody. */
const idle: Array<{ readonly name: string; readonly first: FirstState }> = [];
let made = 0;
let isOver = false;
afterAll(async () => {
  isOver = true;
  for (const { name } of idle.splice(0)) await drop(name);
});

/** A database of its own for a test, migrated and empty; `close()` gives it back. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const isMigrated = options.migrated !== false;
  const { name, first } = (isMigrated ? idle.pop() : undefined) ?? (await make(isMigrated));

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
      const isReady = first !== null && !isOver && (await withAdmin(name, (admin) => returnToFirstState(admin, first)));
      if (isReady) idle.push({ name, first });
      else await drop(name);
    },
  };
}

async function make(isMigrated: boolean): Promise<{ readonly name: string; readonly first: FirstState | null }> {
  const template = setting('DCI_TEST_TEMPLATE');
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  const source = isMigrated ? template : 'template1';
  // 110 ms; copying through the write-ahead log, as is the default, takes 150.
  await asAdmin(`create database ${name} template ${source} strategy file_copy owner ${template}_owner`);
  made += 1;
  // Most files need one, and it is dropped with them: whoever asks for a second is likely to ask for more.
  const isUsedAgain = isMigrated && made > 1;
  return { name, first: isUsedAgain ? await withAdmin(name, readFirstState) : null };
}

async function drop(name: string): Promise<void> {
  await asAdmin(`drop database ${name} with (force)`);
}

/** The database as the superuser of the test server reaches it. */
export function adminUrl({ url }: Pick<TestDatabase, 'url'>): string {
  return withDatabase(setting('DCI_TEST_ADMIN_URL'), new URL(url).pathname.slice(1));
}

/** Runs one statement as the superuser of the test server. */
export async function asAdmin(statement: string): Promise<void> {
  await withAdmin('postgres', (admin) => admin.query(statement));
}

async function withAdmin<T>(name: string, act: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: withDatabase(setting('DCI_TEST_ADMIN_URL'), name) });
  await admin.connect();
  try {
    return await act(admin);
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
