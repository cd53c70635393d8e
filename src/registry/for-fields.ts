import type { FieldSet } from '../record/fields.js';

/**
 * Remembers what is made of a set of fields as long as somebody holds the set: a caller's stays the same from request to
 * request, and the text of a statement is long.
 */
export function forFields<Made extends NonNullable<unknown>>(
  make: (fields: FieldSet) => Made,
): (fields: FieldSet) => Made {
  const held = new WeakMap<FieldSet, Made>();
  return (fields) => {
    const known = held.get(fields);
    if (known !== undefined) return known;
    const made = make(fields);
    held.set(fields, made);
    return made;
  };
}
