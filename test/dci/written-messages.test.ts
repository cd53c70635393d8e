import { NO_PURPOSE } from '../../src/dci/consent.js';
import type { z } from 'zod';
import {
  type AnsweredItem,
  type AnswerSettings,
  type Asked,
  writeErrorBody,
  writeRejectedAnswer,
  writeRejectedMessage,
  writeSearchAnswer,
  writeSearchCallback,
} from '../../src/dci/answer.js';
import { writeAck } from '../../src/dci/ack.js';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readHeader } from '../../src/dci/header.js';
import { writeDisabilityDetails, writeDisabilitySupport } from '../../src/dci/messages/disability.js';
import { writeEnrolmentUpdatesAnswer } from '../../src/dci/messages/enrolment.js';
import { writeNotify } from '../../src/dci/messages/notify.js';
import { type ShownSubscription, writeSubscribeCallback } from '../../src/dci/messages/subscribe-answer.js';
import {
  type AskedStatus,
  type FoundTransaction,
  writeStatusAnswer,
  writeStatusCallback,
} from '../../src/dci/messages/transaction-status.js';
import { writeUnsubscribeCallback } from '../../src/dci/messages/unsubscribe.js';
import { writeDisabledAnswer, writeEnrolledAnswer } from '../../src/dci/messages/yes-or-no.js';
import type { SearchQuestion } from '../../src/dci/search-message.js';
import { ack, errorBody } from '../../src/dci/schemas/envelope.js';
import { EXCHANGES, NOTIFICATIONS } from '../../src/dci/schemas/exchanges.js';
import type { WireObject } from '../../src/dci/wire-object.js';
import { EVENT_WORDS } from '../../src/record/event-word.js';
import { EVERYBODY } from '../../src/record/filter.js';
import type { RecordAnswer } from '../../src/record/record-answer.js';
import { type RecordKind, REGISTRY_KINDS, type RegistryKind } from '../../src/record/registry-kind.js';
import { PUBLISHED_PRESENT, type PublishedOperation, publishedOperations } from '../end-to-end/published-interfaces.js';
import { DrawnAnswers } from './answers.js';
import { HEADER } from './search-body.js';

if (!PUBLISHED_PRESENT) process.stderr.write('skipped, no published schemas (DCI_SPEC): what we write\n');
const PUBLISHED: readonly PublishedOperation[] = PUBLISHED_PRESENT ? publishedOperations() : [];

const NOW = new Date('2026-01-15T10:30:00Z');
const settings: AnswerSettings = {
  dialect: dialect('spdci-1.0'),
  senderId: 'registry.example.org',
  now: NOW,
  messageId: 'm-new',
  correlationId: 'c-1',
};
const asked: Asked = { header: readHeader({ header: HEADER }), transactionId: 't-1' };

const KINDS: Readonly<Record<RegistryKind, RecordKind>> = {
  social: 'group',
  crvs: 'individual',
  fr: 'farmer',
  dr: 'disability',
  ibr: 'enrolment',
};

const drawn = new DrawnAnswers(20260115);

function recordsOf(registry: RegistryKind): RecordAnswer[] {
  return Array.from({ length: 20 }, () => drawn.draw(KINDS[registry]));
}

function answered(registry: RegistryKind): AnsweredItem {
  const question: SearchQuestion = {
    ok: true,
    referenceId: 'r-1',
    regType: null,
    regRecordType: null,
    registryKind: registry,
    record: KINDS[registry],
    query: { filter: EVERYBODY },
    sort: [],
    page: null,
    locale: null,
    given: NO_PURPOSE,
    warnings: ['One thing was read past'],
  };
  return {
    ok: true,
    question,
    records: recordsOf(registry),
    total: 20,
    page: { size: 20, number: 1 },
    nextCursor: null,
  };
}

const rejected = {
  ok: false,
  referenceId: 'r-2',
  code: 'rjct.search_criteria.invalid',
  message: 'x'.repeat(2000),
} as const;

function shown(registry: RegistryKind, criteria: WireObject = {}): ShownSubscription {
  return { code: 'code-1', active: true, since: NOW, registry, criteria, locale: null };
}

const CRITERIA: WireObject = {
  reg_type: 'ns:org:RegistryType:Social',
  reg_event_type: 'REGISTER',
  filter_type: 'predicate',
  filter: [{ seq_num: 1, expression1: { attribute_name: 'age', operator: 'ge', attribute_value: '18' } }],
  frequency: {
    start_time: '2026-01-01T00:00:00Z',
    end_time: '2027-01-01T00:00:00Z',
    frequency: '0 0 0 5,15 * ? *',
  },
  notify_record_type: 'SRPerson',
};
/** As peers write them outside the schema: they are repeated only as far as they fit it. */
const ODD_CRITERIA: WireObject = {
  reg_event_type: '*',
  filter_type: '*',
  filter: '*',
  frequency: '0 6 * * *',
  notify_record_type: { value: 'x' },
};

const status: AskedStatus & Asked = {
  ...asked,
  referenceId: 'r-9',
  txnType: 'search',
  attribute: 'transaction_id',
  values: ['t-0'],
  locale: null,
};

const search: FoundTransaction = {
  kind: 'search',
  transactionId: 't-0',
  correlationId: 'c-0',
  items: [
    {
      referenceId: 'r-1',
      status: 'succ',
      at: NOW,
      reasonCode: null,
      reasonMessage: null,
      pagination: { size: 20, number: 3, total: 50 },
    },
    { referenceId: 'r-2', status: 'pdng', at: NOW, reasonCode: null, reasonMessage: null, pagination: null },
    {
      referenceId: 'r-3',
      status: 'rjct',
      at: NOW,
      reasonCode: 'rjct.filter.invalid',
      reasonMessage: 'x'.repeat(2000),
      pagination: null,
    },
  ],
};

/** What of a message does not fit our own schema and the published one; empty where all does. */
function misfits(
  message: WireObject,
  { registry, path, own, body }: { registry: RegistryKind; path: string; own: z.ZodType; body: 'request' | 'answer' },
): unknown {
  const sent: unknown = JSON.parse(JSON.stringify(message));
  const result = own.safeParse(sent);
  const operation = PUBLISHED.find((one) => one.registry === registry && one.path === `/registry${path}`);
  const fits = body === 'request' ? operation?.fitsRequest : operation?.fitsAnswer;
  fits?.(sent);
  return [...(result.error?.issues ?? []), ...(fits?.errors ?? [])];
}

function exchange(path: string): { readonly answer: z.ZodType; readonly callback: z.ZodType } {
  const found = EXCHANGES.get(path);
  const none = errorBody;
  return { answer: found?.answer ?? none, callback: found?.callback?.envelope ?? none };
}

describe.each(REGISTRY_KINDS)('what the registry %s writes fits our schemas and the published ones:', (registry) => {
  const answer = (path: string) => ({ registry, path, own: exchange(path).answer, body: 'answer' as const });
  const posted = (path: string, to: string) => ({
    registry,
    path: to,
    own: exchange(path).callback,
    body: 'request' as const,
  });

  test('the answer to a search', () => {
    const none = { ...answered(registry), records: [], total: 0 };
    const message = writeSearchAnswer(asked, [answered(registry), none, rejected], settings);
    expect(misfits(message, answer('/sync/search'))).toEqual([]);
    expect(misfits({ ...message, header: {} }, answer('/sync/search'))).not.toEqual([]);
  });

  test('the rejection of a search', () => {
    const rejection = { code: 'rjct.errors.too_many', message: 'x'.repeat(2000) } as const;
    expect(misfits(writeRejectedMessage({ ...asked, ...rejection }, settings), answer('/sync/search'))).toEqual([]);
    const bare = writeRejectedAnswer(asked.header, rejection, settings, 'txn-on-status');
    expect(misfits(bare, answer('/sync/txn/status'))).toEqual([]);
  });

  test('a page of the answer to an asynchronous search', () => {
    const message = writeSearchCallback(asked, [answered(registry)], { total: 3, completed: 1 }, settings);
    expect(message['header']).toMatchObject({ action: 'on-search', total_count: 3, completed_count: 1 });
    expect(misfits(message, posted('/search', '/on-search'))).toEqual([]);
  });

  test('the answer to a wish to subscribe', () => {
    const message = writeSubscribeCallback(
      asked,
      [
        { ok: true, referenceId: 'r-1', subscription: shown(registry, CRITERIA), warnings: ['One'] },
        { ok: true, referenceId: 'r-2', subscription: shown(registry, ODD_CRITERIA), warnings: [] },
        { ok: false, referenceId: 'r-3', code: 'rjct.notify_types.invalid', message: 'No' },
        {
          ok: false,
          referenceId: 'r-4',
          code: 'rjct.event.already_subscribed',
          message: 'Again',
          subscription: shown(registry),
        },
      ],
      settings,
    );
    expect(misfits(message, posted('/subscribe', '/on-subscribe'))).toEqual([]);
  });

  test.each([
    ['done', { ok: true, statuses: [{ code: 'a', active: false }] } as const],
    [
      'rejected',
      { ok: false, code: 'rjct.subscription_code.invalid', message: 'x'.repeat(2000), statuses: [] } as const,
    ],
  ])('the answer to a wish to unsubscribe, %s', (_, outcome) => {
    const message = writeUnsubscribeCallback(asked, outcome, settings);
    expect(misfits(message, posted('/unsubscribe', '/on-unsubscribe'))).toEqual([]);
  });

  test.each(EVENT_WORDS)('the news that a record was %s', (event) => {
    const subscription = { code: 'code-1', transactionId: 't-1', registry, record: KINDS[registry] };
    const message = writeNotify(
      { ...subscription, regType: null, notifyRecordType: null, locale: null },
      recordsOf(registry).map((record, index) => ({ id: `e-${String(index)}`, event, occurredAt: NOW, record })),
      { ...settings, receiverId: 'spmis.example.org' },
    );
    const own = NOTIFICATIONS.get(registry) ?? errorBody;
    expect(misfits(message, { registry, path: '/notify', own, body: 'request' })).toEqual([]);
    expect(message['header']).toMatchObject({ meta: { subscription_code: 'code-1' } });
  });

  test.each<[string, FoundTransaction | null]>([
    ['nothing', null],
    ['a search', search],
  ])('the status of %s', (_, found) => {
    expect(misfits(writeStatusAnswer(status, found, settings), answer('/sync/txn/status'))).toEqual([]);
    const message = writeStatusCallback(status, found, settings);
    expect(misfits(message, posted('/txn/status', '/txn/on-status'))).toEqual([]);
    expect(message).toMatchObject({ header: { action: 'txn-on-status', status: found === null ? 'rjct' : 'succ' } });
  });
});

describe.each(['crvs', 'fr'] as const)('what only %s publishes of a status fits as well:', (registry) => {
  const place = {
    registry,
    path: '/sync/txn/status',
    own: exchange('/sync/txn/status').answer,
    body: 'answer',
  } as const;
  const found = { transactionId: 't-0', correlationId: 'c-0', at: NOW };

  test('of subscribing, done and pending', () => {
    const outcomes = [{ ok: true, referenceId: 'r-1', subscription: shown(registry, CRITERIA), warnings: [] }] as const;
    const message = writeStatusAnswer(
      { ...status, txnType: 'subscribe' },
      { ...found, kind: 'subscribe', outcomes, pending: ['r-2'] },
      settings,
    );
    expect(misfits(message, place)).toEqual([]);
  });

  test.each([
    ['done', { ok: true, statuses: [{ code: 'a', active: false }] } as const],
    ['pending', null],
  ])('of unsubscribing, %s', (_, outcome) => {
    const message = writeStatusAnswer(
      { ...status, txnType: 'unsubscribe' },
      { ...found, kind: 'unsubscribe', outcome },
      settings,
    );
    expect(misfits(message, place)).toEqual([]);
  });
});

test('what only the register of beneficiaries publishes fits', () => {
  const place = (path: string) => ({ registry: 'ibr', path, own: exchange(path).answer, body: 'answer' }) as const;
  const receipt = writeStatusAnswer(
    { ...status, txnType: 'receipt' },
    { kind: 'receipt', transactionId: 't-0', correlationId: 'c-0', beneficiaries: [{ member: {} }] },
    settings,
  );
  expect(misfits(receipt, place('/sync/txn/status'))).toEqual([]);
  for (const yes of [true, false]) {
    const message = writeEnrolledAnswer(asked, { referenceId: 'r', yes, note: yes ? null : 'Nobody' }, settings);
    expect(misfits(message, place('/sync/enrolled'))).toEqual([]);
  }
  const updates = writeEnrolmentUpdatesAnswer(
    asked,
    [
      { ok: true, referenceId: 'r-1' },
      { ok: false, referenceId: 'r-2', message: 'x'.repeat(2000) },
    ],
    settings,
  );
  expect(misfits(updates, place('/sync/enrollment/updates'))).toEqual([]);
  expect(updates).toMatchObject({ header: { action: 'notify', status: 'succ' } });
});

test('what only the disability registry publishes fits', () => {
  const place = (path: string) => ({ registry: 'dr', path, own: exchange(path).answer, body: 'answer' }) as const;
  for (const outcome of [answered('dr'), rejected]) {
    const details = writeDisabilityDetails(asked, outcome, settings);
    expect(misfits(details, place('/sync/get-disability-details'))).toEqual([]);
    const support = writeDisabilitySupport(asked, outcome, settings);
    expect(misfits(support, place('/sync/get-disability-support'))).toEqual([]);
  }
  const message = writeDisabledAnswer(asked, { referenceId: 'r', yes: true, note: null }, settings);
  expect(misfits(message, place('/sync/disabled'))).toEqual([]);
});

test('acknowledgements and errors fit our schemas', () => {
  expect(ack.safeParse(writeAck({ status: 'ACK', now: NOW, correlationId: 'c' })).success).toBe(true);
  const error = { code: 'err.request.bad', message: 'x'.repeat(2000) } as const;
  expect(ack.safeParse(writeAck({ status: 'ERR', now: NOW, correlationId: 'c', error })).success).toBe(true);
  expect(errorBody.safeParse(writeErrorBody(error.code, error.message, 400, settings)).error).toBeUndefined();
});
