/** Code list of the standard (`SexCategoryEnum`). `null` elsewhere means "not known to us". */
export const SEXES = ['male', 'female', 'other', 'unknown'] as const;
export type Sex = (typeof SEXES)[number];

/** A number or code that some authority gave to a person: type (`BRN`, `NID`, `UIN`, ...) and value. */
export interface Identifier {
  readonly type: string;
  readonly value: string;
}

/** Name parts as written. A part that a person does not have is `null`, never an empty string. */
export interface PersonName {
  readonly given: string | null;
  readonly middle: string | null;
  readonly family: string | null;
}

/** How much of a date is known. */
export const DATE_PRECISIONS = ['day', 'month', 'year'] as const;
export type DatePrecision = (typeof DATE_PRECISIONS)[number];

/** A calendar date that may be known only to the month or to the year. */
export interface PartialDate {
  /** `YYYY-MM-DD`; the first day of the period where the precision is coarser than a day. */
  readonly date: string;
  readonly precision: DatePrecision;
}

/** An individual as the registry holds it, or as much of it as the caller is shown. Ids are UUIDs. */
export interface Individual {
  readonly id: string;
  readonly name: PersonName;
  readonly sex: Sex | null;
  readonly birthDate: PartialDate | null;
  readonly deathDate: PartialDate | null;
  /** May be true without a known date of death; `null`: not shown. */
  readonly deceased: boolean | null;
  readonly birthLocationId: string | null;
  /** What was said of the birth place in words: a home address, a place outside the tree. */
  readonly birthPlaceText: string | null;
  readonly homeLocationId: string | null;
  readonly homePlaceText: string | null;
  /** This and the next: `null` where they are not shown. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** The name as one line in the order given, middle, family; `null` when no part is known. */
export function fullName(name: PersonName): string | null {
  const parts = [name.given, name.middle, name.family].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

/**
 * The form under which two identifier values of one type are the same: NFKC, no outer or repeated blanks, upper case.
 * Civil registers compare registration numbers without case (OpenCRVS does), and people type blanks.
 */
export function identifierKey(value: string): string {
  return PLAIN.test(value) ? value : plainKey(value);
}

/** Nearly every value is its own key already, and seeing so is far cheaper than making it. */
const PLAIN = /^[\x21-\x60\x7b-\x7e]+$/u;

function plainKey(value: string): string {
  return value.normalize('NFKC').trim().replace(/\s+/gu, ' ').toUpperCase();
}

/** What makes two identifiers the same, as one text: the type and the key of the value. */
export function typedKey({ type, value }: Identifier): string {
  return typedKeyOf(type, identifierKey(value));
}

/** As `typedKey`, of a value whose `identifierKey` is known. No text that is stored holds a NUL character. */
export function typedKeyOf(type: string, valueKey: string): string {
  return `${type}\u0000${valueKey}`;
}
