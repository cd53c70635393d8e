import type { Attribute } from '../record/attributes.js';
import type { AttributeValue } from '../record/filter.js';
import type { PartialDate } from '../record/individual.js';
import { readPartialDate } from '../record/partial-date.js';
import { readSex } from './sex.js';
import { type CodeList, readCode } from './vocabulary/code-list.js';
import {
  DISABILITY_LEVEL,
  DISABILITY_STATUS,
  IMPAIRMENT_CAUSE,
  IMPAIRMENT_LEVEL,
  IMPAIRMENT_TYPE,
} from './vocabulary/disability-codes.js';
import { CROP_TYPE, FARM_TYPE, IRRIGATION_WATER, LAND_TENURE } from './vocabulary/farm-codes.js';
import { ASSISTANCE_UNIT, MARITAL_STATUS } from './vocabulary/person-codes.js';
import { ENROLMENT_STATUS } from './vocabulary/programme-codes.js';
import { INSTANT_FORM, readInstant } from './instant.js';
import { refusedValue } from './query-reading.js';
import { codeOf, numberOf, textOf } from './wire-object.js';

/** Numbers that every number column can be compared with. */
const MAX_NUMBER = 2_147_483_647;
const MAX_TEXT = 500;

/** A value that stands for a span, both ends included: `2021` is all of 2021. */
export interface ValueSpan {
  readonly first: AttributeValue;
  readonly last: AttributeValue;
}

/** A single value, or a span where a date or an instant was given less exactly than the attribute holds it. */
export type ReadValue = { readonly value: AttributeValue } | ValueSpan;

/** Reads one wire value as the attribute's type; throws `rjct.filter.invalid`. */
export function readAttributeValue(attribute: Attribute, written: unknown): ReadValue {
  switch (attribute.type) {
    case 'date':
      return dateValue(attribute.name, written);
    case 'instant':
      return instantValue(attribute.name, written);
    case 'number':
      return { value: number(attribute, written) };
    case 'boolean':
      return { value: truth(attribute.name, written) };
    case 'code':
      return { value: code(attribute, written) };
    case 'text':
      return { value: text(attribute.name, written) };
  }
}

function lastDay({ date, precision }: PartialDate): string {
  if (precision === 'day') return date;
  const last = new Date(0);
  last.setUTCFullYear(Number(date.slice(0, 4)), precision === 'year' ? 12 : Number(date.slice(5, 7)), 0);
  return last.toISOString().slice(0, 10);
}

function partialDate(name: string, written: unknown): PartialDate {
  const text = codeOf(written);
  const date = text === null ? null : readPartialDate(text);
  if (date === null) throw refusedValue(`The value of ${name} is not a date: write it as YYYY-MM-DD`);
  return date;
}

function dateValue(name: string, written: unknown): ReadValue {
  const date = partialDate(name, written);
  return date.precision === 'day' ? { value: date.date } : { first: date.date, last: lastDay(date) };
}

function instantValue(name: string, written: unknown): ReadValue {
  const text = codeOf(written);
  const instant = text === null ? null : readInstant(text);
  if (instant !== null) return { value: instant.toISOString() };
  if (text !== null && text.includes(':')) {
    throw refusedValue(`The value of ${name} is not ${INSTANT_FORM}`);
  }
  const date = partialDate(name, written);
  return { first: `${date.date}T00:00:00.000Z`, last: `${lastDay(date)}T23:59:59.999999Z` };
}

/** Columns that count something; everything else can be a decimal. */
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['age', 'year_of_birth', 'group_size']);

function number({ name, storage }: Attribute, written: unknown): number {
  const value = numberOf(written);
  const whole = storage.kind === 'column' && WHOLE_NUMBERS.has(name);
  if (value === null || Math.abs(value) > MAX_NUMBER || (whole && !Number.isInteger(value))) {
    throw refusedValue(`The value of ${name} is not a ${whole ? 'whole ' : ''}number`);
  }
  return value;
}

function truth(name: string, written: unknown): boolean {
  if (typeof written === 'boolean') return written;
  const word = textOf(written)?.toLowerCase();
  if (word === 'true' || word === 'yes' || word === '1') return true;
  if (word === 'false' || word === 'no' || word === '0') return false;
  throw refusedValue(`The value of ${name} is neither true nor false`);
}

/** The published lists whose labels stand for codes in questions, by the attribute that has the code. */
const CODE_LISTS: ReadonlyMap<string, CodeList> = new Map([
  ['marital_status', MARITAL_STATUS],
  ['farm_type', FARM_TYPE],
  ['land_tenure', LAND_TENURE],
  ['crop_type', CROP_TYPE],
  ['irrigation_type', IRRIGATION_WATER],
  ['disability_status', DISABILITY_STATUS],
  ['disability_level', DISABILITY_LEVEL],
  ['impairment_type', IMPAIRMENT_TYPE],
  ['impairment_level', IMPAIRMENT_LEVEL],
  ['impairment_cause', IMPAIRMENT_CAUSE],
  ['enrolment_status', ENROLMENT_STATUS],
]);

/** Group kinds by the code of the standard's list. */
const GROUP_KINDS: Readonly<Record<string, string>> = { '2': 'household', '3': 'family' };

/** The code as the catalogue spells it; where the catalogue lists none, as it is written. */
function code(attribute: Attribute, written: unknown): string {
  const { name, codes } = attribute;
  const meant = meantCode(name, written);
  if (codes === undefined && meant !== null && meant.length <= MAX_TEXT) return meant;
  const known = codes?.find((one) => one.toLowerCase() === meant?.toLowerCase());
  if (known === undefined) {
    throw refusedValue(
      codes === undefined
        ? `The value of ${name} is not a code`
        : `The value of ${name} is not one of ${codes.join(', ')}`,
    );
  }
  return known;
}

function meantCode(name: string, written: unknown): string | null {
  const word = codeOf(written);
  if (word === null) return null;
  if (name === 'sex') return readSex(word);
  if (name === 'group_type') {
    const kind = readCode(ASSISTANCE_UNIT, word) ?? '';
    return GROUP_KINDS[kind] ?? word;
  }
  const list = CODE_LISTS.get(name);
  return list === undefined ? word : readCode(list, word);
}

/** The code and the words that may stand for it where records are kept as they were given. */
export function wordsOf({ name, storage }: Attribute, value: AttributeValue): readonly AttributeValue[] {
  const list = storage.kind === 'json' && storage.list ? CODE_LISTS.get(name) : undefined;
  return list === undefined ? [value] : [value, ...(list[String(value)] ?? [])];
}

function text(name: string, written: unknown): string {
  const word = codeOf(written);
  if (word === null || word.length > MAX_TEXT) {
    throw refusedValue(`The value of ${name} is not a text of 1 to ${MAX_TEXT} characters`);
  }
  return word.normalize('NFC');
}
