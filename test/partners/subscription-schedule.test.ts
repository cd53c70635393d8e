import { nextLook } from '../../src/partners/subscriptions/subscription-schedule.js';

const day = (text: string): Date => new Date(`2026-${text}:00Z`);
const look = (schedule: { cron?: string; startsAt?: string; endsAt?: string }, after: string): string | undefined =>
  nextLook(
    {
      cron: schedule.cron ?? null,
      startsAt: schedule.startsAt === undefined ? null : day(schedule.startsAt),
      endsAt: schedule.endsAt === undefined ? null : day(schedule.endsAt),
    },
    day(after),
  )?.toISOString();

describe('when a subscription is looked at', () => {
  test.each([
    ['five fields', '30 6 * * *', '2026-03-01T06:30:00.000Z'],
    ['six fields, seconds first', '15 30 6 * * *', '2026-03-01T06:30:15.000Z'],
    ['seven fields of Quartz', '0 0 0 5,15 * ? *', '2026-03-05T00:00:00.000Z'],
  ])('%s are read, in UTC', (_name, cron, expected) => {
    expect(look({ cron }, '03-01T00:00')).toBe(expected);
  });

  test('Quartz counts the days of the week from Sunday, the others from Monday', () => {
    expect(look({ cron: '0 0 6 ? * 2' }, '03-01T12:00')).toBe('2026-03-02T06:00:00.000Z');
    expect(look({ cron: '0 6 * * 1' }, '03-01T12:00')).toBe('2026-03-02T06:00:00.000Z');
  });

  test('it does not begin before its start, which is itself a time of it', () => {
    expect(look({ cron: '0 6 * * *', startsAt: '04-10T06:00' }, '03-01T00:00')).toBe('2026-04-10T06:00:00.000Z');
    expect(look({ cron: '0 6 * * *', startsAt: '04-10T06:01' }, '03-01T00:00')).toBe('2026-04-11T06:00:00.000Z');
  });

  test('when no time is left before the end, what was collected is told at the end', () => {
    expect(look({ cron: '0 6 * * *', endsAt: '03-01T18:00' }, '03-01T07:00')).toBe('2026-03-01T18:00:00.000Z');
    expect(look({ cron: '0 6 1 1 * ', endsAt: '03-01T18:00' }, '03-02T07:00')).toBe('2026-03-01T18:00:00.000Z');
  });

  test('without a schedule it is looked at when something happens, and when it ends', () => {
    expect(look({}, '03-01T00:00')).toBeUndefined();
    expect(look({ endsAt: '03-02T00:00' }, '03-01T00:00')).toBe('2026-03-02T00:00:00.000Z');
  });
});
