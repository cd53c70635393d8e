import { compileQuery, type CompiledQuery } from '../../src/dci/compile-query.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readQuery } from '../../src/dci/query.js';
import { writeSearchRequest, type SearchRequest } from '../../src/dci/search-request.js';
import { EVERYBODY, NOBODY, type Filter } from '../../src/record/filter.js';
import { readSearchMessage } from './search-body.js';

const compare = (
  attribute: 'birth_date' | 'sex' | 'given_name' | 'age',
  operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'in',
  ...values: string[]
): Filter => ({
  kind: 'compare',
  attribute,
  operator,
  values,
});
const and = (...filters: Filter[]): Filter => ({ kind: 'and', filters });
const from = compare('birth_date', 'ge', '2020-01-01');
const to = compare('birth_date', 'le', '2020-12-31');
const female = compare('sex', 'eq', 'female');
const within: Filter = { kind: 'within', place: 'birth', locationIds: ['00000000-0000-4000-8000-000000000001'] };
const nid: Filter = { kind: 'identifier', type: 'NID', values: ['5'] };

const compile = (filter: Filter, name: string): CompiledQuery => compileQuery(filter, dialect(name));
const birthdate = (operator: string, value: string): object => ({
  attribute_name: 'birthdate',
  operator,
  attribute_value: value,
});
const both = (expression1: object, expression2: object): object[] => [
  { seq_num: 1, expression1, condition: 'and', expression2 },
];

describe('OpenCRVS 1.0 is asked only what it does not misread', () => {
  test.each<[string, Filter, string, string]>([
    ['inclusive bounds', and(from, to), '2019-12-31', '2021-01-01'],
    ['the upper bound first', and(to, from), '2019-12-31', '2021-01-01'],
    [
      'exclusive bounds',
      and(compare('birth_date', 'gt', '2020-01-01'), compare('birth_date', 'lt', '2020-03-01')),
      '2020-01-01',
      '2020-03-01',
    ],
    ['one day', compare('birth_date', 'eq', '2020-02-29'), '2020-02-28', '2020-03-01'],
    [
      'several bounds: the tightest',
      and(from, to, compare('birth_date', 'gt', '2020-06-01')),
      '2020-06-01',
      '2021-01-01',
    ],
    [
      'the widest range',
      and(compare('birth_date', 'ge', '0001-01-01'), compare('birth_date', 'le', '9999-12-31')),
      '0001-01-01',
      '9999-12-31',
    ],
  ])('%s become a strict pair, the lower first', (_, filter, after, before) => {
    expect(compile(filter, 'opencrvs-1.0')).toEqual({
      queryType: 'predicate',
      query: both(birthdate('gt', after), birthdate('lt', before)),
      residual: null,
      recheck: null,
    });
  });

  test.each<[string, Filter]>([
    ['a lone lower bound', from],
    ['a lone upper bound', to],
    ['C3: a birth place, which it reads as the declaring office', within],
    ['a sex', female],
    ['C2: an alternative', { kind: 'or', filters: [from, to] }],
    ['C2: a list of days', compare('birth_date', 'in', '2020-01-01', '2020-01-02')],
    ['a type of identifier that it refuses', { kind: 'identifier', type: 'UIN', values: ['1'] }],
    ['nobody', NOBODY],
  ])('%s is left to the reader, and the widest range is asked for', (_, filter) => {
    expect(compile(filter, 'opencrvs-1.0')).toEqual({
      queryType: 'predicate',
      query: both(birthdate('gt', '0001-01-01'), birthdate('lt', '9999-12-31')),
      residual: filter,
      recheck: null,
    });
  });

  test('what cannot be said beside a range is the residual', () => {
    expect(compile(and(from, within, to, female), 'opencrvs-1.0')).toMatchObject({ residual: and(within, female) });
  });

  test('everybody is no empty query', () => {
    expect(compile(EVERYBODY, 'opencrvs-1.0')).toMatchObject({ residual: null, query: [{ condition: 'and' }] });
  });

  test('an identifier goes alone; a national id also finds the holder’s children and is checked again', () => {
    expect(compile(and(nid, from), 'opencrvs-1.0')).toEqual({
      queryType: 'idtype-value',
      query: { type: 'NID', value: '5' },
      residual: from,
      recheck: nid,
    });
    expect(compile({ kind: 'identifier', type: 'BRN', values: ['B'] }, 'opencrvs-1.0')).toMatchObject({
      residual: null,
      recheck: null,
    });
  });
});

describe('OpenSPP 17 reads expression1 of each item', () => {
  test('each bound is an item of its own', () => {
    expect(compile(and(from, to, female), 'openspp-17')).toEqual({
      queryType: 'predicate',
      query: [
        { seq_num: 1, expression1: birthdate('ge', '2020-01-01') },
        { seq_num: 2, expression1: birthdate('le', '2020-12-31') },
      ],
      residual: female,
      recheck: null,
    });
  });

  test('a lone bound can be asked for, an identifier cannot', () => {
    expect(compile(from, 'openspp-17')).toMatchObject({ residual: null });
    expect(compile(nid, 'openspp-17')).toMatchObject({ residual: nid, queryType: 'predicate' });
  });
});

describe('a registry of the standard is asked all that its queries say', () => {
  test.each<[string, Filter]>([
    ['a range and a sex', and(from, to, female)],
    ['a lone bound', from],
    ['a list', compare('given_name', 'in', 'Mary', 'Ann')],
    ['a list with a comma in it', compare('given_name', 'in', 'Mary, Ann', 'Eve')],
    ['an alternative', { kind: 'or', filters: [female, and(from, to)] }],
    ['a negation', and(from, { kind: 'not', filter: female })],
    ['not equal', compare('sex', 'ne', 'male')],
    ['an identifier', { kind: 'identifier', type: 'UIN', values: ['1'] }],
  ])('%s comes back as the same filter when it is read', (_, filter) => {
    const { queryType, query, residual } = compile(filter, 'spdci-1.0');
    expect(residual).toBeNull();
    expect(readQuery(queryType, JSON.parse(JSON.stringify(query))).filter).toEqual(filter);
  });

  test.each<[string, Filter]>([
    ['a place of our own tree', within],
    ['our groups', { kind: 'member_of', groupIds: ['g'] }],
    ['our sources', { kind: 'from_source', codes: ['crvs'] }],
    ['words of a name', { kind: 'name_contains', text: 'ban' }],
    ['our ids', { kind: 'ids', ids: ['i'] }],
    ['an age', compare('age', 'ge', '5')],
    ['several identifiers', { kind: 'identifier', type: 'UIN', values: ['1', '2'] }],
    ['an alternative of which only a part could be said', { kind: 'or', filters: [female, within] }],
  ])('%s is left to the reader', (_, filter) => {
    expect(compile(filter, 'spdci-1.0')).toMatchObject({ residual: filter, query: [{ condition: 'and' }] });
    expect(compile(and(from, filter), 'spdci-1.0').residual).toEqual(filter);
  });
});

describe('the message', () => {
  const write = (name: string): SearchRequest => {
    let id = 0;
    return writeSearchRequest({
      dialect: dialect(name),
      items: [
        {
          filter: and(from, to),
          sort: [{ attribute: 'birth_date', direction: 'asc' }],
          page: { size: 100, number: 2 },
        },
        { filter: nid, sort: [], page: { size: 10, number: 1 } },
      ],
      senderId: 'gateway.example.org',
      senderUri: 'https://gateway.example.org/registry/on-search',
      receiverId: 'crvs.example.org',
      recordKind: 'birth',
      now: new Date('2026-01-15T10:30:00.789Z'),
      newId: () => `id-${(id += 1)}`,
    });
  };

  test('has the header of the standard and one request for each question', () => {
    expect(write('spdci-1.0').message).toMatchObject({
      header: {
        version: '1.0.0',
        message_ts: '2026-01-15T10:30:00Z',
        action: 'search',
        sender_id: 'gateway.example.org',
        sender_uri: 'https://gateway.example.org/registry/on-search',
        receiver_id: 'crvs.example.org',
        total_count: 2,
        is_msg_encrypted: false,
      },
      message: {
        search_request: [
          {
            reference_id: 'id-1',
            search_criteria: {
              reg_type: 'ns:org:RegistryType:Civil',
              sort: [{ attribute_name: 'birth_date', sort_order: 'asc' }],
              pagination: { page_size: 100, page_number: 2 },
            },
          },
          { reference_id: 'id-2', search_criteria: { query_type: 'idtype-value' } },
        ],
      },
    });
  });

  test('C1: OpenCRVS is told a page, and an order that new births do not move', () => {
    for (const { search_criteria } of write('opencrvs-1.0').message.message.search_request) {
      expect(search_criteria).toMatchObject({
        reg_type: 'ocrvs:registry_type:birth',
        sort: [{ attribute_name: 'dateOfDeclaration', sort_order: 'asc' }],
        pagination: { page_size: expect.any(Number) as number },
      });
    }
  });

  test('OpenSPP is told no page, which it would not read', () => {
    for (const { search_criteria } of write('openspp-17').message.message.search_request) {
      expect(search_criteria).not.toHaveProperty('pagination');
    }
  });

  test.each(['spdci-1.0', 'opencrvs-1.0', 'openspp-17'])('in %s is one that we would accept ourselves', (name) => {
    const message = readSearchMessage(JSON.parse(JSON.stringify(write(name).message)), { maxPageSize: 2000 });
    expect(message).toMatchObject({ rejected: false, items: [{ ok: true }, { ok: true }] });
  });
});
