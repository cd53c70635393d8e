import type { JsonObject } from '../../record/json.js';
import type { WireObject } from '../wire-object.js';

/**
 * The names by which the standard calls what the registry keeps in the `attributes` of a kind of record. Everything
 * else that stands there is a country's own and travels in `additional_attributes`.
 */
export const NAMED_ATTRIBUTES = {
  name: ['prefix', 'suffix', 'maiden_name'],
  member: [
    'employment_status',
    'occupation',
    'income_level',
    'language_code',
    'education_level',
    'employment_info',
    'unemployment_reason',
  ],
  address: ['postal_code'],
  group: ['poverty_score', 'poverty_score_type', 'place_address'],
  farmer: ['family_details', 'farm_details', 'machineries_details'],
  position: ['latitude', 'longitude'],
  disability: ['disability_support', 'transport_requirement', 'housing_type', 'programs_enrolments'],
  programme: [
    'implementing_institution',
    'institution_type',
    'legal_status',
    'social_protection_functions',
    'contribution_type',
    'programme_type',
    'benefit',
    'benefit_frequency',
  ],
} as const satisfies Record<string, readonly string[]>;

export type NamedAttributes = keyof typeof NAMED_ATTRIBUTES;

/** The fields of a record that attributes fill, under the standard's own names. */
export function namedFields(attributes: JsonObject, ...sets: readonly NamedAttributes[]): WireObject {
  const names = sets.flatMap((set): readonly string[] => NAMED_ATTRIBUTES[set]);
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(attributes, name) ? [[name, attributes[name]]] : [])),
  );
}

/** `additional_attributes`: all that `sets` do not name; `null` where there is nothing. */
export function additionalAttributes(
  attributes: JsonObject,
  ...sets: readonly NamedAttributes[]
): readonly WireObject[] | null {
  const named = new Set(sets.flatMap((set): readonly string[] => NAMED_ATTRIBUTES[set]));
  const rest = Object.entries(attributes).filter(([name]) => !named.has(name));
  return rest.length === 0 ? null : rest.map(([name, value]) => ({ name, value }));
}
