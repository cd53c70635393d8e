import type { Queryable } from '../database/pool.js';
import type { FieldSet } from '../record/fields.js';
import type { Filter } from '../record/filter.js';
import type { Individual } from '../record/individual.js';
import type { Sort } from '../record/sort.js';
import { compileFilter } from './queries/compile-filter.js';
import { individualColumns, type IndividualRow, readIndividual } from './individual-rows.js';
import { countRows, type CursorPage, type ListPage, type OrderedRead, readPage } from './queries/keyset.js';
import { orderOf } from './queries/record-order.js';
import { hasOnePlan } from './queries/record-pages.js';

/** Which individuals, of those that the caller may see. */
export interface IndividualQuery {
  readonly filter: Filter;
  /** Whom the caller may see; part of every statement. */
  readonly visible: Filter;
  /** What the caller is shown of them: nothing else is read. */
  readonly fields: FieldSet;
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
  query: Omit<IndividualQuery, 'fields'> & { readonly cap?: number | undefined },
): Promise<number> {
  return countRows(db, { ...conditionOf(query), from: FROM }, query.cap);
}

/** The statement's fixed parts. The visible filter stands beside the caller's, so that nothing in it can widen it. */
export function orderedRead(query: IndividualQuery, sort: readonly Sort[]): OrderedRead {
  return {
    ...conditionOf(query),
    from: FROM,
    columns: individualColumns(query.fields),
    keys: orderOf(sort, 'individual'),
  };
}

const FROM = 'individuals i';

function conditionOf({
  filter,
  visible,
}: Omit<IndividualQuery, 'fields'>): Pick<OrderedRead, 'where' | 'parameters' | 'onePlan'> {
  const parameters: unknown[] = [];
  const conditions = [compileFilter(visible, parameters), compileFilter(filter, parameters, { visible })];
  return {
    where: conditions.map((condition) => `(${condition})`).join(' and '),
    parameters,
    onePlan: [visible, filter].every(hasOnePlan),
  };
}
