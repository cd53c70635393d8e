import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import type { Filter } from '../../record/filter.js';
import type { NumberedPage } from '../../record/page.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import type { Sort } from '../../record/sort.js';
import { compileFilter, compileVisible } from './compile-filter.js';
import { countRows, MAXIMUM_PAGE_SIZE, type OrderedRead, readWindow } from './keyset.js';
import { naturalOrder, orderOf } from './record-order.js';
import { RECORD_TABLES } from './record-tables.js';

/** Which records, of those that the caller may see. */
export interface RecordQuery {
  readonly record: RecordKind;
  readonly filter: Filter;
  /** Which people the caller may see; it also guards what is about them, and groups by their members. */
  readonly visible: Filter;
  /** Empty: the order that costs least, the same for every page of one filter. */
  readonly sort: readonly Sort[];
}

/** Which page of them. */
export interface RecordPageQuery extends RecordQuery {
  readonly page: NumberedPage;
  /** The page begins behind the record that this cursor marks, and `page.number` says nothing. */
  readonly after?: string | undefined;
  /** `null` counts all. Default 10,000. */
  readonly countCap?: number | null | undefined;
  /** What an earlier page counted; nothing is then counted again. */
  readonly knownTotal?: number | undefined;
}

/** A page of a list and its place in it. */
export interface FoundPage<Item> {
  readonly items: readonly Item[];
  /** How many match; one more than `countCap` where there are more. */
  readonly total: number;
  /** Marks the last record; `null` on an empty page. */
  readonly lastCursor: string | null;
  readonly hasMore: boolean;
}

/** Rows that a page by number may lie behind: what comes before is read and thrown away. */
const MOST_ROWS_SKIPPED = 10_000;
/** Matches that are counted where the caller does not say. */
const MOST_COUNTED = 10_000;

/**
 * The ids of one page of the records that the filter asks for. Pages count from 1. Names order without case; unknown
 * values come last in either direction; the id decides where all else is equal.
 *
 * Throws `PAGE_INVALID`, `CURSOR_INVALID`, `FILTER_VALUE_INVALID`, `rjct.sort.invalid`, and
 * `rjct.search.too_many_records_found` for a page by number that lies too far behind.
 */
export function findRecordPage(db: Queryable, query: RecordPageQuery): Promise<FoundPage<string>> {
  return readRecordPage(
    db,
    query,
    (read) => read,
    ({ id }: { id: string }) => id,
  );
}

/** As `findRecordPage`, with more of each record than its id: `select` gives the statement its columns. */
export async function readRecordPage<Row extends QueryResultRow, Item>(
  db: Queryable,
  query: RecordPageQuery,
  select: (read: OrderedRead) => OrderedRead,
  readRow: (row: Row) => Item,
): Promise<FoundPage<Item>> {
  const { after, page, knownTotal, countCap = MOST_COUNTED } = query;
  const offset = after === undefined ? offsetOf(page) : 0;
  if (!isPageSize(page.size)) throw badPage();
  const read = recordRead(query);
  const window = { size: page.size, offset, after };
  const { items, hasMore, lastCursor } = await readWindow(db, select(read), window, readRow);
  // A page that is not the last says nothing of the end, nor does an empty one that is not the first.
  const isEnd = after === undefined && !hasMore && (items.length > 0 || offset === 0);
  const total = knownTotal ?? (isEnd ? offset + items.length : await countRows(db, read, countCap ?? undefined));
  return { items, total, lastCursor, hasMore };
}

/** The statement's fixed parts. The visible filter stands beside the caller's, so that nothing in it can widen it. */
export function recordRead({ record, filter, visible, sort }: RecordQuery): OrderedRead {
  const parameters: unknown[] = [];
  const conditions = [
    compileVisible(visible, parameters, record),
    compileFilter(filter, parameters, { record, visible }),
  ];
  const { alias, from } = RECORD_TABLES[record];
  return {
    from,
    columns: `${alias}.id`,
    where: conditions.map((condition) => `(${condition})`).join(' and '),
    parameters,
    onePlan: [visible, filter].every(hasOnePlan),
    keys: orderOf(sort.length === 0 ? naturalOrder(filter, record) : sort, record),
  };
}

/** Whether one plan is good for all values that the filter may have. */
export function hasOnePlan(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.every(hasOnePlan);
    case 'not':
      return hasOnePlan(filter.filter);
    case 'compare':
    case 'identifier':
    case 'member_of':
    case 'is_mother':
    case 'ids':
      return true;
    case 'within':
    case 'birth_place_type':
    case 'from_source':
    case 'in_programme':
    case 'name_contains':
      return false;
  }
}

function isPageSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAXIMUM_PAGE_SIZE;
}

function badPage(): Problem {
  return new Problem('PAGE_INVALID', `Pages count from 1 and have 1 to ${String(MAXIMUM_PAGE_SIZE)} records.`);
}

function offsetOf({ size, number }: NumberedPage): number {
  if (!isPageSize(size) || !Number.isInteger(number) || number < 1) throw badPage();
  const offset = (number - 1) * size;
  if (offset > MOST_ROWS_SKIPPED) {
    throw new Problem(
      'rjct.search.too_many_records_found',
      `Only the first ${String(MOST_ROWS_SKIPPED)} matches can be paged through: narrow the search, for instance by birth date.`,
    );
  }
  return offset;
}
