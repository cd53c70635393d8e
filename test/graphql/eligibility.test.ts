import {
  CreateDataSourceDocument,
  CreateSearchCriteriaDocument,
  FetchDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import type { Filter } from '../../src/record/filter.js';
import { addPerson, addPlace } from '../registry/people.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

/** Days on which children are counted; around each stand births that are just too old, just young enough, to come. */
const DAYS = ['2023-02-28', '2024-02-29', '2025-02-28', '2025-03-01'] as const;
const BIRTHS = [
  ...DAYS,
  ...DAYS.map((day) => `${String(Number(day.slice(0, 4)) - 1)}${day.slice(4)}`.replace('2023-02-29', '2023-03-01')),
  '2024-02-28',
  '2024-03-01',
  '2022-12-01',
  '2024-08-15',
];

interface Family {
  readonly id: string;
  readonly members: readonly { readonly individual: { readonly isMother: boolean } | null }[];
  readonly childrenUnder12Months: {
    readonly count: number;
    readonly birthPlaces: readonly { readonly name: string }[];
  };
}

let graph: TestGraph;
let register: MockRegistry;
let north: string;
let clinic: string;
let south: string;
/** Births of the living members that are no heads, by group; `place` is the name of the birth place. */
const children = new Map<string, { born: string; place: string }[]>();

/** The same numbers each time: what fails once fails again. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * sides);
  };
}

beforeAll(async () => {
  [graph, register] = await Promise.all([openTestGraph(), startMockRegistry({ births: 2 })]);
  const { pool } = graph.database;
  const land = await addPlace(pool, 'Land', null, null);
  north = await addPlace(pool, 'North', null, land);
  clinic = await addPlace(pool, 'Clinic', null, north);
  south = await addPlace(pool, 'South', null, land);
  const places = [
    ['North', north],
    ['Clinic', clinic],
    ['South', south],
  ] as const;
  const roll = dice(7);
  for (let number = 0; number < 30; number += 1) {
    const { rows } = await pool.query<{ id: string }>(
      `insert into groups (name, kind) values ($1, 'family') returning id`,
      [`Family ${String(number)}`],
    );
    const group = rows[0]?.id ?? '';
    const held: { born: string; place: string }[] = [];
    const head = await addPerson(pool, {
      born: BIRTHS[roll(BIRTHS.length)] ?? '',
      home: roll(2) === 0 ? north : south,
    });
    await pool.query(`insert into memberships (group_id, individual_id, role) values ($1, $2, 'head')`, [group, head]);
    for (let child = roll(5); child > 0; child -= 1) {
      const born = BIRTHS[roll(BIRTHS.length)] ?? '';
      const [place, birthPlace] = places[roll(places.length)] ?? places[0];
      const [died, left] = [roll(6) === 0, roll(6) === 0];
      const id = await addPerson(pool, { born, birthPlace, deceased: died, home: roll(2) === 0 ? north : south });
      await pool.query(`insert into memberships (group_id, individual_id, ended_on) values ($1, $2, $3)`, [
        group,
        id,
        left ? '2024-01-01' : null,
      ]);
      if (roll(2) === 0) {
        await pool.query(`insert into relationships (type, source_id, target_id) values ('mother_of', $1, $2)`, [
          head,
          id,
        ]);
      }
      if (!died && !left) held.push({ born, place });
    }
    children.set(globalId('Group', group), held);
  }
});
afterAll(async () => {
  await register.close();
  await graph.close();
});
beforeEach(() => graph.callAs({}));

const GROUPS = `query ($filter: GroupFilter, $asOf: Date) { groups(filter: $filter, first: 100) { totalCount nodes {
  id members { individual { isMother } } childrenUnder12Months(asOf: $asOf) { count birthPlaces { name } } } } }`;

async function families(filter: object, asOf: string): Promise<readonly Family[]> {
  const { data, errors } = await graph.ask<{ groups: { totalCount: number; nodes: readonly Family[] } }>(GROUPS, {
    filter,
    asOf,
  });
  if (!data) throw new Error(JSON.stringify(errors));
  expect(data.groups.totalCount).toBe(data.groups.nodes.length);
  return data.groups.nodes;
}

const ids = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id).sort();

/** By what the law says of birthdays, counted by hand: one year later, on 1 March after a leap day. */
function isYoung(born: string, day: string): boolean {
  const next = `${String(Number(born.slice(0, 4)) + 1)}${born.slice(4)}`;
  const birthday = next.endsWith('02-29') ? next.replace('02-29', '03-01') : next;
  return born <= day && day < birthday;
}

describe.each(DAYS)('on %s', (day) => {
  test('the children of each family are those before their first birthday', async () => {
    for (const { id, childrenUnder12Months: told } of await families({}, day)) {
      const young = (children.get(id) ?? []).filter(({ born }) => isYoung(born, day));
      expect(told.count).toBe(young.length);
      expect(told.birthPlaces.map(({ name }) => name).sort()).toEqual(
        [...new Set(young.map(({ place }) => place))].sort(),
      );
    }
  });

  test('families are found by what is counted of them', async () => {
    const all = await families({}, day);
    const ranges: { min?: number; max?: number }[] = [
      {},
      { min: 1 },
      { min: 2 },
      { max: 0 },
      { min: 1, max: 1 },
      { min: 0 },
    ];
    for (const range of ranges) {
      const { max = Infinity, min = range.max === undefined ? 1 : 0 } = range;
      const wanted = all.filter(({ childrenUnder12Months: { count } }) => count >= min && count <= max);
      expect(ids(await families({ childrenUnder12Months: { ...range, asOf: day } }, day))).toEqual(ids(wanted));
    }
  });

  test('families are found by where their young children were born, and below', async () => {
    for (const [location, names] of [
      [north, ['North', 'Clinic']],
      [clinic, ['Clinic']],
      [south, ['South']],
    ] as const) {
      const bornWithin = globalId('Location', location);
      const wanted = [...children].filter(([, held]) =>
        held.some(({ born, place }) => isYoung(born, day) && names.some((name) => name === place)),
      );
      const found = await families({ childrenUnder12Months: { bornWithin, asOf: day } }, day);
      expect(ids(found)).toEqual(wanted.map(([id]) => id).sort());
    }
  });
});

test('families with a mother and without one are told apart, as their members tell it', async () => {
  const all = await families({}, DAYS[0]);
  const isOne = ({ members }: Family) => members.some(({ individual }) => individual?.isMother === true);
  expect(ids(await families({ hasMother: true }, DAYS[0]))).toEqual(ids(all.filter(isOne)));
  expect(ids(await families({ hasMother: false }, DAYS[0]))).toEqual(ids(all.filter((family) => !isOne(family))));
});

test('mothers are found, and those who are none', async () => {
  for (const isMother of [true, false]) {
    const { data } = await graph.ask<{ individuals: { totalCount: number; nodes: { isMother: boolean }[] } }>(
      'query ($filter: IndividualFilter) { individuals(filter: $filter, first: 100) { totalCount nodes { isMother } } }',
      { filter: { isMother } },
    );
    expect(data?.individuals.nodes.length).toBeGreaterThan(5);
    expect(data?.individuals.nodes.every((node) => node.isMother === isMother)).toBe(true);
  }
});

test('mothers are counted as they are listed, by whoever sees only a part of them', async () => {
  const count = async (filter: object): Promise<number> => {
    const { data, errors } = await graph.ask<{ individuals: { totalCount: number; nodes: { isMother: boolean }[] } }>(
      'query ($filter: IndividualFilter) { individuals(filter: $filter, first: 100) { totalCount nodes { isMother } } }',
      { filter },
    );
    if (!data) throw new Error(JSON.stringify(errors));
    const { totalCount, nodes } = data.individuals;
    expect(totalCount).toBe(nodes.length);
    if ('isMother' in filter) expect(nodes.every(({ isMother }) => isMother === filter.isMother)).toBe(true);
    return totalCount;
  };
  const everywhere = await count({ isMother: true });
  const rows: Filter = { kind: 'within', place: 'home', locationIds: [north] };
  graph.callAs({ access: { ...FULL_ACCESS, rows } });
  const [all, mothers, others] = [await count({}), await count({ isMother: true }), await count({ isMother: false })];
  expect(mothers).toBeGreaterThan(0);
  expect(mothers).toBeLessThan(everywhere);
  expect(mothers + others).toBe(all);
  expect(await count({ not: { isMother: true } })).toBe(others);
  const families = async (hasMother?: boolean): Promise<number> => {
    const { data } = await graph.ask<{ groups: { totalCount: number } }>(
      'query ($filter: GroupFilter) { groups(filter: $filter, first: 1) { totalCount } }',
      { filter: hasMother === undefined ? {} : { hasMother } },
    );
    return data?.groups.totalCount ?? -1;
  };
  expect((await families(true)) + (await families(false))).toBe(await families());
  expect(await families(true)).toBeGreaterThan(0);
});

test('of people whom the caller may not see none counts', async () => {
  const rows: Filter = { kind: 'within', place: 'home', locationIds: [north] };
  graph.callAs({ access: { ...FULL_ACCESS, rows } });
  for (const day of DAYS) {
    const all = await families({}, day);
    const some = all.filter(({ childrenUnder12Months: { count } }) => count >= 1);
    expect(ids(await families({ childrenUnder12Months: { asOf: day } }, day))).toEqual(ids(some));
    const none = all.filter(({ childrenUnder12Months: { count } }) => count === 0);
    expect(ids(await families({ childrenUnder12Months: { max: 0, asOf: day } }, day))).toEqual(ids(none));
    const mothers = all.filter(({ members }) => members.some(({ individual }) => individual?.isMother === true));
    expect(ids(await families({ hasMother: true }, day))).toEqual(ids(mothers));
  }
});

test.each([
  ['birth dates', 'individual.birth_date', { childrenUnder12Months: {} }],
  ['members', 'group.members', { childrenUnder12Months: {} }],
  ['birth places', 'individual.birth_place', { childrenUnder12Months: { bornWithin: 'north' } }],
  ['ties', 'individual.relationships', { hasMother: true }],
])('who is not shown %s may not ask by them', async (_what, field, filter) => {
  graph.callAs({ access: { ...FULL_ACCESS, fields: new FieldSet([{ never: [field] }]) } });
  const asked = JSON.parse(
    JSON.stringify(filter).replace('"north"', JSON.stringify(globalId('Location', north))),
  ) as object;
  const { errors } = await graph.ask('query ($filter: GroupFilter) { groups(filter: $filter) { totalCount } }', {
    filter: asked,
  });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test.each([
  ['null', { min: null }],
  ['less than nothing', { min: -1 }],
  ['more than anybody has', { max: 100_000 }],
  ['from more to less', { min: 3, max: 2 }],
  ['a place that is a person', { bornWithin: globalId('Individual', '427b0ea1-7e06-7504-de8f-5dc90a4647d9') }],
])('a count of %s is refused', async (_what, childrenUnder12Months) => {
  const { errors } = await graph.ask('query ($filter: GroupFilter) { groups(filter: $filter) { totalCount } }', {
    filter: { childrenUnder12Months },
  });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('an operator who runs imports sees the sources and fetches, and changes no source', async () => {
  const crvs = { code: 'crvs', name: 'CRVS', baseUrl: register.url, dialect: 'OPENCRVS_1_0' } as const;
  await graph.run(CreateDataSourceDocument, { input: crvs });
  graph.callAs({ scopes: ['graph.read', 'import.run'] });
  const { data } = await graph.ask('{ dataSources { code baseUrl hasClientSecret } }');
  expect(data).toMatchObject({ dataSources: [{ code: 'crvs' }] });
  const { createSearchCriteria: made } = await graph.run(CreateSearchCriteriaDocument, {
    input: { name: 'All', dataSource: 'crvs', bornFrom: { date: '1900-01-01' }, bornUntil: { date: '2099-12-31' } },
  });
  if (made.__typename !== 'SearchCriteria') throw new Error(made.message);
  const { fetch } = await graph.run(FetchDocument, { searchCriteriaId: made.id });
  expect(fetch.__typename).toBe('ImportRun');
  const { errors } = await graph.ask(CreateDataSourceDocument, { input: { ...crvs, code: 'other', name: 'Other' } });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  graph.callAs({ scopes: ['graph.read'] });
  const refused = await graph.ask(FetchDocument, { searchCriteriaId: made.id });
  expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
