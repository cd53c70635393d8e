import type { Catalogue } from '../../record/catalogue.js';
import { type FieldName, RECORD_FIELDS } from '../../record/fields.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { fieldOfAttribute } from '../../record/withheld.js';

/**
 * The field to which a value of a record's `attributes` belongs, named as `attributes(names:)` does: `occupation`,
 * `farm_details.0.land_size`. What nobody declared is personal.
 */
export function fieldOfValue(record: RecordKind, name: string, catalogue: Catalogue): FieldName {
  // Places in lists are not part of what a value is called.
  const keys = name.split('.').filter((key) => !/^\d+$/u.test(key));
  for (let length = keys.length; length > 0; length -= 1) {
    const path = keys.slice(0, length).join('.');
    const own = RECORD_FIELDS.find((field) => field.of === record && field.keys.includes(path));
    if (own) return own;
    const declared = catalogue
      .all()
      .find(({ of, storage }) => of === record && storage.kind === 'json' && storage.path.join('.') === path);
    if (declared) return fieldOfAttribute(declared);
  }
  return { of: record, name: keys[0] ?? name, sensitivity: 'personal' };
}
