import type { Queryable } from '../../database/pool.js';
import type { Change } from '../../record/change.js';
import { change, writeChanges } from '../write-changes.js';
import {
  insertGroupIdentifiers,
  insertIdentifiers,
  insertMemberships,
  insertRelationships,
  upsertMarriages,
} from '../write-links.js';
import { runForRows } from '../write-statement.js';
import { DISABILITIES, ENROLMENTS, FARMERS, GROUPS } from '../write-tables.js';
import type { Chance } from './chance.js';
import { CivilLives } from './civil-life.js';
import type { DemoFamily } from './families.js';
import type { RegistryMaker } from './registries.js';

/** `updated_at` is when they were registered: nothing has happened to the invented people since. */
const INSERT_INDIVIDUALS = {
  name: 'demo-insert-individuals',
  text: `
    insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
      death_date, death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id,
      created_at, updated_at, marital_status, phone_numbers, emails, attributes, death_location_id)
    select n.id, n.given_name, n.middle_name, n.family_name, n.sex, n.birth_date, n.birth_date_precision,
      n.death_date, n.death_date_precision, n.deceased, n.birth_location_id, n.birth_place_text, n.home_location_id,
      n.created_at, n.created_at, n.marital_status, string_to_array(n.phone_numbers, ' '),
      string_to_array(n.emails, ' '), n.attributes, n.death_location_id
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::date[],
      $9::text[], $10::boolean[], $11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[], $15::text[], $16::text[],
      $17::text[], $18::jsonb[], $19::uuid[])
      as n (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision, death_date,
        death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id, created_at,
        marital_status, phone_numbers, emails, attributes, death_location_id)`,
};

const INSERT_FAMILIES = {
  name: 'demo-insert-families',
  text: `
    insert into groups (id, name, kind, origin_individual_id)
    select n.id, n.name, 'family', n.mother_id from unnest($1::uuid[], $2::text[], $3::uuid[]) as n (id, name, mother_id)`,
};

/** What was written. */
export type FamilyCounts = Record<
  | 'individuals'
  | 'identifiers'
  | 'groups'
  | 'memberships'
  | 'relationships'
  | 'marriages'
  | 'farmers'
  | 'disabilities'
  | 'enrolments',
  number
>;

/** Chance for the people, and apart from it chance for what else is told of them. */
export interface FamilyWriting {
  readonly chance: Chance;
  readonly lives: Chance;
  readonly registries: RegistryMaker;
  /** Whether each row is told of by a change. */
  readonly tells: boolean;
}

/** Writes families with all that the five registries hold of them, in a number of statements that depends on nothing. */
export async function writeFamilies(
  db: Queryable,
  families: readonly DemoFamily[],
  { chance, lives, registries, tells }: FamilyWriting,
): Promise<FamilyCounts> {
  const people = families.flatMap((family) => family.people);
  const groups = families.flatMap(({ group }) => (group ? [group] : []));
  const memberships = families.flatMap(({ group, memberships: members }) =>
    group ? members.map((member) => ({ id: chance.uuid(), groupId: group.id, ...member })) : [],
  );
  const parents = families.flatMap(({ relationships: ties }) => ties.map((tie) => ({ id: chance.uuid(), ...tie })));
  const civil = families.map((family) => new CivilLives(lives, family));
  const lived = families.flatMap((family, index) => family.people.map((person) => civil[index]?.of(person)));
  const marriages = civil.flatMap((life) => life.marriages);
  const spouses = civil.flatMap(({ spouses: couple }) =>
    couple === null ? [] : [{ id: lives.uuid(), type: 'spouse_of' as const, sourceId: couple[0], targetId: couple[1] }],
  );
  const held = families.map((family) => registries.next(family));
  const households = held.flatMap(({ household }) => household ?? []);
  const [farmers, disabilities] = [held.flatMap((one) => one.farmers), held.flatMap((one) => one.disabilities)];
  const enrolments = held.flatMap((one) => one.enrolments);
  const identifiers = people.flatMap(({ id: individualId, identifiers: own }) =>
    own.map((identifier) => ({ individualId, ...identifier })),
  );
  const relationships = [...parents, ...spouses];
  const members = [...memberships, ...held.flatMap((one) => one.members)];

  await runForRows(db, INSERT_INDIVIDUALS, people, [
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
    lived.map((life) => life?.maritalStatus ?? null),
    lived.map((life) => life?.phoneNumbers.join(' ') ?? ''),
    lived.map((life) => life?.emails.join(' ') ?? ''),
    lived.map((life) => JSON.stringify(life?.attributes ?? {})),
    lived.map((life) => life?.deathLocationId ?? null),
  ]);
  await insertIdentifiers(db, identifiers, null);
  await upsertMarriages(db, marriages);
  await runForRows(db, INSERT_FAMILIES, groups, [
    groups.map(({ id }) => id),
    groups.map(({ name }) => name),
    groups.map(({ motherId }) => motherId),
  ]);
  await GROUPS.write(db, households);
  await insertGroupIdentifiers(
    db,
    households.flatMap(({ id: groupId, newIdentifiers }) => newIdentifiers.map((one) => ({ groupId, ...one }))),
  );
  await insertMemberships(db, members, null);
  await insertRelationships(db, relationships, null);
  await FARMERS.write(db, farmers);
  await DISABILITIES.write(db, disabilities);
  await ENROLMENTS.write(db, enrolments);
  if (tells) {
    await writeChanges(db, { origin: 'demo', importRunId: null }, [
      ...created('individual', people),
      ...created('group', [...groups, ...households]),
      ...created('membership', members),
      ...created('relationship', relationships),
      ...created('farmer', farmers),
      ...created('disability', disabilities),
      ...created('enrolment', enrolments),
    ]);
  }
  return {
    individuals: people.length,
    identifiers: identifiers.length,
    groups: groups.length + households.length,
    memberships: members.length,
    relationships: relationships.length,
    marriages: marriages.length,
    farmers: farmers.length,
    disabilities: disabilities.length,
    enrolments: enrolments.length,
  };
}

/** The changes that tell of new rows. */
export function created(subject: Change['subject'], rows: readonly { readonly id: string }[]): Change[] {
  return rows.map(({ id }) => change(subject, id, 'created'));
}

/** Adds what was written to what was written before. */
export function addCounts(counts: FamilyCounts, written: FamilyCounts): void {
  counts.individuals += written.individuals;
  counts.identifiers += written.identifiers;
  counts.groups += written.groups;
  counts.memberships += written.memberships;
  counts.relationships += written.relationships;
  counts.marriages += written.marriages;
  counts.farmers += written.farmers;
  counts.disabilities += written.disabilities;
  counts.enrolments += written.enrolments;
}
