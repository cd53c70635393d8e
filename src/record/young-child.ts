import type { Individual } from './individual.js';

/** Days of birth of those whose first birthday is still to come on a day: after the one, until the other. */
export interface YoungBirths {
  readonly after: string;
  readonly until: string;
}

/**
 * The births of those who are under 12 months old on the day (`YYYY-MM-DD`). Who was born on 29 February has the first
 * birthday on 1 March.
 */
export function youngBirths(today: string): YoungBirths {
  const aYearAgo = `${String(Number(today.slice(0, 4)) - 1).padStart(4, '0')}${today.slice(4)}`;
  // A day that the year before did not have lies behind the last that it had.
  return { after: aYearAgo.endsWith('-02-29') ? aYearAgo.replace('-02-29', '-02-28') : aYearAgo, until: today };
}

/** Whether somebody lives whose first birthday is still to come on the day; a month or year counts as its first day. */
export function isUnder12Months({ birthDate, deceased }: Pick<Individual, 'birthDate' | 'deceased'>, today: string) {
  if (birthDate === null || deceased === true) return false;
  const { after, until } = youngBirths(today);
  return birthDate.date > after && birthDate.date <= until;
}

/** The day in UTC, by which births and ages are counted where no other day is named. */
export function utcToday(): string {
  return new Date().toISOString().slice(0, 10);
}
