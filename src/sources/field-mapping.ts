import { findAttribute } from '../record/catalogue.js';
import { type IndividualRecord, type RecordPlace } from '../record/individual-record.js';
import { type DataSource } from './data-source.js';

type Mappings = DataSource['fieldMappings'];

/**
 * A record of the source under the names that we know: each key that a mapping names as the source's becomes our name,
 * at every depth (parents, places and identifiers are records within the record). Where the source sends both names,
 * the mapped one counts.
 */
export function renameRecordFields(value: unknown, mappings: Mappings): unknown {
  const ours = new Map(Object.entries(mappings).map(([clientField, serverField]) => [serverField, clientField]));
  return ours.size === 0 ? value : renameKeys(value, ours);
}

function renameKeys(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const taken = new Set(entries.map(([key]) => names.get(key)));
  return Object.fromEntries(
    entries
      .filter(([key]) => names.has(key) || !taken.has(key))
      .map(([key, inner]) => [names.get(key) ?? key, renameKeys(inner, names)]),
  );
}

/** A record that was read under our names, with pointers into what the source sent: what it told of relatives as well. */
export function withSentPointers(read: IndividualRecord, sent: unknown, mappings: Mappings): IndividualRecord {
  const resent = (record: IndividualRecord): IndividualRecord => withSentPointers(record, sent, mappings);
  const { told, parents, marriages, children } = read;
  return {
    ...read,
    ...(told && { told: { ...told, pointers: sentPointers(told.pointers, sent, mappings) } }),
    parents: parents.map((parent) => ({ ...parent, record: resent(parent.record) })),
    ...(marriages && {
      marriages: marriages.map((one) => (one.spouse ? { ...one, spouse: resent(one.spouse) } : one)),
    }),
    ...(children && { children: children.map(resent) }),
  };
}

function sentPointers(pointers: RecordPlace['pointers'], sent: unknown, mappings: Mappings): RecordPlace['pointers'] {
  return Object.fromEntries(
    Object.entries(pointers).map(([field, pointer]) => [field, sentPointer(pointer, sent, mappings)]),
  );
}

/** The names of our own that the reader knows need no escape; those of a source may (RFC 6901, 3). */
function sentPointer(pointer: string, sent: unknown, mappings: Mappings): string {
  let value = sent;
  let at = '';
  for (const name of pointer.split('/').slice(1)) {
    const object: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
    const theirs = mappings[name];
    const used = theirs !== undefined && Object.hasOwn(object, theirs) ? theirs : name;
    at += `/${used.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    value = object[used];
  }
  return at;
}

/**
 * A message to the source under its own names: the attributes of predicates, expressions and sorts that mean a mapped
 * field. Fields mean the same under each of their spellings (`birthdate`, `birth_date`, `dob`).
 */
export function renameQueryAttributes(message: object, mappings: Mappings): unknown {
  const theirs = new Map(Object.entries(mappings).map(([clientField, field]) => [meaning(clientField), field]));
  return theirs.size === 0 ? message : renameAttributes(message, (field) => theirs.get(meaning(field)) ?? field);
}

function renameAttributes(value: unknown, rename: (field: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameAttributes(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      if ((key === 'attribute_name' || key === 'attribute') && typeof inner === 'string') return [key, rename(inner)];
      return [key, key === 'expression' ? renameConditions(inner, rename) : renameAttributes(inner, rename)];
    }),
  );
}

/** In an expression attributes are keys: `{ query: { $and: [{ birth_date: { $gte: "2020-01-01" } }] } }`. */
function renameConditions(value: unknown, rename: (field: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameConditions(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) =>
      key === 'query' || key.startsWith('$') ? [key, renameConditions(inner, rename)] : [rename(key), inner],
    ),
  );
}

function meaning(field: string): string {
  return findAttribute(field)?.name ?? field;
}
