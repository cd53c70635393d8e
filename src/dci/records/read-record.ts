import type { IndividualRecord, Parent } from '../../record/individual-record.js';
import { typedKey, type PartialDate, type Sex } from '../../record/individual.js';
import { readPartialDate } from '../../record/partial-date.js';
import type { Dialect } from '../dialects/dialect.js';
import { readSex } from '../sex.js';
import { readParentRole } from '../vocabulary/kinship-codes.js';
import { codeOf, field, listOf, textOf, wireObject, type WireObject } from '../wire-object.js';
import { cleanText } from './clean-text.js';
import { readIdentifier, readIdentifiers } from './read-identifiers.js';
import { readName } from './read-name.js';
import { readPlace } from './read-place.js';
import { RecordReading } from './record-reading.js';
import { hasMarriageDate, isRelative, readRelatives } from './read-relatives.js';

/**
 * Reads one `reg_records[]` of any dialect's shape. A value that cannot be used is left out and named in `issues`; the
 * rest stands. Never throws, whatever the record holds.
 *
 * @param today `YYYY-MM-DD`, by which a date is in the future.
 * @param at JSON pointer of the record within its answer; `null`: it is not told from where values were read.
 */
export function readIndividualRecord(
  record: unknown,
  dialect: Dialect,
  today: string,
  at: string | null = null,
): IndividualRecord {
  const written = wireObject(record);
  const stand = at === null || written === null ? null : { at, saidAt: readMoment(subjectOf(written), today) };
  const reading = new RecordReading(dialect.record, today, stand);
  if (written === null) {
    reading.note('record', 'value_unusable', 'The record is not an object');
    return { identifiers: [], parents: [], issues: reading.issues };
  }
  const subject = enterSubject(written, '', reading);
  const person = readPerson(subject, reading);
  return {
    ...person,
    ...readDeath(subject, person, reading),
    parents: readParents(subject, reading),
    ...readRelatives(subject, reading, { readPerson: (one) => readPerson(one, reading), subjectOf }),
    issues: reading.issues,
  };
}

/** Who has a place of death, or a number in the register of deaths, has died, whether the day is told or not. */
function readDeath(
  person: WireObject,
  { identifiers }: Pick<IndividualRecord, 'identifiers'>,
  reading: RecordReading,
): Pick<IndividualRecord, 'deathPlace' | 'deceased'> {
  const written = field(person, 'death_place', 'deathPlace', 'deathplace', 'place_of_death');
  const deathPlace = written === undefined ? null : readPlace('deathPlace', written, reading);
  const hasDied = deathPlace !== null || identifiers.some(({ type }) => type === 'DRN');
  return { ...(deathPlace === null ? {} : { deathPlace }), ...(hasDied ? { deceased: true } : {}) };
}

/** A member of a household carries the person in `demographic_info`: both speak of the same one. */
export function subjectOf(record: WireObject): WireObject {
  const info = wireObject(field(record, 'demographic_info'));
  if (info === null) return record;
  return { ...info, ...wireObject(field(info, 'person')), ...record };
}

/** As `subjectOf`, of a record that stands there. */
function enterSubject(record: WireObject, at: string, reading: RecordReading): WireObject {
  const subject = subjectOf(record);
  const info = wireObject(field(record, 'demographic_info'));
  const person = info && wireObject(field(info, 'person'));
  reading.stands(subject, [
    { object: record, at },
    ...(person ? [{ object: person, at: `${at}/demographic_info/person` }] : []),
    ...(info ? [{ object: info, at: `${at}/demographic_info` }] : []),
  ]);
  return subject;
}

const MOMENTS = ['last_updated', 'lastUpdated', 'updated_at', 'registration_date', 'registrationDate'];
const INSTANT = /^[12]\d{3}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?$/u;

/** When the other registry last changed the record, or made it; a moment that lies in the future tells nothing. */
function readMoment(record: WireObject, today: string): string | null {
  for (const name of MOMENTS) {
    const text = textOf(record[name]);
    const moment = text !== null && INSTANT.test(text) ? new Date(text) : null;
    if (moment === null || Number.isNaN(moment.getTime())) continue;
    const instant = moment.toISOString();
    return instant.slice(0, 10) > today ? null : instant;
  }
  return null;
}

function readPerson(person: WireObject, reading: RecordReading): Omit<IndividualRecord, 'parents' | 'issues'> {
  const name = readName(person, reading);
  const sex = readSexOf(person, reading);
  const birthDate = readDate('birthDate', person, BIRTH_DATE, reading);
  const deathDate = readDate('deathDate', person, DEATH_DATE, reading);
  const deceased = deathDate !== null ? true : readDeceased(person);
  reading.trace('deceased', person, ...(deathDate === null ? DECEASED : DEATH_DATE));
  const birthPlace = readPlace('birthPlace', field(person, ...BIRTH_PLACE), reading);
  tracePlace('birth', person, BIRTH_PLACE, reading);
  const homePlace = readPlace('homePlace', field(person, ...HOME_PLACE), reading);
  tracePlace('home', person, HOME_PLACE, reading);
  const identifiers = readIdentifiers(person, reading);
  const told = reading.takeTraced();
  return {
    identifiers,
    ...(told === null ? {} : { told }),
    ...(name === null ? {} : { name }),
    ...(sex === null ? {} : { sex }),
    ...(birthDate === null ? {} : { birthDate }),
    ...(deathDate === null ? {} : { deathDate }),
    ...(deceased === null ? {} : { deceased }),
    ...(birthPlace === null ? {} : { birthPlace }),
    ...(homePlace === null ? {} : { homePlace }),
  };
}

/** An explicit `null` is noted: the other registry has the field and no value for it. */
function readSexOf(person: WireObject, reading: RecordReading): Sex | null {
  const key = ['sex', 'gender'].find((name) => Object.hasOwn(person, name) && person[name] !== '');
  if (key === undefined) return null;
  const word = codeOf(person[key]);
  if (word !== null && reading.absentWords.includes(word)) return null;
  const sex = word === null ? null : readSex(word);
  reading.trace('sex', person, key);
  if (sex === null) reading.note('sex', 'value_unusable', 'The sex is not a code of the standard and was left out');
  return sex;
}

const BIRTH_PLACE = ['birth_place', 'birthPlace', 'birthplace', 'place_of_birth'];
const HOME_PLACE = ['homeLocation', 'home_location', 'homePlace', 'address'];
const PLACE_ID = ['identifier', '@id', 'id'];

/** The id of a place, where it has one, and the place as a whole for what it says in words. */
function tracePlace(
  which: 'birth' | 'home',
  person: WireObject,
  names: readonly string[],
  reading: RecordReading,
): void {
  reading.enter(person, ...names);
  const [place] = listOf(field(person, ...names)).map(wireObject);
  if (place) reading.trace(`${which}Location`, place, ...PLACE_ID, 'containedInPlace', 'contained_in_place');
  reading.trace(`${which}Location`, person, ...names);
  reading.trace(`${which}PlaceText`, person, ...names);
}

const BIRTH_DATE = ['birth_date', 'birthdate', 'birthDate', 'date_of_birth', 'dateOfBirth', 'dob'];
const DEATH_DATE = ['death_date', 'deathdate', 'deathDate', 'date_of_death', 'dateOfDeath'];

const DAY_MONTH_YEAR = /^(\d{2})\.(\d{2})\.(\d{4})$/u;

function readDate(
  name: 'birthDate' | 'deathDate',
  person: WireObject,
  spellings: readonly string[],
  reading: RecordReading,
): PartialDate | null {
  const written = field(person, ...spellings);
  if (written === undefined || written === false) return null;
  const text = cleanText(written);
  if (text !== null && reading.absentWords.includes(text)) return null;
  const date = text === null ? null : readPartialDate(text.replace(DAY_MONTH_YEAR, '$3-$2-$1'));
  if (date === null) {
    const looksLikeDate = text !== null && /^\d{2,4}[-.]\d{2}/u.test(text);
    if (looksLikeDate) reading.note(name, 'date_impossible', 'There is no such day; the date was left out');
    else reading.note(name, 'value_unusable', 'The date is not one of ISO 8601 and was left out');
    return null;
  }
  reading.trace(name, person, ...spellings);
  if (date.date > reading.today) reading.note(name, 'date_in_future', 'The date lies in the future');
  return date;
}

const DECEASED = ['deceased', 'is_deceased'];

function readDeceased(person: WireObject): boolean | null {
  const written = field(person, ...DECEASED);
  return typeof written === 'boolean' ? written : null;
}

function readParents(person: WireObject, reading: RecordReading): Parent[] {
  const isMarriage = hasMarriageDate(person);
  reading.enter(person, 'relations');
  reading.enter(person, 'related_person');
  const related = [
    ...listOf(field(person, 'relations')).flatMap((written) =>
      isRelative(written, isMarriage) ? [] : (readRelation(written, reading) ?? []),
    ),
    ...listOf(field(person, 'related_person')).flatMap((written) => readRelated(written, reading) ?? []),
  ];
  const known = new Set(related.flatMap((parent) => parent.record.identifiers.map(typedKey)));
  const named = ['parent1_identifier', 'parent2_identifier'].flatMap((name) => {
    const identifiers = listOf(field(person, name)).flatMap(
      (written) => reading.within('parent', () => readIdentifier(written, reading)) ?? [],
    );
    if (identifiers.length === 0 || identifiers.some((one) => known.has(typedKey(one)))) return [];
    reading.trace('identifiers', person, name);
    const told = reading.takeTraced();
    return [{ identifiers, ...(told === null ? {} : { told }) }];
  });
  return [
    ...related,
    ...named.map((record): Parent => ({ role: 'parent', record: { ...record, parents: [], issues: [] } })),
  ];
}

/** A relative whose kind is exactly a parent's: a grandmother is no mother. */
function readRelation(written: unknown, reading: RecordReading): Parent | null {
  const relation = wireObject(written);
  if (relation === null) {
    reading.note('relations', 'value_unusable', 'A relation is not an object and was left out');
    return null;
  }
  const word = textOf(field(relation, '@type', 'relationship_type', 'type'));
  const role = word === null ? null : readParentRole(word);
  if (role === null) {
    reading.note('relations', 'relation_unknown', 'A relation is neither mother, father nor parent and was left out');
    return null;
  }
  return readParent(role, relation, reading);
}

/** A member's relative: children and spouses stand there by right, and say of themselves whose they are. */
function readRelated(written: unknown, reading: RecordReading): Parent | null {
  const relation = wireObject(written);
  if (relation !== null) reading.enter(relation, 'related_member');
  const related = relatedMember(written);
  return related === null ? null : readParent(related.role, related.person, reading);
}

/** The parent that a `related_person` tells of; `null` where it tells of somebody else. */
export function relatedMember(written: unknown): { readonly role: Parent['role']; readonly person: WireObject } | null {
  const relation = wireObject(written);
  const word = relation === null ? null : codeOf(field(relation, 'relationship_type', 'relationship'));
  const role = word === null ? null : readParentRole(word);
  const person = relation === null ? null : wireObject(field(relation, 'related_member'));
  return role === null || person === null ? null : { role, person: subjectOf(person) };
}

function readParent(role: Parent['role'], person: WireObject, reading: RecordReading): Parent | null {
  const record = reading.within(role, () => readPerson(person, reading));
  return record.identifiers.length === 0 && record.name === undefined
    ? null
    : { role, record: { ...record, parents: [], issues: [] } };
}
