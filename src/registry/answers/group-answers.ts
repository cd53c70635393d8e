import type { Queryable } from '../../database/pool.js';
import type { FieldSet } from '../../record/fields.js';
import type { MembershipRole } from '../../record/group.js';
import type { IndividualAnswer } from '../../record/individual-answer.js';
import type { Identifier, Individual } from '../../record/individual.js';
import type { JsonObject } from '../../record/json.js';
import type { GroupAnswer } from '../../record/record-answer.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { nameFor, selectVisible, type Sight } from './answer-rows.js';
import { groupColumns, type GroupRow, readGroup } from '../group-rows.js';
import { loadPeople, type PeopleAnswers } from './individual-answers.js';
import { compileVisible } from '../queries/compile-filter.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';
import { shownAttributes } from '../shown-attributes.js';
import { type HeldColumn, shownColumns } from '../shown-columns.js';

const PLACE_COLUMNS: readonly HeldColumn[] = [
  { sql: 'g.location_id', type: 'uuid', field: 'location' },
  { sql: 'g.place_text', type: 'text', field: 'location' },
];

/** The table of sizes tells of everybody, also where the database shows the caller only some of the members. */
const SIZE = '(select z.size from group_sizes z where z.group_id = g.id)';

const IDENTIFIERS = `(select jsonb_agg(jsonb_build_object('type', h.type, 'value', h.value) order by h.type, h.value_key)
   from group_identifiers h where h.group_id = g.id)`;

function selectGroups(fields: FieldSet): { readonly name: string; readonly text: string } {
  const size = fields.shows('group', 'group_size') ? SIZE : 'null::integer';
  const identifiers = fields.shows('group', 'group_identifier') ? IDENTIFIERS : 'null::jsonb';
  return {
    name: 'registry-load-groups-of-answers',
    text: `
select ${groupColumns(fields)}, ${shownColumns('group', PLACE_COLUMNS, fields)},
  ${shownAttributes('group', 'g.attributes', fields)} as attributes, ${size} as size, ${identifiers} as identifiers
from groups g
where g.id = any($1::uuid[])`,
  };
}

/** Those who belong to it now. Not ordered here: a scope of rows is added behind the last condition. */
function selectMembers(fields: FieldSet): { readonly name: string; readonly text: string } {
  return {
    name: 'registry-load-members',
    text: `
select m.id as membership_id, m.group_id, m.role, m.created_at as joined_at, ${individualColumns(fields)}
from memberships m
join individuals i on i.id = m.individual_id
where m.group_id = any($1::uuid[]) and m.ended_on is null`,
  };
}

interface GroupAnswerRow extends GroupRow {
  location_id: string | null;
  place_text: string | null;
  attributes: JsonObject;
  size: number | null;
  identifiers: Identifier[] | null;
}

interface MemberRow extends IndividualRow {
  membership_id: string;
  group_id: string;
  role: MembershipRole | null;
  joined_at: Date;
}

/** The rows of groups and of their visible members, before anything is known of the people. */
export interface GroupsRead {
  readonly people: readonly Individual[];
  readonly placeIds: readonly (string | null)[];
  /** By the id of the group. */
  answers(loaded: PeopleAnswers): ReadonlyMap<string, GroupAnswer>;
}

/** What a registry answers of these groups, by id, with five statements however many there are. */
export async function loadGroupAnswers(
  db: Queryable,
  ids: readonly string[],
  sight: Sight,
  registry: RegistryKind,
): Promise<ReadonlyMap<string, GroupAnswer>> {
  const read = await readGroups(db, ids, sight);
  return read.answers(await loadPeople(db, read.people, sight, { registry, placeIds: read.placeIds }));
}

/** Reads the groups that the caller may see and who belongs to them: the people are loaded together with others of the same answer. */
export async function readGroups(db: Queryable, ids: readonly string[], sight: Sight): Promise<GroupsRead> {
  if (ids.length === 0) return { people: [], placeIds: [], answers: () => new Map() };
  const { fields, visible } = sight;
  const { name, text } = selectGroups(fields);
  const values: unknown[] = [ids];
  const condition = compileVisible(visible, values, 'group');
  const statement =
    condition === 'true'
      ? { ...nameFor(name, text, fields), text, values }
      : { text: `${text} and ${condition}`, values };
  const { rows } = await db.query<GroupAnswerRow>(statement);
  const members = fields.shows('group', 'members')
    ? (await selectVisible<MemberRow>(db, selectMembers(fields), ids, sight)).sort(byRank)
    : [];
  return {
    people: members.map(readIndividual),
    placeIds: rows.map((row) => row.location_id),
    answers({ people, placeOf }) {
      const byId = new Map(people.map((person) => [person.individual.id, person]));
      const membersOf = new Map(rows.map(({ id }) => [id, [] as GroupAnswer['members'][number][]]));
      for (const { group_id, role, id } of members) {
        const member: IndividualAnswer | undefined = byId.get(id);
        if (member) membersOf.get(group_id)?.push({ role, member });
      }
      return new Map(
        rows.map((row): [string, GroupAnswer] => [
          row.id,
          {
            shown: fields,
            group: readGroup(row),
            identifiers: row.identifiers ?? [],
            place: placeOf(row.location_id),
            placeText: row.place_text,
            attributes: row.attributes,
            members: membersOf.get(row.id) ?? [],
            size: row.size,
          },
        ]),
      );
    },
  };
}

/** The head first, then those who joined first. */
function byRank(a: MemberRow, b: MemberRow): number {
  return (
    Number(a.role !== 'head') - Number(b.role !== 'head') ||
    a.joined_at.getTime() - b.joined_at.getTime() ||
    (a.membership_id < b.membership_id ? -1 : 1)
  );
}
