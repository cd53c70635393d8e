import { ALL_FIELDS } from '../../src/record/fields.js';
import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { loadIndividualAnswers } from '../../src/registry/answers/individual-answers.js';
import { findIndividuals } from '../../src/registry/individuals.js';
import { createLoaders } from '../../src/registry/loaders.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { addPerson, addPlace } from './people.js';

const EVERYTHING = { visible: EVERYBODY, fields: ALL_FIELDS } as const;

let database: TestDatabase;
let ids: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  await loadDemo(database.pool, { individuals: 120 });
  ids = (await findIndividuals(database.pool, { ...EVERYTHING, filter: EVERYBODY, first: 1000 })).items.map(
    ({ id }) => id,
  );
});
afterAll(() => database.close());
beforeEach(() => {
  database.statements.length = 0;
});

/** Everything that hangs on these people, as nested fields of one query would ask for it. */
async function loadAll(people: readonly string[]): Promise<void> {
  const loaders = createLoaders(database.pool, EVERYBODY, ALL_FIELDS);
  await Promise.all(
    people.map(async (id) => {
      const [individual, memberships, relationships] = await Promise.all([
        loaders.individualById.load(id),
        loaders.membershipsByIndividual.load(id),
        loaders.relationshipsByIndividual.load(id),
        loaders.identifiersByIndividual.load(id),
        loaders.sourcesByIndividual.load(id),
      ]);
      await Promise.all([
        ...memberships.map(({ groupId }) => loaders.groupById.load(groupId)),
        ...memberships.map(({ groupId }) => loaders.membershipsByGroup.load(groupId)),
        ...relationships.map(({ sourceId }) => loaders.individualById.load(sourceId)),
        ...[individual?.birthLocationId, individual?.homeLocationId].flatMap((place) =>
          typeof place === 'string' ? [loaders.locationById.load(place), loaders.ancestorsByLocation.load(place)] : [],
        ),
      ]);
    }),
  );
}

test('the number of statements does not depend on the number of people', async () => {
  await loadAll(ids.slice(0, 5));
  const few = database.statements.length;
  database.statements.length = 0;
  await loadAll(ids);
  expect(ids).toHaveLength(120);
  // Fewer, where somebody's mother is among them already.
  expect(database.statements.length).toBeLessThanOrEqual(few);
  expect(few).toBeLessThanOrEqual(11);
});

test('answers for any number of people take one statement', async () => {
  const { items } = await findIndividuals(database.pool, { ...EVERYTHING, filter: EVERYBODY, first: 1000 });
  database.statements.length = 0;
  expect(await loadIndividualAnswers(database.pool, items, EVERYTHING, 'social')).toHaveLength(120);
  expect(database.statements).toHaveLength(1);
  database.statements.length = 0;
  expect(await loadIndividualAnswers(database.pool, [], EVERYTHING, 'social')).toEqual([]);
  expect(database.statements).toHaveLength(0);
});

test('ids that are none are answered without asking the database, beside those that are', async () => {
  const loaders = createLoaders(database.pool, EVERYBODY, ALL_FIELDS);
  const [id = ''] = ids;
  expect(await loaders.individualById.load("x' or true --")).toBeNull();
  expect(await loaders.identifiersByIndividual.load('x')).toEqual([]);
  expect(database.statements).toHaveLength(0);
  const [none, found] = await Promise.all([
    loaders.individualById.load('00000000-0000-4000-8000-000000000000'),
    loaders.individualById.load(id.toUpperCase()),
  ]);
  expect([none, found?.id]).toEqual([null, id]);
});

test('a person is found by identifier without case, outer or repeated blanks, by the right type only', async () => {
  const id = await addPerson(database.pool, { family: 'Found', identifiers: { NID: 'Ab 12' } });
  const loaders = createLoaders(database.pool, EVERYBODY, ALL_FIELDS);
  const found = await Promise.all(
    [
      { type: 'NID', value: ' aB   12 ' },
      { type: 'NID', value: 'AB 12' },
      { type: 'BRN', value: 'Ab 12' },
      { type: 'NID', value: 'Ab\u000012' },
      { type: 'NID', value: 'ab12' },
    ].map((identifier) => loaders.individualByIdentifier.load(identifier)),
  );
  expect(found.map((individual) => individual?.id ?? null)).toEqual([id, id, null, null, null]);
  expect(database.statements.filter((text) => text.includes('value_key'))).toHaveLength(2);
  expect(await loaders.identifiersByIndividual.load(id)).toEqual([{ type: 'NID', value: 'Ab 12', dataSourceId: null }]);
});

test('people whom the caller may not see are not there, by id or by identifier', async () => {
  const id = await addPerson(database.pool, { sex: 'male', identifiers: { NID: 'hidden-1' } });
  const visible: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] };
  const loaders = createLoaders(database.pool, visible, ALL_FIELDS);
  expect(await loaders.individualById.load(id)).toBeNull();
  expect(await loaders.individualByIdentifier.load({ type: 'NID', value: 'hidden-1' })).toBeNull();
  const all = await createLoaders(database.pool, EVERYBODY, ALL_FIELDS).individualById.loadMany(ids);
  const seen = await createLoaders(database.pool, visible, ALL_FIELDS).individualById.loadMany(ids);
  expect(seen.filter((person) => person !== null)).toEqual(
    all.filter((person) => person !== null && !(person instanceof Error) && person.sex === 'female'),
  );
});

test('a tie is seen from both of its ends, once from each', async () => {
  const mother = await addPerson(database.pool, {});
  const child = await addPerson(database.pool, {});
  const { rows } = await database.pool.query<{ id: string }>(
    "insert into relationships (type, source_id, target_id) values ('mother_of', $1, $2) returning id",
    [mother, child],
  );
  const expected = [{ id: rows[0]?.id, type: 'mother_of', sourceId: mother, targetId: child }];
  const together = createLoaders(database.pool, EVERYBODY, ALL_FIELDS).relationshipsByIndividual;
  expect(await Promise.all([together.load(mother), together.load(child)])).toEqual([expected, expected]);
  expect(await createLoaders(database.pool, EVERYBODY, ALL_FIELDS).relationshipsByIndividual.load(child)).toEqual(
    expected,
  );
});

test('only current memberships are told, the head of a group first', async () => {
  const group = await database.pool.query<{ id: string }>(
    "insert into groups (kind) values ('household') returning id",
  );
  const groupId = group.rows[0]?.id ?? '';
  const [a, b, gone] = await Promise.all([{}, {}, {}].map((person) => addPerson(database.pool, person)));
  await database.pool.query(
    `insert into memberships (group_id, individual_id, role, ended_on) values
       ($1, $2, null, null), ($1, $3, 'head', null), ($1, $4, 'head', '2020-01-01')`,
    [groupId, a, b, gone],
  );
  const loaders = createLoaders(database.pool, EVERYBODY, ALL_FIELDS);
  const members = await loaders.membershipsByGroup.load(groupId);
  expect(members.map(({ individualId, role }) => [individualId, role])).toEqual([
    [b, 'head'],
    [a, null],
  ]);
  expect(await loaders.membershipsByIndividual.load(gone ?? '')).toEqual([]);
  expect((await loaders.groupById.load(groupId))?.kind).toBe('household');
});

test('a group has one head at most, whoever writes it', async () => {
  const group = await database.pool.query<{ id: string }>("insert into groups (kind) values ('family') returning id");
  const groupId = group.rows[0]?.id;
  const [a, b] = await Promise.all([{}, {}].map((person) => addPerson(database.pool, person)));
  const insert = "insert into memberships (group_id, individual_id, role, ended_on) values ($1, $2, 'head', $3)";
  await database.pool.query(insert, [groupId, a, null]);
  await expect(database.pool.query(insert, [groupId, b, null])).rejects.toMatchObject({
    constraint: 'memberships_one_head',
  });
  await database.pool.query(insert, [groupId, b, '2020-01-01']);
});

test('the places above a place come nearest first, without the place itself', async () => {
  const country = await addPlace(database.pool, 'A', 'country', null);
  const district = await addPlace(database.pool, 'B', null, country);
  const clinic = await addPlace(database.pool, 'C', 'clinic', district);
  const loaders = createLoaders(database.pool, EVERYBODY, ALL_FIELDS);
  const [above, none] = await Promise.all([
    loaders.ancestorsByLocation.load(clinic),
    loaders.ancestorsByLocation.load(country),
  ]);
  expect(above).toEqual([
    { id: district, name: 'B', type: null, parentId: country },
    { id: country, name: 'A', type: 'country', parentId: null },
  ]);
  expect(none).toEqual([]);
});

test('an answer holds identifiers, places with what contains them, and the parents, the mother first', async () => {
  const { pool } = database;
  const country = await addPlace(pool, 'Land', 'country', null);
  const clinic = await addPlace(pool, 'Klinik', 'clinic', country);
  const father = await addPerson(pool, { given: 'Fa', sex: 'male' });
  const mother = await addPerson(pool, { given: 'Mo', home: country, identifiers: { NID: 'M-1', BRN: 'M-2' } });
  const unclear = await addPerson(pool, { given: 'Pa' });
  const child = await addPerson(pool, { given: 'Ki', birthPlace: clinic, identifiers: { UIN: 'C-1' } });
  for (const [type, parent] of [
    ['parent_of', unclear],
    ['father_of', father],
    ['mother_of', mother],
    ['spouse_of', unclear],
  ]) {
    await pool.query('insert into relationships (type, source_id, target_id) values ($1, $2, $3)', [
      type,
      parent,
      child,
    ]);
  }
  const { items } = await findIndividuals(pool, { ...EVERYTHING, filter: { kind: 'ids', ids: [child] } });
  const [answer] = await loadIndividualAnswers(pool, items, EVERYTHING, 'social');
  expect(answer).toEqual({
    individual: items[0],
    shown: ALL_FIELDS,
    identifiers: [{ type: 'UIN', value: 'C-1' }],
    birthPlace: {
      id: clinic,
      name: 'Klinik',
      type: 'clinic',
      ancestors: [{ id: country, name: 'Land', type: 'country' }],
    },
    deathPlace: null,
    deathPlaceText: null,
    homePlace: null,
    maritalStatus: null,
    marriages: [],
    phoneNumbers: [],
    emails: [],
    attributes: {},
    related: [
      ['mother', mother],
      ['father', father],
      ['parent', unclear],
      ['spouse', unclear],
    ].map(([relationship, id]) => expect.objectContaining({ relationship, id }) as unknown),
    disability: null,
    parents: [
      {
        id: mother,
        role: 'mother',
        identifiers: [
          { type: 'BRN', value: 'M-2' },
          { type: 'NID', value: 'M-1' },
        ],
        name: { given: 'Mo', middle: null, family: null },
        homePlaceId: country,
      },
      {
        id: father,
        role: 'father',
        identifiers: [],
        name: { given: 'Fa', middle: null, family: null },
        homePlaceId: null,
      },
      {
        id: unclear,
        role: 'parent',
        identifiers: [],
        name: { given: 'Pa', middle: null, family: null },
        homePlaceId: null,
      },
    ],
  });

  const men: Filter = { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] };
  const [narrow] = await loadIndividualAnswers(pool, items, { visible: men, fields: ALL_FIELDS }, 'social');
  expect(narrow?.parents.map(({ role }) => role)).toEqual(['father']);
});
