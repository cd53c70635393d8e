import type { RecordKind } from '../../record/registry-kind.js';

/** A kind of record in SQL: the alias of its table, what is joined to it, and the person whom it is about. */
export interface RecordTable {
  readonly alias: string;
  /** What stands behind `from`. Joins are outer: those that a statement does not use are left out by the planner. */
  readonly from: string;
  /** The id of the person; `null` for records of groups. */
  readonly person: string | null;
}

/** The tables of all kinds of record. */
export const RECORD_TABLES: Readonly<Record<RecordKind, RecordTable>> = {
  individual: { alias: 'i', from: 'individuals i', person: 'i.id' },
  group: { alias: 'g', from: 'groups g left join group_sizes z on z.group_id = g.id', person: null },
  farmer: {
    alias: 'f',
    from: 'farmers f left join individuals i on i.id = f.individual_id',
    person: 'f.individual_id',
  },
  disability: {
    alias: 'd',
    from: 'disabilities d left join individuals i on i.id = d.individual_id',
    person: 'd.individual_id',
  },
  enrolment: {
    alias: 'e',
    from: `enrolments e left join programmes p on p.id = e.programme_id
  left join individuals i on i.id = e.individual_id left join groups g on g.id = e.group_id`,
    person: 'e.individual_id',
  },
};

/** Whether the columns of the one kind can be named in a statement about the other. */
export function isInScope(of: RecordKind, record: RecordKind): boolean {
  return of === record || (of === 'individual' && RECORD_TABLES[record].person !== null);
}

/** Which records stand with others: `column in (select)` holds for those that do. */
export interface Standing {
  readonly column: string;
  readonly select: string;
}

/**
 * The records of the one kind that stand with one of the other kind whose id is among those that `ids` selects: the
 * groups of people, people of groups, the enrolments of either. `null` where the kinds have nothing to do with another.
 */
export function standingWith(record: RecordKind, of: RecordKind, ids: string): Standing | null {
  const { alias, person } = RECORD_TABLES[record];
  if (record === of) return { column: `${alias}.id`, select: ids };
  if (record === 'enrolment') return enrolmentsOf(of, ids);
  if (of === 'individual') {
    return person === null
      ? {
          column: 'g.id',
          select: `select m.group_id from memberships m where m.ended_on is null and m.individual_id in (${ids})`,
        }
      : { column: person, select: ids };
  }
  if (person === null) return null;
  if (of === 'group') return { column: person, select: membersOf(ids) };
  if (of === 'disability') {
    return { column: person, select: `select x.individual_id from disabilities x where x.id in (${ids})` };
  }
  return null;
}

function membersOf(groupIds: string): string {
  return `select m.individual_id from memberships m where m.ended_on is null and m.group_id in (${groupIds})`;
}

/** An enrolled person's groups count as the enrolment's own. */
function enrolmentsOf(of: RecordKind, ids: string): Standing | null {
  const column = 'e.id';
  if (of === 'individual') {
    return { column, select: `select x.id from enrolments x where x.individual_id in (${ids})` };
  }
  if (of !== 'group') return null;
  return {
    column,
    select: `select x.id from enrolments x where x.group_id in (${ids})
  union all select x.id from enrolments x where x.individual_id in (${membersOf(ids)})`,
  };
}
