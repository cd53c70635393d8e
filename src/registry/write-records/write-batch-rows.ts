import { type Queryable } from '../../database/pool.js';
import { type Change } from '../../record/change.js';
import { type Revision, writeRevisions } from '../revisions/write-revisions.js';
import { newId } from '../write-id.js';
import { type Batch } from './write-batch.js';
import { change, writeChanges } from '../write-changes.js';
import {
  insertGroupIdentifiers,
  insertIdentifiers,
  insertMemberships,
  insertRelationships,
  retypeRelationships,
  upsertMarriages,
} from '../write-links.js';
import { type RecordWriter } from './write-records.js';
import { type Row } from './write-row.js';
import { runForRows } from '../write-statement.js';
import { DISABILITIES, ENROLMENTS, FARMERS, GROUPS, INDIVIDUALS, PROGRAMMES } from './write-tables.js';
import { type GroupRow, type PersonRow } from './write-values.js';

const DELETE_MARRIAGES = {
  name: 'write-delete-marriages',
  text: 'delete from marriages where id = any ($1::uuid[])',
};

/** Heads step down, and people leave, before another is made head: a group has one at every moment. */
const END_MEMBERSHIPS = {
  name: 'write-end-memberships',
  text: `
    update memberships set ended_on = greatest(current_date, started_on)
    where id = any ($1::uuid[])`,
};

const UPDATE_ROLES = {
  name: 'write-update-roles',
  text: `
    update memberships m set role = n.role
    from unnest($1::uuid[], $2::text[]) as n (id, role)
    where m.id = n.id`,
};

/** Writes what the batch has come to, in a number of statements that does not depend on how much it is. */
export async function writeBatchRows(
  db: Queryable,
  batch: Batch,
  { origin, actor = null }: Pick<RecordWriter, 'origin' | 'actor'>,
): Promise<void> {
  const people = [...batch.people.byId.values()];
  const groups = [...batch.groups.byId.values()];
  const [farmers, disabilities] = [[...batch.farmers.values()], [...batch.disabilities.values()]];
  const [programmes, enrolments] = [[...batch.programmes.values()], [...batch.enrolments.values()]];

  await INDIVIDUALS.write(db, people);
  await writeIdentifiers(db, people);
  await writeMarriages(db, people);
  const ties = await writeParents(db, people);
  await GROUPS.write(db, groups);
  await writeGroupIdentifiers(db, groups);
  const memberships = await writeMembers(db, groups);
  await FARMERS.write(db, farmers);
  await DISABILITIES.write(db, disabilities);
  await PROGRAMMES.write(db, programmes);
  await ENROLMENTS.write(db, enrolments);
  await writeChanges(db, { origin, importRunId: null }, [
    ...changesOf('individual', people),
    ...ties,
    ...changesOf('group', groups),
    ...memberships,
    ...changesOf('farmer', farmers),
    ...changesOf('disability', disabilities),
    ...changesOf('programme', programmes),
    ...changesOf('enrolment', enrolments),
  ]);
  const by = { origin, actor, importRunId: null, dataSourceId: null, page: null };
  await writeRevisions(db, by, people.filter((row) => row.isNew || row.changed.size > 0).map(revisionOf));
}

function revisionOf({ id, heldVersion, changed, before }: PersonRow): Revision {
  const told = new Map([...changed].map((field) => [field, null]));
  return { individualId: id, rowVersion: (heldVersion ?? 0) + 1, told, before: heldVersion === null ? null : before };
}

function changesOf(subject: Change['subject'], rows: readonly Row<object>[]): Change[] {
  return rows
    .filter((row) => row.isNew || row.changed.size > 0)
    .map((row) =>
      row.isNew ? change(subject, row.id, 'created') : change(subject, row.id, 'updated', [...row.changed]),
    );
}

async function writeIdentifiers(db: Queryable, people: readonly PersonRow[]): Promise<void> {
  const rows = people.flatMap(({ id, newIdentifiers }) =>
    newIdentifiers.map((identifier) => ({ ...identifier, id: newId(), individualId: id })),
  );
  await insertIdentifiers(db, rows, null);
}

async function writeGroupIdentifiers(db: Queryable, groups: readonly GroupRow[]): Promise<void> {
  const rows = groups.flatMap(({ id: groupId, newIdentifiers }) =>
    newIdentifiers.map((identifier) => ({ ...identifier, groupId })),
  );
  await insertGroupIdentifiers(db, rows);
}

async function writeMarriages(db: Queryable, people: readonly PersonRow[]): Promise<void> {
  const marriages = people.flatMap(({ id: individualId, marriages: held }) =>
    [...held].map(([marriedOn, marriage]) => ({ individualId, marriedOn, spouseId: null, ...marriage })),
  );
  const gone = marriages.filter(({ held, isGone }) => held !== null && isGone);
  const said = marriages.filter(
    ({ held, divorcedOn, isGone }) => !isGone && (held === null || held.divorcedOn !== divorcedOn),
  );
  await runForRows(db, DELETE_MARRIAGES, gone, [gone.map(({ id }) => id)]);
  await upsertMarriages(db, said);
}

async function writeParents(db: Queryable, people: readonly PersonRow[]): Promise<Change[]> {
  const ties = people.flatMap((child) => child.parents.map((tie) => ({ ...tie, targetId: child.id })));
  const added = ties.filter(({ heldType }) => heldType === null);
  const retyped = ties.filter(({ heldType, type }) => heldType !== null && heldType !== type);
  await insertRelationships(
    db,
    added.map(({ id, type, parentId, targetId }) => ({ id, type, sourceId: parentId, targetId })),
    null,
  );
  await retypeRelationships(db, retyped);
  return [
    ...added.map(({ id }) => change('relationship', id, 'created')),
    ...retyped.map(({ id }) => change('relationship', id, 'updated', ['type'])),
  ];
}

async function writeMembers(db: Queryable, groups: readonly GroupRow[]): Promise<Change[]> {
  const members = groups.flatMap(({ id: groupId, members: held }) =>
    [...held].map(([individualId, member]) => ({ groupId, individualId, ...member })),
  );
  const gone = members.filter(({ held, isGone }) => held !== null && isGone);
  const moved = members.filter(({ held, isGone, role }) => held !== null && !isGone && held.role !== role);
  const joined = members.filter(({ held, isGone }) => held === null && !isGone);
  await runForRows(db, END_MEMBERSHIPS, gone, [gone.map(({ id }) => id)]);
  for (const isHead of [false, true]) {
    const rows = moved.filter(({ role }) => (role === 'head') === isHead);
    await runForRows(db, UPDATE_ROLES, rows, [rows.map(({ id }) => id), rows.map(({ role }) => role)]);
  }
  await insertMemberships(db, joined, null);
  return [
    ...gone.map(({ id }) => change('membership', id, 'updated', ['endedOn'])),
    ...moved.map(({ id }) => change('membership', id, 'updated', ['role'])),
    ...joined.map(({ id }) => change('membership', id, 'created')),
  ];
}
