import { Cron } from 'croner';
import { Problem } from '../record/problem.js';

const MAX_LENGTH = 120;
const MIN_INTERVAL_MS = 60_000;
/** As many times as show whether a schedule ever comes more often than once a minute. */
const LOOKED_AT = 70;

/**
 * A schedule of five fields, or of six or seven with seconds first and the year last. Seven fields, and `?`, are
 * Quartz's, who counts the days of the week from 1 = Sunday; else 0 and 7 are Sunday. All times are UTC.
 *
 * Throws a `Problem` (`CRON_INVALID`) for what is no schedule, comes never, or comes more than once a minute.
 */
export function readCron(text: string): string {
  const cron = text.trim().replace(/\s+/gu, ' ');
  if (cron.length > MAX_LENGTH) throw invalid(`is longer than ${String(MAX_LENGTH)} characters`);
  const times = runs(cron, new Date(), LOOKED_AT);
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
export function nextCronTime(cron: string, after: Date): Date | null {
  return runs(cron, after, 1)[0] ?? null;
}

function runs(cron: string, after: Date, count: number): Date[] {
  const fields = cron.split(' ').length;
  if (fields < 5 || fields > 7) throw invalid('has not five, six or seven fields');
  try {
    const isQuartz = fields === 7 || cron.includes('?');
    const job = new Cron(cron, { timezone: 'UTC', sloppyRanges: true, alternativeWeekdays: isQuartz });
    return job.nextRuns(count, after);
  } catch (error) {
    throw new Problem('CRON_INVALID', 'frequency is no cron expression such as 0 6 * * *', { cause: error });
  }
}

function invalid(why: string): Problem<'CRON_INVALID'> {
  return new Problem('CRON_INVALID', `The cron expression of frequency ${why}`);
}
