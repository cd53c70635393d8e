import { inTransaction } from '../../src/database/transaction.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { type FieldPolicy } from '../../src/registry/write-sources/field-rules.js';
import { writePage, type WrittenPage } from '../../src/registry/write-sources/write-page.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';
import { onPage } from './on-page.js';
import { bornOn, named, said, type Said } from './said-records.js';

/** One registry for all: each test has people and sources of its own. */
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

let made = 0;
const nextId = (): string => `BRN:B${String((made += 1))}`;

async function addSource(rank = 100, policies: Readonly<Record<string, FieldPolicy>> = {}): Promise<string> {
  const code = `source-${String((made += 1))}`;
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into data_sources (code, name, base_url, dialect, trust_rank)
     values ($1, $1, 'http://localhost', 'opencrvs-1.0', $2) returning id`,
    [code, rank],
  );
  const id = rows[0]?.id ?? '';
  await setPolicies(id, policies);
  return id;
}

async function setPolicies(source: string, policies: Readonly<Record<string, FieldPolicy>>): Promise<void> {
  await database.pool.query(
    `insert into data_source_field_policies (data_source_id, field, policy)
     select $1, field, policy from unnest($2::text[], $3::text[]) as n (field, policy)`,
    [source, Object.keys(policies), Object.values(policies)],
  );
}

async function tell(dataSourceId: string, ...records: IndividualRecord[]): Promise<WrittenPage> {
  const writer = { dataSourceId, origin: 'import', importRunId: null, page: null, erased };
  return inTransaction(database.pool, (client) => writePage(client, { ...writer, records: onPage(records) }));
}

async function held(identifier: string): Promise<Record<string, unknown>> {
  const [type, value] = identifier.split(':');
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select i.* from individuals i join identifiers n on n.individual_id = i.id where n.type = $1 and n.value = $2`,
    [type, value],
  );
  return rows[0] ?? {};
}

/** A record with the moment that it speaks of. */
function saidAt(day: string, what: Said): IndividualRecord {
  return { ...said(what), told: { at: '/0', saidAt: `${day}T00:00:00.000Z`, pointers: {} } };
}

describe('what a source says of a value that is held otherwise', () => {
  const FULL: Omit<Said, 'ids'> = { name: named('Ann', 'Banda', 'C'), sex: 'female', birthDate: bornOn('2020-01-02') };
  const OTHER: Omit<Said, 'ids'> = { name: named('Anne', 'Phiri', 'D'), sex: 'male', birthDate: bornOn('2020-01-03') };
  const AS_FULL = {
    given_name: 'Ann',
    family_name: 'Banda',
    middle_name: 'C',
    sex: 'female',
    birth_date: '2020-01-02',
  };
  const AS_OTHER = {
    given_name: 'Anne',
    family_name: 'Phiri',
    middle_name: 'D',
    sex: 'male',
    birth_date: '2020-01-03',
  };

  test.each<[policy: FieldPolicy, outcome: string, after: object]>([
    ['prefer_source', 'updated', AS_OTHER],
    ['fill_blank', 'unchanged', AS_FULL],
    ['ask', 'unchanged', AS_FULL],
    ['prefer_newer', 'updated', AS_OTHER],
  ])('under the policy %s', async (policy, outcome, after) => {
    const ids = nextId();
    await tell(await addSource(), said({ ids, ...FULL }));
    const { records } = await tell(await addSource(100, { '*': policy }), said({ ids, ...OTHER }));
    expect(records.map((record) => record.outcome)).toEqual([outcome]);
    expect(await held(ids)).toMatchObject(after);
    const asked = policy === 'ask' ? ['givenName', 'middleName', 'familyName', 'sex', 'birthDate'] : [];
    expect(records[0]?.questions.map(({ kind, field }) => `${kind} ${String(field)}`)).toEqual(
      asked.map((field) => `field_differs ${field}`),
    );
  });

  test.each<FieldPolicy>(['prefer_source', 'fill_blank', 'ask', 'prefer_newer'])(
    'is taken under %s where nothing is held',
    async (policy) => {
      const ids = nextId();
      await tell(await addSource(), said({ ids }));
      const { records } = await tell(await addSource(100, { '*': policy }), said({ ids, ...FULL, deceased: true }));
      expect(await held(ids)).toMatchObject({ ...AS_FULL, deceased: true });
      expect(records[0]?.questions).toEqual([]);
    },
  );

  test('follows the policy of its field before that of all', async () => {
    const ids = nextId();
    await tell(await addSource(), said({ ids, ...FULL }));
    await tell(await addSource(100, { '*': 'fill_blank', sex: 'prefer_source' }), said({ ids, ...OTHER }));
    expect(await held(ids)).toMatchObject({ ...AS_FULL, sex: 'male' });
  });

  test('is asked about once a record, however often it comes again', async () => {
    const ids = nextId();
    await tell(await addSource(), said({ ids, ...FULL }));
    const asking = await addSource(100, { '*': 'ask' });
    expect((await tell(asking, said({ ids, sex: 'male' }))).records[0]?.questions).toHaveLength(1);
    expect((await tell(asking, said({ ids, sex: 'male' }))).records[0]?.questions).toEqual([]);
  });

  test('is heard again when the rules of the source have changed', async () => {
    const ids = nextId();
    const source = await addSource(100, { sex: 'fill_blank' });
    await tell(await addSource(), said({ ids, sex: 'female' }));
    await tell(source, said({ ids, sex: 'male' }));
    await database.pool.query('delete from data_source_field_policies where data_source_id = $1', [source]);
    await tell(source, said({ ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'male' });
  });
});

describe('the newer of two sources', () => {
  test('is the one whose record speaks of the later moment', async () => {
    const ids = nextId();
    const [one, other] = [await addSource(), await addSource(100, { '*': 'prefer_newer' })];
    await tell(one, saidAt('2024-05-05', { ids, sex: 'female', name: named('Ann', 'B') }));
    await tell(other, saidAt('2024-05-04', { ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'female' });
    await tell(other, saidAt('2024-05-06', { ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'male' });
  });

  test('is not asked of a source that corrects itself', async () => {
    const ids = nextId();
    const source = await addSource(100, { '*': 'prefer_newer' });
    await tell(source, saidAt('2024-05-05', { ids, sex: 'female' }));
    await tell(source, saidAt('2024-05-05', { ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'male' });
  });

  test('is the one that says it now, where its records say nothing of a moment', async () => {
    const ids = nextId();
    await tell(await addSource(), saidAt('2024-05-05', { ids, sex: 'female' }));
    await tell(await addSource(100, { '*': 'prefer_newer' }), said({ ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'male' });
  });

  test('is told within one page as it is told in two', async () => {
    const ids = nextId();
    await tell(await addSource(), saidAt('2020-01-01', { ids: `${ids} NID:N${ids}`, sex: 'female' }));
    const source = await addSource(100, { '*': 'prefer_newer' });
    await tell(
      source,
      saidAt('2024-05-05', { ids, sex: 'male' }),
      saidAt('2019-01-01', { ids: `NID:N${ids}`, sex: 'other' }),
    );
    // The same source corrects itself, whatever day stands on it.
    expect(await held(ids)).toMatchObject({ sex: 'other' });
  });
});

describe('trust', () => {
  test('C19: a source overwrites nothing that one of a higher rank has told, and fills what is blank', async () => {
    const ids = nextId();
    const [high, low] = [await addSource(300), await addSource(200)];
    await tell(high, said({ ids, sex: 'female' }));
    await tell(low, said({ ids, sex: 'male', name: named('Low', 'Rank') }));
    expect(await held(ids)).toMatchObject({ sex: 'female', given_name: 'Low' });
    await tell(high, said({ ids, sex: 'female', name: named('High', 'Rank') }));
    expect(await held(ids)).toMatchObject({ given_name: 'High', family_name: 'Rank' });
    await tell(low, said({ ids, name: named('Lower', 'Rank') }));
    expect(await held(ids)).toMatchObject({ given_name: 'High' });
  });

  test('what was entered here has the rank that sources have by default', async () => {
    const ids = nextId();
    const [low, plain] = [await addSource(99), await addSource()];
    const [type = '', value = ''] = ids.split(':');
    await inTransaction(database.pool, (client) =>
      writeRecords(client, [{ kind: 'individual', identifiers: [{ type, value }], sex: 'female' }], {
        origin: 'mutation tests',
        actor: 'tests',
        erased,
      }),
    );
    await tell(low, said({ ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'female' });
    await tell(plain, said({ ids, sex: 'male' }));
    expect(await held(ids)).toMatchObject({ sex: 'male' });
  });

  test('every source may tell of whomever it likes, and keeps none of its types of identifiers from the others', async () => {
    const ids = nextId();
    const [low, high] = [await addSource(1), await addSource(1000)];
    await tell(low, said({ ids, sex: 'male', deathDate: bornOn('2024-01-01') }));
    await tell(high, said({ ids: `${ids} OWN:${ids}`, sex: 'female', deathDate: bornOn('2024-01-02') }));
    expect(await held(ids)).toMatchObject({ sex: 'female', death_date: '2024-01-02' });
  });
});

describe('absent, null and empty', () => {
  test('of ten imports of a child whose records lack the sex of the mother none takes it away', async () => {
    const [child, mother] = [nextId(), nextId()];
    const source = await addSource();
    await tell(
      source,
      said({ ids: mother, sex: 'female', birthDate: bornOn('1990-02-03'), name: named('M', 'X', 'Y') }),
    );
    for (let time = 1; time <= 10; time += 1) {
      const name = named(`Child ${String(time)}`, 'X');
      await tell(source, said({ ids: child, name, mother: { ids: mother, name: named('M', 'X') } }));
    }
    expect(await held(mother)).toMatchObject({ sex: 'female', birth_date: '1990-02-03', middle_name: 'Y' });
    expect(await held(child)).toMatchObject({ given_name: 'Child 10' });
  });
});
