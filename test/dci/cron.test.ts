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
