import { rm } from 'node:fs/promises';
import pg from 'pg';

/** Drops what global-setup.mjs made, also the clones that a broken test left behind. */
export default async function globalTeardown() {
  const run = process.env.DCI_TEST_TEMPLATE;
  const { server, folder } = globalThis.testServer;
  if (server !== null) {
    await server.close();
    await rm(folder, { recursive: true, force: true });
    return;
  }
  const admin = new pg.Client({ connectionString: process.env.DCI_TEST_ADMIN_URL });
  await admin.connect();
  const left = await admin.query('select datname from pg_database where starts_with(datname, $1)', [run]);
  for (const { datname } of left.rows) await admin.query(`drop database "${datname}" with (force)`);
  await admin.query(`drop table ${run}_idle`);
  await admin.query(`drop role ${run}_owner, ${run}_serving`);
  await admin.end();
}
