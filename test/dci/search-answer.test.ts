import { dialect } from '../../src/dci/dialects/dialect.js';
import { readSearchAnswer, type SearchAnswer } from '../../src/dci/search-answer.js';
import { Problem } from '../../src/record/problem.js';

const read = (body: unknown, name = 'spdci-1.0'): SearchAnswer => readSearchAnswer(body, dialect(name));
const answer = (item: object, header: object = { status: 'succ' }): object => ({
  header,
  message: { transaction_id: 't', correlation_id: 'c', search_response: [{ reference_id: 'r', ...item }] },
});
const pagination = { page_size: '10', page_number: 2, total_count: '35' };

describe('a search answer', () => {
  test('C8: status, reason and records of each item are told', () => {
    const body = answer({ status: 'rjct', status_reason_code: 'rjct.filter.invalid', status_reason_message: 'No' });
    expect(read(body).items).toEqual([
      {
        referenceId: 'r',
        status: 'rjct',
        reasonCode: 'rjct.filter.invalid',
        reasonMessage: 'No',
        records: [],
        recordPointers: [],
        pagination: null,
      },
    ]);
  });

  test('C8: a rejecting header is told, with a message or without', () => {
    const header = { status: 'rjct', status_reason_code: 'rjct.version.invalid' };
    expect(read({ header })).toMatchObject({ status: 'rjct', reasonCode: 'rjct.version.invalid', items: [] });
    expect(read(answer({}, header))).toMatchObject({ status: 'rjct' });
  });

  test.each<[string, unknown, unknown[]]>([
    ['a list', { reg_records: [{ a: 1 }, { a: 2 }] }, [{ a: 1 }, { a: 2 }]],
    ['one object', { reg_records: { a: 1 } }, [{ a: 1 }]],
    ['a list inside data', { reg_records: { data: [{ a: 1 }] } }, [{ a: 1 }]],
    ['directly in data', [{ a: 1 }], [{ a: 1 }]],
    ['null', { reg_records: null }, []],
    ['C9: no data', null, []],
    ['an empty object', { reg_records: {} }, []],
  ])('records as %s', (_, data, records) => {
    expect(read(answer({ status: 'success', data })).items[0]).toMatchObject({ status: 'succ', records });
  });

  test('pages are numbers, also written as text; without a total nothing is told', () => {
    expect(read(answer({ pagination })).items[0]?.pagination).toEqual({ size: 10, number: 2, total: 35 });
    expect(read(answer({ pagination: { page_size: 5 } })).items[0]?.pagination).toBeNull();
    expect(read(answer({ pagination: { total_count: -1 } })).items[0]?.pagination).toBeNull();
  });

  test('the server of OpenSPP knows no pages: what it sends is all', () => {
    expect(read(answer({ data: { reg_records: [{}, {}] } }), 'openspp-17').items[0]?.pagination).toEqual({
      size: 2,
      number: 1,
      total: 2,
    });
  });

  test('no response, an empty one and a lone object', () => {
    expect(read({ header: { status: 'succ' }, message: { search_response: [] } }).items).toEqual([]);
    expect(read({ header: {}, message: { transaction_id: 't' } }).items).toEqual([]);
    expect(read({ header: {}, message: { search_response: { reference_id: 'r' } } }).items).toHaveLength(1);
  });
});

test.each<[string, unknown]>([
  ['a text', '<html>'],
  ['nothing', undefined],
  ['a list', []],
  ['an error', { error: 'invalid_client' }],
  ['no message', { header: { status: 'succ' } }],
  ['an encrypted message', { header: { status: 'succ' }, message: { ciphertext: 'x' } }],
  ['a response that is a text', { header: {}, message: { search_response: 'none' } }],
  ['an item that is a text', { header: {}, message: { search_response: ['r'] } }],
  ['records that are a text', answer({ data: { reg_records: 'x' } })],
  ['data that is a text', answer({ data: 'x' })],
  ['a status of no meaning', answer({ status: 'fine' })],
])('C9: %s is no search answer', (_, body) => {
  expect(() => read(body)).toThrow(Problem);
  expect(() => read(body)).toThrow(/not a search answer/u);
});
