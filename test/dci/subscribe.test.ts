import { NO_PURPOSE } from '../../src/dci/consent.js';
import { readSubscribeRequest, type SubscribeItem } from '../../src/dci/messages/subscribe.js';
import { readUnsubscribeRequest } from '../../src/dci/messages/unsubscribe.js';
import type { ReadingContext } from '../../src/dci/reading-context.js';
import { EVENT_WORDS } from '../../src/record/event-word.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { Problem } from '../../src/record/problem.js';
import { CONTEXT } from './search-body.js';

type Fields = Readonly<Record<string, unknown>>;

const NOW = new Date('2026-01-15T12:00:00Z');
const CRITERIA: Fields = {
  version: '1.0.0',
  reg_type: 'ns:org:RegistryType:Social',
  reg_event_type: 'REGISTER',
  filter_type: 'idtype-value',
  filter: { type: 'UIN', value: '1' },
  notify_record_type: 'SRPerson',
};

function request(criteria: unknown, fields: Fields = {}): Fields {
  return { reference_id: 'r-1', timestamp: '2026-01-15T10:30:00Z', subscribe_criteria: criteria, ...fields };
}

function read(requests: unknown, context: Partial<ReadingContext> = {}): readonly SubscribeItem[] {
  const message = { transaction_id: 't-1', subscribe_request: requests };
  return readSubscribeRequest(message, { ...CONTEXT, ...context, now: NOW }).items;
}

function only(criteria: Fields, context: Partial<ReadingContext> = {}): SubscribeItem {
  const [item] = read([request({ ...CRITERIA, ...criteria })], context);
  if (item === undefined) throw new Error('the message has no item');
  return item;
}

function refusal(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
}

describe('a wish to subscribe', () => {
  test('is read with everything that it says', () => {
    const frequency = {
      start_time: '2026-01-01T00:00:00Z',
      end_time: '2026-12-31T00:00:00Z',
      frequency: '0 0 0 5,15 * ? *',
    };
    expect(read([request({ ...CRITERIA, frequency }, { locale: 'fra' })])).toEqual([
      {
        ok: true,
        referenceId: 'r-1',
        registry: 'social',
        record: 'individual',
        events: ['registered'],
        frequency: {
          cron: '0 0 0 5,15 * ? *',
          startsAt: new Date('2026-01-01T00:00:00Z'),
          endsAt: new Date('2026-12-31T00:00:00Z'),
        },
        filter: { kind: 'identifier', type: 'UIN', values: ['1'] },
        locale: 'fra',
        criteria: { ...CRITERIA, frequency },
        given: NO_PURPOSE,
        warnings: [],
      },
    ]);
  });

  test.each<[string, string, unknown, readonly string[]]>([
    ['Social', 'a word of the standard', 'REGISTER', ['registered']],
    ['Social', 'a new member', 'NewHouseHoldMember', ['joined']],
    ['Civil', 'a birth', 'spdci-common:RegistryEventType:LiveBirth', ['registered']],
    ['Civil', 'a death', 'ns:org:RegistryEventType:Death', ['died']],
    ['Civil', 'a divorce', 'divorce', ['married']],
    ['IBR', 'an enrolment', 'enrollement', ['registered', 'enrolled']],
    ['IBR', 'another status', 'enrollement_status_change', ['enrolment_status_changed']],
    ['FR', 'a change', 'UPDATE', ['updated']],
    ['FR', 'several words', ['REGISTER', 'update'], ['registered', 'updated']],
    ['Social', 'a star', '*', EVENT_WORDS],
    ['Social', 'nothing', '', EVENT_WORDS],
  ])('of %s by %s', (registry, _, eventType, events) => {
    const item = only({
      reg_type: `ns:org:RegistryType:${registry}`,
      reg_event_type: eventType,
      notify_record_type: '',
      filter: { type: '*', value: '*' },
    });
    expect(item).toMatchObject({ ok: true, events });
  });

  test.each<[string, unknown]>([
    ['a star', { type: '*', value: '*' }],
    ['an empty object', {}],
    ['nothing', undefined],
  ])('whose filter is %s is about everybody', (_, filter) => {
    expect(only({ filter, filter_type: undefined })).toMatchObject({ ok: true, filter: EVERYBODY });
  });

  test('the cron expression may stand bare', () => {
    expect(only({ frequency: '0 6 * * *' })).toMatchObject({
      frequency: { cron: '0 6 * * *', startsAt: null, endsAt: null },
    });
  });

  test('the address says which registry it is about', () => {
    expect(only({ notify_record_type: 'Farmer' }, { registry: 'fr' })).toMatchObject({
      registry: 'fr',
      record: 'farmer',
    });
  });

  test('groups are heard of as groups', () => {
    expect(only({ notify_record_type: 'Group', filter: {} })).toMatchObject({ ok: true, record: 'group' });
  });
});

describe('a wish to subscribe is rejected, and the others are not', () => {
  test.each<[string, string, unknown]>([
    ['rjct.reference_id.invalid', 'no object', 5],
    ['rjct.reference_id.invalid', 'no reference_id', request(CRITERIA, { reference_id: '' })],
    ['rjct.timestamp.invalid', 'no timestamp', request(CRITERIA, { timestamp: undefined })],
    ['rjct.timestamp.invalid', 'a timestamp without zone', request(CRITERIA, { timestamp: '2026-01-15T10:30:00' })],
    ['rjct.notify_details.invalid', 'no criteria', request(undefined)],
    ['rjct.notify_details.invalid', 'an unknown registry', request({ ...CRITERIA, reg_type: 'Vehicles' })],
    ['rjct.notify_types.invalid', 'an unknown event', request({ ...CRITERIA, reg_event_type: 'Graduation' })],
    ['rjct.notify_types.invalid', 'an event that is no text', request({ ...CRITERIA, reg_event_type: { a: 1 } })],
    ['rjct.person_id.invalid', 'an identifier without value', request({ ...CRITERIA, filter: { type: 'UIN' } })],
    [
      'rjct.notify_details.invalid',
      'a filter that is no query',
      request({ ...CRITERIA, filter_type: 'predicate', filter: [5] }),
    ],
    [
      'rjct.notify_details.invalid',
      'a language that is not spoken',
      request({ ...CRITERIA, filter_type: 'graphql', filter: { type: 'graphql', value: {} } }),
    ],
    ['rjct.notify_details.invalid', 'no schedule', request({ ...CRITERIA, frequency: { frequency: 'often' } })],
    ['rjct.notify_details.invalid', 'every second', request({ ...CRITERIA, frequency: '* * * * * *' })],
    [
      'rjct.notify_details.invalid',
      'an end before the start',
      request({
        ...CRITERIA,
        frequency: { start_time: '2027-01-02T00:00:00Z', end_time: '2027-01-01T00:00:00Z', frequency: '0 6 * * *' },
      }),
    ],
    [
      'rjct.notify_details.invalid',
      'an end that has passed',
      request({ ...CRITERIA, frequency: { end_time: '2026-01-15T11:00:00Z' } }),
    ],
    [
      'rjct.notify_details.invalid',
      'an end without zone',
      request({ ...CRITERIA, frequency: { end_time: '2027-01-15T11:00:00' } }),
    ],
  ])('%s: %s', (code, _, written) => {
    expect(read([written, request(CRITERIA, { reference_id: 'r-2' })])).toMatchObject([
      { ok: false, code },
      { ok: true },
    ]);
  });

  test('rjct.reference_id.duplicate: a reference_id for the second time', () => {
    expect(read([request(CRITERIA), request(CRITERIA)])).toMatchObject([
      { ok: true },
      { ok: false, code: 'rjct.reference_id.duplicate' },
    ]);
  });

  test('to the strict, a filter must be there and name what is held', () => {
    const strict = { strict: true };
    expect(only({ filter: undefined }, strict)).toMatchObject({ code: 'rjct.notify_details.invalid' });
    const unknown = { filter_type: 'expression', filter: { shoe_size: { $eq: 44 } } };
    expect(only(unknown, strict)).toMatchObject({ code: 'rjct.notify_details.invalid' });
    expect(only(unknown)).toMatchObject({ ok: true });
  });
});

test.each<[string, unknown, Fields]>([
  ['no list', undefined, {}],
  ['an empty list', [], {}],
  ['a text', 'all', {}],
  ['a locale of two letters', [request(CRITERIA, { locale: 'en' })], {}],
])('a message with %s is refused as a whole', (_, requests) => {
  expect(refusal(() => read(requests))).toBe('err.request.bad');
});

test('a transaction_id of 100 characters is refused as a whole, one of 99 is not', () => {
  const message = (length: number) => ({
    transaction_id: 'x'.repeat(length),
    subscribe_request: [request(CRITERIA)],
  });
  expect(refusal(() => readSubscribeRequest(message(99), { ...CONTEXT, now: NOW }))).toBeNull();
  expect(refusal(() => readSubscribeRequest(message(100), { ...CONTEXT, now: NOW }))).toBe('err.request.bad');
});

describe('a wish to unsubscribe', () => {
  const message = (fields: Fields): Fields => ({
    transaction_id: 't-1',
    timestamp: '2026-01-15T10:30:00Z',
    subscription_codes: ['a'],
    ...fields,
  });

  test.each<[string, Fields, readonly string[]]>([
    ['as the standard has it', { subscription_codes: ['a', 'b', 'a'] }, ['a', 'b']],
    ['with one code', { subscription_codes: 'a' }, ['a']],
    ['under the old spelling', { subscription_codes: undefined, sunscription_codes: ['a'] }, ['a']],
    ['in the singular', { subscription_codes: undefined, subscription_code: 'a' }, ['a']],
    ['with a code of 99 characters', { subscription_codes: ['x'.repeat(99)] }, ['x'.repeat(99)]],
  ])('is read %s', (_, fields, codes) => {
    expect(readUnsubscribeRequest(message(fields))).toEqual({ transactionId: 't-1', codes, rejection: null });
  });

  test.each<[string, string, Fields]>([
    ['rjct.timestamp.invalid', 'no timestamp', { timestamp: '' }],
    ['rjct.timestamp.invalid', 'a timestamp without zone', { timestamp: '2026-01-15T10:30:00' }],
    ['rjct.subscription_code.invalid', 'no codes', { subscription_codes: [] }],
    ['rjct.subscription_code.invalid', 'what is no code', { subscription_codes: ['a', {}] }],
  ])('is rejected: %s, %s', (code, _, fields) => {
    expect(readUnsubscribeRequest(message(fields))).toMatchObject({ codes: [], rejection: { code } });
  });

  test.each<[string, Fields]>([
    ['a code of 100 characters', { subscription_codes: ['x'.repeat(100)] }],
    ['no transaction_id', { transaction_id: '' }],
    ['more codes than anybody has', { subscription_codes: Array.from({ length: 1001 }, (_, index) => `c-${index}`) }],
  ])('is refused as a whole: %s', (_, fields) => {
    expect(refusal(() => readUnsubscribeRequest(message(fields)))).toBe('err.request.bad');
  });
});
