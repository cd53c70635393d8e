import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { type Logger } from 'pino';
import { PROJECT_FOLDER } from '../config.js';
import { Problem } from '../record/problem.js';
import { installQueues, JOB_SCHEMA, JOB_SCHEMA_VERSION, QUEUE_NAMES } from './job-queues.js';
import { grantLimitedRole } from './limited-role.js';

const MIGRATIONS_FOLDER = join(PROJECT_FOLDER, 'schema', 'migrations');
const MIGRATIONS_TABLE = 'schema_migrations';

/** Tables that only grow: the serving role may add to them and read them, whatever happens to the program. */
const APPEND_ONLY_TABLES = [
  'changes',
  'audit_entries',
  'disclosures',
  'disclosure_evidence',
  'audit_links',
  'audit_checkpoints',
  'erased_evidence',
  'erasures',
];
/** Kept by the migrations alone; the serving role reads it to say whether the database is current. */
const READ_ONLY_TABLES = [MIGRATIONS_TABLE];

const SELECT_INSTALLED = `
  select to_regclass('public.${MIGRATIONS_TABLE}') is not null as migrations,
         to_regclass('${JOB_SCHEMA}.version') is not null as jobs`;

const SELECT_APPLIED = `select name from public.${MIGRATIONS_TABLE} order by id`;

const SELECT_QUEUES = `
  select (select max(version) from ${JOB_SCHEMA}.version) as version,
         array(select name from ${JOB_SCHEMA}.queue) as names`;

const SELECT_TABLES_NOT_SERVED = `
  select count(*) as count
  from pg_class
  where relkind in ('r', 'p') and relnamespace in (to_regnamespace('public'), to_regnamespace('${JOB_SCHEMA}'))
    and not has_table_privilege($1, oid, 'select')`;

const SELECT_ROLE_EXISTS = 'select exists (select from pg_roles where rolname = $1) as exists';

/** Any number: what counts is that every gateway that sets up this database waits for the same one. */
const SETUP_LOCK = 4_242_001;

/**
 * Brings the database up to date as the owner and lets the serving role work in it. Returns the names of the migrations
 * that it applied, in order; two gateways that start at once share the work. Throws `DATABASE_NEWER` when the database
 * was migrated by a newer program, `DATABASE_UNAVAILABLE` when it cannot be reached, `MIGRATION_FAILED` else.
 */
export async function migrate(ownerUrl: string, servingUrl: string, log: Logger): Promise<string[]> {
  const owner = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  owner.on('error', () => undefined);
  try {
    await owner.connect();
  } catch (cause) {
    throw new Problem('DATABASE_UNAVAILABLE', unavailable(owner, cause), { cause });
  }
  try {
    const pending = await pendingMigrations(owner);
    const applied = pending.length > 0 ? await runMigrations(owner, log) : [];
    if (!(await queuesAreCurrent(owner))) {
      await owner.query('select pg_advisory_lock($1)', [SETUP_LOCK]);
      await installQueues(ownerUrl);
      await owner.query('select pg_advisory_unlock($1)', [SETUP_LOCK]);
    }
    const servingRole = new Client({ connectionString: servingUrl }).user ?? '';
    const migrated = pending.length > 0;
    await grantServingRole(owner, servingRole, migrated);
    await grantLimitedRole(owner, { servingRole, migrated }, log);
    return applied;
  } catch (error) {
    if (error instanceof Problem) throw error;
    const remedy =
      ownerUrl === servingUrl
        ? '; where DATABASE_URL is not the owner of the tables, migrate with DATABASE_OWNER_URL'
        : '';
    // The runner puts its stack into the message.
    const why = messageOf(error).split('\n', 1).join('');
    throw new Problem('MIGRATION_FAILED', `The database could not be brought up to date: ${why}${remedy}`, {
      cause: error,
    });
  } finally {
    await owner.end();
  }
}

async function pendingMigrations(owner: Client): Promise<string[]> {
  const files = (await readdir(MIGRATIONS_FOLDER)).filter((file) => file.endsWith('.sql')).sort();
  const known = files.map((file) => file.replace(/\.sql$/u, ''));
  const installed = await owner.query<{ migrations: boolean }>(SELECT_INSTALLED);
  if (installed.rows[0]?.migrations !== true) return known;
  const applied = (await owner.query<{ name: string }>(SELECT_APPLIED)).rows.map((row) => row.name);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw newer(`it holds ${unknown.join(', ')}`);
  return known.filter((name) => !applied.includes(name));
}

/** The runner takes 100 ms to load: only a start that has something to do pays for it. */
async function runMigrations(owner: Client, log: Logger): Promise<string[]> {
  const { runner } = await import('node-pg-migrate');
  const quiet = (message: string): void => log.debug(message);
  const applied = await runner({
    dbClient: owner,
    dir: MIGRATIONS_FOLDER,
    migrationsTable: MIGRATIONS_TABLE,
    direction: 'up',
    advisoryLockMode: 'wait',
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  return applied.map((migration) => migration.name);
}

async function queuesAreCurrent(owner: Client): Promise<boolean> {
  const installed = await owner.query<{ jobs: boolean }>(SELECT_INSTALLED);
  if (installed.rows[0]?.jobs !== true) return false;
  const queues = (await owner.query<{ version: number; names: string[] }>(SELECT_QUEUES)).rows[0];
  if (queues === undefined) return false;
  if (queues.version > JOB_SCHEMA_VERSION) throw newer(`its job tables have version ${queues.version}`);
  return queues.version === JOB_SCHEMA_VERSION && QUEUE_NAMES.every((name) => queues.names.includes(name));
}

/** The serving role reads and writes rows and nothing else. Where it is the owner itself there is nothing to grant. */
async function grantServingRole(owner: Client, role: string, migrated: boolean): Promise<void> {
  if (role === owner.user) return;
  const found = await owner.query<{ exists: boolean }>(SELECT_ROLE_EXISTS, [role]);
  if (found.rows[0]?.exists !== true) {
    throw new Problem(
      'MIGRATION_FAILED',
      `The role "${role}" of DATABASE_URL does not exist: create it (create role ... login), then start again`,
    );
  }
  const missing = await owner.query<{ count: number }>(SELECT_TABLES_NOT_SERVED, [role]);
  if (!migrated && Number(missing.rows[0]?.count) === 0) return;

  const name = escapeIdentifier(role);
  const grants = ['public', JOB_SCHEMA].flatMap((schema) => [
    `grant usage on schema ${schema} to ${name}`,
    `grant select, insert, update, delete on all tables in schema ${schema} to ${name}`,
    `grant usage, select on all sequences in schema ${schema} to ${name}`,
  ]);
  grants.push(`grant usage on schema limited to ${name}`, `grant select on all tables in schema limited to ${name}`);
  const limits = [
    ...APPEND_ONLY_TABLES.map((table) => `revoke update, delete on public.${table} from ${name}`),
    ...READ_ONLY_TABLES.map((table) => `revoke insert, update, delete on public.${table} from ${name}`),
  ];
  // Two gateways granting at once would make each other fail ("tuple concurrently updated").
  await owner.query(
    ['begin', `select pg_advisory_xact_lock(${SETUP_LOCK})`, ...grants, ...limits, 'commit'].join(';\n'),
  );
}

function newer(how: string): Problem {
  return new Problem(
    'DATABASE_NEWER',
    `This database was migrated by a newer version of dci-gateway (${how}): start that version or newer, or name another database`,
  );
}

function unavailable(client: Client, cause: unknown): string {
  const where = `${client.host}:${client.port}/${client.database ?? ''} as "${client.user ?? ''}"`;
  return `The database ${where} cannot be reached: ${messageOf(cause)}; check DATABASE_URL and DATABASE_OWNER_URL`;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
