import { compileQuery } from '../../src/dci/compile-query.js';
import type { CompiledQuery } from '../../src/dci/compiled-query.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { DIALECT_NAMES } from '../../src/dci/dialects/names.js';
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

describe('OpenCRVS 1.9 is asked for ranges with both ends', () => {
  const ranges = (query: object): object => ({
    type: 'ns:org:QueryType:expression',
    value: { expression: { query } },
  });
  const range = (gte: string, lte: string): object => ({ type: 'range', gte, lte });

  test.each<[string, Filter, object]>([
    ['both bounds', and(from, to), { dateOfEvent: range('2020-01-01', '2020-12-31') }],
    [
      'exclusive bounds, the upper one first',
      and(compare('birth_date', 'lt', '2020-03-01'), compare('birth_date', 'gt', '2020-01-31')),
      { dateOfEvent: range('2020-02-01', '2020-02-29') },
    ],
    ['a lone bound', from, { dateOfEvent: range('2020-01-01', '9999-12-31') }],
    ['one day', compare('birth_date', 'eq', '2020-02-29'), { dateOfEvent: range('2020-02-29', '2020-02-29') }],
    ['everybody', EVERYBODY, { createdAt: range('0001-01-01', '9999-12-31') }],
  ])('%s', (_, filter, query) => {
    expect(compile(filter, 'opencrvs-1.9')).toEqual({
      queryType: 'expression',
      query: ranges(query),
      residual: null,
      recheck: null,
    });
  });

  test('deaths by the day of death, not by that of birth', () => {
    const died: Filter = { kind: 'compare', attribute: 'death_date', operator: 'ge', values: ['2024-01-01'] };
    expect(compileQuery(and(died, from), dialect('opencrvs-1.9'), 'death')).toMatchObject({
      query: ranges({ dateOfEvent: range('2024-01-01', '9999-12-31') }),
      residual: from,
    });
  });

  test('those registered since a day, and what is no range is left to the reader', () => {
    const since: Filter = { kind: 'compare', attribute: 'registration_date', operator: 'ge', values: ['2024-05-01'] };
    const or: Filter = { kind: 'or', filters: [from, to] };
    expect(compile(and(since, or, female), 'opencrvs-1.9')).toMatchObject({
      query: ranges({ 'legalStatuses.REGISTERED.createdAt': range('2024-05-01', '9999-12-31') }),
      residual: and(or, female),
    });
    expect(compile(nid, 'opencrvs-1.9').residual).toEqual(nid);
    expect(compile({ kind: 'identifier', type: 'UIN', values: ['5'] }, 'opencrvs-1.9')).toMatchObject({
      queryType: 'idtype-value',
      recheck: null,
    });
  });
});

describe('OpenSPP 2 is asked for a sequence of comparisons, and for people alone', () => {
  const people = { attribute: 'is_group', operator: '=', value: false };

  test('bounds of the birth date', () => {
    expect(compile(and(from, to, female), 'openspp-2')).toEqual({
      queryType: 'expression',
      query: {
        seq: [
          people,
          { attribute: 'birth_date', operator: '>=', value: '2020-01-01' },
          { attribute: 'birth_date', operator: '<=', value: '2020-12-31' },
        ],
      },
      residual: female,
      recheck: null,
    });
    expect(compile(EVERYBODY, 'openspp-2')).toMatchObject({ query: { seq: [people] }, residual: null });
  });

  test('an identifier is checked again: it finds the value under another type too', () => {
    expect(compile(nid, 'openspp-2')).toMatchObject({ query: { type: 'NID', value: '5' }, recheck: nid });
  });
});

describe('OpenG2P is asked for conditions in an object', () => {
  const asked = (...conditions: object[]): object => ({
    type: 'ns:org:QueryType:expression',
    value: { expression: { query: { $and: conditions } } },
  });

  test('never a predicate, and no negation', () => {
    const not: Filter = { kind: 'not', filter: from };
    expect(compile(and(from, to, not), 'openg2p')).toEqual({
      queryType: 'expression',
      query: asked({ birth_date: { $gte: '2020-01-01' } }, { birth_date: { $lte: '2020-12-31' } }),
      residual: not,
      recheck: null,
    });
  });

  test('everybody, whose birth date is not known either', () => {
    expect(compile(EVERYBODY, 'openg2p')).toMatchObject({ query: asked({ internal_record_id: { $ne: '' } }) });
  });

  test('an identifier in an object of its own', () => {
    expect(compile(nid, 'openg2p').query).toEqual({ type: 'idtype-value', value: { id_type: 'NID', id_value: '5' } });
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

  test('OpenCRVS 1.9 is told the event, and an order that new births do not move', () => {
    for (const { search_criteria } of write('opencrvs-1.9').message.message.search_request) {
      expect(search_criteria).toMatchObject({
        reg_type: 'ns:org:RegistryType:Civil',
        reg_event_type: 'birth',
        sort: [{ attribute_name: 'createdAt', sort_order: 'asc' }],
        pagination: { page_size: expect.any(Number) as number, page_number: expect.any(Number) as number },
      });
    }
  });

  test('OpenSPP 2 hears a sender that is no address', () => {
    const options = { dialect: dialect('openspp-2'), items: [], receiverId: 'spp', now: new Date() };
    const senderOf = (senderId: string) => writeSearchRequest({ ...options, senderId }).message.header.sender_id;
    expect(senderOf('https://gateway.example.org:8443/x')).toBe('gateway.example.org');
    expect(senderOf('gateway_1.example-org')).toBe('gateway_1.example-org');
  });

  test('OpenSPP is told no page, which it would not read', () => {
    for (const { search_criteria } of write('openspp-17').message.message.search_request) {
      expect(search_criteria).not.toHaveProperty('pagination');
    }
  });

  // OpenG2P is told the columns of its own registers.
  test.each(DIALECT_NAMES.filter((name) => name !== 'openg2p'))(
    'in %s is one that we would accept ourselves',
    (name) => {
      const message = readSearchMessage(JSON.parse(JSON.stringify(write(name).message)), { maxPageSize: 2000 });
      expect(message).toMatchObject({ rejected: false, items: [{ ok: true }, { ok: true }] });
    },
  );
});
