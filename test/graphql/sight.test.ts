import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { globalId } from '../../src/graphql/global-id.js';
import { buildGraphSchema } from '../../src/graphql/schema.js';
import { faultsOfFieldTable } from '../../src/graphql/sight/check-field-table.js';
import type { InternalScope } from '../../src/security/scopes.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const limitedTo = (rules: ConstructorParameters<typeof FieldSet>[0][number]) => ({
  access: { ...FULL_ACCESS, fields: new FieldSet([rules]) },
});
const PERSONAL: readonly InternalScope[] = ['graph.read', 'graph.personal'];

describe('what the table of fields says', () => {
  test('is known of every field of the schema', async () => {
    expect(faultsOfFieldTable(await buildGraphSchema())).toEqual([]);
  });

  test('is missed where a type or a field is new', () => {
    const name = { type: GraphQLString };
    const fields = { id: name, shoeSize: name };
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { name } }),
      types: [
        new GraphQLObjectType({ name: 'Membership', fields }),
        new GraphQLObjectType({ name: 'Passport', fields: { name } }),
      ],
    });
    expect(faultsOfFieldTable(schema)).toEqual(
      expect.arrayContaining([
        'Membership.shoeSize is missing: say what it tells of people',
        'Passport is missing: say what each of its fields tells of people',
        'Membership has no field role',
      ]),
    );
  });
});

describe('a field that the caller is not shown', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    const { pool } = graph.database;
    await insertFamily(pool);
    await pool.query(`insert into disabilities (individual_id, status, level) values ($1, '0', '1')`, [FAMILY.mother]);
    await pool.query(`update individuals set attributes = '{"occupation": "smith", "shoe": 40}' where id = $1`, [
      FAMILY.mother,
    ]);
  });
  afterAll(() => graph.close());

  const mother = globalId('Individual', FAMILY.mother);
  const one = (selection: string) => `{ individual(id: "${mother}") { ${selection} } }`;
  const sqlOf = () => graph.database.statements.filter((text) => !text.includes('audit_entries')).join('\n');

  test('is null with FORBIDDEN, the scope that it needs, and no statement about it; the rest is answered', async () => {
    graph.callAs({ scopes: PERSONAL, ...limitedTo({ sensitivities: ['public', 'personal'] }) });
    graph.database.statements.length = 0;
    const { data, errors } = await graph.ask(one('name { full } disability { status level } sex'));
    expect(data).toEqual({ individual: { name: { full: 'Amina Okoro' }, disability: null, sex: 'FEMALE' } });
    expect(errors).toEqual([
      {
        message: expect.stringContaining('graph.sensitive') as string,
        path: ['individual', 'disability'],
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
    expect(sqlOf()).not.toContain('disabilities');
    const keys = Object.keys((data as { individual: object }).individual);
    expect(keys).toEqual(['name', 'disability', 'sex']);
  });

  test('is told of at every place of a list, under its alias, with fragments and @include, also when compiled', async () => {
    graph.callAs({ scopes: PERSONAL, ...limitedTo({ never: ['individual.birth_date', 'individual.relationships'] }) });
    const query = `query ($with: Boolean!) { individuals(first: 2) { nodes {
      born: birthDate ...F  ... on Individual { birthDatePrecision @include(if: $with) }
    } } } fragment F on Individual { id mother { birthDate } }`;
    for (let round = 0; round < 3; round += 1) {
      const without = await graph.ask(query, { with: false });
      expect(without.errors?.map(({ path }) => path?.join('.'))).toEqual(
        [0, 1].flatMap((index) => ['born', 'mother'].map((name) => `individuals.nodes.${String(index)}.${name}`)),
      );
      const { data } = await graph.ask<{ individuals: { nodes: object[] } }>(query, { with: true });
      expect(data?.individuals.nodes[0]).toMatchObject({ born: null, mother: null, birthDatePrecision: null });
    }
  });

  test('is told of at most a hundred times', async () => {
    graph.callAs({ scopes: PERSONAL, ...limitedTo({ only: ['individual.name'] }) });
    const selection = 'sex birthDate deceased phoneNumbers emails identifiers { value } memberships { role } isMother';
    const aliases = ['a', 'b', 'c'].map((name) => `${name}: individuals { nodes { ${selection} name { full } } }`);
    const { data, errors } = await graph.ask<{ a: { nodes: { name: unknown }[] } }>(`{ ${aliases.join(' ')} }`);
    expect(errors).toHaveLength(100);
    expect(data?.a.nodes[0]?.name).toEqual({ full: expect.any(String) as string });
  });

  test('is neither searched nor sorted by, nor asked for among attributes', async () => {
    graph.callAs({
      scopes: PERSONAL,
      ...limitedTo({ never: ['individual.birth_date', 'group.group_name', 'group.members', 'individual.occupation'] }),
    });
    for (const query of [
      '{ individuals(filter: { birthDate: { ge: "1990-01-01" } }) { totalCount } }',
      '{ individuals(filter: { not: { or: [{ age: { gt: 5 } }] } }) { totalCount } }',
      '{ individuals(sort: [{ field: BIRTH_DATE }]) { nodes { id } } }',
      '{ groups(filter: { nameContains: "o" }) { totalCount } }',
      '{ groups(sort: [{ field: NAME }]) { nodes { id } } }',
      `{ groups(filter: { member: "${mother}" }) { totalCount } }`,
      '{ disabilities(filter: { attributes: [{ name: "birth_date", ge: "1990-01-01" }] }) { totalCount } }',
      one('attributes(names: ["occupation"]) { value }'),
    ]) {
      graph.database.statements.length = 0;
      const { errors } = await graph.ask(query);
      expect({ query, errors }).toMatchObject({ query, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    }
  });

  test('keeps whole kinds of records closed, and the registries that the client may not ask', async () => {
    graph.callAs({ scopes: PERSONAL, access: { ...FULL_ACCESS, registries: ['crvs'] } });
    for (const query of [
      '{ farmers { totalCount } }',
      '{ disabilities { totalCount } }',
      '{ groups { totalCount } }',
    ]) {
      graph.database.statements.length = 0;
      expect((await graph.ask(query)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(graph.database.statements).toEqual([]);
    }
    const { data } = await graph.ask(one('id farmer { id } enrolments { id } groups { id }'));
    expect(data).toMatchObject({ individual: { id: mother, farmer: null, enrolments: null } });
  });

  test('gives pages no larger than the caller may have', async () => {
    graph.callAs({ access: { ...FULL_ACCESS, largestPage: 3 } });
    expect((await graph.ask('{ individuals(first: 4) { nodes { id } } }')).errors).toMatchObject([
      { message: expect.stringContaining('1 to 3') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    const { data } = await graph.ask<{ individuals: { nodes: unknown[] } }>('{ individuals { nodes { id } } }');
    expect(data?.individuals.nodes).toHaveLength(3);
  });
});
