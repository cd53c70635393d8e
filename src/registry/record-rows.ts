import type { Disability } from '../record/disability.js';
import type { Enrolment } from '../record/enrolment.js';
import type { Farmer } from '../record/farmer.js';

/** The columns that make each record, over the aliases of RECORD_TABLES, under the names of its type. */
export const FARMER_COLUMNS = `f.id, f.individual_id as "individualId", f.farm_type as "farmType",
  f.farm_size::float8 as "farmSize", f.land_tenure as "landTenure", f.location_id as "locationId",
  f.place_text as "placeText", f.attributes, f.created_at as "createdAt", f.updated_at as "updatedAt"`;

export const DISABILITY_COLUMNS = `d.id, d.individual_id as "individualId", d.status, d.level, d.details, d.attributes,
  d.created_at as "createdAt", d.updated_at as "updatedAt"`;

export const PROGRAMME_COLUMNS = 'p.id, p.identifier, p.name, p.description, p.attributes';

export const ENROLMENT_COLUMNS = `e.id, e.programme_id as "programmeId", e.individual_id as "individualId",
  e.group_id as "groupId", e.status, e.enrolled_on as "enrolledOn",
  e.status_changed_on::text[] as "statusChangedOn", e.benefits, e.attributes, e.created_at as "createdAt",
  e.updated_at as "updatedAt"`;

/** Kinds of record that are about a person or a group. */
export interface AboutRecords {
  readonly farmer: Farmer;
  readonly disability: Disability;
  readonly enrolment: Enrolment;
}

/** The columns of each. */
export const ABOUT_COLUMNS: Readonly<Record<keyof AboutRecords, string>> = {
  farmer: FARMER_COLUMNS,
  disability: DISABILITY_COLUMNS,
  enrolment: ENROLMENT_COLUMNS,
};
