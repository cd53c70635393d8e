import type { AttributeReference, Operator, PlaceName } from './attributes.js';

/** A value of the type that the catalogue gives its attribute; dates are `YYYY-MM-DD`, instants ISO 8601 with zone. */
export type AttributeValue = string | number | boolean;

/** Which records are asked for: the one form that GraphQL arguments, DCI queries and search criteria become. */
export type Filter =
  /** All of them; an empty list is everybody. */
  | { readonly kind: 'and'; readonly filters: readonly Filter[] }
  /** Any of them; an empty list is nobody. */
  | { readonly kind: 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** One value, except for `in`. `eq` and `in` on text compare without case. */
  | {
      readonly kind: 'compare';
      readonly attribute: AttributeReference;
      readonly operator: Operator;
      readonly values: readonly AttributeValue[];
    }
  /**
   * Holds one of the identifiers; `type: null` is any type. Values compare by `identifierKey`. `of`: who holds it, the
   * person or the group that the record stands with; absent: whoever the record is about, or a member of the group.
   */
  | {
      readonly kind: 'identifier';
      readonly type: string | null;
      readonly values: readonly string[];
      readonly of?: 'individual' | 'group';
    }
  /** Place in one of the own tree's locations (by id, or by name without case) or anywhere below it. */
  | {
      readonly kind: 'within';
      readonly place: PlaceName;
      readonly locationIds: readonly string[];
      readonly names?: readonly string[];
    }
  /** Birth place is of one of these location types. */
  | { readonly kind: 'birth_place_type'; readonly types: readonly string[] }
  | { readonly kind: 'member_of'; readonly groupIds: readonly string[] }
  /** The record came from one of these data sources (by code). */
  | { readonly kind: 'from_source'; readonly codes: readonly string[] }
  /** The registry knows a child whose mother the person is. */
  | { readonly kind: 'is_mother' }
  /** Is enrolled, or belongs to a group that is enrolled, in one of these programmes (by identifier). */
  | { readonly kind: 'in_programme'; readonly identifiers: readonly string[] }
  /** Every word of the text occurs in the full name, without case. */
  | { readonly kind: 'name_contains'; readonly text: string }
  | { readonly kind: 'ids'; readonly ids: readonly string[] };

/** The filter that everybody fits. */
export const EVERYBODY: Filter = { kind: 'and', filters: [] };
/** The filter that nobody fits. */
export const NOBODY: Filter = { kind: 'or', filters: [] };

/** The conjunction without needless nesting. */
export function allOf(filters: readonly Filter[]): Filter {
  const flat = filters.flatMap((filter) => (filter.kind === 'and' ? filter.filters : [filter]));
  return flat.length === 1 && flat[0] ? flat[0] : { kind: 'and', filters: flat };
}

/** Whether the filter leaves nobody out, as far as its shape tells. */
export function isEverybody(filter: Filter): boolean {
  return filter.kind === 'and' && filter.filters.every(isEverybody);
}
