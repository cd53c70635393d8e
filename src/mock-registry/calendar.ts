// As in dice.ts: a global is slow to look at, and these run for every record.
const { floor } = Math;

const DAY = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** Days since 1970-01-01 of an instant in milliseconds, in UTC. */
export function dayOf(instant: number): number {
  return floor(instant / DAY);
}

/** Days since 1970-01-01 of a date of the calendar; month 1..12. */
export function dayOfDate(year: number, month: number, day: number): number {
  return dayOf(Date.UTC(year, month - 1, day));
}

/** `YYYY-MM-DD` of a day number. */
export function dateText(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/**
 * Reads a bound of a search as the real server does: a date, or a timestamp that is turned into UTC first, so that the
 * day can move. `null` for anything that is no date, 30 February included.
 */
export function readDay(text: string): number | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null;
  if (text.length === 10) return dayOf(midnight.getTime());
  const zoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) ? null : dayOf(instant);
}
