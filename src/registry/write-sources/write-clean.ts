import { type Identifier, type PersonName } from '../../record/individual.js';
import { type IndividualRecord, type PlaceReference, type RecordIssue } from '../../record/individual-record.js';

/** Longest text that is kept in a column with a B-tree index; PostgreSQL refuses an index row of more than 2,704 bytes. */
const MAX_INDEXED_LENGTH = 500;
/** Longest text that no index holds. */
export const MAX_TEXT_LENGTH = 4000;

/**
 * The record without what the database cannot hold (the NUL character, empty or endless texts), each value that was left
 * out named as an issue: one such value would otherwise abort the page that it stands in.
 */
export function cleanRecord(record: IndividualRecord): IndividualRecord {
  if (isCleanRecord(record)) return record;
  const issues: RecordIssue[] = [];
  const cleaned = clean(record, '', issues);
  return issues.length === 0 ? cleaned : { ...cleaned, issues: [...cleaned.issues, ...issues] };
}

/** Nearly every record is. */
function isCleanRecord({
  name,
  birthPlace,
  deathPlace,
  homePlace,
  identifiers,
  parents,
  marriages,
  children,
}: IndividualRecord): boolean {
  return (
    (name === undefined || isCleanName(name)) &&
    isCleanPlace(birthPlace) &&
    isCleanPlace(deathPlace) &&
    isCleanPlace(homePlace) &&
    identifiers.every(isStorableIdentifier) &&
    parents.every((parent) => isCleanRecord(parent.record)) &&
    (marriages ?? []).every(({ spouse }) => spouse === undefined || isCleanRecord(spouse)) &&
    (children ?? []).every(isCleanRecord)
  );
}

function isCleanName({ given, middle, family }: PersonName): boolean {
  return (
    (given === null || isStorable(given)) &&
    (middle === null || isStorable(middle)) &&
    (family === null || isStorable(family))
  );
}

function isCleanPlace(place: PlaceReference | undefined): boolean {
  if (place === undefined) return true;
  return Object.values(place).every((text: unknown) => typeof text === 'string' && isStorable(text, MAX_TEXT_LENGTH));
}

function clean(record: IndividualRecord, prefix: string, issues: RecordIssue[]): IndividualRecord {
  const refuse = (field: string, what: string): void => {
    issues.push({ field: `${prefix}${field}`, code: 'value_unusable', message: `${what} cannot be stored; left out` });
  };
  const { name, birthPlace, deathPlace, homePlace, marriages, children, ...rest } = record;
  const cleanName = name && cleanParts(name, () => refuse('name', 'A part of the name'));
  const cleanBirthPlace = birthPlace && cleanPlace(birthPlace, () => refuse('birthPlace', 'A part of the birth place'));
  const cleanDeathPlace = deathPlace && cleanPlace(deathPlace, () => refuse('deathPlace', 'A part of the death place'));
  const cleanHomePlace = homePlace && cleanPlace(homePlace, () => refuse('homePlace', 'A part of the home'));
  return {
    ...rest,
    ...(cleanName ? { name: cleanName } : {}),
    ...(cleanBirthPlace ? { birthPlace: cleanBirthPlace } : {}),
    ...(cleanDeathPlace ? { deathPlace: cleanDeathPlace } : {}),
    ...(cleanHomePlace ? { homePlace: cleanHomePlace } : {}),
    identifiers: record.identifiers.filter((identifier) => {
      if (isStorableIdentifier(identifier)) return true;
      issues.push({
        field: `${prefix}identifiers`,
        code: 'identifier_unusable',
        message: 'An identifier is empty, too long or holds a character that cannot be stored; left out',
      });
      return false;
    }),
    parents: record.parents.map((parent) => ({
      ...parent,
      record: clean(parent.record, `${prefix}${parent.role}.`, issues),
    })),
    ...(marriages === undefined
      ? {}
      : {
          marriages: marriages.map(({ spouse, ...days }) =>
            spouse === undefined ? days : { ...days, spouse: clean(spouse, `${prefix}spouse.`, issues) },
          ),
        }),
    ...(children === undefined ? {} : { children: children.map((child) => clean(child, `${prefix}child.`, issues)) }),
  };
}

/** Whether the database can hold the text, and it says something. */
export function isStorable(text: string, longest = MAX_INDEXED_LENGTH): boolean {
  return text.trim() !== '' && text.length <= longest && !text.includes('\u0000');
}

/** As `isStorable`, of both parts. */
export function isStorableIdentifier({ type, value }: Identifier): boolean {
  return isStorable(type) && isStorable(value);
}

function cleanParts(name: PersonName, refuse: () => void): PersonName {
  const part = (text: string | null): string | null => {
    if (text === null || isStorable(text)) return text;
    refuse();
    return null;
  };
  return { given: part(name.given), middle: part(name.middle), family: part(name.family) };
}

function cleanPlace(place: PlaceReference, refuse: () => void): PlaceReference {
  const kept = Object.entries(place).filter(([, text]: [string, unknown]) => {
    if (typeof text === 'string' && isStorable(text, MAX_TEXT_LENGTH)) return true;
    refuse();
    return false;
  });
  return Object.fromEntries(kept);
}
