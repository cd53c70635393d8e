import { type PoolClient } from 'pg';
import { type Change } from '../../record/change.js';
import { type JsonObject } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { writeRevisions } from '../revisions/write-revisions.js';
import { change, writeChanges } from '../write-changes.js';
import { lockIdentifiers } from '../write-sources/write-held.js';
import * as statements from './merge-statements.js';
import {
  columnsOfField,
  differingFields,
  isEqual,
  mergeValues,
  revisionValues,
  valuesOf,
  writeValues,
} from './merged-values.js';
import { type AlteredMembership, type MergeSnapshot, type MovedColumn, type RemovedFrom } from './snapshot.js';

/** Which two people are one, and who says so. */
export interface MergeOrder {
  readonly winnerId: string;
  readonly losingId: string;
  readonly actor: string;
}

/** Under which the losing row is kept. */
export interface MergeKeys {
  seal(text: string): Buffer;
  open(sealed: Buffer): string;
}

/** A merge that was carried out. */
export interface Merged {
  readonly id: string;
  readonly winnerId: string;
  readonly losingId: string;
}

const OBSTACLES: Readonly<Record<string, string>> = {
  MERGE_PARENT_AND_CHILD: 'One of the two is a parent of the other: correct that tie first',
  MERGE_PARENTS_OF_ONE_CHILD: 'The two are mother and father of one child: correct one of the ties first',
  MERGE_PARENTS_DIFFER:
    'The two have different parents: merge the parents first, or correct the ties of one of the two',
};

type RemovedRows = Partial<Record<RemovedFrom, JsonObject[]>>;

/**
 * Makes two people one, within the transaction of `client`: everything that the losing person was and had becomes the
 * winner's, what both have stays once, and the winner takes the values that it lacked. The losing id leads to the winner
 * from then on. Throws `MERGE_SAME_PERSON`, `INDIVIDUAL_UNKNOWN`, `MERGE_PARENT_AND_CHILD`, `MERGE_PARENTS_OF_ONE_CHILD`,
 * `MERGE_PARENTS_DIFFER`.
 */
export async function mergePeople(client: PoolClient, keys: MergeKeys, order: MergeOrder): Promise<Merged> {
  const { winnerId, losingId, actor } = order;
  if (winnerId === losingId) {
    throw new Problem('MERGE_SAME_PERSON', 'The two are one person already: name two different people');
  }
  const both = [winnerId, losingId];
  const { winner, loser } = await lockBoth(client, both, order);
  const obstacles = await client.query<{ code: string }>({ ...statements.SELECT_OBSTACLES, values: both });
  for (const { code } of obstacles.rows) throw new Problem(code, OBSTACLES[code] ?? 'The two cannot be one person');

  const removed: RemovedRows = {};
  const groups = await foldGroups(client, order, removed);
  for (const [table, statement] of statements.REMOVALS) {
    const gone = await client.query<{ row: JsonObject }>({ ...statement, values: both });
    add(removed, table, gone.rows);
  }
  for (const [table, statement] of statements.KEPT_OF_LOSER) {
    const kept = await client.query<{ row: JsonObject }>({ ...statement, values: both });
    add(removed, table, kept.rows);
  }
  const promoted = await takeRoles(client, winnerId, losingId, removed.memberships ?? []);
  const moved: Partial<Record<MovedColumn, string[]>> = {};
  for (const [column, statement] of statements.MOVES) {
    const { rows } = await client.query<{ id: string }>({ ...statement, values: both });
    if (rows.length > 0) moved[column] = rows.map(({ id }) => id);
  }
  const records = await client.query<{ dataSourceId: string; key: string }>({
    ...statements.MOVE_RECORDS,
    values: both,
  });
  const sources = await client.query<{ id: string }>({ ...statements.ADD_SOURCES, values: both });
  await client.query({ ...statements.ADD_CASE_PEOPLE, values: both });

  const before = valuesOf(winner);
  const after = mergeValues(winner, loser);
  const fields = differingFields(before, after);
  const rowVersion = await writeValues(client, winnerId, after);
  const loserTold = await client.query<{ told: JsonObject }>({ ...statements.SELECT_TOLD, values: [losingId] });
  const carried = carriedOver(fields, loserTold.rows[0]?.told ?? {}, { after, loser });
  await client.query({ ...statements.REMOVE_LOSER, values: [losingId] });
  const inserted = await client.query<{ id: string }>({ ...statements.INSERT_MERGE, values: [...both, actor] });
  const [merge] = inserted.rows;
  if (merge === undefined) throw new Error('the merge was not written');
  const snapshot: MergeSnapshot = {
    loser,
    removed,
    moved,
    records: records.rows,
    sourcesAdded: sources.rows.map(({ id }) => id),
    altered: [...groups.altered, ...promoted],
    unowned: groups.unowned,
    before,
    after,
  };
  await client.query({ ...statements.INSERT_SNAPSHOT, values: [merge.id, keys.seal(JSON.stringify(snapshot))] });
  await writeRevisions(client, { origin: 'merge', actor, importRunId: null, dataSourceId: null, page: null }, [
    {
      individualId: winnerId,
      rowVersion,
      told: new Map(fields.map((field) => [field, null])),
      before: revisionValues(before, fields),
      carried,
    },
  ]);
  await writeChanges(client, { origin: 'merge', importRunId: null }, [
    change('individual', losingId, 'deleted'),
    change('individual', winnerId, 'updated', [
      ...fields,
      ...(moved['identifiers.individual_id'] ? ['identifiers'] : []),
    ]),
    ...changesOfRemoved(removed),
    ...changesOfMoved(snapshot),
  ]);
  return { id: merge.id, winnerId, losingId };
}

async function lockBoth(
  client: PoolClient,
  both: readonly string[],
  { winnerId, losingId }: MergeOrder,
): Promise<{ winner: JsonObject; loser: JsonObject }> {
  if (!both.every(isUuid)) throw unknown();
  const keys = await client.query<{ type: string; valueKey: string }>({ ...statements.SELECT_KEYS, values: [...both] });
  await lockIdentifiers(client, keys.rows);
  const { rows } = await client.query<{ id: string; row: JsonObject }>({ ...statements.LOCK_BOTH, values: [...both] });
  const winner = rows.find(({ id }) => id === winnerId)?.row;
  const loser = rows.find(({ id }) => id === losingId)?.row;
  if (winner === undefined || loser === undefined) throw unknown();
  return { winner, loser };
}

/** Where each of the two has a family of their own, the members of the losing one join the winner's. */
async function foldGroups(
  client: PoolClient,
  { winnerId, losingId }: MergeOrder,
  removed: RemovedRows,
): Promise<{ altered: AlteredMembership[]; unowned: string[] }> {
  const twins = await client.query<{ losing: string; winning: string; isKept: boolean }>({
    ...statements.SELECT_TWIN_GROUPS,
    values: [winnerId, losingId],
  });
  const altered: AlteredMembership[] = [];
  const unowned: string[] = [];
  for (const { losing, winning, isKept } of twins.rows) {
    if (isKept) {
      await client.query({ ...statements.DISOWN_GROUP, values: [losing] });
      unowned.push(losing);
      continue;
    }
    const gone = await client.query<{ row: JsonObject }>({
      ...statements.REMOVE_TWIN_MEMBERS,
      values: [losing, winning, losingId, winnerId],
    });
    add(removed, 'memberships', gone.rows);
    const members = await client.query<AlteredMembership>({ ...statements.SELECT_MEMBERS, values: [losing] });
    altered.push(...members.rows);
    await client.query({ ...statements.MOVE_MEMBERS, values: [losing, winning] });
    const group = await client.query<{ row: JsonObject }>({ ...statements.REMOVE_GROUP, values: [losing] });
    add(removed, 'groups', group.rows);
  }
  return { altered, unowned };
}

async function takeRoles(
  client: PoolClient,
  winnerId: string,
  losingId: string,
  memberships: readonly JsonObject[],
): Promise<AlteredMembership[]> {
  const promoted: AlteredMembership[] = [];
  for (const { individual_id, group_id, role } of memberships) {
    if (individual_id !== losingId || typeof group_id !== 'string' || typeof role !== 'string') continue;
    const { rows } = await client.query<{ id: string }>({
      ...statements.TAKE_ROLE,
      values: [winnerId, group_id, role],
    });
    promoted.push(...rows.map(({ id }) => ({ id, group_id, role: null })));
  }
  return promoted;
}

/** Of the fields in which the winner holds just what the losing person had: who told that. */
function carriedOver(
  fields: readonly string[],
  told: JsonObject,
  { after, loser }: { readonly after: JsonObject; readonly loser: JsonObject },
): JsonObject {
  const isTaken = (field: string): boolean =>
    columnsOfField(field).every((column) => isEqual(after[column] ?? null, loser[column] ?? null));
  return Object.fromEntries(
    fields.flatMap((field) => {
      const by = told[field];
      return by === undefined || !isTaken(field) ? [] : [[field, by]];
    }),
  );
}

function add(removed: RemovedRows, table: RemovedFrom, rows: readonly { readonly row: JsonObject }[]): void {
  if (rows.length > 0) removed[table] = [...(removed[table] ?? []), ...rows.map(({ row }) => row)];
}

/** Tables whose rows changes tell of. */
const SUBJECTS: Readonly<Partial<Record<string, Change['subject']>>> = {
  groups: 'group',
  memberships: 'membership',
  relationships: 'relationship',
  farmers: 'farmer',
  disabilities: 'disability',
  enrolments: 'enrolment',
};

function changesOfRemoved(removed: RemovedRows): Change[] {
  return Object.entries(removed).flatMap(([table, rows]) => {
    const subject = SUBJECTS[table];
    if (subject === undefined) return [];
    return rows.flatMap(({ id }) => (typeof id === 'string' ? [change(subject, id, 'deleted')] : []));
  });
}

/** That rows belong to somebody else now, each told once. */
export function changesOfMoved({ moved, altered }: Pick<MergeSnapshot, 'moved' | 'altered'>): Change[] {
  const told = new Map<string, Change>();
  for (const [column, ids] of Object.entries(moved)) {
    const subject = SUBJECTS[column.split('.')[0] ?? ''];
    if (subject !== undefined) for (const id of ids) told.set(id, change(subject, id, 'updated', ['individual']));
  }
  for (const { id } of altered) told.set(id, change('membership', id, 'updated', ['group']));
  return [...told.values()];
}

function unknown(): Problem {
  return new Problem('INDIVIDUAL_UNKNOWN', 'There is nobody with one of these ids: look the people up first');
}
