import { givesOrder, nameOfReference, referenceTo } from '../record/attributes.js';
import { Problem } from '../record/problem.js';
import type { Sort } from '../record/sort.js';
import { QueryReading, type QueryOptions } from './query-reading.js';
import { codeOf, field, listOf, quoted, textOf, wireObject } from './wire-object.js';

const MAX_SORT_KEYS = 10;

/**
 * Reads `sort`: `{ attribute_name, sort_order }` entries, or bare names; an absent order is ascending. Of an attribute
 * that is named twice the first counts. Throws a `Problem` (`rjct.sort.invalid`).
 */
export function readSort(written: unknown, options: QueryOptions = {}): Sort[] {
  const entries = listOf(written);
  if (entries.length > MAX_SORT_KEYS) throw refusedSort(`sort has more than ${MAX_SORT_KEYS} attributes`);
  const reading = new QueryReading(options);
  const keys = new Map<string, Sort>();
  for (const entry of entries) {
    const key = readSortKey(entry, reading);
    const name = nameOfReference(key.attribute);
    if (!keys.has(name)) keys.set(name, key);
  }
  return [...keys.values()];
}

function readSortKey(written: unknown, reading: QueryReading): Sort {
  const key = wireObject(written);
  const name = key === null ? textOf(written) : codeOf(field(key, 'attribute_name', 'attribute'));
  if (name === null) throw refusedSort('An entry of sort has no attribute_name');
  const attribute = reading.find(name);
  const reference = attribute && givesOrder(attribute, reading.record) ? referenceTo(attribute) : null;
  if (reference === null) {
    throw refusedSort(`Nothing can be sorted by ${quoted(name)} here`);
  }
  const order = key === null ? 'asc' : (textOf(field(key, 'sort_order', 'order'))?.toLowerCase() ?? 'asc');
  if (order !== 'asc' && order !== 'desc') throw refusedSort('sort_order is one of asc, desc');
  return { attribute: reference, direction: order };
}

function refusedSort(message: string): Problem<'rjct.sort.invalid'> {
  return new Problem('rjct.sort.invalid', message);
}
