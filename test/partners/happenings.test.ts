import { eventId } from '../../src/partners/subscriptions/event-id.js';
import {
  type ConcernedRecord,
  happenings,
  heard,
  type Happening,
  type RecordedChange,
} from '../../src/partners/subscriptions/happenings.js';
import { EVENT_WORDS } from '../../src/record/event-word.js';

const change = (over: Partial<RecordedChange>): RecordedChange => ({
  id: 1,
  transactionId: '700',
  subject: 'individual',
  subjectId: 'person',
  kind: 'updated',
  fields: [],
  ...over,
});

const concerned = (over: Partial<ConcernedRecord> = {}): ConcernedRecord => ({
  subject: 'individual',
  subjectId: 'person',
  record: 'individual',
  recordId: 'person',
  deceased: false,
  married: false,
  ...over,
});

const words = (changed: Partial<RecordedChange>, held: Partial<ConcernedRecord> = {}): string[] =>
  happenings([change(changed)], [concerned(held)]).map(({ word }) => word);

describe('what a change comes to', () => {
  test('a new person is registered, and who is registered dead or married has died or married as well', () => {
    expect(words({ kind: 'created' })).toEqual(['registered']);
    expect(words({ kind: 'created' }, { deceased: true, married: true })).toEqual(['registered', 'died', 'married']);
  });

  test.each([[['deceased']], [['deathDate']], [['death_date', 'given_name']]])(
    'a person whose %j was set has died',
    (fields) => {
      expect(words({ fields }, { deceased: true })).toEqual(['died', 'updated']);
    },
  );

  test('a person whose death was taken back is updated', () => {
    expect(words({ fields: ['deceased', 'deathDate'] })).toEqual(['updated']);
  });

  test('a dead person whose name is corrected has not died again', () => {
    expect(words({ fields: ['givenName'] }, { deceased: true })).toEqual(['updated']);
  });

  test('a change of the marriages is a marriage while there is one', () => {
    expect(words({ fields: ['marriages'] }, { married: true })).toEqual(['married', 'updated']);
    expect(words({ fields: ['marriages'] })).toEqual(['updated']);
  });

  test.each(['farmer', 'disability', 'enrolment'] as const)(
    'the %s record of a person who dies tells of it',
    (record) => {
      expect(words({ fields: ['deceased'] }, { record, recordId: 'other', deceased: true })).toEqual([
        'died',
        'updated',
      ]);
      expect(words({ fields: ['familyName'] }, { record, recordId: 'other' })).toEqual(['updated']);
    },
  );

  test('a group does not die with one of its people', () => {
    expect(words({ fields: ['deceased'] }, { record: 'group', recordId: 'g', deceased: true })).toEqual(['updated']);
  });

  test.each([
    ['membership', 'created', [], 'group', ['joined', 'updated']],
    ['membership', 'updated', ['ended_on'], 'group', ['updated']],
    ['relationship', 'created', [], 'individual', ['updated']],
    ['farmer', 'created', [], 'farmer', ['registered']],
    ['disability', 'created', [], 'disability', ['registered']],
    ['disability', 'created', [], 'individual', ['updated']],
    ['enrolment', 'created', [], 'enrolment', ['enrolled', 'registered']],
    ['enrolment', 'updated', ['status'], 'enrolment', ['enrolment_status_changed', 'updated']],
    ['enrolment', 'updated', ['benefits'], 'enrolment', ['updated']],
    ['group', 'created', [], 'group', ['registered']],
    ['group', 'updated', ['name'], 'enrolment', ['updated']],
    ['programme', 'updated', ['name'], 'enrolment', []],
    ['individual', 'deleted', [], 'individual', []],
  ] as const)('%s %s %j is for a record of %s: %j', (subject, kind, fields, record, expected) => {
    expect(words({ subject, kind, fields }, { subject, record })).toEqual(expected);
  });
});

describe('what is heard of it', () => {
  const happening = (over: Partial<Happening>): Happening => ({
    changeId: 1,
    transactionId: '700',
    record: 'individual',
    recordId: 'person',
    word: 'updated',
    ...over,
  });
  const told = (happened: readonly Happening[], asked: Parameters<typeof heard>[1] = EVENT_WORDS): string[] =>
    heard(happened, asked).map(({ changeId, word }) => `${String(changeId)} ${word}`);

  test('a death is told once, as what was asked for', () => {
    const death = [happening({ word: 'died' }), happening({ word: 'updated' })];
    expect(told(death)).toEqual(['1 died']);
    expect(told(death, ['updated'])).toEqual(['1 updated']);
    expect(told(death, ['registered'])).toEqual([]);
  });

  test('what a transaction that registers somebody does besides is not told to who hears of the registration', () => {
    const birth = [
      happening({ changeId: 1, word: 'registered' }),
      happening({ changeId: 2, word: 'updated' }),
      happening({ changeId: 3, word: 'joined' }),
      happening({ changeId: 3, word: 'updated' }),
    ];
    expect(told(birth)).toEqual(['1 registered']);
    expect(told(birth, ['joined', 'updated'])).toEqual(['3 joined']);
    expect(told(birth, ['updated'])).toEqual(['2 updated']);
  });

  test('another transaction, and another record, is told of apart', () => {
    const all = [
      happening({ changeId: 1, word: 'registered' }),
      happening({ changeId: 2, transactionId: '701' }),
      happening({ changeId: 3, recordId: 'other' }),
    ];
    expect(told(all)).toEqual(['1 registered', '2 updated', '3 updated']);
  });

  test('who is registered dead is told as both', () => {
    expect(told([happening({ word: 'registered' }), happening({ word: 'died' })])).toEqual(['1 registered', '1 died']);
  });

  test('an event has the same id whenever it is made, and no other event has it', () => {
    const subscription = '00000000-0000-4000-8000-000000000001';
    const id = eventId(subscription, happening({}));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(eventId(subscription, happening({ transactionId: '9' }))).toBe(id);
    const others = [
      eventId('00000000-0000-4000-8000-000000000002', happening({})),
      eventId(subscription, happening({ changeId: 2 })),
      eventId(subscription, happening({ recordId: 'other' })),
      eventId(subscription, happening({ word: 'died' })),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });
});
