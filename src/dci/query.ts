import { NOBODY, type Filter } from '../record/filter.js';
import { identifierFilter } from './comparison.js';
import { readCondition } from './condition.js';
import { readIdentifierType } from './identifier-type.js';
import { readPredicate } from './predicate.js';
import { QueryReading, type QueryOptions, refusedQuery } from './query-reading.js';
import { codeOf, field, lastSegment, listOf, quoted, textOf, wireObject, type WireObject } from './wire-object.js';

/** A query as it was understood. */
export interface ReadQuery {
  readonly filter: Filter;
  /** What the caller should know of how the query was understood; sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads `query` as `idtype-value`, `predicate` or `expression`. Where `query_type` and the shape disagree the shape
 * wins: the standard gives them no discriminator, and peers mix them. An attribute that is not held here makes the
 * whole query match nobody, also under `not`; the strict refuse it.
 *
 * Throws a `Problem`: `rjct.search_criteria.invalid` for anything that cannot be understood, `rjct.filter.invalid` for a
 * value that its attribute cannot have; nothing is left out.
 */
export function readQuery(queryType: unknown, query: unknown, options: QueryOptions = {}): ReadQuery {
  const type = readQueryType(queryType);
  const reading = new QueryReading(options);
  const filter = readShape(type, query, reading);
  return reading.unanswerable.length > 0
    ? { filter: NOBODY, warnings: [...new Set([...reading.warnings, ...reading.unanswerable])] }
    : { filter, warnings: [...new Set(reading.warnings)] };
}

type QueryType = 'idtype-value' | 'predicate' | 'expression';

function readQueryType(written: unknown): QueryType | null {
  if (written === undefined || written === null || written === '') return null;
  const word = codeOf(written);
  const type = word === null ? '' : lastSegment(word).toLowerCase().replace('_', '-');
  if (type === 'idtype-value' || type === 'predicate' || type === 'expression') return type;
  throw refusedQuery(
    `query_type ${quoted(word ?? '')} is not supported: use one of idtype-value, predicate, expression`,
  );
}

function readShape(type: QueryType | null, query: unknown, reading: QueryReading): Filter {
  if (Array.isArray(query)) return readList(query, reading);
  const object = wireObject(query);
  if (object === null) {
    throw refusedQuery(query === undefined || query === null || query === '' ? 'query is missing' : 'query is a text');
  }
  if (has(object, 'expression1') || (has(object, 'attribute_name') && has(object, 'operator'))) {
    return readPredicate([object], reading);
  }
  if (isIdentifier(object)) return readIdentifier(object, reading);
  if (type === 'idtype-value') throw refusedQuery('query needs type and value');
  if (has(object, 'value') && (has(object, 'type') || Object.keys(object).length === 1)) {
    return readEnvelope(object, reading);
  }
  return readCondition(unwrapped(object), reading);
}

function readList(query: readonly unknown[], reading: QueryReading): Filter {
  const [only] = query;
  const identifier = query.length === 1 ? wireObject(only) : null;
  return identifier !== null && isIdentifier(identifier)
    ? readIdentifier(identifier, reading)
    : readPredicate(query, reading);
}

function has(object: WireObject, name: string): boolean {
  return field(object, name) !== undefined;
}

/** Words that stand in `type` for the language of the query and not for a type of identifier. */
const LANGUAGES: ReadonlySet<string> = new Set(['expression', 'predicate', 'graphql', 'sql', 'nosql']);

function language(object: WireObject): string | null {
  const word = codeOf(field(object, 'type'));
  const segment = word === null ? '' : lastSegment(word).toLowerCase();
  return LANGUAGES.has(segment) ? segment : null;
}

function isIdentifier(object: WireObject): boolean {
  if ('identifier_type' in object || 'identifier_value' in object) return true;
  if (!('type' in object) || !('value' in object) || language(object) !== null) return false;
  const value = wireObject(object.value);
  return value === null || has(value, 'id_type') || has(value, 'identifier_type') || isWrapped(value);
}

/** `{ namespace, refUri, value }`: a text that a release of 2023 wrapped. */
function isWrapped(value: WireObject): boolean {
  return has(value, 'namespace') || has(value, 'refUri');
}

function readIdentifier(object: WireObject, reading: QueryReading): Filter {
  const inner = wireObject(field(object, 'value'));
  const pair = inner !== null && !isWrapped(inner) ? inner : object;
  const word = codeOf(field(pair, 'id_type', 'identifier_type', 'type'));
  const type = word === null ? null : readIdentifierType(word);
  if (type === null) throw refusedQuery('An identifier is asked for by its type: query needs type');
  const values = listOf(field(pair, 'id_value', 'identifier_value', 'value')).map((value) => {
    const text = codeOf(value);
    if (text === null || text.length > 255) throw refusedQuery('The value of the identifier is not a short text');
    return text;
  });
  // Asking for "" would ask for everybody at some registries: here it is refused.
  if (values.length === 0) throw refusedQuery('The value of the identifier is missing');
  reading.countComparison();
  reading.countValues(values.length);
  const storage = reading.find(type)?.storage;
  return storage?.kind === 'identifier' && storage.type !== null
    ? identifierFilter(storage, values)
    : { kind: 'identifier', type, values };
}

/** `{ type, value }` around an expression or a predicate. */
function readEnvelope(object: WireObject, reading: QueryReading): Filter {
  if (language(object) === 'graphql' || language(object) === 'sql') {
    throw refusedQuery(`Queries in ${language(object)} are not supported: use idtype-value, predicate or expression`);
  }
  const value = field(object, 'value');
  if (Array.isArray(value)) return readPredicate(value, reading);
  const inner = wireObject(value);
  if (inner === null) throw refusedQuery('Queries written as text are not supported: send a predicate or expression');
  return readCondition(unwrapped(inner), reading);
}

/** The condition out of `{ expression: { collection, query } }`, `{ query }` or itself. */
function unwrapped(object: WireObject): unknown {
  const expression = field(object, 'expression');
  if (textOf(expression) !== null) {
    throw refusedQuery('Queries written as text are not supported: send the expression as an object');
  }
  const inner = wireObject(expression) ?? object;
  return field(inner, 'query') ?? withoutCollection(inner);
}

function withoutCollection(object: WireObject): WireObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'collection'));
}
