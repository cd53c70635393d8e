import type { Disability } from '../record/disability.js';
import type { Enrolment } from '../record/enrolment.js';
import type { Farmer } from '../record/farmer.js';
import type { FieldSet } from '../record/fields.js';
import { shownAttributes } from './shown-attributes.js';
import { type HeldColumn, shownColumns } from './shown-columns.js';

/** Kinds of record that are about a person or a group. */
export interface AboutRecords {
  readonly farmer: Farmer;
  readonly disability: Disability;
  readonly enrolment: Enrolment;
}

const MOMENTS = (alias: string): readonly HeldColumn[] => [
  { sql: `${alias}.created_at`, as: '"createdAt"', type: 'timestamptz', field: 'registration_date' },
  { sql: `${alias}.updated_at`, as: '"updatedAt"', type: 'timestamptz', field: 'last_updated' },
];

/** Over the aliases of RECORD_TABLES, under the names of the record's type; `attributes` comes apart. */
const COLUMNS: Readonly<Record<keyof AboutRecords, readonly HeldColumn[]>> = {
  farmer: [
    { sql: 'f.id', type: 'uuid' },
    { sql: 'f.individual_id', as: '"individualId"', type: 'uuid' },
    { sql: 'f.farm_type', as: '"farmType"', type: 'text', field: 'farm_type' },
    { sql: 'f.farm_size::float8', as: '"farmSize"', type: 'float8', field: 'farm_size' },
    { sql: 'f.land_tenure', as: '"landTenure"', type: 'text', field: 'land_tenure' },
    { sql: 'f.location_id', as: '"locationId"', type: 'uuid', field: 'location' },
    { sql: 'f.place_text', as: '"placeText"', type: 'text', field: 'location' },
    ...MOMENTS('f'),
  ],
  disability: [
    { sql: 'd.id', type: 'uuid' },
    { sql: 'd.individual_id', as: '"individualId"', type: 'uuid' },
    { sql: 'd.status', type: 'text', field: 'disability_status' },
    { sql: 'd.level', type: 'text', field: 'disability_level' },
    { sql: 'd.details', type: 'jsonb', field: 'disability_details' },
    ...MOMENTS('d'),
  ],
  enrolment: [
    { sql: 'e.id', type: 'uuid' },
    { sql: 'e.programme_id', as: '"programmeId"', type: 'uuid', field: 'programme' },
    { sql: 'e.individual_id', as: '"individualId"', type: 'uuid' },
    { sql: 'e.group_id', as: '"groupId"', type: 'uuid' },
    { sql: 'e.status', type: 'text', field: 'enrolment_status' },
    { sql: 'e.enrolled_on', as: '"enrolledOn"', type: 'date', field: 'enrolment_date' },
    { sql: 'e.status_changed_on::text[]', as: '"statusChangedOn"', type: 'text[]', field: 'enrolment_status' },
    { sql: 'e.benefits', type: 'jsonb', field: 'benefits' },
    ...MOMENTS('e'),
  ],
};

const ALIASES: Readonly<Record<keyof AboutRecords, string>> = { farmer: 'f', disability: 'd', enrolment: 'e' };

/** The columns that make a record of that kind. */
export function aboutColumns(kind: keyof AboutRecords, fields: FieldSet): string {
  const attributes = shownAttributes(kind, `${ALIASES[kind]}.attributes`, fields);
  return `${shownColumns(kind, COLUMNS[kind], fields)}, ${attributes} as attributes`;
}

/** The columns that make a Programme, over alias `p`. */
export const PROGRAMME_COLUMNS = 'p.id, p.identifier, p.name, p.description, p.attributes';
