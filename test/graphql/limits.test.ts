import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse } from 'graphql';
import { checkLimits } from '../../src/graphql/query-limits.js';
import { buildGraphSchema } from '../../src/graphql/schema.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const OPERATIONS = join(import.meta.dirname, '../../schema/operations');

/** `members { individual { memberships { group { members ...` to the given depth. */
function familyCycle(levels: number): string {
  let selection = 'id';
  for (let level = 0; level < levels; level += 1) {
    selection = `members { individual { memberships { group { ${selection} } } } }`;
  }
  return `{ groups(first: 1) { nodes { ${selection} } } }`;
}

describe('a query that asks for too much', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());

  const refusalOf = async (query: string, variables: object = {}): Promise<string> => {
    graph.database.statements.length = 0;
    const response = await graph.post(JSON.stringify({ query, variables }));
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(graph.database.statements).toEqual([]);
    return errors[0]?.extensions.code ?? '';
  };

  test('walks round and round a family: refused, and soon', async () => {
    await refusalOf(familyCycle(4));
    for (const levels of [20, 100]) {
      const start = performance.now();
      expect(await refusalOf(familyCycle(levels))).toMatch(/^(QUERY_TOO_COMPLEX|GRAPHQL_PARSE_FAILED)$/u);
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });

  test('is longer than a document may be: refused by the parser', async () => {
    expect(await refusalOf(familyCycle(600))).toBe('GRAPHQL_PARSE_FAILED');
    expect(await refusalOf(`{ ${'__typename '.repeat(5000)} }`)).toBe('GRAPHQL_PARSE_FAILED');
  });

  test('multiplies lists by lists: refused', async () => {
    const query = `{ individuals(first: 100) { nodes { children { children { children { children { relationships { individual { id } } } } } } } } }`;
    expect(await refusalOf(query)).toBe('QUERY_TOO_COMPLEX');
  });

  test('takes its page size from a variable: weighed with what the variable says', async () => {
    const query = `query ($first: Int) { individuals(first: $first) { nodes { children { children { children { id } } } } } }`;
    expect(await refusalOf(query, { first: 100 })).toBe('QUERY_TOO_COMPLEX');
    expect(await graph.ask(query, { first: 5 })).toEqual({ data: { individuals: { nodes: [] } } });
  });

  test('names a page size below one beside it, which outweighs nothing: refused', async () => {
    const small = '{ individual(id: "x") { disclosures(first: -100000) { nodes { at actor } } }';
    const query = `${small} individuals(first: 100) { nodes { children { children { children { children { id } } } } } } }`;
    expect(await refusalOf(query)).toBe('QUERY_TOO_COMPLEX');
  });

  test('uses a long filter many times over: refused', async () => {
    const filter = { or: Array.from({ length: 190 }, () => ({ name: { contains: 'a' } })) };
    const lists = Array.from({ length: 10 }, (_, index) => `a${String(index)}: individuals(filter: $f) { totalCount }`);
    expect(await refusalOf(`query ($f: IndividualFilter) { ${lists.join(' ')} }`, { f: filter })).toBe(
      'QUERY_TOO_COMPLEX',
    );
    const { data } = await graph.ask(`query ($f: IndividualFilter) { ${lists[0] ?? ''} }`, { f: filter });
    expect(data).toEqual({ a0: { totalCount: 0 } });
  });

  test('asks the same thing under a hundred names: refused', async () => {
    const aliases = Array.from({ length: 100 }, (_, index) => `a${String(index)}: locations { totalCount }`);
    expect(await refusalOf(`{ ${aliases.join(' ')} }`)).toBe('QUERY_TOO_COMPLEX');
  });

  test('doubles itself with every fragment: refused, and soon', async () => {
    const fragments = Array.from(
      { length: 20 },
      (_, index) =>
        `fragment F${String(index)} on Individual { a: mother { ...F${String(index + 1)} } b: father { ...F${String(index + 1)} } }`,
    );
    const query = `{ individuals(first: 1) { nodes { ...F0 } } } ${fragments.join(' ')} fragment F20 on Individual { id }`;
    const start = performance.now();
    await refusalOf(query);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each([
    [
      'a fragment that contains itself',
      '{ individuals { nodes { ...F } } } fragment F on Individual { mother { ...F } }',
    ],
    ['a hundred directives', `{ __typename ${'@skip(if: false) '.repeat(100)} }`],
  ])('has %s: refused', async (_, query) => {
    expect(await refusalOf(query)).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('hides its weight in a deeply nested variable: refused', async () => {
    const filter = `${'{"not":'.repeat(5000)}{}${'}'.repeat(5000)}`;
    const response = await graph.post(
      `{"query":"query ($f: IndividualFilter) { individuals(filter: $f) { nodes { id } } }","variables":{"f":${filter}}}`,
    );
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});

describe('in production', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph({ environment: 'production' });
  });
  afterAll(() => graph.close());

  test('the schema does not describe itself', async () => {
    const { errors } = await graph.ask('{ __schema { types { name } } }');
    expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('a misspelt field is not corrected', async () => {
    const { errors } = await graph.ask('{ individual(id: "x") { nam } }');
    expect(JSON.stringify(errors)).not.toMatch(/did you mean|name/iu);
  });

  test('there is no explorer', async () => {
    graph.callAs(null);
    const response = await fetch(graph.url, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(401);
    expect((await fetch(`${graph.url}/explorer/explorer.js`)).status).toBe(401);
  });
});

test('every document of schema/operations is within the limits with pages of 100', async () => {
  const schema = await buildGraphSchema();
  for (const file of readdirSync(OPERATIONS)) {
    const document = parse(readFileSync(join(OPERATIONS, file), 'utf8'));
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      expect(() => checkLimits(schema, document, definition, { first: 100 })).not.toThrow();
    }
  }
});
