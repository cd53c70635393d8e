import { globalId } from '../../src/graphql/global-id.js';
import { FAMILY, insertFamily } from './known-family.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

describe('what a client would get', () => {
  let graph: TestGraph;
  const ids = { dashboard: '', partner: '' };
  beforeAll(async () => {
    graph = await openTestGraph();
    const { pool } = graph.database;
    await insertFamily(pool);
    const insert = async (name: string, scopes: readonly string[], access: object): Promise<string> => {
      const { rows } = await pool.query<{ id: string }>(
        `insert into api_clients (name, client_id, scopes, dialect, access) values ($1, $1, $2, 'spdci-1.0', $3) returning id`,
        [name, scopes, access],
      );
      return globalId('ApiClient', rows[0]?.id ?? '');
    };
    ids.dashboard = await insert('dashboard', ['graph.read', 'graph.personal'], {
      never: ['individual.birth_date'],
      rows: { within: [FAMILY.district] },
      largestPage: 10,
    });
    ids.partner = await insert('partner', ['registry.search'], { registries: ['crvs'] });
  });
  afterAll(() => graph.close());

  const QUERY = `query ($client: ID!, $message: JSON, $document: String, $variables: JSON) {
    explainAccess(client: $client, message: $message, document: $document, variables: $variables) {
      refused { code rule } rows largestPage registries consentRequired signature fields
      withheld { field by } refusals { code rule path message } items { refused { code rule } registry fields }
    }
  }`;
  const explain = async (variables: object): Promise<Record<string, unknown> | undefined> => {
    const { data, errors } = await graph.ask<{ explainAccess: Record<string, unknown> }>(QUERY, variables);
    expect(errors).toBeUndefined();
    return data?.explainAccess;
  };

  test('for a document: its fields, those that are withheld and by which rule, and the questions that are refused', async () => {
    graph.database.statements.length = 0;
    const document = `query ($from: Date) {
      people: individuals(first: 5) { nodes { name { full } birthDate disability { status } } }
      born: individuals(filter: { birthDate: { ge: $from } }) { totalCount }
      many: individuals(first: 50) { totalCount }
      lame: disabilities { totalCount }
      old: individuals(filter: { attributes: [{ name: "nonsense", eq: "1" }] }) { totalCount }
    }`;
    expect(await explain({ client: ids.dashboard, document, variables: { from: '1990-01-01' } })).toEqual({
      refused: null,
      rows: expect.stringContaining(FAMILY.district) as string,
      largestPage: 10,
      registries: null,
      consentRequired: false,
      signature: 'optional',
      fields: ['individual.name'],
      withheld: [
        { field: 'individual.birth_date', by: 'never' },
        { field: 'disability.*', by: 'sensitivities' },
      ],
      refusals: expect.arrayContaining([
        {
          code: 'BAD_USER_INPUT',
          rule: 'fields',
          path: 'born',
          message: expect.stringContaining('birth_date') as string,
        },
        {
          code: 'BAD_USER_INPUT',
          rule: 'largest-page',
          path: 'many',
          message: expect.stringContaining('1 to 10') as string,
        },
        {
          code: 'FORBIDDEN',
          rule: 'scopes',
          path: 'lame',
          message: expect.stringContaining('graph.sensitive') as string,
        },
        {
          code: 'BAD_USER_INPUT',
          rule: 'message',
          path: 'old',
          message: expect.stringContaining('no attribute') as string,
        },
      ]) as unknown,
      items: [],
    });
    expect(graph.database.statements.filter((text) => /\bindividuals\b/u.test(text))).toEqual([]);
  });

  test.each([
    ['a mutation', 'mutation { syncLocations(source: "x") { __typename } }', 'BAD_USER_INPUT'],
    ['nonsense', '{ nonsense', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('for %s: that it is refused', async (_, document, code) => {
    expect(await explain({ client: ids.dashboard, document })).toMatchObject({ refused: { code, rule: 'message' } });
  });

  test('for a document of a partner: that the graph is closed to it', async () => {
    expect(await explain({ client: ids.partner, document: '{ __typename }' })).toMatchObject({
      refused: { code: 'FORBIDDEN', rule: 'scopes' },
    });
  });

  test('for a message: each of its items', async () => {
    const item = (registry: string) => ({
      reference_id: registry,
      timestamp: '2026-01-01T00:00:00Z',
      search_criteria: {
        version: '1.0.0',
        reg_type: `ns:org:RegistryType:${registry}`,
        query_type: 'idtype-value',
        query: { type: 'NID', value: 'n-1' },
      },
    });
    const message = {
      signature: 'unsigned',
      header: {
        message_id: 'm-1',
        message_ts: '2026-01-01T00:00:00Z',
        action: 'search',
        sender_id: 'p',
        total_count: 2,
      },
      message: { transaction_id: 't-1', search_request: [item('CRVS'), item('FR')] },
    };
    const explained = await explain({ client: ids.partner, message });
    expect(explained).toMatchObject({ refused: null, registries: ['crvs'] });
    expect(explained?.['items']).toHaveLength(2);
    expect(explained?.['items']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ refused: expect.objectContaining({ rule: 'registries' }) as unknown }),
      ]),
    );
  });

  test('is told to administrators only, of clients that there are', async () => {
    expect(
      (await graph.ask(QUERY, { client: globalId('ApiClient', FAMILY.group), document: '{ __typename }' })).errors,
    ).toMatchObject([{ extensions: { code: 'CLIENT_UNKNOWN' } }]);
    graph.callAs({ scopes: ['graph.read'] });
    expect((await graph.ask(QUERY, { client: ids.partner, document: '{ __typename }' })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
  });
});
