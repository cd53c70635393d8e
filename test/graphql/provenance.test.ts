import { inTransaction } from '../../src/database/transaction.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { readSearchAnswer } from '../../src/dci/search-answer.js';
import { globalId } from '../../src/graphql/global-id.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import { FieldSet } from '../../src/record/fields.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { writePage } from '../../src/registry/write-sources/write-page.js';
import { withSentPointers } from '../../src/sources/field-mapping.js';
import { erased } from '../registry/erased.js';
import { onPage } from '../registry/on-page.js';
import { bornOn, named, said } from '../registry/said-records.js';
import { describeWithSamples, readSample } from '../samples.js';
import { openTestGraph, type TestGraph } from './test-graph.js';

const TODAY = '2026-11-23';

let graph: TestGraph;
let source: string;
let run: string;

beforeAll(async () => {
  graph = await openTestGraph();
  const { rows } = await graph.database.pool.query<{ source: string; run: string }>(`
    with source as (
      insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')
      returning id
    ), criteria as (insert into search_criteria (data_source_id, name) select id, 'All' from source returning id
    ), run as (insert into import_runs (search_criteria_id, requested_by) select id, 'operator' from criteria returning id)
    select source.id as source, run.id as run from source, run`);
  ({ source, run } = rows[0] ?? { source: '', run: '' });
});
afterEach(() => graph.callAs({}));
afterAll(() => graph.close());

let pages = 0;

async function tell(...records: readonly IndividualRecord[]): Promise<void> {
  pages += 1;
  const writer = { dataSourceId: source, origin: 'import', importRunId: run, page: pages, erased };
  await inTransaction(graph.database.pool, (client) => writePage(client, { ...writer, records: onPage(records) }));
}

/** The records of an answer, as a source's client reads them. */
function recordsIn(answer: unknown, spoken: string): IndividualRecord[] {
  const [item] = readSearchAnswer(answer, dialect(spoken)).items;
  return (item?.records ?? []).map((record, index) =>
    readIndividualRecord(record, dialect(spoken), TODAY, item?.recordPointers[index] ?? null),
  );
}

/** RFC 6901, 4. */
function valueAt(answer: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, name) => {
      return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
    }, answer);
}

interface Told {
  readonly field: string;
  readonly source: string | null;
  readonly run: string | null;
  readonly page: number | null;
  readonly ordinal: number | null;
  readonly pointer: string | null;
  readonly origin: string;
  readonly saidAt: string | null;
}

interface Person {
  readonly name: { readonly given: string | null; readonly middle: string | null; readonly family: string | null };
  readonly sex: string | null;
  readonly birthDate: string | null;
  readonly birthPlaceText: string | null;
  readonly identifiers: readonly { readonly type: string; readonly value: string }[];
  readonly provenance: readonly Told[];
}

const PERSON = `name { given middle family } sex birthDate birthPlaceText identifiers { type value }
  provenance { field source run page ordinal pointer origin saidAt }`;

async function personOf(type: string, value: string): Promise<Person> {
  const query = `query ($identifier: IdentifierInput!) { individual(identifier: $identifier) { ${PERSON} } }`;
  const { data, errors } = await graph.ask<{ individual: Person }>(query, { identifier: { type, value } });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.individual;
}

/** That each pointer leads to what is held. */
function expectPointersToLead(person: Person, answer: unknown): void {
  const at = (field: string): unknown => {
    const pointer = person.provenance.find((told) => told.field === field)?.pointer;
    return typeof pointer === 'string' ? valueAt(answer, pointer) : null;
  };
  const { given, middle, family } = person.name;
  expect([at('givenName'), at('middleName'), at('familyName')]).toEqual([given, middle, family]);
  expect(at('birthDate')).toEqual(person.birthDate);
  if (person.sex !== null) expect(String(at('sex')).toUpperCase()).toBe(person.sex);
  for (const { value } of person.identifiers)
    expect(JSON.stringify(at('identifiers'))).toContain(JSON.stringify(value));
  if (person.birthPlaceText !== null) {
    for (const word of person.birthPlaceText.split(', ')) expect(JSON.stringify(at('birthPlaceText'))).toContain(word);
  }
}

/** The same two people as different registries write them. */
const ANSWERS: readonly (readonly [name: string, dialect: string, brn: string, nid: string, answer: object])[] = [
  [
    'the standard writes it',
    'spdci-1.0',
    'PRV-1',
    'PRV-M1',
    {
      header: { status: 'succ' },
      message: {
        search_response: [
          {
            reference_id: '1',
            data: {
              reg_records: [
                {},
                {
                  identifier: [{ identifier_type: 'BRN', identifier_value: 'PRV-1' }],
                  name: { given_name: 'Ada', surname: 'Phiri' },
                  sex: 'female',
                  birth_date: '2020-05-06',
                  birth_place: 'At home',
                  registration_date: '2024-02-03',
                  related_person: [
                    { relationship_type: 'SPS', related_member: {} },
                    {
                      relationship_type: 'MTH',
                      related_member: {
                        identifier: [{ identifier_type: 'NID', identifier_value: 'PRV-M1' }],
                        name: { given_name: 'Eve', second_name: 'M', surname: 'Phiri' },
                      },
                    },
                  ],
                },
              ],
            },
          },
        ],
      },
    },
  ],
  [
    'OpenCRVS writes it',
    'opencrvs-1.0',
    'PRV-2',
    'PRV-M2',
    {
      header: { status: 'succ' },
      message: {
        search_response: {
          reference_id: '1',
          data: {
            reg_records: [
              {},
              {
                identifier: [{ name: 'BRN', identifier: 'PRV-2' }],
                givenName: 'Ada',
                familyName: 'Phiri',
                sex: 'female',
                birthDate: '2020-05-06',
                birthPlace: { '@type': 'Place', address: 'At home' },
                registration_date: '2024-02-03',
                relations: [
                  {
                    '@type': 'Mother',
                    identifier: [{ name: 'NID', identifier: 'PRV-M2' }],
                    givenName: 'Eve',
                    middleName: 'M',
                    familyName: 'Phiri',
                  },
                ],
              },
            ],
          },
        },
      },
    },
  ],
];

test.each(ANSWERS)('each value points at where it stood in the answer, as %s', async (_, spoken, brn, nid, answer) => {
  await tell(...recordsIn(answer, spoken));
  const child = await personOf('BRN', brn);
  expectPointersToLead(child, answer);
  expect(child.name).toEqual({ given: 'Ada', middle: null, family: 'Phiri' });
  expectPointersToLead(await personOf('NID', nid), answer);
  expect(child.provenance.find(({ field }) => field === 'sex')).toMatchObject({
    source: 'crvs',
    run: globalId('ImportRun', run),
    page: pages,
    ordinal: 2,
    origin: 'import',
    saidAt: '2024-02-03T00:00:00.000Z',
  });
});

test('a field that a source calls by another name is pointed at by that name', () => {
  const record = { 'sex/code': 'male', name: { given_name: 'Ada' }, relations: [{ type: 'father', 'n~': 'Bob' }] };
  const mappings = { sex: 'sex/code', given_name: 'n~' };
  const read = said({ ids: 'BRN:1', father: {} });
  const pointers = { sex: '/sex', givenName: '/name/given_name' };
  const [father] = read.parents;
  if (father === undefined) throw new Error('there is a father');
  const told = { at: '', saidAt: null, pointers };
  const sent = withSentPointers(
    {
      ...read,
      told,
      parents: [
        {
          ...father,
          record: { ...father.record, told: { ...told, pointers: { givenName: '/relations/0/given_name' } } },
        },
      ],
    },
    record,
    mappings,
  );
  expect(sent.told?.pointers).toEqual({ sex: '/sex~1code', givenName: '/name/given_name' });
  expect(sent.parents[0]?.record.told?.pointers).toEqual({ givenName: '/relations/0/n~0' });
});

describeWithSamples('the answers of an OpenCRVS server', () => {
  test('every value of everybody in a page points at where it stood in it', async () => {
    const answer: unknown = JSON.parse(readSample('sync-range-page-01').response.body);
    const records = recordsIn(answer, 'opencrvs-1.0');
    await tell(...records);
    const identified = records.flatMap(({ identifiers }) => identifiers.slice(0, 1));
    expect(identified.length).toBeGreaterThan(3);
    for (const { type, value } of identified) expectPointersToLead(await personOf(type, value), answer);
  });
});

describe('the past of a person in the graph', () => {
  const HISTORY = `query ($at: DateTime!, $first: Int, $after: String) {
    individual(identifier: { type: "BRN", value: "PAST-1" }) {
      asOf(at: $at) { name { full } sex birthDate }
      history(first: $first, after: $after) {
        nodes { version isFirst origin source changes { field old new } }
        pageInfo { hasNextPage endCursor }
      }
      provenance(field: "sex") { field }
    }
  }`;
  let between: string;
  beforeAll(async () => {
    await tell(said({ ids: 'BRN:PAST-1', name: named('Ann', 'Banda'), sex: 'male' }));
    between = new Date().toISOString();
    await tell(
      said({ ids: 'BRN:PAST-1', name: named('Ann', 'Phiri'), sex: 'female', birthDate: bornOn('2020-05-06') }),
    );
  });

  test('can be read at a moment, revision by revision, and value by value', async () => {
    const { data, errors } = await graph.ask<{ individual: { history: { pageInfo: { endCursor: string } } } }>(
      HISTORY,
      {
        at: between,
        first: 1,
      },
    );
    expect(errors).toBeUndefined();
    expect(data?.individual).toMatchObject({
      asOf: { name: { full: 'Ann Banda' }, sex: 'MALE', birthDate: null },
      history: {
        nodes: [
          {
            version: 2,
            isFirst: false,
            origin: 'import',
            source: 'crvs',
            changes: [
              { field: 'familyName', old: 'Banda', new: 'Phiri' },
              { field: 'sex', old: 'male', new: 'female' },
              { field: 'birthDate', old: null, new: { date: '2020-05-06', precision: 'day' } },
            ],
          },
        ],
        pageInfo: { hasNextPage: true },
      },
      provenance: [{ field: 'sex' }],
    });
    const next = await graph.ask<{ individual: unknown }>(HISTORY, {
      at: '2000-01-01T00:00:00Z',
      after: data?.individual.history.pageInfo.endCursor,
    });
    expect(next.data?.individual).toMatchObject({ asOf: null, history: { nodes: [{ version: 1, isFirst: true }] } });
  });

  test('shows nothing of what is withheld from the caller, and nobody to whom it shows nobody', async () => {
    const fields = new FieldSet([{ never: ['individual.name', 'individual.birth_date'] }]);
    graph.callAs({ access: { ...FULL_ACCESS, fields } });
    const { data } = await graph.ask<{ individual: object }>(HISTORY, { at: between });
    expect(data?.individual).toMatchObject({ asOf: { name: null, sex: 'MALE', birthDate: null } });
    expect(JSON.stringify(data)).not.toMatch(/Banda|Phiri|2020-05-06|familyName/u);
    const rows = {
      kind: 'and',
      filters: [EVERYBODY, { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['male'] }],
    } as const;
    graph.callAs({ access: { ...FULL_ACCESS, rows } });
    expect((await graph.ask<{ individual: unknown }>(HISTORY, { at: between })).data?.individual).toBeNull();
    // Such a caller's statements see nothing but the views of the schema `limited`.
    const own = { rows: { kind: 'from_source', codes: ['crvs'] }, rowLimits: [{ sources: ['crvs'] }] } as const;
    graph.callAs({ access: { ...FULL_ACCESS, ...own } });
    expect((await graph.ask<{ individual: object }>(HISTORY, { at: between })).data?.individual).toMatchObject({
      asOf: { sex: 'MALE' },
      history: { nodes: [{ version: 2 }, { version: 1 }] },
      provenance: [{ field: 'sex' }],
    });
  });
});

test('an operator says how much a source is believed, and is told what is no policy', async () => {
  const update = `mutation ($input: UpdateDataSourceInput!) {
    updateDataSource(code: "crvs", input: $input) {
      ... on DataSource { trustRank fieldPolicies { field policy } }
      ... on Refusal { code message }
    }
  }`;
  const input = {
    trustRank: 70,
    fieldPolicies: [
      { field: 'sex', policy: 'ASK' },
      { field: '*', policy: 'FILL_BLANK' },
    ],
  };
  const { data } = await graph.ask<{ updateDataSource: unknown }>(update, { input });
  expect(data?.updateDataSource).toEqual({
    trustRank: 70,
    fieldPolicies: [
      { field: '*', policy: 'FILL_BLANK' },
      { field: 'sex', policy: 'ASK' },
    ],
  });
  const wrong = await graph.ask<{ updateDataSource: unknown }>(update, {
    input: { fieldPolicies: [{ field: 'shoes', policy: 'ASK' }] },
  });
  expect(wrong.data?.updateDataSource).toMatchObject({ code: 'DATA_SOURCE_INVALID' });
  const tooHigh = await graph.ask<{ updateDataSource: unknown }>(update, { input: { trustRank: 1001 } });
  expect(tooHigh.data?.updateDataSource).toMatchObject({ code: 'DATA_SOURCE_INVALID' });
});
