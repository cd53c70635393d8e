import type { JsonObject } from '../../record/json.js';
import type { Identifier, PersonName } from '../../record/individual.js';
import {
  MARITAL_STATUSES,
  type IndividualToWrite,
  type MaritalStatus,
  type Marriage,
  type Reference,
} from '../../record/registry-record.js';
import { spdci1 } from '../dialects/spdci-1.js';
import { EDUCATION_LEVEL, EMPLOYMENT_STATUS, MARITAL_STATUS, OCCUPATION } from '../vocabulary/person-codes.js';
import { readParentRole } from '../vocabulary/kinship-codes.js';
import { codeOf, field, textOf, wireObject } from '../wire-object.js';
import { isReference, jsonField, jsonList, type LineReading, ownId, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';
import { readAttributes } from './read-attributes.js';
import { readIdentifier, readIdentifiers } from './read-identifiers.js';
import { readName } from './read-name.js';
import { readPlaceToWrite } from './read-place-to-write.js';
import { readIndividualRecord, relatedMember } from './read-record.js';
import { RecordReading } from './record-reading.js';

/**
 * Reads a person, flat or as a member of a household, and adds what the record says: the parents whom it names, then
 * the person. Returns how to point at the person; `null` where nothing tells who it is, which is a problem of the line.
 *
 * @param at where the person stands in the record: `members.2.`, or nothing.
 */
export function addPerson(record: JsonObject, reading: LineReading, at = ''): Reference | null {
  const person = flattened(record);
  const read = readIndividualRecord(person, spdci1, reading.today);
  for (const { field: name, code, message } of read.issues) {
    if (code !== 'relation_unknown' && !isOfRelative(name)) reading.refuse(at + name, message);
  }
  const reference = referenceOf(record, person, read.identifiers);
  if (!isReference(reference)) {
    reading.refuse(`${at}identifiers`, 'There is neither an identifier nor an id: the person could not be found again');
    return null;
  }
  const parents = readParents(person).filter((parent) => isReference(parent.person));
  for (const parent of parents) reading.add(personToWrite(parent.person, parent.name));

  const facts = {
    ...nameFields(read.name ?? null),
    sex: read.sex,
    birthDate: read.birthDate,
    deathDate: read.deathDate,
    deceased: read.deceased,
    birthPlace: readPlaceToWrite(`${at}birthPlace`, person, BIRTH_PLACE, reading),
    deathPlace: readPlaceToWrite(`${at}deathPlace`, person, DEATH_PLACE, reading),
    homePlace: readPlaceToWrite(`${at}homePlace`, person, HOME, reading),
    maritalStatus: readMaritalStatus(person, reading, at),
    marriages: readMarriages(person, reading, at),
    phoneNumbers: readTexts(`${at}phoneNumbers`, person, ['phone_number', 'phone_numbers', 'phone'], reading),
    emails: readTexts(`${at}emails`, person, ['email', 'emails'], reading),
    registeredAt: reading.instant(`${at}registeredAt`, jsonField(person, 'registration_date', 'sregistration_date')),
    attributes: readPersonAttributes(person, reading, at),
    parents: parents.length === 0 ? undefined : parents.map(({ role, person: whom }) => ({ role, person: whom })),
  };
  // A bare identifier only points at somebody: writing it would say nothing.
  const isSaid = Object.values(facts).some((fact) => fact !== undefined);
  if (at === '' || isSaid) reading.add({ kind: 'individual', ...reference, ...said(facts) });
  return reference;
}

const BIRTH_PLACE = ['birth_place', 'birthPlace', 'birthplace', 'place_of_birth'];
const DEATH_PLACE = ['death_place', 'deathPlace', 'deathplace', 'place_of_death'];
const HOME = ['address', 'homeLocation', 'home_location', 'homePlace'];

/** All that is said of the person in one object, wherever in the member it stands. */
function flattened(record: JsonObject): JsonObject {
  const info = jsonObject(jsonField(record, 'demographic_info'));
  if (info === null) return record;
  return { ...info, ...jsonObject(jsonField(info, 'person')), ...record };
}

function isOfRelative(name: string): boolean {
  return /^(?:mother|father|parent|relations|spouse|child)\b/u.test(name);
}

function referenceOf(record: JsonObject, person: JsonObject, identifiers: readonly Identifier[]): Reference {
  const id = ownId(record) ?? ownId(person);
  return { ...(id === undefined ? {} : { id }), ...(identifiers.length === 0 ? {} : { identifiers }) };
}

function personToWrite(reference: Reference, name: PersonName | null): IndividualToWrite {
  return { kind: 'individual', ...reference, ...said(nameFields(name)) };
}

/** Parts of the name that are not said stay as they are. */
function nameFields(name: PersonName | null) {
  return {
    givenName: name?.given ?? undefined,
    middleName: name?.middle ?? undefined,
    familyName: name?.family ?? undefined,
  };
}

interface ReadParent {
  readonly role: 'mother' | 'father' | 'parent';
  readonly person: Reference;
  readonly name: PersonName | null;
}

/** Parents by their identifiers alone, as a civil register writes them, or with their names, as members have them. */
function readParents(person: JsonObject): ReadParent[] {
  // What is wrong with a relative's name is the matter of the relative's own record.
  const quiet = new RecordReading(spdci1.record, '');
  const related = jsonList(jsonField(person, 'related_person')).flatMap((written): ReadParent[] => {
    const member = relatedMember(written);
    const own = jsonObject(jsonField(jsonObject(written) ?? {}, 'related_member'));
    if (member === null || own === null) return [];
    const reference = referenceOf(own, own, readIdentifiers(member.person, quiet));
    return [{ role: member.role, person: reference, name: readName(member.person, quiet) }];
  });
  const relations = jsonList(jsonField(person, 'relations')).flatMap((written): ReadParent[] => {
    const relation = wireObject(written);
    const word = relation === null ? null : textOf(field(relation, '@type', 'relationship_type', 'type'));
    const role = word === null ? null : readParentRole(word);
    if (relation === null || role === null) return [];
    return [{ role, person: { identifiers: readIdentifiers(relation, quiet) }, name: readName(relation, quiet) }];
  });
  const named = ['parent1_identifier', 'parent2_identifier'].flatMap((name): ReadParent[] => {
    const identifiers = jsonList(jsonField(person, name)).flatMap((written) => readIdentifier(written, quiet) ?? []);
    return [{ role: 'parent', person: { identifiers }, name: null }];
  });
  return [...related, ...relations, ...(related.length + relations.length === 0 ? named : [])];
}

function readMaritalStatus(person: JsonObject, reading: LineReading, at: string): MaritalStatus | undefined {
  const code = reading.code(`${at}maritalStatus`, MARITAL_STATUS, jsonField(person, 'marital_status'));
  if (code === undefined) return undefined;
  const status = MARITAL_STATUSES.find((one) => one === code.toUpperCase());
  if (status === undefined) reading.refuse(`${at}maritalStatus`, `The code is none of ${MARITAL_STATUSES.join(', ')}`);
  return status;
}

/**
 * The standard has two lists and does not say which divorce ended which marriage: each ends the last marriage before
 * it.
 */
function readMarriages(person: JsonObject, reading: LineReading, at: string): readonly Marriage[] | undefined {
  const name = `${at}marriages`;
  const married = reading.days(name, jsonField(person, 'marriage_date', 'marriagedate'));
  const divorced = reading.days(name, jsonField(person, 'divorce_date', 'divorcedate')) ?? [];
  if (married === undefined) {
    if (divorced.length > 0) reading.refuse(name, 'There is a divorce without the date of the marriage');
    return undefined;
  }
  const marriages = [...new Set(married)].sort().map((marriedOn) => ({ marriedOn, divorcedOn: null as string | null }));
  for (const divorcedOn of divorced.toSorted()) {
    const ended = marriages.findLast((one) => one.marriedOn <= divorcedOn && one.divorcedOn === null);
    if (ended === undefined) reading.refuse(name, 'A divorce lies before every marriage that it could have ended');
    else ended.divorcedOn = divorcedOn;
  }
  return marriages;
}

function readTexts(
  name: string,
  person: JsonObject,
  fields: readonly string[],
  reading: LineReading,
): readonly string[] | undefined {
  const texts = jsonList(jsonField(person, ...fields)).flatMap((one) => reading.text(name, one) ?? []);
  return texts.length === 0 ? undefined : [...new Set(texts)];
}

function readPersonAttributes(person: JsonObject, reading: LineReading, at: string): JsonObject | undefined {
  const name = jsonObject(jsonField(person, 'name')) ?? {};
  const [address] = jsonList(jsonField(person, ...HOME));
  const postalCode = textOf(jsonField(jsonObject(address ?? null) ?? {}, 'postal_code'));
  const coded = said({
    employment_status: reading.code(
      `${at}employment_status`,
      EMPLOYMENT_STATUS,
      jsonField(person, 'employment_status'),
    ),
    occupation: reading.code(`${at}occupation`, OCCUPATION, jsonField(person, 'occupation')),
    education_level: reading.code(`${at}education_level`, EDUCATION_LEVEL, jsonField(person, 'education_level')),
    language_code: codeOf(jsonField(person, 'language_code')) ?? undefined,
    income_level: codeOf(jsonField(person, 'income_level')) ?? undefined,
    prefix: textOf(jsonField(name, 'prefix')) ?? undefined,
    suffix: textOf(jsonField(name, 'suffix')) ?? undefined,
    maiden_name: textOf(jsonField(name, 'maiden_name')) ?? undefined,
    postal_code: postalCode ?? undefined,
  });
  return readAttributes(person, ['member'], reading, coded);
}
