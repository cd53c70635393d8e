import type { PartialDate } from './individual.js';

const SHAPE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/**
 * Reads an ISO 8601 calendar date, date-time, year-month or year, strictly: nothing is guessed and `2021` stays a year.
 * The date part of a date-time is taken as written: a birthday has no zone, and turning it into one shifts the day.
 * Returns `null` for anything else, impossible days (`2021-02-30`) included.
 */
export function readPartialDate(text: string): PartialDate | null {
  const match = SHAPE.exec(text.trim());
  if (!match) return null;
  const [, year = '', month, day] = match;
  if (year === '0000') return null;
  if (month === undefined) return { date: `${year}-01-01`, precision: 'year' };
  if (Number(month) < 1 || Number(month) > 12) return null;
  if (day === undefined) return { date: `${year}-${month}-01`, precision: 'month' };
  const date = `${year}-${month}-${day}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date
    ? null
    : { date, precision: 'day' };
}

/** The date cut to what is known of it: `2021`, `2021-03` or `2021-03-04`. */
export function writePartialDate({ date, precision }: PartialDate): string {
  return precision === 'year' ? date.slice(0, 4) : precision === 'month' ? date.slice(0, 7) : date;
}

/** The calendar day `days` after (or before) an ISO date. */
export function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}
