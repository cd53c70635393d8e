import { ALL_FIELDS } from '../../src/record/fields.js';
import type { Filter } from '../../src/record/filter.js';
import { EVERYBODY } from '../../src/record/filter.js';
import type { RecordAnswer } from '../../src/record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';
import { findRecordAnswers } from '../../src/registry/answers/record-answer-pages.js';
import { loadRecordAnswers } from '../../src/registry/answers/record-answers.js';
import { findRecordPage } from '../../src/registry/queries/record-pages.js';
import { createPool } from '../../src/database/pool.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { addPerson, addPlace } from './people.js';

/**
 * Households of three with a farm, a disability, a marriage and two enrolments each; every row of one statement, as
 * many as a test needs.
 */
const HOUSEHOLDS = 60;

let database: TestDatabase;
let place: string;
const ids = new Map<RecordKind, string[]>();

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  const country = await addPlace(pool, 'Land', 'country', null);
  place = await addPlace(pool, 'Dorf', 'village', country);
  for (const text of [
    `insert into individuals (id, given_name, family_name, sex, birth_date, birth_date_precision, home_location_id,
       death_location_id, death_place_text, marital_status, phone_numbers, emails, attributes, created_at)
     select ('00000000-0000-4000-8000-' || lpad((h * 10 + n)::text, 12, '0'))::uuid, 'G' || n, 'F' || h,
       case n when 1 then 'female' else 'male' end, '1980-01-01', 'day', $1, $1, 'by the road', 'M',
       array['+26097000000' || n], array['a@example.org'], '{"occupation": "6"}', '2026-01-01T00:00:00Z'
     from generate_series(1, ${String(HOUSEHOLDS)}) h, generate_series(1, 3) n where $1::uuid is not null`,
    `insert into identifiers (individual_id, type, value, value_key)
     select id, 'UIN', 'U' || row_number() over (order by id), 'U' || row_number() over (order by id)
     from individuals where $1::uuid is not null`,
    `insert into groups (id, name, kind, location_id, place_text, attributes)
     select ('00000000-0000-4000-9000-' || lpad(h::text, 12, '0'))::uuid, 'H' || h, 'household', $1, 'near the well',
       '{"poverty_score": 12.5}'
     from generate_series(1, ${String(HOUSEHOLDS)}) h`,
    `insert into group_identifiers (group_id, type, value, value_key)
     select id, 'HOUSEHOLD_ID', name, upper(name) from groups where $1::uuid is not null`,
    `insert into memberships (group_id, individual_id, role, created_at)
     select g.id, i.id, case i.given_name when 'G2' then 'head' end, now() + (substr(i.given_name, 2) || ' seconds')::interval
     from groups g join individuals i on i.family_name = 'F' || substr(g.name, 2) where $1::uuid is not null`,
    `insert into memberships (group_id, individual_id, ended_on)
     select g.id, i.id, '2026-01-01' from groups g, individuals i
     where g.name = 'H1' and i.family_name = 'F2' and $1::uuid is not null`,
    `insert into relationships (type, source_id, target_id)
     select t.type, a.id, b.id
     from (values ('mother_of', 'G1', 'G3'), ('father_of', 'G2', 'G3'), ('spouse_of', 'G1', 'G2'), ('spouse_of', 'G2', 'G1'))
       as t (type, source, target)
     join individuals a on a.given_name = t.source
     join individuals b on b.given_name = t.target and b.family_name = a.family_name where $1::uuid is not null`,
    `insert into marriages (individual_id, married_on, divorced_on)
     select id, d::date, case d when '2000-05-01' then '2004-01-01'::date end
     from individuals, unnest(array['2010-06-01', '2000-05-01']) d where given_name in ('G1', 'G2') and $1::uuid is not null`,
    `insert into farmers (individual_id, farm_type, farm_size, land_tenure, location_id, attributes)
     select id, '1', 2.5, '1', $1, '{"well": true}' from individuals where given_name = 'G1'`,
    `insert into disabilities (individual_id, status, level, details)
     select id, '0', '2', '[{"impairment_type": "1", "impairment_level": "3"}]'
     from individuals where given_name = 'G1' and $1::uuid is not null`,
    `insert into programmes (identifier, identifier_key, name) select 'CASH-1', 'CASH-1', 'Cash' where $1::uuid is not null`,
    `insert into enrolments (programme_id, individual_id, status, enrolled_on, status_changed_on, benefits)
     select p.id, i.id, '1', '2025-02-03', array['2025-03-04'::date], '[{"benefit_type": "1"}]'
     from programmes p, individuals i where i.given_name = 'G1' and $1::uuid is not null`,
    `insert into enrolments (programme_id, group_id) select p.id, g.id from programmes p, groups g where $1::uuid is not null`,
  ]) {
    await pool.query({ text, values: [place] });
  }
  for (const [kind, table] of [
    ['individual', 'individuals'],
    ['group', 'groups'],
    ['farmer', 'farmers'],
    ['disability', 'disabilities'],
    ['enrolment', 'enrolments'],
  ] as const) {
    const { rows } = await pool.query<{ id: string }>(`select id from ${table} order by id`);
    ids.set(
      kind,
      rows.map(({ id }) => id),
    );
  }
  const owner = createPool(database.ownerUrl, { size: 1 });
  await owner.query('analyze');
  await owner.end();
});
afterAll(() => database.close());

function idsOf(kind: RecordKind): readonly string[] {
  return ids.get(kind) ?? [];
}

async function load(
  kind: RecordKind,
  wanted: readonly string[],
  registry: RegistryKind,
  visible: Filter = EVERYBODY,
): Promise<RecordAnswer[]> {
  return loadRecordAnswers(database.pool, kind, wanted, visible, { registry, fields: ALL_FIELDS });
}

const KINDS: readonly (readonly [RecordKind, RegistryKind, number])[] = [
  ['individual', 'social', 4],
  ['individual', 'crvs', 4],
  ['group', 'social', 5],
  ['farmer', 'fr', 4],
  ['disability', 'dr', 4],
  ['enrolment', 'ibr', 6],
];

test.each(KINDS)('%s at %s: the number of statements does not depend on the number of records', async (...row) => {
  const [kind, registry, statements] = row;
  const all = idsOf(kind);
  expect(all.length).toBeGreaterThanOrEqual(HOUSEHOLDS);
  for (const wanted of [all.slice(0, 2), all]) {
    database.statements.length = 0;
    expect(await load(kind, wanted, registry)).toHaveLength(wanted.length);
    expect(database.statements.length).toBeLessThanOrEqual(statements);
  }
});

test.each(KINDS)('%s at %s: answers come in the order of the ids, without those that are none', async (...row) => {
  const [kind, registry] = row;
  const wanted = idsOf(kind).slice(0, 20).toReversed();
  const answers = await load(kind, ['00000000-0000-4000-8000-999999999999', "x' or true", ...wanted], registry);
  expect(answers.map(idOf)).toEqual(wanted);
  database.statements.length = 0;
  expect(await load(kind, [], registry)).toEqual([]);
  expect(database.statements).toEqual([]);
});

function idOf(answer: RecordAnswer): string {
  switch (answer.kind) {
    case 'individual':
      return answer.individual.id;
    case 'group':
      return answer.group.id;
    case 'farmer':
      return answer.farmer.id;
    case 'disability':
      return answer.disability.id;
    case 'enrolment':
      return answer.enrolment.id;
  }
}

test('a person answers with what is known of death, marriages, ways to reach them and, in a social registry, kin', async () => {
  const [mother = '', father = '', child = ''] = idsOf('individual');
  const [answer] = await load('individual', [mother], 'social');
  expect(answer).toMatchObject({
    deathPlace: { id: place, ancestors: [{ name: 'Land' }] },
    deathPlaceText: 'by the road',
    maritalStatus: 'M',
    marriages: [
      { marriedOn: '2000-05-01', divorcedOn: '2004-01-01' },
      { marriedOn: '2010-06-01', divorcedOn: null },
    ],
    phoneNumbers: ['+260970000001'],
    emails: ['a@example.org'],
    attributes: { occupation: '6' },
    disability: { status: '0', details: [{ impairment_type: '1', impairment_level: '3' }] },
    parents: [],
    related: [
      { relationship: 'spouse', id: father, identifiers: [{ type: 'UIN' }], name: { given: 'G2' } },
      { relationship: 'child', id: child },
    ],
  });
  const [civil] = await load('individual', [child], 'crvs');
  expect(civil).toMatchObject({
    related: [],
    disability: null,
    marriages: [],
    parents: [{ role: 'mother' }, { role: 'father' }],
  });
});

test('a group answers with its members, the head first, and not with those who left', async () => {
  const [first = ''] = idsOf('group');
  const [answer] = await load('group', [first], 'social');
  expect(answer).toMatchObject({
    identifiers: [{ type: 'HOUSEHOLD_ID', value: 'H1' }],
    place: { id: place },
    placeText: 'near the well',
    attributes: { poverty_score: 12.5 },
    size: 3,
    members: [
      { role: 'head', member: { individual: { name: { given: 'G2' } }, homePlace: { id: place } } },
      { role: null, member: { individual: { name: { given: 'G1' } }, disability: { status: '0' } } },
      { role: null, member: { individual: { name: { given: 'G3' } } } },
    ],
  });
});

test('a farmer, a disability and an enrolment answer with their people', async () => {
  const [farmer] = await load('farmer', idsOf('farmer').slice(0, 1), 'fr');
  expect(farmer).toMatchObject({
    farmer: { farmType: '1', farmSize: 2.5, landTenure: '1', attributes: { well: true } },
    person: { individual: { name: { given: 'G1' } }, attributes: { occupation: '6' }, disability: null },
    place: { id: place },
  });
  const [disability] = await load('disability', idsOf('disability').slice(0, 1), 'dr');
  expect(disability).toMatchObject({
    disability: { status: '0', level: '2', details: [{ impairment_type: '1' }] },
    person: { identifiers: [{ type: 'UIN' }] },
  });
  const enrolments = await load('enrolment', idsOf('enrolment'), 'ibr');
  expect(enrolments.filter((one) => one.kind === 'enrolment' && one.person !== null)[0]).toMatchObject({
    enrolment: { enrolledOn: '2025-02-03', statusChangedOn: ['2025-03-04'], benefits: [{ benefit_type: '1' }] },
    programme: { identifier: 'CASH-1', name: 'Cash' },
    group: null,
  });
  expect(enrolments.filter((one) => one.kind === 'enrolment' && one.group !== null)[0]).toMatchObject({
    person: null,
    group: { size: 3, members: [{ role: 'head' }, {}, {}] },
  });
});

test('nobody outside what the caller may see is told of: no records, members or relatives', async () => {
  const women: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] };
  const people = await load('individual', idsOf('individual'), 'social', women);
  expect(people).toHaveLength(HOUSEHOLDS);
  expect(people[0]).toMatchObject({ related: [], parents: [] });
  const [group] = await load('group', idsOf('group'), 'social', women);
  expect(group).toMatchObject({ size: 3, members: [{ role: null, member: { individual: { sex: 'female' } } }] });
  const men: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] };
  expect(await load('farmer', idsOf('farmer'), 'fr', men)).toEqual([]);
  expect(await load('disability', idsOf('disability'), 'dr', men)).toEqual([]);
  expect(await load('enrolment', idsOf('enrolment'), 'ibr', men)).toHaveLength(HOUSEHOLDS);
});

test('no statement reads a whole table', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('set enable_seqscan = off');
    for (const [kind, registry] of KINDS) {
      const plans: string[] = [];
      const db = {
        async query<Row extends object>(statement: { text: string; values?: unknown[] }) {
          const { text, values = [] } = statement;
          const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values);
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
          return client.query<Row>(text, values);
        },
      };
      const wanted = idsOf(kind).slice(0, 3);
      await loadRecordAnswers(db, kind, wanted, EVERYBODY, { registry, fields: ALL_FIELDS });
      expect(plans.length).toBeGreaterThan(0);
      expect(plans.filter((plan) => /Seq Scan on (?!programmes)/u.test(plan))).toEqual([]);
    }
  } finally {
    await client.query('reset enable_seqscan');
    client.release();
  }
});

test.each(KINDS)('a page of %s records of %s says what their answers by id say', async (record, registry) => {
  const page = { size: 1000, number: 1 };
  const query = { record, registry, filter: EVERYBODY, visible: EVERYBODY, sort: [], page } as const;
  const { items, total } = await findRecordAnswers(database.pool, { ...query, fields: ALL_FIELDS });
  expect(total).toBe(items.length);
  const { items: ids } = await findRecordPage(database.pool, query);
  expect(items).toEqual(await load(record, ids, registry));
});

test('a page of people with all that is answered of them is one statement', async () => {
  const id = await addPerson(database.pool, { given: 'Solo' });
  const filter: Filter = { kind: 'ids', ids: [id] };
  const page = { size: 20, number: 1 };
  database.statements.length = 0;
  const query = { record: 'individual', registry: 'social', filter, visible: EVERYBODY, sort: [], page } as const;
  expect(await findRecordAnswers(database.pool, { ...query, fields: ALL_FIELDS })).toMatchObject({
    total: 1,
    items: [{ individual: { id } }],
  });
  expect(database.statements).toHaveLength(1);
});

test('relatives who may not be seen are left out of a page', async () => {
  const page = { size: 1000, number: 1 };
  const men: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] };
  const query = { record: 'individual', registry: 'social', filter: EVERYBODY, visible: men, sort: [], page } as const;
  const { items } = await findRecordAnswers(database.pool, { ...query, fields: ALL_FIELDS });
  const { items: ids } = await findRecordPage(database.pool, query);
  expect(items).toEqual(await load('individual', ids, 'social', men));
});

test('groups without a member who may be seen, and what they are enrolled in, are left out also by their ids', async () => {
  const one: Filter = { kind: 'ids', ids: idsOf('individual').slice(0, 1) };
  const nobody: Filter = { kind: 'ids', ids: [] };
  const sizes = async (visible: Filter): Promise<number[]> => [
    (await load('group', idsOf('group'), 'social', visible)).length,
    (await load('enrolment', idsOf('enrolment'), 'ibr', visible)).filter(
      (answer) => answer.kind === 'enrolment' && answer.group !== null,
    ).length,
  ];
  expect(await sizes(nobody)).toEqual([0, 0]);
  expect(await sizes(one)).toEqual([1, 1]);
});
