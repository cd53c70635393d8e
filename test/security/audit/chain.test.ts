import { Client } from 'pg';
import pino from 'pino';
import { startAuditChain } from '../../../src/security/audit/audit-chain.js';
import { linkEntries } from '../../../src/security/audit/chain.js';
import { makeCheckpoint } from '../../../src/security/audit/checkpoints.js';
import { verifyAudit } from '../../../src/security/audit/verify-audit.js';
import { adminUrl } from '../../test-database.js';
import { TAMPERINGS } from './tamperings.js';
import { writeRecord, type WrittenRecord } from './written-record.js';

let record: WrittenRecord;
let admin: Client;

beforeAll(async () => {
  record = await writeRecord();
  admin = new Client({ connectionString: adminUrl(record.database) });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await record.close();
});

const verify = (db: Client) => verifyAudit(db, { keys: record.keys, anchor: record.anchor });

test('a record that nobody touched is whole, also where disclosures and evidence are past their time', async () => {
  const verdict = await verify(admin);
  expect(verdict).toMatchObject({ found: 0, findings: [], links: 60, checkpoints: 3, waiting: 0 });
  expect(verdict.disclosures).toBeLessThan(40);
});

// Each by somebody who owns the database; of another kind every time, 200 of them together.
test.each(Object.entries(TAMPERINGS))('it is found when %s', async (_name, tamper) => {
  let dice = 20;
  const pick = (below: number) => (dice = (dice * 48_271) % 2_147_483_647) % Math.max(1, below);
  for (let tried = 0; tried < 13;) {
    await admin.query('begin');
    await admin.query('set local session_replication_role = replica');
    const isTampered = await tamper(admin, pick);
    const verdict = await verify(admin);
    await admin.query('rollback');
    expect(verdict.found > 0).toBe(isTampered);
    if (isTampered) tried += 1;
  }
});

test('what was written while a transaction was open is linked when that commits', async () => {
  const { pool } = record.database;
  const open = await pool.connect();
  await open.query('begin');
  await record.ledger.note({ action: 'test.committed_late', actor: 'gateway' }, open);
  await record.ledger.note({ action: 'test.committed_early', actor: 'gateway' });
  expect(await linkEntries(pool)).toBe(1);
  await open.query('commit');
  open.release();
  expect(await linkEntries(pool)).toBe(1);
  expect((await verifyAudit(pool, { keys: record.keys, anchor: record.anchor })).found).toBe(0);
});

test('gateways that link at once make one chain', async () => {
  const { pool } = record.database;
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      await record.ledger.note({ action: 'test.noted', actor: `client:${String(index)}` });
      await linkEntries(pool);
    }),
  );
  await linkEntries(pool);
  const verdict = await verifyAudit(pool, { keys: record.keys });
  expect(verdict).toMatchObject({ found: 0, waiting: 0, links: 102 });
});

test('a checkpoint is made once a minute, and only where there is something to sign', async () => {
  const { pool } = record.database;
  expect(await makeCheckpoint(pool, record.keys)).toBeNull();
  expect(await makeCheckpoint(pool, record.keys, { now: true })).not.toBeNull();
  expect(await makeCheckpoint(pool, record.keys, { now: true })).toBeNull();
});

test('two gateways that run keep the chain up to date', async () => {
  const { pool } = record.database;
  const options = { pool, keys: record.keys, log: pino({ level: 'silent' }) };
  const chains = [startAuditChain(options), startAuditChain(options)];
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      record.ledger.note({ action: 'test.noted', actor: `client:${String(index)}` }),
    ),
  );
  const started = performance.now();
  while ((await verifyAudit(pool, { keys: record.keys })).waiting > 0) {
    // Looked at again until the chain has caught up.
  }
  expect(performance.now() - started).toBeLessThan(3_000);
  await Promise.all(chains.map((chain) => chain.close()));
  expect((await verifyAudit(pool, { keys: record.keys, anchor: record.anchor })).found).toBe(0);
});
