import type { Operator } from '../record/attributes.js';
import { isEverybody, type Filter } from '../record/filter.js';
import type { VitalEvent } from '../record/vital-event.js';
import { compileRanges } from './compile-ranges.js';
import { compileSequence } from './compile-sequence.js';
import {
  askableName,
  type CompiledQuery,
  EXPRESSION_TYPE,
  FIRST_DAY,
  LAST_DAY,
  type QueryParts,
  remaining,
} from './compiled-query.js';
import { daysBetween, isDayBound, type Comparison } from './day-bounds.js';
import type { Dialect, RequestForm } from './dialects/dialect.js';
import type { WireObject } from './wire-object.js';

type IdentifierFilter = Filter & { readonly kind: 'identifier' };

/**
 * Says as much of the filter as registries of the dialect understand. Never an empty query: where nothing can be said
 * the query asks for the widest range of birth dates.
 */
export function compileQuery(filter: Filter, dialect: Dialect, event: VitalEvent = 'birth'): CompiledQuery {
  const form = dialect.request;
  const parts = conjuncts(filter);
  const identifier = askableIdentifier(parts, form);
  if (identifier !== null) return compileIdentifier(identifier, parts, form);
  const asked = { parts, form, event };
  switch (form.queries) {
    case 'standard':
    case 'conditions-or-identifier':
      return compileStandard(asked);
    case 'birth-range-or-identifier':
      return compileBirthRange(asked);
    case 'birth-bounds':
      return compileBirthBounds(asked);
    case 'ranges-or-identifier':
      return compileRanges(asked);
    case 'sequence-or-identifier':
      return compileSequence(asked);
  }
}

function conjuncts(filter: Filter): Filter[] {
  if (isEverybody(filter)) return [];
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
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
  const { looseIdentifierTypes: loose, identifierShape } = form;
  const { type } = identifier;
  const [value] = identifier.values;
  return {
    queryType: 'idtype-value',
    query:
      identifierShape === 'pair'
        ? { type, value }
        : { type: 'idtype-value', value: { id_type: type, id_value: value } },
    residual: remaining(parts.filter((part) => part !== identifier)),
    recheck: loose === 'any' || loose.includes(type ?? '') ? identifier : null,
  };
}

function both(expression1: WireObject, expression2: WireObject): readonly WireObject[] {
  return [{ seq_num: 1, expression1, condition: 'and', expression2 }];
}

/** OpenCRVS drops a lone bound and bounds in the wrong order without a word, and then answers with all births. */
function compileBirthRange({ parts, form, event }: QueryParts): CompiledQuery {
  const attribute = form.attributeNames.birth_date ?? 'birthdate';
  const range = (after: string, before: string): readonly WireObject[] =>
    both(expression(attribute, 'gt', after), expression(attribute, 'lt', before));
  // Of marriages it does not look at dates at all.
  const { after, before } = daysBetween(event === 'marriage' ? [] : parts.filter(isBirthBound));
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
  return isDayBound(filter) && filter.attribute === 'birth_date';
}

/** OpenSPP reads only `expression1` of each item and lets all items hold: one item for each bound. */
function compileBirthBounds({ parts, form }: QueryParts): CompiledQuery {
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
function compileStandard(asked: QueryParts): CompiledQuery {
  const { parts, form } = asked;
  const conditions = parts.map((part) => ({ part, condition: condition(part, asked) }));
  const askable = conditions.filter(({ condition }) => condition !== null);
  const residual = remaining(conditions.filter(({ condition }) => condition === null).map(({ part }) => part));
  if (form.queries === 'standard') {
    const expressions =
      askable.length === 0 ? everyBirth(form) : askable.map(({ part }) => predicateExpression(part, asked));
    if (expressions.every((one) => one !== null)) {
      return { queryType: 'predicate', query: paired(expressions), residual, recheck: null };
    }
  }
  const all = askable.length === 0 ? [everybody(form)] : askable.map(({ condition }) => condition);
  return {
    queryType: 'expression',
    query: { type: EXPRESSION_TYPE, value: { expression: { query: { $and: all } } } },
    residual,
    recheck: null,
  };
}

function everyBirth(form: RequestForm): readonly WireObject[] {
  const attribute = form.attributeNames.birth_date ?? 'birth_date';
  return [expression(attribute, 'ge', FIRST_DAY), expression(attribute, 'le', LAST_DAY)];
}

function everybody({ presentName, attributeNames }: RequestForm): WireObject {
  return presentName === null
    ? { [attributeNames.birth_date ?? 'birth_date']: { $gte: FIRST_DAY } }
    : { [presentName]: { $ne: '' } };
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

/** One comparison in the predicate's own operators; `null` where it has none for it. */
function predicateExpression(filter: Filter, asked: QueryParts): WireObject | null {
  if (filter.kind !== 'compare' || filter.operator === 'ne') return null;
  const name = askableName(filter.attribute, asked);
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
function condition(filter: Filter, asked: QueryParts): WireObject | null {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const conditions = filter.filters.map((part) => condition(part, asked));
      if (conditions.length === 0 || conditions.includes(null)) return null;
      return { [filter.kind === 'and' ? '$and' : '$or']: conditions };
    }
    case 'not': {
      const inner = asked.form.queries === 'standard' ? condition(filter.filter, asked) : null;
      return inner === null ? null : { $not: inner };
    }
    case 'compare': {
      const name = askableName(filter.attribute, asked);
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
    case 'is_mother':
    case 'in_programme':
    case 'name_contains':
    case 'ids':
      return null;
  }
}
