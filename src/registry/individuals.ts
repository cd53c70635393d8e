import type { Queryable } from '../database/pool.js';
import { EVERYBODY, type Filter } from '../record/filter.js';
import type { Individual } from '../record/individual.js';
import type { Sort } from '../record/sort.js';
import { compileFilter } from './queries/compile-filter.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from './individual-rows.js';
import { countRows, type CursorPage, type ListPage, type OrderedRead, readPage } from './queries/keyset.js';
import { orderOf } from './queries/record-order.js';
import { hasOnePlan } from './queries/record-pages.js';

/** Which individuals, of those that the caller may see. */
export interface IndividualQuery {
  readonly filter: Filter;
  /** What the caller may see; part of every statement. Default: everybody. */
  readonly visible?: Filter | undefined;
}

/**
 * One page of the individuals that the filter asks for, ordered by `sort` and then by id. Names order without case;
 * unknown values come last in either direction. Throws `PAGE_INVALID`, `CURSOR_INVALID`, `FILTER_VALUE_INVALID`.
 */
export async function findIndividuals(
  db: Queryable,
  query: IndividualQuery & CursorPage & { readonly sort?: readonly Sort[] | undefined },
): Promise<ListPage<Individual>> {
  return readPage<IndividualRow, Individual>(db, orderedRead(query, query.sort ?? []), query, readIndividual);
}

/** How many individuals the filter asks for; with a `cap`, `cap + 1` where there are more. */
export async function countIndividuals(
  db: Queryable,
  query: IndividualQuery & { readonly cap?: number | undefined },
): Promise<number> {
  return countRows(db, orderedRead(query, []), query.cap);
}

/** The statement's fixed parts. The visible filter stands beside the caller's, so that nothing in it can widen it. */
export function orderedRead({ filter, visible = EVERYBODY }: IndividualQuery, sort: readonly Sort[]): OrderedRead {
  const parameters: unknown[] = [];
  const conditions = [visible, filter].map((part) => compileFilter(part, parameters));
  return {
    from: 'individuals i',
    columns: INDIVIDUAL_COLUMNS,
    where: conditions.map((condition) => `(${condition})`).join(' and '),
    parameters,
    onePlan: [visible, filter].every(hasOnePlan),
    keys: orderOf(sort, 'individual'),
  };
}
