import { identifierKey } from '../../record/individual.js';
import { RecordTable } from './write-table.js';
import {
  type DisabilityValues,
  type EnrolmentValues,
  type FarmerValues,
  type GroupValues,
  type IndividualValues,
  type ProgrammeValues,
} from './write-values.js';

export const INDIVIDUALS = new RecordTable<IndividualValues>(
  'individuals',
  {
    given_name: 'text',
    middle_name: 'text',
    family_name: 'text',
    sex: 'text',
    birth_date: 'date',
    birth_date_precision: 'text',
    death_date: 'date',
    death_date_precision: 'text',
    deceased: 'boolean',
    birth_location_id: 'uuid',
    birth_place_text: 'text',
    death_location_id: 'uuid',
    death_place_text: 'text',
    home_location_id: 'uuid',
    home_place_text: 'text',
    marital_status: 'text',
    phone_numbers: 'text[]',
    emails: 'text[]',
    attributes: 'jsonb',
  },
  (values) => ({
    given_name: values.givenName,
    middle_name: values.middleName,
    family_name: values.familyName,
    sex: values.sex,
    birth_date: values.birthDate?.date,
    birth_date_precision: values.birthDate?.precision,
    death_date: values.deathDate?.date,
    death_date_precision: values.deathDate?.precision,
    deceased: values.deceased,
    birth_location_id: values.birthLocation,
    birth_place_text: values.birthPlaceText,
    death_location_id: values.deathLocation,
    death_place_text: values.deathPlaceText,
    home_location_id: values.homeLocation,
    home_place_text: values.homePlaceText,
    marital_status: values.maritalStatus,
    phone_numbers: values.phoneNumbers,
    emails: values.emails,
    attributes: values.attributes,
  }),
);

export const GROUPS = new RecordTable<GroupValues>(
  'groups',
  { name: 'text', kind: 'text', location_id: 'uuid', place_text: 'text', attributes: 'jsonb' },
  (values) => ({
    name: values.name,
    kind: values.kind,
    location_id: values.location,
    place_text: values.placeText,
    attributes: values.attributes,
  }),
);

export const FARMERS = new RecordTable<FarmerValues>(
  'farmers',
  {
    individual_id: 'uuid',
    farm_type: 'text',
    farm_size: 'numeric',
    land_tenure: 'text',
    location_id: 'uuid',
    place_text: 'text',
    attributes: 'jsonb',
  },
  (values) => ({
    individual_id: values.individualId,
    farm_type: values.farmType,
    farm_size: values.farmSize,
    land_tenure: values.landTenure,
    location_id: values.location,
    place_text: values.placeText,
    attributes: values.attributes,
  }),
);

export const DISABILITIES = new RecordTable<DisabilityValues>(
  'disabilities',
  { individual_id: 'uuid', status: 'text', level: 'text', details: 'jsonb', attributes: 'jsonb' },
  (values) => ({
    individual_id: values.individualId,
    status: values.status,
    level: values.level,
    details: values.details,
    attributes: values.attributes,
  }),
);

export const PROGRAMMES = new RecordTable<ProgrammeValues>(
  'programmes',
  { identifier: 'text', identifier_key: 'text', name: 'text', description: 'text', attributes: 'jsonb' },
  (values) => ({
    identifier: values.identifier,
    identifier_key: identifierKey(values.identifier),
    name: values.name,
    description: values.description,
    attributes: values.attributes,
  }),
);

export const ENROLMENTS = new RecordTable<EnrolmentValues>(
  'enrolments',
  {
    programme_id: 'uuid',
    individual_id: 'uuid',
    group_id: 'uuid',
    status: 'text',
    enrolled_on: 'date',
    status_changed_on: 'date[]',
    benefits: 'jsonb',
    attributes: 'jsonb',
  },
  (values) => ({
    programme_id: values.programmeId,
    individual_id: values.individualId,
    group_id: values.groupId,
    status: values.status,
    enrolled_on: values.enrolledOn,
    status_changed_on: values.statusChangedOn,
    benefits: values.benefits,
    attributes: values.attributes,
  }),
);
