import DataLoader from 'dataloader';
import type { Queryable, Statement } from '../database/pool.js';
import type { FieldSet } from '../record/fields.js';
import { type Filter, isEverybody } from '../record/filter.js';
import type { Group, Membership, Relationship } from '../record/group.js';
import { type Identifier, identifierKey, type Individual, typedKey, typedKeyOf } from '../record/individual.js';
import type { Location } from '../record/location.js';
import { isUuid } from '../record/uuid.js';
import { nameFor } from './answers/answer-rows.js';
import { compileFilter, compileVisible } from './queries/compile-filter.js';
import { forFields } from './for-fields.js';
import { groupColumns, type GroupRow, readGroup } from './group-rows.js';
import { individualColumns, type IndividualRow, readIndividual } from './individual-rows.js';
import { TIE_LASTS } from './lasting-ties.js';
import { LOCATION_COLUMNS } from './locations.js';
import { storable } from './queries/parameters.js';

/** An identifier that we hold, and who told of it: `null` is ourselves. */
export interface HeldIdentifier extends Identifier {
  readonly dataSourceId: string | null;
}

/**
 * Look-ups by key for the length of one request: what is asked for in one turn becomes one statement, and nothing is
 * asked for twice. Individuals that the caller may not see are `null`, as if they did not exist.
 */
export interface Loaders {
  readonly individualById: DataLoader<string, Individual | null>;
  /** Identifiers compare by type and `identifierKey(value)`. */
  readonly individualByIdentifier: DataLoader<Identifier, Individual | null, string>;
  readonly identifiersByIndividual: DataLoader<string, readonly HeldIdentifier[]>;
  /** Current memberships, the oldest first. */
  readonly membershipsByIndividual: DataLoader<string, readonly Membership[]>;
  /** Current memberships, the head first. */
  readonly membershipsByGroup: DataLoader<string, readonly Membership[]>;
  readonly groupById: DataLoader<string, Group | null>;
  /** Those that start at the individual and those that end there. */
  readonly relationshipsByIndividual: DataLoader<string, readonly Relationship[]>;
  readonly locationById: DataLoader<string, Location | null>;
  /** The places that contain a place, nearest first, without the place itself. */
  readonly ancestorsByLocation: DataLoader<string, readonly Location[]>;
  /** Codes of the data sources that told of an individual; none: entered here. */
  readonly sourcesByIndividual: DataLoader<string, readonly string[]>;
}

const selectIndividualsById = forFields(
  (fields) => `select ${individualColumns(fields)} from individuals i where i.id = any($1::uuid[])`,
);

const selectIndividualsByIdentifier = forFields(
  (fields) => `
select k.type as key_type, k.value_key, ${individualColumns(fields)}
from unnest($1::text[], $2::text[]) as k (type, value_key)
join identifiers h on h.type = k.type and h.value_key = k.value_key
join individuals i on i.id = h.individual_id
where true`,
);

const SELECT_IDENTIFIERS = `
select h.individual_id, h.type, h.value, h.data_source_id
from identifiers h
where h.individual_id = any($1::uuid[])
order by h.type, h.value_key`;

const MEMBERSHIP_COLUMNS = 'm.id, m.group_id as "groupId", m.individual_id as "individualId", m.role';

const SELECT_MEMBERSHIPS_OF_INDIVIDUALS = `
select ${MEMBERSHIP_COLUMNS}
from memberships m
where m.individual_id = any($1::uuid[]) and m.ended_on is null
order by m.created_at, m.id`;

const SELECT_MEMBERSHIPS_OF_GROUPS = {
  text: `
select ${MEMBERSHIP_COLUMNS}
from memberships m
where m.group_id = any($1::uuid[]) and m.ended_on is null`,
  order: `order by (m.role is distinct from 'head'), m.created_at, m.id`,
};

const selectGroups = forFields((fields) => `select ${groupColumns(fields)} from groups g where g.id = any($1::uuid[])`);

const SELECT_RELATIONSHIPS = {
  text: `
select r.id, r.type, r.source_id as "sourceId", r.target_id as "targetId"
from relationships r
where (r.source_id = any($1::uuid[]) or r.target_id = any($1::uuid[]))
  and ${TIE_LASTS}`,
  order: 'order by r.type, r.created_at, r.id',
};

const SELECT_LOCATIONS = `select ${LOCATION_COLUMNS} from locations l where l.id = any($1::uuid[])`;

const SELECT_ANCESTORS = `
select a.location_id, ${LOCATION_COLUMNS}
from location_ancestors a
join locations l on l.id = a.ancestor_id
where a.location_id = any($1::uuid[]) and a.depth > 0
order by a.location_id, a.depth`;

const SELECT_SOURCES = `
select o.individual_id, s.code
from individual_sources o
join data_sources s on s.id = o.data_source_id
where o.individual_id = any($1::uuid[])
order by s.code`;

/**
 * `visible`: whom the caller may see; `fields`: what it is shown of them. Ties to people whom it may not see, and groups
 * without a member whom it may, are left out.
 */
export function createLoaders(db: Queryable, visible: Filter, fields: FieldSet): Loaders {
  const asker: Asker = { visible, fields };
  const individualsById = statement('individuals-by-id', { text: selectIndividualsById(fields) }, asker, ofPerson);
  const individualsByIdentifier = statement(
    'individuals-by-identifier',
    { text: selectIndividualsByIdentifier(fields) },
    asker,
    ofPerson,
  );
  const membershipsOfGroups = statement(
    'memberships-of-groups',
    SELECT_MEMBERSHIPS_OF_GROUPS,
    asker,
    among('m.individual_id'),
  );
  const groupsById = statement('groups', { text: selectGroups(fields) }, asker, (seen, values) =>
    compileVisible(seen, values, 'group'),
  );
  const relationships = statement('relationships', SELECT_RELATIONSHIPS, asker, among('r.source_id', 'r.target_id'));
  return {
    individualById: byId(async (ids) => {
      const { rows } = await db.query<IndividualRow>(individualsById([ids]));
      return rows.map(readIndividual);
    }),
    individualByIdentifier: new DataLoader(
      async (identifiers) => {
        const held = identifiers.filter(({ type, value }) => storable([type, value]).length === 2);
        const keys = [held.map(({ type }) => type), held.map(({ value }) => identifierKey(value))];
        const { rows } =
          held.length === 0
            ? { rows: [] }
            : await db.query<IndividualRow & { key_type: string; value_key: string }>(individualsByIdentifier(keys));
        const found = new Map(rows.map((row) => [typedKeyOf(row.key_type, row.value_key), readIndividual(row)]));
        return identifiers.map((identifier) => found.get(typedKey(identifier)) ?? null);
      },
      { cacheKeyFn: typedKey },
    ),
    identifiersByIndividual: listsById(async (ids) => {
      if (!fields.shows('individual', 'identifier')) return [];
      const { rows } = await db.query<{
        individual_id: string;
        type: string;
        value: string;
        data_source_id: string | null;
      }>({ name: 'registry-load-identifiers', text: SELECT_IDENTIFIERS, values: [ids] });
      return rows.map(({ individual_id, type, value, data_source_id }): Entry<HeldIdentifier> => {
        return [individual_id, { type, value, dataSourceId: data_source_id }];
      });
    }),
    membershipsByIndividual: listsById(async (ids) => {
      if (!fields.shows('individual', 'memberships')) return [];
      const { rows } = await db.query<Membership>({
        name: 'registry-load-memberships-of-individuals',
        text: SELECT_MEMBERSHIPS_OF_INDIVIDUALS,
        values: [ids],
      });
      return rows.map((membership): Entry<Membership> => [membership.individualId, membership]);
    }),
    membershipsByGroup: listsById(async (ids) => {
      if (!fields.shows('group', 'members')) return [];
      const { rows } = await db.query<Membership>(membershipsOfGroups([ids]));
      return rows.map((membership): Entry<Membership> => [membership.groupId, membership]);
    }),
    groupById: byId(async (ids) => {
      const { rows } = await db.query<GroupRow>(groupsById([ids]));
      return rows.map(readGroup);
    }),
    relationshipsByIndividual: listsById(async (ids) => {
      if (!fields.shows('individual', 'relationships')) return [];
      const { rows } = await db.query<Relationship>(relationships([ids]));
      // A tie between two people of the batch belongs to the lists of both.
      return rows.flatMap((relationship): Entry<Relationship>[] => [
        [relationship.sourceId, relationship],
        [relationship.targetId, relationship],
      ]);
    }),
    locationById: byId(async (ids) => {
      const { rows } = await db.query<Location>({
        name: 'registry-load-locations',
        text: SELECT_LOCATIONS,
        values: [ids],
      });
      return rows;
    }),
    ancestorsByLocation: listsById(async (ids) => {
      const { rows } = await db.query<Location & { location_id: string }>({
        name: 'registry-load-ancestors',
        text: SELECT_ANCESTORS,
        values: [ids],
      });
      return rows.map(({ location_id, ...location }): Entry<Location> => [location_id, location]);
    }),
    sourcesByIndividual: listsById(async (ids) => {
      if (!fields.shows('individual', 'sources')) return [];
      const { rows } = await db.query<{ individual_id: string; code: string }>({
        name: 'registry-load-sources',
        text: SELECT_SOURCES,
        values: [ids],
      });
      return rows.map(({ individual_id, code }): Entry<string> => [individual_id, code]);
    }),
  };
}

type Entry<Item> = readonly [ownerId: string, item: Item];

interface Asker {
  readonly visible: Filter;
  readonly fields: FieldSet;
}

/** The condition that a row may be seen; values are pushed onto those of the statement. */
type Guard = (visible: Filter, values: unknown[]) => string;

const ofPerson: Guard = (visible, values) => compileFilter(visible, values);

/** That the people in these columns may all be seen. */
function among(...columns: readonly string[]): Guard {
  return (visible, values) => {
    const seen = `select i.id from individuals i where ${compileFilter(visible, values)}`;
    return columns.map((column) => `${column} in (${seen})`).join(' and ');
  };
}

/** Who may see everybody and everything shares one prepared statement; any other scope of rows makes a text of its own. */
function statement(
  name: string,
  { text, order = '' }: { readonly text: string; readonly order?: string },
  { visible, fields }: Asker,
  guard: Guard,
): (values: unknown[]) => Statement {
  if (isEverybody(visible)) {
    const whole = order === '' ? text : `${text}\n${order}`;
    // Named only when it is sent: names are for texts that come again, and there is room for so many.
    return (values) => ({ ...nameFor(`registry-load-${name}`, whole, fields), text: whole, values });
  }
  return (values) => {
    const parameters = [...values];
    return { text: `${text} and (${guard(visible, parameters)})\n${order}`, values: parameters };
  };
}

function byId<Item extends { readonly id: string }>(
  select: (ids: readonly string[]) => Promise<Item[]>,
): DataLoader<string, Item | null> {
  return new DataLoader<string, Item | null>(
    async (keys) => {
      const ids = keys.filter(isUuid);
      const found = new Map((ids.length === 0 ? [] : await select(ids)).map((item) => [item.id, item]));
      return keys.map((key) => found.get(key.toLowerCase()) ?? null);
    },
    { cacheKeyFn: (id) => id.toLowerCase() },
  );
}

function listsById<Item>(
  select: (ids: readonly string[]) => Promise<Entry<Item>[]>,
): DataLoader<string, readonly Item[]> {
  return new DataLoader<string, readonly Item[]>(
    async (keys) => {
      const ids = keys.filter(isUuid);
      const lists = new Map<string, Item[]>(ids.map((id) => [id.toLowerCase(), []]));
      for (const [owner, item] of ids.length === 0 ? [] : await select(ids)) lists.get(owner)?.push(item);
      return keys.map((key) => lists.get(key.toLowerCase()) ?? []);
    },
    { cacheKeyFn: (id) => id.toLowerCase() },
  );
}
