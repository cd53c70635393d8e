import type { IndividualRecord, ToldMarriage } from '../../record/individual-record.js';
import { readPartialDate } from '../../record/partial-date.js';
import { KINSHIP_CODES } from '../vocabulary/kinship-codes.js';
import { codeOf, field, lastSegment, listOf, textOf, wireObject, type WireObject } from '../wire-object.js';
import { cleanText } from './clean-text.js';
import type { RecordReading } from './record-reading.js';

/** What the reader of a person does; given, because relatives are read as people are. */
export interface PeopleReader {
  readonly readPerson: (person: WireObject) => Omit<IndividualRecord, 'parents' | 'issues'>;
  readonly subjectOf: (record: WireObject) => WireObject;
}

type Relatives = Pick<IndividualRecord, 'marriages' | 'children'>;

const MARRIAGE_DATE = ['marriage_date', 'marriagedate', 'marriageDate', 'date_of_marriage'];
const DIVORCE_DATE = ['divorce_date', 'divorcedate', 'divorceDate', 'date_of_divorce'];
const SPOUSES: ReadonlySet<string> = new Set(['sps', 'spouse', 'husb', 'husband', 'wife']);
const CHILDREN: ReadonlySet<string> = new Set(['child', 'chd', 'nchild', 'son', 'sonc', 'dau', 'daughter', 'dauc']);

/**
 * Marriages and children that a record tells of. The standard says on which days somebody married, and elsewhere who the
 * spouse is: only where there is one of each is it known that they belong together. Empty where nothing is said.
 */
export function readRelatives(person: WireObject, reading: RecordReading, reader: PeopleReader): Relatives {
  const isMarriage = hasMarriageDate(person);
  const relatives = [
    ...listOf(field(person, 'related_person')).map((written) => relatedPerson(written)),
    ...listOf(field(person, 'relations')).map((written) => relation(written, isMarriage)),
  ].filter((relative) => relative !== null);
  const people = (kind: 'spouse' | 'child') =>
    relatives
      .filter((relative) => relative.kind === kind)
      .flatMap(({ person: whom }) => read(kind, whom, reading, reader));
  const marriages = joined(readMarriages(person, reading), people('spouse'));
  const children = people('child');
  return {
    ...(marriages.length === 0 ? {} : { marriages }),
    ...(children.length === 0 ? {} : { children }),
  };
}

/** Whether the record says on which day somebody married: then a relation of no kind is the one who was married. */
export function hasMarriageDate(person: WireObject): boolean {
  return field(person, ...MARRIAGE_DATE) !== undefined;
}

/** Whether a relation is a marriage partner or a child rather than a parent; of no kind, in the record of a marriage. */
export function isRelative(written: unknown, isMarriage: boolean): boolean {
  return relation(written, isMarriage) !== null;
}

interface Relative {
  readonly kind: 'spouse' | 'child';
  readonly person: WireObject;
}

function relation(written: unknown, isMarriage: boolean): Relative | null {
  const person = wireObject(written);
  if (person === null) return null;
  const word = textOf(field(person, '@type', 'relationship_type', 'type'));
  const kind = word === null ? (isMarriage ? 'spouse' : null) : kindOf(word);
  return kind === null ? null : { kind, person };
}

function relatedPerson(written: unknown): Relative | null {
  const holder = wireObject(written);
  const word = holder === null ? null : codeOf(field(holder, 'relationship_type', 'relationship'));
  const person = holder === null ? null : wireObject(field(holder, 'related_member'));
  const kind = word === null ? null : kindOf(word);
  return kind === null || person === null ? null : { kind, person };
}

function kindOf(word: string): Relative['kind'] | null {
  const key = lastSegment(word).trim().toLowerCase();
  if (SPOUSES.has(key) || key === KINSHIP_CODES.spouse.toLowerCase()) return 'spouse';
  return CHILDREN.has(key) || key === KINSHIP_CODES.child.toLowerCase() ? 'child' : null;
}

function read(
  kind: Relative['kind'],
  whom: WireObject,
  reading: RecordReading,
  { readPerson, subjectOf }: PeopleReader,
): IndividualRecord[] {
  const person = reading.within(kind, () => readPerson(subjectOf(whom)));
  if (person.identifiers.length > 0) return [{ ...person, parents: [], issues: [] }];
  reading.note(kind, 'relative_left_out', 'A spouse or child without an identifier could not be found again; left out');
  return [];
}

type Days = Omit<ToldMarriage, 'spouse'>;

/** Each divorce ends the last marriage before it. */
function readMarriages(person: WireObject, reading: RecordReading): Days[] {
  const married = readDays(person, MARRIAGE_DATE, reading).sort();
  const divorced = readDays(person, DIVORCE_DATE, reading).sort();
  return married.map((marriedOn, index): Days => {
    const next = married[index + 1];
    const divorcedOn = divorced.find((day) => day >= marriedOn && (next === undefined || day <= next));
    return { marriedOn, ...(divorcedOn === undefined ? {} : { divorcedOn }) };
  });
}

function readDays(person: WireObject, names: readonly string[], reading: RecordReading): string[] {
  const days = listOf(field(person, ...names)).flatMap((written): string[] => {
    const text = cleanText(written);
    if (text === null || reading.absentWords.includes(text)) return [];
    const date = readPartialDate(text.replace(/^(\d{2})\.(\d{2})\.(\d{4})$/u, '$3-$2-$1'));
    if (date?.precision === 'day') return [date.date];
    reading.note('marriages', 'value_unusable', 'The day of a marriage is not one of ISO 8601 and was left out');
    return [];
  });
  return [...new Set(days)];
}

function joined(days: readonly Days[], spouses: readonly IndividualRecord[]): ToldMarriage[] {
  const [only, ...further] = days.filter(({ divorcedOn }) => divorcedOn === undefined);
  const [spouse, ...others] = spouses;
  if (only === undefined || spouse === undefined || further.length > 0 || others.length > 0) {
    return [...days, ...spouses.map((one): ToldMarriage => ({ spouse: one }))];
  }
  return days.map((marriage): ToldMarriage => (marriage === only ? { ...marriage, spouse } : marriage));
}
