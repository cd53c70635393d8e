import type { DatePrecision, Individual, PartialDate, Sex } from '../record/individual.js';

/** The columns of `individuals` that make an Individual, over alias `i`. */
export const INDIVIDUAL_COLUMNS = `i.id, i.given_name, i.middle_name, i.family_name, i.sex,
  i.birth_date, i.birth_date_precision, i.death_date, i.death_date_precision, i.deceased,
  i.birth_location_id, i.birth_place_text, i.home_location_id, i.home_place_text, i.created_at, i.updated_at`;

/** A row of INDIVIDUAL_COLUMNS; the checks of the table hold the codes to those named here. */
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
  deceased: boolean;
  birth_location_id: string | null;
  birth_place_text: string | null;
  home_location_id: string | null;
  home_place_text: string | null;
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
