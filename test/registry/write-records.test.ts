import { type RegistryRecord } from '../../src/record/registry-record.js';
import { inTransaction } from '../../src/database/transaction.js';
import { writeRecords } from '../../src/registry/write-records.js';
import { type WrittenRegistryRecord } from '../../src/registry/write-result.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

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
  return inTransaction(database.pool, (client) => writeRecords(client, records, { origin: 'test' }));
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
