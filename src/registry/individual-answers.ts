import type { Queryable } from '../database/pool.js';
import { EVERYBODY, type Filter } from '../record/filter.js';
import type { IndividualAnswer, ParentAnswer, PlaceAnswer } from '../record/individual-answer.js';
import type { Identifier, Individual } from '../record/individual.js';
import { compileFilter } from './compile-filter.js';

interface ParentRow {
  child_id: string;
  id: string;
  role: ParentAnswer['role'];
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  home_location_id: string | null;
}

const SELECT_PARENTS = `
select r.target_id as child_id, i.id,
  case r.type when 'mother_of' then 'mother' when 'father_of' then 'father' else 'parent' end as role,
  i.given_name, i.middle_name, i.family_name, i.home_location_id
from relationships r
join individuals i on i.id = r.source_id
where r.target_id = any($1::uuid[]) and r.type in ('mother_of', 'father_of', 'parent_of')`;

/** Two parents of one kind are possible; which comes first must not change from answer to answer. */
const PARENT_ORDER = `
order by array_position(array['mother_of', 'father_of', 'parent_of'], r.type), r.created_at, r.id`;

const SELECT_IDENTIFIERS_OF_ANSWERS = `
select h.individual_id, h.type, h.value
from identifiers h
where h.individual_id = any($1::uuid[])
order by h.type, h.value_key`;

/** Each place (depth 0) and those that contain it. */
const SELECT_PLACES = `
select a.location_id, l.id, l.name, l.type
from location_ancestors a
join locations l on l.id = a.ancestor_id
where a.location_id = any($1::uuid[])
order by a.location_id, a.depth`;

/**
 * The answers for these individuals, in their order, with three statements however many there are. Parents outside
 * `visible` are left out.
 */
export async function loadIndividualAnswers(
  db: Queryable,
  individuals: readonly Individual[],
  visible: Filter = EVERYBODY,
): Promise<IndividualAnswer[]> {
  if (individuals.length === 0) return [];
  const ids = individuals.map(({ id }) => id);
  const parents = await loadParents(db, ids, visible);
  const people = new Set([...ids, ...parents.map(({ id }) => id)]);
  const identifiers = await loadIdentifiers(db, [...people]);
  const places = await loadPlaces(
    db,
    individuals.flatMap(({ birthLocationId, homeLocationId }) => [birthLocationId, homeLocationId]),
  );
  const parentsOf = new Map<string, ParentRow[]>(ids.map((id) => [id, []]));
  for (const parent of parents) parentsOf.get(parent.child_id)?.push(parent);
  const placeOf = (id: string | null): PlaceAnswer | null => (id === null ? null : (places.get(id) ?? null));
  return individuals.map((individual) => ({
    individual,
    identifiers: identifiers.get(individual.id) ?? [],
    birthPlace: placeOf(individual.birthLocationId),
    homePlace: placeOf(individual.homeLocationId),
    parents: (parentsOf.get(individual.id) ?? []).map((parent) => ({
      role: parent.role,
      identifiers: identifiers.get(parent.id) ?? [],
      name: { given: parent.given_name, middle: parent.middle_name, family: parent.family_name },
      homePlaceId: parent.home_location_id,
    })),
  }));
}

async function loadParents(db: Queryable, childIds: readonly string[], visible: Filter): Promise<ParentRow[]> {
  const values: unknown[] = [childIds];
  const condition = compileFilter(visible, values);
  const text = `${SELECT_PARENTS} and (${condition})${PARENT_ORDER}`;
  // The one text that most callers send is kept prepared; a text for a row scope is not.
  const name = condition === 'true' ? { name: 'registry_answer_parents' } : {};
  const { rows } = await db.query<ParentRow>({ ...name, text, values });
  return rows;
}

async function loadIdentifiers(db: Queryable, ids: readonly string[]): Promise<Map<string, Identifier[]>> {
  const { rows } = await db.query<Identifier & { individual_id: string }>({
    name: 'registry_answer_identifiers',
    text: SELECT_IDENTIFIERS_OF_ANSWERS,
    values: [ids],
  });
  const lists = new Map<string, Identifier[]>(ids.map((id) => [id, []]));
  for (const { individual_id, type, value } of rows) lists.get(individual_id)?.push({ type, value });
  return lists;
}

async function loadPlaces(db: Queryable, ids: readonly (string | null)[]): Promise<Map<string, PlaceAnswer>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const { rows } = await db.query<{ location_id: string; id: string; name: string; type: string | null }>({
    name: 'registry_answer_places',
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
