import { randomBytes } from 'node:crypto';
import { Client, DatabaseError, type Pool } from 'pg';
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

/** A database of its own for a test, migrated and empty; `close()` gives it back to whoever comes next. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const isMigrated = options.migrated !== false;
  const { name, first } = isMigrated ? ((await takeIdle()) ?? (await makeMigrated())) : await makeEmpty();

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
      const isIdle = first !== null && (await returnDatabase(name, first));
      if (isIdle) await giveIdle({ name, first });
      else await asAdmin(`drop database ${name} with (force)`);
    },
  };
}

interface MadeDatabase {
  readonly name: string;
  /** `null`: it is dropped after use. */
  readonly first: FirstState | null;
}

async function makeMigrated(): Promise<MadeDatabase> {
  const name = await make(setting('DCI_TEST_TEMPLATE'));
  return { name, first: await withAdmin(name, readFirstState) };
}

async function makeEmpty(): Promise<MadeDatabase> {
  return { name: await make('template1'), first: null };
}

/** `object_not_in_prerequisite_state`: no connections are allowed. */
const SHUT = '55000';

/** `false`: it is to be dropped; a test may have shut it for everybody. */
async function returnDatabase(name: string, first: FirstState): Promise<boolean> {
  try {
    return await withAdmin(name, (admin) => returnToFirstState(admin, first));
  } catch (error) {
    if (error instanceof DatabaseError && error.code === SHUT) return false;
    throw error;
  }
}

async function make(source: string): Promise<string> {
  const template = setting('DCI_TEST_TEMPLATE');
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  // 110 ms; copying through the write-ahead log, as is the default, takes 150.
  await asAdmin(`create database ${name} template ${source} strategy file_copy owner ${template}_owner`);
  return name;
}

/** One that an earlier test of this run, in whatever process, has given back. */
async function takeIdle(): Promise<MadeDatabase | null> {
  const text = `
    delete from ${idleDatabases()} where name = (
      select name from ${idleDatabases()} limit 1 for update skip locked)
    returning name, first_state as first`;
  return await withAdmin(adminDatabase(), async (admin) => (await admin.query<MadeDatabase>(text)).rows[0] ?? null);
}

async function giveIdle({ name, first }: MadeDatabase): Promise<void> {
  const text = `insert into ${idleDatabases()} (name, first_state) values ($1, $2)`;
  await withAdmin(adminDatabase(), (admin) => admin.query(text, [name, JSON.stringify(first)]));
}

function adminDatabase(): string {
  return new URL(setting('DCI_TEST_ADMIN_URL')).pathname.slice(1);
}

/** The table of global-setup.mjs. */
function idleDatabases(): string {
  return `${setting('DCI_TEST_TEMPLATE')}_idle`;
}

/** The database as the superuser of the test server reaches it. */
export function adminUrl({ url }: Pick<TestDatabase, 'url'>): string {
  return withDatabase(setting('DCI_TEST_ADMIN_URL'), new URL(url).pathname.slice(1));
}

/** Runs one statement as the superuser of the test server. */
export async function asAdmin(statement: string): Promise<void> {
  await withAdmin(adminDatabase(), (admin) => admin.query(statement));
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
