import { allOf, type Filter } from '../record/filter.js';
import { readAttributeName, readComparison, readOperator } from './comparison.js';
import { refusedQuery, type QueryReading } from './query-reading.js';
import { field, quoted, textOf, wireObject, type WireObject } from './wire-object.js';

/**
 * The standard's `predicate`: a list of items, each one expression or two joined by a condition. All items must hold,
 * so their `seq_num` changes nothing.
 */
export function readPredicate(items: readonly unknown[], reading: QueryReading): Filter {
  if (items.length === 0) throw refusedQuery('The query is empty: send at least one item with expression1');
  return allOf(items.map((item) => readItem(item, reading)));
}

function readItem(written: unknown, reading: QueryReading): Filter {
  const item = wireObject(written);
  if (item === null) throw refusedQuery('An item of the predicate is not an object');
  // Some peers leave the wrapper out and write the expression itself.
  if (field(item, 'expression1') === undefined && field(item, 'attribute_name') !== undefined) {
    return readExpression(item, reading);
  }
  const first = expression(item, 'expression1');
  if (first === null) throw refusedQuery('An item of the predicate has no expression1');
  const second = expression(item, 'expression2');
  if (field(item, 'expression3') !== undefined) {
    reading.warnings.push('expression3 is not part of the standard and was not read');
  }
  return join(
    condition(item),
    readExpression(first, reading),
    second === null ? null : readExpression(second, reading),
  );
}

function expression(item: WireObject, name: string): WireObject | null {
  const written = field(item, name);
  if (written === undefined) return null;
  const object = wireObject(written);
  if (object === null) throw refusedQuery(`${name} is not an object`);
  return Object.keys(object).length === 0 ? null : object;
}

function condition(item: WireObject): 'and' | 'or' | 'not' {
  const written = field(item, 'condition');
  if (written === undefined) return 'and';
  const word = textOf(written)?.toLowerCase();
  if (word === 'and' || word === 'or' || word === 'not') return word;
  throw refusedQuery('The condition of an item is one of and, or, not');
}

function join(condition: 'and' | 'or' | 'not', first: Filter, second: Filter | null): Filter {
  if (condition === 'not') {
    return second === null ? { kind: 'not', filter: first } : allOf([first, { kind: 'not', filter: second }]);
  }
  if (second === null) return first;
  return condition === 'and' ? allOf([first, second]) : { kind: 'or', filters: [first, second] };
}

/** One `{ attribute_name, operator, attribute_value }`; throws `rjct.search_criteria.invalid`. */
export function readExpression(expression: WireObject, reading: QueryReading): Filter {
  const name = readAttributeName(field(expression, 'attribute_name', 'attribute'));
  const word = textOf(field(expression, 'operator'));
  if (word === null) throw refusedQuery(`The comparison of ${quoted(name)} has no operator`);
  const operator = readOperator(word);
  if (operator === null) {
    throw refusedQuery(`${quoted(word)} is not an operator: use one of eq, ne, gt, ge, lt, le, in`);
  }
  return readComparison(name, operator, field(expression, 'attribute_value', 'value'), reading);
}
