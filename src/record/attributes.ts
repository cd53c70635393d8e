import type { RecordKind, RegistryKind } from './registry-kind.js';

/** Operators of a comparison, in the standard's words, plus `ne`. */
export const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in'] as const;
export type Operator = (typeof OPERATORS)[number];

/** What the values of an attribute are. */
export const ATTRIBUTE_TYPES = ['date', 'text', 'code', 'number', 'boolean', 'instant'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

/** How careful one has to be with the values: `public` tells of nobody, `sensitive` can harm somebody. */
export const SENSITIVITIES = ['public', 'personal', 'sensitive'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** The names of the attributes that have a column, or are computed from one, in the registry's own tables. */
export const COLUMN_ATTRIBUTES = [
  'birth_date',
  'death_date',
  'year_of_birth',
  'age',
  'sex',
  'deceased',
  'given_name',
  'middle_name',
  'family_name',
  'full_name',
  'marital_status',
  'marriage_date',
  'divorce_date',
  'phone_number',
  'email',
  // Of whichever record is asked for: the person, the group, the farmer ...
  'registration_date',
  'last_updated',
  'group_name',
  'group_type',
  'group_size',
  'farm_type',
  'farm_size',
  'land_tenure',
  'disability_status',
  'disability_level',
  'programme_identifier',
  'programme_name',
  'enrolment_status',
  'enrolment_date',
] as const;
export type AttributeName = (typeof COLUMN_ATTRIBUTES)[number];

/** Which place of a record: a person's, or the record's own (of a group, a farm, of who is enrolled). */
export type PlaceName = 'birth' | 'home' | 'death' | 'own';

/** Where the value stands in a jsonb column of the record. */
export interface JsonStorage {
  readonly column: 'attributes' | 'details';
  /** Keys from the outside in; lists on the way are walked through where `list` is set. */
  readonly path: readonly string[];
  /** Whether a record can have several values; it matches where one of them does. */
  readonly list: boolean;
  /** Of a list: where else values stand. */
  readonly otherPaths?: readonly (readonly string[])[];
}

/** An attribute that has no column: what a Filter or a Sort must know of it, so that neither needs the catalogue. */
export interface JsonAttribute extends JsonStorage {
  readonly name: string;
  readonly of: RecordKind;
  readonly type: AttributeType;
  /** Absent in filters that were kept before it was: the most careful is then meant. */
  readonly sensitivity?: Sensitivity;
}

/** What a comparison or a sort key is about. */
export type AttributeReference = AttributeName | JsonAttribute;

/** How an attribute is held. */
export type AttributeStorage =
  | { readonly kind: 'column'; readonly name: AttributeName }
  | ({ readonly kind: 'json' } & JsonStorage)
  /** A node of the tree of places; a value is the id or the name of one, and means everything below it too. */
  | { readonly kind: 'place'; readonly place: PlaceName }
  /** Identifiers of that type; `null` is any. `of`: whose, where not the record's own. */
  | { readonly kind: 'identifier'; readonly type: string | null; readonly of?: 'individual' | 'group' };

/** One attribute that can be asked for. Data, not code. */
export interface Attribute {
  readonly name: string;
  /** Spellings met on the wire; compared without case, blanks, `_` and `-`. */
  readonly aliases: readonly string[];
  /** The kind of record that has it. */
  readonly of: RecordKind;
  /** Where it can be asked for. */
  readonly registries: readonly RegistryKind[];
  readonly type: AttributeType;
  readonly operators: readonly Operator[];
  /** For `code`: the values that exist; absent where any may. */
  readonly codes?: readonly string[];
  readonly storage: AttributeStorage;
  readonly sensitivity: Sensitivity;
  /** Whether records of its kind can be ordered by it; see `givesOrder` for those that are about them. */
  readonly sortable: boolean;
  /** Whether an index stands behind it. */
  readonly searchable: boolean;
}

/**
 * Whether records of that kind can be ordered by the attribute: their own, or one of the person whom each is about. A
 * code or a yes and no is only of their own: it has few values, so that no index of people helps to order what millions
 * of them share.
 */
export function givesOrder({ of, type, sortable }: Attribute, record: RecordKind): boolean {
  if (!sortable || of === record) return sortable;
  return of === 'individual' && record !== 'group' && type !== 'code' && type !== 'boolean';
}

/** How a Filter or a Sort names the attribute; `null` for places and identifiers, which have conditions of their own. */
export function referenceTo({ name, of, type, storage, sensitivity }: Attribute): AttributeReference | null {
  switch (storage.kind) {
    case 'column':
      return storage.name;
    case 'json': {
      const { column, path, list, otherPaths } = storage;
      return { name, of, type, column, path, list, sensitivity, ...(otherPaths === undefined ? {} : { otherPaths }) };
    }
    case 'place':
    case 'identifier':
      return null;
  }
}

/** The name that a reference goes by. */
export function nameOfReference(reference: AttributeReference): string {
  return typeof reference === 'string' ? reference : reference.name;
}
