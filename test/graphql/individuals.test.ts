import {
  IndividualByIdDocument,
  IndividualByIdentifierDocument,
  type IndividualFilter,
  ListIndividualsDocument,
  PageThroughIndividualsDocument,
  type PageThroughIndividualsQuery,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { loadDemo } from '../../src/registry/demo/demo.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const person = (name: 'mother' | 'father' | 'son' | 'baby' | 'stranger') => globalId('Individual', FAMILY[name]);
const place = (name: 'country' | 'district' | 'hospital' | 'elsewhere') => globalId('Location', FAMILY[name]);

/** All but the one statement with which every answer about people is written down. */
const reads = (text: string): boolean => !text.includes('insert into');

describe('one individual', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  test('is found by identifier, whatever its case and blanks, with parents, family and places', async () => {
    const { individual } = await graph.run(IndividualByIdentifierDocument, {
      identifier: { type: 'BRN', value: ' B-3 ' },
    });
    expect(individual).toEqual({
      id: person('son'),
      name: { full: 'Emeka Okoro', given: 'Emeka', middle: null, family: 'Okoro' },
      sex: 'MALE',
      birthDate: '2015-03-04',
      birthDatePrecision: 'DAY',
      birthPlace: {
        name: 'Ibombo Hospital',
        type: 'HEALTH_FACILITY',
        ancestors: [{ name: 'Ibombo' }, { name: 'Farajaland' }],
      },
      identifiers: [{ type: 'BRN', value: 'b-3' }],
      mother: { name: { full: 'Amina Okoro' } },
      father: { name: { full: 'Chidi Okoro' } },
      memberships: [{ role: null, group: { id: globalId('Group', FAMILY.group), name: 'Okoro', kind: 'FAMILY' } }],
      importedFrom: ['crvs'],
    });
  });

  test('shows relationships in both directions, and children, groups and home', async () => {
    const { individual } = await graph.run(IndividualByIdDocument, { id: person('mother') });
    expect(individual).toMatchObject({
      isMother: true,
      groups: [{ name: 'Okoro' }],
      homePlace: { id: place('district'), name: 'Ibombo', parent: { name: 'Farajaland' } },
    });
    expect(individual?.children?.map(({ id }) => id).sort()).toEqual([person('baby'), person('son')].sort());
    expect(individual?.relationships).toHaveLength(2);

    const { individual: son } = await graph.run(IndividualByIdDocument, { id: person('son') });
    expect(son?.isMother).toBe(false);
    expect(son?.relationships).toMatchObject([
      { type: 'FATHER_OF', direction: 'INCOMING', individual: { id: person('father') } },
      { type: 'MOTHER_OF', direction: 'INCOMING', individual: { id: person('mother') } },
    ]);
  });

  test('of whom little is known has nulls and empty lists', async () => {
    const { individual } = await graph.run(IndividualByIdDocument, { id: person('stranger') });
    expect(individual).toMatchObject({
      name: { full: 'Nobody' },
      sex: 'UNKNOWN',
      birthDate: null,
      deceased: false,
      relationships: [],
      children: [],
      groups: [],
      homePlace: null,
      importedFrom: [],
    });
  });

  test('whose birth date is known to the year keeps that precision', async () => {
    const { individual } = await graph.run(IndividualByIdentifierDocument, {
      identifier: { type: 'nid', value: 'n-1' },
    });
    expect(individual).toMatchObject({ birthDate: '1990-01-01', birthDatePrecision: 'YEAR' });
  });

  test('that does not exist is null, without an error', async () => {
    const absent = globalId('Individual', '00000000-0000-4000-8000-0000000000ff');
    expect(await graph.run(IndividualByIdDocument, { id: absent })).toEqual({ individual: null });
    expect(await graph.run(IndividualByIdentifierDocument, { identifier: { type: 'BRN', value: 'none' } })).toEqual({
      individual: null,
    });
  });

  test.each([
    ['an id of another type', { id: globalId('Group', FAMILY.group) }],
    ['a bare row id', { id: FAMILY.mother }],
    ['no id at all', { id: '' }],
  ])('asked for by %s is refused as bad input', async (_, variables) => {
    const { data, errors } = await graph.ask(IndividualByIdDocument, variables);
    expect(data).toEqual({ individual: null });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });

  test('asked for by id and identifier at once, or by neither, is refused', async () => {
    for (const given of ['', `(id: "${person('mother')}", identifier: { type: "NID", value: "n-1" })`]) {
      const { errors } = await graph.ask(`{ individual${given} { id } }`);
      expect(errors).toEqual([
        expect.objectContaining({ message: 'Give either id or identifier', extensions: { code: 'BAD_USER_INPUT' } }),
      ]);
    }
  });
});

describe('a filter of individuals', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  const names = async (filter: IndividualFilter): Promise<string[]> => {
    const { individuals } = await graph.run(PageThroughIndividualsDocument, {
      filter,
      sort: [{ field: 'GIVEN_NAME' }],
    });
    return individuals.edges.map(({ node }) => node.name?.full?.split(' ')[0] ?? '');
  };

  test.each<[string, IndividualFilter, string[]]>([
    ['nothing: everybody', {}, ['Amina', 'Chidi', 'Emeka', 'Nobody', 'Zuri']],
    [
      'a range of birth dates, both bounds honoured',
      { birthDate: { ge: '1988-05-06', lt: '2015-03-04' } },
      ['Amina', 'Chidi'],
    ],
    ['strict bounds', { birthDate: { gt: '1988-05-06', le: '2015-03-04' } }, ['Amina', 'Emeka']],
    ['one birth date', { birthDate: { eq: '2015-03-04' } }, ['Emeka']],
    ['several birth dates', { birthDate: { in: ['2015-03-04', '1988-05-06'] } }, ['Chidi', 'Emeka']],
    ['a sex', { sex: { eq: 'MALE' } }, ['Chidi', 'Emeka']],
    ['several sexes', { sex: { in: ['FEMALE', 'UNKNOWN'] } }, ['Amina', 'Nobody']],
    ['a part of a name, without case', { name: { contains: 'OKORO em' } }, ['Emeka']],
    ['a whole name', { name: { eq: 'amina okoro' } }, ['Amina']],
    ['a family name', { familyName: { eq: 'okoro' }, givenName: { in: ['zuri', 'chidi'] } }, ['Chidi', 'Zuri']],
    ['a place of birth and all below it', { birthPlace: { within: place('district') } }, ['Emeka', 'Zuri']],
    ['a type of birth place', { birthPlace: { types: ['DISTRICT'] } }, ['Amina']],
    ['a home', { homePlace: { within: place('country') } }, ['Amina', 'Chidi', 'Emeka', 'Zuri']],
    ['an identifier', { identifier: { type: 'NID', value: 'N-2' } }, ['Chidi']],
    ['an identifier whose type is in small letters', { identifier: { type: 'nid', value: 'N-2' } }, ['Chidi']],
    ['identifiers of any type', { identifier: { in: ['n-1', 'b-4', 'x'] } }, ['Amina', 'Zuri']],
    ['a group', { memberOf: [globalId('Group', FAMILY.group)] }, ['Amina', 'Emeka', 'Zuri']],
    ['a data source', { importedFrom: ['crvs'] }, ['Amina', 'Emeka', 'Zuri']],
    ['ids', { ids: [person('son'), person('stranger')] }, ['Emeka', 'Nobody']],
    ['an age', { age: { lt: 1 } }, ['Zuri']],
    ['any of two', { or: [{ sex: { eq: 'FEMALE' } }, { givenName: { eq: 'zuri' } }] }, ['Amina', 'Zuri']],
    ['any of none: nobody', { or: [] }, []],
    ['not in a group', { not: { memberOf: [globalId('Group', FAMILY.group)] } }, ['Chidi', 'Nobody']],
    [
      'parts within parts',
      { and: [{ not: { or: [{ sex: { eq: 'MALE' } }, { name: { contains: 'zuri' } }] } }, { importedFrom: ['crvs'] }] },
      ['Amina'],
    ],
  ])('may ask for %s', async (_, filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['null for a part', { sex: null }],
    ['null for an operator', { birthDate: { ge: null } }],
    ['null in the middle', { and: [{ not: { identifier: null } }] }],
    ['a comparison without operator', { birthDate: {} }],
    ['an identifier without value', { identifier: { type: 'NID' } }],
    ['an id of another type', { birthPlace: { within: globalId('Group', FAMILY.group) } }],
    ['an impossible day', { birthDate: { eq: '2021-02-30' } }],
    ['a sex that does not exist', { sex: { eq: 'NONE' } }],
    ['too many levels', Array.from({ length: 12 }).reduce<object>((inner) => ({ not: inner }), { deceased: true })],
    ['too many values', { identifier: { in: Array.from({ length: 1001 }, String) } }],
    ['too many parts', { or: Array.from({ length: 201 }, () => ({ deceased: true })) }],
  ])('with %s is refused as bad input', async (_, filter) => {
    const { data, errors } = await graph.ask<{ individuals: unknown }>(PageThroughIndividualsDocument, { filter });
    expect(data?.individuals).toBeUndefined();
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });

  test('with an id of another type is told where it stands', async () => {
    const group = globalId('Group', FAMILY.group);
    const refusals: [IndividualFilter, string][] = [
      [
        { ids: [person('son'), group] },
        'filter.ids[1] must be an id of type Individual, but it is the id of another type',
      ],
      [{ memberOf: ['x'] }, 'filter.memberOf[0] must be an id of type Group, but it is no id that this graph gave out'],
      [{ or: [{ homePlace: { within: group } }] }, 'filter.or[0].homePlace.within must be an id of type Location'],
    ];
    for (const [filter, told] of refusals) {
      const { errors } = await graph.ask(PageThroughIndividualsDocument, { filter });
      expect(errors?.[0]?.message).toContain(told);
    }
  });

  test('that does not fit its type is refused without repeating the value', async () => {
    const { errors } = await graph.ask(PageThroughIndividualsDocument, { filter: { sex: { eq: 'secret-number-77' } } });
    expect(errors).toMatchObject([
      {
        message:
          'The value of variable "$filter" does not fit its type, at "filter.sex.eq": a value of Sex is expected',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(graph.logLines.join('')).not.toContain('secret-number-77');
  });
});

describe('a list of individuals', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await loadDemo(graph.database.pool, { individuals: 120 });
  });
  afterAll(() => graph.close());

  test('is paged through by cursor to the end, everybody once, and back again', async () => {
    const sort = [{ field: 'BIRTH_DATE' as const, direction: 'DESC' as const }];
    const seen: string[] = [];
    let after: string | null = null;
    let before: string | null = null;
    for (let hasNext = true; hasNext;) {
      const page: PageThroughIndividualsQuery = await graph.run(PageThroughIndividualsDocument, {
        sort,
        first: 50,
        after,
      });
      const { individuals } = page;
      seen.push(...individuals.edges.map(({ node }) => node.id));
      after = individuals.pageInfo.endCursor ?? null;
      before = individuals.pageInfo.startCursor ?? null;
      hasNext = individuals.pageInfo.hasNextPage;
    }
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);

    const { individuals: back } = await graph.run(PageThroughIndividualsDocument, { sort, last: 30, before });
    expect(back.edges.map(({ node }) => node.id)).toEqual(seen.slice(70, 100));
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  test('counts its total only when that is selected', async () => {
    const { statements } = graph.database;
    statements.length = 0;
    await graph.run(PageThroughIndividualsDocument, { first: 5, withTotal: false });
    expect(statements.filter(reads)).toHaveLength(1);
    statements.length = 0;
    const { individuals } = await graph.run(PageThroughIndividualsDocument, { first: 5, withTotal: true });
    expect(statements.filter(reads)).toHaveLength(2);
    expect(individuals.totalCount).toBe(120);
  });

  test('takes as many statements for few rows as for a hundred, also when compiled', async () => {
    const { statements } = graph.database;
    const sent: string[][] = [];
    for (const first of [10, 10, 10, 50, 100]) {
      statements.length = 0;
      const { individuals } = await graph.run(ListIndividualsDocument, { first });
      expect(individuals.nodes).toHaveLength(first);
      // The page's own statement says its size.
      sent.push(
        statements
          .filter(reads)
          .map((text) => text.replace(/\blimit \d+$/u, 'limit n'))
          .sort(),
      );
    }
    expect(sent.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5]);
    expect(new Set(sent.map((texts) => texts.slice(1).join('\n')))).toHaveProperty('size', 1);
  });

  test('nested through families and places takes as many statements for few rows as for many', async () => {
    const query = `query ($first: Int) { individuals(first: $first, filter: { age: { lt: 30 } }) { nodes {
      importedFrom isMother mother { name { full } identifiers { value } } father { id } children { id }
      birthPlace { ancestors { name parent { name } } } homePlace { name }
      relationships { type individual { id } }
      groups { head { id } childrenUnder12Months { count birthPlaces { name } } members { individual { birthPlace { name } } } }
    } } }`;
    const { statements } = graph.database;
    const counts = [];
    for (const first of [10, 40]) {
      statements.length = 0;
      const { errors } = await graph.ask(query, { first });
      expect(errors).toBeUndefined();
      counts.push(statements.length);
    }
    expect(counts[1]).toBe(counts[0]);
    expect(counts[0]).toBeLessThan(20);
  });

  test.each([
    ['first: 0'],
    ['first: 101'],
    ['first: -1'],
    ['last: 1000'],
    ['first: 5, last: 5'],
    ['first: 5, before: "x"'],
    ['after: "x", last: 5'],
  ])('refuses the page (%s) with a sentence', async (page) => {
    const { errors } = await graph.ask(`{ individuals(${page}) { nodes { id } } }`);
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });

  test.each([['rubbish'], ['bnVsbA'], ['']])('refuses the cursor %j', async (after) => {
    const { errors } = await graph.ask(PageThroughIndividualsDocument, { after });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: 'CURSOR_INVALID' } })]);
  });
});
