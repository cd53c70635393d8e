import {
  compare,
  item,
  MAX_PAGE_SIZE,
  message,
  type PartnerGateway,
  predicate,
  startPartnerGateway,
  uin,
} from './partner-gateway.js';

let gateway: PartnerGateway;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.close());

const SORT = { sort: [{ attribute_name: 'birth_date', sort_order: 'asc' }] };
const expression = (query: unknown) => ({ type: 'ns:org:QueryType:expression', value: { expression: { query } } });

describe('finds people', () => {
  test.each<[string, string, unknown, string[]]>([
    ['identifier', 'idtype-value', { type: 'UIN', value: 'ANN' }, ['ANN']],
    ['identifier in another case', 'idtype-value', { type: 'uin', value: ' ann ' }, ['ANN']],
    [
      'identifier of the older standard',
      'idtype-value',
      { identifier_type: 'BRN', identifier_value: 'B-BOB' },
      ['BOB'],
    ],
    ['identifier of another type', 'idtype-value', { type: 'BRN', value: 'ANN' }, []],
    ['eq', 'predicate', predicate('birth_date', 'eq', '2000-05-05'), ['ANN']],
    ['gt', 'predicate', predicate('birth_date', 'gt', '2001-12-31'), ['CLEO']],
    ['ge', 'predicate', predicate('birth_date', 'ge', '2001-12-31'), ['BOB', 'CLEO']],
    ['lt', 'predicate', predicate('birth_date', 'lt', '1975-07-07'), []],
    ['le', 'predicate', predicate('birth_date', 'le', '1975-07-07'), ['MUM']],
    ['in as a list', 'predicate', predicate('birth_date', 'in', ['2000-05-05', '2005-01-01']), ['ANN', 'CLEO']],
    ['in as text', 'predicate', predicate('birth_date', 'in', '2000-05-05,2005-01-01'), ['ANN', 'CLEO']],
    ['another spelling of attribute and operator', 'predicate', predicate('birthDate', 'gte', '2005-01-01'), ['CLEO']],
    [
      'and within an item',
      'predicate',
      [
        {
          expression1: compare('sex', 'eq', 'female'),
          condition: 'and',
          expression2: compare('birth_date', 'ge', '2000-01-01'),
        },
      ],
      ['ANN', 'CLEO'],
    ],
    [
      'or within an item',
      'predicate',
      [
        {
          expression1: compare('birth_date', 'lt', '1980-01-01'),
          condition: 'or',
          expression2: compare('birth_date', 'gt', '2004-01-01'),
        },
      ],
      ['MUM', 'CLEO'],
    ],
    [
      'not within an item',
      'predicate',
      [
        {
          expression1: compare('sex', 'eq', 'female'),
          condition: 'not',
          expression2: compare('family_name', 'eq', 'Kabwe'),
        },
      ],
      ['CLEO'],
    ],
    [
      'several items, all of which must hold',
      'predicate',
      [
        ...predicate('sex', 'eq', 'female'),
        ...predicate('family_name', 'eq', 'kabwe'),
        ...predicate('birth_date', 'gt', '1980-01-01'),
      ],
      ['ANN'],
    ],
    ['a name with a quote in it', 'predicate', predicate('surname', 'eq', "o'hara"), ['CLEO']],
    ['a name in another script', 'predicate', predicate('given_name', 'eq', 'ዳዊት'), ['DAWIT']],
    [
      '$and',
      'expression',
      expression({ $and: [{ sex: { $eq: 'male' } }, { birth_date: { $gte: '2001-01-01' } }] }),
      ['BOB'],
    ],
    [
      '$or',
      'expression',
      expression({ $or: [{ given_name: 'Cleo' }, { given_name: { $eq: 'Mary' } }] }),
      ['MUM', 'CLEO'],
    ],
    ['$in', 'expression', expression({ given_name: { $in: ['Ann', 'Bob'] } }), ['ANN', 'BOB']],
    [
      'a range',
      'expression',
      expression({ birth_date: { type: 'range', gte: '2000-05-05', lte: '2001-12-31' } }),
      ['ANN', 'BOB'],
    ],
    ['an attribute that nobody has', 'predicate', predicate('poverty_score', 'lt', 5), []],
  ])('by %s', async (_title, queryType, query, expected) => {
    expect(await gateway.find(queryType, query, SORT)).toEqual(expected);
  });

  test('born 2000 to 2001 excludes 2005: both bounds of a range hold', async () => {
    const range = [
      {
        expression1: compare('birthdate', 'ge', '2000-01-01'),
        condition: 'and',
        expression2: compare('birthdate', 'le', '2001-12-31'),
      },
    ];
    expect(await gateway.find('predicate', range, SORT)).toEqual(['ANN', 'BOB']);
  });

  test.each<[string, unknown, string[]]>([
    ['eq', '2000-05-05', ['ANN']],
    ['gt', '2000-05-05', ['BOB', 'CLEO']],
    ['ge', '2001-12-31', ['BOB', 'CLEO']],
    ['lt', '2000-05-05', ['MUM', 'DAWIT']],
    ['le', '1975-07-07', ['MUM']],
    ['in', ['2000-05-05'], ['ANN']],
  ])("OpenSPP's SPP:RegistryType:Individual by birthdate %s", async (operator, value, expected) => {
    const criteria = { reg_type: 'SPP:RegistryType:Individual', ...SORT };
    expect(await gateway.find('predicate', predicate('birthdate', operator, value), criteria)).toEqual(expected);
  });

  test('a query that matches nobody returns nobody, not the registry', async () => {
    const { body } = await gateway.search(item('r-1', 'idtype-value', { type: 'UIN', value: 'NOBODY' }));
    expect(body.header).toMatchObject({ status: 'succ', total_count: 1, completed_count: 1 });
    expect(body.message.search_response).toHaveLength(1);
    expect(body.message.search_response[0]).toMatchObject({
      reference_id: 'r-1',
      status: 'succ',
      data: { reg_records: [] },
      pagination: { page_size: 20, page_number: 1, total_count: 0 },
    });
  });
});

describe('each item has its own answer', () => {
  test('three items with a bad one in the middle get three answers in order', async () => {
    const { status, body } = await gateway.search(
      item('first', 'idtype-value', { type: 'UIN', value: 'ANN' }),
      item('bad', 'predicate', predicate('birth_date', 'resembles', '2000-05-05')),
      item('last', 'idtype-value', { type: 'UIN', value: 'BOB' }),
    );
    expect(status).toBe(200);
    expect(body.header).toMatchObject({ status: 'succ', total_count: 3, completed_count: 3 });
    expect(
      body.message.search_response.map((one) => [one.reference_id, one.status, one.data.reg_records.map(uin)]),
    ).toEqual([
      ['first', 'succ', ['ANN']],
      ['bad', 'rjct', []],
      ['last', 'succ', ['BOB']],
    ]);
  });

  test.each<[string, unknown, string]>([
    [
      'an unknown operator',
      item('r', 'predicate', predicate('birth_date', 'resembles', '2000-01-01')),
      'rjct.search_criteria.invalid',
    ],
    ['a date that is none', item('r', 'predicate', predicate('birth_date', 'eq', 'not-a-date')), 'rjct.filter.invalid'],
    ['an impossible date', item('r', 'predicate', predicate('birth_date', 'eq', '2001-02-30')), 'rjct.filter.invalid'],
    ['an unknown query type', item('r', 'telepathy', {}), 'rjct.search_criteria.invalid'],
    ['a query that is missing', item('r', 'predicate', undefined), 'rjct.search_criteria.invalid'],
    [
      'criteria that are missing',
      { reference_id: 'r', timestamp: '2026-01-15T10:30:00Z' },
      'rjct.search_criteria.invalid',
    ],
    [
      'groups, which are no persons',
      item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }, { reg_record_type: 'Group' }),
      'rjct.search_criteria.invalid',
    ],
    [
      'a page that is too large',
      item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }, { pagination: { page_size: MAX_PAGE_SIZE + 1 } }),
      'rjct.pagination.invalid',
    ],
    [
      'a page far behind',
      item('r', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), {
        pagination: { page_size: 50, page_number: 99_999_999 },
      }),
      'rjct.search.too_many_records_found',
    ],
    [
      'an unknown sort attribute',
      item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }, { sort: [{ attribute_name: 'charm' }] }),
      'rjct.sort.invalid',
    ],
    [
      'a timestamp without zone',
      { ...item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }), timestamp: '2026-01-15T10:30:00' },
      'rjct.timestamp.invalid',
    ],
  ])('%s rejects the item with HTTP 200', async (_title, one, code) => {
    const { status, body } = await gateway.search(one);
    expect(status).toBe(200);
    expect(body.header['status']).toBe('rjct');
    expect(body.message.search_response).toHaveLength(1);
    expect(body.message.search_response[0]).toMatchObject({
      reference_id: 'r',
      status: 'rjct',
      status_reason_code: code,
    });
    expect(body.message.search_response[0]?.status_reason_message).toMatch(/\w/u);
  });

  test('a reference id used twice rejects the second item only', async () => {
    const one = item('same', 'idtype-value', { type: 'UIN', value: 'ANN' });
    const { body } = await gateway.search(one, one);
    expect(body.message.search_response.map((answer) => answer.status_reason_code)).toEqual([
      undefined,
      'rjct.reference_id.duplicate',
    ]);
  });

  test('hostile values find nobody and break nothing', async () => {
    for (const value of [
      "'; drop table individuals; --",
      '\\',
      '%',
      '_',
      '\u0000',
      '\ud800',
      '{}',
      'a'.repeat(10_000),
    ]) {
      for (const one of [
        item('r', 'idtype-value', { type: 'UIN', value }),
        item('r', 'predicate', predicate('full_name', 'eq', value)),
        item('r', 'idtype-value', { type: value, value: 'ANN' }),
      ]) {
        const { status, body } = await gateway.search(one);
        expect(status).toBe(200);
        expect(body.message.search_response[0]?.data.reg_records).toEqual([]);
      }
    }
    expect(await gateway.find('idtype-value', { type: 'UIN', value: 'ANN' })).toEqual(['ANN']);
  });

  test('the partner’s own words come back as they were, and no browser would read them as a page', async () => {
    const script = '<script>alert("&amp;")</script>';
    const one = item(script, 'idtype-value', { type: 'UIN', value: 'ANN' }, { reg_record_type: script });
    const answers = [
      await gateway.search(one),
      await gateway.post({ ...message([one]), message: { transaction_id: script, search_request: [one] } }),
      await gateway.search(item('r', 'predicate', [{ expression1: { attribute_name: script, operator: script } }])),
      await gateway.search({ ...one, locale: script }),
    ];
    for (const { text } of answers) expect(text).not.toMatch(/[<>&]/u);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
    expect(answers[0]?.body.message.search_response[0]).toMatchObject({
      reference_id: script,
      data: { reg_record_type: script },
    });
    expect(answers[1]?.body.message.transaction_id).toBe(script);
    expect(answers[2]?.body.message.search_response[0]?.status_reason_message).toContain('<script>');
  });
});

describe('pages and order', () => {
  const everybodyBorn = (criteria: Record<string, unknown>) =>
    item('r', 'predicate', predicate('birth_date', 'gt', '1900-01-01'), criteria);

  test('pages follow each other without gaps, with the total on each', async () => {
    const seen: string[] = [];
    for (const number of [1, 2, 3, 4]) {
      const { body } = await gateway.search(
        everybodyBorn({ ...SORT, pagination: { page_size: 2, page_number: number } }),
      );
      const [one] = body.message.search_response;
      // Beyond the end there is an empty page that still tells the total.
      expect(one?.pagination).toEqual({ page_size: 2, page_number: number, total_count: 5 });
      seen.push(...(one?.data.reg_records ?? []).map(uin));
    }
    expect(seen).toEqual(['MUM', 'DAWIT', 'ANN', 'BOB', 'CLEO']);
  });

  test('descending order, and a second attribute among equals', async () => {
    const sort = [
      { attribute_name: 'surname', sort_order: 'desc' },
      { attribute_name: 'given_name', sort_order: 'asc' },
    ];
    const query = predicate('birth_date', 'gt', '1995-01-01');
    expect(await gateway.find('predicate', query, { sort })).toEqual(['CLEO', 'ANN', 'BOB']);
  });

  test('one message cannot pull the registry: without a page there are 20, and pages beyond the maximum are refused', async () => {
    const { pool } = gateway.database;
    await pool.query(`insert into individuals (id, given_name, birth_date, birth_date_precision)
      select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, 'Many', '2010-01-01', 'day' from generate_series(1, 30) n`);
    const { body } = await gateway.search(item('r', 'predicate', predicate('birth_date', 'eq', '2010-01-01')));
    await pool.query("delete from individuals where given_name = 'Many'");
    const [one] = body.message.search_response;
    expect(one?.data.reg_records).toHaveLength(20);
    expect(one?.pagination).toEqual({ page_size: 20, page_number: 1, total_count: 30 });
  });
});

describe('the answer', () => {
  test('echoes the transaction, swaps the parties and is not to be stored', async () => {
    const { body, headers } = await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/u);
    expect(body.header).toMatchObject({
      action: 'on-search',
      status: 'succ',
      sender_id: 'gateway.example.org',
      receiver_id: 'ministry.example.org',
    });
    expect(body.header['message_id']).not.toBe('m-1');
    expect(body.message.transaction_id).toBe('t-1');
    expect(body.message.correlation_id).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test('says all that is known of a person, the place and the parents', async () => {
    const { body } = await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'ANN' }));
    expect(body.message.search_response[0]?.data.reg_records).toMatchObject([
      {
        '@type': 'CRVS_Person',
        name: { given_name: 'Ann', surname: 'Kabwe' },
        sex: 'female',
        birth_date: '2000-05-05',
        birth_place: { name: 'Kanyama Clinic', contained_in_place: { name: 'Lusaka Province' } },
        parent1_identifier: { identifier_type: 'UIN', identifier_value: 'MUM' },
      },
    ]);
  });

  test('has no words for what is not known: no "False", no null, no empty text', async () => {
    const { body } = await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'EVE' }));
    const [person] = body.message.search_response[0]?.data.reg_records ?? [];
    expect(JSON.stringify(person)).not.toMatch(/false|none|null|""/iu);
    expect(person).not.toHaveProperty('birth_date');
    expect(person).not.toHaveProperty('sex');
  });

  test('keeps the precision of a year', async () => {
    const { text } = await gateway.search(item('r', 'idtype-value', { type: 'UIN', value: 'DAWIT' }));
    expect(text).toContain('"birth_date":"1990"');
  });

  test('costs the same number of statements for one person and for five', async () => {
    const count = async (value: string) => {
      gateway.database.statements.length = 0;
      await gateway.find('predicate', predicate('birth_date', 'gt', value));
      return gateway.database.statements.length;
    };
    await count('1900-01-01');
    const ofFive = await count('1900-01-01');
    expect(await count('2004-01-01')).toBe(ofFive);
    expect(ofFive).toBeLessThanOrEqual(6);
  });

  test('is written nowhere in the log, nor is the question', async () => {
    gateway.logLines.length = 0;
    await gateway.search(item('r', 'predicate', predicate('full_name', 'eq', 'Ann Kabwe')));
    await gateway.search(item('r', 'predicate', predicate('birth_date', 'eq', 'Kabwe')));
    await gateway.post('{"message": "Kabwe');
    expect(gateway.logLines.length).toBeGreaterThanOrEqual(3);
    expect(gateway.logLines.join('')).not.toMatch(/kabwe/iu);
  });
});
