import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { updateDataSource } from '../../src/sources/data-sources.js';
import { registrySearch } from './live.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { type Bench, found, LOCATIONS, openBench, readSearchBody, SEARCH, TOKENS } from './dci-peer.js';
import { json } from './local-peer.js';
import { reversingSeal } from './reversing-seal.js';
import { operator } from '../security/operator.js';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.pool.query('delete from source_locations');
  await database.pool.query('delete from locations');
});
afterEach(() => bench.close());

const start = async (input: Partial<DataSourceInput> = {}): Promise<Bench> =>
  (bench = await openBench(database, input));
const sent = (index = 0) => readSearchBody(bench.peer.requestsOf(SEARCH)[index]?.body ?? '{}');
const born = (operator: 'gt' | 'lt', value: string): Filter => ({
  kind: 'compare',
  attribute: 'birth_date',
  operator,
  values: [value],
});
const RANGE: Filter = { kind: 'and', filters: [born('gt', '2019-01-01'), born('lt', '2020-01-01')] };
const BRN: Filter = { kind: 'identifier', type: 'BRN', values: ['2023BYTVB30'] };

const ADA = {
  identifier: [{ name: 'BRN', identifier: 'B1' }],
  givenName: 'Ada',
  familyName: 'Byron',
  birthDate: '2019-05-01',
};

describe('a search', () => {
  test('is one message with an explicit page, and comes back as typed records', async () => {
    await start({ dialect: 'opencrvs-1.0' });
    bench.peer.on(SEARCH, found([ADA]));
    const result = await bench.client.search(bench.source, { filter: RANGE, page: { size: 7, number: 3 } });
    expect(result).toMatchObject({
      records: [
        {
          identifiers: [{ type: 'BRN', value: 'B1' }],
          name: { given: 'Ada', family: 'Byron' },
          birthDate: { date: '2019-05-01', precision: 'day' },
          parents: [],
          issues: [],
        },
      ],
      pagination: { size: 5, number: 1, total: 1 },
      residual: null,
      warnings: [],
    });
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(1);
    const [item] = sent().message.search_request;
    expect(sent().header).toMatchObject({ action: 'search', sender_id: 'gateway.example.org', total_count: 1 });
    expect(item?.search_criteria).toMatchObject({ pagination: { page_size: 7, page_number: 3 } });
    expect(bench.peer.requestsOf(SEARCH)[0]?.headers['content-type']).toBe('application/json');
  });

  test('without a page asks for the first page of the source, never for the default of the other side', async () => {
    await start({ pageSize: 40 });
    await bench.client.search(bench.source, { filter: EVERYBODY });
    expect(sent().message.search_request[0]?.search_criteria).toMatchObject({
      pagination: { page_size: 40, page_number: 1 },
    });
  });

  test('an item that the source leaves out has no records', async () => {
    await start();
    bench.peer.on(SEARCH, found());
    expect(await bench.client.search(bench.source, { filter: BRN })).toMatchObject({ records: [], pagination: null });
  });

  test('a rejected item fails with its reason', async () => {
    await start();
    bench.peer.on(SEARCH, (request, response) => {
      const { header, message } = readSearchBody(request.body);
      const [item] = message.search_request;
      json({
        header: { ...header, status: 'succ' },
        message: {
          transaction_id: message.transaction_id,
          search_response: [
            {
              reference_id: item?.reference_id,
              status: 'rjct',
              status_reason_code: 'rjct.search_criteria.invalid',
              status_reason_message: 'birthdate is not searchable',
            },
          ],
        },
      })(request, response);
    });
    await expect(bench.client.search(bench.source, { filter: BRN })).rejects.toMatchObject({
      code: 'SOURCE_REJECTED_REQUEST',
      message: expect.stringMatching(/rjct\.search_criteria\.invalid.*birthdate is not searchable/u) as string,
    });
  });

  test('a message that is rejected as a whole fails with its reason', async () => {
    await start();
    bench.peer.on(
      SEARCH,
      json({
        header: { status: 'rjct', status_reason_code: 'rjct.version.invalid', status_reason_message: 'speak 1.0.0' },
        message: { search_response: [] },
      }),
    );
    await expect(bench.client.search(bench.source, { filter: BRN })).rejects.toMatchObject({
      code: 'SOURCE_REJECTED_REQUEST',
      message: expect.stringContaining('speak 1.0.0') as string,
    });
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'hello'],
    ['null', null],
    ['an object without a message', { header: {} }],
  ])('an answer that is %s is unreadable', async (_what, body) => {
    await start();
    bench.peer.on(SEARCH, json(body));
    await expect(bench.client.search(bench.source, { filter: BRN })).rejects.toMatchObject({
      code: 'SOURCE_ANSWER_UNREADABLE',
    });
  });

  test('an answer to another question is unreadable, not no match', async () => {
    await start();
    bench.peer.on(
      SEARCH,
      json({
        header: { status: 'succ' },
        message: { search_response: [{ reference_id: 'somebody-else', status: 'succ', data: { reg_records: [ADA] } }] },
      }),
    );
    await expect(bench.client.search(bench.source, { filter: BRN })).rejects.toMatchObject({
      code: 'SOURCE_ANSWER_UNREADABLE',
    });
  });

  test.each<[string, unknown]>([
    ['data is null', null],
    ['there are no records', { reg_records: null }],
  ])('an item whose %s has no records', async (_what, data) => {
    await start();
    bench.peer.on(SEARCH, (request, response) => {
      const [item] = readSearchBody(request.body).message.search_request;
      const search_response = [{ reference_id: item?.reference_id, status: 'succ', data }];
      json({ header: { status: 'succ' }, message: { search_response } })(request, response);
    });
    expect((await bench.client.search(bench.source, { filter: BRN })).records).toEqual([]);
  });

  test('what cannot be used in a record is named on it, the rest is read', async () => {
    await start({ dialect: 'opencrvs-1.0' });
    bench.peer.on(SEARCH, found([{ ...ADA, sex: null, birthPlace: 7, birthDate: '2021-02-30' }, 'rubbish', null]));
    const { records } = await bench.client.search(bench.source, { filter: RANGE });
    expect(records).toHaveLength(3);
    expect(records[0]).toMatchObject({ name: { given: 'Ada' } });
    expect(records[0]?.issues.map((issue) => issue.field)).toEqual(expect.arrayContaining(['birthDate']));
    expect(records[1]?.identifiers).toEqual([]);
  });
});

describe('several questions', () => {
  test('are one message; the answers are paired by reference, whatever their order', async () => {
    await start();
    bench.peer.on(SEARCH, (request, response) => {
      const { header, message } = readSearchBody(request.body);
      const search_response = message.search_request.slice(1).map((item, index) => ({
        reference_id: item.reference_id,
        status: 'succ',
        data: { reg_records: [{ ...ADA, givenName: `of item ${index + 2}` }] },
      }));
      json({ header, message: { search_response: search_response.reverse() } })(request, response);
    });
    const results = await bench.client.searchMany(bench.source, [{ filter: BRN }, { filter: BRN }, { filter: RANGE }]);
    expect(results.map(({ records }) => records.map((record) => record.name?.given))).toEqual([
      [],
      ['of item 2'],
      ['of item 3'],
    ]);
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(1);
    const references = sent().message.search_request.map((item) => item.reference_id);
    expect(new Set(references).size).toBe(3);
    expect(sent().header.total_count).toBe(3);
  });

  test('no question is no message', async () => {
    await start();
    expect(await bench.client.searchMany(bench.source, [])).toEqual([]);
    expect(bench.peer.requests).toHaveLength(0);
  });
});

describe('what a source sets for itself', () => {
  test('parameters take the place of what the message would say', async () => {
    await start({
      parameters: {
        reg_type: 'ns:org:RegistryType:Civil',
        reg_event_type: 'birth',
        reg_record_type: 'person',
        version: '1.0.0-beta',
        locale: 'fra',
        receiver_id: 'crvs',
        sender_id: 'https://us.example.org',
        sender_uri: 'https://us.example.org/on-search',
        page_size: '33',
      },
    });
    await bench.client.search(bench.source, { filter: BRN });
    expect(sent().header).toMatchObject({
      version: '1.0.0-beta',
      receiver_id: 'crvs',
      sender_id: 'https://us.example.org',
      sender_uri: 'https://us.example.org/on-search',
    });
    const [item] = sent().message.search_request;
    expect(item?.locale).toBe('fra');
    expect(item?.search_criteria).toMatchObject({
      version: '1.0.0-beta',
      reg_type: 'ns:org:RegistryType:Civil',
      reg_event_type: 'birth',
      reg_record_type: 'person',
      pagination: { page_size: 33, page_number: 1 },
    });
  });

  test('field mappings rename what is asked for and what is read', async () => {
    await start({ fieldMappings: { birth_date: 'born_on', given_name: 'forename', identifier_value: 'number' } });
    bench.peer.on(
      SEARCH,
      found([{ identifier: [{ identifier_type: 'UIN', number: '7' }], forename: 'Ada', born_on: '1815-12-10' }]),
    );
    const { records } = await bench.client.search(bench.source, { filter: RANGE });
    expect(JSON.stringify(sent().message)).toContain('"attribute_name":"born_on"');
    expect(JSON.stringify(sent().message)).not.toMatch(/"attribute_name":"birth/u);
    expect(records[0]).toMatchObject({
      identifiers: [{ type: 'UIN', value: '7' }],
      name: { given: 'Ada' },
      birthDate: { date: '1815-12-10' },
    });
  });
});

describe('field mappings of expressions', () => {
  test('rename the attributes, which are keys there, and leave operators and values alone', async () => {
    await start({ fieldMappings: { dob: 'born_on', sex: 'gender_code' } });
    const filter: Filter = {
      kind: 'or',
      filters: [
        born('gt', '2019-01-01'),
        { kind: 'not', filter: { kind: 'compare', attribute: 'sex', operator: 'in', values: ['male', 'other'] } },
      ],
    };
    await bench.client.search(bench.source, { filter });
    const criteria = JSON.stringify(sent().message.search_request[0]?.search_criteria);
    expect(criteria).toContain('"born_on":{"$gt":"2019-01-01"}');
    expect(criteria).toContain('"gender_code":{"$in":["male","other"]}');
    expect(criteria).not.toMatch(/birth|"sex"/u);
  });
});

describe('a live search', () => {
  const search = (filter: Filter) => registrySearch(bench.client, bench.source, filter, { size: 10, number: 1 });

  test('is one token and one message; a second one is one message; nothing is stored', async () => {
    await start({ dialect: 'opencrvs-1.0' });
    bench.peer.on(SEARCH, found([ADA]));
    database.statements.length = 0;
    expect((await search(RANGE)).records).toHaveLength(1);
    await search(BRN);
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(2);
    expect(database.statements.filter((text) => !/^\s*select/iu.test(text))).toEqual([]);
  });

  test.each<[string, Filter, RegExp]>([
    ['a lone bound', born('gt', '2019-01-01'), /birth_date gt/u],
    [
      'the sex',
      { kind: 'and', filters: [RANGE, { kind: 'compare', attribute: 'sex', operator: 'eq', values: ['female'] }] },
      /: sex eq/u,
    ],
    [
      'a birth place',
      {
        kind: 'and',
        filters: [RANGE, { kind: 'within', place: 'birth', locationIds: ['00000000-0000-4000-8000-000000000001'] }],
      },
      /: birth place/u,
    ],
    ['a passport', { kind: 'identifier', type: 'PASSPORT', values: ['x'] }, /identifier PASSPORT/u],
  ])('%s, which OpenCRVS cannot be asked for, is refused by name and nothing is sent', async (_what, filter, names) => {
    await start({ dialect: 'opencrvs-1.0' });
    await expect(search(filter)).rejects.toMatchObject({
      code: 'FILTER_NOT_EXPRESSIBLE',
      message: expect.stringMatching(names) as string,
    });
    expect(bench.peer.requests).toHaveLength(0);
  });

  test('a place that the source does not list is refused; neither its parent nor "false" is sent for it', async () => {
    await start();
    bench.peer.on(
      LOCATIONS,
      json({
        locations: [{ identifier: [{ name: 'x', identifier: 'town-7' }], name: 'Town', containedInPlace: null }],
      }),
    );
    await syncLocations({ pool: database.pool, client: bench.client }, 'crvs');
    const made = await database.pool.query<{ id: string }>(`
      insert into locations (name, parent_id) select 'Ward', id from locations returning id`);
    const filter: Filter = { kind: 'within', place: 'birth', locationIds: [made.rows[0]?.id ?? ''] };
    await expect(search(filter)).rejects.toMatchObject({
      code: 'FILTER_NOT_EXPRESSIBLE',
      message: expect.stringContaining('birth place') as string,
    });
    expect(bench.peer.requestsOf(SEARCH)).toHaveLength(0);
  });

  test('goes on after the source was renamed', async () => {
    await start();
    await search(BRN);
    bench = {
      ...bench,
      source: await updateDataSource(
        database.pool,
        reversingSeal,
        'crvs',
        { name: 'Renamed' },
        operator(database.pool),
      ),
    };
    await search(BRN);
    expect(bench.peer.requestsOf(TOKENS)).toHaveLength(1);
  });
});
