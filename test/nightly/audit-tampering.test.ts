import fc from 'fast-check';
import { Client } from 'pg';
import { verifyAudit } from '../../src/security/audit/verify-audit.js';
import { adminUrl } from '../test-database.js';
import { TAMPERINGS } from '../security/audit/tamperings.js';
import { writeRecord, type WrittenRecord } from '../security/audit/written-record.js';

let record: WrittenRecord;
let admin: Client;

beforeAll(async () => {
  record = await writeRecord(200);
  admin = new Client({ connectionString: adminUrl(record.database) });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await record.close();
});

test('whatever is done to the record by its owner is found, a thousand times', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(TAMPERINGS)),
      fc.infiniteStream(fc.nat()),
      async (tamper, dice) => {
        await admin.query('begin');
        await admin.query('set local session_replication_role = replica');
        const pick = (below: number): number => Number(dice.next().value) % Math.max(1, below);
        const isTampered = await tamper(admin, pick);
        const verdict = await verifyAudit(admin, { keys: record.keys, anchor: record.anchor });
        await admin.query('rollback');
        expect(verdict.found > 0).toBe(isTampered);
      },
    ),
    { numRuns: 1000 },
  );
}, 600_000);
