import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { FULL_ACCESS } from '../../../src/record/access.js';
import { linkEntries } from '../../../src/security/audit/chain.js';
import { makeCheckpoint } from '../../../src/security/audit/checkpoints.js';
import { Ledger } from '../../../src/security/audit/ledger.js';
import { CheckpointVerification } from '../../../src/security/audit/verify-checkpoints.js';
import type { ExportedCheckpoint } from '../../../src/security/audit/verify-audit.js';
import { type Keys, openKeys } from '../../../src/security/keys.js';
import { addPerson } from '../../registry/people.js';
import { createTestDatabase, type TestDatabase } from '../../test-database.js';

/** A database with a record: deeds, disclosures with and without evidence, three checkpoints, and what is past its time. */
export interface WrittenRecord {
  readonly database: TestDatabase;
  readonly keys: Keys;
  readonly ledger: Ledger;
  /** As the last checkpoint says. */
  readonly anchor: ExportedCheckpoint;
  close(): Promise<void>;
}

export async function writeRecord(entries = 60): Promise<WrittenRecord> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const keys = await openKeys(folder, database.pool, pino({ level: 'silent' }));
  const { pool } = database;
  const kept = new Ledger({ pool, keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 });
  const expired = new Ledger({ pool, keys, disclosureRetentionDays: -1, evidenceRetentionDays: -1 });
  const people: string[] = [];
  for (const given of ['Amina', 'Brian', 'Chipo']) people.push(await addPerson(pool, { given }));
  for (let index = 0; index < entries; index += 1) {
    const ledger = index % 10 === 4 ? expired : kept;
    if (index % 3 === 0) {
      await ledger.note({ action: 'client.updated', actor: `operator:user-${String(index)}`, detail: { index } });
    } else {
      await ledger.disclose({
        caller: { actor: `client:${String(index)}`, access: FULL_ACCESS },
        action: 'search.answered',
        registry: 'crvs',
        correlationId: randomUUID(),
        purpose: index % 4 === 0 ? null : `purpose ${String(index)}`,
        evidence: index % 3 === 1 ? { consent: { index } } : null,
        shown: [
          {
            record: 'individual',
            individualIds: people.slice(index % 2),
            fields: ['individual.name', 'individual.sex'],
          },
        ],
      });
    }
    if (index % 20 === 19) {
      await linkEntries(pool);
      await makeCheckpoint(pool, keys, { now: true });
    }
  }
  await pool.query('select delete_expired_disclosures(1000), delete_expired_evidence(1000)');
  const { rows } = await pool.query<{ jws: string }>(
    'select jws from audit_checkpoints order by position desc limit 1',
  );
  const anchor = await new CheckpointVerification(pool).read(rows[0]?.jws ?? '');
  if (anchor === null) throw new Error('no checkpoint was made');
  return {
    database,
    keys,
    ledger: kept,
    anchor,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
