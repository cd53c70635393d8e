import type { AttributeReference, Operator } from '../record/attributes.js';
import { allOf, isEverybody, type Filter } from '../record/filter.js';
import { addDays } from '../record/partial-date.js';
import type { Dialect, RequestForm } from './dialects/dialect.js';
import type { WireObject } from './wire-object.js';

/** A Filter as a source can be asked, and what is left to the reader of its answer. */
export interface CompiledQuery {
  readonly queryType: 'idtype-value' | 'predicate' | 'expression';
  readonly query: WireObject | readonly WireObject[];
  /** What the source cannot be asked; `null` where all was asked. Records may come that do not fit it. */
  readonly residual: Filter | null;
  /** What was asked although the source answers with more than fits it; to be applied to the records read. */
  readonly recheck: Filter | null;
}

type Comparison = Filter & { readonly kind: 'compare' };
type IdentifierFilter = Filter & { readonly kind: 'identifier' };

/** Days that are before and after every birth: some registers answer an empty query with everybody, others with nobody. */
const FIRST_DAY = '0001-01-01';
const LAST_DAY = '9999-12-31';

/**
 * Says as much of the filter as registries of the dialect understand. Never an empty query: where nothing can be said
 * the query asks for the widest range of birth dates.
 */
export function compileQuery(filter: Filter, dialect: Dialect): CompiledQuery {
  const parts = conjuncts(filter);
  const form = dialect.request;
  switch (form.queries) {
    case 'standard':
      return compileStandard(parts, form);
    case 'birth-range-or-identifier':
      return compileBirthRangeOrIdentifier(parts, form);
    case 'birth-bounds':
      return compileBirthBounds(parts, form);
  }
}

function conjuncts(filter: Filter): Filter[] {
  if (isEverybody(filter)) return [];
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

function remaining(filters: readonly Filter[]): Filter | null {
  return filters.length === 0 ? null : allOf(filters);
}

function expression(attribute: string, operator: Operator, value: unknown): WireObject {
  return { attribute_name: attribute, operator, attribute_value: value };
}

function askableIdentifier(parts: readonly Filter[], form: RequestForm): IdentifierFilter | null {
  for (const part of parts) {
    if (part.kind !== 'identifier' || part.type === null || part.values.length !== 1) continue;
    if (form.identifierTypes === 'any' || form.identifierTypes.includes(part.type)) return part;
  }
  return null;
}

function compileIdentifier(identifier: IdentifierFilter, parts: readonly Filter[], form: RequestForm): CompiledQuery {
  const shared = form.identifierTypesSharedWithChildren.includes(identifier.type ?? '');
  return {
    queryType: 'idtype-value',
    query: { type: identifier.type, value: identifier.values[0] },
    residual: remaining(parts.filter((part) => part !== identifier)),
    recheck: shared ? identifier : null,
  };
}

function both(expression1: WireObject, expression2: WireObject): readonly WireObject[] {
  return [{ seq_num: 1, expression1, condition: 'and', expression2 }];
}

/** OpenCRVS drops a lone bound and bounds in the wrong order without a word, and then answers with all births. */
function compileBirthRangeOrIdentifier(parts: readonly Filter[], form: RequestForm): CompiledQuery {
  const identifier = askableIdentifier(parts, form);
  if (identifier !== null) return compileIdentifier(identifier, parts, form);
  const attribute = form.attributeNames.birth_date ?? 'birthdate';
  const range = (after: string, before: string): readonly WireObject[] =>
    both(expression(attribute, 'gt', after), expression(attribute, 'lt', before));
  const bounds = parts.filter(isBirthBound);
  const after = latest(bounds.flatMap((bound) => dayBefore(bound) ?? []));
  const before = earliest(bounds.flatMap((bound) => dayAfter(bound) ?? []));
  if (after === null || before === null) {
    return { queryType: 'predicate', query: range(FIRST_DAY, LAST_DAY), residual: remaining(parts), recheck: null };
  }
  return {
    queryType: 'predicate',
    query: range(after, before),
    residual: remaining(parts.filter((part) => !isBirthBound(part))),
    recheck: null,
  };
}

function isBirthBound(filter: Filter): filter is Comparison {
  return (
    filter.kind === 'compare' &&
    filter.attribute === 'birth_date' &&
    filter.values.length === 1 &&
    ['eq', 'gt', 'ge', 'lt', 'le'].includes(filter.operator)
  );
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

/** OpenSPP reads only `expression1` of each item and lets all items hold: one item for each bound. */
function compileBirthBounds(parts: readonly Filter[], form: RequestForm): CompiledQuery {
  const attribute = form.attributeNames.birth_date ?? 'birthdate';
  const bounds = parts.filter(isBirthBound);
  const expressions =
    bounds.length === 0
      ? [expression(attribute, 'ge', FIRST_DAY), expression(attribute, 'le', LAST_DAY)]
      : bounds.map(({ operator, values: [value] }) => expression(attribute, operator, value));
  return {
    queryType: 'predicate',
    query: expressions.map((expression1, index) => ({ seq_num: index + 1, expression1 })),
    residual: remaining(parts.filter((part) => !isBirthBound(part))),
    recheck: null,
  };
}

/** A conjunction of plain comparisons goes as a predicate, anything with alternatives or negations as an expression. */
function compileStandard(parts: readonly Filter[], form: RequestForm): CompiledQuery {
  const identifier = askableIdentifier(parts, form);
  if (identifier !== null) return compileIdentifier(identifier, parts, form);
  const conditions = parts.map((part) => ({ part, condition: condition(part, form) }));
  const asked = conditions.filter(({ condition }) => condition !== null);
  const residual = remaining(conditions.filter(({ condition }) => condition === null).map(({ part }) => part));
  if (asked.length === 0) {
    const attribute = form.attributeNames.birth_date ?? 'birth_date';
    const query = both(expression(attribute, 'ge', FIRST_DAY), expression(attribute, 'le', LAST_DAY));
    return { queryType: 'predicate', query, residual, recheck: null };
  }
  const expressions = asked.map(({ part }) => predicateExpression(part, form));
  if (expressions.every((one) => one !== null)) {
    return { queryType: 'predicate', query: paired(expressions), residual, recheck: null };
  }
  return {
    queryType: 'expression',
    query: {
      type: 'ns:org:QueryType:expression',
      value: { expression: { query: { $and: asked.map(({ condition }) => condition) } } },
    },
    residual,
    recheck: null,
  };
}

/** Two expressions an item, as the standard has them. */
function paired(expressions: readonly WireObject[]): readonly WireObject[] {
  return expressions.flatMap((expression1, index) => {
    if (index % 2 === 1) return [];
    const expression2 = expressions[index + 1];
    const item = { seq_num: index / 2 + 1, expression1 };
    return [expression2 === undefined ? item : { ...item, condition: 'and', expression2 }];
  });
}

/** What registries of the dialect call it; `undefined` for what they have no word for, a country's own attributes too. */
function attributeName(attribute: AttributeReference, form: RequestForm): string | undefined {
  return typeof attribute === 'string' ? form.attributeNames[attribute] : undefined;
}

/** One comparison in the predicate's own operators; `null` where it has none for it. */
function predicateExpression(filter: Filter, form: RequestForm): WireObject | null {
  if (filter.kind !== 'compare' || filter.operator === 'ne') return null;
  const name = attributeName(filter.attribute, form);
  const [value] = filter.values;
  if (name === undefined || value === undefined) return null;
  if (filter.operator !== 'in') return expression(name, filter.operator, value);
  // The standard has no lists here: values go in one text, which a comma inside a value would break.
  const texts = filter.values.map(String);
  return texts.some((text) => text.includes(',')) ? null : expression(name, 'in', texts.join(','));
}

const EXPRESSION_OPERATORS: Readonly<Record<Operator, string>> = {
  eq: '$eq',
  ne: '$ne',
  gt: '$gt',
  ge: '$gte',
  lt: '$lt',
  le: '$lte',
  in: '$in',
};

/** The filter as an expression's condition; `null` where the source cannot be asked it, or not all of it. */
function condition(filter: Filter, form: RequestForm): WireObject | null {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const conditions = filter.filters.map((part) => condition(part, form));
      if (conditions.length === 0 || conditions.includes(null)) return null;
      return { [filter.kind === 'and' ? '$and' : '$or']: conditions };
    }
    case 'not': {
      const inner = condition(filter.filter, form);
      return inner === null ? null : { $not: inner };
    }
    case 'compare': {
      const name = attributeName(filter.attribute, form);
      const [value] = filter.values;
      if (name === undefined || value === undefined) return null;
      return { [name]: { [EXPRESSION_OPERATORS[filter.operator]]: filter.operator === 'in' ? filter.values : value } };
    }
    // A place of our own tree, our groups, our sources and our ids mean nothing elsewhere.
    case 'identifier':
    case 'within':
    case 'birth_place_type':
    case 'member_of':
    case 'from_source':
    case 'in_programme':
    case 'name_contains':
    case 'ids':
      return null;
  }
}
