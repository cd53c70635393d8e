import { CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { REGISTRY_KINDS } from '../../src/record/registry-kind.js';
import { type ExplainedClient, explainMessage, type RefusingRule } from '../../src/partners/explain/explain-message.js';
import { type AccessDocument, accessOf } from '../../src/security/access-document.js';
import { readClientReception } from '../../src/security/client-reception.js';
import { item, message, predicate } from './partner-gateway.js';

const CONTEXT = { config: { maxPageSize: 50, registries: REGISTRY_KINDS }, catalogue: () => CORE_CATALOGUE };

const client = (access: AccessDocument = {}, more: Partial<ExplainedClient> = {}): ExplainedClient => ({
  state: 'active',
  scopes: ['registry.search', 'registry.subscribe'],
  dialect: 'spdci-1.0',
  access: accessOf([access]),
  reception: readClientReception({}),
  ...more,
});
const born = (criteria: Record<string, unknown> = {}) =>
  item('r', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), criteria);
const wish = (criteria: Record<string, unknown> = {}) => ({
  message: {
    transaction_id: 't',
    subscribe_request: [
      {
        reference_id: 'r',
        timestamp: '2026-01-15T10:30:00Z',
        subscribe_criteria: { reg_type: 'ns:org:RegistryType:Civil', reg_event_type: '*', filter: '*', ...criteria },
      },
    ],
  },
});

test('tells which fields, rows and page a client would get, and which rule takes the rest away', async () => {
  const explained = await explainMessage(
    client({
      never: ['individual.birth_place'],
      sensitivities: ['public', 'personal'],
      rows: { programmes: ['CASH'], sources: ['crvs'] },
      largestPage: 5,
      recordsPerHour: 100,
    }),
    message([born()]),
    CONTEXT,
  );
  expect(explained).toMatchObject({
    refused: null,
    rows: 'People of whom crvs told, and who are enrolled, alone or with a group of theirs, in CASH',
    largestPage: 5,
    recordsPerHour: 100,
    items: [{ referenceId: 'r', refused: null, registry: 'crvs', record: 'individual', page: { size: 5, number: 1 } }],
  });
  const [only] = explained.items;
  expect(only?.fields).toEqual(expect.arrayContaining(['individual.name', 'individual.birth_date']));
  expect(only?.fields).not.toContain('individual.birth_place');
  expect(only?.withheld).toEqual(
    expect.arrayContaining([
      { field: 'individual.birth_place', by: 'never' },
      { field: 'disability.disability_status', by: 'sensitivities' },
    ]),
  );
});

test('tells of everybody and everything where nothing is limited', async () => {
  const { rows, items } = await explainMessage(client(), message([born()]), CONTEXT);
  expect({ rows, withheld: items[0]?.withheld }).toEqual({ rows: 'Everybody', withheld: [] });
});

test.each<[RefusingRule, ExplainedClient, unknown, string]>([
  ['registries', client({ registries: ['social'] }), message([born()]), 'rjct.search_criteria.invalid'],
  [
    'consent',
    client({}, { reception: readClientReception({ consentRequired: true }) }),
    message([born()]),
    'rjct.search_criteria.invalid',
  ],
  [
    'largest-page',
    client({ largestPage: 2 }),
    message([born({ pagination: { page_size: 3 } })]),
    'rjct.pagination.invalid',
  ],
  ['fields', client({ never: ['individual.birth_date'] }), message([born()]), 'rjct.filter.invalid'],
  ['operators', client({ operators: ['eq'] }), message([born()]), 'rjct.filter.invalid'],
  [
    'fields',
    client({ never: ['individual.name'] }),
    message([born({ sort: [{ attribute_name: 'family_name', sort_order: 'asc' }] })]),
    'rjct.sort.invalid',
  ],
  [
    'message',
    client({ never: ['individual.birth_date'] }),
    message([born({ query: 'x' })]),
    'rjct.search_criteria.invalid',
  ],
  [
    'fields',
    client({ never: ['individual.deceased', 'individual.death_date'] }),
    wish({ reg_event_type: 'death' }),
    'rjct.notify_types.invalid',
  ],
  [
    'fields',
    client({ never: ['individual.sex'] }),
    wish({ filter_type: 'predicate', filter: predicate('sex', 'eq', 'female') }),
    'rjct.notify_details.invalid',
  ],
])('names the rule that refuses an item: %s', async (rule, asking, asked, code) => {
  const { items } = await explainMessage(asking, asked, CONTEXT);
  expect(items).toMatchObject([{ referenceId: 'r', refused: { rule, code }, fields: [], withheld: [] }]);
});

test.each<[string, ExplainedClient, unknown, string]>([
  ['that is no message', client(), null, 'err.request.bad'],
  ['that asks for nothing', client(), { message: { transaction_id: 't' } }, 'err.request.bad'],
  ['without a transaction', client(), { message: { search_request: [born()] } }, 'err.request.bad'],
  ['of a client that was revoked', client({}, { state: 'revoked' }), message([born()]), 'err.request.unauthorized'],
  ['of a client without the scope', client({}, { scopes: [] }), message([born()]), 'err.request.forbidden'],
])('a message %s is refused as a whole', async (_, asking, asked, code) => {
  expect(await explainMessage(asking, asked, CONTEXT)).toMatchObject({ refused: { code }, items: [] });
});

test('questions of the disability registry and the register of beneficiaries are explained as well', async () => {
  const query = { query_type: 'expression', query: { identifier: { $eq: 'ANN' } } };
  for (const [name, registry] of [
    ['disabled_criteria', 'dr'],
    ['enrolled_criteria', 'ibr'],
  ]) {
    const { items } = await explainMessage(
      client(),
      { message: { transaction_id: 't', [name ?? '']: query } },
      CONTEXT,
    );
    expect(items).toMatchObject([{ refused: null, registry }]);
  }
});
