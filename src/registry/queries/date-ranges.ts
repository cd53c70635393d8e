import { addDays } from '../../record/partial-date.js';
import type { Operator } from '../../record/attributes.js';

/** A half-open range of calendar days: `from` is in it, `before` is not; `null` is unbounded. */
export interface DateRange {
  readonly from: string | null;
  readonly before: string | null;
}

/** A half-open range of whole numbers; the infinities are unbounded. */
type NumberRange = readonly [from: number, before: number];

const OPPOSITES: Readonly<Record<Exclude<Operator, 'in'>, Exclude<Operator, 'in'>>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  ge: 'lt',
  lt: 'ge',
  le: 'gt',
};

/** The comparison that holds exactly where the given one, of a known value, does not. */
export function oppositeOf(operator: Exclude<Operator, 'in'>): Exclude<Operator, 'in'> {
  return OPPOSITES[operator];
}

/** The birth dates of people whose year of birth compares so, ascending. No range: nobody's does. */
export function birthDatesOfYears(operator: Operator, values: readonly number[], negated: boolean): DateRange[] {
  const edge = (year: number): string | null =>
    year <= 1 || year > 9999 ? null : `${String(year).padStart(4, '0')}-01-01`;
  return wholeNumbers(operator, values, negated)
    .map(([from, before]): NumberRange => [Math.max(from, 1), Math.min(before, 10_000)])
    .filter(([from, before]) => from < before)
    .map(([from, before]) => ({ from: edge(from), before: edge(before) }));
}

/**
 * The birth dates of people whose age in completed years on the day `today` compares so. Somebody born on 29 February
 * is a year older on 1 March of a common year. Who is not yet born has no age: no comparison matches them.
 */
export function birthDatesOfAges(
  operator: Operator,
  values: readonly number[],
  negated: boolean,
  today: string,
): DateRange[] {
  const year = Number(today.slice(0, 4));
  // Born on this day or later is too young to be `age`; nobody born since the year 1 is 10,000.
  const tooYoung = (age: number): string | null => {
    if (age >= year) return null;
    const birthday = `${String(year - age).padStart(4, '0')}${today.slice(4)}`;
    return today.endsWith('-02-29') && !isLeapYear(year - age) ? `${birthday.slice(0, 4)}-03-01` : addDays(birthday, 1);
  };
  return wholeNumbers(operator, values, negated)
    .map(([from, before]): NumberRange => [Math.max(from, 0), before])
    .filter(([from, before]) => from < before && from < year)
    .map(([from, before]) => ({ from: tooYoung(before), before: tooYoung(from) }))
    .reverse();
}

/** The whole numbers that compare so, as ascending ranges that do not touch. */
function wholeNumbers(operator: Operator, values: readonly number[], negated: boolean): NumberRange[] {
  if (operator === 'in') {
    const points = [...new Set(values.filter(Number.isInteger))].sort((a, b) => a - b);
    return negated ? complement(points) : points.reduce(joinPoint, []);
  }
  const [value = 0] = values;
  switch (negated ? oppositeOf(operator) : operator) {
    case 'eq':
      return Number.isInteger(value) ? [[value, value + 1]] : [];
    case 'ne':
      return Number.isInteger(value) ? complement([value]) : [[-Infinity, Infinity]];
    case 'gt':
      return [[Math.floor(value) + 1, Infinity]];
    case 'ge':
      return [[Math.ceil(value), Infinity]];
    case 'lt':
      return [[-Infinity, Math.ceil(value)]];
    case 'le':
      return [[-Infinity, Math.floor(value) + 1]];
  }
}

function joinPoint(ranges: NumberRange[], point: number): NumberRange[] {
  const last = ranges.at(-1);
  if (last?.[1] === point) ranges[ranges.length - 1] = [last[0], point + 1];
  else ranges.push([point, point + 1]);
  return ranges;
}

function complement(points: readonly number[]): NumberRange[] {
  const edges = [-Infinity, ...points.map((point) => point + 1)];
  return edges.map((from, index): NumberRange => [from, points[index] ?? Infinity]).filter(([from, to]) => from < to);
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
