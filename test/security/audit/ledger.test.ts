import { createHash, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { FULL_ACCESS } from '../../../src/record/access.js';
import { listAuditEntries } from '../../../src/security/audit/audit-entries.js';
import { disclosuresOf } from '../../../src/security/audit/disclosure-list.js';
import { type Disclosure, Ledger } from '../../../src/security/audit/ledger.js';
import { inTransaction } from '../../../src/database/transaction.js';
import { addPerson } from '../../registry/people.js';
import { createTestDatabase, type TestDatabase } from '../../test-database.js';

let database: TestDatabase;
let ledger: Ledger;
let people: string[];

const keys = { seal: (text: string) => Buffer.from(text, 'utf8') };

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = new Ledger({ pool: database.pool, keys, disclosureRetentionDays: 3650, evidenceRetentionDays: 365 });
  people = [];
  for (const given of ['Amina', 'Brian', 'Chipo']) people.push(await addPerson(database.pool, { given }));
  await database.pool.query(`
    insert into api_clients (name, client_id, scopes) values ('Ministry of Health', 'health', '{registry.search}')`);
});
afterAll(() => database.close());

function answer(changes: Partial<Disclosure> = {}): Disclosure {
  return {
    caller: { actor: 'client:health', access: FULL_ACCESS },
    action: 'search.answered',
    registry: 'social',
    correlationId: randomUUID(),
    purpose: 'eligibility',
    evidence: null,
    shown: [{ record: 'individual', individualIds: people, fields: ['individual.name', 'individual.birth_date'] }],
    ...changes,
  };
}

interface StoredDisclosure {
  readonly entry_digest: Buffer;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly registry: string | null;
  readonly correlation_id: string;
  readonly purpose: string | null;
  readonly people: string[];
  readonly fields: string[];
  readonly retain_until: string;
}

const UTC = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as ${column}`;
const SELECT_STORED = `
  select e.disclosure_digest as entry_digest, d.actor, d.action, d.registry, d.correlation_id, d.purpose, d.people,
    d.fields, ${UTC('d.at').replace('as d.at', 'as at')}, ${UTC('d.retain_until').replace('as d.', 'as ')}
  from disclosures d join audit_entries e on e.id = d.audit_entry_id where d.correlation_id = $1`;

async function stored(correlationId: string): Promise<StoredDisclosure> {
  const { rows } = await database.pool.query<StoredDisclosure>(SELECT_STORED, [correlationId]);
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was written');
  return row;
}

test('an answer is on record with everybody of whom it told, under which purpose, and which fields', async () => {
  const disclosure = answer();
  await ledger.disclose(disclosure);
  const { items } = await disclosuresOf(database.pool, people[1] ?? '', { first: 1 });
  expect(items).toEqual([
    expect.objectContaining({
      actor: 'client:health',
      clientName: 'Ministry of Health',
      action: 'search.answered',
      registry: 'social',
      correlationId: disclosure.correlationId,
      purpose: 'eligibility',
      fields: ['individual.birth_date', 'individual.name'],
      hasEvidence: false,
    }),
  ]);
  const [entry] = (await listAuditEntries(database.pool, { first: 1, actor: 'client:health' })).items;
  expect(entry).toMatchObject({ action: 'search.answered', detail: { people: 3 } });
});

test('of people of whom nobody was told, and of those who are not there, nothing is listed', async () => {
  const stranger = await addPerson(database.pool, { given: 'Dalitso' });
  for (const id of [stranger, randomUUID(), 'no id']) {
    expect((await disclosuresOf(database.pool, id, {})).items).toEqual([]);
  }
});

test('pages of disclosures follow each other without a gap', async () => {
  const person = await addPerson(database.pool, { given: 'Esnart' });
  const asked: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    const disclosure = answer({ shown: [{ record: 'individual', individualIds: [person], fields: [] }] });
    asked.unshift(disclosure.correlationId);
    await ledger.disclose(disclosure);
  }
  const seen: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await disclosuresOf(database.pool, person, { first: 2, after });
    seen.push(...page.items.map(({ correlationId }) => correlationId));
    if (!page.hasNextPage) break;
    after = page.cursorAt(page.items.length - 1);
  }
  expect(seen).toEqual(asked);
});

test('the digest of a disclosure is what the documentation says, whatever a purpose says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(fc.string({ unit: 'binary', maxLength: 40 })), async (purpose) => {
      const disclosure = answer({ purpose });
      await ledger.disclose(disclosure);
      const row = await stored(disclosure.correlationId);
      const said = JSON.stringify([
        'disclosure-1',
        row.at,
        row.actor,
        row.action,
        row.registry,
        row.correlation_id,
        row.purpose,
        row.people.join(','),
        row.fields.join(','),
        row.retain_until,
      ]);
      expect(row.people).toHaveLength(3);
      expect([...row.people].sort()).toEqual(row.people);
      expect(createHash('sha256').update(said).digest('hex')).toBe(row.entry_digest.toString('hex'));
    }),
    { numRuns: 50, examples: [['a "quoted" \u2028 \\ text\n\u0001\u007f'], ['nul \0 half \ud800 pair']] },
  );
});

test('consent and authorize objects are kept sealed beside the disclosure', async () => {
  const disclosure = answer({ evidence: { consent: { id: 'c-1', purpose: { code: 'x' } } } });
  await ledger.disclose(disclosure);
  const { rows } = await database.pool.query<{ text: string; same: boolean }>(
    `select convert_from(v.evidence_sealed, 'UTF8') as text, sha256(v.evidence_sealed) = e.evidence_digest as same
     from disclosure_evidence v join disclosures d using (audit_entry_id) join audit_entries e on e.id = v.audit_entry_id
     where d.correlation_id = $1`,
    [disclosure.correlationId],
  );
  expect(rows).toEqual([{ text: '{"consent":{"id":"c-1","purpose":{"code":"x"}}}', same: true }]);
});

test('answers that leave at the same time are written together', async () => {
  const disclosures = Array.from({ length: 50 }, () => answer());
  database.statements.length = 0;
  await Promise.all(disclosures.map((disclosure) => ledger.disclose(disclosure)));
  expect(database.statements).toHaveLength(2);
  for (const { correlationId } of disclosures) expect((await stored(correlationId)).people).toHaveLength(3);
});

test('an answer that cannot be written fails, and those beside it do not', async () => {
  const wrong = answer({ correlationId: 'no uuid' });
  const outcomes = await Promise.allSettled([answer(), answer(), wrong, answer()].map((one) => ledger.disclose(one)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

test('in a transaction that is rolled back nothing was told and nothing is on record', async () => {
  const disclosure = answer();
  const rolledBack = inTransaction(database.pool, async (client) => {
    await ledger.disclose(disclosure, client);
    await ledger.note({ action: 'test.rolled_back', actor: 'operator:test' }, client);
    throw new Error('no');
  });
  await expect(rolledBack).rejects.toThrow('no');
  await expect(stored(disclosure.correlationId)).rejects.toThrow('nothing was written');
  expect((await listAuditEntries(database.pool, { action: 'test.rolled_back' })).items).toEqual([]);
});

test('a deed is on record with its counts', async () => {
  await ledger.note({ action: 'client.created', actor: 'operator:test', detail: { clientId: 'x', scopes: ['a'] } });
  const { items } = await listAuditEntries(database.pool, { action: 'client.created' });
  expect(items).toEqual([
    expect.objectContaining({ actor: 'operator:test', detail: { clientId: 'x', scopes: ['a'] }, position: null }),
  ]);
});

describe('a caller who may be told of so many people in an hour', () => {
  const caller = { actor: 'client:limited', access: { ...FULL_ACCESS, recordsPerHour: 7 } };

  test('is told of no more, and the first refusal of the hour is on record', async () => {
    await ledger.disclose(answer({ caller }));
    await ledger.disclose(answer({ caller }));
    for (let index = 0; index < 3; index += 1) {
      await expect(ledger.disclose(answer({ caller }))).rejects.toMatchObject({ code: 'RECORD_BUDGET_SPENT' });
    }
    const one = [{ record: 'individual' as const, individualIds: people.slice(0, 1), fields: [] }];
    await ledger.disclose(answer({ caller, shown: one }));
    await expect(ledger.disclose(answer({ caller, shown: one }))).rejects.toMatchObject({
      code: 'RECORD_BUDGET_SPENT',
    });
    const { items } = await listAuditEntries(database.pool, { actor: 'client:limited', action: 'budget.spent' });
    expect(items.map(({ detail }) => detail)).toEqual([{ asked: 3, recordsPerHour: 7 }]);
  });

  test('who asks for more at once than in an hour is refused', async () => {
    const small = { actor: 'client:small', access: { ...FULL_ACCESS, recordsPerHour: 2 } };
    await expect(ledger.disclose(answer({ caller: small }))).rejects.toMatchObject({ code: 'RECORD_BUDGET_SPENT' });
  });

  test('many answers at once do not go beyond it', async () => {
    const busy = { actor: 'client:busy', access: { ...FULL_ACCESS, recordsPerHour: 30 } };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => ledger.disclose(answer({ caller: busy }))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });
});

test('the role that serves can neither change nor delete what is on record', async () => {
  await ledger.disclose(answer({ evidence: { consent: {} } }));
  const tables = [
    ['audit_entries', 'actor'],
    ['disclosures', 'actor'],
    ['disclosure_evidence', 'retain_until'],
    ['audit_links', 'hash'],
    ['audit_checkpoints', 'jws'],
    ['erased_evidence', 'erased_by'],
    ['erasures', 'actor'],
  ] as const;
  for (const [table, column] of tables) {
    for (const statement of [
      `update ${table} set ${column} = ${column}`,
      `delete from ${table}`,
      `truncate ${table}`,
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow(/permission denied/u);
    }
  }
});
