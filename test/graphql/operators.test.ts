import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiClientsDocument,
  CreateApiClientDocument,
  CreateDataSourceDocument,
  type CreateDataSourceInput,
  CreateSearchCriteriaDocument,
  type CreateSearchCriteriaInput,
  DataSourceByCodeDocument,
  DataSourcesDocument,
  EnableFetchingDocument,
  FetchDocument,
  ImportItemsDocument,
  ImportRunsDocument,
  RegistrySearchDocument,
  ResumeImportRunDocument,
  RevokeApiClientDocument,
  RotateApiClientSecretDocument,
  SearchCriteriaListDocument,
  SyncLocationsDocument,
  UpdateDataSourceDocument,
  WatchImportDocument,
} from '../../schema/generated/graphql.js';
import { globalId } from '../../src/graphql/global-id.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { hasSecretForm } from '../../src/security/client-secrets.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const ALWAYS = { bornFrom: { date: '1900-01-01' }, bornUntil: { date: '2099-12-31' } };

describe('an operator', () => {
  let graph: TestGraph;
  let register: MockRegistry;
  beforeAll(async () => {
    [graph, register] = await Promise.all([
      openTestGraph({ workers: true }),
      startMockRegistry({ births: 60, seed: 5 }),
    ]);
  });
  afterAll(async () => {
    await register.close();
    await graph.close();
  });

  const crvs = (): CreateDataSourceInput => ({
    code: 'crvs',
    name: 'Civil register',
    baseUrl: register.url,
    dialect: 'OPENCRVS_1_0',
    credentialLocation: 'QUERY',
    clientId: register.clientId,
    clientSecret: register.clientSecret,
    pageSize: 25,
    parameters: [{ name: 'receiver_id', value: 'crvs' }],
  });

  test('registers a data source, whose secret no answer and no log shows again', async () => {
    const { createDataSource } = await graph.run(CreateDataSourceDocument, { input: crvs() });
    expect(createDataSource).toMatchObject({
      __typename: 'DataSource',
      code: 'crvs',
      dialect: 'OPENCRVS_1_0',
      grantType: 'CLIENT_CREDENTIALS',
      hasClientSecret: true,
      paths: {
        search: '/registry/sync/search',
        token: '/oauth2/client/token',
        locations: '/.well-known/locations.json',
      },
      parameters: [{ name: 'receiver_id', value: 'crvs' }],
      locationsSyncedAt: null,
    });
    const { dataSources } = await graph.run(DataSourcesDocument, {});
    const { dataSource } = await graph.run(DataSourceByCodeDocument, { code: 'crvs' });
    expect(dataSources).toEqual([dataSource]);
    const shown = JSON.stringify([createDataSource, dataSources]) + graph.logLines.join('');
    expect(shown).not.toContain(register.clientSecret);
    expect(await graph.run(DataSourceByCodeDocument, { code: 'none' })).toEqual({ dataSource: null });
  });

  test.each<[string, Partial<CreateDataSourceInput>, string, string | null]>([
    ['a code that is taken', {}, 'DATA_SOURCE_CODE_TAKEN', 'code'],
    ['a name that is taken', { code: 'other' }, 'DATA_SOURCE_NAME_TAKEN', 'name'],
    ['a code in words', { code: 'The Other' }, 'DATA_SOURCE_INVALID', 'code'],
    ['a name without end', { code: 'other', name: 'x'.repeat(5_000) }, 'DATA_SOURCE_INVALID', 'name'],
    ['an address that is none', { code: 'other', name: 'Other', baseUrl: 'ftp://x' }, 'DATA_SOURCE_INVALID', 'baseUrl'],
    ['a path that leads elsewhere', { paths: { search: '//other.example' } }, 'DATA_SOURCE_INVALID', 'paths'],
    ['pages of nothing', { pageSize: 0 }, 'DATA_SOURCE_INVALID', 'pageSize'],
    ['no time to answer', { timeoutMs: 0 }, 'DATA_SOURCE_INVALID', 'timeoutMs'],
    ['the word for an unset secret', { clientSecret: 'False' }, 'DATA_SOURCE_INVALID', 'clientSecret'],
    [
      'a parameter that is none',
      { parameters: [{ name: 'sender', value: 'x' }] },
      'DATA_SOURCE_PARAMETER_UNKNOWN',
      'parameters',
    ],
    [
      'a parameter said twice',
      {
        parameters: [
          { name: 'receiver_id', value: 'one' },
          { name: 'receiver_id', value: 'other' },
        ],
      },
      'DATA_SOURCE_INVALID',
      'parameters',
    ],
    [
      'a field mapped twice',
      {
        fieldMappings: [
          { clientField: 'birth_date', serverField: 'dob' },
          { clientField: 'birth_date', serverField: 'born' },
        ],
      },
      'DATA_SOURCE_INVALID',
      'fieldMappings',
    ],
    [
      'another grant type',
      { code: 'other', name: 'Other', grantType: 'password' },
      'GRANT_TYPE_UNSUPPORTED',
      'grantType',
    ],
  ])('is refused a data source with %s, in words', async (_, change, reason, field) => {
    const { createDataSource } = await graph.run(CreateDataSourceDocument, { input: { ...crvs(), ...change } });
    expect(createDataSource).toMatchObject({ __typename: 'Refusal', reason, field });
  });

  test('changes a data source, and what is left out stays', async () => {
    const change = async (input: object) =>
      (await graph.run(UpdateDataSourceDocument, { code: 'crvs', input })).updateDataSource;
    expect(await change({ timeoutMs: 5000, paths: { locations: null } })).toMatchObject({
      name: 'Civil register',
      timeoutMs: 5000,
      pageSize: 25,
      hasClientSecret: true,
      paths: { search: '/registry/sync/search', locations: null },
    });
    const { syncLocations } = await graph.run(SyncLocationsDocument, { source: 'crvs' });
    expect(syncLocations).toMatchObject({ __typename: 'Refusal', code: 'DATA_SOURCE_PATH_MISSING' });
    expect(await change({ paths: { locations: '/.well-known/locations.json' } })).toMatchObject({ timeoutMs: 5000 });
    const { updateDataSource } = await graph.run(UpdateDataSourceDocument, { code: 'none', input: {} });
    expect(updateDataSource).toMatchObject({ reason: 'DATA_SOURCE_UNKNOWN', field: 'code' });
  });

  test('reads the list of places into the tree', async () => {
    const { syncLocations } = await graph.run(SyncLocationsDocument, { source: 'crvs' });
    expect(syncLocations).toMatchObject({ __typename: 'LocationSync', roots: 1, orphans: [], problems: [] });
    const again = await graph.run(SyncLocationsDocument, { source: 'crvs' });
    expect(again.syncLocations).toMatchObject({ created: 0, updated: 0 });
  });

  test.each<[string, Partial<CreateSearchCriteriaInput>, string, string | null]>([
    ['no lower bound', { bornFrom: null }, 'BIRTH_DATE_LOWER_BOUND_REQUIRED', 'bornFrom'],
    ['no upper bound', { bornUntil: null }, 'BIRTH_DATE_UPPER_BOUND_REQUIRED', 'bornUntil'],
    ['an empty range', { bornUntil: { date: '1899-01-01' } }, 'BIRTH_DATE_RANGE_EMPTY', 'bornUntil'],
    ['nothing to ask for', { bornFrom: null, bornUntil: null }, 'CRITERIA_FILTER_REQUIRED', null],
    ['an unknown source', { dataSource: 'none' }, 'DATA_SOURCE_UNKNOWN', 'dataSource'],
    [
      'an unknown place',
      { locationId: globalId('Location', '00000000-0000-4000-8000-000000000001') },
      'LOCATION_UNKNOWN',
      'locationId',
    ],
    ['no name', { name: ' ' }, 'CRITERIA_NAME_REQUIRED', 'name'],
  ])('is refused search criteria with %s', async (_, change, code, field) => {
    const input = { name: 'wrong', dataSource: 'crvs', ...ALWAYS, ...change };
    const { createSearchCriteria } = await graph.run(CreateSearchCriteriaDocument, { input });
    expect(createSearchCriteria).toMatchObject({ __typename: 'Refusal', code, field });
  });

  test('fetches, watches the run to its end, sees what became of each record, and is locked out until allowed', async () => {
    const input = { name: 'Everybody', dataSource: 'crvs', ...ALWAYS };
    const { createSearchCriteria: made } = await graph.run(CreateSearchCriteriaDocument, { input });
    if (made.__typename !== 'SearchCriteria') throw new Error(made.message);
    expect(made).toMatchObject({
      dataSource: { code: 'crvs' },
      bornFrom: { date: '1900-01-01', inclusive: true },
      locked: false,
    });

    const start = async () => (await graph.run(FetchDocument, { searchCriteriaId: made.id })).fetch;
    const run = await start();
    if (run.__typename !== 'ImportRun') throw new Error(run.message);
    const watch = async (id: string) => {
      for (;;) {
        const { importRun } = await graph.run(WatchImportDocument, { id });
        if (importRun?.state === 'SUCCEEDED' || importRun?.state === 'FAILED') return importRun;
        await delay(50);
      }
    };
    const ended = await watch(run.id);
    expect(ended).toMatchObject({ state: 'SUCCEEDED', recordsReported: ended.recordsDone, errorCode: null });
    const total = Object.values(ended.outcomes).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(ended.recordsDone);
    expect(ended.outcomes.created).toBeGreaterThan(40);

    const { importRun } = await graph.run(ImportItemsDocument, { id: run.id, outcome: 'CREATED', first: 100 });
    expect(importRun?.items.nodes).toHaveLength(ended.outcomes.created);
    expect(importRun?.items.nodes.every(({ individual }) => individual !== null)).toBe(true);

    expect(await start()).toMatchObject({ __typename: 'Refusal', code: 'CRITERIA_LOCKED' });
    const { resumeImportRun } = await graph.run(ResumeImportRunDocument, { importRunId: run.id });
    expect(resumeImportRun).toMatchObject({ __typename: 'Refusal', code: 'RUN_ALREADY_FINISHED' });
    const { enableFetching } = await graph.run(EnableFetchingDocument, { searchCriteriaId: made.id });
    expect(enableFetching).toMatchObject({ __typename: 'SearchCriteria', locked: false });
    const secondRun = await start();
    if (secondRun.__typename !== 'ImportRun') throw new Error(secondRun.message);
    expect(await watch(secondRun.id)).toMatchObject({ state: 'SUCCEEDED', outcomes: { created: 0, updated: 0 } });

    const { importRuns } = await graph.run(ImportRunsDocument, { searchCriteriaId: made.id });
    expect(importRuns.nodes).toHaveLength(2);
    expect(importRuns.nodes[0]).toMatchObject({ searchCriteria: { name: 'Everybody' } });
    const { searchCriteria } = await graph.run(SearchCriteriaListDocument, {});
    expect(searchCriteria.nodes.map(({ name }) => name)).toEqual(['Everybody']);
  });

  test('without the right to see people sees counts of a run, and no person of it', async () => {
    graph.callAs({ scopes: ['graph.read', 'import.run'] });
    try {
      const { importRuns } = await graph.run(ImportRunsDocument, { first: 1 });
      const id = importRuns.nodes[0]?.id ?? '';
      const { errors } = await graph.ask(ImportItemsDocument, { id, first: 1 });
      expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(new Set(['FORBIDDEN']));
    } finally {
      graph.callAs({});
    }
  });

  test('lists runs with as many statements for one as for many', async () => {
    const { statements, pool } = graph.database;
    const counts: number[] = [];
    for (const runs of [1, 20]) {
      await pool.query(
        `insert into import_runs (search_criteria_id, requested_by, state)
         select id, 'tests', 'failed' from search_criteria, generate_series(1, $1) limit $1`,
        [runs],
      );
      statements.length = 0;
      await graph.run(ImportRunsDocument, { first: runs });
      counts.push(statements.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });

  test('asks another registry live: typed people, and nothing stored', async () => {
    const { pool } = graph.database;
    const count = async (): Promise<unknown> => (await pool.query('select count(*) from individuals')).rows[0];
    const before = await count();
    const { registrySearch } = await graph.run(RegistrySearchDocument, {
      source: 'crvs',
      filter: { birthDate: { ge: '1900-01-01', le: '2099-12-31' } },
      page: { size: 7, number: 2 },
    });
    expect(registrySearch?.individuals).toHaveLength(7);
    expect(registrySearch).toMatchObject({ pageNumber: 2, pageSize: 7 });
    expect(
      registrySearch?.individuals.filter(({ identifiers }) => (identifiers ?? []).length > 0).length,
    ).toBeGreaterThan(3);
    expect(await count()).toEqual(before);
  });

  test('is told by name what another registry cannot be asked', async () => {
    const filter = { birthDate: { ge: '2015-01-01' }, name: { contains: 'a' } };
    const { errors } = await graph.ask(RegistrySearchDocument, { source: 'crvs', filter });
    expect(errors).toMatchObject([{ extensions: { code: 'FILTER_NOT_EXPRESSIBLE' } }]);
    expect(errors?.[0]?.message).toMatch(/birth_date.*name/u);
    const unknown = await graph.ask(RegistrySearchDocument, { source: 'none', filter: {} });
    expect(unknown.errors).toMatchObject([{ extensions: { code: 'DATA_SOURCE_UNKNOWN' } }]);
  });
});

describe('an administrator', () => {
  let graph: TestGraph;
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(() => graph.close());

  test('makes a client, whose secret is shown once, renewed once, and ends with the client', async () => {
    const { createApiClient: made } = await graph.run(CreateApiClientDocument, {
      input: { name: 'Ministry of Health' },
    });
    if (made.__typename !== 'IssuedSecret') throw new Error(made.message);
    expect(made.client).toMatchObject({
      name: 'Ministry of Health',
      scopes: ['REGISTRY_SEARCH', 'REGISTRY_SUBSCRIBE'],
    });
    expect(hasSecretForm(made.clientSecret ?? '')).toBe(true);

    const { clientId } = made.client;
    const { rotateApiClientSecret: renewed } = await graph.run(RotateApiClientSecretDocument, { clientId });
    if (renewed.__typename !== 'IssuedSecret') throw new Error(renewed.message);
    expect(renewed.clientSecret).not.toBe(made.clientSecret);

    const { revokeApiClient } = await graph.run(RevokeApiClientDocument, { clientId });
    expect(revokeApiClient).toEqual({ __typename: 'ApiClient', clientId, state: 'REVOKED' });
    const again = await graph.run(RotateApiClientSecretDocument, { clientId });
    expect(again.rotateApiClientSecret).toMatchObject({ code: 'CLIENT_REVOKED', field: 'clientId' });

    const { apiClients } = await graph.run(ApiClientsDocument, {});
    expect(apiClients).toMatchObject([{ name: 'Ministry of Health', state: 'REVOKED', lastUsedAt: null }]);
    const kept = JSON.stringify(apiClients) + graph.logLines.join('');
    for (const secret of [made.clientSecret, renewed.clientSecret]) expect(kept).not.toContain(secret ?? 'null');
  });

  test.each([
    ['a name that is taken', { name: 'Ministry of Health' }, 'CLIENT_NAME_TAKEN', 'name'],
    ['no name', { name: ' ' }, 'CLIENT_NAME_REQUIRED', 'name'],
    ['no scope', { name: 'x', scopes: [] }, 'CLIENT_SCOPES_INVALID', 'scopes'],
    [
      'scopes of both sides',
      { name: 'x', scopes: ['REGISTRY_SEARCH', 'ADMIN'] as const },
      'CLIENT_SCOPES_INVALID',
      'scopes',
    ],
  ])('is refused a client with %s', async (_, { name, ...rest }, code, field) => {
    const scopes = 'scopes' in rest ? { scopes: [...rest.scopes] } : {};
    const { createApiClient } = await graph.run(CreateApiClientDocument, { input: { name, ...scopes } });
    expect(createApiClient).toMatchObject({ __typename: 'Refusal', code, field });
  });
});
