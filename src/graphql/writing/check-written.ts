import { fieldKey, type FieldName, RECORD_FIELDS } from '../../record/fields.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import type { Reference, RegistryRecord } from '../../record/registry-record.js';
import { fieldOfValue } from '../attributes/attribute-field.js';
import type { GraphContext } from '../context.js';

/** Fields of records, by `fieldKey`, that a property which is written speaks of, where its own name does not say so. */
const WRITTEN: Readonly<Record<RecordKind, Readonly<Record<string, readonly string[]>>>> = {
  individual: {
    identifiers: ['individual.identifier'],
    givenName: ['individual.name'],
    middleName: ['individual.name'],
    familyName: ['individual.name'],
    sex: ['individual.sex'],
    birthDate: ['individual.birth_date'],
    deathDate: ['individual.death_date'],
    deceased: ['individual.deceased'],
    birthPlace: ['individual.birth_place'],
    deathPlace: ['individual.death_place'],
    homePlace: ['individual.location'],
    maritalStatus: ['individual.marital_status'],
    marriages: ['individual.marriages'],
    phoneNumbers: ['individual.phone_number'],
    emails: ['individual.email'],
    parents: ['individual.relationships'],
    registeredAt: ['individual.registration_date'],
  },
  group: {
    identifiers: ['group.group_identifier'],
    name: ['group.group_name'],
    groupKind: ['group.group_type'],
    place: ['group.location'],
    members: ['group.members'],
    registeredAt: ['group.registration_date'],
  },
  farmer: {
    farmType: ['farmer.farm_type'],
    farmSize: ['farmer.farm_size'],
    landTenure: ['farmer.land_tenure'],
    place: ['farmer.location'],
    registeredAt: ['farmer.registration_date'],
  },
  disability: {
    status: ['disability.disability_status'],
    level: ['disability.disability_level'],
    details: ['disability.disability_details'],
    registeredAt: ['disability.registration_date'],
  },
  enrolment: {
    programme: ['enrolment.programme'],
    status: ['enrolment.enrolment_status'],
    statusChangedOn: ['enrolment.enrolment_status'],
    enrolledOn: ['enrolment.enrolment_date'],
    benefits: ['enrolment.benefits'],
    registeredAt: ['enrolment.registration_date'],
  },
};

/** Which are no field, or looked at apart. */
const APART: ReadonlySet<string> = new Set(['kind', 'id', 'person', 'group', 'attributes']);

const BY_KEY = new Map(RECORD_FIELDS.map((field) => [fieldKey(field), field]));

/**
 * Throws `FORBIDDEN` where a record says something of a field that the caller is not shown: that saving changed nothing,
 * or that an identifier is another's, would tell what is held.
 */
export async function checkWritten({ caller, catalogue }: GraphContext, record: RegistryRecord): Promise<void> {
  const { fields } = caller.access;
  if (fields.isAll || record.kind === 'programme') return;
  const { kind, attributes = {} } = record;
  const names = Object.keys(attributes);
  const held = names.length === 0 ? null : await catalogue();
  const written = [
    ...Object.keys(record).flatMap((property) => fieldsOf(kind, property)),
    ...referencesOf(record),
    ...(held === null ? [] : names.map((name) => fieldOfValue(kind, name, held))),
  ];
  const withheld = written.find((field) => !fields.has(field));
  if (withheld === undefined) return;
  throw new Problem(
    'FORBIDDEN',
    `${fieldKey(withheld)} is not shown to this client, so that it cannot write it: leave it out, or have it granted`,
  );
}

function fieldsOf(kind: RecordKind, property: string): FieldName[] {
  if (APART.has(property)) return [];
  const keys = WRITTEN[kind][property];
  // Nothing is written of which it is not known whom it may be shown to.
  if (keys === undefined) throw new Error(`${kind}.${property} is missing among what can be written`);
  return keys.map(named);
}

function named(key: string): FieldName {
  const field = BY_KEY.get(key);
  if (field === undefined) throw new Error(`there is no field ${key}`);
  return field;
}

/** Who is pointed at by an identifier is looked for by it. */
function referencesOf(record: Exclude<RegistryRecord, { readonly kind: 'programme' }>): FieldName[] {
  const people: (Reference | undefined)[] = [];
  if (record.kind === 'individual') people.push(...(record.parents ?? []).map(({ person }) => person));
  else if (record.kind === 'group') people.push(...(record.members ?? []).map(({ person }) => person));
  else people.push(record.person);
  const groups = record.kind === 'enrolment' ? [record.group] : [];
  return [
    ...(people.some(byIdentifier) ? [named('individual.identifier')] : []),
    ...(groups.some(byIdentifier) ? [named('group.group_identifier')] : []),
  ];
}

function byIdentifier(reference: Reference | undefined): boolean {
  return (reference?.identifiers?.length ?? 0) > 0;
}
