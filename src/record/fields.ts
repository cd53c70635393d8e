import type { Sensitivity } from './attributes.js';
import type { RecordKind } from './registry-kind.js';

/** A part of a record that is shown as a whole or not at all. */
export interface RecordField {
  readonly of: RecordKind;
  /** As callers are granted it; the catalogue's own name where one attribute is the field. */
  readonly name: string;
  readonly sensitivity: Sensitivity;
  /** Names of the catalogue whose values tell of the field: who may not see it may not search or sort by them. */
  readonly attributes: readonly string[];
  /** What of it stands in the `attributes` of a record, with dots between the keys on the way. */
  readonly keys: readonly string[];
}

/** A field as sets of fields know it. */
export type FieldName = Pick<RecordField, 'of' | 'name' | 'sensitivity'>;

function fields(of: RecordKind, rows: Readonly<Record<string, readonly [Sensitivity, ...string[]]>>): RecordField[] {
  return Object.entries(rows).map(([name, [sensitivity, ...attributes]]) => {
    return { of, name, sensitivity, attributes, keys: KEYS[`${of}.${name}`] ?? [] };
  });
}

/** By `fieldKey`; fields without such keys are left out. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'individual.name': ['prefix', 'suffix', 'maiden_name'],
  'individual.location': ['postal_code'],
  'group.location': ['postal_code', 'place_address'],
  'group.poverty_score': ['poverty_score', 'poverty_score_type'],
  'farmer.farm_size': ['farm_details.land_size', 'farm_info.land_size'],
  'farmer.land_tenure': ['farm_details.land_tenure', 'farm_info.land_tenure'],
  'farmer.location': ['latitude', 'longitude', 'farm_details.location', 'farm_info.location'],
  'farmer.farm_details': [
    'farm_details',
    'farm_info',
    'machineries_details',
    'crop_type',
    'crops',
    'livestock_type',
    'irrigation_type',
  ],
  'disability.support': ['disability_support', 'transport_requirement', 'housing_type', 'programs_enrolments'],
};

/** Everything of the program's own that a record can show. What a country adds is a field under its attribute's name. */
export const RECORD_FIELDS: readonly RecordField[] = [
  ...fields('individual', {
    name: ['personal', 'given_name', 'middle_name', 'family_name', 'full_name'],
    sex: ['personal', 'sex'],
    birth_date: ['personal', 'birth_date', 'year_of_birth', 'age'],
    death_date: ['personal', 'death_date'],
    deceased: ['personal', 'deceased'],
    birth_place: ['personal', 'birth_place'],
    location: ['personal', 'location', 'postal_code'],
    death_place: ['personal', 'death_place'],
    identifier: [
      'personal',
      'identifier',
      'UIN',
      'NID',
      'NIN',
      'BRN',
      'DRN',
      'MRN',
      'opencrvs_record_id',
      'farmer_id',
      'farm_id',
    ],
    marital_status: ['personal', 'marital_status'],
    marriages: ['personal', 'marriage_date', 'divorce_date'],
    phone_number: ['personal', 'phone_number'],
    email: ['personal', 'email'],
    relationships: ['personal'],
    memberships: ['personal'],
    sources: ['public'],
    registration_date: ['public', 'registration_date'],
    last_updated: ['public', 'last_updated'],
  }),
  ...fields('group', {
    group_name: ['personal', 'group_name'],
    group_type: ['public', 'group_type'],
    group_size: ['public', 'group_size'],
    group_identifier: ['personal', 'group_identifier', 'household_id'],
    location: ['personal', 'location', 'postal_code'],
    members: ['personal'],
    sources: ['public'],
    poverty_score: ['sensitive', 'poverty_score'],
    registration_date: ['public', 'registration_date'],
    last_updated: ['public', 'last_updated'],
  }),
  ...fields('farmer', {
    farm_type: ['personal', 'farm_type'],
    farm_size: ['personal', 'farm_size'],
    land_tenure: ['personal', 'land_tenure'],
    location: ['personal', 'location', 'latitude', 'longitude'],
    farm_details: ['personal', 'crop_type', 'livestock_type', 'irrigation_type'],
    registration_date: ['public', 'registration_date'],
    last_updated: ['public', 'last_updated'],
  }),
  ...fields('disability', {
    disability_status: ['sensitive', 'disability_status'],
    disability_level: ['sensitive', 'disability_level'],
    disability_details: ['sensitive', 'impairment_type', 'impairment_level', 'impairment_cause'],
    support: ['sensitive'],
    registration_date: ['public', 'registration_date'],
    last_updated: ['public', 'last_updated'],
  }),
  ...fields('enrolment', {
    programme: ['personal', 'programme_identifier', 'programme_name'],
    enrolment_status: ['personal', 'enrolment_status'],
    enrolment_date: ['personal', 'enrolment_date'],
    benefits: ['personal'],
    location: ['personal', 'location'],
    registration_date: ['public', 'registration_date'],
    last_updated: ['public', 'last_updated'],
  }),
];

/** `individual.birth_date`: how a field is named in settings, in the ledger and in refusals. */
export function fieldKey({ of, name }: Pick<RecordField, 'of' | 'name'>): string {
  return `${of}.${name}`;
}

const BY_KEY: ReadonlyMap<string, RecordField> = new Map(RECORD_FIELDS.map((field) => [fieldKey(field), field]));

/** A field of the program's own, which there must be. */
export function recordField(of: RecordKind, name: string): RecordField {
  const field = BY_KEY.get(fieldKey({ of, name }));
  if (field === undefined) throw new Error(`there is no field ${of}.${name}`);
  return field;
}

/** Which fields of records a caller may be shown. */
export interface FieldRules {
  /** Classes that are shown; absent: all. */
  readonly sensitivities?: readonly Sensitivity[] | undefined;
  /** By `fieldKey`, nothing else is shown; `disability.*` is every field of such records. Absent: all. */
  readonly only?: readonly string[] | undefined;
  /** By `fieldKey`, shown in no case; nor is what is named after it, as families are after their people. */
  readonly never?: readonly string[] | undefined;
}

/** A set of fields. Whoever made it, what is not in it is not read from the database. */
export class FieldSet {
  /** Shown is what all of them show. */
  readonly rules: readonly FieldRules[];
  /** The same for sets that hold the same: for remembering what was made with it. */
  readonly key: string;
  /** Whether nothing is withheld. */
  readonly isAll: boolean;

  constructor(rules: readonly FieldRules[]) {
    this.rules = rules.filter(({ sensitivities, only, never }) => sensitivities || only || never?.length);
    this.isAll = this.rules.length === 0;
    this.key = this.isAll ? '' : JSON.stringify(this.rules);
  }

  has(field: FieldName): boolean {
    return this.isAll || this.withheldBy(field) === null;
  }

  /** Whether a field of the program's own is shown. */
  shows(of: RecordKind, name: string): boolean {
    return this.isAll || this.has(recordField(of, name));
  }

  /** Which kind of rule takes the field away; `null`: it is shown. */
  withheldBy(field: FieldName): keyof FieldRules | null {
    for (const rule of this.rules) {
      const by = withholds(rule, field);
      if (by !== null) return by;
    }
    return null;
  }

  /** What both show. */
  and(other: FieldSet): FieldSet {
    return this.isAll ? other : other.isAll ? this : new FieldSet([...this.rules, ...other.rules]);
  }
}

/** Nothing is withheld. */
export const ALL_FIELDS = new FieldSet([]);

/** What a field tells of beside itself, by `fieldKey`: a family is called after its people. */
const TELLS_OF: Readonly<Record<string, Pick<RecordField, 'of' | 'name'>>> = {
  'group.group_name': { of: 'individual', name: 'name' },
};

function withholds({ sensitivities, only, never }: FieldRules, field: FieldName): keyof FieldRules | null {
  const tellsOf = TELLS_OF[fieldKey(field)];
  if (never && (names(never, field) || (tellsOf && names(never, tellsOf)))) return 'never';
  if (only && !names(only, field)) return 'only';
  return sensitivities && !sensitivities.includes(field.sensitivity) ? 'sensitivities' : null;
}

function names(keys: readonly string[], field: Pick<RecordField, 'of' | 'name'>): boolean {
  return keys.includes(fieldKey(field)) || keys.includes(`${field.of}.*`);
}
