import type { Json, JsonObject } from '../../record/json.js';
import { readPartialDate } from '../../record/partial-date.js';
import type { Reference, RegistryRecord } from '../../record/registry-record.js';
import { isUuid } from '../../record/uuid.js';
import { type CodeList, readCode } from '../vocabulary/code-list.js';
import { field, listOf, numberOf } from '../wire-object.js';
import { cleanText } from './clean-text.js';

/** What is wrong with a record: a sentence without the value itself. */
export interface RecordProblem {
  readonly field: string;
  readonly message: string;
}

const DAY_MONTH_YEAR = /^(\d{2})\.(\d{2})\.(\d{4})$/u;
const WITH_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:?\d{2})?$/u;

/**
 * The reading of one line: what it comes to and what is wrong with it. Readers go on behind a problem, so that all of a
 * line's problems are told at once.
 */
export class LineReading {
  readonly problems: RecordProblem[] = [];
  /** In the order in which they must be written; the same one is there once. */
  readonly records: RegistryRecord[] = [];
  readonly #seen = new Set<string>();

  constructor(
    /** `YYYY-MM-DD`. */
    readonly today: string,
  ) {}

  refuse(name: string, message: string): void {
    this.problems.push({ field: name, message });
  }

  add(record: RegistryRecord): void {
    const key = JSON.stringify(record);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.records.push(record);
  }

  /** A text; absent where nothing is said. Problems name `name`. */
  text(name: string, written: unknown): string | undefined {
    if (written === undefined || written === null || written === '') return undefined;
    const text = cleanText(written);
    if (text !== null) return text;
    this.refuse(name, 'The value is not a text');
    return undefined;
  }

  /** A code of the list or one of a country's own, given as code or label. */
  code(name: string, list: CodeList, written: unknown): string | undefined {
    if (written === undefined || written === null || written === '') return undefined;
    const code = readCode(list, written);
    if (code !== null && code.length <= MAX_CODE) return code;
    this.refuse(name, 'The value is not a code');
    return undefined;
  }

  number(name: string, written: unknown): number | undefined {
    if (written === undefined || written === null || written === '') return undefined;
    const number = numberOf(written);
    if (number !== null) return number;
    this.refuse(name, 'The value is not a number');
    return undefined;
  }

  /** A day, `YYYY-MM-DD`, out of any of the spellings of a date. */
  day(name: string, written: unknown): string | undefined {
    if (written === undefined || written === null || written === '') return undefined;
    const date = readPartialDate((cleanText(written) ?? '').replace(DAY_MONTH_YEAR, '$3-$2-$1'));
    if (date?.precision === 'day') return date.date;
    this.refuse(name, 'The value is not a day of the calendar: write YYYY-MM-DD');
    return undefined;
  }

  /** Days of a list; `undefined` where the list is absent or empty. */
  days(name: string, written: unknown): readonly string[] | undefined {
    const days = listOf(written).flatMap((one) => this.day(name, one) ?? []);
    return days.length === 0 ? undefined : days;
  }

  /** An instant with its zone; one without a zone is taken as UTC, a day as its beginning. */
  instant(name: string, written: unknown): string | undefined {
    if (written === undefined || written === null || written === '') return undefined;
    const text = cleanText(written) ?? '';
    const [, date, time, zone] = WITH_TIME.exec(text) ?? [];
    if (time === undefined) {
      const day = this.day(name, text);
      return day === undefined ? undefined : `${day}T00:00:00Z`;
    }
    const offset = (zone ?? 'Z').toUpperCase().replace(/^(.\d{2})(\d{2})$/u, '$1:$2');
    const instant = `${date ?? ''}T${time}${offset}`;
    if (readPartialDate(date ?? '') !== null && !Number.isNaN(Date.parse(instant))) return instant;
    this.refuse(name, 'The value is not a moment: write YYYY-MM-DDThh:mm:ssZ');
    return undefined;
  }
}

const MAX_CODE = 255;

/** Our id out of `@id`, where it is one that `writeRecord` wrote. */
export function ownId(record: JsonObject): string | undefined {
  const id = cleanText(field(record, '@id'))?.replace(/^urn:uuid:/iu, '') ?? '';
  return isUuid(id) ? id.toLowerCase() : undefined;
}

/** Whether the reference points at somebody. */
export function isReference({ id, identifiers = [] }: Reference): boolean {
  return id !== undefined || identifiers.length > 0;
}

/** The first of the named fields that says something, as JSON. */
export function jsonField(record: JsonObject, ...names: readonly string[]): Json | undefined {
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** The value as a list; a lone value is a list of one, an absent one is empty. */
export function jsonList(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null || value === '') return [];
  return isList(value) ? value : [value];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The fields that say something: absent ones are left out. */
export function said<Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  const kept: { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } = {};
  return Object.assign(kept, Object.fromEntries(entries));
}
