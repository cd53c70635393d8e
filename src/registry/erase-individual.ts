import type { QueryResultRow } from 'pg';
import type { Queryable } from '../database/pool.js';
import type { Identifier } from '../record/individual.js';
import type { ErasedPerson } from './erased-people.js';
import { change, writeChanges } from './write-changes.js';

/** By what a person can be recognised in texts. */
export interface PersonTraces {
  readonly individualId: string;
  /** In which the ledger names the person. */
  readonly ledgerKey: string;
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
  readonly identifiers: readonly Identifier[];
  /** Telephone numbers and addresses of e-mail. */
  readonly contacts: readonly string[];
  /** Of the person's records in all registries. */
  readonly recordIds: readonly string[];
  readonly children: ErasedPerson['children'];
}

/** What went with a person. */
export interface ErasedRows {
  /** Groups in which there was nobody else. */
  readonly groups: number;
  /** Groups that were named after the person, and have no name now. */
  readonly renamedGroups: number;
}

interface TracesRow extends QueryResultRow, Omit<PersonTraces, 'individualId'> {}

const SELECT_TRACES = {
  name: 'erase-select-traces',
  text: `
    select i.ledger_key as "ledgerKey", i.given_name as "givenName", i.middle_name as "middleName",
      i.family_name as "familyName", i.phone_numbers || i.emails as contacts,
      coalesce((select json_agg(json_build_object('type', n.type, 'value', n.value))
        from identifiers n where n.individual_id = i.id), '[]') as identifiers,
      array(
        select f.id from farmers f where f.individual_id = i.id
        union all select d.id from disabilities d where d.individual_id = i.id
        union all select e.id from enrolments e where e.individual_id = i.id) as "recordIds",
      coalesce((select json_agg(json_build_object('id', r.target_id, 'place', replace(r.type, '_of', '')))
        from relationships r
        where r.source_id = i.id and r.type in ('mother_of', 'father_of', 'parent_of')), '[]') as children
    from individuals i where i.id = $1`,
};

const LOCK_PERSON = { name: 'erase-lock', text: 'select from individuals where id = $1 for update' };

/** Of the group's people, those who left as well. */
const DELETE_LONELY_GROUPS = {
  name: 'erase-lonely-groups',
  text: `
    delete from groups g
    where g.id in (select m.group_id from memberships m where m.individual_id = $1)
      and not exists (select from memberships o where o.group_id = g.id and o.individual_id <> $1)
    returning g.id`,
};

/** A family's name is everybody's in it who bears it; a given name, and a family name that nobody else there bears, is not. */
const RENAME_GROUPS = {
  name: 'erase-rename-groups',
  text: `
    update groups g set name = null, row_version = g.row_version + 1, updated_at = now()
    from individuals i
    where i.id = $1
      and (g.origin_individual_id = $1 or g.id in (select m.group_id from memberships m where m.individual_id = $1))
      and regexp_split_to_array(lower(g.name), '[^[:alnum:]]+') && array(
        select word
        from unnest(array[coalesce(i.given_name, i.full_name), i.middle_name, i.family_name]) as part (name),
          regexp_split_to_table(lower(part.name), '[^[:alnum:]]+') as word
        where word <> '' and (part.name is distinct from i.family_name or not exists (
          select from memberships o join individuals other on other.id = o.individual_id
          where o.group_id = g.id and o.individual_id <> $1 and lower(other.family_name) = lower(i.family_name))))
    returning g.id`,
};

const DELETE_EVENTS = { name: 'erase-events', text: 'delete from events where record_id = any ($1)' };
/** Between the pages of a search it is kept where they end; nothing is lost with it but time. */
const DELETE_MARKS = { name: 'erase-page-marks', text: 'delete from search_page_marks' };
/** With the records that wait in them, which tell of the person. */
const DELETE_CONFLICTS = {
  name: 'erase-conflicts-of-person',
  text: `
    delete from conflict_cases c using conflict_case_people p
    where p.individual_id = $1 and c.id = p.case_id and c.state = 'open'`,
};
/** What sources had said of the person before a run: digests of identifiers, which can be guessed. */
const DELETE_SAID = {
  name: 'erase-import-pages-said',
  text: `
    update import_pages p
    set (said_keys, said_digests, said_individuals) = (
      select coalesce(array_agg(s.key order by s.place), '{}'), coalesce(array_agg(s.digest order by s.place), '{}'),
        coalesce(array_agg(s.individual order by s.place), '{}')
      from unnest(p.said_keys, p.said_digests, p.said_individuals) with ordinality as s (key, digest, individual, place)
      where s.key <> all (gone.keys) and s.individual is distinct from $1)
    from (select array(select r.record_key from source_records r where r.individual_id = $1) as keys) gone
    where p.said_keys && gone.keys or $1 = any (p.said_individuals)`,
};
const DELETE_PERSON = { name: 'erase-person', text: 'delete from individuals where id = $1' };

/** `null` when there is no such person. */
export async function findPersonTraces(db: Queryable, individualId: string): Promise<PersonTraces | null> {
  const { rows } = await db.query<TracesRow>({ ...SELECT_TRACES, values: [individualId] });
  return rows[0] ? { individualId, ...rows[0] } : null;
}

/**
 * As `findPersonTraces`; until the transaction of `db` ends nobody adds to them. Writers that wait for the person find
 * nobody after that, and then ask who was erased.
 */
export async function lockPersonTraces(db: Queryable, individualId: string): Promise<PersonTraces | null> {
  await db.query({ ...LOCK_PERSON, values: [individualId] });
  return findPersonTraces(db, individualId);
}

/**
 * Deletes a person with everything that is about them, within the transaction of `db`: records of all registries,
 * identifiers, ties, memberships, marriages, what sources said, and groups in which there was nobody else. What others
 * have in common with the person stays theirs. The person must be locked already.
 */
export async function deletePerson(db: Queryable, { individualId, recordIds }: PersonTraces): Promise<ErasedRows> {
  const lonely = await db.query<{ id: string }>({ ...DELETE_LONELY_GROUPS, values: [individualId] });
  const renamed = await db.query<{ id: string }>({ ...RENAME_GROUPS, values: [individualId] });
  await db.query({
    ...DELETE_EVENTS,
    values: [[individualId, ...recordIds, ...lonely.rows.map(({ id }) => id)]],
  });
  await db.query(DELETE_MARKS);
  await db.query({ ...DELETE_CONFLICTS, values: [individualId] });
  await db.query({ ...DELETE_SAID, values: [individualId] });
  await db.query({ ...DELETE_PERSON, values: [individualId] });
  await writeChanges(db, { origin: 'erasure', importRunId: null }, [
    change('individual', individualId, 'deleted'),
    ...lonely.rows.map(({ id }) => change('group', id, 'deleted')),
    ...renamed.rows.map(({ id }) => change('group', id, 'updated', ['name'])),
  ]);
  return { groups: lonely.rows.length, renamedGroups: renamed.rows.length };
}
