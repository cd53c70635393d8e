import {
  CreateSearchCriteriaDocument,
  FamiliesDocument,
  FetchDocument,
  ImportItemsDocument,
  IndividualByIdentifierDocument,
  ListIndividualsDocument,
  RegistrySearchDocument,
  SyncLocationsDocument,
} from '../../schema/generated/graphql.js';
import { ask, expectMade, watchImport } from './ask.js';
import { gatewayFolder, type GatewayProcess, startGateway } from './gateway-process.js';

const EVERYBODY = { bornFrom: { date: '1900-01-01' }, bornUntil: { date: '2100-01-01' } };

interface SearchAnswer {
  readonly header: { readonly status: string };
  readonly message: {
    readonly search_response: {
      readonly reference_id: string;
      readonly status: string;
      readonly status_reason_code?: string;
      readonly data?: { readonly reg_records: { readonly demographic_info?: { readonly birth_date?: string } }[] };
      readonly pagination?: { readonly total_count: number };
    }[];
  };
}

describe('the first hour with a gateway that found no database named', () => {
  let home: Awaited<ReturnType<typeof gatewayFolder>>;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    home = await gatewayFolder();
    gateway = await startGateway(home.folder);
  });

  afterAll(async () => {
    await gateway.stop();
    await home.remove();
  });

  test('it prints where to look, and the query and the curl that it prints give answers', async () => {
    const printed = gateway.output();
    expect(printed).toContain(`${gateway.url}/graphql`);
    expect(printed).toContain(`${gateway.url}/registry/sync/search`);
    const query = /graphql:\n((?: {4}.*\n)+)/u.exec(printed)?.[1];
    const body = /-d '(.*)'/u.exec(printed)?.[1];
    for (const text of [JSON.stringify({ query }), body]) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: text ?? '',
      });
      expect(await response.json()).toEqual({ data: expect.anything() as unknown });
    }
  });

  test('the demo registry holds two hundred people in families', async () => {
    const { groups } = await ask(gateway.url, FamiliesDocument, { first: 5 });
    expect(groups.totalCount).toBeGreaterThan(30);
    expect(groups.nodes.every(({ head, members }) => head !== null && (members ?? []).length > 1)).toBe(true);
  });

  test('people and families of the civil register are imported, watched and asked about', async () => {
    const { syncLocations } = await ask(gateway.url, SyncLocationsDocument, { source: 'crvs' });
    expect(expectMade(syncLocations, 'LocationSync')).toMatchObject({ roots: 1, orphans: [] });
    const { createSearchCriteria } = await ask(gateway.url, CreateSearchCriteriaDocument, {
      input: { name: 'Everybody', dataSource: 'crvs', ...EVERYBODY },
    });
    const { id: criteriaId } = expectMade(createSearchCriteria, 'SearchCriteria');
    const { fetch: started } = await ask(gateway.url, FetchDocument, { searchCriteriaId: criteriaId });
    const { id: runId } = expectMade(started, 'ImportRun');
    const run = await watchImport(gateway.url, runId);
    expect(run).toMatchObject({ state: 'SUCCEEDED', errorMessage: null, recordsDone: 300, recordsReported: 300 });

    const { fetch: again } = await ask(gateway.url, FetchDocument, { searchCriteriaId: criteriaId });
    expect(again).toMatchObject({ __typename: 'Refusal', code: 'CRITERIA_LOCKED' });

    const { importRun } = await ask(gateway.url, ImportItemsDocument, { id: runId, outcome: 'CONFLICT', first: 10 });
    expect(importRun?.items.nodes.map(({ reasonCode }) => reasonCode)).toContain('IDENTIFIERS_OF_TWO_PEOPLE');

    const { individuals } = await ask(gateway.url, ListIndividualsDocument, {
      filter: { importedFrom: ['crvs'], birthDate: { ge: '2020-01-01' } },
      first: 50,
    });
    const child = individuals.nodes.find(({ memberships }) => (memberships ?? []).length > 0);
    const [identifier] = child?.identifiers ?? [];
    if (!child || !identifier) throw new Error('no imported child is in a family');
    const { individual } = await ask(gateway.url, IndividualByIdentifierDocument, {
      identifier: { type: identifier.type, value: identifier.value },
    });
    expect(individual).toMatchObject({ id: child.id, importedFrom: ['crvs'] });
    expect(individual?.mother?.name?.full).toEqual(expect.any(String));
  });

  test('the command line fetches search criteria by name, and does not pass over options that ask for something else', async () => {
    const options = ['--source', 'crvs', '--born-from', '1901-01-01', '--born-until', '1901-12-31'];
    const printed = await gateway.command('import', 'run', 'Before all', ...options, '--json');
    expect(JSON.parse(printed)).toMatchObject({ state: 'succeeded', recordsDone: 0 });
    expect(await gateway.command('import', 'run', 'Before all')).toContain('0 records');
    await expect(gateway.command('import', 'run', 'Before all', '--born-until', '2020-12-31')).rejects.toThrow(
      /CRITERIA_DIFFER/u,
    );
  });

  test('another registry is asked live, and a filter that it cannot express is refused by name', async () => {
    const { registrySearch } = await ask(gateway.url, RegistrySearchDocument, {
      source: 'crvs',
      filter: { birthDate: { ge: '2024-01-01', le: '2024-12-31' } },
    });
    expect(registrySearch?.individuals.every(({ birthDate }) => birthDate?.startsWith('2024'))).toBe(true);
    expect(registrySearch?.total).toBeGreaterThan(0);
    await expect(
      ask(gateway.url, RegistrySearchDocument, { source: 'crvs', filter: { sex: { eq: 'FEMALE' } } }),
    ).rejects.toThrow(/FILTER_NOT_EXPRESSIBLE.*sex|sex.*FILTER_NOT_EXPRESSIBLE/u);
  });

  test('a partner gets a client from the command line, a token, and answers in order over DCI', async () => {
    const printed = await gateway.command('client', 'create', 'Ministry of Health', '--json');
    const { clientId, clientSecret } = JSON.parse(printed) as { clientId: string; clientSecret: string };
    const granted = await fetch(`${gateway.url}/oauth2/client/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
    });
    const token = (await granted.json()) as { access_token: string; token_type: string; expires_in: number };
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 600 });

    const now = new Date().toISOString();
    const item = (reference: string, birthDates: [operator: string, date: string][]) => ({
      reference_id: reference,
      timestamp: now,
      search_criteria: {
        reg_type: 'SPP:RegistryType:Individual',
        query_type: 'predicate',
        query: birthDates.map(([operator, date]) => ({
          expression1: { attribute_name: 'birthdate', operator, attribute_value: date },
        })),
        pagination: { page_size: 2000, page_number: 1 },
      },
    });
    const searched = await fetch(`${gateway.url}/registry/sync/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.access_token}` },
      body: JSON.stringify({
        header: {
          version: '1.0.0',
          message_id: 'm-1',
          message_ts: now,
          action: 'search',
          sender_id: 'moh',
          total_count: 3,
        },
        message: {
          transaction_id: 't-1',
          search_request: [
            item('bounded', [
              ['ge', '2000-01-01'],
              ['le', '2001-12-31'],
            ]),
            item('impossible', [['ge', 'soon']]),
            item('none', [['gt', '2090-01-01']]),
          ],
        },
      }),
    });
    expect(searched.status).toBe(200);
    const { message } = (await searched.json()) as SearchAnswer;
    const [bounded, impossible, none] = message.search_response;
    expect(message.search_response.map(({ reference_id }) => reference_id)).toEqual(['bounded', 'impossible', 'none']);
    const years = new Set(
      bounded?.data?.reg_records.map(({ demographic_info }) => demographic_info?.birth_date?.slice(0, 4)),
    );
    expect([...years].sort()).toEqual(['2000', '2001']);
    expect(impossible).toMatchObject({ status: 'rjct', status_reason_code: 'rjct.filter.invalid' });
    expect(none).toMatchObject({ status: 'succ', data: { reg_records: [] }, pagination: { total_count: 0 } });
  });

  test('a partner is shut out of the graph, and a stranger out of both', async () => {
    const { clientId, clientSecret } = JSON.parse(
      await gateway.command('client', 'create', 'Ministry of Education', '--json'),
    ) as { clientId: string; clientSecret: string };
    const granted = await fetch(`${gateway.url}/oauth2/client/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
    });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ dataSources { code } }' }),
      });
    expect((await post('/graphql', { authorization: `Bearer ${token}` })).status).toBe(403);
    expect((await post('/graphql', { 'x-forwarded-for': '203.0.113.1' })).status).toBe(401);
    const stranger = await post('/registry/sync/search', {});
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toMatch(/^Bearer/u);
  });

  test('stopped and started again it keeps all data', async () => {
    const before = await ask(gateway.url, FamiliesDocument, { first: 1 });
    expect(await gateway.stop()).toBe(0);
    gateway = await startGateway(home.folder);
    const after = await ask(gateway.url, FamiliesDocument, { first: 1 });
    expect(after.groups.totalCount).toBe(before.groups.totalCount);
  });
});
