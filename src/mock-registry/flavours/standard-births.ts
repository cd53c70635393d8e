import { type BirthRecord, writeBirthRecord } from '../birth-record.js';
import { type BirthRegister } from '../births.js';
import { dateText, dayOf } from '../calendar.js';
import { type ShownIdentifier } from '../numbers.js';
import { type Entry, type KnownNumber } from './flavour.js';

/** A registered birth in the words of the standard, before it gets the shape of a product. */
export interface StandardBirth {
  readonly id: string;
  readonly numbers: readonly KnownNumber[];
  readonly givenName: string;
  readonly familyName: string | null;
  readonly sex: string;
  readonly birthDate: string;
  /** Of the list of places; `null` for a birth at home. */
  readonly placeId: string | null;
  /** Where the home is, for a birth at home. */
  readonly containedIn: string | null;
  readonly parents: readonly KnownNumber[];
  readonly registeredAt: string;
}

/** All births in the order of their declaration, each in the shape that is given. */
export function birthEntries(register: BirthRegister, shape: (birth: StandardBirth) => object): Entry[] {
  return Array.from({ length: register.size }, (_, index): Entry => {
    const position = register.size - 1 - index;
    const birth = standardBirth(register, position);
    return {
      event: 'birth',
      numbers: birth.numbers,
      facts: {
        birth_date: birth.birthDate,
        sex: birth.sex,
        given_name: birth.givenName,
        surname: birth.familyName ?? '',
        registration_date: birth.registeredAt,
        last_updated: birth.registeredAt,
      },
      record: () => shape(standardBirth(register, position)),
    };
  });
}

function standardBirth(register: BirthRegister, position: number): StandardBirth {
  const record = writeBirthRecord(register, position);
  const declaredAt = register.timeline.declaredAt(position);
  return {
    id: register.recordId(position),
    numbers: record.identifier.map(standardNumber),
    givenName: record.givenName,
    familyName: record.familyName,
    sex: record.sex,
    birthDate: record.birthDate,
    placeId: placeText(record, 'identifier'),
    containedIn: placeText(record, 'containedInPlace'),
    // The standard tells one number of each parent and nothing else.
    parents: record.relations.flatMap(({ identifier: [first] }) =>
      first === undefined ? [] : [standardNumber(first)],
    ),
    registeredAt: dateText(dayOf(declaredAt)),
  };
}

/** What OpenCRVS calls a national number is the unique one of the standard. */
export function standardNumber({ name, identifier }: ShownIdentifier): KnownNumber {
  return { type: name === 'NID' ? 'UIN' : name, value: identifier };
}

function placeText({ birthPlace }: BirthRecord, name: string): string | null {
  const value: unknown = Object.entries(birthPlace).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : null;
}

/** A number as the standard writes it. */
export function writtenNumber({ type, value }: KnownNumber): object {
  return { identifier_type: type, identifier_value: value };
}
