import { allOf, type Filter } from '../record/filter.js';
import { readAttributeName, readComparison, readOperator } from './comparison.js';
import { readExpression } from './predicate.js';
import { refusedQuery, type QueryReading } from './query-reading.js';
import { field, quoted, textOf, wireObject, type WireObject } from './wire-object.js';

/**
 * The condition inside the standard's `expression`: `{ "$and": [...] }`, `{ attribute: { "$ge": value } }`, the
 * shorthand `{ attribute: value }` and a range `{ attribute: { type: "range", gte, lte } }`. All keys must hold.
 */
export function readCondition(written: unknown, reading: QueryReading, depth = 0): Filter {
  reading.enter(depth);
  const condition = wireObject(written);
  if (condition === null) throw refusedQuery('A condition of the expression is not an object');
  const keys = Object.keys(condition);
  if (keys.length === 0) throw refusedQuery('A condition of the expression is empty');
  if (isComparison(condition)) return readExpression(condition, reading);
  return allOf(keys.map((key) => readKey(key, condition[key], reading, depth)));
}

function isComparison(condition: WireObject): boolean {
  return field(condition, 'operator') !== undefined && field(condition, 'attribute_name', 'attribute') !== undefined;
}

function readKey(key: string, value: unknown, reading: QueryReading, depth: number): Filter {
  switch (key) {
    case '$and':
    case 'and':
    case 'seq': // OpenSPP's word for conditions of which all must hold
      return allOf(readList(key, value, reading, depth));
    case '$or':
    case 'or':
      return { kind: 'or', filters: readList(key, value, reading, depth) };
    case '$not':
    case 'not':
      return { kind: 'not', filter: readCondition(value, reading, depth + 1) };
  }
  if (key.startsWith('$')) {
    throw refusedQuery(`${quoted(key)} is not an operator: use one of $and, $or, $not around attributes`);
  }
  return readAttribute(readAttributeName(key), value, reading, depth);
}

function readList(key: string, value: unknown, reading: QueryReading, depth: number): Filter[] {
  if (!Array.isArray(value) || value.length === 0) throw refusedQuery(`${quoted(key)} needs a list of conditions`);
  return value.map((condition) => readCondition(condition, reading, depth + 1));
}

function readAttribute(name: string, value: unknown, reading: QueryReading, depth: number): Filter {
  reading.enter(depth);
  if (Array.isArray(value)) return readComparison(name, 'in', value, reading);
  const operators = wireObject(value);
  if (operators === null) return readComparison(name, 'eq', value, reading);
  const keys = Object.keys(operators).filter((key) => !isRangeMark(key, operators[key]));
  if (keys.length === 0) throw refusedQuery(`The comparison of ${quoted(name)} has no operator`);
  return allOf(
    keys.map((key) => {
      if (key === '$not' || key === 'not') {
        return { kind: 'not', filter: readAttribute(name, operators[key], reading, depth + 1) };
      }
      const operator = readOperator(key);
      if (operator === null) {
        throw refusedQuery(`${quoted(key)} is not an operator: use one of $eq, $ne, $gt, $gte, $lt, $lte, $in, $not`);
      }
      return readComparison(name, operator, operators[key], reading);
    }),
  );
}

function isRangeMark(key: string, value: unknown): boolean {
  return key === 'type' && textOf(value)?.toLowerCase() === 'range';
}
