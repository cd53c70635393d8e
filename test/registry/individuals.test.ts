import { ALL_FIELDS } from '../../src/record/fields.js';
import { nameOfReference } from '../../src/record/attributes.js';
import type { Pool } from 'pg';
import { allOf, EVERYBODY, type Filter, NOBODY } from '../../src/record/filter.js';
import type { Individual } from '../../src/record/individual.js';
import type { Sort } from '../../src/record/sort.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { countIndividuals, findIndividuals } from '../../src/registry/individuals.js';
import { findRecordPage } from '../../src/registry/queries/record-pages.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { addPerson } from './people.js';

const EVERYTHING = { visible: EVERYBODY, fields: ALL_FIELDS } as const;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await loadDemo(pool, { individuals: 90 });
  // People of whom little is known, so that each order has unknown values, some of them beside known ones.
  for (let index = 0; index < 9; index += 1) {
    await addPerson(
      pool,
      index % 3 === 0 ? {} : index % 3 === 1 ? { family: 'Tembo' } : { sex: 'male', family: 'tembo' },
    );
  }
});
afterAll(() => database.close());

const asc = (attribute: Sort['attribute']): Sort => ({ attribute, direction: 'asc' });
const desc = (attribute: Sort['attribute']): Sort => ({ attribute, direction: 'desc' });
const BORN_2000S: Filter = allOf([
  { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: ['2000-01-01'] },
  { kind: 'compare', attribute: 'birth_date', operator: 'lt', values: ['2020-01-01'] },
]);
const idsOf = (individuals: readonly Individual[]): string[] => individuals.map(({ id }) => id);

async function walk(way: 'forward' | 'backward', sort: Sort[], size: number, between?: () => Promise<unknown>) {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await findIndividuals(
      pool,
      way === 'forward'
        ? { ...EVERYTHING, filter: EVERYBODY, sort, first: size, after: cursor }
        : { ...EVERYTHING, filter: EVERYBODY, sort, last: size, before: cursor },
    );
    if (way === 'forward') ids.push(...idsOf(page.items));
    else ids.unshift(...idsOf(page.items));
    expect(way === 'forward' ? page.hasPreviousPage : page.hasNextPage).toBe(cursor !== undefined);
    if (!(way === 'forward' ? page.hasNextPage : page.hasPreviousPage)) return ids;
    cursor = page.cursorAt(way === 'forward' ? page.items.length - 1 : 0);
    await between?.();
  }
}

const SORTS: Sort[][] = [
  [],
  [asc('birth_date')],
  [desc('birth_date')],
  [desc('age')],
  [asc('year_of_birth'), desc('given_name')],
  [asc('sex')],
  [desc('sex'), asc('birth_date')],
  [asc('deceased'), asc('family_name')],
  [asc('family_name'), desc('given_name'), asc('middle_name')],
  [desc('middle_name')],
  [desc('death_date'), asc('full_name')],
  [asc('registration_date')],
  [desc('last_updated'), asc('sex')],
];

test.each(
  SORTS.map(
    (sort) =>
      [
        JSON.stringify(sort.map(({ attribute, direction }) => `${nameOfReference(attribute)} ${direction}`)),
        sort,
      ] as const,
  ),
)('pages of any size walked forwards and backwards in the order %s are the whole list', async (_title, sort) => {
  const whole = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort, first: 1000 });
  expect(whole.items).toHaveLength(99);
  expect(new Set(idsOf(whole.items)).size).toBe(99);
  expect([whole.hasNextPage, whole.hasPreviousPage]).toEqual([false, false]);
  expect(await walk('forward', sort, 7)).toEqual(idsOf(whole.items));
  expect(await walk('backward', sort, 11)).toEqual(idsOf(whole.items));
  expect(await walk('forward', sort, 33)).toEqual(idsOf(whole.items));
});

test('an order is the one asked for, without case, unknown values last in either direction', async () => {
  for (const direction of ['asc', 'desc'] as const) {
    const { items } = await findIndividuals(pool, {
      ...EVERYTHING,
      filter: EVERYBODY,
      sort: [{ attribute: 'birth_date', direction }, asc('family_name')],
      first: 1000,
    });
    const dates = items.map(({ birthDate }) => birthDate?.date ?? null);
    const known = dates.filter((date) => date !== null).sort();
    expect(dates).toEqual([...(direction === 'asc' ? known : known.reverse()), ...Array<null>(9).fill(null)]);
    expect(items.slice(-9).map(({ name }) => name.family?.toLowerCase() ?? null)).toEqual([
      ...Array<string>(6).fill('tembo'),
      ...Array<null>(3).fill(null),
    ]);
  }
  const byAge = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort: [asc('age')], first: 1 });
  const byBirth = await findIndividuals(pool, {
    ...EVERYTHING,
    filter: EVERYBODY,
    sort: [desc('birth_date')],
    first: 1,
  });
  expect(byAge.items[0]?.birthDate).toEqual(byBirth.items[0]?.birthDate);
});

test('people who are added while a list is walked neither repeat nor hide the others', async () => {
  const added = new Set<string>();
  const before = await walk('forward', [asc('family_name')], 1000);
  const seen = await walk('forward', [asc('family_name')], 10, async () => {
    added.add(await addPerson(pool, { family: 'Aaa' }));
    added.add(await addPerson(pool, { family: 'Zzz' }));
    added.add(await addPerson(pool, {}));
  });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((id) => !added.has(id))).toEqual(before);
  await pool.query('delete from individuals where id = any($1)', [[...added]]);
});

test('a page goes on behind its cursor even when the person it marked is gone', async () => {
  const id = await addPerson(pool, { born: '1970-01-01' });
  const to: Filter = { kind: 'compare', attribute: 'birth_date', operator: 'le', values: ['1970-01-01'] };
  const page = await findIndividuals(pool, { ...EVERYTHING, filter: to, sort: [desc('birth_date')], first: 1 });
  expect(idsOf(page.items)).toEqual([id]);
  await pool.query('delete from individuals where id = $1', [id]);
  const next = await findIndividuals(pool, {
    ...EVERYTHING,
    filter: to,
    sort: [desc('birth_date')],
    first: 5,
    after: page.cursorAt(0),
  });
  expect(next.items.every(({ birthDate }) => birthDate !== null && birthDate.date <= '1970-01-01')).toBe(true);
  expect(next.items).toHaveLength(Math.min(5, await countIndividuals(pool, { ...EVERYTHING, filter: to })));
});

test('moments closer together than a millisecond still have their own place in the order', async () => {
  const ids: string[] = [];
  for (const micros of ['000001', '000002', '000003']) {
    ids.push(await addPerson(pool, { family: 'Micro', createdAt: `2001-01-01T00:00:00.${micros}Z` }));
  }
  const filter: Filter = { kind: 'compare', attribute: 'family_name', operator: 'eq', values: ['micro'] };
  const sort = [asc('registration_date')];
  const first = await findIndividuals(pool, { ...EVERYTHING, filter, sort, first: 1 });
  const second = await findIndividuals(pool, { ...EVERYTHING, filter, sort, first: 1, after: first.cursorAt(0) });
  expect([...idsOf(first.items), ...idsOf(second.items)]).toEqual(ids.slice(0, 2));
  await pool.query('delete from individuals where id = any($1)', [ids]);
});

describe('a cursor', () => {
  test.each<[string, string]>([
    ['rubbish', 'rubbish'],
    ['nothing', ''],
    ['JSON that is no list', Buffer.from('{}').toString('base64url')],
    ['a list of something else', Buffer.from('[[1]]').toString('base64url')],
    ['SQL', "' or true --"],
  ])('that is %s is refused', async (_title, after) => {
    await expect(findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, first: 1, after })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    });
  });

  test('of a list in another order is refused', async () => {
    const page = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort: [asc('birth_date')], first: 1 });
    const after = page.cursorAt(0);
    for (const sort of [[], [desc('birth_date')], [asc('death_date')], [asc('birth_date'), asc('sex')]]) {
      await expect(
        findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort, first: 1, after }),
      ).rejects.toMatchObject({
        code: 'CURSOR_INVALID',
      });
    }
  });

  test('that somebody changed is refused, not sent to the database', async () => {
    const page = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort: [asc('birth_date')], first: 1 });
    const [mark, , id] = JSON.parse(Buffer.from(page.cursorAt(0), 'base64url').toString()) as string[];
    const forged = [
      [mark, '2021-02-30', id],
      [mark, 'x', id],
      [mark, '2021-02-03', 'x'],
      [mark, '2021-02-03', null],
      [mark, '2021-02-03'],
      [mark, '2021-02-03', id, id],
    ];
    for (const parts of forged) {
      const after = Buffer.from(JSON.stringify(parts)).toString('base64url');
      await expect(
        findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort: [asc('birth_date')], first: 1, after }),
      ).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    }
  });
});

test.each([
  [{ first: 1, last: 1 }],
  [{ first: 1, before: 'x' }],
  [{ last: 1, after: 'x' }],
  [{ first: -1 }],
  [{ last: 1.5 }],
  [{ first: 10_001 }],
])('page arguments %j are refused', async (page) => {
  await expect(findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, ...page })).rejects.toMatchObject({
    code: 'PAGE_INVALID',
  });
});

test('a page of no rows says whether there are any', async () => {
  const some = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, first: 0 });
  expect([some.items.length, some.hasNextPage]).toEqual([0, true]);
  const none = await findIndividuals(pool, { ...EVERYTHING, filter: NOBODY, first: 0 });
  expect([none.items.length, none.hasNextPage]).toEqual([0, false]);
});

test('an unbounded question is answered with one page, never with the whole registry', async () => {
  const { items, hasNextPage } = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY });
  expect([items.length, hasNextPage]).toEqual([50, true]);
});

test('nothing in the filter of a caller widens what the caller may see', async () => {
  const visible = BORN_2000S;
  const seen = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, visible, first: 1000 });
  expect(seen.items.length).toBeGreaterThan(0);
  expect(seen.items.length).toBeLessThan(90);
  const hidden: Filter = { kind: 'not', filter: visible };
  const attempts: Filter[] = [
    { kind: 'or', filters: [EVERYBODY, hidden] },
    { kind: 'not', filter: NOBODY },
    { kind: 'or', filters: [visible, { kind: 'name_contains', text: ') or (true' }, EVERYBODY] },
  ];
  for (const filter of attempts) {
    const found = await findIndividuals(pool, { ...EVERYTHING, filter, visible, first: 1000 });
    expect(idsOf(found.items)).toEqual(idsOf(seen.items));
    expect(await countIndividuals(pool, { ...EVERYTHING, filter, visible })).toBe(seen.items.length);
    const page = await findRecordPage(pool, { ...EVERYONE, filter, visible, page: { size: 1000, number: 1 } });
    expect(page.total).toBe(seen.items.length);
  }
  expect((await findIndividuals(pool, { ...EVERYTHING, filter: hidden, visible })).items).toEqual([]);
});

/** Everybody, in whatever order. */
const EVERYONE = { record: 'individual', visible: EVERYBODY, sort: [] } as const;

describe('numbered pages', () => {
  test('are the list cut into pieces, each with the number of all matches; beyond the end there is nothing', async () => {
    const sort = [desc('death_date'), asc('family_name')];
    const whole = await findIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, sort, first: 1000 });
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      const page = await findRecordPage(pool, { ...EVERYONE, filter: EVERYBODY, sort, page: { size: 30, number } });
      expect(page.total).toBe(99);
      ids.push(...page.items);
    }
    expect(ids).toEqual(idsOf(whole.items));
  });

  test('cost one statement, and one more to count where the page does not tell', async () => {
    database.statements.length = 0;
    expect((await findRecordPage(pool, { ...EVERYONE, filter: NOBODY, page: { size: 10, number: 1 } })).total).toBe(0);
    expect(database.statements).toHaveLength(1);
    await findRecordPage(pool, { ...EVERYONE, filter: EVERYBODY, page: { size: 10, number: 2 } });
    expect(database.statements).toHaveLength(3);
  });

  test('too far behind are refused in the words of the standard', async () => {
    const far = { size: 100, number: 102 };
    await expect(findRecordPage(pool, { ...EVERYONE, filter: EVERYBODY, page: far })).rejects.toMatchObject({
      code: 'rjct.search.too_many_records_found',
    });
  });

  test.each([
    { size: 0, number: 1 },
    { size: 10, number: 0 },
    { size: 10_001, number: 1 },
    { size: 1.5, number: 1 },
    { size: 10, number: NaN },
  ])('of %j are refused', async (page) => {
    await expect(findRecordPage(pool, { ...EVERYONE, filter: EVERYBODY, page })).rejects.toMatchObject({
      code: 'PAGE_INVALID',
    });
  });
});

test('a count stops at its cap', async () => {
  expect(await countIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY })).toBe(99);
  expect(await countIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, cap: 10 })).toBe(11);
  expect(await countIndividuals(pool, { ...EVERYTHING, filter: EVERYBODY, cap: 99 })).toBe(99);
});

test('a question asked again is kept prepared, unless its best plan depends on what is asked for', async () => {
  const one = await createTestDatabase({ size: 1 });
  try {
    for (const family of ['a', 'b', 'c', 'd']) {
      await findIndividuals(one.pool, { ...EVERYTHING, filter: EVERYBODY, sort: [asc('death_date')], first: 3 });
      await findIndividuals(one.pool, { ...EVERYTHING, filter: { kind: 'name_contains', text: family }, first: 3 });
    }
    const { rows } = await one.pool.query<{ statement: string }>('select statement from pg_prepared_statements');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.statement).not.toContain('ilike');
  } finally {
    await one.close();
  }
});
