import { type AttributeReference, nameOfReference } from '../../record/attributes.js';
import type { Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import type { Sort } from '../../record/sort.js';
import { heldValue } from '../write-records/held-values.js';
import { type OrderKey, totalOrder } from './keyset.js';
import { isInScope, RECORD_TABLES } from './record-tables.js';

/** The keys of the order, the id last. Throws `rjct.sort.invalid` for an attribute that orders no such records. */
export function orderOf(sort: readonly Sort[], record: RecordKind): OrderKey[] {
  return totalOrder(
    sort.map((key) => orderKey(key, record)),
    `${RECORD_TABLES[record].alias}.id`,
  );
}

function orderKey({ attribute, direction }: Sort, record: RecordKind): OrderKey {
  const held = heldValue(attribute, record);
  const name = nameOfReference(attribute);
  if (held === null || !isInScope(held.of, record)) {
    throw new Problem('rjct.sort.invalid', `${name} gives these records no order: sort by another attribute.`);
  }
  const turned = direction === 'asc' ? 'desc' : 'asc';
  const { expression, type, nullable } = held;
  return { name, expression, type, nullable, direction: attribute === 'age' ? turned : direction };
}

/**
 * The order for a caller who asked for none: along the first range that all records must lie in, so that a page is read
 * from its index however wide the range is. Ordered by id instead, a page out of five million people would be found by
 * walking along all ids or by sorting all that match, and a plan made without the values picks the wrong one.
 */
export function naturalOrder(filter: Filter, record: RecordKind): Sort[] {
  const attribute = rangedAttribute(filter, record);
  return attribute === null ? [] : [{ attribute, direction: 'asc' }];
}

function rangedAttribute(filter: Filter, record: RecordKind): AttributeReference | null {
  if (filter.kind === 'and') {
    for (const part of filter.filters) {
      const found = rangedAttribute(part, record);
      if (found !== null) return found;
    }
    return null;
  }
  if (filter.kind !== 'compare' || !['gt', 'ge', 'lt', 'le'].includes(filter.operator)) return null;
  // Both are compared as ranges of birth dates.
  const attribute =
    filter.attribute === 'age' || filter.attribute === 'year_of_birth' ? 'birth_date' : filter.attribute;
  const held = heldValue(attribute, record);
  return held !== null && isInScope(held.of, record) ? attribute : null;
}
