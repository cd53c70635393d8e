import {
  type Attribute,
  type AttributeReference,
  type AttributeStorage,
  type Operator,
  referenceTo,
} from '../record/attributes.js';
import { allOf, type AttributeValue, type Filter } from '../record/filter.js';
import { isUuid } from '../record/uuid.js';
import { readAttributeValue, type ReadValue, wordsOf } from './attribute-value.js';
import { refusedQuery, refusedValue, type QueryReading } from './query-reading.js';
import { codeOf, field, listOf, quoted, textOf, wireObject } from './wire-object.js';

/** The standard's six operators, the spellings met beside them, and "not equal". */
const OPERATOR_WORDS: ReadonlyMap<string, Operator> = new Map([
  ['eq', 'eq'],
  ['=', 'eq'],
  ['==', 'eq'],
  ['ne', 'ne'],
  ['neq', 'ne'],
  ['!=', 'ne'],
  ['<>', 'ne'],
  ['gt', 'gt'],
  ['>', 'gt'],
  ['ge', 'ge'],
  ['gte', 'ge'],
  ['>=', 'ge'],
  ['lt', 'lt'],
  ['<', 'lt'],
  ['le', 'le'],
  ['lte', 'le'],
  ['<=', 'le'],
  ['in', 'in'],
]);

/** The operator that a word means; `null` for words that are none. */
export function readOperator(word: string): Operator | null {
  return OPERATOR_WORDS.get(word.trim().toLowerCase().replace(/^\$/u, '')) ?? null;
}

/** One comparison as a Filter; throws `rjct.search_criteria.invalid` and `rjct.filter.invalid`. */
export function readComparison(name: string, operator: Operator, written: unknown, reading: QueryReading): Filter {
  reading.countComparison();
  const attribute = reading.find(name);
  if (attribute === undefined || !attribute.searchable) {
    const reason = `The attribute ${quoted(name)} ${attribute === undefined ? 'is not held here' : 'cannot be searched by'}`;
    if (reading.strict) throw refusedQuery(reason);
    reading.unanswerable.push(`${reason}, so that nobody matches`);
    return { kind: 'or', filters: [] };
  }
  const { storage } = attribute;
  if (storage.kind === 'place') return placeComparison(name, storage, operator, written, reading);
  if (storage.kind === 'identifier') {
    return eitherWay(name, operator, identifierFilter(storage, texts(name, operator, written, reading)));
  }
  const reference = referenceTo(attribute);
  return reference === null
    ? { kind: 'or', filters: [] }
    : valueComparison(attribute, reference, operator, written, reading);
}

/** Who holds one of the identifiers that the attribute stands for. */
export function identifierFilter(
  { type, of }: Extract<AttributeStorage, { kind: 'identifier' }>,
  values: readonly string[],
): Filter {
  return { kind: 'identifier', type, values, ...(of === undefined ? {} : { of }) };
}

function valueComparison(
  attribute: Attribute,
  reference: AttributeReference,
  operator: Operator,
  written: unknown,
  reading: QueryReading,
): Filter {
  if (!attribute.operators.includes(operator)) {
    throw refusedQuery(
      `${attribute.name} cannot be compared with ${operator}: use one of ${attribute.operators.join(', ')}`,
    );
  }
  const values = operands(attribute.name, operator, written, reading).map((value) =>
    readAttributeValue(attribute, value),
  );
  const compare = (by: Operator, ...operand: AttributeValue[]): Filter => ({
    kind: 'compare',
    attribute: reference,
    operator: by,
    values: operand,
  });
  if (operator === 'in') {
    const exact = values.flatMap((value) => ('value' in value ? wordsOf(attribute, value.value) : []));
    const spans = values.flatMap((value) =>
      'value' in value ? [] : [allOf([compare('ge', value.first), compare('le', value.last)])],
    );
    if (spans.length === 0) return compare('in', ...exact);
    return { kind: 'or', filters: exact.length === 0 ? spans : [compare('in', ...exact), ...spans] };
  }
  const [value] = values;
  if (value !== undefined && 'value' in value) {
    const words = wordsOf(attribute, value.value);
    // Several values of one record are compared by eq and ne alone.
    if (words.length > 1) {
      const one = compare('in', ...words);
      return operator === 'ne' ? { kind: 'not', filter: one } : one;
    }
  }
  return value === undefined ? { kind: 'or', filters: [] } : compareWithOne(operator, value, compare);
}

function compareWithOne(
  operator: Exclude<Operator, 'in'>,
  value: ReadValue,
  compare: (operator: Operator, value: AttributeValue) => Filter,
): Filter {
  if ('value' in value) return compare(operator, value.value);
  switch (operator) {
    case 'eq':
      return allOf([compare('ge', value.first), compare('le', value.last)]);
    case 'ne':
      return { kind: 'or', filters: [compare('lt', value.first), compare('gt', value.last)] };
    case 'gt':
    case 'le':
      return compare(operator, value.last);
    case 'lt':
    case 'ge':
      return compare(operator, value.first);
  }
}

/** The list of `in` (an array, or a text with commas as the standard's schema forces), or the one value of the others. */
function operands(name: string, operator: Operator, written: unknown, reading: QueryReading): readonly unknown[] {
  const wrapped = wireObject(written);
  const value = wrapped ? field(wrapped, 'value') : written;
  const all = Array.isArray(value)
    ? listOf(value)
    : operator === 'in' && typeof value === 'string'
      ? parts(value)
      : [value];
  const given = all.filter((one) => one !== undefined && one !== null && one !== '');
  if (given.length === 0) throw refusedQuery(`The value of ${quoted(name)} is missing`);
  if (operator !== 'in' && given.length > 1) {
    throw refusedQuery(`${quoted(name)} has several values: compare with "in"`);
  }
  reading.countValues(given.length);
  return given;
}

function parts(list: string): string[] {
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function texts(name: string, operator: Operator, written: unknown, reading: QueryReading): string[] {
  return operands(name, operator, written, reading).map((value) => {
    const text = codeOf(value);
    if (text === null || text.length > 255) throw refusedValue(`The value of ${quoted(name)} is not a short text`);
    return text;
  });
}

function eitherWay(name: string, operator: Operator, filter: Filter): Filter {
  if (operator === 'eq' || operator === 'in') return filter;
  if (operator === 'ne') return { kind: 'not', filter };
  throw refusedQuery(`${quoted(name)} cannot be compared with ${operator}: use one of eq, ne, in`);
}

/** A place by its id or its name, with everything below it. */
function placeComparison(
  name: string,
  { place }: Extract<AttributeStorage, { kind: 'place' }>,
  operator: Operator,
  written: unknown,
  reading: QueryReading,
): Filter {
  const values = texts(name, operator, written, reading);
  const locationIds = values.map((value) => value.toLowerCase()).filter(isUuid);
  const names = values.filter((value) => !isUuid(value.toLowerCase()));
  const within = { kind: 'within', place, locationIds } as const;
  return eitherWay(name, operator, names.length === 0 ? within : { ...within, names });
}

/** An attribute's name as a query writes it; throws `rjct.search_criteria.invalid` where there is none. */
export function readAttributeName(written: unknown): string {
  const name = textOf(written);
  if (name === null || name.length > 255) throw refusedQuery('A comparison needs attribute_name');
  return name;
}
