import { ALL_FIELDS } from '../../src/record/fields.js';
import { EVERYBODY } from '../../src/record/filter.js';
import type { Pool } from 'pg';
import { type GroupFilter, countGroups, findGroups, type GroupSort } from '../../src/registry/groups.js';
import {
  allLocations,
  countLocations,
  findLocations,
  type LocationFilter,
  type LocationSort,
} from '../../src/registry/locations.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { addPerson, addPlace } from './people.js';

let database: TestDatabase;
let pool: Pool;
let country: string;
let north: string;
let clinic: string;
let south: string;
let mother: string;
let child: string;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  country = await addPlace(pool, 'Land', 'country', null);
  // Added before what stands above it in the alphabet, to be told in the order of the tree all the same.
  south = await addPlace(pool, 'Süden 100%', 'district', country);
  north = await addPlace(pool, 'norden', 'district', country);
  clinic = await addPlace(pool, 'A Clinic', null, north);
  mother = await addPerson(pool, { family: 'Tembo', home: clinic });
  child = await addPerson(pool, { family: 'Tembo', birthPlace: south });
  await pool.query(
    "insert into data_sources (code, name, base_url, dialect) values ('crvs', 'C', 'http://x', 'spdci-1.0')",
  );
  await pool.query(
    `insert into groups (name, kind, data_source_id) values
       ('Tembo', 'family', (select id from data_sources)), ('banda Tembo', 'household', null), (null, 'family', null)`,
  );
  await pool.query(
    `insert into memberships (group_id, individual_id, role, ended_on)
     select g.id, p.individual_id, p.role, p.ended_on from groups g, (values
       ('Tembo', $1::uuid, 'head', null::date), ('Tembo', $2, null, null),
       ('banda Tembo', $2, 'head', null), ('banda Tembo', $1, null, '2020-01-01')) p (name, individual_id, role, ended_on)
     where g.name = p.name`,
    [mother, child],
  );
});
afterAll(() => database.close());

async function groupNames(filter: GroupFilter, sort: GroupSort[] = [{ by: 'name', direction: 'asc' }]) {
  const { items } = await findGroups(pool, { visible: EVERYBODY, fields: ALL_FIELDS, filter, sort });
  expect(await countGroups(pool, { visible: EVERYBODY, filter })).toBe(items.length);
  return items.map(({ name }) => name);
}

test.each<[string, () => GroupFilter, (string | null)[]]>([
  ['everything', () => ({}), ['banda Tembo', 'Tembo', null]],
  ['a kind', () => ({ kinds: ['family'] }), ['Tembo', null]],
  ['no kind', () => ({ kinds: [] }), []],
  ['words of the name', () => ({ nameContains: 'TEMBO ban' }), ['banda Tembo']],
  ['a percent sign', () => ({ nameContains: '%' }), []],
  ['a NUL', () => ({ nameContains: '\0' }), []],
  ['a source', () => ({ sourceCodes: ['crvs', 'x'] }), ['Tembo']],
  ['a current member', () => ({ memberIds: [mother] }), ['Tembo']],
  ['one of several members', () => ({ memberIds: [mother, child, 'x'] }), ['banda Tembo', 'Tembo']],
  ['a head', () => ({ headIds: [child] }), ['banda Tembo']],
  ['the home of the head, from above', () => ({ headHomeWithin: [north] }), ['Tembo']],
  ['a home where no head lives', () => ({ headHomeWithin: [south] }), []],
  ['the birth place of a child', () => ({ childBornWithin: [country] }), ['Tembo']],
  ['all at once', () => ({ kinds: ['family'], nameContains: 'tem', headIds: [mother] }), ['Tembo']],
])('groups are found by %s', async (_title, filter, names) => {
  expect(await groupNames(filter())).toEqual(names);
});

test('groups are ordered without case, nameless ones last, and paged by cursor either way', async () => {
  for (const direction of ['asc', 'desc'] as const) {
    const sort: GroupSort[] = [{ by: 'name', direction }];
    const whole = await groupNames({}, sort);
    expect(whole).toEqual(direction === 'asc' ? ['banda Tembo', 'Tembo', null] : ['Tembo', 'banda Tembo', null]);
    const first = await findGroups(pool, { visible: EVERYBODY, fields: ALL_FIELDS, sort, first: 2 });
    const rest = await findGroups(pool, {
      visible: EVERYBODY,
      fields: ALL_FIELDS,
      sort,
      first: 2,
      after: first.cursorAt(1),
    });
    const back = await findGroups(pool, {
      visible: EVERYBODY,
      fields: ALL_FIELDS,
      sort,
      last: 2,
      before: rest.cursorAt(0),
    });
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(whole);
    expect(back.items).toEqual(first.items);
    expect([first.hasNextPage, rest.hasNextPage, back.hasPreviousPage]).toEqual([true, false, false]);
  }
  const mixed: GroupSort[] = [
    { by: 'kind', direction: 'desc' },
    { by: 'created_at', direction: 'asc' },
  ];
  expect((await groupNames({}, mixed))[0]).toBe('banda Tembo');
});

async function placeNames(filter: LocationFilter, sort: LocationSort[] = [{ by: 'name', direction: 'asc' }]) {
  const { items } = await findLocations(pool, { filter, sort });
  expect(await countLocations(pool, { filter })).toBe(items.length);
  return items.map(({ name }) => name);
}

test.each<[string, () => LocationFilter, string[]]>([
  ['everything', () => ({}), ['A Clinic', 'Land', 'norden', 'Süden 100%']],
  ['the place above', () => ({ parentIds: [country] }), ['norden', 'Süden 100%']],
  ['a type', () => ({ types: ['district'] }), ['norden', 'Süden 100%']],
  ['words of the name', () => ({ nameContains: 'SÜD %' }), ['Süden 100%']],
  ['a subtree', () => ({ within: [north] }), ['A Clinic', 'norden']],
  ['no place of ours', () => ({ within: ["' or true"], parentIds: ['x'] }), []],
  ['being a root', () => ({ root: true }), ['Land']],
  ['being none', () => ({ root: false }), ['A Clinic', 'norden', 'Süden 100%']],
])('places are found by %s', async (_title, filter, names) => {
  expect(await placeNames(filter())).toEqual(names);
});

test('places are paged in any order, those without a type last', async () => {
  const sort: LocationSort[] = [
    { by: 'type', direction: 'desc' },
    { by: 'name', direction: 'asc' },
  ];
  const whole = await placeNames({}, sort);
  expect(whole).toEqual(['norden', 'Süden 100%', 'Land', 'A Clinic']);
  const names: string[] = [];
  let after: string | undefined;
  while (names.length < whole.length) {
    const page = await findLocations(pool, { sort, first: 1, after });
    names.push(...page.items.map(({ name }) => name));
    after = page.cursorAt(0);
  }
  expect(names).toEqual(whole);
});

test('the whole tree is told with each place after the one that contains it, and when it last changed', async () => {
  const { locations, lastUpdated } = await allLocations(pool);
  expect(locations.map(({ name }) => name)).toEqual(['Land', 'norden', 'Süden 100%', 'A Clinic']);
  expect(locations[3]).toEqual({ id: clinic, name: 'A Clinic', type: null, parentId: north });
  expect(lastUpdated).toBeInstanceOf(Date);
});
