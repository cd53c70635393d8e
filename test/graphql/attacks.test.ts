import { brotliCompressSync } from 'node:zlib';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { globalId } from '../../src/graphql/global-id.js';
import type { Caller } from '../../src/security/bearer.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

interface Attack {
  readonly name: string;
  readonly query?: string;
  readonly variables?: unknown;
  /** Instead of a query as JSON. */
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** Instead of a POST. */
  readonly get?: string;
  readonly caller?: Partial<Caller> | null;
  readonly status: number;
  /** Code of the first error; `null`: none. */
  readonly code: string | null;
  /** What the answer must not hold. */
  readonly without?: RegExp;
}

const cycle = (levels: number): string => {
  let selection = 'id';
  for (let level = 0; level < levels; level += 1) selection = `members { individual { groups { ${selection} } } }`;
  return `{ groups(first: 2) { nodes { ${selection} } } }`;
};
const times = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
const aliases = (count: number): string => `{ ${times(count, (n) => `a${String(n)}: locations { totalCount }`)} }`;
const bomb = (levels: number): string =>
  `{ individuals { nodes { ...F0 } } } ${times(
    levels,
    (n) =>
      `fragment F${String(n)} on Individual { a${String(n)}: mother { ...F${String(n + 1)} } b${String(n)}: father { ...F${String(n + 1)} } }`,
  )} fragment F${String(levels)} on Individual { id }`;

const stranger: Partial<Caller> = {
  access: { ...FULL_ACCESS, rows: { kind: 'within', place: 'birth', locationIds: [FAMILY.elsewhere] } },
};
const reader: Partial<Caller> = { scopes: ['graph.read', 'graph.personal'] };
const SQL = `' or 1=1; drop table individuals; --`;
const son = globalId('Individual', FAMILY.son);
const TOO_COMPLEX = 'QUERY_TOO_COMPLEX';
const NOT_VALID = 'GRAPHQL_VALIDATION_FAILED';

const ATTACKS: readonly Attack[] = [
  { name: 'G1 the schema', query: '{ __schema { types { name } } }', status: 400, code: NOT_VALID },
  { name: 'G1 a type', query: '{ __type(name: "Individual") { name } }', status: 400, code: NOT_VALID },
  {
    name: 'G2 misspelt',
    query: '{ individuls { nodes { id } } }',
    status: 400,
    code: NOT_VALID,
    without: /mean|individuals/u,
  },
  { name: 'G3 a cycle of 20', query: cycle(20), status: 400, code: TOO_COMPLEX },
  { name: 'G4 a cycle of 200', query: cycle(200), status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  { name: 'G5 15 aliases', query: aliases(15), status: 200, code: null },
  { name: 'G6 100 aliases', query: aliases(100), status: 400, code: TOO_COMPLEX },
  { name: 'G6 1000 aliases', query: aliases(1000), status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  {
    name: 'G7 a batch',
    body: '[{"query":"{ __typename }"},{"query":"{ __typename }"}]',
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'G8 a mutation by GET',
    get: 'mutation { syncLocations(source: "x") { __typename } }',
    headers: { 'apollo-require-preflight': '1' },
    status: 405,
    code: 'BAD_REQUEST',
  },
  { name: 'G9 a GET without preflight', get: '{ __typename }', status: 400, code: 'BAD_REQUEST' },
  {
    name: 'G10 a GET of an odd type',
    get: '{ __typename }',
    headers: { 'content-type': 'application/odd' },
    status: 415,
    code: 'BAD_REQUEST',
  },
  {
    name: 'G11 plain text',
    body: '{"query":"{ __typename }"}',
    headers: { 'content-type': 'text/plain' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'G11 a form',
    body: 'query={__typename}',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'G11 multipart',
    body: '--x--',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  { name: 'G13 a syntax error', query: '{ individuals(', status: 400, code: 'GRAPHQL_PARSE_FAILED' },
  { name: 'G14 an empty object', body: '{}', status: 400, code: 'BAD_REQUEST' },
  {
    name: 'G14 bad JSON',
    body: '{"query": "secret-n-1',
    status: 400,
    code: 'BAD_REQUEST',
    without: /secret-n-1|<html/u,
  },
  {
    name: 'G15 a megabyte',
    body: JSON.stringify({ query: 'x'.repeat(1_000_000) }),
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
  },
  {
    name: 'G16 brotli',
    body: brotliCompressSync('{"query":"{ __typename }"}'),
    headers: { 'content-encoding': 'br' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    name: 'G16 said to be gzip',
    body: '{}',
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  { name: 'G17 a fragment bomb of 10', query: bomb(10), status: 400, code: TOO_COMPLEX },
  { name: 'G17 a fragment bomb of 20', query: bomb(20), status: 400, code: TOO_COMPLEX },
  {
    name: 'G18 a fragment cycle',
    query: '{ individuals { nodes { ...F } } } fragment F on Individual { mother { ...F } }',
    status: 400,
    code: NOT_VALID,
  },
  {
    name: 'G19 a hundred directives and more',
    query: `{ __typename ${times(130, () => '@skip(if: false)')} }`,
    status: 400,
    code: NOT_VALID,
  },
  {
    name: 'G20 5000 fields',
    query: `{ ${times(5000, () => '__typename')} }`,
    status: 400,
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    name: 'G21 a page of 999999999',
    query: '{ individuals(first: 999999999) { nodes { id } } }',
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    name: 'G22 lists in lists',
    query: '{ individuals(first: 100) { nodes { children { children { children { children { id } } } } } } }',
    status: 400,
    code: TOO_COMPLEX,
  },
  {
    name: 'G23 a wrong variable',
    query: 'query ($f: Int) { individuals(first: $f) { totalCount } }',
    variables: { f: 'number-n-1' },
    status: 400,
    code: 'BAD_USER_INPUT',
    without: /number-n-1/u,
  },
  {
    name: 'G24 5000 bad items',
    query: 'query ($f: IndividualFilter) { individuals(filter: $f) { totalCount } }',
    variables: { f: { ids: Array.from({ length: 5000 }, () => ({})) } },
    status: 400,
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'G25 an unknown digest',
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    status: 200,
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
  },
  {
    name: 'G26 __proto__',
    body: '{"query":"{ __typename }","variables":{"__proto__":{"polluted":true}}}',
    status: 200,
    code: null,
  },
  {
    name: 'G27 no token',
    query: '{ individuls }',
    caller: null,
    status: 401,
    code: 'UNAUTHENTICATED',
    without: /individu/u,
  },
  {
    name: 'G32 an import by a reader',
    query: `mutation { fetch(searchCriteriaId: "${globalId('SearchCriteria', FAMILY.group)}") { __typename } }`,
    caller: reader,
    status: 200,
    code: 'FORBIDDEN',
  },
  {
    name: 'G35 SQL as a name',
    query: `query ($t: String) { individuals(filter: { name: { contains: $t } }) { totalCount } }`,
    variables: { t: SQL },
    status: 200,
    code: null,
  },
  {
    name: 'G35 SQL as an identifier',
    query: 'query ($t: String!) { individual(identifier: { type: $t, value: $t }) { id } }',
    variables: { t: SQL },
    status: 200,
    code: null,
  },
  {
    name: 'G35 SQL as an attribute',
    query: 'query ($t: String!) { individuals(filter: { attributes: [{ name: $t, eq: $t }] }) { totalCount } }',
    variables: { t: SQL },
    status: 200,
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'G35 SQL as a cursor',
    query: 'query ($t: String) { individuals(after: $t) { totalCount } }',
    variables: { t: SQL },
    status: 200,
    code: 'CURSOR_INVALID',
  },
  {
    name: 'G35 SQL as a code',
    query: 'query ($t: String!) { dataSource(code: $t) { id } locations(filter: { nameContains: $t }) { totalCount } }',
    variables: { t: SQL },
    status: 200,
    code: null,
  },
  {
    name: 'G36 a hidden field',
    query: '{ individuals(sort: [{ field: BIRTH_DATE }]) { totalCount } }',
    caller: { access: { ...FULL_ACCESS, fields: new FieldSet([{ never: ['individual.birth_date'] }]) } },
    status: 200,
    code: 'BAD_USER_INPUT',
  },
];

describe('an attack in production', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph({ environment: 'production' });
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  test.each(ATTACKS.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
    const { query, variables, headers = {}, get, caller = {}, status, code, without } = attack;
    graph.callAs(caller);
    graph.logLines.length = 0;
    const response =
      get === undefined
        ? await graph.post(attack.body ?? JSON.stringify({ query, variables }), headers)
        : await fetch(`${graph.url}?query=${encodeURIComponent(get)}`, { headers });
    const text = await response.text();
    expect({ status: response.status, text }).toEqual({ status, text });
    expect(response.headers.get('content-type')).toContain('json');
    const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    expect({ code: errors[0]?.extensions?.code ?? null, text }).toEqual({ code, text });
    expect(errors.length).toBeLessThanOrEqual(6);
    if (without) expect(text).not.toMatch(without);
    expect(graph.logLines.join('\n')).not.toMatch(/n-1|drop table/u);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('G12 a statement that fails is masked, with an id that the log has', async () => {
    graph.callAs({});
    graph.logLines.length = 0;
    const { errors } = await graph.ask(
      '{ locations(filter: { nameContains: "\\u0000" }) { totalCount } dataSource(code: "\\u0000") { id } }',
    );
    for (const { message, extensions } of errors ?? []) {
      expect(message).not.toMatch(/select|relation|invalid byte/u);
      if (extensions?.['code'] === 'INTERNAL_SERVER_ERROR') {
        expect(graph.logLines.join('')).toContain(String(extensions['requestId']));
      }
    }
  });

  test('G28, G29 somebody outside the rows of the caller is as absent, by whatever way', async () => {
    graph.callAs(stranger);
    const absent = globalId('Individual', '00000000-0000-4000-8000-0000000000ff');
    const ask = (id: string) =>
      graph.ask(
        `{ individual(id: "${id}") { id } group(id: "${globalId('Group', FAMILY.group)}") { members { individual { id name { full } } } } }`,
      );
    const [hidden, missing] = [await ask(son), await ask(absent)];
    expect(hidden.data).toEqual(missing.data);
    expect(JSON.stringify(hidden)).not.toContain('Emeka');
  });

  test('G31 two callers at once see their own rows only', async () => {
    const query = JSON.stringify({ query: `{ individual(id: "${son}") { name { full } mother { name { full } } } }` });
    graph.callAs({});
    const first = graph.post(query);
    graph.callAs(stranger);
    const second = graph.post(query);
    const bodies = await Promise.all([(await first).text(), (await second).text()]);
    // Whoever is asked as decides when the request comes in; one of both saw the son, the other did not.
    expect(bodies.filter((body) => body.includes('Emeka')).length).toBeLessThanOrEqual(1);
    for (let round = 0; round < 5; round += 1) expect(await (await graph.post(query)).text()).not.toContain('Emeka');
  });

  test('G33 two hundred imports of the same thing at once are one run, which all are told of', async () => {
    graph.callAs({});
    await graph.database.pool.query(
      `insert into data_source_paths select id, key, '/' || key from data_sources, unnest(array['search', 'token']) key`,
    );
    const { rows } = await graph.database.pool.query<{ id: string }>(
      `insert into search_criteria (name, data_source_id, born_from, born_until)
       select 'all', s.id, '2020-01-01', '2020-12-31'
       from data_sources s where s.code = 'crvs' returning id`,
    );
    const id = globalId('SearchCriteria', rows[0]?.id ?? '');
    const query = `mutation { fetch(searchCriteriaId: "${id}") { __typename ... on ImportRun { id } ... on Refusal { code message } } }`;
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => graph.ask<{ fetch: { id?: string; code?: string } }>(query)),
    );
    const ids = new Set(answers.map(({ data }) => data?.fetch.id ?? data?.fetch.code));
    expect([...ids]).toEqual([expect.any(String)]);
    const runs = await graph.database.pool.query('select id from import_runs');
    expect(runs.rowCount).toBe(1);
  }, 30_000);
});
