import type { Attribute, AttributeName, JsonStorage, Operator, PlaceName } from './attributes.js';
import { REGISTRY_KINDS, type RecordKind, type RegistryKind } from './registry-kind.js';

const ORDERED: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in'];
const UNORDERED: readonly Operator[] = ['eq', 'ne', 'in'];

type Row = Pick<Attribute, 'name' | 'aliases' | 'of' | 'type' | 'storage'> & Partial<Attribute>;
type Given = Pick<Attribute, 'aliases' | 'of' | 'type'> & Partial<Attribute>;

/** Everything that most rows have in common is said once. */
function attribute(row: Row): Attribute {
  const single = row.storage.kind === 'column' || (row.storage.kind === 'json' && !row.storage.list);
  const ordered = single && (row.type === 'date' || row.type === 'number' || row.type === 'instant');
  return {
    registries: REGISTRY_KINDS,
    operators: ordered ? ORDERED : row.type === 'boolean' ? ['eq', 'ne'] : UNORDERED,
    sensitivity: 'personal',
    sortable: single,
    searchable: true,
    ...row,
  };
}

function column(name: AttributeName, given: Given): Attribute {
  return attribute({ ...given, name, storage: { kind: 'column', name } });
}

function inJson(name: string, storage: Omit<JsonStorage, 'column'> & Partial<JsonStorage>, given: Given): Attribute {
  return attribute({ ...given, name, storage: { kind: 'json', column: 'attributes', ...storage } });
}

function place(name: string, which: PlaceName, of: RecordKind, aliases: readonly string[]): Attribute {
  return attribute({ name, aliases, of, type: 'text', storage: { kind: 'place', place: which } });
}

function identifier(
  name: string,
  type: string | null,
  given: { readonly aliases: readonly string[]; readonly registries?: readonly RegistryKind[] },
  whose?: 'individual' | 'group',
): Attribute {
  return attribute({
    ...given,
    name,
    of: whose ?? 'individual',
    type: 'text',
    storage: { kind: 'identifier', type, ...(whose === undefined ? {} : { of: whose }) },
  });
}

/** When a record of that kind was made and last changed. */
function moments(of: RecordKind, more: readonly string[] = []): Attribute[] {
  return [
    column('registration_date', { of, aliases: ['created_at', 'registered_on', ...more], type: 'instant' }),
    column('last_updated', { of, aliases: ['updated_at'], type: 'instant' }),
  ];
}

const PERSON_PATHS = [
  'person',
  'member',
  'demographic_info',
  'member.demographic_info',
  'member.demographic_info.person',
  'farmer_personal_details',
  'famer_personal_details',
  'personal_details',
  'personal_details.demographic_info',
];

/** The names, bare and behind the paths under which records show a person. */
function ofPerson(...names: readonly string[]): string[] {
  return names.flatMap((name) => [name, ...PERSON_PATHS.map((path) => `${path}.${name}`)]);
}

const individual = { of: 'individual' } as const;

const INDIVIDUALS: readonly Attribute[] = [
  column('birth_date', {
    ...individual,
    aliases: ofPerson('birth_date', 'birthdate', 'date_of_birth', 'dob'),
    type: 'date',
  }),
  column('death_date', {
    ...individual,
    aliases: ofPerson('death_date', 'deathdate', 'date_of_death', 'dod'),
    type: 'date',
  }),
  column('year_of_birth', { ...individual, aliases: ['yob', 'birth_year'], type: 'number' }),
  column('age', { ...individual, aliases: ofPerson('age'), type: 'number' }),
  column('sex', {
    ...individual,
    aliases: ofPerson('sex', 'gender'),
    type: 'code',
    codes: ['male', 'female', 'other', 'unknown'],
  }),
  column('deceased', { ...individual, aliases: ['is_deceased'], type: 'boolean' }),
  column('given_name', { ...individual, aliases: ['given_name', 'first_name'].flatMap(ofName), type: 'text' }),
  column('middle_name', { ...individual, aliases: ['middle_name', 'second_name'].flatMap(ofName), type: 'text' }),
  column('family_name', {
    ...individual,
    aliases: ['family_name', 'surname', 'sur_name', 'last_name'].flatMap(ofName),
    type: 'text',
  }),
  column('full_name', { ...individual, aliases: ['name'], type: 'text' }),
  column('marital_status', {
    ...individual,
    aliases: ofPerson('marital_status', 'civil_status'),
    type: 'code',
    codes: ['S', 'M', 'W', 'A', 'D', 'L', 'U'],
  }),
  // A person can have several of each.
  column('marriage_date', {
    ...individual,
    aliases: ['date_of_marriage', 'marriagedate', 'married_on'],
    type: 'date',
    sortable: false,
  }),
  column('divorce_date', {
    ...individual,
    aliases: ['date_of_divorce', 'divorcedate', 'divorced_on'],
    type: 'date',
    sortable: false,
  }),
  column('phone_number', {
    ...individual,
    aliases: [...ofPerson('phone_number', 'mobile'), 'phone', 'mobile_number', 'telephone'],
    type: 'text',
    operators: UNORDERED,
    sortable: false,
  }),
  column('email', {
    ...individual,
    aliases: [...ofPerson('email'), 'email_address'],
    type: 'text',
    operators: UNORDERED,
    sortable: false,
  }),
  ...moments('individual', ['date_of_declaration', 'date_of_registration']),
  place('birth_place', 'birth', 'individual', ofPerson('birth_place', 'place_of_birth', 'birthplace')),
  place('death_place', 'death', 'individual', ofPerson('death_place', 'place_of_death', 'deathplace')),
  place('location', 'home', 'individual', ['district', 'region', 'area', 'home', 'residence', 'area_code', 'address']),
  inJson(
    'postal_code',
    { path: ['postal_code'], list: false },
    { ...individual, aliases: [...ofPerson('address.postal_code'), 'pin_code', 'zip_code'], type: 'text' },
  ),
];

function ofName(name: string): string[] {
  return ofPerson(name, `name.${name}`);
}

const IDENTIFIERS: readonly Attribute[] = [
  identifier('UIN', 'UIN', { aliases: [] }),
  identifier('NID', 'NID', { aliases: ['national_id'] }),
  identifier('NIN', 'NIN', { aliases: [] }),
  identifier('BRN', 'BRN', { aliases: ['birth_reg_no', 'birth_registration_number'] }),
  identifier('DRN', 'DRN', { aliases: ['death_reg_no', 'death_registration_number'] }),
  identifier('MRN', 'MRN', { aliases: ['marriage_reg_no', 'marriage_registration_number'] }),
  identifier('opencrvs_record_id', 'OPENCRVS_RECORD_ID', { aliases: [] }),
  identifier('farmer_id', 'FARMER_ID', { aliases: [], registries: ['fr'] }),
  identifier('farm_id', 'FARM_ID', { aliases: [], registries: ['fr'] }),
  identifier('household_id', 'HOUSEHOLD_ID', { aliases: [] }, 'group'),
  identifier(
    'group_identifier',
    null,
    { aliases: ofIdentifier('group.group_identifier', 'group_identifier') },
    'group',
  ),
  identifier('identifier', null, {
    aliases: [
      ...ofIdentifier('identifier', 'member_identifier', 'person_identifier'),
      ...PERSON_PATHS.flatMap((path) =>
        ofIdentifier(`${path}.identifier`, `${path}.member_identifier`, `${path}.person_identifier`),
      ),
      'identifier_value',
    ],
  }),
];

function ofIdentifier(...names: readonly string[]): string[] {
  return names.flatMap((name) => [name, `${name}.identifier_value`]);
}

const GROUPS: readonly Attribute[] = [
  column('group_name', { of: 'group', registries: ['social', 'ibr'], aliases: ['household_name'], type: 'text' }),
  column('group_type', {
    of: 'group',
    registries: ['social', 'ibr'],
    aliases: ['group_kind'],
    type: 'code',
    codes: ['family', 'household'],
  }),
  column('group_size', {
    of: 'group',
    registries: ['social', 'ibr'],
    aliases: ['household_size', 'family_size', 'group.group_size'],
    type: 'number',
  }),
  ...moments('group'),
  place('location', 'own', 'group', ['district', 'region', 'area', 'area_code', 'geographical_location', 'address']),
  inJson(
    'poverty_score',
    { path: ['poverty_score'], list: false },
    {
      of: 'group',
      registries: ['social', 'ibr'],
      aliases: ['group.poverty_score'],
      type: 'number',
      sensitivity: 'sensitive',
    },
  ),
  inJson(
    'postal_code',
    { path: ['postal_code'], list: false },
    {
      of: 'group',
      registries: ['social', 'ibr'],
      aliases: ['address.postal_code', 'pin_code', 'zip_code'],
      type: 'text',
    },
  ),
];

const farmer = { of: 'farmer', registries: ['fr'] } as const;
const FARMING = ['farm_details', 'farming_activities'];

const FARMERS: readonly Attribute[] = [
  column('farm_type', { ...farmer, aliases: ['type_of_farm'], type: 'code' }),
  column('farm_size', {
    ...farmer,
    aliases: ['land_size', 'farm_details.land_size', 'farm_info.land_size'],
    type: 'number',
  }),
  column('land_tenure', { ...farmer, aliases: ['farm_details.land_tenure', 'farm_info.land_tenure'], type: 'code' }),
  ...moments('farmer'),
  place('location', 'own', 'farmer', [
    'district',
    'region',
    'area',
    'area_code',
    'farm_details.location',
    'farm_info.location',
  ]),
  // Farms travel as they were given: with the names of the published classes or with those of the published examples.
  inJson(
    'crop_type',
    {
      path: [...FARMING, 'crop_production', 'crop_type_name'],
      otherPaths: [[...FARMING, 'crop_production', 'crop_type'], ['crop_type'], ['crops']],
      list: true,
    },
    { ...farmer, aliases: ['crop', 'crop_type_name'], type: 'code' },
  ),
  inJson(
    'livestock_type',
    {
      path: [...FARMING, 'animal_production', 'type'],
      otherPaths: [[...FARMING, 'animal_production', 'livestock_type'], ['livestock_type']],
      list: true,
    },
    { ...farmer, aliases: ['livestock', 'animal_type'], type: 'code' },
  ),
  inJson(
    'irrigation_type',
    {
      path: [...FARMING, 'crop_production', 'irrigation_water'],
      otherPaths: [['irrigation_type']],
      list: true,
    },
    { ...farmer, aliases: ['irrigation', 'irrigation_water'], type: 'code' },
  ),
  inJson(
    'latitude',
    { path: ['latitude'], list: false },
    { ...farmer, aliases: ['farm_info.location.geo.latitude', 'farm_details.location.geo.latitude'], type: 'number' },
  ),
  inJson(
    'longitude',
    { path: ['longitude'], list: false },
    { ...farmer, aliases: ['farm_info.location.geo.longitude', 'farm_details.location.geo.longitude'], type: 'number' },
  ),
];

const disability = { of: 'disability', registries: ['dr', 'social'], sensitivity: 'sensitive' } as const;

function ofImpairment(name: string): Attribute {
  return inJson(
    name,
    { column: 'details', path: [name], list: true },
    { ...disability, aliases: [`disability_details.${name}`], type: 'code' },
  );
}

const DISABILITIES: readonly Attribute[] = [
  column('disability_status', { ...disability, aliases: [], type: 'code' }),
  column('disability_level', { ...disability, aliases: ['disability_status_level'], type: 'code' }),
  ...moments('disability'),
  ofImpairment('impairment_type'),
  ofImpairment('impairment_level'),
  ofImpairment('impairment_cause'),
];

const enrolment = { of: 'enrolment', registries: ['ibr'] } as const;

const ENROLMENTS: readonly Attribute[] = [
  column('programme_identifier', {
    ...enrolment,
    aliases: [
      'program_identifier',
      'programme_id',
      'programme_identifier.program.programme_identifier',
      'programme_identifier.programme.programme_identifier',
      'programme_identifier.programme_identifier',
      'programme.programme_identifier',
    ],
    type: 'text',
    sortable: false,
  }),
  column('programme_name', {
    ...enrolment,
    aliases: ['program_name', 'programme_identifier.programme_name', 'programme_identifier.programme.programme_name'],
    type: 'text',
  }),
  column('enrolment_status', {
    ...enrolment,
    aliases: ['enrollment_status', 'programme_identifier.enrolment_status'],
    type: 'code',
  }),
  column('enrolment_date', {
    ...enrolment,
    aliases: ['enrollment_date', 'programme_identifier.enrolment_date'],
    type: 'date',
  }),
  ...moments('enrolment'),
  place('location', 'own', 'enrolment', ['district', 'region', 'area', 'area_code', 'address']),
];

/** The attributes that are part of the program: columns, and names that the standard's examples use. */
export const CORE_ATTRIBUTES: readonly Attribute[] = [
  ...INDIVIDUALS,
  ...IDENTIFIERS,
  ...GROUPS,
  ...FARMERS,
  ...DISABILITIES,
  ...ENROLMENTS,
];
