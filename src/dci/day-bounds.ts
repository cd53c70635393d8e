import type { Filter } from '../record/filter.js';
import { addDays } from '../record/partial-date.js';
import { FIRST_DAY, LAST_DAY } from './compiled-query.js';

export type Comparison = Filter & { readonly kind: 'compare' };

const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const MIDNIGHT = /^\d{4}-\d{2}-\d{2}T00:00:00Z$/u;

/** Whether a filter is one comparison with one day, as those of a range are: also with where a day begins. */
export function isDayBound(filter: Filter): filter is Comparison {
  if (filter.kind !== 'compare' || filter.values.length !== 1) return false;
  const value = String(filter.values[0]);
  return (
    (['eq', 'gt', 'ge', 'lt', 'le'].includes(filter.operator) && DAY.test(value)) ||
    (['ge', 'lt'].includes(filter.operator) && MIDNIGHT.test(value))
  );
}

function dayOf({ values: [value] }: Comparison): string {
  return String(value).slice(0, 10);
}

/** The days that bounds leave, themselves not included; `null` where they do not end on that side. */
export function daysBetween(bounds: readonly Comparison[]): {
  readonly after: string | null;
  readonly before: string | null;
} {
  return {
    after: latest(bounds.flatMap((bound) => dayBefore(bound) ?? [])),
    before: earliest(bounds.flatMap((bound) => dayAfter(bound) ?? [])),
  };
}

/** The day after which the bound begins, where it is a lower one. */
function dayBefore(bound: Comparison): string | null {
  const { operator } = bound;
  const day = dayOf(bound);
  if (operator === 'gt') return day;
  if (operator !== 'ge' && operator !== 'eq') return null;
  return day === FIRST_DAY ? FIRST_DAY : addDays(day, -1);
}

/** The day before which the bound ends, where it is an upper one. */
function dayAfter(bound: Comparison): string | null {
  const { operator } = bound;
  const day = dayOf(bound);
  if (operator === 'lt') return day;
  if (operator !== 'le' && operator !== 'eq') return null;
  return day === LAST_DAY ? LAST_DAY : addDays(day, 1);
}

function latest(days: readonly string[]): string | null {
  return days.reduce<string | null>((best, day) => (best === null || day > best ? day : best), null);
}

function earliest(days: readonly string[]): string | null {
  return days.reduce<string | null>((best, day) => (best === null || day < best ? day : best), null);
}
