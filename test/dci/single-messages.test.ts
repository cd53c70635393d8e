import { readDisabilityRequest } from '../../src/dci/messages/disability.js';
import { readEnrolledRequest, readEnrolmentUpdates } from '../../src/dci/messages/enrolment.js';
import { readStatusRequest } from '../../src/dci/messages/transaction-status.js';
import { Problem } from '../../src/record/problem.js';
import { CONTEXT } from './search-body.js';

type Fields = Readonly<Record<string, unknown>>;

function refusal(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
}

describe('a question for the status of a transaction', () => {
  const message = (fields: Fields, others: Fields = {}): Fields => ({
    transaction_id: 't-1',
    txnstatus_request: {
      reference_id: 'r-1',
      txn_type: 'search',
      attribute_type: 'transaction_id',
      attribute_value: 't-0',
      locale: 'eng',
      ...fields,
    },
    ...others,
  });

  test.each<[string, Fields, Fields]>([
    ['by transaction', {}, { attribute: 'transaction_id', values: ['t-0'] }],
    ['by correlation', { attribute_type: 'correlation_id' }, { attribute: 'correlation_id' }],
    [
      'by references',
      { attribute_type: 'reference_id_list', attribute_value: ['a', 'b', 'a'] },
      { attribute: 'reference_id_list', values: ['a', 'b'] },
    ],
    [
      'by subscriptions',
      { txn_type: 'subscribe', attribute_type: 'subscription_code_list', attribute_value: 'c' },
      { txnType: 'subscribe', attribute: 'subscription_code_list', values: ['c'] },
    ],
    ['of unsubscribing', { txn_type: 'unsubscribe' }, { txnType: 'unsubscribe' }],
    ['of a receipt', { txn_type: 'receipt' }, { txnType: 'receipt' }],
    ['in no language', { locale: '' }, { locale: null }],
  ])('is read %s', (_, fields, read) => {
    expect(readStatusRequest(message(fields))).toMatchObject({ transactionId: 't-1', referenceId: 'r-1', ...read });
  });

  test('a list of one stands for the one', () => {
    const { txnstatus_request } = message({});
    expect(readStatusRequest(message({}, { txnstatus_request: [txnstatus_request] }))).toMatchObject({
      values: ['t-0'],
    });
  });

  test.each<[string, Fields, Fields]>([
    ['no question', {}, { txnstatus_request: undefined }],
    ['no transaction_id', {}, { transaction_id: undefined }],
    ['a transaction_id of 100 characters', {}, { transaction_id: 'x'.repeat(100) }],
    ['no reference_id', { reference_id: '' }, {}],
    ['another type of transaction', { txn_type: 'purchase' }, {}],
    ['no type of transaction', { txn_type: undefined }, {}],
    ['another attribute', { attribute_type: 'colour' }, {}],
    ['no value', { attribute_value: '' }, {}],
    ['an empty list', { attribute_type: 'reference_id_list', attribute_value: [] }, {}],
    ['a value that is no text', { attribute_value: { a: 1 } }, {}],
    ['two values for one transaction', { attribute_value: ['a', 'b'] }, {}],
    ['a value of 100 characters', { attribute_value: 'x'.repeat(100) }, {}],
    [
      'a subscription code of 100 characters',
      { attribute_type: 'subscription_code_list', attribute_value: ['x'.repeat(100)] },
      {},
    ],
    ['a locale of two letters', { locale: 'en' }, {}],
  ])('is refused with %s', (_, fields, others) => {
    expect(refusal(() => readStatusRequest(message(fields, others)))).toBe('err.request.bad');
  });
});

describe('a question of the disability registry', () => {
  const context = { ...CONTEXT, referenceId: 'minted' };
  const read = (criteria: unknown) =>
    readDisabilityRequest({ transaction_id: 't', disabled_criteria: criteria }, context);

  test('is read in the shape of its examples, whatever the address', () => {
    const asked = read({
      query_type: 'expression',
      query: { 'member.member_identifier': { eq: 'ABC451123' } },
    });
    expect(asked).toMatchObject({
      transactionId: 't',
      entity: null,
      item: { ok: true, referenceId: 'minted', registryKind: 'dr', record: 'disability', page: null, sort: [] },
    });
    expect(JSON.stringify(asked)).toContain('ABC451123');
  });

  test('a query that cannot be read is a rejected item', () => {
    expect(read({ query_type: 'expression', query: 'all' }).item).toMatchObject({
      ok: false,
      referenceId: 'minted',
      code: 'rjct.search_criteria.invalid',
    });
  });

  test('a value that its attribute cannot have is the fault of the filter', () => {
    expect(read({ query_type: 'expression', query: { birth_date: { eq: 'yesterday' } } }).item).toMatchObject({
      ok: false,
      code: 'rjct.filter.invalid',
    });
  });

  test('without criteria it is refused as a whole', () => {
    expect(refusal(() => read(undefined))).toBe('err.request.bad');
  });

  test('where the registry is not served it is a rejected item', () => {
    const { item } = readDisabilityRequest(
      { transaction_id: 't', disabled_criteria: { query: { UIN: { eq: '1' } } } },
      { ...context, servedRegistries: ['social'] },
    );
    expect(item).toMatchObject({ ok: false, code: 'rjct.search_criteria.invalid' });
  });
});

describe('messages of the register of beneficiaries', () => {
  test.each([
    ['Group', 'group'],
    ['Household', 'group'],
    ['Member', 'individual'],
    ['Beneficiary', null],
    [undefined, null],
  ])('a question whether %s is enrolled', (responseEntity, entity) => {
    const asked = readEnrolledRequest(
      {
        transaction_id: 't',
        enrolled_criteria: {
          query_type: 'expression',
          response_entity: responseEntity,
          query: {
            person_identifier: { eq: '1' },
            'programme_identifier.program.programme_identifier': { eq: 'DCI001' },
          },
        },
      },
      { ...CONTEXT, referenceId: 'minted' },
    );
    expect(asked).toMatchObject({ entity, item: { ok: true, registryKind: 'ibr', record: 'enrolment' } });
  });

  test('news of enrolments are handed on as they came', () => {
    const beneficiaries = [{ member: {} }, 5];
    expect(readEnrolmentUpdates({ transaction_id: 't', enrolled_updates: { beneficiaries } })).toEqual({
      transactionId: 't',
      beneficiaries,
    });
  });

  test.each([
    ['no news', undefined],
    ['a text', 'all'],
    ['nobody', { beneficiaries: [] }],
  ])('news that tell of %s are refused', (_, updates) => {
    const message = { transaction_id: 't', enrolled_updates: updates };
    expect(refusal(() => readEnrolmentUpdates(message))).toBe('err.request.bad');
  });
});
