import { NOBODY } from '../../src/record/filter.js';
import { compare, criteria, filterOf, onlyItem } from './search-body.js';

const REFUSED = 'rjct.search_criteria.invalid';
const PLACE = '6197a0c4-10f9-4f03-90a0-b81dd3454090';

const expression = (attribute: string, operator: string, value: unknown): object => ({
  attribute_name: attribute,
  operator,
  attribute_value: value,
});
const one = (attribute: string, operator: string, value: unknown): object[] => [
  { expression1: expression(attribute, operator, value) },
];

describe('predicate', () => {
  test('S4: both bounds of a range are kept', () => {
    const query = [
      {
        seq_num: 1,
        expression1: expression('birthdate', 'gt', '1999-12-31'),
        condition: 'and',
        expression2: expression('birthdate', 'lt', '2002-01-01'),
      },
    ];
    expect(filterOf(query, { reg_type: 'SPP:RegistryType:Individual' })).toEqual({
      kind: 'and',
      filters: [compare('birth_date', 'gt', '1999-12-31'), compare('birth_date', 'lt', '2002-01-01')],
    });
  });

  test.each(['eq', 'gt', 'lt', 'ge', 'le', 'in'])(
    'birthdate with %s, as the server of OpenSPP meant it',
    (operator) => {
      expect(filterOf(one('birthdate', operator, '2020-05-01'))).toEqual(compare('birth_date', operator, '2020-05-01'));
    },
  );

  test('all items must hold', () => {
    expect(filterOf([...one('sex', 'eq', 'F'), ...one('yob', 'eq', '1980')])).toEqual({
      kind: 'and',
      filters: [compare('sex', 'eq', 'female'), compare('year_of_birth', 'eq', 1980)],
    });
  });

  const [first, second] = [expression('sex', 'eq', 'male'), expression('given_name', 'eq', 'Mary')];
  const [male, mary] = [compare('sex', 'eq', 'male'), compare('given_name', 'eq', 'Mary')];
  test.each<[string, object, object]>([
    ['or', { condition: 'or', expression2: second }, { kind: 'or', filters: [male, mary] }],
    ['no condition is and', { expression2: second }, { kind: 'and', filters: [male, mary] }],
    ['not without a second', { condition: 'not' }, { kind: 'not', filter: male }],
    [
      'not with a second',
      { condition: 'NOT', expression2: second },
      { kind: 'and', filters: [male, { kind: 'not', filter: mary }] },
    ],
    ['empty texts are absent', { seq_num: '', condition: '', expression2: '' }, male],
    ['or without a second', { condition: 'or' }, male],
  ])('%s', (_, rest, filter) => {
    expect(filterOf([{ expression1: first, ...rest }])).toEqual(filter);
  });

  test('a third expression is not read, and the caller is told', () => {
    const asked = onlyItem(criteria([{ expression1: first, expression2: second, expression3: second }]));
    expect(asked).toMatchObject({ ok: true, warnings: [expect.stringContaining('expression3')] });
  });

  test.each([
    ['gte', 'ge'],
    ['$gte', 'ge'],
    ['>=', 'ge'],
    ['LTE', 'le'],
    ['=', 'eq'],
    ['!=', 'ne'],
    ['neq', 'ne'],
  ])('the operator %s is %s', (word, operator) => {
    expect(filterOf(one('dob', word, '2020-01-01'))).toEqual(compare('birth_date', operator, '2020-01-01'));
  });

  test('in takes a list or a text with commas', () => {
    const filter = compare('sex', 'in', 'male', 'other');
    expect(filterOf(one('gender', 'in', ['M', 'other']))).toEqual(filter);
    expect(filterOf(one('gender', 'in', 'male, other,'))).toEqual(filter);
  });

  test('a single item and a bare expression are read as the list of one', () => {
    expect(filterOf({ expression1: first })).toEqual(male);
    expect(filterOf([first])).toEqual(male);
    expect(filterOf(first)).toEqual(male);
  });
});

describe('S2, S18: what cannot be understood is refused, never dropped or passed on', () => {
  test.each<[string, unknown, object?]>([
    ['an empty list', []],
    ['no query', undefined],
    ['an empty object', {}],
    ['a text', 'birth_date > 2000'],
    ['an item without expression1', [{ expression2: expression('sex', 'eq', 'male') }]],
    ['an item that is a text', ['sex = male']],
    ['an expression that is a list', [{ expression1: [] }]],
    ['an unknown operator', one('birthdate', 'like', '2000%')],
    ['no operator', [{ expression1: { attribute_name: 'sex', attribute_value: 'male' } }]],
    ['no attribute', [{ expression1: { operator: 'eq', attribute_value: 'male' } }]],
    ['no value', one('sex', 'eq', '')],
    ['a date as an object', one('birthdate', 'eq', { day: 1 })],
    ['an order of sexes', one('sex', 'gt', 'male')],
    ['several values for eq', one('given_name', 'eq', ['a', 'b'])],
    ['an unknown condition', [{ expression1: expression('sex', 'eq', 'male'), condition: 'xor' }]],
    ['an unknown query type', one('sex', 'eq', 'male'), { query_type: 'namedQuery' }],
    [
      'graphql',
      { type: 'ns:org:QueryType:graphql', value: { expression: '{ person { name } }' } },
      { query_type: 'graphql' },
    ],
    ['an unknown operator in an expression', { birth_date: { $regex: '^2' } }, { query_type: 'expression' }],
    ['an unknown operator around conditions', { $nor: [{ sex: 'male' }] }, { query_type: 'expression' }],
    ['$and of nothing', { $and: [] }, { query_type: 'expression' }],
    ['an empty comparison', { birth_date: {} }, { query_type: 'expression' }],
    [
      'a text inside an expression',
      { type: 'x:expression', value: { expression: 'x > 5' } },
      { query_type: 'expression' },
    ],
    ['an identifier without a value', { type: 'BRN', value: '' }, { query_type: 'idtype-value' }],
    ['an identifier with null', { type: 'BRN', value: null }, { query_type: 'idtype-value' }],
    ['an identifier without a type', { type: '', value: '1' }, { query_type: 'idtype-value' }],
    ['a type alone', { type: 'BRN' }, { query_type: 'idtype-value' }],
  ])('%s', (_, query, fields = {}) => {
    expect(filterOf(query, { ...fields })).toBe(REFUSED);
  });

  test('nesting without end is refused and does not exhaust the stack', () => {
    let deep: object = { sex: 'male' };
    for (let level = 0; level < 50_000; level += 1) deep = { $not: deep };
    expect(filterOf(deep, { query_type: 'expression' })).toBe(REFUSED);
  });

  test('more comparisons or values than anyone needs are refused', () => {
    expect(filterOf(Array.from({ length: 201 }, () => one('sex', 'eq', 'male')).flat())).toBe(REFUSED);
    const manyYears = Array.from({ length: 1001 }, (_, index) => index);
    expect(filterOf(one('yob', 'in', manyYears))).toBe(REFUSED);
  });
});

test.each<[string, unknown]>([
  ['not a date', one('birthdate', 'eq', 'not-a-date')],
  ['30 February', one('birthdate', 'eq', '2021-02-30')],
  ['a number in words', one('age', 'ge', 'old')],
  ['a number beyond the column', one('yob', 'eq', 1e12)],
  ['half a year', one('age', 'lt', 4.5)],
  ['a sex that is none', one('sex', 'eq', 'X')],
  ['a text with a NUL', one('given_name', 'eq', 'a\u0000b')],
  ['an instant without zone', one('last_updated', 'ge', '2024-01-01T00:00:00')],
])('S2: a value that its attribute cannot have is refused as such: %s', (_, query) => {
  expect(filterOf(query)).toBe('rjct.filter.invalid');
});

describe('S1: a query that fits none finds none', () => {
  test.each<[string, unknown]>([
    ['an unknown attribute', one('shoe_size', 'lt', 5)],
    ['an unknown attribute under not', [{ expression1: expression('shoe_size', 'lt', 5), condition: 'not' }]],
    ['an unknown attribute beside a known one', [...one('sex', 'eq', 'male'), ...one('shoe_size', 'gt', 1)]],
    ['an unknown attribute as an alternative', { $or: [{ sex: 'male' }, { shoe_size: { $lt: 5 } }] }],
    ['not equal to an unknown attribute', one('constructor', 'ne', 5)],
    ['a dotted attribute', { 'farm_info.location': { $eq: 1 } }],
  ])('%s matches nobody and says why', (_, query) => {
    expect(onlyItem(criteria(query, { query_type: undefined }))).toMatchObject({
      ok: true,
      query: { filter: NOBODY },
      warnings: [expect.any(String)],
    });
  });
});

describe('values are read as the attribute has them', () => {
  test('C16: a year alone is all of the year and is not guessed into a day', () => {
    expect(filterOf(one('birth_date', 'eq', '2021'))).toEqual({
      kind: 'and',
      filters: [compare('birth_date', 'ge', '2021-01-01'), compare('birth_date', 'le', '2021-12-31')],
    });
    expect(filterOf(one('birth_date', 'gt', '2020-02'))).toEqual(compare('birth_date', 'gt', '2020-02-29'));
    expect(filterOf(one('birth_date', 'lt', '2020-02'))).toEqual(compare('birth_date', 'lt', '2020-02-01'));
    expect(filterOf(one('birth_date', 'ne', '9999'))).toEqual({
      kind: 'or',
      filters: [compare('birth_date', 'lt', '9999-01-01'), compare('birth_date', 'gt', '9999-12-31')],
    });
  });

  test('the day of a date-time is taken as written, whatever its zone', () => {
    expect(filterOf(one('birth_date', 'eq', '2021-03-04T23:30:00-05:00'))).toEqual(
      compare('birth_date', 'eq', '2021-03-04'),
    );
  });

  test('an instant keeps its zone; a day is all of it', () => {
    expect(filterOf(one('last_updated', 'ge', '2024-05-01T08:00:00+02:00'))).toEqual(
      compare('last_updated', 'ge', '2024-05-01T06:00:00.000Z'),
    );
    expect(filterOf(one('last_updated', 'gt', '2024-05-01'))).toEqual(
      compare('last_updated', 'gt', '2024-05-01T23:59:59.999999Z'),
    );
  });

  test('a birth place is asked for by the id or the name of a place', () => {
    const within = { kind: 'within', place: 'birth', locationIds: [PLACE] };
    for (const name of ['birthplace', 'birth_place', 'place_of_birth', 'birthPlace']) {
      expect(filterOf(one(name, 'eq', PLACE.toUpperCase()))).toEqual(within);
    }
    expect(filterOf(one('birthplace', 'in', `${PLACE},Lusaka`))).toEqual({ ...within, names: ['Lusaka'] });
    expect(filterOf(one('place_of_birth', 'ne', 'Lusaka'))).toEqual({
      kind: 'not',
      filter: { ...within, locationIds: [], names: ['Lusaka'] },
    });
  });
});

describe('idtype-value', () => {
  const brn = { kind: 'identifier', type: 'BRN', values: ['2021B1'] };
  test.each<[string, unknown]>([
    ['type and value', { type: 'BRN', value: '2021B1' }],
    ['in another case, with blanks', { type: 'brn', value: ' 2021B1 ' }],
    ['behind a namespace', { type: 'urn:example:identifier#BRN', value: '2021B1' }],
    ['under its longer name', { type: 'BIRTH_REG_NO', value: '2021B1' }],
    ['as in 2023', { identifier_type: 'BRN', identifier_value: '2021B1' }],
    ['nested as OpenG2P had it', { type: 'idtype-value', value: { id_type: 'BRN', id_value: '2021B1' } }],
    ['in a list of one', [{ type: 'BRN', value: '2021B1' }]],
  ])('%s', (_, query) => {
    expect(filterOf(query, { query_type: 'idtype-value' })).toEqual(brn);
  });

  test('a number is the text of it', () => {
    expect(filterOf({ type: 'NID', value: 123 }, { query_type: 'idtype-value' })).toEqual({
      kind: 'identifier',
      type: 'NID',
      values: ['123'],
    });
  });

  test('the shape wins over query_type', () => {
    expect(filterOf({ type: 'BRN', value: '2021B1' }, { query_type: 'predicate' })).toEqual(brn);
    expect(filterOf(one('sex', 'eq', 'male'), { query_type: 'expression' })).toEqual(compare('sex', 'eq', 'male'));
  });

  test('an identifier can be an attribute of a predicate', () => {
    expect(filterOf(one('UIN', 'eq', '1'))).toEqual({ kind: 'identifier', type: 'UIN', values: ['1'] });
    expect(filterOf({ person_identifier: { eq: '1' } })).toEqual({ kind: 'identifier', type: null, values: ['1'] });
  });
});

describe('expression', () => {
  const range = {
    kind: 'and',
    filters: [compare('birth_date', 'ge', '2020-01-01'), compare('birth_date', 'lt', '2021-01-01')],
  };
  const conditions = { $and: [{ birth_date: { $gte: '2020-01-01' } }, { dob: { $lt: '2021-01-01' } }] };
  test.each<[string, unknown]>([
    [
      'as the standard has it',
      { type: 'ns:org:QueryType:expression', value: { expression: { collection: 'Member', query: conditions } } },
    ],
    ['without collection', { type: 'ns:org:QueryType:NoSql', value: { expression: { query: conditions } } }],
    ['directly in expression', { type: 'expression', value: { expression: conditions } }],
    ['directly in value', { type: 'expression', value: conditions }],
    ['in value.query', { value: { query: conditions } }],
    ['bare', conditions],
    ['a range', { dateOfEvent: { type: 'range', gte: '2020-01-01', lt: '2021-01-01' } }],
    [
      'the list of OpenSPP',
      {
        seq: [
          { attribute: 'birth_date', operator: 'ge', value: '2020-01-01' },
          { attribute: 'birth_date', operator: 'lt', value: '2021-01-01' },
        ],
      },
    ],
    [
      'a predicate in the envelope',
      {
        type: 'ns:org:QueryType:predicate',
        value: [
          { expression1: expression('dob', 'ge', '2020-01-01'), expression2: expression('dob', 'lt', '2021-01-01') },
        ],
      },
    ],
  ])('%s', (_, query) => {
    expect(filterOf(query, { query_type: 'expression' })).toEqual(range);
  });

  test('alternatives, negations, lists and the shorthand', () => {
    const query = {
      $or: [{ sex: 'female' }, { $not: { surname: { $in: ['Banda', 'Phiri'] } } }, { yob: { $not: { $eq: 1980 } } }],
    };
    expect(filterOf(query, { query_type: 'expression' })).toEqual({
      kind: 'or',
      filters: [
        compare('sex', 'eq', 'female'),
        { kind: 'not', filter: compare('family_name', 'in', 'Banda', 'Phiri') },
        { kind: 'not', filter: compare('year_of_birth', 'eq', 1980) },
      ],
    });
  });
});
