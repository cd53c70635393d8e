import type { Queryable } from '../database/pool.js';
import { EVERYBODY, type Filter } from '../record/filter.js';
import type { Individual } from '../record/individual.js';
import type { NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import type { Sort } from '../record/sort.js';
import { compileFilter } from './compile-filter.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from './individual-rows.js';
import {
  countRows,
  type CursorPage,
  type ListPage,
  MAXIMUM_PAGE_SIZE,
  type OrderedRead,
  readPage,
  readSlice,
} from './keyset.js';
import { orderOf } from './record-order.js';
import { hasOnePlan } from './record-pages.js';

/** Which individuals, of those that the caller may see. */
export interface IndividualQuery {
  readonly filter: Filter;
  /** What the caller may see; part of every statement. Default: everybody. */
  readonly visible?: Filter | undefined;
}

/** Rows that a page by number may lie behind: what comes before is read and thrown away. */
const MOST_ROWS_SKIPPED = 10_000;

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

/**
 * A page by number with the number of all matches. A page beyond the end is empty. Throws `PAGE_INVALID` for a size or
 * number that is none, `rjct.search.too_many_records_found` for a page that lies too far behind.
 */
export async function findIndividualPage(
  db: Queryable,
  query: IndividualQuery & { readonly sort?: readonly Sort[] | undefined; readonly page: NumberedPage },
): Promise<{ readonly individuals: Individual[]; readonly total: number }> {
  const { size, number } = query.page;
  if (!Number.isInteger(size) || size < 1 || size > MAXIMUM_PAGE_SIZE || !Number.isInteger(number) || number < 1) {
    throw new Problem('PAGE_INVALID', `Pages count from 1 and have 1 to ${String(MAXIMUM_PAGE_SIZE)} records.`);
  }
  const offset = (number - 1) * size;
  if (offset > MOST_ROWS_SKIPPED) {
    throw new Problem(
      'rjct.search.too_many_records_found',
      `Only the first ${String(MOST_ROWS_SKIPPED)} matches can be paged through: narrow the search, for instance by birth date.`,
    );
  }
  const read = orderedRead(query, query.sort ?? []);
  const individuals = await readSlice<IndividualRow, Individual>(db, read, { size, offset }, readIndividual);
  const isLast = individuals.length < size && (individuals.length > 0 || offset === 0);
  return { individuals, total: isLast ? offset + individuals.length : await countRows(db, read) };
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
