import { randomUUID } from 'node:crypto';
import { type Pool } from 'pg';
import { type Queryable } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import { type SourceLocation } from '../record/location.js';
import { Problem } from '../record/problem.js';
import { getDataSource } from './data-sources.js';
import {
  compareTree,
  countDifferences,
  type LocationDifference,
  type LocationDifferenceKind,
} from './location-differences.js';
import { type KnownPlace, MAX_LEVELS, type PlannedPlace, planTree, type TreePlan } from './location-tree.js';
import { type SeeExchange } from './exchanges/exchange.js';
import { type RegistryClient } from './registry-client.js';

/** What a sync of places did. Every listed place counts as one of created, updated and unchanged. */
export interface LocationSyncResult {
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Listed places that hang under no other. */
  readonly roots: number;
  /** External ids of places whose parent is in no list. */
  readonly orphans: readonly string[];
  /** Places of earlier lists that are not in this one; they are kept, because people may be tied to them. */
  readonly noLongerListed: number;
  /** How many places are new, moved, renamed, ...; a place may be several of these. */
  readonly counts: Readonly<Record<LocationDifferenceKind, number>>;
  /** Each of them, in the order of the list, those that are gone last; at most `MAX_DIFFERENCES`. */
  readonly differences: readonly LocationDifference[];
  /** What was wrong with the list, a sentence each. */
  readonly problems: readonly string[];
}

/** Of a first list every place is new: nobody reads further than this. */
const MAX_DIFFERENCES = 1_000;

/** Two syncs at once would each plan on a tree that the other is changing. */
const LOCK_TREE = `
  select pg_advisory_xact_lock(hashtext('dci-gateway location tree'))`;

const SELECT_KNOWN = `
  select s.external_id as "externalId", s.location_id as "locationId", l.parent_id as "parentId",
    l.data_source_id is not distinct from s.data_source_id as "ownedBySource", l.name as "ownName", l.type as "ownType",
    s.name, s.type, s.parent_external_id as "parentExternalId", s.gone_at as "goneAt"
  from source_locations s
  join locations l on l.id = s.location_id
  where s.data_source_id = $1`;

const SELECT_TREE = `
  select id, parent_id from locations`;

const INSERT_LOCATIONS = `
  with made as (
    insert into locations (id, name, type, parent_id, data_source_id)
    select id, name, type, parent_id, $1
    from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) as given (id, name, type, parent_id)
    returning id
  )
  insert into changes (subject, subject_id, kind, origin)
  select 'location', id, 'created', 'location-sync' from made`;

const UPDATE_LOCATIONS = `
  with changed as (
    update locations l
    set name = given.name, type = given.type, parent_id = given.parent_id, updated_at = now()
    from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as given (id, name, type, parent_id)
    join locations before on before.id = given.id
    where l.id = given.id
      and (l.name, l.type, l.parent_id) is distinct from (given.name, given.type, given.parent_id)
    returning l.id, array_remove(array[
      case when before.name <> given.name then 'name' end,
      case when before.type is distinct from given.type then 'type' end,
      case when before.parent_id is distinct from given.parent_id then 'parent' end
    ], null) as fields
  ), told as (
    insert into changes (subject, subject_id, kind, fields, origin)
    select 'location', id, 'updated', fields, 'location-sync' from changed
  )
  select 'parent' = any(fields) as moved from changed`;

const UPSERT_SOURCE_LOCATIONS = `
  insert into source_locations (data_source_id, external_id, name, type, parent_external_id, location_id)
  select $1, external_id, name, type, parent_external_id, location_id
  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
    as given (external_id, name, type, parent_external_id, location_id)
  on conflict (data_source_id, external_id) do update
    set name = excluded.name, type = excluded.type, parent_external_id = excluded.parent_external_id,
      last_seen_at = now(), gone_at = null`;

/** Those that a list has no longer, or has again. */
const MARK_GONE = `
  with marked as (
    update source_locations set gone_at = now()
    where data_source_id = $1 and gone_at is null and external_id <> all ($2::text[])
    returning location_id
  )
  insert into changes (subject, subject_id, kind, fields, origin)
  select 'location', location_id, 'updated', '{listed}', 'location-sync' from marked`;

const TELL_RETURNED = `
  insert into changes (subject, subject_id, kind, fields, origin)
  select 'location', id, 'updated', '{listed}', 'location-sync' from unnest($1::uuid[]) as id`;

/** One statement: nobody reads a half-built table. What is right already is not written again. */
const REBUILD_ANCESTORS = `
  with recursive above (location_id, ancestor_id, depth) as (
    select id, id, 0 from locations
    union all
    select above.location_id, l.parent_id, above.depth + 1
    from above
    join locations l on l.id = above.ancestor_id
    where l.parent_id is not null
  ) cycle ancestor_id set is_circle using way,
  wanted as (
    select location_id, ancestor_id, min(depth) as depth from above where not is_circle group by 1, 2
  ), gone as (
    delete from location_ancestors held
    where not exists (
      select from wanted where (wanted.location_id, wanted.ancestor_id) = (held.location_id, held.ancestor_id)
    )
  )
  insert into location_ancestors as held (location_id, ancestor_id, depth)
  select location_id, ancestor_id, depth from wanted
  on conflict (location_id, ancestor_id) do update set depth = excluded.depth where held.depth <> excluded.depth`;

const STAMP_SOURCE = `
  update data_sources set locations_synced_at = now() where id = $1`;

/**
 * Reads a source's list of places into our tree: places new to us are made under their parent, places that this list
 * made are renamed and moved with it, places of our own that are mapped to it stay as they are. A place that the list
 * has no longer stays, with whoever is tied to it, and is the same place when it returns. All or nothing; `dryRun`:
 * nothing, only what would differ. Throws `DATA_SOURCE_UNKNOWN`, `DATA_SOURCE_PATH_MISSING` and what `RegistryClient.locations` throws.
 */
export async function syncLocations(
  { pool, client, see }: { readonly pool: Pool; readonly client: RegistryClient; readonly see?: SeeExchange },
  sourceCode: string,
  signal?: AbortSignal,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<LocationSyncResult> {
  const source = await getDataSource(pool, sourceCode);
  const { locations, problems } = await client.locations(source, signal, see);
  return await inTransaction(pool, (db) => storeLocations(db, source.id, locations, { problems, dryRun }));
}

async function storeLocations(
  db: Queryable,
  dataSourceId: string,
  list: readonly SourceLocation[],
  { problems, dryRun }: { readonly problems: readonly string[]; readonly dryRun: boolean },
): Promise<LocationSyncResult> {
  await db.query({ name: 'lock-location-tree', text: LOCK_TREE });
  const known = await selectKnown(db, dataSourceId);
  const plan = planTree(list, known, await selectTree(db), randomUUID);
  if (plan.tooDeep !== null) {
    throw new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `The list of places cannot be used: the place "${plan.tooDeep}" lies more than ${MAX_LEVELS} levels deep`,
    );
  }
  const { differences, ...counted } = compareTree(plan, known);
  if (!dryRun) await writeTree(db, dataSourceId, plan, known);
  return {
    total: plan.places.length,
    ...counted,
    roots: plan.places.filter((place) => place.parentId === null).length,
    orphans: plan.orphans,
    noLongerListed: known.length - (plan.places.length - counted.created),
    counts: countDifferences(differences),
    differences: differences.slice(0, MAX_DIFFERENCES),
    problems: [...problems, ...sentences(plan)],
  };
}

async function writeTree(
  db: Queryable,
  dataSourceId: string,
  { places }: TreePlan,
  known: readonly KnownPlace[],
): Promise<void> {
  const made = places.filter((place) => place.isNew);
  const owned = places.filter((place) => !place.isNew && place.ownedBySource);
  const wasGone = new Set(known.filter(({ goneAt }) => goneAt !== null).map(({ locationId }) => locationId));
  const returned = places.filter(({ locationId }) => wasGone.has(locationId)).map(({ locationId }) => locationId);
  const externalIds = places.map((place) => place.listed.externalId);

  await db.query({ name: 'insert-locations', text: INSERT_LOCATIONS, values: [dataSourceId, ...columns(made)] });
  const changed = await db.query<{ moved: boolean }>({
    name: 'update-locations',
    text: UPDATE_LOCATIONS,
    values: columns(owned),
  });
  await db.query({
    name: 'upsert-source-locations',
    text: UPSERT_SOURCE_LOCATIONS,
    values: [
      dataSourceId,
      externalIds,
      places.map((place) => place.listed.name),
      places.map((place) => place.listed.type),
      places.map((place) => place.listed.parentExternalId),
      places.map((place) => place.locationId),
    ],
  });
  await db.query({ name: 'mark-gone-locations', text: MARK_GONE, values: [dataSourceId, externalIds] });
  if (returned.length > 0) await db.query({ name: 'tell-returned-locations', text: TELL_RETURNED, values: [returned] });
  if (made.length > 0 || changed.rows.some((row) => row.moved)) {
    await db.query({ name: 'rebuild-location-ancestors', text: REBUILD_ANCESTORS });
  }
  await db.query({ name: 'stamp-locations-synced', text: STAMP_SOURCE, values: [dataSourceId] });
}

async function selectKnown(db: Queryable, dataSourceId: string): Promise<KnownPlace[]> {
  const { rows } = await db.query<KnownPlace>({
    name: 'select-source-locations',
    text: SELECT_KNOWN,
    values: [dataSourceId],
  });
  return rows;
}

async function selectTree(db: Queryable): Promise<Map<string, string | null>> {
  const found = await db.query<{ id: string; parent_id: string | null }>({
    name: 'select-location-tree',
    text: SELECT_TREE,
  });
  return new Map(found.rows.map((row) => [row.id, row.parent_id]));
}

function columns(places: readonly PlannedPlace[]): unknown[] {
  return [
    places.map((place) => place.locationId),
    places.map((place) => place.listed.name),
    places.map((place) => place.listed.type),
    places.map((place) => place.parentId),
  ];
}

function sentences({ orphans, cycles, duplicates }: TreePlan): string[] {
  return [
    ...(orphans.length === 0 ? [] : [`The places that contain these are not in the list: ${some(orphans)}`]),
    ...(cycles.length === 0 ? [] : [`These places are listed as containing themselves: ${some(cycles)}`]),
    ...(duplicates.length === 0
      ? []
      : [`These places are listed more than once, the first counts: ${some(duplicates)}`]),
  ];
}

function some(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(', ');
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}
