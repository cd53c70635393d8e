import type { FieldSet } from '../../record/fields.js';
import { forFields } from '../for-fields.js';
import { shownAttributes } from '../shown-attributes.js';

/** One of a person's own values, as changes name it, with the field of records that it belongs to. */
export interface PersonValue {
  readonly name: string;
  /** `null`: each of the values within is a field of its own. */
  readonly field: string | null;
  /** SQL of what is held now, over alias `i` of individuals; `null`: rows of their own, which are not walked back. */
  readonly sql: string | null;
}

const partialDate = (column: string): string => `case when i.${column} is not null
  then jsonb_build_object('date', i.${column}, 'precision', i.${column}_precision) end`;

const VALUES: readonly PersonValue[] = [
  { name: 'givenName', field: 'name', sql: 'i.given_name' },
  { name: 'middleName', field: 'name', sql: 'i.middle_name' },
  { name: 'familyName', field: 'name', sql: 'i.family_name' },
  { name: 'sex', field: 'sex', sql: 'i.sex' },
  { name: 'birthDate', field: 'birth_date', sql: partialDate('birth_date') },
  { name: 'deathDate', field: 'death_date', sql: partialDate('death_date') },
  { name: 'deceased', field: 'deceased', sql: 'i.deceased' },
  { name: 'birthLocation', field: 'birth_place', sql: 'i.birth_location_id' },
  { name: 'birthPlaceText', field: 'birth_place', sql: 'i.birth_place_text' },
  { name: 'deathLocation', field: 'death_place', sql: 'i.death_location_id' },
  { name: 'deathPlaceText', field: 'death_place', sql: 'i.death_place_text' },
  { name: 'homeLocation', field: 'location', sql: 'i.home_location_id' },
  { name: 'homePlaceText', field: 'location', sql: 'i.home_place_text' },
  { name: 'maritalStatus', field: 'marital_status', sql: 'i.marital_status' },
  { name: 'phoneNumbers', field: 'phone_number', sql: 'i.phone_numbers' },
  { name: 'emails', field: 'email', sql: 'i.emails' },
  { name: 'attributes', field: null, sql: 'i.attributes' },
  { name: 'registeredAt', field: 'registration_date', sql: 'i.created_at' },
  { name: 'identifiers', field: 'identifier', sql: null },
  { name: 'marriages', field: 'marriages', sql: null },
];

/** The values that a caller is shown, as far as they are fields. */
export const shownValues = forFields((fields: FieldSet): readonly PersonValue[] =>
  VALUES.filter(({ field }) => field === null || fields.shows('individual', field)),
);

/** SQL of an object of what is shown of a person as held now, over alias `i` of individuals. */
export const currentValues = forFields((fields: FieldSet): string => {
  const parts = shownValues(fields).flatMap(({ name, field, sql }) => {
    if (sql === null) return [];
    return [`'${name}', ${field === null ? shownAttributes('individual', sql, fields) : sql}`];
  });
  return `jsonb_build_object(${parts.join(', ')})`;
});

/** The SQL of a value that was held, without what is not shown within it. */
export function shownPart(name: string, value: string, fields: FieldSet): string {
  if (fields.isAll) return value;
  return `case when ${name} = 'attributes' then ${shownAttributes('individual', value, fields)} else ${value} end`;
}
