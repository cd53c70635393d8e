import { randomUUID } from 'node:crypto';
import { queryableFor, withRows } from '../../src/database/limited.js';
import type { Queryable } from '../../src/database/pool.js';
import type { RowLimits } from '../../src/record/access.js';
import { addPerson, addPlace } from '../registry/people.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

/** Tables of people, and a column that names somebody or a group: what is read of them tells who is shown. */
const TABLES: readonly (readonly [table: string, person: string])[] = [
  ['individuals', 'id'],
  ['identifiers', 'individual_id'],
  ['individual_sources', 'individual_id'],
  ['marriages', 'individual_id'],
  ['farmers', 'individual_id'],
  ['disabilities', 'individual_id'],
  ['memberships', 'individual_id'],
];

let database: TestDatabase;
let north: string;
let south: string;
let village: string;
/** `ann` of the north and `ben` of the south are a couple in one household; `cleo` of the village is alone. */
let ann: string;
let ben: string;
let cleo: string;
let together: string;
let alone: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  const land = await addPlace(pool, 'Land', 'country', null);
  north = await addPlace(pool, 'North', 'region', land);
  south = await addPlace(pool, 'South', 'region', land);
  village = await addPlace(pool, 'Village', 'village', north);
  ann = await addPerson(pool, { given: 'Ann', home: north, birthPlace: south, identifiers: { UIN: '1' } });
  ben = await addPerson(pool, { given: 'Ben', home: south, birthPlace: south, identifiers: { UIN: '2' } });
  cleo = await addPerson(pool, { given: 'Cleo', home: village, birthPlace: village, identifiers: { UIN: '3' } });
  await addPerson(pool, { given: 'Dot', identifiers: { UIN: '4' } });
  [together, alone] = [randomUUID(), randomUUID()];
  for (const [text, ...values] of [
    [`insert into groups (id, name, kind) values ($1, 'T', 'household'), ($2, 'A', 'household')`, together, alone],
    [`insert into group_identifiers (group_id, type, value, value_key) select id, 'H', name, name from groups`],
    [
      `insert into memberships (group_id, individual_id) values ($1, $2), ($1, $3), ($4, $5)`,
      together,
      ann,
      ben,
      alone,
      cleo,
    ],
    [`insert into memberships (group_id, individual_id, ended_on) values ($1, $2, '2020-01-01')`, alone, ben],
    [
      `insert into relationships (type, source_id, target_id) values ('spouse_of', $1, $2), ('mother_of', $1, $3)`,
      ann,
      ben,
      cleo,
    ],
    [`insert into marriages (individual_id, married_on) select id, '2020-01-01' from individuals`],
    [`insert into farmers (individual_id) select id from individuals`],
    [`insert into disabilities (individual_id) select id from individuals`],
    [
      `insert into data_sources (code, name, base_url, dialect) values ('civil', 'C', 'http://c', 'x'), ('health', 'H', 'http://h', 'x')`,
    ],
    [`insert into individual_sources (individual_id, data_source_id) select $1::uuid, id from data_sources`, ann],
    [
      `insert into individual_sources (individual_id, data_source_id) select $1::uuid, id from data_sources where code = 'civil'`,
      cleo,
    ],
    [`insert into programmes (identifier, identifier_key) values ('cash 1', 'CASH 1'), ('food', 'FOOD')`],
    [
      `insert into enrolments (programme_id, group_id) select id, $1::uuid from programmes where identifier = 'cash 1'`,
      together,
    ],
    [`insert into enrolments (programme_id, individual_id) select id, $1::uuid from programmes`, cleo],
  ] as const) {
    await pool.query({ text, values });
  }
});
afterAll(() => database.close());

function limitedTo(...rowLimits: readonly RowLimits[]): Queryable {
  return queryableFor(database.pool, { rowLimits });
}

async function idsOf(db: Queryable, table: string, column = 'id'): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({ text: `select distinct ${column} as id from ${table} order by 1` });
  return rows.map(({ id }) => id);
}

const CASES: readonly (readonly [name: string, limits: () => readonly RowLimits[], shown: () => readonly string[]])[] =
  [
    ['a place and what lies below', () => [{ within: [north] }], () => [ann, cleo]],
    ['several places', () => [{ within: [village, south] }], () => [ben, cleo]],
    ['the place of birth', () => [{ bornWithin: [south] }], () => [ann, ben]],
    ['both places', () => [{ within: [north], bornWithin: [south] }], () => [ann]],
    ['a source', () => [{ sources: ['civil'] }], () => [ann, cleo]],
    ['two limits that must both hold', () => [{ sources: ['civil'] }, { sources: ['health'] }], () => [ann]],
    ['places of two limits', () => [{ within: [north] }, { within: [village] }], () => [cleo]],
    ['places that have nothing in common', () => [{ within: [south] }, { within: [north] }], () => []],
    ['a programme, also of a household', () => [{ programmes: ['Cash  1'] }], () => [ann, ben, cleo]],
    ['a programme of persons', () => [{ programmes: ['food', 'other'] }], () => [cleo]],
    ['words that nobody has', () => [{ sources: ["x' or true --", 'a\0'] }], () => []],
  ];

test.each(CASES)('limited to %s, no statement reads anything of anybody else', async (_name, limits, shown) => {
  const db = limitedTo(...limits());
  const people = shown().toSorted();
  for (const [table, column] of TABLES) {
    const read = await idsOf(db, table, column);
    expect(read.filter((id) => !people.includes(id))).toEqual([]);
    if (table !== 'individual_sources' && table !== 'memberships') expect(read).toEqual(people);
  }
  const groups = [
    ...(people.includes(ann) || people.includes(ben) ? [together] : []),
    ...(people.includes(cleo) ? [alone] : []),
  ].toSorted();
  expect(await idsOf(db, 'groups')).toEqual(groups);
  expect(await idsOf(db, 'group_identifiers', 'group_id')).toEqual(groups);
  expect(await idsOf(db, 'group_sizes', 'group_id')).toEqual(groups);
  const { rows: ties } = await db.query<{ ends: string[] }>({
    text: 'select array[source_id, target_id] as ends from relationships',
  });
  expect(ties.flatMap(({ ends }) => ends).filter((id) => !people.includes(id))).toEqual([]);
  const { rows: enrolled } = await db.query<{ who: string }>({
    text: 'select coalesce(individual_id, group_id) as who from enrolments',
  });
  expect(enrolled.map(({ who }) => who).filter((id) => !people.includes(id) && !groups.includes(id))).toEqual([]);
});

test('nothing said is nobody shown, and what was said is gone with the transaction', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('begin; set local search_path = limited, public');
    expect(await idsOf(client, 'individuals')).toEqual([]);
    await client.query('commit');
  } finally {
    client.release();
  }
  expect(await idsOf(limitedTo({ within: [south] }), 'individuals')).toEqual([ben]);
  expect(await idsOf(database.pool, 'individuals')).toHaveLength(4);
});

test('the tables behind, the secrets of sources and everything else cannot be reached, and nothing can be written', async () => {
  const db = limitedTo({ within: [south] });
  for (const text of [
    'select * from public.individuals',
    'select * from public.identifiers',
    'select * from api_clients',
    'select * from public.data_sources',
    'select client_secret_sealed from data_sources',
  ]) {
    await expect(db.query({ text })).rejects.toThrow(/permission denied|does not exist/u);
  }
  await expect(db.query({ text: `update individuals set given_name = 'x'` })).rejects.toThrow(
    /read-only|permission denied/u,
  );
  expect(await idsOf(db, 'individuals')).toEqual([ben]);
});

test('several statements run in one transaction; one that fails leaves the connection usable', async () => {
  const shown = await withRows(database.pool, { rowLimits: [{ within: [south] }] }, async (db) => {
    return [await idsOf(db, 'individuals'), await idsOf(db, 'identifiers', 'individual_id')];
  });
  expect(shown).toEqual([[ben], [ben]]);
  await expect(limitedTo({ within: [south] }).query({ text: 'select 1/0' })).rejects.toThrow('division');
  expect(database.pool.idleCount).toBe(database.pool.totalCount);
});

test('whoever is not limited reads from the pool itself', () => {
  expect(queryableFor(database.pool, { rowLimits: [] })).toBe(database.pool);
});
