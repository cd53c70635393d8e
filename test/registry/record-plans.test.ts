import { readQuery } from '../../src/dci/query.js';
import { readSort } from '../../src/dci/sort.js';
import { allOf, EVERYBODY, type Filter } from '../../src/record/filter.js';
import { queryableFor } from '../../src/database/limited.js';
import { givesOrder } from '../../src/record/attributes.js';
import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { RECORD_KINDS, type RecordKind, type RegistryKind } from '../../src/record/registry-kind.js';
import { composePage, type OrderedRead, type Walk } from '../../src/registry/queries/keyset.js';
import { type GroupFilter, groupsRead } from '../../src/registry/groups.js';
import { recordRead } from '../../src/registry/queries/record-pages.js';
import { createPool } from '../../src/database/pool.js';
import { adminUrl, createTestDatabase, type TestDatabase } from '../test-database.js';
import { writeManyRecords } from './many-records.js';

/** Every attribute of the catalogue is asked for of 50,000 records of each kind, as the planner is left to itself. */
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ size: 1 });
  const admin = createPool(adminUrl(database), { size: 3 });
  await writeManyRecords(admin).finally(() => admin.end());
}, 300_000);
afterAll(() => database.close());

const REGISTRY_OF: Readonly<Record<RecordKind, RegistryKind>> = {
  individual: 'crvs',
  group: 'social',
  farmer: 'fr',
  disability: 'dr',
  enrolment: 'ibr',
};

/** What few records have, by attribute; and how it is asked for, `eq` where nothing is said. */
const VALUES: Readonly<Record<string, unknown>> = {
  birth_date: { $gte: '1980-03-01', $lt: '1980-03-04' },
  death_date: { $gte: '2024-07-01' },
  year_of_birth: 2023,
  age: 3,
  sex: 'other',
  deceased: true,
  given_name: 'given7',
  middle_name: 'middle8',
  family_name: 'family9',
  full_name: 'given7 family7',
  marital_status: 'W',
  marriage_date: { $gte: '1999-01-01', $lt: '1999-01-04' },
  divorce_date: { $gte: '2020-01-01', $lt: '2020-01-04' },
  phone_number: '+2555',
  email: 'p9@example.org',
  registration_date: { $gte: '2025-09-14' },
  last_updated: { $gte: '2026-09-14' },
  birth_place: 'place 77',
  death_place: 'place 77',
  location: 'place 77',
  postal_code: 'pc77',
  group_name: 'family 9',
  group_type: 'family',
  group_size: { $gt: 8 },
  poverty_score: 7,
  farm_type: '7',
  farm_size: { $gt: 4990 },
  land_tenure: '77',
  crop_type: 'crop 7',
  livestock_type: 'beast 7',
  irrigation_type: 'water 7',
  latitude: { $gt: 49.9 },
  longitude: { $gt: 99.9 },
  disability_status: '77',
  disability_level: '77',
  impairment_type: '77',
  impairment_level: '77',
  impairment_cause: 'cause 77',
  programme_identifier: 'prg7',
  programme_name: 'programme 7',
  enrolment_status: '77',
  enrolment_date: { $gte: '2010-01-05', $lt: '2010-01-10' },
};

/** The id of `Place 77`. */
const PLACE = '427b0ea1-7e06-7504-de8f-5dc90a4647d9';

const START: Walk = { size: 20, backward: false, from: null };
/** Few rows, and so no harm. */
const SMALL = /Seq Scan on (locations|location_ancestors|programmes|data_sources)\b/gu;

async function planOf({ text, values }: { text: string; values: unknown[] }): Promise<string> {
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function plansOf(read: OrderedRead): Promise<string> {
  const counted = `select count(*) from (select from ${read.from} where ${read.where} limit 10001) counted`;
  const page = await planOf(composePage(read, START));
  return `${page}\n\n${await planOf({ text: counted, values: [...read.parameters] })}`.replace(SMALL, 'Small $1');
}

function readFor(record: RecordKind, query: unknown, visible: Filter = EVERYBODY): OrderedRead {
  const { filter, warnings } = readQuery('expression', query, { registry: REGISTRY_OF[record], record, strict: true });
  expect(warnings).toEqual([]);
  return recordRead({ record, filter, visible, sort: [] });
}

const ASKED = RECORD_KINDS.flatMap((record) => {
  const names = CORE_CATALOGUE.all().map(({ name }) => name);
  return [...new Set(names)].flatMap((name) => {
    const attribute = CORE_CATALOGUE.find(name, REGISTRY_OF[record], record);
    return attribute === undefined ? [] : [[record, name, attribute] as const];
  });
});

test.each(ASKED)('no table is read through: %s by %s', async (record, name, attribute) => {
  const value = attribute.storage.kind === 'identifier' ? 'UIN77' : VALUES[name];
  expect(value).toBeDefined();
  expect(await plansOf(readFor(record, { [name]: value }))).not.toContain('Seq Scan');
});

test.each(RECORD_KINDS)('no table is read through: an identifier of any type, of %s records', async (record) => {
  const { filter } = readQuery('idtype-value', { type: 'UIN', value: 'UIN77' }, { record });
  const any: Filter = { kind: 'identifier', type: null, values: ['UIN77'] };
  for (const asked of [filter, any]) {
    expect(await plansOf(recordRead({ record, filter: asked, visible: EVERYBODY, sort: [] }))).not.toContain(
      'Seq Scan',
    );
  }
});

const ORDERS = ASKED.filter(([record, , attribute]) => givesOrder(attribute, record));

test.each(ORDERS)('a page follows an index: %s records in the order of %s', async (record, name) => {
  for (const sort_order of ['asc', 'desc']) {
    const sort = readSort([{ attribute_name: name, sort_order }], { registry: REGISTRY_OF[record], record });
    const plan = await planOf(composePage(recordRead({ record, filter: EVERYBODY, visible: EVERYBODY, sort }), START));
    // Who has no value comes behind all others, and is not looked for before.
    const [known = ''] = plan.split(/\n {8}-> {2}Limit/u);
    // A sort of the few rows with one value, behind an order that an index gives, is none of all of them.
    expect(known.replaceAll('Incremental Sort', '')).not.toMatch(/Seq Scan|Sort\b(?! Key)/u);
  }
});

test.each(RECORD_KINDS)('what the caller may see costs no reading through: %s', async (record) => {
  const visible: Filter = { kind: 'within', place: 'home', locationIds: [PLACE] };
  const { filter } = readQuery('idtype-value', { type: 'UIN', value: 'UIN77' }, { record });
  expect(await plansOf(recordRead({ record, filter, visible, sort: [] }))).not.toContain('Seq Scan');
});

test.each(RECORD_KINDS)('no table is read through: who is in a programme, of %s records', async (record) => {
  const filter: Filter = { kind: 'in_programme', identifiers: ['PROGRAMME77'] };
  for (const asked of [filter, allOf([filter, { kind: 'identifier', type: 'UIN', values: ['UIN77'] }])]) {
    expect(await plansOf(recordRead({ record, filter: asked, visible: EVERYBODY, sort: [] }))).not.toContain(
      'Seq Scan',
    );
  }
});

const today = '2021-06-15';
test.each<[string, GroupFilter]>([
  ['with children under 12 months', { youngChildren: { min: 1, today } }],
  ['with several of them', { youngChildren: { min: 2, today } }],
  ['with some born below a place', { youngChildren: { min: 1, bornWithin: [PLACE], today } }],
  ['with as few and no fewer', { youngChildren: { min: 1, max: 1, bornWithin: [PLACE], today } }],
  ['with a mother, of one source', { hasMother: true, sourceCodes: ['crvs'] }],
])('no table is read through: groups %s', async (_what, filter) => {
  expect(await plansOf(groupsRead({ filter, visible: EVERYBODY }, []))).not.toMatch(
    /Seq Scan on (groups|individuals)/u,
  );
});

test.each(['individual', 'farmer', 'disability'] as const)(
  'the second line reads no table through either: %s',
  async (record) => {
    const visible: Filter = { kind: 'within', place: 'home', locationIds: [PLACE] };
    for (const filter of [
      { kind: 'identifier', type: 'UIN', values: ['UIN77'] },
      { kind: 'name_contains', text: 'Given77 Family77' },
    ] as const) {
      const { text, values } = composePage(recordRead({ record, filter, visible, sort: [] }), START);
      const { rows } = await queryableFor(database.pool, { rowLimits: [{ within: [PLACE] }] }).query<{
        'QUERY PLAN': string;
      }>({ text: `explain (costs off) ${text}`, values });
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan.replace(SMALL, 'Small $1')).not.toContain('Seq Scan');
    }
  },
);
