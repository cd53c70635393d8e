import { type Queryable } from '../database/pool.js';
import { type Filter } from '../record/filter.js';

const SELECT_EXTERNAL_IDS = `
  select location_id, min(external_id) as external_id
  from source_locations
  where data_source_id = $1 and location_id = any($2::uuid[])
  group by location_id
  having count(*) = 1`;

/**
 * The source's own ids of the places that the filters name. A place that the source does not list, or lists under
 * several ids, has none: it is then said that the source cannot be asked for it, and never another place put for it.
 */
export async function findPlacesAtSource(
  db: Queryable,
  dataSourceId: string,
  filters: readonly Filter[],
): Promise<(locationId: string) => string | null> {
  const ids = [...new Set(filters.flatMap(locationIdsOf))];
  if (ids.length === 0) return () => null;
  const found = await db.query<{ location_id: string; external_id: string }>({
    name: 'select-external-ids-of-locations',
    text: SELECT_EXTERNAL_IDS,
    values: [dataSourceId, ids],
  });
  const externalIds = new Map(found.rows.map((row) => [row.location_id, row.external_id]));
  return (locationId) => externalIds.get(locationId) ?? null;
}

function locationIdsOf(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(locationIdsOf);
    case 'not':
      return locationIdsOf(filter.filter);
    case 'within':
      return filter.locationIds;
    case 'compare':
    case 'identifier':
    case 'birth_place_type':
    case 'member_of':
    case 'from_source':
    case 'name_contains':
    case 'ids':
      return [];
  }
}
