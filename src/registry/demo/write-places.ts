import type { Queryable } from '../../database/pool.js';
import { change, writeChanges } from '../write-changes.js';
import type { DemoPlaces } from './places.js';

const INSERT_LOCATIONS = `
insert into locations (id, name, type, parent_id)
select n.id, n.name, n.type, n.parent_id
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as n (id, name, type, parent_id)`;

const INSERT_ANCESTORS = `
with recursive above (location_id, ancestor_id, depth) as (
  select id, id, 0 from unnest($1::uuid[]) as id
  union all
  select a.location_id, l.parent_id, a.depth + 1
  from above a
  join locations l on l.id = a.ancestor_id
  where l.parent_id is not null
)
insert into location_ancestors (location_id, ancestor_id, depth)
select location_id, ancestor_id, depth from above`;

/** Writes the tree of places. */
export async function writePlaces(db: Queryable, { locations }: DemoPlaces): Promise<void> {
  const ids = locations.map(({ id }) => id);
  await db.query({
    text: INSERT_LOCATIONS,
    values: [
      ids,
      locations.map(({ name }) => name),
      locations.map(({ type }) => type),
      locations.map(({ parentId }) => parentId),
    ],
  });
  await db.query({ text: INSERT_ANCESTORS, values: [ids] });
  await writeChanges(
    db,
    { origin: 'demo', importRunId: null },
    ids.map((id) => change('location', id, 'created')),
  );
}
