import type { Pool } from 'pg';
import type { Queryable, Statement } from '../database/pool.js';
import { inTransaction } from '../database/transaction.js';
import type { Change } from '../record/change.js';
import { identifierKey } from '../record/individual.js';
import { Problem } from '../record/problem.js';
import { Chance } from './demo/chance.js';
import { type DemoFamily, FamilyMaker } from './demo/families.js';
import { DEMO_COUNTRY_ID, type DemoPlaces, inventPlaces } from './demo/places.js';

/** How large the demo is; what is absent has its default. */
export interface DemoOptions {
  /** How many people, exactly. Default 200. */
  readonly individuals?: number | undefined;
  /** How many places, about. Default: one for 40 people, from 40 to 5,000. */
  readonly locations?: number | undefined;
  /** The same seed makes the same people with the same ids. Default 1. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((individualsDone: number, total: number) => void) | undefined;
}

/** What was written; all zero when the demo was there already. */
export type DemoCounts = Record<
  'individuals' | 'identifiers' | 'groups' | 'memberships' | 'relationships' | 'locations',
  number
>;

const PEOPLE_PER_BATCH = 2000;
const MOST_PEOPLE = 10_000_000;

/** Two gateways that start at once load one demo. */
const LOCK_DEMO: Statement = { text: "select pg_advisory_xact_lock(hashtext('dci-gateway demo'))" };

const SELECT_IS_LOADED = 'select exists (select from locations where id = $1) as "isLoaded"';

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

const INSERT_INDIVIDUALS = {
  name: 'demo_individuals',
  text: `
insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
  death_date, death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id,
  created_at, updated_at)
select n.*, n.created_at
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::date[], $9::text[],
  $10::boolean[], $11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[])
  as n (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision, death_date,
    death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id, created_at)`,
};

const INSERT_IDENTIFIERS = {
  name: 'demo_identifiers',
  text: `
insert into identifiers (individual_id, type, value, value_key)
select n.* from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as n (individual_id, type, value, value_key)`,
};

const INSERT_GROUPS = {
  name: 'demo_groups',
  text: `
insert into groups (id, name, kind, origin_individual_id)
select n.id, n.name, 'family', n.mother_id from unnest($1::uuid[], $2::text[], $3::uuid[]) as n (id, name, mother_id)`,
};

const INSERT_MEMBERSHIPS = {
  name: 'demo_memberships',
  text: `
insert into memberships (id, group_id, individual_id, role)
select n.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as n (id, group_id, individual_id, role)`,
};

const INSERT_RELATIONSHIPS = {
  name: 'demo_relationships',
  text: `
insert into relationships (id, type, source_id, target_id)
select n.* from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) as n (id, type, source_id, target_id)`,
};

const INSERT_CHANGES = {
  name: 'demo_changes',
  text: `
insert into changes (subject, subject_id, kind, origin)
select n.subject, n.subject_id, 'created', 'demo' from unnest($1::text[], $2::uuid[]) as n (subject, subject_id)`,
};

/**
 * Loads an invented registry of our own: people of one country in families, with identifiers and a tree of places. All
 * of it or nothing, and only once: where the demo is there already, nothing happens. Throws `DEMO_SIZE_INVALID`.
 */
export async function loadDemo(pool: Pool, options: DemoOptions = {}): Promise<DemoCounts> {
  const { individuals = 200, seed = 1, onProgress } = options;
  if (!Number.isInteger(individuals) || individuals < 1 || individuals > MOST_PEOPLE) {
    throw new Problem('DEMO_SIZE_INVALID', `The demo has 1 to ${String(MOST_PEOPLE)} individuals.`);
  }
  return inTransaction(pool, async (client) => {
    const counts = { individuals: 0, identifiers: 0, groups: 0, memberships: 0, relationships: 0, locations: 0 };
    await client.query(LOCK_DEMO);
    const loaded = await client.query<{ isLoaded: boolean }>({ text: SELECT_IS_LOADED, values: [DEMO_COUNTRY_ID] });
    if (loaded.rows[0]?.isLoaded) return counts;

    const chance = new Chance(seed);
    const places = inventPlaces(
      chance,
      options.locations ?? Math.min(5000, Math.max(40, Math.floor(individuals / 40))),
    );
    await writePlaces(client, places);
    counts.locations = places.locations.length;

    const maker = new FamilyMaker(chance, places);
    while (counts.individuals < individuals) {
      const batch: DemoFamily[] = [];
      for (let left = Math.min(PEOPLE_PER_BATCH, individuals - counts.individuals); left > 0;) {
        const family = maker.next(left);
        batch.push(family);
        left -= family.people.length;
      }
      await writeFamilies(client, batch, chance, counts);
      onProgress?.(counts.individuals, individuals);
    }
    return counts;
  });
}

async function writePlaces(db: Queryable, { locations }: DemoPlaces): Promise<void> {
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
  await writeChanges(db, [['location', locations]]);
}

async function writeFamilies(
  db: Queryable,
  families: readonly DemoFamily[],
  chance: Chance,
  counts: DemoCounts,
): Promise<void> {
  const people = families.flatMap((family) => family.people);
  const identifiers = people.flatMap(({ id, identifiers: held }) => held.map((identifier) => ({ id, ...identifier })));
  const groups = families.flatMap(({ group }) => (group ? [group] : []));
  const memberships = families.flatMap(({ group, memberships: members }) =>
    group ? members.map((member) => ({ id: chance.uuid(), groupId: group.id, ...member })) : [],
  );
  const relationships = families.flatMap(({ relationships: ties }) =>
    ties.map((tie) => ({ id: chance.uuid(), ...tie })),
  );

  await db.query({
    ...INSERT_INDIVIDUALS,
    values: [
      people.map(({ id }) => id),
      people.map(({ name }) => name.given),
      people.map(({ name }) => name.middle),
      people.map(({ name }) => name.family),
      people.map(({ sex }) => sex),
      people.map(({ birthDate }) => birthDate.date),
      people.map(({ birthDate }) => birthDate.precision),
      people.map(({ deathDate }) => deathDate?.date ?? null),
      people.map(({ deathDate }) => deathDate?.precision ?? null),
      people.map(({ deceased }) => deceased),
      people.map(({ birthLocationId }) => birthLocationId),
      people.map(({ birthPlaceText }) => birthPlaceText),
      people.map(({ homeLocationId }) => homeLocationId),
      people.map(({ registeredAt }) => registeredAt),
    ],
  });
  await db.query({
    ...INSERT_IDENTIFIERS,
    values: [
      identifiers.map(({ id }) => id),
      identifiers.map(({ type }) => type),
      identifiers.map(({ value }) => value),
      identifiers.map(({ value }) => identifierKey(value)),
    ],
  });
  await db.query({
    ...INSERT_GROUPS,
    values: [groups.map(({ id }) => id), groups.map(({ name }) => name), groups.map(({ motherId }) => motherId)],
  });
  await db.query({
    ...INSERT_MEMBERSHIPS,
    values: [
      memberships.map(({ id }) => id),
      memberships.map(({ groupId }) => groupId),
      memberships.map(({ individualId }) => individualId),
      memberships.map(({ role }) => role),
    ],
  });
  await db.query({
    ...INSERT_RELATIONSHIPS,
    values: [
      relationships.map(({ id }) => id),
      relationships.map(({ type }) => type),
      relationships.map(({ sourceId }) => sourceId),
      relationships.map(({ targetId }) => targetId),
    ],
  });
  await writeChanges(db, [
    ['individual', people],
    ['group', groups],
    ['membership', memberships],
    ['relationship', relationships],
  ]);
  counts.individuals += people.length;
  counts.identifiers += identifiers.length;
  counts.groups += groups.length;
  counts.memberships += memberships.length;
  counts.relationships += relationships.length;
}

async function writeChanges(
  db: Queryable,
  created: readonly (readonly [subject: Change['subject'], rows: readonly { readonly id: string }[]])[],
): Promise<void> {
  await db.query({
    ...INSERT_CHANGES,
    values: [
      created.flatMap(([subject, rows]) => rows.map(() => subject)),
      created.flatMap(([, rows]) => rows.map(({ id }) => id)),
    ],
  });
}
