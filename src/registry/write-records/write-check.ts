import { type RegistryRecord } from '../../record/registry-record.js';
import { isStorable, isStorableIdentifier, MAX_TEXT_LENGTH } from '../write-sources/write-clean.js';
import { type RecordRefused, refusal } from './write-batch.js';
import { isCalendarDay, isInstant } from '../queries/parameters.js';

/** Texts that no index holds, and may be long. */
const LONG_TEXTS = new Set(['description', 'text']);
/** A person has some; a list longer than this is a mistake. */
const MAX_ITEMS = 1000;
/** Of one record's attributes or list of details. */
const MAX_JSON_LENGTH = 200_000;
/** Of lists and objects within each other; what is deeper than any form is made to exhaust the reader. */
const MAX_DEPTH = 50;
const DAYS = new Set(['enrolledOn', 'statusChangedOn', 'marriedOn', 'divorcedOn', 'date']);
/** Names of texts that say nothing where they are blank, and cannot be null. */
const NEVER_BLANK = new Set(['identifier', 'programme', 'phoneNumbers', 'emails']);
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Throws a refusal when the record holds a value that the database cannot: a NUL character, an endless text, a day that
 * no calendar has. One such value would abort the batch that the record stands in.
 */
export function checkRecord(record: RegistryRecord): void {
  const { identifiers = [], registeredAt } = record.kind === 'programme' ? {} : record;
  if (!identifiers.every(isStorableIdentifier)) throw unusable('identifiers', 'is empty or too long');
  if (registeredAt !== undefined && !isInstant(registeredAt))
    throw unusable('registeredAt', 'is no instant with its zone');
  for (const [field, value] of Object.entries(record) as [string, unknown][]) {
    if (field === 'attributes' || field === 'details' || field === 'benefits') checkJson(field, value);
    else checkValue(field, field, value);
  }
}

function unusable(field: string, what: string): RecordRefused {
  return refusal('VALUE_UNUSABLE', `A value of ${field} ${what}`, field);
}

function checkJson(field: string, value: unknown): void {
  checkTexts(field, value, MAX_DEPTH);
  const text = value === undefined ? '' : JSON.stringify(value);
  if (text.length > MAX_JSON_LENGTH) throw unusable(field, `is longer than ${String(MAX_JSON_LENGTH)} characters`);
}

/** Every text at whatever depth, names of keys included. */
function checkTexts(field: string, value: unknown, depthLeft: number): void {
  if (typeof value === 'string') {
    checkText(field, value);
  } else if (typeof value === 'object' && value !== null) {
    if (depthLeft === 0) throw unusable(field, 'is nested too deeply');
    for (const [key, part] of Object.entries(value) as [string, unknown][]) {
      checkText(field, key);
      checkTexts(field, part, depthLeft - 1);
    }
  }
}

function checkText(field: string, text: string): void {
  if (text.includes('\0') || LONE_SURROGATE.test(text)) throw unusable(field, 'has a character that cannot be stored');
}

/** `name` is the property that the value stands in, `field` the property of the record. */
function checkValue(field: string, name: string, value: unknown): void {
  if (typeof value === 'string') {
    checkText(field, value);
    const isBlank = value.trim() === '';
    if (!isBlank && !isStorable(value, LONG_TEXTS.has(name) ? MAX_TEXT_LENGTH : undefined))
      throw unusable(field, 'is too long');
    if (DAYS.has(name) && !isCalendarDay(value)) throw unusable(field, 'is no day of the calendar');
    if (isBlank && NEVER_BLANK.has(name)) throw unusable(field, 'is empty');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value) || value < 0) throw unusable(field, 'is no number from 0');
  } else if (Array.isArray(value)) {
    if (value.length > MAX_ITEMS) throw unusable(field, `is a list of more than ${String(MAX_ITEMS)}`);
    for (const item of value as unknown[]) checkValue(field, name, item);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value) as [string, unknown][]) checkValue(field, key, part);
  }
}
