import { FULL_ACCESS } from '../../src/record/access.js';
import type { InternalScope } from '../../src/security/scopes.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('what a caller may do', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
    await insertFamily(graph.database.pool);
  });
  afterAll(() => graph.close());

  const criteria = globalId('SearchCriteria', FAMILY.group);
  const group = globalId('Group', FAMILY.group);

  test.each<[string, InternalScope[], InternalScope]>([
    ['{ individuals { nodes { id } } }', ['graph.read'], 'graph.personal'],
    ['{ individuals { nodes { id } } }', ['graph.personal'], 'graph.read'],
    [`{ individual(identifier: { type: "NID", value: "n-1" }) { id } }`, ['graph.read'], 'graph.personal'],
    ['{ groups { nodes { id } } }', ['graph.read'], 'graph.personal'],
    [`{ group(id: "${group}") { name } }`, ['graph.read', 'admin'], 'graph.personal'],
    ['{ registrySearch(source: "crvs", filter: {}) { total } }', ['graph.read', 'import.run'], 'graph.personal'],
    ['{ locations { nodes { id } } }', ['import.run'], 'graph.read'],
    ['{ dataSources { code } }', ['admin'], 'graph.read'],
    ['{ searchCriteria { nodes { id } } }', [], 'graph.read'],
    ['{ importRuns { nodes { id } } }', [], 'graph.read'],
    ['{ apiClients { id } }', ['graph.read', 'graph.personal', 'import.run'], 'admin'],
    ['mutation { createApiClient(input: { name: "x" }) { __typename } }', ['import.run'], 'admin'],
    ['mutation { revokeApiClient(clientId: "x") { __typename } }', ['graph.read'], 'admin'],
    ['mutation { rotateApiClientSecret(clientId: "x") { __typename } }', ['graph.read'], 'admin'],
    ['mutation { updateDataSource(code: "crvs", input: {}) { __typename } }', ['import.run'], 'admin'],
    ['mutation { syncLocations(source: "crvs") { __typename } }', ['graph.read'], 'import.run'],
    [`mutation { fetch(searchCriteriaId: "${criteria}") { __typename } }`, ['graph.read'], 'import.run'],
    [`mutation { enableFetching(searchCriteriaId: "${criteria}") { __typename } }`, ['admin'], 'import.run'],
  ])('%s with %j is refused, naming %s, before anything is read or written', async (query, scopes, missing) => {
    graph.callAs({ scopes });
    graph.database.statements.length = 0;
    const { errors } = await graph.ask(query);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(errors?.[0]?.message).toContain(missing);
    expect(graph.database.statements).toEqual([]);
  });

  test('C27: who runs imports, and administers nothing, sees the sources and criteria, fetches, and follows the run', async () => {
    const { pool } = graph.database;
    const { rows } = await pool.query<{ id: string }>(
      `with source as (
         insert into data_sources (code, name, base_url, dialect, client_id)
         values ('civil', 'Births and deaths', 'https://civil.example.org', 'opencrvs-1.0', 'gateway') returning id
       ), paths as (
         insert into data_source_paths (data_source_id, key, path)
         select id, key, path from source, (values ('search', '/search'), ('token', '/token')) as given (key, path)
       )
       insert into search_criteria (data_source_id, name, location_type) select id, 'Births', 'PRIVATE_HOME' from source
       returning id`,
    );
    const id = globalId('SearchCriteria', rows[0]?.id ?? '');
    graph.callAs({ scopes: ['graph.read', 'import.run'] });
    const seen = await graph.ask('{ dataSources { code } searchCriteria { nodes { name dataSource { code } } } }');
    expect(seen).toMatchObject({
      data: { searchCriteria: { nodes: [{ name: 'Births', dataSource: { code: 'civil' } }] } },
    });
    expect(JSON.stringify(seen.data)).toContain('"dataSources":[{"code":"civil"}');
    const fetched = await graph.ask<{ fetch: { id: string; state: string } }>(
      `mutation { fetch(searchCriteriaId: "${id}") { __typename ... on ImportRun { id state } } }`,
    );
    expect(fetched).toMatchObject({ data: { fetch: { __typename: 'ImportRun', state: 'QUEUED' } } });
    const followed = await graph.ask('{ importRuns { nodes { id pagesDone } } }');
    expect(followed).toMatchObject({ data: { importRuns: { nodes: [{ id: fetched.data?.fetch.id }] } } });
  });

  test('people whom the caller may not see are absent wherever they are looked for', async () => {
    graph.callAs({
      access: { ...FULL_ACCESS, rows: { kind: 'within', place: 'birth', locationIds: [FAMILY.hospital] } },
    });
    const query = `{
      all: individuals { totalCount nodes { name { full } mother { id } } }
      one: individual(id: "${globalId('Individual', FAMILY.mother)}") { id }
      known: individual(identifier: { type: "NID", value: "n-1" }) { id }
      group(id: "${group}") { head { id } members { individual { name { full } } } }
    }`;
    const { data, errors } = await graph.ask<{ all: { totalCount: number } }>(query);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      all: { totalCount: 2, nodes: [{ mother: null }, { mother: null }] },
      one: null,
      known: null,
      group: { head: null },
    });
    expect(JSON.stringify(data)).not.toContain('Amina');
  });
});
