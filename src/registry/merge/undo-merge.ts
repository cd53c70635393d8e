import { type PoolClient } from 'pg';
import { type Statement } from '../../database/pool.js';
import { type JsonObject } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import { isUuid } from '../../record/uuid.js';
import { writeRevisions } from '../revisions/write-revisions.js';
import { change, writeChanges } from '../write-changes.js';
import { lockIdentifiers } from '../write-sources/write-held.js';
import { changesOfMoved, type Merged, type MergeKeys } from './merge-people.js';
import { SELECT_KEYS } from './merge-statements.js';
import { columnsOfField, differingFields, isEqual, revisionValues, valuesOf, writeValues } from './merged-values.js';
import { type MergeSnapshot, MOVED_COLUMNS, REMOVED_FROM, type RemovedFrom } from './snapshot.js';

/** A merge that was taken back, and what of it could not be. */
export interface UndoneMerge extends Merged {
  readonly refusals: readonly MergeRefusal[];
}

/** Something that stays with the winner, or is not given back. */
export interface MergeRefusal {
  /** Field of a person as changes name it, or table. */
  readonly what: string;
  /** A sentence without personal data. */
  readonly reason: string;
}

const LOCK_MERGE = {
  name: 'undo-merge-lock',
  text: `
    select m.id, m.losing_id as "losingId", m.winner_id as "winnerId", m.merged_into_id as "mergedIntoId",
      m.undone_at as "undoneAt", s.snapshot_sealed as sealed
    from individual_merges m left join individual_merge_snapshots s on s.merge_id = m.id
    where m.id = $1
    for update of m`,
};

const LOCK_WINNER = {
  name: 'undo-merge-lock-winner',
  text: 'select to_jsonb(i) as row from individuals i where i.id = $1 for update',
};

/** Those that are computed cannot be given; whatever columns there are, all that was kept is given back. */
const SELECT_COLUMNS = {
  name: 'undo-merge-columns',
  text: `
    select string_agg(quote_ident(column_name), ', ') as columns
    from information_schema.columns
    where table_schema = 'public' and table_name = 'individuals' and is_generated = 'NEVER'`,
};

/** A row comes back where what it refers to is still there. */
const RESTORABLE: Readonly<Record<RemovedFrom, string>> = {
  groups: 'true',
  memberships: `exists (select from groups g where g.id = n.group_id)
    and exists (select from individuals i where i.id = n.individual_id)`,
  relationships: `exists (select from individuals i where i.id = n.source_id)
    and exists (select from individuals i where i.id = n.target_id)`,
  marriages: `exists (select from individuals i where i.id = n.individual_id)
    and (n.spouse_id is null or exists (select from individuals i where i.id = n.spouse_id))`,
  farmers: 'true',
  disabilities: 'true',
  enrolments: 'exists (select from programmes p where p.id = n.programme_id)',
  individual_sources: 'exists (select from data_sources d where d.id = n.data_source_id)',
  individual_revisions: `n.data_source_id is null or exists (select from data_sources d where d.id = n.data_source_id)`,
  conflict_case_people: 'exists (select from conflict_cases c where c.id = n.case_id)',
};

const RESTORE: readonly (readonly [RemovedFrom, Statement])[] = REMOVED_FROM.map((table) => [
  table,
  {
    name: `undo-merge-restore-${table}`,
    text: `
      insert into ${table} select n.* from jsonb_populate_recordset(null::${table}, $1::jsonb) as n
      where ${RESTORABLE[table]}
      on conflict do nothing`,
  },
]);

const MOVE_BACK = MOVED_COLUMNS.map(
  ([table, column]) =>
    [
      table,
      `${table}.${column}`,
      {
        name: `undo-merge-move-${table}-${column}`,
        text: `update ${table} set ${column} = $2 where id = any ($3::uuid[]) and ${column} = $1`,
      },
    ] as const,
);

const RESTORE_MEMBERSHIPS = {
  name: 'undo-merge-alter-memberships',
  text: `
    update memberships m set group_id = n.group_id, role = n.role
    from jsonb_populate_recordset(null::memberships, $1::jsonb) as n
    where m.id = n.id and exists (select from groups g where g.id = n.group_id)`,
};

const MOVE_RECORDS_BACK = {
  name: 'undo-merge-move-source-records',
  text: `
    update source_records s set individual_id = $2
    from unnest($3::uuid[], $4::text[]) as n (data_source_id, key)
    where s.data_source_id = n.data_source_id and s.record_key = decode(n.key, 'hex') and s.individual_id = $1`,
};

const FORGET_SOURCES = {
  name: 'undo-merge-forget-sources',
  text: `
    delete from individual_sources s where s.individual_id = $1 and s.data_source_id = any ($2::uuid[])
      and not exists (select from source_records r where r.individual_id = $1 and r.data_source_id = s.data_source_id)`,
};

const OWN_AGAIN = {
  name: 'undo-merge-own-groups',
  text: 'update groups set origin_individual_id = $1 where id = any ($2::uuid[]) and origin_individual_id is null',
};

const MARK_UNDONE = {
  name: 'undo-merge-mark',
  text: 'update individual_merges set undone_at = now(), undone_by = $2 where id = $1',
};

const FORGET_SNAPSHOT = {
  name: 'undo-merge-forget-snapshot',
  text: 'delete from individual_merge_snapshots where merge_id = $1',
};

interface MergeRow extends Merged {
  readonly mergedIntoId: string;
  readonly undoneAt: Date | null;
  readonly sealed: Buffer | null;
}

/**
 * Takes a merge back, within the transaction of `client`: both people are what they were. What came to the winner since
 * stays there; what cannot be given back is named. Throws `MERGE_UNKNOWN`, `MERGE_ALREADY_UNDONE`, `MERGE_MERGED_ON`,
 * `MERGE_NOT_KEPT`.
 */
export async function undoMerge(
  client: PoolClient,
  keys: MergeKeys,
  { mergeId, actor }: { readonly mergeId: string; readonly actor: string },
): Promise<UndoneMerge> {
  const { merge, sealed } = await lockMerge(client, mergeId);
  const { winnerId, losingId } = merge;
  // Written by mergePeople alone, and the seal tells of any change.
  const snapshot = JSON.parse(keys.open(sealed)) as MergeSnapshot;
  const known = await client.query<{ type: string; valueKey: string }>({
    ...SELECT_KEYS,
    values: [winnerId, losingId],
  });
  await lockIdentifiers(client, known.rows);
  const held = await client.query<{ row: JsonObject }>({ ...LOCK_WINNER, values: [winnerId] });
  const winner = held.rows[0]?.row;
  if (winner === undefined) throw unknown();

  const refusals: MergeRefusal[] = [];
  const loserVersion = await insertLoser(client, snapshot.loser);
  await giveBackRows(client, merge, snapshot, refusals);
  const { fields, rowVersion, before } = await giveBackValues(client, winner, winnerId, snapshot, refusals);
  await client.query({ ...MARK_UNDONE, values: [mergeId, actor] });
  await client.query({ ...FORGET_SNAPSHOT, values: [mergeId] });

  const origin = { origin: 'merge-undone', importRunId: null };
  await writeRevisions(client, { ...origin, actor, dataSourceId: null, page: null }, [
    { individualId: winnerId, rowVersion, told: new Map(fields.map((field) => [field, null])), before },
    // Nothing of the values differs: but each version of a row has its revision.
    { individualId: losingId, rowVersion: loserVersion, told: new Map(), before: new Map() },
  ]);
  await writeChanges(client, origin, [
    change('individual', losingId, 'created'),
    change('individual', winnerId, 'updated', fields),
    ...changesOfMoved(snapshot),
  ]);
  return { id: mergeId, winnerId, losingId, refusals };
}

async function lockMerge(client: PoolClient, mergeId: string): Promise<{ merge: MergeRow; sealed: Buffer }> {
  if (!isUuid(mergeId)) throw unknown();
  const { rows } = await client.query<MergeRow>({ ...LOCK_MERGE, values: [mergeId] });
  const [merge] = rows;
  if (merge === undefined) throw unknown();
  if (merge.undoneAt !== null) {
    throw new Problem('MERGE_ALREADY_UNDONE', 'This merge was taken back already: both people are there again');
  }
  if (merge.winnerId !== merge.mergedIntoId) {
    throw new Problem('MERGE_MERGED_ON', 'The person was merged with a further one since: take that merge back first');
  }
  if (merge.sealed === null) {
    throw new Problem(
      'MERGE_NOT_KEPT',
      'What the person was is not kept any more: it was too long ago, or somebody in it was erased',
    );
  }
  return { merge, sealed: merge.sealed };
}

/** Answers the `row_version`: another one than the row had before, for whoever compares them. */
async function insertLoser(client: PoolClient, loser: JsonObject): Promise<number> {
  const { rows } = await client.query<{ columns: string }>(SELECT_COLUMNS);
  const columns = rows[0]?.columns ?? '';
  const version = (typeof loser.row_version === 'number' ? loser.row_version : 0) + 1;
  await client.query({
    text: `insert into individuals (${columns}) select ${columns} from jsonb_populate_record(null::individuals, $1::jsonb)`,
    values: [JSON.stringify({ ...loser, row_version: version, updated_at: new Date().toISOString() })],
  });
  return version;
}

async function giveBackRows(
  client: PoolClient,
  { winnerId, losingId }: Merged,
  { removed, moved, records, sourcesAdded, altered, unowned }: MergeSnapshot,
  refusals: MergeRefusal[],
): Promise<void> {
  const restore = async (tables: readonly RemovedFrom[]): Promise<void> => {
    for (const [table, statement] of RESTORE) {
      const rows = tables.includes(table) ? (removed[table] ?? []) : [];
      if (rows.length === 0) continue;
      const { rowCount } = await client.query({ ...statement, values: [JSON.stringify(rows)] });
      note(refusals, table, rows.length - (rowCount ?? 0), 'what they belong to is gone, or others have their place');
    }
  };
  await restore(['groups']);
  if (altered.length > 0) {
    const { rowCount } = await client.query({ ...RESTORE_MEMBERSHIPS, values: [JSON.stringify(altered)] });
    note(refusals, 'memberships', altered.length - (rowCount ?? 0), 'they were ended or removed since');
  }
  for (const [table, column, statement] of MOVE_BACK) {
    const ids = moved[column] ?? [];
    if (ids.length === 0) continue;
    const { rowCount } = await client.query({ ...statement, values: [winnerId, losingId, ids] });
    note(refusals, table, ids.length - (rowCount ?? 0), 'they were removed since, or are somebody else’s');
  }
  if (records.length > 0) {
    await client.query({
      ...MOVE_RECORDS_BACK,
      values: [winnerId, losingId, records.map((one) => one.dataSourceId), records.map((one) => one.key)],
    });
  }
  await client.query({ ...FORGET_SOURCES, values: [winnerId, sourcesAdded] });
  await client.query({ ...OWN_AGAIN, values: [losingId, unowned] });
  await restore(REMOVED_FROM.filter((table) => table !== 'groups'));
}

function note(refusals: MergeRefusal[], what: string, count: number, why: string): void {
  if (count > 0) refusals.push({ what, reason: `${String(count)} of the ${what} could not be given back: ${why}` });
}

/** What the merge put there and nobody has changed since goes; what somebody changed stays. */
async function giveBackValues(
  client: PoolClient,
  winner: JsonObject,
  winnerId: string,
  { before, after }: MergeSnapshot,
  refusals: MergeRefusal[],
): Promise<{ fields: string[]; rowVersion: number; before: Map<string, unknown> }> {
  const values = valuesOf(winner);
  const fields: string[] = [];
  for (const field of differingFields(before, after)) {
    const columns = columnsOfField(field);
    if (!columns.every((column) => isEqual(winner[column] ?? null, after[column] ?? null))) {
      refusals.push({ what: field, reason: `${field} was changed since the merge and stays as it is` });
    } else if (field === 'deceased' && values.death_date !== null) {
      // The date of death is among the fields before this one.
      refusals.push({ what: field, reason: 'deceased stays, because a date of death was told since the merge' });
    } else {
      for (const column of columns) values[column] = before[column] ?? null;
      fields.push(field);
    }
  }
  const rowVersion = await writeValues(client, winnerId, values);
  return { fields, rowVersion, before: revisionValues(winner, fields) };
}

function unknown(): Problem {
  return new Problem('MERGE_UNKNOWN', 'There is no merge with this id: list the merges to see which there are');
}
