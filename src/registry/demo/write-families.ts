import type { Queryable } from '../../database/pool.js';
import type { Change } from '../../record/change.js';
import { change, writeChanges } from '../write-changes.js';
import { newId } from '../write-id.js';
import {
  insertGroupIdentifiers,
  insertIdentifiers,
  insertMemberships,
  insertRelationships,
  upsertMarriages,
} from '../write-links.js';
import { runForRows } from '../write-statement.js';
import { DISABILITIES, ENROLMENTS, FARMERS, GROUPS } from '../write-records/write-tables.js';
import type { Chance } from './chance.js';
import { CivilLives } from './civil-life.js';
import type { DemoFamily } from './families.js';
import type { RegistryMaker } from './registries.js';
import { insertPeople } from './write-people.js';

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
  const lived = new Map(civil.flatMap(({ lives: ofFamily }) => [...ofFamily]));
  const marriages = civil.flatMap((life) => life.marriages);
  const spouses = civil.flatMap(({ spouses: couple }) =>
    couple === null ? [] : [{ id: lives.uuid(), type: 'spouse_of' as const, sourceId: couple[0], targetId: couple[1] }],
  );
  const held = families.map((family) => registries.next(family));
  const households = held.flatMap(({ household }) => household ?? []);
  const [farmers, disabilities] = [held.flatMap((one) => one.farmers), held.flatMap((one) => one.disabilities)];
  const enrolments = held.flatMap((one) => one.enrolments);
  const identifiers = people.flatMap(({ id: individualId, identifiers: own }) =>
    own.map((identifier) => ({ id: newId(), individualId, ...identifier })),
  );
  const relationships = [...parents, ...spouses];
  const members = [...memberships, ...held.flatMap((one) => one.members)];

  await insertPeople(db, people, (person) => lived.get(person.id) ?? null);
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
