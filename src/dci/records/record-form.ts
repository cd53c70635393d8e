import type { RecordForm } from '../dialects/dialect.js';
import { field, textOf, wireObject, type WireObject } from '../wire-object.js';

/** Fields that hold a day, or a list of days. */
const DAYS: ReadonlySet<string> = new Set([
  'birth_date',
  'death_date',
  'marriage_date',
  'divorce_date',
  'enrollment_date',
  'status_change_date',
  'benefit_date',
]);
/** Fields that hold a place. */
const PLACES: ReadonlySet<string> = new Set(['birth_place', 'death_place']);
const ADDRESS_LINES: ReadonlyMap<string, string> = new Map([
  ['address_line_1', 'address_line1'],
  ['address_line_2', 'address_line2'],
]);

/**
 * A record as it was written, with its addresses and dates in the form that the dialect wants. Identifiers stay a list:
 * the one object of the published example would leave out all but one of them.
 */
export function inForm(record: WireObject, form: RecordForm): WireObject {
  const isOfVocabularies = form.addresses === 'list' && form.dates === 'day';
  if (isOfVocabularies && form.identifiers === 'identifier' && form.places === 'object') return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, unknown] => {
      if (name === 'identifier' && Array.isArray(value)) return [form.identifiers, value];
      if (PLACES.has(name) && form.places === 'id') return [name, placeId(value) ?? partInForm(value, form)];
      if (DAYS.has(name) && form.dates === 'instant') return [name, asInstants(value)];
      if (name === 'address' && form.addresses === 'one') return [name, oneAddress(value)];
      return [name, partInForm(value, form)];
    }),
  );
}

function partInForm(value: unknown, form: RecordForm): unknown {
  if (Array.isArray(value)) return value.map((part) => partInForm(part, form));
  const object = wireObject(value);
  return object === null ? value : inForm(object, form);
}

/** The id of a place that has one of its own. */
function placeId(value: unknown): string | null {
  const place = wireObject(value);
  return place === null ? null : (textOf(field(place, '@id', 'identifier'))?.replace(/^urn:uuid:/u, '') ?? null);
}

/** A day of which only the year or the month is known stays as it is: no instant says that. */
function asInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asInstants);
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/u.test(value) ? `${value}T00:00:00Z` : value;
}

/** A record has one address at most. */
function oneAddress(value: unknown): unknown {
  const address = wireObject(Array.isArray(value) ? value[0] : value);
  if (address === null) return value;
  return Object.fromEntries(Object.entries(address).map(([name, part]) => [ADDRESS_LINES.get(name) ?? name, part]));
}
