import { readAck, writeAck } from '../../src/dci/ack.js';
import { judgeHeader, judgeItems, readHeader, writeHeader } from '../../src/dci/header.js';
import { Problem } from '../../src/record/problem.js';
import { HEADER } from './search-body.js';

const NOW = new Date('2026-01-15T12:00:00Z');
const requests = (count: number) => ({ search_request: Array.from({ length: count }, () => ({})) });

function judged(
  fields: Readonly<Record<string, unknown>>,
  { expectedAction = 'search', message = requests(1), strict = false, now = NOW } = {},
): string | null {
  const header = readHeader({ header: { ...HEADER, ...fields } });
  return judgeHeader(header, { expectedAction, message, strict, now })?.code ?? null;
}

test('an encrypted message is known as one', () => {
  expect(readHeader({ header: { ...HEADER, is_msg_encrypted: true } }).isEncrypted).toBe(true);
  expect(readHeader({ header: { ...HEADER, is_msg_encrypted: 'false' } }).isEncrypted).toBe(false);
});

test('a callback need not say who sends it, and says what became of a request', () => {
  const header = { ...HEADER, sender_id: '', status: 'success', status_reason_code: 'rjct.x', meta: { tag: 1 } };
  expect(readHeader({ header }, 'callback')).toMatchObject({
    senderId: '',
    status: 'succ',
    reasonCode: 'rjct.x',
    meta: { tag: 1 },
  });
  expect(() => readHeader({ header })).toThrow(Problem);
});

describe('a header that is read is judged', () => {
  test.each<[string, string | null, Readonly<Record<string, unknown>>, Parameters<typeof judged>[1]]>([
    ['one that is right', null, {}, {}],
    ['version 2', 'rjct.version.invalid', { version: '2.0.0' }, {}],
    ['version 10', 'rjct.version.invalid', { version: '10.0' }, {}],
    ['an action of another endpoint', 'rjct.action.invalid', { action: 'on-search' }, {}],
    ['an action that nobody knows', 'rjct.action.not_supported', { action: 'dance' }, {}],
    ['another spelling of the action', null, { action: 'txn_status' }, { expectedAction: 'txn-status' }],
    [
      'another spelling of the action, to the strict',
      'rjct.action.invalid',
      { action: 'txn_status' },
      { expectedAction: 'txn-status', strict: true },
    ],
    ['200 requests', null, {}, { message: requests(200) }],
    ['201 requests', 'rjct.total_count.limit_exceeded', {}, { message: requests(201) }],
    ['a count that does not match', null, { total_count: 10 }, {}],
    ['a count that does not match, to the strict', 'rjct.total_count.invalid', { total_count: 10 }, { strict: true }],
    ['no count, to the strict', 'rjct.total_count.invalid', { total_count: undefined }, { strict: true }],
    ['a day old', null, { message_ts: '2026-01-13T12:00:00Z' }, {}],
    ['a day old, to the strict', 'rjct.message_ts.invalid', { message_ts: '2026-01-14T11:59:59Z' }, { strict: true }],
    ['of tomorrow, to the strict', 'rjct.message_ts.invalid', { message_ts: '2026-01-16T12:00:01Z' }, { strict: true }],
    ['23 hours old, to the strict', null, { message_ts: '2026-01-14T13:00:00Z' }, { strict: true }],
  ])('%s: %p', (_, code, fields, options) => {
    expect(judged(fields, options)).toBe(code);
  });

  test('one object stands for a list of one', () => {
    const header = readHeader({ header: HEADER });
    const one = { expectedAction: 'search', message: { search_request: {} }, strict: true, now: NOW };
    expect(judgeHeader(header, one)).toBeNull();
  });

  test('beneficiaries are counted as the requests that they are', () => {
    const message = { enrolled_updates: { beneficiaries: Array.from({ length: 201 }, () => ({})) } };
    const header = readHeader({ header: { ...HEADER, action: 'notify' } });
    expect(judgeHeader(header, { expectedAction: 'notify', message, strict: false, now: NOW })?.code).toBe(
      'rjct.total_count.limit_exceeded',
    );
  });
});

test('a message of which more than 100 requests have errors is rejected as a whole', () => {
  const bad = (count: number) => Array.from({ length: count }, () => ({ ok: false }));
  expect(judgeItems([...bad(100), { ok: true }])).toBeNull();
  expect(judgeItems(bad(101))?.code).toBe('rjct.errors.too_many');
});

test('a reason is cut at the limit of the standard', () => {
  const header = writeHeader({
    action: 'on-search',
    status: 'rjct',
    reason: { code: 'rjct.version.invalid', message: 'x'.repeat(2000) },
    totalCount: 0,
    completedCount: 0,
    senderId: 'a',
    receiverId: 'b',
    messageId: 'm',
    now: NOW,
  });
  expect(header['status_reason_message']).toHaveLength(999);
});

describe('an acknowledgement', () => {
  test('is written as the standard has it', () => {
    expect(writeAck({ status: 'ACK', now: NOW, correlationId: 'c-1' })).toEqual({
      message: { ack_status: 'ACK', timestamp: '2026-01-15T12:00:00Z', correlation_id: 'c-1' },
    });
  });

  test.each<[string, unknown, ReturnType<typeof readAck>]>([
    [
      'as the standard has it',
      { message: { ack_status: 'ACK', correlation_id: 'c' } },
      { status: 'ACK', correlationId: 'c', error: null },
    ],
    ['flat', { ack_status: 'ACK' }, { status: 'ACK', correlationId: null, error: null }],
    ['in lower case', { message: { ack_status: 'nack' } }, { status: 'NACK', correlationId: null, error: null }],
    [
      'an error with a code that nobody knows',
      { message: { ack_status: 'ERR', error: { code: 'err.mine', message: 'No' } } },
      { status: 'ERR', correlationId: null, error: { code: 'err.mine', message: 'No' } },
    ],
    [
      'errors alone',
      { errors: [{ code: 'err.request.bad', message: 'No' }] },
      { status: 'ERR', correlationId: null, error: { code: 'err.request.bad', message: 'No' } },
    ],
    ['something else', { ok: true }, null],
    ['a text', 'ACK', null],
  ])('is read: %s', (_, body, read) => {
    expect(readAck(body)).toEqual(read);
  });
});
