import type { Queryable } from '../database/pool.js';
import type { Location } from '../record/location.js';
import { isUuid } from '../record/uuid.js';
import {
  countRows,
  type CursorPage,
  type ListPage,
  type OrderedRead,
  type OrderKey,
  readPage,
  totalOrder,
} from './queries/keyset.js';
import { readNameWords, wordsCondition } from './queries/name-words.js';
import { addingTo, storable } from './queries/parameters.js';

/** Which places of the own tree are asked for: those for which all that is given holds. An empty list is no place. */
export interface LocationFilter {
  /** Directly below one of these places. */
  readonly parentIds?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  /** Every word occurs in the name, without case. */
  readonly nameContains?: string | undefined;
  /** One of these places or anywhere below. */
  readonly within?: readonly string[] | undefined;
  /** `true`: only places that no other contains; `false`: only the others. */
  readonly root?: boolean | undefined;
}

/** One key of the order; the id comes last of itself. */
export interface LocationSort {
  readonly by: 'name' | 'type';
  readonly direction: 'asc' | 'desc';
}

const ORDERS: Readonly<Record<LocationSort['by'], Pick<OrderKey, 'expression' | 'type' | 'nullable'>>> = {
  name: { expression: 'lower(l.name)', type: 'text', nullable: false },
  type: { expression: 'l.type', type: 'text', nullable: true },
};

/** The columns of `locations` that make a Location, over alias `l`. */
export const LOCATION_COLUMNS = 'l.id, l.name, l.type, l.parent_id as "parentId"';

/** Parents before children, as the standard's list and an import of it want them. */
const SELECT_ALL_LOCATIONS = `
select ${LOCATION_COLUMNS}
from locations l
left join (select location_id, max(depth) as depth from location_ancestors group by location_id) d
  on d.location_id = l.id
order by coalesce(d.depth, 0), lower(l.name), l.id`;

const SELECT_NAMES = {
  name: 'registry-location-names',
  text: 'select id, name from locations where id = any($1::uuid[])',
};

const SELECT_LAST_UPDATE = 'select max(updated_at) as last_updated from locations';

/** One page of places, ordered by `sort` and then by id. Throws `PAGE_INVALID`, `CURSOR_INVALID`, `FILTER_VALUE_INVALID`. */
export async function findLocations(
  db: Queryable,
  query: CursorPage & {
    readonly filter?: LocationFilter | undefined;
    readonly sort?: readonly LocationSort[] | undefined;
  },
): Promise<ListPage<Location>> {
  const read = locationsRead(query.filter ?? {}, query.sort ?? []);
  return readPage<Location & { keyset: unknown }, Location>(db, read, query, ({ id, name, type, parentId }) => {
    return { id, name, type, parentId };
  });
}

/** The names of places by their ids; of those that are gone none. */
export async function placeNames(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ id: string; name: string }>({ ...SELECT_NAMES, values: [[...new Set(ids)]] });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** How many places there are; with a `cap`, `cap + 1` where there are more. */
export async function countLocations(
  db: Queryable,
  query: { readonly filter?: LocationFilter | undefined; readonly cap?: number | undefined },
): Promise<number> {
  return countRows(db, locationsRead(query.filter ?? {}, []), query.cap);
}

/** The whole tree, parents before their children, and when it last changed (`null` where there is no place). */
export async function allLocations(db: Queryable): Promise<{ locations: Location[]; lastUpdated: Date | null }> {
  const all = await db.query<Location>({ name: 'registry-list-locations', text: SELECT_ALL_LOCATIONS });
  const update = await db.query<{ last_updated: Date | null }>({
    name: 'registry-find-latest-location',
    text: SELECT_LAST_UPDATE,
  });
  return { locations: all.rows, lastUpdated: update.rows[0]?.last_updated ?? null };
}

/** The statement's fixed parts. */
export function locationsRead(filter: LocationFilter, sort: readonly LocationSort[]): OrderedRead {
  const parameters: unknown[] = [];
  const parameter = addingTo(parameters);
  const conditions: string[] = [];
  if (filter.parentIds) {
    conditions.push(`l.parent_id = any(${parameter(filter.parentIds.filter(isUuid), 'uuid[]')})`);
  }
  if (filter.types) conditions.push(`l.type = any(${parameter(storable(filter.types), 'text[]')})`);
  if (filter.nameContains !== undefined) {
    const words = readNameWords(filter.nameContains);
    conditions.push(
      words === null ? 'false' : wordsCondition('l.name', words, false, (pattern) => parameter(pattern, 'text')),
    );
  }
  if (filter.within) {
    const ids = parameter(filter.within.filter(isUuid), 'uuid[]');
    conditions.push(`l.id in (select a.location_id from location_ancestors a where a.ancestor_id = any(${ids}))`);
  }
  if (filter.root !== undefined) conditions.push(`l.parent_id is ${filter.root ? 'null' : 'not null'}`);
  return {
    from: 'locations l',
    columns: LOCATION_COLUMNS,
    where: conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join(' and '),
    parameters,
    onePlan: filter.nameContains === undefined && filter.within === undefined,
    keys: totalOrder(
      sort.map(({ by, direction }) => ({ ...ORDERS[by], name: by, direction })),
      'l.id',
    ),
  };
}
