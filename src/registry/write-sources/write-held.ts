import { type PoolClient } from 'pg';
import { ALL_FIELDS } from '../../record/fields.js';
import { type Queryable } from '../../database/pool.js';
import { typedKeyOf } from '../../record/individual.js';
import { individualColumns, partialDate, type WholeIndividualRow } from '../individual-rows.js';
import { type Affected, type Overlay } from './overlay.js';
import { type Family, type ParentalType, Person } from './write-person.js';

/** Everything held that the records of one page can touch, locked for this transaction. */
export interface Held {
  /** By `typedKey(identifier)`. */
  readonly byIdentifier: Map<string, Person>;
  /** Every loaded person, by id. */
  readonly byId: Map<string, Person>;
}

/** Writers of more keys than this take the one big lock: a lock per key must fit into the server's lock table. */
const MAX_KEY_LOCKS = 500;
/** Any number, as long as every writer of records uses the same. */
const WRITERS_LOCK = 4_242_002;

const LOCK_ALL = { name: 'write-lock-all', text: 'select pg_advisory_xact_lock($1)' };

/** Keys are locked in the order of their hashes, so that writers wait for each other and never in a circle. */
const LOCK_KEYS = {
  name: 'write-lock-keys',
  text: `
    with everybody as materialized (select pg_advisory_xact_lock_shared($1)),
    hashes as materialized (
      select distinct hashtextextended(type || chr(1) || value_key, 0) as hash
      from everybody, unnest($2::text[], $3::text[]) as asked (type, value_key)
      order by hash
    )
    select pg_advisory_xact_lock(hash) from hashes`,
};

/**
 * The people that the identifiers belong to; the children of whom one of them is a parent not known which; and the
 * parents of all those.
 */
const SELECT_AFFECTED = {
  name: 'write-affected',
  text: `
    with named as materialized (
      select distinct i.individual_id as id
      from unnest($1::text[], $2::text[]) as asked (type, value_key)
      join identifiers i on i.type = asked.type and i.value_key = asked.value_key
    ), children as materialized (
      select id from named
      union
      select r.target_id from named join relationships r on r.source_id = named.id and r.type = 'parent_of'
    )
    select id, true as is_child from children
    union
    select r.source_id, false
    from children join relationships r on r.target_id = children.id
      and r.type in ('mother_of', 'father_of', 'parent_of')
    where r.source_id not in (select id from children)`,
};

/** Locked in the order of their ids: two writers may reach one person by different identifiers. */
const LOCK_INDIVIDUALS = {
  name: 'write-lock-individuals',
  text: `
    select ${individualColumns(ALL_FIELDS)}, i.row_version, i.death_location_id, i.death_place_text,
      exists (select from source_records s where s.individual_id = i.id) as has_own_record,
      exists (select from individual_sources s where s.individual_id = i.id and s.data_source_id = $2) as has_source
    from individuals i
    where i.id = any ($1::uuid[])
    order by i.id
    for no key update of i`,
};

const SELECT_IDENTIFIERS = {
  name: 'write-identifiers-held',
  text: 'select individual_id, type, value_key from identifiers where individual_id = any ($1::uuid[])',
};

const SELECT_PARENTS = {
  name: 'write-parents-held',
  text: `
    select id, type, source_id, target_id from relationships
    where target_id = any ($1::uuid[]) and type in ('mother_of', 'father_of', 'parent_of')
    order by created_at, id`,
};

/** Current families of the people, as member, as head, or as the mother whom the family was made for. */
const SELECT_FAMILIES = {
  name: 'write-families-held',
  text: `
    select m.individual_id, g.id, m.role, false as is_origin
    from memberships m join groups g on g.id = m.group_id and g.kind = 'family'
    where m.individual_id = any ($1::uuid[]) and m.ended_on is null
    union all
    select g.origin_individual_id, g.id, 'head', true
    from groups g
    where g.origin_individual_id = any ($1::uuid[]) and g.kind = 'family'
    order by is_origin, id`,
};

interface HeldRow extends WholeIndividualRow {
  row_version: number;
  death_location_id: string | null;
  death_place_text: string | null;
  has_own_record: boolean;
  has_source: boolean;
}

/** What an identifier is found by. */
export interface Key {
  readonly type: string;
  readonly valueKey: string;
}

/** Makes every other writer of one of these identifiers wait until this transaction ends. */
export async function lockIdentifiers(client: Queryable, keys: readonly Key[]): Promise<void> {
  if (keys.length > MAX_KEY_LOCKS) {
    await client.query({ ...LOCK_ALL, values: [WRITERS_LOCK] });
    return;
  }
  const [types, values] = columnsOf(keys);
  await client.query({ ...LOCK_KEYS, values: [WRITERS_LOCK, types, values] });
}

/** Reads and locks what the identifiers lead to. The identifiers must be locked already. */
export async function loadHeld(
  client: PoolClient,
  keys: readonly Key[],
  dataSourceId: string,
  overlay?: Overlay,
): Promise<Held> {
  for (;;) {
    const affected = (await overlay?.findAffected(client, keys)) ?? (await findAffected(client, keys));
    const ids = affected.map((row) => row.id);
    const byId = await lockIndividuals(client, ids, dataSourceId);
    const byIdentifier = await loadIdentifiers(client, byId);
    const children = affected.filter((row) => row.is_child).map((row) => row.id);
    if (await loadParents(client, byId, children)) {
      await loadFamilies(client, byId);
      await overlay?.layOver(client, { byId, byIdentifier }, affected);
      return { byIdentifier, byId };
    }
    // While we waited for a lock another writer gave one of the children a parent: now that it is locked, look again.
  }
}

async function findAffected(client: Queryable, keys: readonly Key[]): Promise<Affected[]> {
  const { rows } = await client.query<Affected>({ ...SELECT_AFFECTED, values: columnsOf(keys) });
  return rows;
}

async function lockIndividuals(client: Queryable, ids: string[], dataSourceId: string): Promise<Map<string, Person>> {
  const found = await client.query<HeldRow>({ ...LOCK_INDIVIDUALS, values: [ids, dataSourceId] });
  return new Map(found.rows.map((row) => [row.id, readPerson(row)]));
}

function readPerson(row: HeldRow): Person {
  const values = {
    givenName: row.given_name,
    middleName: row.middle_name,
    familyName: row.family_name,
    sex: row.sex,
    birthDate: partialDate(row.birth_date, row.birth_date_precision),
    deathDate: partialDate(row.death_date, row.death_date_precision),
    deceased: row.deceased,
    deathLocation: row.death_location_id,
    deathPlaceText: row.death_place_text,
    birthLocation: row.birth_location_id,
    birthPlaceText: row.birth_place_text,
    homeLocation: row.home_location_id,
    homePlaceText: row.home_place_text,
  };
  return new Person(row.id, false, values, row.has_own_record, row.has_source, row.row_version);
}

async function loadIdentifiers(client: Queryable, byId: Map<string, Person>): Promise<Map<string, Person>> {
  const byIdentifier = new Map<string, Person>();
  const found = await client.query<{ individual_id: string; type: string; value_key: string }>({
    ...SELECT_IDENTIFIERS,
    values: [[...byId.keys()]],
  });
  for (const row of found.rows) {
    const person = byId.get(row.individual_id);
    if (person === undefined) continue;
    const key = typedKeyOf(row.type, row.value_key);
    person.identifierKeys.add(key);
    byIdentifier.set(key, person);
  }
  return byIdentifier;
}

/** False when a parent is not among the people loaded. */
async function loadParents(client: Queryable, byId: Map<string, Person>, children: string[]): Promise<boolean> {
  const found = await client.query<{ id: string; type: ParentalType; source_id: string; target_id: string }>({
    ...SELECT_PARENTS,
    values: [children],
  });
  for (const row of found.rows) {
    const parent = byId.get(row.source_id);
    const child = byId.get(row.target_id);
    if (parent === undefined || child === undefined) return false;
    const tie = { id: row.id, isNew: false, type: row.type, parent, child };
    child.parents.push(tie);
    if (row.type === 'parent_of') parent.unsettledChildren.push(tie);
  }
  return true;
}

async function loadFamilies(client: Queryable, byId: Map<string, Person>): Promise<void> {
  const found = await client.query<{
    individual_id: string;
    id: string;
    role: string | null;
  }>({ ...SELECT_FAMILIES, values: [[...byId.keys()]] });
  const families = new Map<string, Family>();
  for (const row of found.rows) {
    const person = byId.get(row.individual_id);
    if (person === undefined) continue;
    const family = families.get(row.id) ?? { id: row.id, made: null };
    families.set(row.id, family);
    // The family made for a mother comes last: it wins over another one that she heads.
    if (row.role === 'head') person.ownFamily = family;
    else person.families.push(family);
  }
  for (const person of byId.values()) {
    person.families = person.families.filter((family) => family !== person.ownFamily);
  }
}

function columnsOf(keys: readonly Key[]): [types: string[], values: string[]] {
  return [keys.map((key) => key.type), keys.map((key) => key.valueKey)];
}
