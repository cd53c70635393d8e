import type { DatePrecision, Individual, PartialDate, Sex } from '../record/individual.js';
import { forFields } from './for-fields.js';
import { type HeldColumn, shownColumns } from './shown-columns.js';

const COLUMNS: readonly HeldColumn[] = [
  { sql: 'i.id', type: 'uuid' },
  { sql: 'i.given_name', type: 'text', field: 'name' },
  { sql: 'i.middle_name', type: 'text', field: 'name' },
  { sql: 'i.family_name', type: 'text', field: 'name' },
  { sql: 'i.sex', type: 'text', field: 'sex' },
  { sql: 'i.birth_date', type: 'date', field: 'birth_date' },
  { sql: 'i.birth_date_precision', type: 'text', field: 'birth_date' },
  { sql: 'i.death_date', type: 'date', field: 'death_date' },
  { sql: 'i.death_date_precision', type: 'text', field: 'death_date' },
  { sql: 'i.deceased', type: 'boolean', field: 'deceased' },
  { sql: 'i.birth_location_id', type: 'uuid', field: 'birth_place' },
  { sql: 'i.birth_place_text', type: 'text', field: 'birth_place' },
  { sql: 'i.home_location_id', type: 'uuid', field: 'location' },
  { sql: 'i.home_place_text', type: 'text', field: 'location' },
  { sql: 'i.created_at', type: 'timestamptz', field: 'registration_date' },
  { sql: 'i.updated_at', type: 'timestamptz', field: 'last_updated' },
];

/** The columns of `individuals` that make an Individual, over alias `i`. */
export const individualColumns = forFields((fields) => shownColumns('individual', COLUMNS, fields));

/** A row of these columns; the checks of the table hold the codes to those named here. */
export interface IndividualRow {
  id: string;
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  sex: Sex | null;
  birth_date: string | null;
  birth_date_precision: DatePrecision | null;
  death_date: string | null;
  death_date_precision: DatePrecision | null;
  deceased: boolean | null;
  birth_location_id: string | null;
  birth_place_text: string | null;
  home_location_id: string | null;
  home_place_text: string | null;
  created_at: Date | null;
  updated_at: Date | null;
}

/** A row that was read with ALL_FIELDS. */
export interface WholeIndividualRow extends IndividualRow {
  deceased: boolean;
  created_at: Date;
  updated_at: Date;
}

/** The individual of a row. */
export function readIndividual(row: IndividualRow): Individual {
  return {
    id: row.id,
    name: { given: row.given_name, middle: row.middle_name, family: row.family_name },
    sex: row.sex,
    birthDate: partialDate(row.birth_date, row.birth_date_precision),
    deathDate: partialDate(row.death_date, row.death_date_precision),
    deceased: row.deceased,
    birthLocationId: row.birth_location_id,
    birthPlaceText: row.birth_place_text,
    homeLocationId: row.home_location_id,
    homePlaceText: row.home_place_text,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The date of two columns: the day, and how much of it is known. */
export function partialDate(date: string | null, precision: DatePrecision | null): PartialDate | null {
  return date === null || precision === null ? null : { date, precision };
}
