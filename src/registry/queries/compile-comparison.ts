import {
  type AttributeName,
  type AttributeReference,
  type JsonAttribute,
  nameOfReference,
  type Operator,
} from '../../record/attributes.js';
import type { AttributeValue, Filter } from '../../record/filter.js';
import { identifierKey } from '../../record/individual.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { birthDatesOfAges, birthDatesOfYears, type DateRange, oppositeOf } from './date-ranges.js';
import { foldedLong, heldList, heldValue, type HeldValue } from '../write-records/held-values.js';
import { type AddParameter, isCalendarDay, isInstant, storable } from './parameters.js';

type Compare = Extract<Filter, { kind: 'compare' }>;

/** What a comparison is compiled into. */
export interface ComparisonTarget {
  readonly parameter: AddParameter;
  /** `YYYY-MM-DD`, by which an age is counted. */
  readonly today: string;
  readonly record: RecordKind;
}

const SQL_OPERATORS = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;
const MOST_INTEGER = 2_147_483_647;

/**
 * One comparison, or its negation, over the table of the attribute's own kind of record. Both hold only where the value
 * is known. Throws `FILTER_VALUE_INVALID` for a value that the attribute cannot have.
 */
export function compileComparison(filter: Compare, negated: boolean, to: ComparisonTarget): string {
  const { attribute, operator } = filter;
  if (operator !== 'in' && filter.values.length !== 1) {
    throw new Problem(
      'FILTER_VALUE_INVALID',
      `The operator ${operator} takes exactly one value; use "in" for several.`,
    );
  }
  const apart = typeof attribute === 'string' ? APART[attribute] : undefined;
  if (apart) return apart(filter, negated, to);
  const held = heldValue(attribute, to.record);
  if (held !== null) return compareHeld(held, filter, negated, to);
  if (typeof attribute === 'string') throw new Error(`no condition for ${attribute}`);
  return compareList(attribute, filter, negated, to);
}

/** Attributes whose condition is more than an expression, an operator and a value. */
const APART: Readonly<
  Partial<Record<AttributeName, (filter: Compare, negated: boolean, to: ComparisonTarget) => string>>
> = {
  year_of_birth: (filter, negated, to) => birthDateIn(birthDatesOfYears(filter.operator, numbers(filter), negated), to),
  age: (filter, negated, to) => birthDateIn(birthDatesOfAges(filter.operator, numbers(filter), negated, to.today), to),
  marriage_date: (filter, negated, to) => compareMarriages('h.married_on', filter, negated, to),
  divorce_date: (filter, negated, to) => compareMarriages('h.divorced_on', filter, negated, to),
  phone_number: (filter, negated, to) => compareContacts('i.phone_numbers', filter, negated, to),
  email: (filter, negated, to) => compareContacts('i.emails', filter, negated, to),
  programme_identifier: compareProgrammes,
  programme_name: compareProgrammeNames,
};

function compareHeld(held: HeldValue, filter: Compare, negated: boolean, to: ComparisonTarget): string {
  const { expression, type, comparison } = held;
  if (comparison !== 'exact') return compareText(expression, comparison, filter, negated, to);
  const { attribute, operator } = filter;
  const values = filter.values.map((value) => checked(value, type, attribute));
  return operator === 'in'
    ? oneOf(expression, to.parameter(values, `${type}[]`), negated)
    : `${expression} ${comparisonSign(operator, negated)} ${to.parameter(values[0], type)}`;
}

/** Lower case is made by the database on both sides: its rules and JavaScript's differ. */
function compareText(
  expression: string,
  comparison: 'word' | 'long',
  filter: Compare,
  negated: boolean,
  to: ComparisonTarget,
): string {
  const fold = comparison === 'word' ? (text: string): string => `lower(${text})` : foldedLong;
  const { operator } = filter;
  const usable = storable(texts(filter));
  requireUnordered(filter);
  if (operator !== 'in' && usable.length === 1) {
    const sign = comparisonSign(operator, negated);
    return `${expression} ${sign} ${fold(to.parameter(usable[0], 'text'))}`;
  }
  const list = to.parameter(usable, 'text[]');
  return oneOf(expression, `array(select ${fold('v')} from unnest(${list}) v)`, isExcluding(operator, negated));
}

/** One of several marriages has the date; the opposite is that none of those there are has it. */
function compareMarriages(column: string, filter: Compare, negated: boolean, to: ComparisonTarget): string {
  const known = `select h.individual_id from marriages h where`;
  const condition = marriageCondition(column, filter, to);
  return negated
    ? `(i.id in (${known} ${column} is not null) and i.id not in (${known} ${condition}))`
    : `i.id in (${known} ${condition})`;
}

function marriageCondition(column: string, filter: Compare, to: ComparisonTarget): string {
  const held: HeldValue = { of: 'individual', expression: column, type: 'date', comparison: 'exact', nullable: true };
  return compareHeld(held, filter, false, to);
}

const MARRIAGE_COLUMNS: Readonly<Partial<Record<AttributeName, string>>> = {
  marriage_date: 'h.married_on',
  divorce_date: 'h.divorced_on',
};

/** Comparisons of one attribute that all must hold; where there are several values, of one and the same value. */
export function compileTogether(filters: readonly Compare[], to: ComparisonTarget): string {
  const [first] = filters;
  const column = typeof first?.attribute === 'string' ? MARRIAGE_COLUMNS[first.attribute] : undefined;
  if (column === undefined) return filters.map((filter) => compileComparison(filter, false, to)).join(' and ');
  const conditions = filters.map((filter) => marriageCondition(column, filter, to));
  return `i.id in (select h.individual_id from marriages h where ${conditions.join(' and ')})`;
}

function compareContacts(column: string, filter: Compare, negated: boolean, to: ComparisonTarget): string {
  requireUnordered(filter);
  const shared = `${column} && ${to.parameter(storable(texts(filter)), 'text[]')}`;
  // That there are any is also what their index asks to hear.
  return `(${column} <> '{}' and ${isExcluding(filter.operator, negated) ? 'not ' : ''}${shared})`;
}

function compareProgrammes(filter: Compare, negated: boolean, to: ComparisonTarget): string {
  requireUnordered(filter);
  const keys = to.parameter(storable(texts(filter)).map(identifierKey), 'text[]');
  const programmes = `array(select x.id from programmes x where x.identifier_key = any(${keys}))`;
  return oneOf('e.programme_id', programmes, isExcluding(filter.operator, negated));
}

/** By the few programmes that there are, so that the index of their enrolments serves. */
function compareProgrammeNames(filter: Compare, negated: boolean, to: ComparisonTarget): string {
  const condition = compareText('lower(x.name)', 'word', filter, negated, to);
  return `e.programme_id = any(array(select x.id from programmes x where ${condition}))`;
}

/** One of several values is meant; a record without any is unknown. */
function compareList(attribute: JsonAttribute, filter: Compare, negated: boolean, to: ComparisonTarget): string {
  requireUnordered(filter);
  const list = heldList(attribute);
  const wanted = filter.values.flatMap((value) => inJson(value));
  const has = `${list} @> any(${to.parameter(wanted, 'jsonb[]')})`;
  return isExcluding(filter.operator, negated) ? `(${list} <> '[]' and not ${has})` : has;
}

/** As the value may stand in jsonb: codes are met as texts and as numbers. */
function inJson(value: AttributeValue): string[] {
  if (typeof value !== 'string') return [JSON.stringify(value), JSON.stringify(String(value))];
  const [text] = storable([value.toLowerCase()]);
  if (text === undefined) return [];
  return /^(0|-?[1-9]\d{0,14})$/u.test(text) ? [JSON.stringify(text), text] : [JSON.stringify(text)];
}

/** `<> all` of an empty list holds even for null, hence the test. */
export function oneOf(column: string, list: string, negated: boolean): string {
  return negated ? `(${column} is not null and ${column} <> all(${list}))` : `${column} = any(${list})`;
}

function birthDateIn(ranges: readonly DateRange[], to: ComparisonTarget): string {
  const [first] = ranges;
  const last = ranges.at(-1);
  if (!first || !last) return 'false';
  const bounds = [
    ...(first.from === null ? [] : [`i.birth_date >= ${to.parameter(first.from, 'date')}`]),
    ...(last.before === null ? [] : [`i.birth_date < ${to.parameter(last.before, 'date')}`]),
  ];
  // The outer bounds are what the index serves; the statement stays the same however many ranges there are.
  if (ranges.length > 1) {
    const multirange = ranges.map(({ from, before }) => `[${from ?? ''},${before ?? ''})`).join(',');
    bounds.push(`i.birth_date <@ ${to.parameter(`{${multirange}}`, 'datemultirange')}`);
  }
  return bounds.length === 0 ? 'i.birth_date is not null' : `(${bounds.join(' and ')})`;
}

function comparisonSign(operator: Exclude<Operator, 'in'>, negated: boolean): string {
  return SQL_OPERATORS[negated ? oppositeOf(operator) : operator];
}

function isExcluding(operator: Operator, negated: boolean): boolean {
  return (operator === 'ne') !== negated;
}

function requireUnordered({ attribute, operator }: Compare): void {
  if (operator !== 'in' && operator !== 'eq' && operator !== 'ne') {
    throw new Problem('FILTER_VALUE_INVALID', `${nameOfReference(attribute)} has no order: use eq, ne or in.`);
  }
}

function texts({ attribute, values }: Compare): string[] {
  return values.map((value) => {
    // Whether something is so is held as the word.
    if (typeof value === 'boolean' && typeof attribute !== 'string') return String(value);
    if (typeof value !== 'string') throw unusable(attribute, 'a text');
    return value;
  });
}

function numbers({ attribute, values }: Compare): number[] {
  return values.map((value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw unusable(attribute, 'a number');
    return value;
  });
}

/** The value as the column takes it: what the database would refuse is refused here, by name. */
function checked(
  value: AttributeValue,
  type: HeldValue['type'],
  attribute: AttributeReference,
): string | number | boolean {
  switch (type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw unusable(attribute, 'true or false');
      return value;
    case 'date':
      if (typeof value !== 'string' || !isCalendarDay(value)) {
        throw unusable(attribute, 'a calendar date written YYYY-MM-DD');
      }
      return value;
    case 'timestamptz':
      if (typeof value !== 'string' || !isInstant(value)) {
        throw unusable(attribute, 'a date and time with its zone, such as 2026-01-31T08:00:00Z');
      }
      return value;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > MOST_INTEGER) {
        throw unusable(attribute, 'a whole number');
      }
      return value;
    case 'numeric':
    case 'float8':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw unusable(attribute, 'a number');
      return value;
    case 'text':
      if (typeof value !== 'string' || value.includes('\0')) throw unusable(attribute, 'a text');
      return value;
  }
}

function unusable(attribute: AttributeReference, wanted: string): Problem {
  return new Problem('FILTER_VALUE_INVALID', `${nameOfReference(attribute)} is compared with ${wanted}.`);
}
