import { brotliCompressSync } from 'node:zlib';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { createPool } from '../../src/database/pool.js';
import { globalId } from '../../src/graphql/global-id.js';
import type { Caller } from '../../src/security/bearer.js';
import { GuardedAgent } from '../../src/security/egress/guarded-agent.js';
import { localDeveloper } from '../../src/security/local-developer.js';
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
    name: 'G24 1400 bad items',
    query: 'query ($f: IndividualFilter) { individuals(filter: $f) { totalCount } }',
    variables: { f: { ids: Array.from({ length: 1400 }, () => ({})) } },
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
  const agent = new GuardedAgent({ environment: 'production', privateNetworks: null });
  beforeAll(async () => {
    graph = await openTestGraph({ environment: 'production', agent });
    await insertFamily(graph.database.pool);
  });
  afterAll(async () => {
    await graph.close();
    await agent.close();
  });

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
    const owner = createPool(graph.database.ownerUrl, { size: 1, applicationName: 'takes a table away' });
    try {
      await owner.query('alter table marriages rename to marriages_of_before');
      const { errors = [] } = await graph.ask(`{ individual(id: "${son}") { marriages { marriedOn } } }`);
      expect(errors).toMatchObject([
        { path: ['individual', 'marriages'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
      expect(JSON.stringify(errors)).not.toMatch(/select|relation|42P01|registry-load/u);
      const requestId = String(errors[0]?.extensions?.['requestId']);
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/u);
      expect(errors[0]?.message).toContain(requestId);
      expect(graph.logLines.filter((line) => line.includes(requestId))).toHaveLength(1);
      expect(graph.logLines.join('')).toContain('42P01');
    } finally {
      await owner.query('alter table marriages_of_before rename to marriages');
      await owner.end();
    }
  });

  test.each([
    ['a person', (person: string) => `{ individual(id: "${person}") { id name { full } mother { id } } }`],
    [
      'a page of people',
      (person: string) =>
        `{ individuals(filter: { ids: ["${person}"] }) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
    ],
    [
      'the groups of a person',
      (person: string) => `{ groups(filter: { member: "${person}" }) { totalCount nodes { id } } }`,
    ],
  ])('G28 %s outside the rows of the caller is answered like nobody, with the same statements', async (_, write) => {
    const { statements } = graph.database;
    const ask = async (person: string): Promise<{ text: string; sent: readonly string[] }> => {
      statements.length = 0;
      const response = await graph.post(JSON.stringify({ query: write(person) }));
      const text = await response.text();
      return { text, sent: statements.filter((sent) => /individuals|groups/u.test(sent)) };
    };
    const absent = globalId('Individual', '00000000-0000-4000-8000-0000000000ff');
    graph.callAs({});
    expect((await ask(son)).text).not.toBe((await ask(absent)).text);
    graph.callAs(stranger);
    const hidden = await ask(son);
    expect(hidden).toEqual(await ask(absent));
    expect(hidden.sent.length).toBeGreaterThan(0);
  });

  test('G29 nor is anybody shown by way of a family', async () => {
    graph.callAs(stranger);
    const { data } = await graph.ask(
      `{ group(id: "${globalId('Group', FAMILY.group)}") { members { individual { id name { full } } } } }`,
    );
    expect(data).toMatchObject({ group: { members: [{ individual: { name: { full: 'Amina Okoro' } } }] } });
  });

  test('G31 callers who ask the same at once are each shown their own rows and fields', async () => {
    const callers: Readonly<Record<string, Partial<Caller>>> = {
      all: {},
      none: stranger,
      nameless: { access: { ...FULL_ACCESS, fields: new FieldSet([{ never: ['individual.name'] }]) } },
    };
    graph.recogniseBy(({ headers }) => Promise.resolve(callers[headers.authorization ?? ''] ?? null));
    const query = JSON.stringify({
      query: `{ individual(id: "${son}") { sex name { full } mother { name { full } } } }`,
    });
    const names = Array.from({ length: 8 }, () => Object.keys(callers)).flat();
    const answers = await Promise.all(
      names.map(async (authorization) => {
        const { data } = (await (await graph.post(query, { authorization })).json()) as { data: unknown };
        return [authorization, data] as const;
      }),
    );
    for (const [name, data] of answers) {
      const seen = JSON.stringify(data);
      if (name === 'none') expect(data).toEqual({ individual: null });
      if (name === 'nameless') expect(data).toMatchObject({ individual: { name: null, mother: { name: null } } });
      if (name === 'all') expect(seen).toContain('Emeka');
      else expect(seen).not.toContain('Emeka');
    }
  });

  test('G39 a data source at an address where machines tell secrets is not connected to', async () => {
    graph.callAs({});
    const input = { code: 'metadata', name: 'Metadata', baseUrl: 'http://169.254.169.254' };
    const { data } = await graph.ask(
      `mutation ($input: CreateDataSourceInput!) {
        createDataSource(input: $input) { __typename }
        syncLocations(source: "metadata") { __typename ... on Refusal { code message } }
      }`,
      { input },
    );
    expect(data).toMatchObject({ syncLocations: { __typename: 'Refusal', code: 'SOURCE_ADDRESS_FORBIDDEN' } });
  });

  test('G40 who says to come through a proxy is nobody else for it', async () => {
    graph.recogniseBy((request) =>
      Promise.resolve(localDeveloper(request, { environment: 'development', host: '127.0.0.1' })),
    );
    const query = JSON.stringify({ query: '{ __typename }' });
    expect((await graph.post(query)).status).toBe(200);
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
      expect((await graph.post(query, { [name]: '127.0.0.1' })).status).toBe(401);
    }
  });

  test('G33 two hundred imports of the same thing at once are one run, which all are told of', async () => {
    graph.callAs({});
    await graph.database.pool.query(
      `insert into data_source_paths select id, key, '/' || key from data_sources, unnest(array['search', 'token']) key
       where code = 'crvs'`,
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
