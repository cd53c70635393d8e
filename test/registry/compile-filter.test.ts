import type { AttributeName, Operator } from '../../src/record/attributes.js';
import { allOf, type AttributeValue, EVERYBODY, type Filter, NOBODY } from '../../src/record/filter.js';
import { compileFilter } from '../../src/registry/queries/compile-filter.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { addPerson, addPlace } from './people.js';

const TODAY = '2026-03-01';

let database: TestDatabase;
const people = new Map<string, string>();
const places: Record<string, string> = {};
let groupId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  places.country = await addPlace(pool, 'Country', 'country', null);
  places.north = await addPlace(pool, 'North', 'district', places.country);
  places.clinic = await addPlace(pool, 'Clinic', 'health_facility', places.north);
  places.south = await addPlace(pool, 'South', null, places.country);
  const add = async (name: string, person: Parameters<typeof addPerson>[1]): Promise<void> => {
    people.set(await addPerson(pool, person), name);
  };
  await add('ana', {
    given: 'Ana',
    middle: 'María',
    family: 'Núñez',
    sex: 'female',
    born: '1990-05-10',
    birthPlace: places.clinic,
    home: places.north,
    identifiers: { UIN: '  700 1 ', NID: 'ab-12' },
  });
  await add('bo', {
    given: 'Bo',
    family: 'de 100%_\\x',
    sex: 'male',
    born: '2024-02-29',
    died: '2025-01-01',
    birthPlace: places.south,
    identifiers: { BRN: 'AB-12' },
  });
  await add('сю', { given: 'СЮЗАННА', family: 'núñez', sex: 'other', born: '2026-03-01', home: places.south });
  await add('future', { given: 'Ana', born: '2026-03-02', sex: 'unknown' });
  // Nothing is known of this one.
  await add('nobody', {});

  const ana = [...people].find(([, name]) => name === 'ana')?.[0];
  const made = await pool.query<{ id: string }>("insert into groups (kind) values ('family') returning id");
  groupId = made.rows[0]?.id ?? '';
  const past = await pool.query<{ id: string }>("insert into groups (kind) values ('family') returning id");
  await pool.query('insert into memberships (group_id, individual_id, ended_on) values ($1, $3, null), ($2, $3, $4)', [
    groupId,
    past.rows[0]?.id,
    ana,
    '2020-01-01',
  ]);
  await pool.query(
    "insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://x', 'spdci-1.0')",
  );
  await pool.query('insert into individual_sources (individual_id, data_source_id) select $1, id from data_sources', [
    ana,
  ]);
});
afterAll(() => database.close());

async function found(filter: Filter): Promise<string[]> {
  const parameters: unknown[] = [];
  const condition = compileFilter(filter, parameters, { today: TODAY });
  const { rows } = await database.pool.query<{ id: string }>(
    `select i.id from individuals i where ${condition}`,
    parameters,
  );
  return rows.map(({ id }) => people.get(id) ?? id).sort();
}

const compare = (attribute: AttributeName, operator: Operator, ...values: AttributeValue[]): Filter => {
  return { kind: 'compare', attribute, operator, values };
};
const not = (filter: Filter): Filter => ({ kind: 'not', filter });
const EVERYONE = ['ana', 'bo', 'future', 'nobody', 'сю'];

/** Filter, whom it lets in, and whom its negation lets in: who is in neither is unknown. */
const CASES: readonly (readonly [title: string, filter: () => Filter, yes: string[], no: string[]])[] = [
  ['birth_date eq', () => compare('birth_date', 'eq', '1990-05-10'), ['ana'], ['bo', 'future', 'сю']],
  ['birth_date ne', () => compare('birth_date', 'ne', '1990-05-10'), ['bo', 'future', 'сю'], ['ana']],
  ['birth_date gt', () => compare('birth_date', 'gt', '2024-02-29'), ['future', 'сю'], ['ana', 'bo']],
  ['birth_date ge', () => compare('birth_date', 'ge', '2024-02-29'), ['bo', 'future', 'сю'], ['ana']],
  ['birth_date lt', () => compare('birth_date', 'lt', '2024-02-29'), ['ana'], ['bo', 'future', 'сю']],
  ['birth_date le', () => compare('birth_date', 'le', '2024-02-29'), ['ana', 'bo'], ['future', 'сю']],
  ['birth_date in', () => compare('birth_date', 'in', '1990-05-10', '2024-02-29'), ['ana', 'bo'], ['future', 'сю']],
  ['birth_date in nothing', () => compare('birth_date', 'in'), [], ['ana', 'bo', 'future', 'сю']],
  ['death_date le', () => compare('death_date', 'le', '2025-01-01'), ['bo'], []],
  ['year_of_birth eq', () => compare('year_of_birth', 'eq', 2024), ['bo'], ['ana', 'future', 'сю']],
  ['year_of_birth ne', () => compare('year_of_birth', 'ne', 2026), ['ana', 'bo'], ['future', 'сю']],
  ['year_of_birth gt a fraction', () => compare('year_of_birth', 'gt', 2023.5), ['bo', 'future', 'сю'], ['ana']],
  ['year_of_birth eq a fraction', () => compare('year_of_birth', 'eq', 2023.5), [], ['ana', 'bo', 'future', 'сю']],
  ['year_of_birth in', () => compare('year_of_birth', 'in', 1990, 2024), ['ana', 'bo'], ['future', 'сю']],
  ['year_of_birth beyond the calendar', () => compare('year_of_birth', 'ge', 1e9), [], ['ana', 'bo', 'future', 'сю']],
  ['year_of_birth before it', () => compare('year_of_birth', 'gt', -1e9), ['ana', 'bo', 'future', 'сю'], []],
  ['age eq: born on 29 February, two on 1 March', () => compare('age', 'eq', 2), ['bo'], ['ana', 'сю']],
  ['age ge', () => compare('age', 'ge', 35), ['ana'], ['bo', 'сю']],
  ['age lt: who is not yet born has no age', () => compare('age', 'lt', 3), ['bo', 'сю'], ['ana']],
  ['age in', () => compare('age', 'in', 0, 35), ['ana', 'сю'], ['bo']],
  ['age beyond reason', () => compare('age', 'gt', 1e12), [], ['ana', 'bo', 'сю']],
  ['sex eq', () => compare('sex', 'eq', 'female'), ['ana'], ['bo', 'future', 'сю']],
  ['sex in', () => compare('sex', 'in', 'female', 'male'), ['ana', 'bo'], ['future', 'сю']],
  ['deceased eq', () => compare('deceased', 'eq', true), ['bo'], ['ana', 'future', 'nobody', 'сю']],
  ['deceased ne', () => compare('deceased', 'ne', true), ['ana', 'future', 'nobody', 'сю'], ['bo']],
  ['given_name eq, without case', () => compare('given_name', 'eq', 'ANA'), ['ana', 'future'], ['bo', 'сю']],
  ['given_name eq, in another script', () => compare('given_name', 'eq', 'Сюзанна'), ['сю'], ['ana', 'bo', 'future']],
  ['family_name eq, with accents', () => compare('family_name', 'eq', 'NÚÑEZ'), ['ana', 'сю'], ['bo']],
  ['family_name ne', () => compare('family_name', 'ne', 'núñez'), ['bo'], ['ana', 'сю']],
  ['family_name in', () => compare('family_name', 'in', 'NÚÑEZ', 'other'), ['ana', 'сю'], ['bo']],
  ['family_name in nothing', () => compare('family_name', 'in'), [], ['ana', 'bo', 'сю']],
  ['family_name with a NUL', () => compare('family_name', 'eq', 'a\0b'), [], ['ana', 'bo', 'сю']],
  ['family_name other than a NUL', () => compare('family_name', 'ne', 'a\0b'), ['ana', 'bo', 'сю'], []],
  ['middle_name eq', () => compare('middle_name', 'eq', 'maría'), ['ana'], []],
  ['full_name eq', () => compare('full_name', 'eq', 'ana maría núñez'), ['ana'], ['bo', 'future', 'сю']],
  ['registration_date ge', () => compare('registration_date', 'ge', '2020-01-01T00:00:00Z'), EVERYONE, []],
  ['last_updated lt', () => compare('last_updated', 'lt', '2020-01-01T00:00:00+05:30'), [], EVERYONE],
  [
    'identifier of a type: case and blanks do not count',
    () => ({ kind: 'identifier', type: 'UIN', values: ['700  1'] }),
    ['ana'],
    ['bo', 'future', 'nobody', 'сю'],
  ],
  [
    'identifier of another type is not it',
    () => ({ kind: 'identifier', type: 'BRN', values: ['ab-12', 'x'] }),
    ['bo'],
    ['ana', 'future', 'nobody', 'сю'],
  ],
  [
    'identifier of any type',
    () => ({ kind: 'identifier', type: null, values: ['Ab-12'] }),
    ['ana', 'bo'],
    ['future', 'nobody', 'сю'],
  ],
  ['identifier of a type with a NUL', () => ({ kind: 'identifier', type: 'a\0', values: ['1'] }), [], EVERYONE],
  ['no identifier asked for', () => ({ kind: 'identifier', type: null, values: [] }), [], EVERYONE],
  [
    'within: the place and all below',
    () => ({ kind: 'within', place: 'birth', locationIds: [places.north ?? ''] }),
    ['ana'],
    ['bo'],
  ],
  [
    'within the root',
    () => ({ kind: 'within', place: 'birth', locationIds: [places.country ?? ''] }),
    ['ana', 'bo'],
    [],
  ],
  [
    'within the home place',
    () => ({ kind: 'within', place: 'home', locationIds: [places.north ?? '', places.clinic ?? ''] }),
    ['ana'],
    ['сю'],
  ],
  [
    'within no place of ours',
    () => ({ kind: 'within', place: 'birth', locationIds: ['elsewhere'] }),
    [],
    ['ana', 'bo'],
  ],
  [
    'birth place of a type; a place without type is unknown',
    () => ({ kind: 'birth_place_type', types: ['health_facility'] }),
    ['ana'],
    [],
  ],
  ['birth place of no type', () => ({ kind: 'birth_place_type', types: [] }), [], ['ana']],
  [
    'member of a group now',
    () => ({ kind: 'member_of', groupIds: [groupId] }),
    ['ana'],
    ['bo', 'future', 'nobody', 'сю'],
  ],
  ['from a source', () => ({ kind: 'from_source', codes: ['crvs'] }), ['ana'], ['bo', 'future', 'nobody', 'сю']],
  ['name contains every word', () => ({ kind: 'name_contains', text: ' ÑEZ  ana' }), ['ana'], ['bo', 'future', 'сю']],
  ['name contains no word', () => ({ kind: 'name_contains', text: '  ' }), ['ana', 'bo', 'future', 'сю'], []],
  [
    'a percent sign in a name search stands for itself',
    () => ({ kind: 'name_contains', text: '%' }),
    ['bo'],
    ['ana', 'future', 'сю'],
  ],
  ['so does an underscore', () => ({ kind: 'name_contains', text: '_' }), ['bo'], ['ana', 'future', 'сю']],
  ['and a backslash', () => ({ kind: 'name_contains', text: '\\x' }), ['bo'], ['ana', 'future', 'сю']],
  ['name contains a NUL', () => ({ kind: 'name_contains', text: 'a\0' }), [], ['ana', 'bo', 'future', 'сю']],
  ['ids that are none', () => ({ kind: 'ids', ids: ["x' or true --", ''] }), [], EVERYONE],
  ['everybody', () => EVERYBODY, EVERYONE, []],
  ['nobody', () => NOBODY, [], EVERYONE],
  [
    'and: false wins over unknown',
    () => allOf([compare('sex', 'eq', 'male'), compare('death_date', 'ge', '2020-01-01')]),
    ['bo'],
    ['ana', 'future', 'сю'],
  ],
  [
    'or: true wins over unknown',
    () => ({ kind: 'or', filters: [compare('family_name', 'eq', 'x'), compare('deceased', 'eq', false)] }),
    ['ana', 'future', 'nobody', 'сю'],
    ['bo'],
  ],
];

test.each(CASES)('%s', async (_title, filter, yes, no) => {
  expect(await found(filter())).toEqual([...yes].sort());
  expect(await found(not(filter()))).toEqual([...no].sort());
  expect(await found(not(not(filter())))).toEqual([...yes].sort());
});

test('ids ask for exactly those people', async () => {
  const [[ana = '', name] = []] = people;
  expect(await found({ kind: 'ids', ids: [ana.toUpperCase(), 'x'] })).toEqual([name]);
});

test('injection attempts are values like any other and never text of the statement', () => {
  const attack = "'; drop table individuals; --";
  const attacks: Filter[] = [
    compare('family_name', 'eq', attack),
    compare('sex', 'in', attack),
    { kind: 'identifier', type: attack, values: [attack] },
    { kind: 'birth_place_type', types: [attack] },
    { kind: 'from_source', codes: [attack] },
    { kind: 'name_contains', text: attack },
    { kind: 'ids', ids: [attack] },
    { kind: 'member_of', groupIds: [attack] },
    { kind: 'within', place: 'home', locationIds: [attack] },
  ];
  const parameters: unknown[] = [];
  expect(compileFilter({ kind: 'or', filters: attacks }, parameters)).not.toMatch(/drop|;|--/u);
});

test('an injection attempt finds nobody and harms nothing', async () => {
  expect(await found(compare('family_name', 'eq', "x' or '1'='1"))).toEqual([]);
  expect(await found({ kind: 'name_contains', text: "'); delete from individuals; --" })).toEqual([]);
  expect(await found(EVERYBODY)).toEqual([...EVERYONE].sort());
});

test.each<[string, Filter]>([
  ['a date that does not exist', compare('birth_date', 'eq', '2021-02-30')],
  ['a date in words', compare('birth_date', 'gt', 'yesterday')],
  ['a number for a date', compare('birth_date', 'gt', 2020)],
  ['an instant without zone', compare('last_updated', 'gt', '2020-01-01T00:00:00')],
  ['a zone that no place has', compare('last_updated', 'gt', '2020-01-01T00:00:00+23:00')],
  ['a text for a number', compare('age', 'eq', '3')],
  ['a number for a text', compare('given_name', 'eq', 3)],
  ['a text for a truth', compare('deceased', 'eq', 'true')],
  ['an order of names', compare('given_name', 'gt', 'a')],
  ['two values for eq', compare('sex', 'eq', 'male', 'female')],
  ['no value for lt', compare('birth_date', 'lt')],
  ['infinity', compare('age', 'lt', Infinity)],
  ['a word that is longer than any name', { kind: 'name_contains', text: 'x'.repeat(257) }],
  ['too many words', { kind: 'name_contains', text: Array.from({ length: 17 }, (_, word) => String(word)).join(' ') }],
])('%s is refused before the database sees it', (_title, filter) => {
  let refusal: unknown;
  try {
    compileFilter(filter, []);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ name: 'Problem', code: 'FILTER_VALUE_INVALID' });
});

test('a list of any length is one parameter', () => {
  const text = (count: number): string =>
    compileFilter(compare('year_of_birth', 'in', ...Array.from({ length: count }, (_, index) => 1900 + 2 * index)), []);
  expect(text(50)).toBe(text(2));
  const names = (count: number): string =>
    compileFilter(compare('family_name', 'in', ...Array.from({ length: count }, String)), []);
  expect(names(1000)).toBe(names(1));
});
