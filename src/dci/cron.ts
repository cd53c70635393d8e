import { Cron } from 'croner';
import { Problem } from '../record/problem.js';

const MAX_LENGTH = 120;
const MIN_INTERVAL_MS = 60_000;
/** As many times as show whether a schedule ever comes more often than once a minute. */
const LOOKED_AT = 70;

/**
 * A schedule of five fields, or of six or seven with seconds first and the year last. Seven fields, and `?`, are
 * Quartz's, who counts the days of the week from 1 = Sunday; else 0 and 7 are Sunday. Times are those of the zone (a name
 * of the IANA database), UTC by default; `what` is what the caller calls it.
 *
 * Throws a `Problem` (`CRON_INVALID`) for what is no schedule, comes never, or comes more than once a minute.
 */
export function readCron(text: string, { what = 'frequency', timeZone = 'UTC' } = {}): string {
  const invalid = (why: string): Problem => new Problem('CRON_INVALID', `The cron expression of ${what} ${why}`);
  const cron = text.trim().replace(/\s+/gu, ' ');
  if (cron.length > MAX_LENGTH) throw invalid(`is longer than ${String(MAX_LENGTH)} characters`);
  const fields = cron.split(' ').length;
  if (fields < 5 || fields > 7) throw invalid('has not five, six or seven fields');
  const times = firstTimes(cron, timeZone, what);
  const [first] = times;
  if (first === undefined) throw invalid('never comes');
  const tooOften = times.some((time, index) => {
    const next = times[index + 1];
    return next !== undefined && next.getTime() - time.getTime() < MIN_INTERVAL_MS;
  });
  if (tooOften) throw invalid('comes more than once a minute');
  return cron;
}

/** The first time of the schedule after the instant; `null` when it never comes again. */
export function nextCronTime(cron: string, after: Date, timeZone = 'UTC'): Date | null {
  return runs(cron, after, 1, timeZone)[0] ?? null;
}

function firstTimes(cron: string, timeZone: string, what: string): Date[] {
  try {
    return runs(cron, new Date(), LOOKED_AT, timeZone);
  } catch (error) {
    throw new Problem('CRON_INVALID', `${what} is no cron expression such as 0 6 * * *`, { cause: error });
  }
}

function runs(cron: string, after: Date, count: number, timezone: string): Date[] {
  const isQuartz = cron.split(' ').length === 7 || cron.includes('?');
  return new Cron(cron, { timezone, sloppyRanges: true, alternativeWeekdays: isQuartz }).nextRuns(count, after);
}
