import { type Queryable } from '../database/pool.js';
import { type Filter } from '../record/filter.js';
import { type IndividualRecord, type PlaceReference } from '../record/individual-record.js';
import { matches } from '../record/matches.js';
import { type ToldRecord } from '../registry/write-sources/told-record.js';

const SELECT_WITHIN = {
  name: 'select-source-places-within',
  text: `
    select s.external_id, a.ancestor_id
    from source_locations s join location_ancestors a on a.location_id = s.location_id
    where s.data_source_id = $1 and s.external_id = any ($2::text[]) and a.ancestor_id = any ($3::uuid[])`,
};

/** The records that fit the part of the filter which the source could not express; all of them where it could. */
export async function findAskedRecords(
  db: Queryable,
  dataSourceId: string,
  residual: Filter | null,
  records: readonly IndividualRecord[],
  today: string,
): Promise<ToldRecord[]> {
  const placed = records.map((record, index) => ({ ordinal: index + 1, record }));
  if (residual === null) return placed;
  const isWithin = await readPlacesWithin(db, dataSourceId, locationsOf(residual), records);
  return placed.filter(({ record }) => matches(residual, record, { isWithin, today }));
}

async function readPlacesWithin(
  db: Queryable,
  dataSourceId: string,
  locationIds: readonly string[],
  records: readonly IndividualRecord[],
): Promise<(place: PlaceReference, locationId: string) => boolean> {
  if (locationIds.length === 0) return () => false;
  const named = records.flatMap(({ birthPlace, deathPlace, homePlace }) =>
    [birthPlace, deathPlace, homePlace].flatMap(idsOf),
  );
  const { rows } = await db.query<{ external_id: string; ancestor_id: string }>({
    ...SELECT_WITHIN,
    values: [dataSourceId, [...new Set(named)], locationIds],
  });
  const within = new Set(rows.map((row) => `${row.ancestor_id} ${row.external_id}`));
  return (place, locationId) => idsOf(place).some((id) => within.has(`${locationId.toLowerCase()} ${id}`));
}

/** PostgreSQL cannot be asked for a text with a NUL character, and no place has one. */
function idsOf(place: PlaceReference | undefined): string[] {
  return [place?.externalId, place?.containedInExternalId].filter(
    (id): id is string => id !== undefined && !id.includes('\u0000'),
  );
}

function locationsOf(filter: Filter): readonly string[] {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.filters.flatMap(locationsOf);
  if (filter.kind === 'not') return locationsOf(filter.filter);
  return filter.kind === 'within' ? filter.locationIds : [];
}
