import { type Queryable } from '../../database/pool.js';
import { ALL_FIELDS } from '../../record/fields.js';
import { type MembershipRole } from '../../record/group.js';
import { identifierKey, typedKeyOf } from '../../record/individual.js';
import { type JsonObject } from '../../record/json.js';
import { groupColumns, type WholeGroupRow as StoredGroup } from '../group-rows.js';
import { type AskedRows } from './write-asked.js';
import { type Found } from './write-batch.js';
import { GroupRow } from './write-values.js';

/** After the people: whoever locks both does so in this order. */
const LOCK_GROUPS = {
  name: 'write-lock-groups',
  text: `
    with asked as materialized (
      select h.group_id as id
      from unnest($1::text[], $2::text[]) as n (type, value_key)
      join group_identifiers h on h.value_key = n.value_key and h.type = n.type
      union
      select id from unnest($3::uuid[]) as id
    )
    select ${groupColumns(ALL_FIELDS)}, g.location_id, g.place_text, g.attributes
    from groups g
    where g.id in (select id from asked)
    order by g.id
    for no key update of g`,
};

const SELECT_IDENTIFIERS = {
  name: 'write-groups-identifiers',
  text: 'select group_id, type, value_key from group_identifiers where group_id = any ($1::uuid[])',
};

const SELECT_MEMBERS = {
  name: 'write-groups-members',
  text: `
    select id, group_id, individual_id, role from memberships
    where group_id = any ($1::uuid[]) and ended_on is null`,
};

interface HeldGroupRow extends StoredGroup {
  location_id: string | null;
  place_text: string | null;
  attributes: JsonObject;
}

/** Reads and locks the groups that are asked for. What identifiers they are asked by must be locked already. */
export async function loadGroups(db: Queryable, asked: AskedRows): Promise<Found<GroupRow>> {
  const found: Found<GroupRow> = { byId: new Map(), byIdentifier: new Map() };
  if (asked.isNobody) return found;
  const named = [...asked.identifiers.values()];
  const groups = await db.query<HeldGroupRow>({
    ...LOCK_GROUPS,
    values: [named.map(({ type }) => type), named.map(({ value }) => identifierKey(value)), [...asked.ids]],
  });
  for (const row of groups.rows) found.byId.set(row.id, readGroup(row));
  if (found.byId.size === 0) return found;

  const values = [[...found.byId.keys()]];
  const identifiers = await db.query<{ group_id: string; type: string; value_key: string }>({
    ...SELECT_IDENTIFIERS,
    values,
  });
  for (const row of identifiers.rows) {
    const group = found.byId.get(row.group_id);
    if (group === undefined) continue;
    const key = typedKeyOf(row.type, row.value_key);
    group.identifierKeys.add(key);
    found.byIdentifier.set(key, group);
  }
  const members = await db.query<{
    id: string;
    group_id: string;
    individual_id: string;
    role: MembershipRole | null;
  }>({ ...SELECT_MEMBERS, values });
  for (const { id, group_id, individual_id, role } of members.rows) {
    found.byId.get(group_id)?.members.set(individual_id, { id, held: { role }, role, isGone: false });
  }
  return found;
}

function readGroup(row: HeldGroupRow): GroupRow {
  return new GroupRow(row.id, false, {
    name: row.name,
    kind: row.kind,
    location: row.location_id,
    placeText: row.place_text,
    attributes: row.attributes,
    registeredAt: row.created_at.toISOString(),
  });
}
