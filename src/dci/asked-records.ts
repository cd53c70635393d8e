import { allOf, type Filter } from '../record/filter.js';
import { readQuery, type ReadQuery } from './query.js';
import { refusedQuery } from './query-reading.js';
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
  const asked = readAskedRegistry({ ...words, collection: readCollection(query) }, context);
  refuseUnheld(asked);
  return asked;
}

/** The records that are not answered yet. */
function refuseUnheld({ kind, record, event }: AskedRegistry): void {
  if (record === 'group') throw refusedQuery('Groups are not answered here: ask for persons');
  if (record !== 'individual') throw refusedQuery(`The registry ${kind} is not held here`);
  if (event === 'marriage') throw refusedQuery('Marriages and divorces are not held here');
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
): ReadQuery {
  const { filter, warnings } = readQuery(queryType, query, {
    eventDate: asked.event === 'death' ? 'death_date' : 'birth_date',
  });
  return { filter: narrowed(filter, asked), warnings };
}

/** A death register holds the people who died. */
function narrowed(filter: Filter, asked: AskedRegistry): Filter {
  return asked.event === 'death'
    ? allOf([filter, { kind: 'compare', attribute: 'deceased', operator: 'eq', values: [true] }])
    : filter;
}
