import type { Pool } from 'pg';
import { readQuery } from '../../src/dci/query.js';
import { readSort } from '../../src/dci/sort.js';
import type { JsonAttribute } from '../../src/record/attributes.js';
import { EVERYBODY, type Filter, NOBODY } from '../../src/record/filter.js';
import { RECORD_KINDS, type RecordKind, type RegistryKind } from '../../src/record/registry-kind.js';
import { matchingIds } from '../../src/registry/queries/matching-ids.js';
import { findRecordPage } from '../../src/registry/queries/record-pages.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let pool: Pool;
/** What each record is called, by its id. */
const names = new Map<string, string>();

/** Ana farms with her husband Ben; Cleo lives alone in the south and is blind. */
const RECORDS = `
  insert into locations (id, name, type, parent_id) values
    ('00000000-0000-4000-8000-000000000001', 'Country', 'country', null),
    ('00000000-0000-4000-8000-000000000002', 'North', 'region', '00000000-0000-4000-8000-000000000001'),
    ('00000000-0000-4000-8000-000000000003', 'South', 'region', '00000000-0000-4000-8000-000000000001');
  insert into location_ancestors select id, id, 0 from locations
    union all select id, parent_id, 1 from locations where parent_id is not null;
  insert into individuals (given_name, family_name, sex, birth_date, birth_date_precision, home_location_id,
    birth_location_id, marital_status, phone_numbers, emails, attributes) values
    ('Ana', 'Soto', 'female', '1980-01-01', 'day', '00000000-0000-4000-8000-000000000002',
      '00000000-0000-4000-8000-000000000003', 'M', '{+2551}', '{ana@example.org}', '{"postal_code": "N1"}'),
    ('Ben', 'Soto', 'male', '1975-05-05', 'day', '00000000-0000-4000-8000-000000000002', null, 'M', '{}', '{}', '{}'),
    ('Cleo', 'Diaz', 'female', '2001-02-03', 'day', '00000000-0000-4000-8000-000000000003', null, 'S', '{}', '{}', '{}');
  insert into identifiers (individual_id, type, value, value_key)
    select id, 'UIN', given_name, upper(given_name) from individuals;
  insert into marriages (individual_id, married_on, divorced_on)
    select id, '2000-06-01', null from individuals where family_name = 'Soto';
  insert into groups (name, kind, location_id, attributes) values
    ('Sotos', 'family', '00000000-0000-4000-8000-000000000002', '{"poverty_score": 3.5}'),
    ('Diaz', 'household', '00000000-0000-4000-8000-000000000003', '{"poverty_score": "9"}'),
    ('Empty', 'household', null, '{"poverty_score": "none"}');
  insert into group_identifiers (group_id, type, value, value_key)
    select id, 'HOUSEHOLD_ID', name, upper(name) from groups;
  insert into memberships (group_id, individual_id, role)
    select g.id, i.id, case when i.given_name <> 'Ben' then 'head' end
    from individuals i join groups g on g.name like i.family_name || '%';
  insert into farmers (individual_id, farm_type, farm_size, land_tenure, location_id, attributes)
    select id, '1', 2.5, '1', '00000000-0000-4000-8000-000000000003', '{"latitude": 9.56, "farm_details": [
      {"farming_activities": [{"crop_production": [{"crop_type": "Cereals", "irrigation_water": ["Groundwater"]},
       {"crop_type_name": "3"}], "animal_production": [{"type": "Sheep"}]}]}]}' from individuals where given_name = 'Ana';
  insert into farmers (individual_id, farm_size) select id, 40 from individuals where given_name = 'Ben';
  insert into disabilities (individual_id, status, level, details)
    select id, '0', '2', '[{"impairment_type": "1", "impairment_level": 4}]' from individuals where given_name = 'Cleo';
  insert into disabilities (individual_id, status) select id, '1' from individuals where given_name = 'Ben';
  insert into programmes (identifier, identifier_key, name) values ('dci001', 'DCI001', 'Cash'), ('P2', 'P2', 'Food');
  insert into enrolments (programme_id, individual_id, group_id, status, enrolled_on)
    select p.id, i.id, null, '1', '2024-01-01' from programmes p, individuals i
    where p.name = 'Cash' and i.given_name = 'Cleo';
  insert into enrolments (programme_id, individual_id, group_id, status, enrolled_on)
    select p.id, null, g.id, '4', '2025-01-01' from programmes p, groups g where p.name = 'Food' and g.name = 'Sotos'`;

const SELECT_NAMES = `
  select id, given_name as name from individuals
  union all select id, name from groups
  union all select f.id, 'farm of ' || i.given_name from farmers f join individuals i on i.id = f.individual_id
  union all select d.id, 'card of ' || i.given_name from disabilities d join individuals i on i.id = d.individual_id
  union all select e.id, p.name from enrolments e join programmes p on p.id = e.programme_id`;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await pool.query(RECORDS);
  const { rows } = await pool.query<{ id: string; name: string }>(SELECT_NAMES);
  for (const { id, name } of rows) names.set(id, name);
});
afterAll(() => database.close());

const REGISTRY_OF: Readonly<Record<RecordKind, RegistryKind>> = {
  individual: 'social',
  group: 'social',
  farmer: 'fr',
  disability: 'dr',
  enrolment: 'ibr',
};

async function found(record: RecordKind, filter: Filter, visible = EVERYBODY): Promise<string[]> {
  const page = { size: 100, number: 1 };
  const { items: ids, total } = await findRecordPage(pool, { record, filter, visible, sort: [], page });
  expect(total).toBe(ids.length);
  return ids.map((id) => names.get(id) ?? id).sort();
}

function asked(record: RecordKind, query: unknown): Filter {
  const options = { registry: REGISTRY_OF[record], record, strict: true };
  return readQuery(undefined, query, options).filter;
}

test.each<[RecordKind, unknown, string[]]>([
  // Social: people and groups, each by what the other has.
  ['individual', { poverty_score: { $lt: 5 } }, ['Ana', 'Ben']],
  ['individual', { $not: { poverty_score: { $lt: 5 } } }, ['Cleo']],
  ['individual', { group_size: 1 }, ['Cleo']],
  ['individual', { location: 'north' }, ['Ana', 'Ben']],
  ['individual', { district: 'Country' }, ['Ana', 'Ben', 'Cleo']],
  ['individual', { region: { $ne: '00000000-0000-4000-8000-000000000002' } }, ['Cleo']],
  ['individual', { place_of_birth: 'South' }, ['Ana']],
  ['individual', { postal_code: 'n1' }, ['Ana']],
  ['individual', { mobile: '+2551' }, ['Ana']],
  ['individual', { type: 'MOBILE', value: '+2551' }, ['Ana']],
  ['individual', { type: 'EMAIL', value: 'ana@example.org' }, ['Ana']],
  ['individual', { type: 'household_id', value: 'sotos' }, ['Ana', 'Ben']],
  ['individual', { marital_status: 'single' }, ['Cleo']],
  ['individual', { date_of_marriage: { $gte: '2000-01-01', $lt: '2001-01-01' } }, ['Ana', 'Ben']],
  ['individual', { $not: { date_of_marriage: { $gte: '2001-01-01' } } }, ['Ana', 'Ben']],
  ['individual', { disability_status: 'Approved' }, ['Cleo']],
  [
    'group',
    { $and: [{ poverty_score: { $lt: 5 } }, { location: { $eq: 'North' } }, { group_size: { $lt: 5 } }] },
    ['Sotos'],
  ],
  ['group', { poverty_score: { $ge: 9 } }, ['Diaz']],
  ['group', { group_size: 0 }, ['Empty']],
  ['group', { group_type: '2' }, ['Diaz', 'Empty']],
  ['group', { age: { $gt: 45 } }, ['Sotos']],
  ['group', { $not: { sex: 'male' } }, ['Diaz', 'Empty']],
  ['group', { type: 'UIN', value: 'ben' }, ['Sotos']],
  ['group', { type: 'HOUSEHOLD_ID', value: 'DIAZ' }, ['Diaz']],
  // The farmer registry.
  ['farmer', { farm_size: { $lte: 2.5 } }, ['farm of Ana']],
  ['farmer', { crop_type: 'fruit AND nuts' }, ['farm of Ana']],
  ['farmer', { crop_type: '1' }, ['farm of Ana']],
  ['farmer', { crop_type: { $ne: 'Cereals' } }, []],
  ['farmer', { livestock_type: 'sheep' }, ['farm of Ana']],
  ['farmer', { irrigation_type: { $in: ['2', '7'] } }, ['farm of Ana']],
  ['farmer', { land_tenure: 'Owner' }, ['farm of Ana']],
  ['farmer', { 'farm_info.location.geo.latitude': { $eq: 9.56 } }, ['farm of Ana']],
  ['farmer', { location: 'South' }, ['farm of Ana']],
  ['farmer', { location: 'North' }, ['farm of Ben']],
  ['farmer', { $not: { location: 'North' } }, ['farm of Ana']],
  ['farmer', { gender: 'male' }, ['farm of Ben']],
  ['farmer', { type: 'UIN', value: 'Ana' }, ['farm of Ana']],
  // The disability registry.
  ['disability', { disability_status: { $eq: 'Approved' } }, ['card of Cleo']],
  ['disability', { 'disability_details.impairment_type': 'Vision' }, ['card of Cleo']],
  ['disability', { impairment_level: '4' }, ['card of Cleo']],
  ['disability', { 'member.demographic_info.birth_date': { $gt: '2000-01-01' } }, ['card of Cleo']],
  ['disability', { 'member.member_identifier': { eq: 'ben' } }, ['card of Ben']],
  ['disability', { location: 'South' }, ['card of Cleo']],
  // The registry of beneficiaries: enrolled people, and enrolled groups with the people in them.
  [
    'enrolment',
    { person_identifier: { eq: 'cleo' }, 'programme_identifier.program.programme_identifier': { eq: 'DCI001' } },
    ['Cash'],
  ],
  ['enrolment', { person_identifier: 'ben' }, []],
  ['enrolment', { household_id: 'sotos' }, ['Food']],
  ['enrolment', { poverty_score: { $lt: 5 } }, ['Food']],
  ['enrolment', { group_size: 1 }, ['Cash']],
  ['enrolment', { location: 'North' }, ['Food']],
  ['enrolment', { location: { $ne: 'North' } }, ['Cash']],
  ['enrolment', { enrolment_status: 'Suspended' }, ['Food']],
  ['enrolment', { enrollment_date: { $lt: '2024-06-01' } }, ['Cash']],
  ['enrolment', { programme_name: 'cash' }, ['Cash']],
  ['enrolment', { programme_identifier: { $ne: 'dci001' } }, ['Food']],
  ['enrolment', { age: { $lt: 40 } }, ['Cash']],
])('%s records by %j', async (record, query, expected) => {
  expect(await found(record, asked(record, query))).toEqual(expected);
});

test.each(RECORD_KINDS)('a place that nobody knows by that name finds none: %s', async (record) => {
  expect(await found(record, asked(record, { location: 'central_region' }))).toEqual([]);
  expect(await found(record, NOBODY)).toEqual([]);
});

test('what the caller may see guards what is about people, and groups by their members', async () => {
  const northerners: Filter = { kind: 'within', place: 'home', locationIds: ['00000000-0000-4000-8000-000000000002'] };
  const men: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] };
  expect(await found('individual', EVERYBODY, northerners)).toEqual(['Ana', 'Ben']);
  expect(await found('group', EVERYBODY, northerners)).toEqual(['Sotos']);
  expect(await found('farmer', EVERYBODY, men)).toEqual(['farm of Ben']);
  expect(await found('disability', EVERYBODY, northerners)).toEqual(['card of Ben']);
  expect(await found('enrolment', EVERYBODY, northerners)).toEqual(['Food']);
  for (const record of RECORD_KINDS) expect(await found(record, EVERYBODY, NOBODY)).toEqual([]);
});

test('whoever may not be seen does not decide whether a group matches', async () => {
  const men: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] };
  expect(await found('group', asked('group', { type: 'UIN', value: 'ana' }), men)).toEqual([]);
  expect(await found('group', asked('group', { sex: 'female' }), men)).toEqual([]);
  expect(await found('group', asked('group', { type: 'UIN', value: 'ben' }), men)).toEqual(['Sotos']);
});

test.each(RECORD_KINDS)('pages of %s records go on behind a cursor and end', async (record) => {
  const all = await findRecordPage(pool, {
    record,
    filter: EVERYBODY,
    visible: EVERYBODY,
    sort: [],
    page: { size: 50, number: 1 },
  });
  const ids: string[] = [];
  let after: string | undefined;
  for (;;) {
    const page = { size: 1, number: 1 };
    const read = await findRecordPage(pool, { record, filter: EVERYBODY, visible: EVERYBODY, sort: [], page, after });
    ids.push(...read.items);
    expect(read.total).toBe(all.total);
    if (!read.hasMore) break;
    after = read.lastCursor ?? undefined;
  }
  expect(ids).toEqual(all.items);
});

test('an order by an attribute in jsonb, the unknown last', async () => {
  const sort = readSort([{ attribute_name: 'poverty_score', sort_order: 'desc' }], {
    registry: 'social',
    record: 'group',
  });
  const page = { size: 50, number: 1 };
  const { items: ids } = await findRecordPage(pool, {
    record: 'group',
    filter: EVERYBODY,
    visible: EVERYBODY,
    sort,
    page,
  });
  expect(ids.map((id) => names.get(id))).toEqual(['Diaz', 'Sotos', 'Empty']);
});

test('a total is counted up to the cap and one more, or taken as it is known', async () => {
  const query = { record: 'individual', filter: EVERYBODY, visible: EVERYBODY, sort: [] } as const;
  const page = { size: 1, number: 1 };
  expect(await findRecordPage(pool, { ...query, page, countCap: 1 })).toMatchObject({ total: 2, hasMore: true });
  expect(await findRecordPage(pool, { ...query, page, countCap: null })).toMatchObject({ total: 3 });
  expect(await findRecordPage(pool, { ...query, page, knownTotal: 99 })).toMatchObject({ total: 99 });
  await expect(findRecordPage(pool, { ...query, page: { size: 100, number: 102 } })).rejects.toMatchObject({
    code: 'rjct.search.too_many_records_found',
  });
});

test('many filters over a batch of records are answered by few statements', async () => {
  const idOf = new Map([...names].map(([id, name]) => [name, id]));
  const [ana = '', ben = '', cleo = ''] = ['Ana', 'Ben', 'Cleo'].map((name) => idOf.get(name));
  const women: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] };
  const filters = Array.from({ length: 99 }, (_, index) => ({
    key: `s${String(index)}`,
    filter:
      index === 0 ? EVERYBODY : asked('individual', { given_name: index === 1 ? 'ben' : `nobody ${String(index)}` }),
    visible: index === 0 ? women : EVERYBODY,
  }));
  database.statements.length = 0;
  const unheld = '00000000-0000-4000-8000-00000000ffff';
  const matches = await matchingIds(
    pool,
    'individual',
    [ana, ben, unheld],
    [...filters, { ...filters[0], key: 'again' }].flatMap((one) =>
      'filter' in one && one.filter ? [{ key: one.key, filter: one.filter, visible: one.visible ?? EVERYBODY }] : [],
    ),
  );
  expect(matches.map(({ key, id }) => `${key} ${names.get(id) ?? ''}`).sort()).toEqual([
    'again Ana',
    's0 Ana',
    's1 Ben',
  ]);
  expect(database.statements).toHaveLength(2);
  expect(cleo).not.toBe('');
});

test('the size of a group follows its members, whoever writes them', async () => {
  const size = async (): Promise<number | undefined> => {
    const { rows } = await pool.query<{ size: number }>(
      "select z.size from group_sizes z join groups g on g.id = z.group_id where g.name = 'Empty'",
    );
    return rows[0]?.size;
  };
  const empty = "(select id from groups where name = 'Empty')";
  await pool.query(`insert into memberships (group_id, individual_id) select ${empty}, id from individuals`);
  expect(await size()).toBe(3);
  await pool.query(`update memberships set ended_on = '2026-01-01' where group_id = ${empty}
    and individual_id = (select id from individuals where given_name = 'Ben')`);
  expect(await size()).toBe(2);
  await pool.query(`delete from memberships where group_id = ${empty}`);
  expect(await size()).toBe(0);
});

test.each([["a'b"], ['a"b'], ['a]b'], ['a}b'], ['']])(
  'a path that is no plain key gets into no statement: %j',
  async (key) => {
    const attribute: JsonAttribute = {
      name: 'x',
      of: 'individual',
      type: 'text',
      column: 'attributes',
      path: [key],
      list: false,
    };
    for (const list of [false, true]) {
      const filter: Filter = { kind: 'compare', attribute: { ...attribute, list }, operator: 'eq', values: ['x'] };
      await expect(found('individual', filter)).rejects.toMatchObject({ code: 'FILTER_VALUE_INVALID' });
    }
  },
);
