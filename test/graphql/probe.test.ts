import { ProbeDataSourceDocument } from '../../schema/generated/graphql.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('probeDataSource', () => {
  let graph: TestGraph;
  let register: MockRegistry;
  beforeAll(async () => {
    [graph, register] = await Promise.all([
      openTestGraph(),
      startMockRegistry({ profile: 'opencrvs-1.9', births: 40 }),
    ]);
  });
  afterAll(async () => {
    await register.close();
    await graph.close();
  });

  const input = () => ({ url: register.url, clientId: register.clientId, clientSecret: register.clientSecret });

  test('tells an administrator what a registry speaks, and keeps none of it', async () => {
    const { probeDataSource } = await graph.run(ProbeDataSourceDocument, { input: input() });
    expect(probeDataSource).toMatchObject({
      __typename: 'DataSourceProbe',
      profile: 'OPENCRVS_1_9',
      tokenStyle: 'FORM',
      recordShape: 'PERSON',
      pageDefault: 20,
      signature: 'NONE',
      queryTypes: [
        { type: 'idtype-value', verdict: 'ANSWERED' },
        { type: 'predicate', verdict: 'ANSWERED' },
        { type: 'expression', verdict: 'ANSWERED' },
      ],
      paths: { search: '/registry/sync/search', requests: null },
    });
    expect(JSON.stringify(probeDataSource)).not.toContain(register.clientSecret);
    const { rows } = await graph.database.pool.query('select from data_sources where base_url = $1', [register.url]);
    expect(rows).toHaveLength(0);
  });

  test('refuses what was expected otherwise, and an address that is none', async () => {
    const asked = await graph.run(ProbeDataSourceDocument, { input: { ...input(), expected: 'OPENSPP_17' } });
    expect(asked.probeDataSource).toMatchObject({ __typename: 'Refusal', reason: 'PROFILE_MISMATCH' });
    const nowhere = await graph.run(ProbeDataSourceDocument, { input: { url: 'nowhere' } });
    expect(nowhere.probeDataSource).toMatchObject({ __typename: 'Refusal', reason: 'DATA_SOURCE_INVALID' });
  });

  test('is for administrators alone', async () => {
    const before = register.asked.search;
    graph.callAs({ scopes: ['graph.read', 'import.run', 'graph.personal'] });
    const { errors } = await graph.ask(ProbeDataSourceDocument, { input: input() });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(register.asked.search).toBe(before);
  });
});
