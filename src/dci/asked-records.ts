import { allOf, type Filter } from '../record/filter.js';
import { readQuery, type ReadQuery } from './query.js';
import type { QueryOptions } from './query-reading.js';
import type { ReadingContext } from './reading-context.js';
import { type AskedRegistry, type AskedWords, readAskedRegistry } from './registry-kind.js';
import { field, textOf, wireObject } from './wire-object.js';

/**
 * Which records of which registry are asked for, also by the `collection` inside the query. Throws a `Problem`
 * (`rjct.search_criteria.invalid`) for what is not answered here.
 */
export function readAskedRecords(
  words: Omit<AskedWords, 'collection'>,
  query: unknown,
  context: ReadingContext,
): AskedRegistry {
  return readAskedRegistry({ ...words, collection: readCollection(query) }, context);
}

/** `collection` of an expression: which records are meant, where the criteria do not say. */
function readCollection(query: unknown): string | null {
  let holder = wireObject(query);
  for (const name of ['value', 'expression']) {
    const inner = holder === null ? null : wireObject(field(holder, name));
    holder = inner ?? holder;
  }
  return holder === null ? null : textOf(field(holder, 'collection'));
}

/** The query as a filter over the records asked for. Throws as `readQuery` does. */
export function readAskedFilter(
  { queryType, query }: { readonly queryType: unknown; readonly query: unknown },
  asked: AskedRegistry,
  context: ReadingContext,
): ReadQuery {
  const { filter, warnings } = readQuery(queryType, query, queryOptions(asked, context));
  return { filter: narrowed(filter, asked), warnings };
}

/** What the words around a query, and the one who asks it, make of it. */
export function queryOptions({ kind, record, event }: AskedRegistry, context: ReadingContext): QueryOptions {
  const { catalogue, strict } = context;
  return {
    registry: kind,
    record,
    strict,
    eventDate: event === null ? 'birth_date' : EVENT_DATES[event],
    ...(catalogue === undefined ? {} : { catalogue }),
  };
}

const EVENT_DATES = { birth: 'birth_date', death: 'death_date', marriage: 'marriage_date' } as const;

/** A death register holds the people who died, a register of marriages those who married. */
function narrowed(filter: Filter, { event }: AskedRegistry): Filter {
  switch (event) {
    case 'death':
      return allOf([filter, { kind: 'compare', attribute: 'deceased', operator: 'eq', values: [true] }]);
    case 'marriage':
      return allOf([filter, { kind: 'compare', attribute: 'marriage_date', operator: 'ge', values: ['0001-01-01'] }]);
    case 'birth':
    case null:
      return filter;
  }
}
