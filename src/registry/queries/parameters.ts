const ISO_DATE = /^(?!0000)\d{4}-\d{2}-\d{2}$/u;
const INSTANT = /^([\d-]{10})[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$/u;

/** Adds a value to the parameters of a statement and answers how the statement's text names it, with its type. */
export type AddParameter = (value: unknown, type: string) => string;

/** Adds to these parameters. */
export function addingTo(parameters: unknown[]): AddParameter {
  return (value, type) => `$${String(parameters.push(value))}::${type}`;
}

/** The texts that PostgreSQL can hold: one with a NUL character equals nothing that it stores, and makes it fail. */
export function storable(texts: readonly string[]): string[] {
  return texts.filter((text) => !text.includes('\0'));
}

/** Whether the text is a day of the calendar written `YYYY-MM-DD`. */
export function isCalendarDay(text: string): boolean {
  if (!ISO_DATE.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Whether the text is a date and time with its zone, as ISO 8601 or PostgreSQL writes it. */
export function isInstant(text: string): boolean {
  const day = INSTANT.exec(text)?.[1];
  return day !== undefined && isCalendarDay(day);
}
