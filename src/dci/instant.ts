import { readPartialDate } from '../record/partial-date.js';

const SHAPE = /^(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/u;

/** What a date-time has to be, as it is said to those who wrote another. */
export const INSTANT_FORM = 'a date-time with its zone, such as 2024-05-01T08:00:00Z';

/**
 * Reads an ISO 8601 date-time that says its zone, as the standard asks of every `message_ts` and `timestamp`.
 * `null` for anything else, impossible days included.
 */
export function readInstant(text: string): Date | null {
  const date = SHAPE.exec(text)?.[1];
  if (date === undefined || readPartialDate(date) === null) return null;
  const instant = new Date(text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/u, '$1:$2'));
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** Whole seconds in UTC: peers that sign what they have parsed write no fraction back. */
export function writeInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, -'.000Z'.length)}Z`;
}
