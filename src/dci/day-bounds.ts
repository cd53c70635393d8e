import type { Filter } from '../record/filter.js';
import { addDays } from '../record/partial-date.js';
import { FIRST_DAY, LAST_DAY } from './compiled-query.js';

export type Comparison = Filter & { readonly kind: 'compare' };

/** Whether a filter is one comparison with one day, as those of a range are. */
export function isDayBound(filter: Filter): filter is Comparison {
  return (
    filter.kind === 'compare' &&
    filter.values.length === 1 &&
    ['eq', 'gt', 'ge', 'lt', 'le'].includes(filter.operator) &&
    /^\d{4}-\d{2}-\d{2}$/u.test(String(filter.values[0]))
  );
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
function dayBefore({ operator, values: [value] }: Comparison): string | null {
  if (operator === 'gt') return String(value);
  if (operator !== 'ge' && operator !== 'eq') return null;
  return value === FIRST_DAY ? FIRST_DAY : addDays(String(value), -1);
}

/** The day before which the bound ends, where it is an upper one. */
function dayAfter({ operator, values: [value] }: Comparison): string | null {
  if (operator === 'lt') return String(value);
  if (operator !== 'le' && operator !== 'eq') return null;
  return value === LAST_DAY ? LAST_DAY : addDays(String(value), 1);
}

function latest(days: readonly string[]): string | null {
  return days.reduce<string | null>((best, day) => (best === null || day > best ? day : best), null);
}

function earliest(days: readonly string[]): string | null {
  return days.reduce<string | null>((best, day) => (best === null || day < best ? day : best), null);
}
