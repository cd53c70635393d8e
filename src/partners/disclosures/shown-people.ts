import type { Dialect } from '../../dci/dialects/dialect.js';
import type { IndividualAnswer } from '../../record/individual-answer.js';
import type { JsonObject } from '../../record/json.js';
import type { EnrolmentAnswer, FarmerAnswer, GroupAnswer, RecordAnswer } from '../../record/record-answer.js';
import type { Disability } from '../../record/disability.js';
import { fieldKey, RECORD_FIELDS } from '../../record/fields.js';
import type { RecordKind, RegistryKind } from '../../record/registry-kind.js';
import type { Shown } from '../../security/audit/ledger.js';

/** What the records of a registry tell of a person's relatives. */
export interface TellingOfPeople {
  /** Whether they name the parents, and nobody else, as those of a civil register do. */
  readonly ofParents: boolean;
}

/** How records of the registry tell of people; `dialect`: where it has a shape of its own for them. */
export function tellingOf(registry: RegistryKind, dialect?: Dialect): TellingOfPeople {
  return { ofParents: registry === 'crvs' || dialect?.record.shape === 'flat-names' };
}

/** Of whom these records tell, and which fields: what they really hold, not what they might. */
export function shownBy(records: readonly RecordAnswer[], telling: TellingOfPeople): Shown[] {
  const [first] = records;
  if (first === undefined) return [];
  const seen = new SeenRecords(telling);
  for (const record of records) seen.add(record);
  return [{ record: first.kind, individualIds: [...seen.people], fields: [...seen.fields] }];
}

/** The people whom such records are about, where an answer tells one fact of them alone. */
export function shownFact(records: readonly RecordAnswer[], record: RecordKind, field: string): Shown[] {
  const individualIds = [...new Set(records.flatMap(peopleOf))];
  return individualIds.length === 0 ? [] : [{ record, individualIds, fields: [field] }];
}

function peopleOf(record: RecordAnswer): readonly string[] {
  switch (record.kind) {
    case 'individual':
      return [record.individual.id];
    case 'group':
      return record.members.map(({ member }) => member.individual.id);
    case 'farmer':
    case 'disability':
      return [record.person.individual.id];
    case 'enrolment':
      return [
        ...(record.person === null ? [] : [record.person.individual.id]),
        ...(record.group?.members ?? []).map(({ member }) => member.individual.id),
      ];
  }
}

/** Whether something of a kind says anything of each of its fields. */
type Tells<Told> = readonly (readonly [field: string, holds: (told: Told) => boolean])[];

const OF_PERSON: Tells<IndividualAnswer> = [
  ['individual.name', ({ individual: { name } }) => (name.given ?? name.middle ?? name.family) !== null],
  ['individual.identifier', ({ identifiers }) => identifiers.length > 0],
  ['individual.sex', ({ individual }) => individual.sex !== null],
  ['individual.birth_date', ({ individual }) => individual.birthDate !== null],
  ['individual.birth_place', ({ individual, birthPlace }) => (birthPlace ?? individual.birthPlaceText) !== null],
  ['individual.location', ({ individual, homePlace }) => (homePlace ?? individual.homePlaceText) !== null],
  ['individual.death_date', ({ individual }) => individual.deathDate !== null],
  ['individual.deceased', ({ individual }) => individual.deceased === true],
  ['individual.death_place', ({ deathPlace, deathPlaceText }) => (deathPlace ?? deathPlaceText) !== null],
  ['individual.marital_status', ({ maritalStatus }) => maritalStatus !== null],
  ['individual.marriages', ({ marriages }) => marriages.length > 0],
  ['individual.phone_number', ({ phoneNumbers }) => phoneNumbers.length > 0],
  ['individual.email', ({ emails }) => emails.length > 0],
  ['disability.disability_status', ({ disability }) => disability !== null],
  ['disability.disability_details', ({ disability }) => (disability?.details.length ?? 0) > 0],
];

const OF_GROUP: Tells<GroupAnswer> = [
  ['group.group_name', ({ group }) => group.name !== null],
  ['group.group_type', () => true],
  ['group.group_size', () => true],
  ['group.group_identifier', ({ identifiers }) => identifiers.length > 0],
  ['group.location', ({ place, placeText }) => (place ?? placeText) !== null],
  ['group.members', ({ members }) => members.length > 0],
];

const OF_FARMER: Tells<FarmerAnswer> = [
  ['farmer.farm_type', ({ farmer }) => farmer.farmType !== null],
  ['farmer.farm_size', ({ farmer }) => farmer.farmSize !== null],
  ['farmer.land_tenure', ({ farmer }) => farmer.landTenure !== null],
  ['farmer.location', ({ farmer, place }) => (place ?? farmer.placeText) !== null],
];

const OF_DISABILITY: Tells<Disability> = [
  ['disability.disability_status', ({ status }) => status !== null],
  ['disability.disability_level', ({ level }) => level !== null],
  ['disability.disability_details', ({ details }) => details.length > 0],
];

const OF_ENROLMENT: Tells<EnrolmentAnswer> = [
  ['enrolment.programme', () => true],
  ['enrolment.enrolment_status', ({ enrolment }) => enrolment.status !== null],
  ['enrolment.enrolment_date', ({ enrolment }) => enrolment.enrolledOn !== null],
  ['enrolment.benefits', ({ enrolment }) => enrolment.benefits.length > 0],
];

/** Which field of the program's own an attribute that stands in json tells of. */
const FIELD_OF_ATTRIBUTE: ReadonlyMap<string, string> = new Map(
  RECORD_FIELDS.flatMap((field) =>
    field.attributes.map((name): [string, string] => [`${field.of}.${name}`, fieldKey(field)]),
  ),
);

/** What records were found to tell. What was found once is not looked for again: a page is quickly gone through. */
class SeenRecords {
  readonly people = new Set<string>();
  readonly fields = new Set<string>();
  readonly #attributes = new Set<string>();
  readonly #ofParents: boolean;

  constructor({ ofParents }: TellingOfPeople) {
    this.#ofParents = ofParents;
  }

  add(record: RecordAnswer): void {
    switch (record.kind) {
      case 'individual':
        this.#addPerson(record);
        return;
      case 'group':
        this.#addGroup(record);
        return;
      case 'farmer':
        this.#look(OF_FARMER, record);
        this.#lookAtAttributes('farmer', record.farmer.attributes);
        this.#addPerson(record.person);
        return;
      case 'disability':
        this.#look(OF_DISABILITY, record.disability);
        this.#lookAtAttributes('disability', record.disability.attributes);
        this.#addPerson(record.person);
        return;
      case 'enrolment':
        this.#look(OF_ENROLMENT, record);
        this.#lookAtAttributes('enrolment', record.enrolment.attributes);
        if (record.person !== null) this.#addPerson(record.person);
        if (record.group !== null) this.#addGroup(record.group);
    }
  }

  #addGroup(group: GroupAnswer): void {
    this.#look(OF_GROUP, group);
    this.#lookAtAttributes('group', group.attributes);
    for (const { member } of group.members) this.#addPerson(member);
  }

  #addPerson(person: IndividualAnswer): void {
    this.people.add(person.individual.id);
    this.#look(OF_PERSON, person);
    this.#lookAtAttributes('individual', person.attributes);
    const relatives = this.#ofParents ? person.parents : person.related;
    for (const { id, identifiers, name } of relatives) {
      this.people.add(id);
      this.fields.add('individual.relationships');
      if (identifiers.length > 0) this.fields.add('individual.identifier');
      if ((name.given ?? name.middle ?? name.family) !== null) this.fields.add('individual.name');
    }
  }

  #look<Told>(tells: Tells<Told>, told: Told): void {
    for (const [field, holds] of tells) {
      if (!this.fields.has(field) && holds(told)) this.fields.add(field);
    }
  }

  #lookAtAttributes(of: RecordKind, attributes: JsonObject): void {
    for (const name in attributes) {
      const key = `${of}.${name}`;
      if (this.#attributes.has(key)) continue;
      this.#attributes.add(key);
      this.fields.add(FIELD_OF_ATTRIBUTE.get(key) ?? key);
    }
  }
}
