import {
  defaultPage,
  writeErrorBody,
  writeRejectedMessage,
  writeSearchAnswer,
  type AnswerSettings,
  type ItemOutcome,
} from '../../src/dci/answer.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readSearchAnswer } from '../../src/dci/search-answer.js';
import { MARY } from './people.js';
import { accepted, body, bornIn2000, criteria, item, LIMITS, readSearchMessage } from './search-body.js';

const settings = (name: string): AnswerSettings => ({
  dialect: dialect(name),
  senderId: 'registry.example.org',
  now: new Date('2026-01-15T10:30:00.500Z'),
  messageId: 'm-new',
  correlationId: 'c-1',
});

/** Three requests: one with a match, one refused, one without a match. */
const asked = accepted(
  body([
    item('r-1', criteria(bornIn2000)),
    item('r-2', criteria([])),
    item('r-3', criteria([{ expression1: { attribute_name: 'poverty_score', operator: 'lt', attribute_value: 5 } }])),
  ]),
);

const page = { size: 20, number: 1 };
const outcomes: ItemOutcome[] = asked.items.map((question, index) =>
  question.ok
    ? {
        ok: true,
        question,
        records: index === 0 ? [{ kind: 'individual', ...MARY }] : [],
        total: index === 0 ? 41 : 0,
        page,
        nextCursor: null,
      }
    : question,
);

function itemsOf(answer: object, name = 'spdci-1.0'): [string, string, number][] {
  const { items } = readSearchAnswer(JSON.parse(JSON.stringify(answer)), dialect(name));
  return items.map(({ referenceId, status, records }) => [referenceId, status, records.length]);
}

describe('an answer of the standard', () => {
  const answer = writeSearchAnswer(asked, outcomes, settings('spdci-1.0'));

  test('has a header of our own, which counts requests and succeeds when one of them did', () => {
    expect(answer.header).toEqual({
      version: '1.0.0',
      message_id: 'm-new',
      message_ts: '2026-01-15T10:30:00Z',
      action: 'on-search',
      status: 'succ',
      sender_id: 'registry.example.org',
      receiver_id: 'spmis.example.org',
      total_count: 3,
      completed_count: 3,
      is_msg_encrypted: false,
    });
    expect(answer.message).toMatchObject({ transaction_id: 't-1', correlation_id: 'c-1' });
  });

  test('S3, S5: each request has its item, in order, without a match and rejected too', () => {
    expect(itemsOf(answer)).toEqual([
      ['r-1', 'succ', 1],
      ['r-2', 'rjct', 0],
      ['r-3', 'succ', 0],
    ]);
    expect(answer.message).toMatchObject({
      search_response: [
        { pagination: { page_size: 20, page_number: 1, total_count: 41 }, locale: 'eng' },
        { status_reason_code: 'rjct.search_criteria.invalid', data: { reg_records: [] } },
        { pagination: { total_count: 0 }, status_reason_message: expect.stringContaining('poverty_score') as string },
      ],
    });
  });

  test('holds the person in the words of the standard, the mother first', () => {
    expect(answer.message).toMatchObject({
      search_response: [
        {
          data: {
            version: '1.0.0',
            reg_type: 'ns:org:RegistryType:Civil',
            reg_record_type: 'spdci-extensions-dci:Person',
            reg_records: [
              {
                '@type': 'CRVS_Person',
                identifier: [{ identifier_type: 'BRN', identifier_value: '2025B0001' }],
                name: { surname: 'Kabwe', given_name: 'Mary' },
                sex: 'female',
                birth_date: '2025-03-04',
                birth_place: { name: 'Lusaka General', contained_in_place: { name: 'Lusaka Province' } },
                address: [{ address_line_1: '1 Lake Road' }],
                parent1_identifier: { identifier_type: 'UIN', identifier_value: '5' },
                parent2_identifier: { identifier_type: 'NID', identifier_value: '7' },
              },
            ],
          },
        },
        {},
        {},
      ],
    });
  });

  test('is rejected as a whole only when every request was', () => {
    const rejected = writeSearchAnswer(asked, outcomes.slice(1, 2), settings('spdci-1.0'));
    expect(rejected.header).toMatchObject({ status: 'rjct', total_count: 1 });
  });
});

describe('an answer in a dialect', () => {
  test('OpenCRVS: echoes ids and parties, counts records, leaves out items without a match', () => {
    const answer = writeSearchAnswer(asked, outcomes, settings('opencrvs-1.0'));
    expect(answer.header).toMatchObject({
      message_id: 'm-1',
      action: 'search',
      sender_id: 'spmis.example.org',
      receiver_id: 'registry.example.org',
      total_count: 1,
    });
    expect(itemsOf(answer, 'opencrvs-1.0')).toEqual([
      ['r-1', 'succ', 1],
      ['r-2', 'rjct', 0],
    ]);
    expect(answer.message).toMatchObject({
      search_response: [
        {
          data: {
            reg_record_type: 'person',
            reg_records: [
              {
                identifier: [{ name: 'BRN', identifier: '2025B0001' }],
                givenName: 'Mary',
                birthPlace: { '@type': 'Place', additionalType: 'HEALTH_FACILITY' },
                relations: [{ '@type': 'spdci:Father' }, { '@type': 'spdci:Mother', givenName: 'Ann' }],
              },
            ],
          },
        },
        {},
      ],
    });
  });

  test('OpenSPP 17: action search, an item for each request', () => {
    const answer = writeSearchAnswer(asked, outcomes, settings('openspp-17'));
    expect(answer.header).toMatchObject({ action: 'search', message_id: 'm-1', status: 'succ' });
    expect(itemsOf(answer, 'openspp-17')).toHaveLength(3);
  });

  test('who names no page gets one: 20, or as many as may be for those who never ask for a second', () => {
    expect(defaultPage(dialect('spdci-1.0'), 2000)).toEqual({ size: 20, number: 1 });
    expect(defaultPage(dialect('spdci-1.0'), 5)).toEqual({ size: 5, number: 1 });
    expect(defaultPage(dialect('openspp-17'), 2000)).toEqual({ size: 2000, number: 1 });
  });
});

test('a rejected message has a full envelope with the reason in its header', () => {
  const message = readSearchMessage(body([item('r-1', criteria(bornIn2000))], { version: '3.0.0' }), LIMITS);
  if (!message.rejected) throw new Error('Version 3 was accepted');
  expect(writeRejectedMessage(message, settings('spdci-1.0'))).toMatchObject({
    header: { action: 'on-search', status: 'rjct', status_reason_code: 'rjct.version.invalid' },
    message: { transaction_id: 't-1', correlation_id: 'c-1', search_response: [] },
  });
});

describe('the body of an error', () => {
  test('holds every shape that a peer may look for', () => {
    const error = { code: 'err.request.bad', message: 'header is missing' };
    expect(writeErrorBody(error.code, error.message, 400, settings('spdci-1.0'))).toEqual({
      errors: [error],
      error,
      message: { ack_status: 'ERR', timestamp: '2026-01-15T10:30:00Z', correlation_id: 'c-1', error },
    });
  });

  test('is short for OpenCRVS, and never longer than the standard allows', () => {
    expect(writeErrorBody('err.request.bad', 'no', 400, settings('opencrvs-1.0'))).toEqual({
      error: { code: 400, message: 'no' },
    });
    const long = writeErrorBody('err.request.bad', 'x'.repeat(5000), 400, settings('spdci-1.0'));
    expect(JSON.stringify(long.error)).toHaveLength(
      JSON.stringify({ code: 'err.request.bad', message: '' }).length + 999,
    );
  });
});

test('an unknown dialect is refused with the names of those there are', () => {
  expect(() => dialect('klingon')).toThrow(/spdci-1\.0, .*opencrvs-1\.0, .*openspp-17/u);
  expect(() => dialect('__proto__')).toThrow();
});
