import type { AttributeName, Operator } from '../record/attributes.js';
import type { AttributeValue, Filter } from '../record/filter.js';
import { identifierKey } from '../record/individual.js';
import { Problem } from '../record/problem.js';
import { isUuid } from '../record/uuid.js';
import { birthDatesOfAges, birthDatesOfYears, type DateRange, oppositeOf } from './date-ranges.js';
import { readNameWords, wordsCondition } from './name-words.js';
import { type AddParameter, addingTo, isCalendarDay, isInstant, storable } from './parameters.js';

type Compare = Extract<Filter, { kind: 'compare' }>;

interface Compilation {
  readonly parameter: AddParameter;
  readonly today: string;
}

/** Columns that are compared as they are, with the type that a parameter is sent as. */
const COLUMNS = {
  birth_date: { column: 'i.birth_date', type: 'date' },
  death_date: { column: 'i.death_date', type: 'date' },
  sex: { column: 'i.sex', type: 'text' },
  deceased: { column: 'i.deceased', type: 'boolean' },
  registration_date: { column: 'i.created_at', type: 'timestamptz' },
  last_updated: { column: 'i.updated_at', type: 'timestamptz' },
} as const satisfies Partial<Record<AttributeName, { column: string; type: string }>>;

const SQL_OPERATORS = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/**
 * The condition, over alias `i` of `individuals`, that holds for the people the filter asks for. Values are pushed onto
 * `parameters` and appear as `$n`; the text holds nothing of the filter's values. Meant for a filter whose depth and
 * size were bounded where it was read.
 *
 * Unknown is neither yes nor no: who has no birth date matches neither `birth_date lt x` nor its negation. Each part is
 * therefore compiled as itself or as its negation, never as SQL `not`, and both hold only where the value is known.
 * What the registry itself keeps (identifiers, groups, sources, ids) is always known: `not identifier` is everybody who
 * does not hold it. A date known to the month or the year compares as the first day of it.
 *
 * `today` (`YYYY-MM-DD`, default: the day in UTC) is the day on which ages are counted.
 * Throws `FILTER_VALUE_INVALID` for a value that its attribute cannot have.
 */
export function compileFilter(
  filter: Filter,
  parameters: unknown[],
  today = new Date().toISOString().slice(0, 10),
): string {
  return compile(filter, false, { parameter: addingTo(parameters), today });
}

function compile(filter: Filter, negated: boolean, to: Compilation): string {
  switch (filter.kind) {
    case 'and':
      return join(filter.filters, negated ? 'or' : 'and', negated, to);
    case 'or':
      return join(filter.filters, negated ? 'and' : 'or', negated, to);
    case 'not':
      return compile(filter.filter, !negated, to);
    case 'compare':
      return compileComparison(filter, negated, to);
    case 'identifier':
      return compileIdentifier(filter, negated, to);
    case 'within':
      return compileWithin(filter, negated, to);
    case 'birth_place_type': {
      const types = to.parameter(storable(filter.types), 'text[]');
      return `exists (select from locations l where l.id = i.birth_location_id and ${oneOf('l.type', types, negated)})`;
    }
    case 'member_of': {
      const groups = to.parameter(filter.groupIds.filter(isUuid), 'uuid[]');
      return held('memberships h', `h.group_id = any(${groups}) and h.ended_on is null`, negated);
    }
    case 'from_source': {
      const codes = to.parameter(storable(filter.codes), 'text[]');
      return held(
        'individual_sources h',
        `h.data_source_id = any(array(select s.id from data_sources s where s.code = any(${codes})))`,
        negated,
      );
    }
    case 'name_contains':
      return compileNameContains(filter.text, negated, to);
    case 'ids': {
      const ids = to.parameter(filter.ids.filter(isUuid), 'uuid[]');
      return oneOf('i.id', ids, negated);
    }
  }
}

function join(filters: readonly Filter[], word: 'and' | 'or', negated: boolean, to: Compilation): string {
  if (filters.length === 0) return word === 'and' ? 'true' : 'false';
  const parts = filters.map((filter) => compile(filter, negated, to));
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${word} `)})`;
}

function compileComparison(filter: Compare, negated: boolean, to: Compilation): string {
  const { attribute, operator } = filter;
  if (operator !== 'in' && filter.values.length !== 1) {
    throw new Problem(
      'FILTER_VALUE_INVALID',
      `The operator ${operator} takes exactly one value; use "in" for several.`,
    );
  }
  switch (attribute) {
    case 'year_of_birth':
      return birthDateIn(birthDatesOfYears(operator, numbers(filter), negated), to);
    case 'age':
      return birthDateIn(birthDatesOfAges(operator, numbers(filter), negated, to.today), to);
    case 'given_name':
    case 'middle_name':
    case 'family_name':
    case 'full_name':
      return compareText(`lower(i.${attribute})`, filter, negated, to);
    case 'birth_date':
    case 'death_date':
    case 'sex':
    case 'deceased':
    case 'registration_date':
    case 'last_updated': {
      const { column, type } = COLUMNS[attribute];
      const values = filter.values.map((value) => checked(value, type, attribute));
      return operator === 'in'
        ? oneOf(column, to.parameter(values, `${type}[]`), negated)
        : `${column} ${comparison(operator, negated)} ${to.parameter(values[0], type)}`;
    }
  }
}

/** Lower case is made by the database on both sides: its rules and JavaScript's differ. */
function compareText(
  column: string,
  { attribute, operator, values }: Compare,
  negated: boolean,
  to: Compilation,
): string {
  const texts = values.map((value) => {
    if (typeof value !== 'string') throw unusable(attribute, 'a text');
    return value;
  });
  const usable = storable(texts);
  if (operator !== 'in' && operator !== 'eq' && operator !== 'ne') {
    throw new Problem('FILTER_VALUE_INVALID', `${attribute} has no order: use eq, ne or in.`);
  }
  if (operator !== 'in' && usable.length === 1) {
    return `${column} ${comparison(operator, negated)} lower(${to.parameter(usable[0], 'text')})`;
  }
  const excluded = (operator === 'ne') !== negated;
  const list = to.parameter(usable, 'text[]');
  return oneOf(column, `array(select lower(v) from unnest(${list}) v)`, excluded);
}

function compileIdentifier(filter: Extract<Filter, { kind: 'identifier' }>, negated: boolean, to: Compilation): string {
  const [type] = storable(filter.type === null ? [] : [filter.type]);
  if (filter.type !== null && type === undefined) return negated ? 'true' : 'false';
  const ofType = type === undefined ? '' : `h.type = ${to.parameter(type, 'text')} and `;
  const keys = to.parameter(storable(filter.values.map(identifierKey)), 'text[]');
  return held('identifiers h', `${ofType}h.value_key = any(${keys})`, negated);
}

/** Somebody whose place is not in the tree is neither within a place nor outside it. */
function compileWithin(filter: Extract<Filter, { kind: 'within' }>, negated: boolean, to: Compilation): string {
  const column = filter.place === 'birth' ? 'i.birth_location_id' : 'i.home_location_id';
  const ids = to.parameter(filter.locationIds.filter(isUuid), 'uuid[]');
  const below = `(select a.location_id from location_ancestors a where a.ancestor_id = any(${ids}))`;
  return negated ? `(${column} is not null and ${column} not in ${below})` : `${column} in ${below}`;
}

function compileNameContains(text: string, negated: boolean, to: Compilation): string {
  const words = readNameWords(text);
  if (words === null) return negated ? 'i.full_name is not null' : 'false';
  return wordsCondition('i.full_name', words, negated, (pattern) => to.parameter(pattern, 'text'));
}

/** Whether a row of the person's stands in another table; known either way, since that table is ours. */
function held(table: string, condition: string, negated: boolean): string {
  // `in` lets the planner start from the few rows found; `not exists` from the many people that are left.
  return negated
    ? `not exists (select from ${table} where h.individual_id = i.id and ${condition})`
    : `i.id in (select h.individual_id from ${table} where ${condition})`;
}

/** `<> all` of an empty list holds even for null, hence the test. */
function oneOf(column: string, list: string, negated: boolean): string {
  return negated ? `(${column} is not null and ${column} <> all(${list}))` : `${column} = any(${list})`;
}

function birthDateIn(ranges: readonly DateRange[], to: Compilation): string {
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

function comparison(operator: Exclude<Operator, 'in'>, negated: boolean): string {
  return SQL_OPERATORS[negated ? oppositeOf(operator) : operator];
}

function numbers({ attribute, values }: Compare): number[] {
  return values.map((value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw unusable(attribute, 'a number');
    return value;
  });
}

/** The value as the column takes it: what the database would refuse is refused here, by name. */
function checked(value: AttributeValue, type: string, attribute: AttributeName): string | boolean {
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
    default:
      if (typeof value !== 'string' || value.includes('\0')) throw unusable(attribute, 'a text');
      return value;
  }
}

function unusable(attribute: AttributeName, wanted: string): Problem {
  return new Problem('FILTER_VALUE_INVALID', `${attribute} is compared with ${wanted}.`);
}
