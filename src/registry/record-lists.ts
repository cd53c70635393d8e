import type { Queryable } from '../database/pool.js';
import type { Programme } from '../record/enrolment.js';
import type { FieldSet } from '../record/fields.js';
import type { Filter } from '../record/filter.js';
import { identifierKey } from '../record/individual.js';
import { countRows, type CursorPage, type ListPage, type OrderKey, readPage, totalOrder } from './queries/keyset.js';
import { storable } from './queries/parameters.js';
import { recordRead } from './queries/record-pages.js';
import { aboutColumns, type AboutRecords, PROGRAMME_COLUMNS } from './record-rows.js';

/** Which farmers, disabilities or enrolments, of those that the caller may see. */
export interface AboutQuery {
  readonly filter: Filter;
  /** Which people the caller may see; who is enrolled may be a group, which counts by its members. */
  readonly visible: Filter;
  /** What the caller is shown of them. */
  readonly fields: FieldSet;
}

/**
 * One page of the records of a kind in the order of their ids, or along the first range that the filter sets. Throws
 * `PAGE_INVALID`, `CURSOR_INVALID`, `FILTER_VALUE_INVALID`.
 */
export async function listRecords<Kind extends keyof AboutRecords>(
  db: Queryable,
  kind: Kind,
  query: AboutQuery & CursorPage,
): Promise<ListPage<AboutRecords[Kind]>> {
  const read = { ...recordRead({ record: kind, sort: [], ...query }), columns: aboutColumns(kind, query.fields) };
  return readPage<AboutRecords[Kind], AboutRecords[Kind]>(db, read, query, (row) => row);
}

/** How many records of a kind there are. */
export async function countRecords(
  db: Queryable,
  kind: keyof AboutRecords,
  query: Omit<AboutQuery, 'fields'>,
): Promise<number> {
  return countRows(db, recordRead({ record: kind, sort: [], ...query }));
}

const BY_REGISTRATION: readonly OrderKey[] = totalOrder(
  [{ name: 'created_at', expression: 'p.created_at', type: 'timestamptz', nullable: false, direction: 'asc' }],
  'p.id',
);

/** One page of the programmes, the oldest first; of those with one of the identifiers where any are named. */
export async function listProgrammes(
  db: Queryable,
  query: CursorPage & { readonly identifiers?: readonly string[] | undefined },
): Promise<ListPage<Programme>> {
  const named = query.identifiers;
  const read = {
    from: 'programmes p',
    columns: PROGRAMME_COLUMNS,
    where: named === undefined ? 'true' : 'p.identifier_key = any($1::text[])',
    parameters: named === undefined ? [] : [storable(named).map(identifierKey)],
    onePlan: true,
    keys: BY_REGISTRATION,
  };
  return readPage<Programme, Programme>(db, read, query, (row) => row);
}
