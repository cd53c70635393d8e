import { type RegistryRecord } from '../../src/record/registry-record.js';
import { inTransaction } from '../../src/database/transaction.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { type WrittenRegistryRecord } from '../../src/registry/write-records/write-result.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { erased } from './erased.js';

let database: TestDatabase;
let lastChange: number;

beforeEach(async () => {
  database = await createTestDatabase();
  lastChange = 0;
});
afterEach(async () => {
  await database.close();
});

async function write(...records: RegistryRecord[]): Promise<WrittenRegistryRecord[]> {
  return inTransaction(database.pool, (client) => writeRecords(client, records, { origin: 'test', erased }));
}

async function rows(text: string): Promise<unknown[]> {
  return (await database.pool.query<Record<string, unknown>>(text)).rows;
}

/** The changes since the last time. */
async function changes(): Promise<string[]> {
  const found = await database.pool.query<{ id: number; subject: string; kind: string; fields: string[] }>(
    'select id, subject, kind, fields from changes where id > $1 order by id',
    [lastChange],
  );
  lastChange = found.rows.at(-1)?.id ?? lastChange;
  return found.rows.map(({ subject, kind, fields }) => [subject, kind, ...fields].join(' '));
}

const nid = (value: string) => ({ identifiers: [{ type: 'NID', value }] });

const MOTHER: RegistryRecord = {
  kind: 'individual',
  ...nid('1'),
  givenName: 'Amina',
  familyName: 'Banda',
  sex: 'female',
  birthDate: { date: '1990-02-03', precision: 'day' },
  maritalStatus: 'M',
  marriages: [{ marriedOn: '2012-05-05', divorcedOn: null }],
  phoneNumbers: ['+265 1', '+265 2'],
  emails: ['amina@example.org'],
  birthPlace: { text: 'By the lake' },
  deathPlace: null,
  homePlace: { name: 'Nowhere' },
  attributes: { poverty_score: 12, languages: ['ny', 'en'] },
  registeredAt: '2020-01-02T03:04:05.678Z',
};
const CHILD: RegistryRecord = {
  kind: 'individual',
  ...nid('2'),
  givenName: 'Zuri',
  parents: [{ role: 'mother', person: nid('1') }],
};
const HOUSEHOLD: RegistryRecord = {
  kind: 'group',
  identifiers: [{ type: 'HHID', value: 'H-1' }],
  groupKind: 'household',
  name: 'Banda',
  place: { text: 'Lakeside 1' },
  attributes: { poverty_score: 3 },
  members: [
    { person: nid('1'), role: 'head' },
    { person: nid('2'), role: null },
  ],
};
const FARMER: RegistryRecord = {
  kind: 'farmer',
  person: nid('1'),
  farmType: '01',
  farmSize: 2.5,
  landTenure: 'owned',
  place: { text: 'Field' },
  attributes: { crops: ['maize'] },
};
const DISABILITY: RegistryRecord = {
  kind: 'disability',
  person: nid('2'),
  status: '0',
  level: '2',
  details: [{ impairment_type: '1' }],
};
const PROGRAMME: RegistryRecord = { kind: 'programme', identifier: 'Cash-1', name: 'Cash' };
const ENROLMENT: RegistryRecord = {
  kind: 'enrolment',
  programme: 'cash-1',
  group: { identifiers: [{ type: 'HHID', value: 'h-1' }] },
  status: '1',
  enrolledOn: '2024-01-01',
  statusChangedOn: ['2024-01-01'],
  benefits: [{ benefit_type: 'cash', benefit_value: 10 }],
};
const WORLD = [MOTHER, CHILD, HOUSEHOLD, FARMER, DISABILITY, PROGRAMME, ENROLMENT];

test('records of every kind are made from one batch, each naming those before it, and every row is told of', async () => {
  const written = await write(...WORLD);
  expect(written.map(({ outcome, refusal }) => [outcome, refusal])).toEqual(WORLD.map(() => ['created', null]));
  expect(await changes()).toEqual([
    'individual created',
    'individual created',
    'relationship created',
    'group created',
    'membership created',
    'membership created',
    'farmer created',
    'disability created',
    'programme created',
    'enrolment created',
  ]);
  expect(
    await rows(`select full_name, sex, birth_date, marital_status, phone_numbers, emails, birth_place_text,
      home_place_text, attributes, created_at from individuals where given_name = 'Amina'`),
  ).toEqual([
    {
      full_name: 'Amina Banda',
      sex: 'female',
      birth_date: '1990-02-03',
      marital_status: 'M',
      phone_numbers: ['+265 1', '+265 2'],
      emails: ['amina@example.org'],
      birth_place_text: 'By the lake',
      home_place_text: 'Nowhere',
      attributes: { poverty_score: 12, languages: ['ny', 'en'] },
      created_at: new Date('2020-01-02T03:04:05.678Z'),
    },
  ]);
  expect(await rows('select married_on, divorced_on from marriages')).toEqual([
    { married_on: '2012-05-05', divorced_on: null },
  ]);
  expect(
    await rows(`select g.kind, g.name, g.place_text, g.attributes, i.given_name, m.role
      from groups g join memberships m on m.group_id = g.id join individuals i on i.id = m.individual_id
      order by i.given_name`),
  ).toEqual([
    {
      kind: 'household',
      name: 'Banda',
      place_text: 'Lakeside 1',
      attributes: { poverty_score: 3 },
      given_name: 'Amina',
      role: 'head',
    },
    {
      kind: 'household',
      name: 'Banda',
      place_text: 'Lakeside 1',
      attributes: { poverty_score: 3 },
      given_name: 'Zuri',
      role: null,
    },
  ]);
  expect(await rows('select farm_type, farm_size, land_tenure, attributes from farmers')).toEqual([
    { farm_type: '01', farm_size: '2.5', land_tenure: 'owned', attributes: { crops: ['maize'] } },
  ]);
  expect(await rows('select status, level, details from disabilities')).toEqual([
    { status: '0', level: '2', details: [{ impairment_type: '1' }] },
  ]);
  expect(
    await rows(`select p.identifier, p.name, e.status, e.enrolled_on, e.status_changed_on::text[] as days, e.benefits
      from enrolments e join programmes p on p.id = e.programme_id`),
  ).toEqual([
    {
      identifier: 'Cash-1',
      name: 'Cash',
      status: '1',
      enrolled_on: '2024-01-01',
      days: ['2024-01-01'],
      benefits: [{ benefit_type: 'cash', benefit_value: 10 }],
    },
  ]);
});

test('the same records again write nothing', async () => {
  const first = await write(...WORLD);
  await changes();
  const again = await write(...WORLD);
  expect(again.map(({ outcome }) => outcome)).toEqual(WORLD.map(() => 'unchanged'));
  expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expect(await changes()).toEqual([]);
  expect(await rows('select distinct row_version from individuals')).toEqual([{ row_version: 1 }]);
});

test('what a record does not say stays, null blanks, attributes are merged key by key; the changes name the fields', async () => {
  await write(...WORLD);
  await changes();
  const [outcome] = await write({
    kind: 'individual',
    ...nid('1'),
    familyName: null,
    emails: [],
    marriages: [{ marriedOn: '2012-05-05', divorcedOn: '2019-01-01' }],
    maritalStatus: 'D',
    homePlace: null,
    attributes: { poverty_score: null, village: 'Upper' },
  });
  expect(outcome?.outcome).toBe('updated');
  expect(await changes()).toEqual([
    'individual updated familyName homePlaceText maritalStatus emails attributes marriages',
  ]);
  expect(
    await rows(`select given_name, family_name, emails, phone_numbers, home_place_text, attributes, row_version,
      created_at < updated_at as later from individuals where given_name = 'Amina'`),
  ).toEqual([
    {
      given_name: 'Amina',
      family_name: null,
      emails: [],
      phone_numbers: ['+265 1', '+265 2'],
      home_place_text: null,
      attributes: { languages: ['ny', 'en'], village: 'Upper' },
      row_version: 2,
      later: true,
    },
  ]);
  await write({ kind: 'individual', ...nid('1'), marriages: [] });
  expect(await rows('select * from marriages')).toEqual([]);
});

test('somebody with a date of death is deceased, and nobody dies before birth', async () => {
  const day = (date: string) => ({ date, precision: 'day' as const });
  await write(MOTHER);
  await changes();
  const died: RegistryRecord = { kind: 'individual', ...nid('1'), deathDate: day('2024-01-01') };
  expect((await write(died))[0]?.outcome).toBe('updated');
  expect(await changes()).toEqual(['individual updated deathDate deceased']);
  const refusals = await write(
    { kind: 'individual', ...nid('1'), deceased: false },
    { kind: 'individual', ...nid('1'), deathDate: day('1989-01-01') },
    { kind: 'individual', ...nid('1'), birthDate: day('2025-01-01') },
  );
  expect(refusals.map(({ refusal }) => refusal?.field)).toEqual(['deceased', 'deathDate', 'deathDate']);
  // A year alone may hold both.
  const sameYear = { date: '1990-01-01', precision: 'year' as const };
  const [alive, year] = await write(
    { kind: 'individual', ...nid('1'), deathDate: null, deceased: false },
    { kind: 'individual', ...nid('1'), deathDate: sameYear },
  );
  expect([alive?.outcome, year?.outcome]).toEqual(['updated', 'updated']);
});

test('members who are not named leave, the head changes, and who comes back joins anew', async () => {
  await write(...WORLD);
  await changes();
  const members = (...people: [string, 'head' | null][]): RegistryRecord => ({
    kind: 'group',
    identifiers: [{ type: 'HHID', value: 'H-1' }],
    members: people.map(([value, role]) => ({ person: nid(value), role })),
  });
  expect((await write(members(['1', null], ['2', 'head'])))[0]?.outcome).toBe('updated');
  expect(await changes()).toEqual(['membership updated role', 'membership updated role']);
  expect((await write(members(['2', 'head'])))[0]?.outcome).toBe('updated');
  expect(await changes()).toEqual(['membership updated endedOn']);
  // In one batch somebody may leave and come back: that is no news.
  expect((await write(members(), members(['2', 'head']))).map(({ outcome }) => outcome)).toEqual([
    'updated',
    'updated',
  ]);
  expect(await changes()).toEqual([]);
  await write(members(['1', 'head'], ['2', null]));
  expect(
    await rows(`select i.given_name, m.role, m.ended_on = current_date as left_today
      from memberships m join individuals i on i.id = m.individual_id order by i.given_name, m.ended_on`),
  ).toEqual([
    { given_name: 'Amina', role: null, left_today: true },
    { given_name: 'Amina', role: 'head', left_today: null },
    { given_name: 'Zuri', role: null, left_today: null },
  ]);
});

test('a record that cannot be written is refused as a whole with the reason, and the others stand', async () => {
  await write(...WORLD, { kind: 'individual', ...nid('3') });
  await changes();
  const group = (record: Partial<RegistryRecord>): RegistryRecord => ({ kind: 'group', ...record }) as RegistryRecord;
  const member = (value: string, role: 'head' | null = null) => ({ person: nid(value), role });
  const id = '00000000-0000-4000-8000-000000000001';
  const cases: [RegistryRecord, string, string | null][] = [
    [
      { kind: 'individual', identifiers: [...nid('1').identifiers, ...nid('2').identifiers] },
      'IDENTIFIERS_OF_TWO_PEOPLE',
      null,
    ],
    [{ kind: 'individual', id: 'me' }, 'VALUE_UNUSABLE', 'id'],
    [{ kind: 'individual', identifiers: [{ type: '', value: 'x' }] }, 'VALUE_UNUSABLE', 'identifiers'],
    [{ kind: 'individual', ...nid('3'), givenName: 'A\0B' }, 'VALUE_UNUSABLE', 'givenName'],
    [{ kind: 'individual', ...nid('3'), givenName: '\ud800' }, 'VALUE_UNUSABLE', 'givenName'],
    [{ kind: 'individual', ...nid('3'), familyName: 'x'.repeat(501) }, 'VALUE_UNUSABLE', 'familyName'],
    [
      { kind: 'individual', ...nid('3'), birthDate: { date: '2021-02-30', precision: 'day' } },
      'VALUE_UNUSABLE',
      'birthDate',
    ],
    [{ kind: 'individual', ...nid('3'), registeredAt: '2021-02-03T00:00:00' }, 'VALUE_UNUSABLE', 'registeredAt'],
    [{ kind: 'individual', ...nid('3'), attributes: { deep: [{ 'k\0': 1 }] } }, 'VALUE_UNUSABLE', 'attributes'],
    [{ kind: 'individual', ...nid('3'), birthPlace: { locationId: id } }, 'PLACE_UNKNOWN', 'birthPlace'],
    [
      { kind: 'individual', ...nid('3'), marriages: [{ marriedOn: '2020-02-02', divorcedOn: '2019-01-01' }] },
      'VALUE_UNUSABLE',
      'marriages',
    ],
    [
      { kind: 'individual', ...nid('2'), parents: [{ role: 'mother', person: nid('3') }] },
      'PARENT_DIFFERS',
      'parents.0',
    ],
    [
      { kind: 'individual', ...nid('1'), parents: [{ role: 'mother', person: nid('2') }] },
      'PARENT_IS_SUBJECT',
      'parents.0',
    ],
    [
      {
        kind: 'individual',
        ...nid('3'),
        parents: [
          { role: 'mother', person: nid('1') },
          { role: 'father', person: nid('1') },
        ],
      },
      'PARENTS_ARE_ONE_PERSON',
      'parents.1',
    ],
    [
      { kind: 'individual', ...nid('3'), parents: [{ role: 'mother', person: nid('9') }] },
      'PERSON_UNKNOWN',
      'parents.0',
    ],
    [group({}), 'GROUP_KIND_MISSING', 'groupKind'],
    [group({ groupKind: 'family', members: [member('1'), member('1')] }), 'MEMBER_TWICE', 'members.1'],
    [group({ groupKind: 'family', members: [member('1', 'head'), member('2', 'head')] }), 'TWO_HEADS', 'members.1'],
    [{ kind: 'farmer', person: nid('9') }, 'PERSON_UNKNOWN', 'person'],
    [{ kind: 'farmer', person: nid('1'), farmSize: -1 }, 'VALUE_UNUSABLE', 'farmSize'],
    [{ kind: 'programme', identifier: ' ' }, 'VALUE_UNUSABLE', 'identifier'],
    [{ kind: 'enrolment', programme: 'none', person: nid('1') }, 'PROGRAMME_UNKNOWN', 'programme'],
    [{ kind: 'enrolment', programme: 'Cash-1' }, 'VALUE_UNUSABLE', 'person'],
    [{ kind: 'enrolment', programme: 'Cash-1', group: { id } }, 'GROUP_UNKNOWN', 'group'],
    [
      { kind: 'enrolment', programme: 'Cash-1', person: nid('1'), enrolledOn: 'yesterday' },
      'VALUE_UNUSABLE',
      'enrolledOn',
    ],
    [
      {
        kind: 'individual',
        ...nid('3'),
        attributes: { deep: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as string[] },
      },
      'VALUE_UNUSABLE',
      'attributes',
    ],
    // What only the database knows: a code that its column does not take.
    [{ kind: 'individual', ...nid('3'), sex: 'x' } as unknown as RegistryRecord, 'RECORD_NOT_STORABLE', null],
  ];
  const good: RegistryRecord = { kind: 'individual', ...nid('4') };
  const written = await write(...cases.map(([record]) => record), good);
  expect(written.slice(0, -1).map(({ refusal }) => [refusal?.code, refusal?.field])).toEqual(
    cases.map(([, code, field]) => [code, field]),
  );
  expect(written.at(-1)?.outcome).toBe('created');
  expect(await changes()).toEqual(['individual created']);
});

test('an id that nobody holds is taken over by a loader and refused to others; an id of another record is never taken', async () => {
  const id = '0190f3c0-0000-7000-8000-000000000001';
  const refuse = (...records: RegistryRecord[]) =>
    inTransaction(database.pool, (client) =>
      writeRecords(client, records, { origin: 'test', erased, unknownIds: 'refuse' }),
    );
  const [refused] = await refuse({ kind: 'individual', id, givenName: 'A' });
  expect(refused?.refusal?.code).toBe('ID_UNKNOWN');
  const [made] = await write({ kind: 'individual', id: id.toUpperCase(), givenName: 'A' });
  expect(made).toMatchObject({ outcome: 'created', id });
  expect((await refuse({ kind: 'individual', id, givenName: 'B' }))[0]?.outcome).toBe('updated');

  const [farmer] = await write({ kind: 'farmer', person: { id }, farmType: '1' });
  const [other] = await write({ kind: 'individual', ...nid('2') });
  const [taken, same, unknown] = await refuse(
    { kind: 'farmer', id: farmer?.id ?? '', person: { id: other?.id ?? '' } },
    { kind: 'farmer', id: farmer?.id ?? '', person: { id }, farmType: '2' },
    { kind: 'farmer', id, person: nid('2') },
  );
  expect(taken?.refusal?.code).toBe('ID_DIFFERS');
  expect(same?.outcome).toBe('updated');
  expect(unknown?.refusal?.code).toBe('ID_UNKNOWN');
});

test('a place is found by its id, or by a name that one place alone has; else its name stays in words', async () => {
  const [place] = (
    await database.pool.query<{ id: string }>(
      `insert into locations (name) values ('Lakeside'), ('Twin'), ('Twin') returning id`,
    )
  ).rows;
  await write(
    { kind: 'individual', ...nid('1'), birthPlace: { name: 'lakeside' }, homePlace: { name: 'Twin' } },
    { kind: 'individual', ...nid('2'), birthPlace: { locationId: place?.id ?? '', text: 'by the water' } },
  );
  expect(
    await rows(`select birth_location_id as birth, birth_place_text as text, home_place_text as home
      from individuals order by birth_place_text nulls first`),
  ).toEqual([
    { birth: place?.id, text: null, home: 'Twin' },
    { birth: place?.id, text: 'by the water', home: null },
  ]);
});

test('a parent of whom it is not known which becomes mother or father when that is said', async () => {
  await write(
    { kind: 'individual', ...nid('1') },
    { kind: 'individual', ...nid('2'), parents: [{ role: 'parent', person: nid('1') }] },
  );
  await changes();
  await write({ kind: 'individual', ...nid('2'), parents: [{ role: 'father', person: nid('1') }] });
  expect(await changes()).toEqual(['relationship updated type']);
  expect(await rows('select type from relationships')).toEqual([{ type: 'father_of' }]);
});

test('the number of statements does not depend on the number of records', async () => {
  const count = async (from: number, size: number): Promise<number> => {
    const people = Array.from({ length: size }, (_, index) => nid(`count ${String(from + index)}`));
    const records = people.flatMap((person): RegistryRecord[] => [
      { kind: 'individual', ...person, marriages: [{ marriedOn: '2020-02-02', divorcedOn: null }] },
      { kind: 'farmer', person },
      { kind: 'disability', person },
      { kind: 'enrolment', person, programme: 'Cash-1' },
    ]);
    database.statements.splice(0);
    await write(PROGRAMME, ...records);
    return database.statements.length;
  };
  await write(PROGRAMME);
  expect(await count(0, 1)).toBe(await count(1, 200));
});

test('two writers of the same new people wait for each other, and an order that crosses does not lock them up', async () => {
  const people = Array.from({ length: 40 }, (_, index): RegistryRecord => ({
    kind: 'individual',
    ...nid(String(index)),
  }));
  const results = await Promise.all([
    write(...people, ...people.map(farmerOf)),
    write(...people.toReversed(), ...people.toReversed().map(farmerOf)),
    write(...people),
  ]);
  const outcomes = results.flatMap((written) => written.map(({ outcome }) => outcome));
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(80);
  expect(outcomes).not.toContain('refused');
  expect(await rows('select count(*) from individuals')).toEqual([{ count: 40 }]);
  expect(await rows('select count(*) from farmers')).toEqual([{ count: 40 }]);
});

function farmerOf(person: RegistryRecord): RegistryRecord {
  return {
    kind: 'farmer',
    person: 'identifiers' in person ? { identifiers: person.identifiers ?? [] } : {},
    farmType: '1',
  };
}
