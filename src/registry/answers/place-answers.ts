import type { Queryable } from '../../database/pool.js';
import type { PlaceAnswer } from '../../record/individual-answer.js';

/** Each place (depth 0) and those that contain it. */
const SELECT_PLACES = `
select a.location_id, l.id, l.name, l.type
from location_ancestors a
join locations l on l.id = a.ancestor_id
where a.location_id = any($1::uuid[])
order by a.location_id, a.depth`;

/** The places with these ids, by id, with one statement; what is no place of ours is left out. */
export async function loadPlaceAnswers(
  db: Queryable,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, PlaceAnswer>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const { rows } = await db.query<{ location_id: string; id: string; name: string; type: string | null }>({
    name: 'registry-answer-places',
    text: SELECT_PLACES,
    values: [wanted],
  });
  const places = new Map<string, PlaceAnswer>();
  const ancestors = new Map<string, { id: string; name: string; type: string | null }[]>();
  for (const { location_id, id, name, type } of rows) {
    const above = ancestors.get(location_id);
    if (above) {
      above.push({ id, name, type });
      continue;
    }
    const list: { id: string; name: string; type: string | null }[] = [];
    ancestors.set(location_id, list);
    places.set(location_id, { id, name, type, ancestors: list });
  }
  return places;
}
