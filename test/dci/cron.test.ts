import { nextCronTime, readCron } from '../../src/dci/cron.js';
import { Problem } from '../../src/record/problem.js';

const AFTER = new Date('2026-01-01T00:00:00Z');

test.each([
  ['0 6 * * *', '2026-01-01T06:00:00.000Z'],
  ['  0   6  * * * ', '2026-01-01T06:00:00.000Z'],
  ['0 30 6 * * *', '2026-01-01T06:30:00.000Z'],
  ['0 0 0 5,15 * ? *', '2026-01-05T00:00:00.000Z'],
  ['0 0/15 * * * ?', '2026-01-01T00:15:00.000Z'],
  // Of the week Quartz calls Sunday 1, others 0.
  ['0 0 6 ? * 1', '2026-01-04T06:00:00.000Z'],
  ['0 6 * * 1', '2026-01-05T06:00:00.000Z'],
  ['* * * * *', '2026-01-01T00:01:00.000Z'],
])('%s is a schedule', (text, next) => {
  expect(nextCronTime(readCron(text), AFTER)?.toISOString()).toBe(next);
});

test.each([
  ['a sentence', 'every day at six'],
  ['two fields', '0 6'],
  ['eight fields', '0 0 6 * * * * *'],
  ['an hour that there is not', '0 25 * * *'],
  ['a day that there is not', '0 0 30 2 *'],
  ['a year that is over', '0 0 0 1 1 ? 2020'],
  ['every second', '* * * * * *'],
  ['twice a minute', '0,59 * * * * *'],
  ['a text without end', `0 6 ${'1,'.repeat(200)}1 * *`],
  ['a point in time', '2026-05-05T00:00:00'],
])('%s is none', (_, text) => {
  expect(() => readCron(text)).toThrow(Problem);
});

describe('where clocks are put forward and back', () => {
  const times = (cron: string, after: string, count: number) => {
    let at = new Date(after);
    return Array.from({ length: count }, () => {
      at = nextCronTime(cron, at, 'Europe/Berlin') ?? at;
      return at.toISOString().slice(0, 16);
    });
  };

  test.each([
    ['30 2 * * *', 'an hour that is left out', '2026-03-28T12:00:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['30 2 * * *', 'an hour that comes twice', '2026-10-24T12:00:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['30 * * * *', 'each hour', '2026-10-25T00:00:00Z', ['2026-10-25T00:30', '2026-10-25T01:30']],
  ])('%s comes once a day, or each hour where it says so: %s', (cron, _, after, expected) => {
    expect(times(cron, after, expected.length)).toEqual(expected);
  });
});
