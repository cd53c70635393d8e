import { type RelationshipType } from '../../record/group.js';
import { type PartialDate } from '../../record/individual.js';
import { addDays } from '../../record/partial-date.js';
import { type IndividualToWrite, type Marriage } from '../../record/registry-record.js';
import {
  addIdentifiers,
  type Batch,
  findPlace,
  findReferred,
  findSubject,
  idForNew,
  kept,
  mergeAttributes,
  readInstant,
  readText,
  type RecordRefused,
  refusal,
  type Taken,
} from './write-batch.js';
import { newId } from '../write-id.js';
import { parentalTypeOf } from '../write-sources/write-person.js';
import { type IndividualValues, PersonRow } from './write-values.js';

/** Takes one person's record into the batch: all of it or, when a refusal is thrown, nothing of it. */
export function takeIndividual(batch: Batch, record: IndividualToWrite): Taken {
  if (batch.erased.hasPerson(record)) {
    const reason = 'The person was erased, and comes back only when an operator lifts the erasure';
    throw refusal('PERSON_ERASED', reason);
  }
  const held = findSubject('person', batch.people, record, batch.unknownIds);
  if (held !== null && batch.heldFacts === 'keep') return kept(held);
  const person = held ?? new PersonRow(idForNew(record.id), null, emptyPerson());
  const birth = findPlace(batch, record.birthPlace, 'birthPlace');
  const death = findPlace(batch, record.deathPlace, 'deathPlace');
  const home = findPlace(batch, record.homePlace, 'homePlace');
  const life = readLife(person.values, record);
  checkMarriages(record.marriages);
  const parents = planParents(batch, person, record.parents ?? []);

  batch.people.byId.set(person.id, person);
  const changes = [
    addIdentifiers(batch.people, person, record.identifiers),
    person.take('givenName', readText(record.givenName)),
    person.take('middleName', readText(record.middleName)),
    person.take('familyName', readText(record.familyName)),
    person.take('sex', record.sex),
    person.take('birthDate', life.birthDate),
    person.take('deathDate', life.deathDate),
    person.take('deceased', life.deceased),
    person.take('birthLocation', birth?.location),
    person.take('birthPlaceText', birth?.text),
    person.take('deathLocation', death?.location),
    person.take('deathPlaceText', death?.text),
    person.take('homeLocation', home?.location),
    person.take('homePlaceText', home?.text),
    person.take('maritalStatus', record.maritalStatus),
    person.take('phoneNumbers', record.phoneNumbers),
    person.take('emails', record.emails),
    person.take('attributes', mergeAttributes(person.values.attributes, record.attributes)),
    person.take('registeredAt', readInstant(record.registeredAt, person.values.registeredAt)),
    takeMarriages(person, record.marriages),
    takeParents(person, parents),
  ];
  return { id: person.id, isNew: held === null, isChanged: changes.includes(true) };
}

/** Birth and death as they are after the record, which may say only part of them. */
function readLife(
  held: IndividualValues,
  record: IndividualToWrite,
): Pick<IndividualValues, 'birthDate' | 'deathDate' | 'deceased'> {
  const { birthDate = held.birthDate, deathDate = held.deathDate } = record;
  if (deathDate !== null && record.deceased === false) {
    throw refusal('VALUE_UNUSABLE', 'Who has a date of death is deceased: blank the date as well', 'deceased');
  }
  const isSaid = record.birthDate !== undefined || record.deathDate !== undefined;
  if (isSaid && birthDate !== null && deathDate !== null && lastDayOf(deathDate) < birthDate.date) {
    throw refusal('VALUE_UNUSABLE', 'The death lies before the birth', 'deathDate');
  }
  return { birthDate, deathDate, deceased: deathDate !== null || (record.deceased ?? held.deceased) };
}

function lastDayOf({ date, precision }: PartialDate): string {
  if (precision === 'year') return `${date.slice(0, 4)}-12-31`;
  return precision === 'month' ? addDays(`${date.slice(0, 7)}-01`, 30) : date;
}

function checkMarriages(marriages: readonly Marriage[] = []): void {
  const days = marriages.map(({ marriedOn }) => marriedOn);
  if (new Set(days).size < days.length) {
    throw refusal('VALUE_UNUSABLE', 'Two marriages have the same day', 'marriages');
  }
  if (marriages.some(({ marriedOn, divorcedOn }) => divorcedOn !== null && divorcedOn < marriedOn)) {
    throw refusal('VALUE_UNUSABLE', 'A divorce lies before its marriage', 'marriages');
  }
}

/** All marriages are said at once: those that are not among them go. */
function takeMarriages(person: PersonRow, said: readonly Marriage[] | undefined): boolean {
  if (said === undefined) return false;
  const before = [...person.marriages].map(([marriedOn, { divorcedOn }]) => ({ marriedOn, divorcedOn }));
  const endings = new Map(said.map(({ marriedOn, divorcedOn }) => [marriedOn, divorcedOn]));
  let isChanged = false;
  for (const [marriedOn, marriage] of person.marriages) {
    const isGone = !endings.has(marriedOn);
    isChanged ||= marriage.isGone !== isGone;
    marriage.isGone = isGone;
  }
  for (const [marriedOn, divorcedOn] of endings) {
    const held = person.marriages.get(marriedOn);
    isChanged ||= held?.divorcedOn !== divorcedOn;
    if (held === undefined) person.marriages.set(marriedOn, { id: newId(), held: null, divorcedOn, isGone: false });
    else held.divorcedOn = divorcedOn;
  }
  if (isChanged) {
    person.changed.add('marriages');
    if (!person.before.has('marriages')) person.before.set('marriages', before);
  }
  return isChanged;
}

/** Types of the ties by the ids of the parents, as they are after the record. */
type ParentPlan = ReadonlyMap<string, RelationshipType>;

/** Who the parents are is never guessed: where the record contradicts what is held, it is refused. */
function planParents(batch: Batch, child: PersonRow, said: NonNullable<IndividualToWrite['parents']>): ParentPlan {
  const plan = new Map(child.parents.map(({ parentId, type }) => [parentId, type]));
  const named = new Set<string>();
  for (const [index, { role, person }] of said.entries()) {
    const field = `parents.${String(index)}`;
    const parent = findReferred('person', batch.people, person, field);
    if (parent === child || parent.parents.some(({ parentId }) => parentId === child.id)) {
      throw refusal('PARENT_IS_SUBJECT', 'The parent is the person of the record, or a child of theirs', field);
    }
    const held = plan.get(parent.id) ?? 'parent_of';
    const isTaken = (type: RelationshipType): boolean =>
      [...plan].some(([id, other]) => other === type && id !== parent.id);
    const type = typeOf(role, held, parentalTypeOf(parent.values.sex), isTaken);
    if (held !== 'parent_of' && held !== type) {
      throw named.has(parent.id)
        ? refusal('PARENTS_ARE_ONE_PERSON', 'The record names one person as both parents', field)
        : differs(field);
    }
    if (type !== 'parent_of' && isTaken(type)) throw differs(field);
    named.add(parent.id);
    plan.set(parent.id, type);
    if (plan.size > Math.max(2, child.parents.length)) throw differs(field);
  }
  return plan;
}

/** Which parent: as the record says, as is held already, or as the sex tells while that place is free. */
function typeOf(
  role: 'mother' | 'father' | 'parent',
  held: RelationshipType,
  bySex: RelationshipType,
  isTaken: (type: RelationshipType) => boolean,
): RelationshipType {
  if (role !== 'parent') return role === 'mother' ? 'mother_of' : 'father_of';
  if (held !== 'parent_of') return held;
  return isTaken(bySex) ? 'parent_of' : bySex;
}

function differs(field: string): RecordRefused {
  return refusal('PARENT_DIFFERS', 'The person is held with another parent than the record says', field);
}

function takeParents(child: PersonRow, plan: ParentPlan): boolean {
  let isChanged = false;
  for (const [parentId, type] of plan) {
    const tie = child.parents.find((held) => held.parentId === parentId);
    isChanged ||= tie?.type !== type;
    if (tie === undefined) child.parents.push({ id: newId(), parentId, heldType: null, type });
    else tie.type = type;
  }
  return isChanged;
}

function emptyPerson(): IndividualValues {
  return {
    givenName: null,
    middleName: null,
    familyName: null,
    sex: null,
    birthDate: null,
    deathDate: null,
    deceased: false,
    birthLocation: null,
    birthPlaceText: null,
    deathLocation: null,
    deathPlaceText: null,
    homeLocation: null,
    homePlaceText: null,
    maritalStatus: null,
    phoneNumbers: [],
    emails: [],
    attributes: {},
    registeredAt: null,
  };
}
