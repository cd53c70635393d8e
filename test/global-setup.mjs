import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const log = { info() {}, warn: console.warn, error: console.error, debug() {} };

/**
 * One migrated template database with an owner and a serving role; tests clone it, and write into the table of
 * idle databases which clones the next may use (test/test-database.ts). The server is the embedded one, or the one that
 * TEST_DATABASE_URL names (its role must be a superuser).
 */
export default async function globalSetup() {
  const dist = new URL('../dist/database/', import.meta.url);
  if (!existsSync(new URL('migrate.js', dist))) throw new Error('Run "npm run build" first: the tests need dist/');
  const { migrate } = await import(new URL('migrate.js', dist));

  let server = null;
  let adminUrl = process.env.TEST_DATABASE_URL;
  let folder = null;
  if (!adminUrl) {
    const { EmbeddedServer } = await import(new URL('embedded.js', dist));
    folder = await mkdtemp(join(tmpdir(), 'dci-gateway-test-'));
    // Run as root, the database user must be able to enter it: else the data would stay in /var/lib/dci-gateway.
    await chmod(folder, 0o755);
    // Nothing here outlives the run.
    const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' };
    server = await EmbeddedServer.start({ dataDir: folder, log, settings });
    adminUrl = server.superuserUrl;
  }

  const run = `dci_test_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create role ${run}_owner login password '${password}'`);
  await admin.query(`create role ${run}_serving login password '${password}'`);
  // Roles are the server's: another run may have made it, or be making it.
  await admin.query('create role dci_gateway_limited nologin').catch(() => undefined);
  await admin.query(`grant dci_gateway_limited to ${run}_serving`);
  await admin.query(`create database ${run} owner ${run}_owner`);
  await admin.query(`create table ${run}_idle (name text primary key, first_state jsonb not null)`);
  await admin.end();
  const urlOf = (role) => Object.assign(new URL(adminUrl), { username: role, password, pathname: `/${run}` }).href;
  await migrate(urlOf(`${run}_owner`), urlOf(`${run}_serving`), log);

  process.env.DCI_TEST_ADMIN_URL = adminUrl;
  process.env.DCI_TEST_OWNER_URL = urlOf(`${run}_owner`);
  process.env.DCI_TEST_SERVING_URL = urlOf(`${run}_serving`);
  process.env.DCI_TEST_TEMPLATE = run;
  globalThis.testServer = { server, folder };
}
