import type { Queryable } from '../database/pool.js';
import { type Filter, isEverybody } from '../record/filter.js';
import { compileFilter } from './queries/compile-filter.js';

const PEOPLE_OF_GROUPS = `
select distinct m.individual_id as id
from memberships m
where m.group_id = any($1::uuid[]) and m.ended_on is null`;

/** Ids of the people who belong to any of the groups now, of those whom the caller may see. */
export async function peopleOfGroups(db: Queryable, groupIds: readonly string[], visible: Filter): Promise<string[]> {
  const values: unknown[] = [groupIds];
  const statement = isEverybody(visible)
    ? { name: 'registry-load-people-of-groups', text: PEOPLE_OF_GROUPS, values }
    : { text: `${PEOPLE_OF_GROUPS} and ${belongsTo(visible, values)}`, values };
  const { rows } = await db.query<{ id: string }>(statement);
  return rows.map(({ id }) => id);
}

function belongsTo(visible: Filter, values: unknown[]): string {
  return `exists (select from individuals i where i.id = m.individual_id and (${compileFilter(visible, values)}))`;
}
