import { type Statement } from '../../database/pool.js';
import { MOVED_COLUMNS, type MovedColumn, type RemovedFrom } from './snapshot.js';

// In all of these $1 is the winner and $2 the losing person.

const PARENTAL = `('mother_of', 'father_of', 'parent_of')`;

/** Why the two cannot be one person: each row is the word for a reason. */
export const SELECT_OBSTACLES: Statement = {
  name: 'merge-select-obstacles',
  text: `
    select 'MERGE_PARENT_AND_CHILD' as code
    from relationships r
    where r.type in ${PARENTAL} and (r.source_id, r.target_id) in (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))
    union
    select 'MERGE_PARENTS_OF_ONE_CHILD'
    from relationships w join relationships l on l.target_id = w.target_id and l.source_id = $2
    where w.source_id = $1 and (w.type, l.type) in (('mother_of', 'father_of'), ('father_of', 'mother_of'))
    union
    select 'MERGE_PARENTS_DIFFER'
    from relationships w join relationships l on l.type = w.type and l.target_id = $2 and l.source_id <> w.source_id
    where w.target_id = $1 and w.type in ('mother_of', 'father_of')
    union
    select 'MERGE_PARENTS_DIFFER'
    from relationships r where r.target_id in ($1, $2) and r.type in ${PARENTAL}
    having count(distinct r.source_id) > 2`,
};

/** Those of each table that the winner has too, in the order in which they go. Each answers the rows as JSON. */
export const REMOVALS: readonly (readonly [RemovedFrom, Statement])[] = [
  [
    'memberships',
    {
      name: 'merge-remove-memberships',
      text: `
        delete from memberships l
        where l.individual_id = $2 and l.ended_on is null and exists (
          select from memberships w where w.individual_id = $1 and w.ended_on is null and w.group_id = l.group_id)
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'memberships',
    {
      // Nobody is a child in two families.
      name: 'merge-remove-second-family',
      text: `
        delete from memberships l
        using groups g
        where g.id = l.group_id and g.kind = 'family'
          and l.individual_id = $2 and l.ended_on is null and l.role is distinct from 'head' and exists (
            select from memberships w join groups f on f.id = w.group_id and f.kind = 'family'
            where w.individual_id = $1 and w.ended_on is null and w.role is distinct from 'head')
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'relationships',
    {
      name: 'merge-remove-relationships',
      text: `
        delete from relationships l
        where (l.source_id, l.target_id) in (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))
          or l.source_id = $2 and exists (
            select from relationships w where w.source_id = $1 and w.target_id = l.target_id
              and (w.type = l.type or l.type = 'parent_of' and w.type in ${PARENTAL}))
          or l.target_id = $2 and exists (
            select from relationships w where w.target_id = $1 and w.source_id = l.source_id
              and (w.type = l.type or l.type = 'parent_of' and w.type in ${PARENTAL}))
          or l.source_id = $1 and l.type = 'parent_of' and exists (
            select from relationships o where o.source_id = $2 and o.target_id = l.target_id
              and o.type in ('mother_of', 'father_of'))
          or l.target_id = $1 and l.type = 'parent_of' and exists (
            select from relationships o where o.target_id = $2 and o.source_id = l.source_id
              and o.type in ('mother_of', 'father_of'))
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'marriages',
    {
      name: 'merge-remove-marriages',
      text: `
        delete from marriages l
        where (l.individual_id, l.spouse_id) in (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))
          or l.individual_id = $2 and exists (
            select from marriages w where w.individual_id = $1 and w.married_on = l.married_on)
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'farmers',
    {
      name: 'merge-remove-farmers',
      text: `
        delete from farmers l
        where l.individual_id = $2 and exists (select from farmers w where w.individual_id = $1)
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'disabilities',
    {
      name: 'merge-remove-disabilities',
      text: `
        delete from disabilities l
        where l.individual_id = $2 and exists (select from disabilities w where w.individual_id = $1)
        returning to_jsonb(l) as row`,
    },
  ],
  [
    'enrolments',
    {
      name: 'merge-remove-enrolments',
      text: `
        delete from enrolments l
        where l.individual_id = $2 and exists (
          select from enrolments w where w.individual_id = $1 and w.programme_id = l.programme_id)
        returning to_jsonb(l) as row`,
    },
  ],
];

/** What goes with the losing row itself. */
export const KEPT_OF_LOSER: readonly (readonly [RemovedFrom, Statement])[] = [
  [
    'individual_sources',
    {
      name: 'merge-select-sources',
      text: `select to_jsonb(s) as row from individual_sources s where s.individual_id = $2 and $1::uuid is not null`,
    },
  ],
  [
    'individual_revisions',
    {
      name: 'merge-select-revisions',
      text: `select to_jsonb(r) as row from individual_revisions r where r.individual_id = $2 and $1::uuid is not null`,
    },
  ],
  [
    'conflict_case_people',
    {
      name: 'merge-select-case-people',
      text: `select to_jsonb(p) as row from conflict_case_people p where p.individual_id = $2 and $1::uuid is not null`,
    },
  ],
];

/** Makes what named the losing person name the winner; answers the ids. */
export const MOVES: readonly (readonly [MovedColumn, Statement])[] = MOVED_COLUMNS.map(
  ([table, column]): readonly [MovedColumn, Statement] => [
    `${table}.${column}`,
    {
      name: `merge-move-${table}-${column}`,
      text: `update ${table} set ${column} = $1 where ${column} = $2 returning id`,
    },
  ],
);

export const MOVE_RECORDS: Statement = {
  name: 'merge-move-source-records',
  text: `
    update source_records set individual_id = $1 where individual_id = $2
    returning data_source_id as "dataSourceId", encode(record_key, 'hex') as key`,
};

export const ADD_SOURCES: Statement = {
  name: 'merge-add-sources',
  text: `
    insert into individual_sources (individual_id, data_source_id, first_seen_at)
    select $1, l.data_source_id, l.first_seen_at from individual_sources l where l.individual_id = $2
    on conflict do nothing
    returning data_source_id as id`,
};

export const ADD_CASE_PEOPLE: Statement = {
  name: 'merge-add-case-people',
  text: `
    insert into conflict_case_people (case_id, individual_id, place)
    select l.case_id, $1, l.place from conflict_case_people l where l.individual_id = $2
    on conflict do nothing
    returning case_id as id`,
};

/** Groups that were made for each of the two, of one kind: the losing one's members go into the winner's. */
export const SELECT_TWIN_GROUPS: Statement = {
  name: 'merge-select-twin-groups',
  text: `
    select l.id as losing, w.id as winning,
      exists (select from enrolments e where e.group_id = l.id)
        or exists (select from group_identifiers n where n.group_id = l.id) as "isKept"
    from groups l join groups w on w.origin_individual_id = $1 and w.kind = l.kind
    where l.origin_individual_id = $2
    order by l.id
    for update of l, w`,
};

/** Of a group that others know by a number, or that is in a programme. $1: the group. */
export const DISOWN_GROUP: Statement = {
  name: 'merge-disown-group',
  text: 'update groups set origin_individual_id = null where id = $1',
};

/** $1: the losing group, $2: the winner's; $3: the losing person, $4: the winner. */
export const REMOVE_TWIN_MEMBERS: Statement = {
  name: 'merge-remove-twin-members',
  text: `
    delete from memberships m
    where m.group_id = $1 and m.ended_on is null and exists (
      select from memberships w where w.group_id = $2 and w.ended_on is null
        and w.individual_id = case m.individual_id when $3 then $4::uuid else m.individual_id end)
    returning to_jsonb(m) as row`,
};

/** As they were. $1: the group. */
export const SELECT_MEMBERS: Statement = {
  name: 'merge-select-members',
  text: 'select id, group_id, role from memberships where group_id = $1 order by id for update',
};

/** $1: the losing group, $2: the winner's. */
export const MOVE_MEMBERS: Statement = {
  name: 'merge-move-members',
  text: `
    update memberships m
    set group_id = $2, role = case when m.role = 'head' and exists (
      select from memberships h where h.group_id = $2 and h.role = 'head' and h.ended_on is null) then null else m.role end
    where m.group_id = $1`,
};

/** $1: the group. */
export const REMOVE_GROUP: Statement = {
  name: 'merge-remove-group',
  text: 'delete from groups g where g.id = $1 returning to_jsonb(g) as row',
};

/** The winner takes the role that the losing person had in the same group. $1: the winner, $2: the group, $3: the role. */
export const TAKE_ROLE: Statement = {
  name: 'merge-take-role',
  text: `
    update memberships set role = $3
    where individual_id = $1 and group_id = $2 and ended_on is null and role is null
    returning id`,
};

/** Where the values of a person came from, by field. */
export const SELECT_TOLD: Statement = {
  name: 'merge-select-told',
  text: `
    select coalesce(jsonb_object_agg(t.field, to_jsonb(t) - array['individual_id', 'field', 'row_version']), '{}') as told
    from individual_values_told t where t.individual_id = $1`,
};

export const REMOVE_LOSER: Statement = {
  name: 'merge-remove-loser',
  text: 'delete from individuals where id = $1',
};

/** Both, in the order of their ids, as JSON. */
export const LOCK_BOTH: Statement = {
  name: 'merge-lock-both',
  text: `select i.id, to_jsonb(i) as row from individuals i where i.id in ($1, $2) order by i.id for update`,
};

/** What writers of either lock: they wait until the merge is done, and find the winner. */
export const SELECT_KEYS: Statement = {
  name: 'merge-select-keys',
  text: 'select type, value_key as "valueKey" from identifiers where individual_id in ($1, $2)',
};

/** At this moment, when both are locked: an undo asks whether a page of an import was written before it or after. */
export const INSERT_MERGE: Statement = {
  name: 'merge-insert',
  text: `
    insert into individual_merges (losing_id, winner_id, merged_into_id, merged_at, merged_by)
    values ($2, $1, $1, clock_timestamp(), $3)
    returning id`,
};

export const INSERT_SNAPSHOT: Statement = {
  name: 'merge-insert-snapshot',
  text: 'insert into individual_merge_snapshots (merge_id, snapshot_sealed) values ($1, $2)',
};
