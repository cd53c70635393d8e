import { type Filter, isEverybody } from '../record/filter.js';
import { isUuid } from '../record/uuid.js';
import { youngBirths } from '../record/young-child.js';
import { compileFilter } from './queries/compile-filter.js';
import { addingTo } from './queries/parameters.js';

/** How many children under 12 months a group has: living members, other than the head, before their first birthday. */
export interface YoungChildren {
  /** At least so many. */
  readonly min: number;
  /** At most so many. */
  readonly max?: number | undefined;
  /** Only those are counted who were born in one of these locations or below. */
  readonly bornWithin?: readonly string[] | undefined;
  /** The day on which they are counted, `YYYY-MM-DD`. */
  readonly today: string;
}

/** The condition over `groups g`. Of children whom the caller may not see none counts. */
export function compileYoungChildren(
  { min, max, bornWithin, today }: YoungChildren,
  visible: Filter,
  parameters: unknown[],
): string {
  if (min <= 0 && max === undefined) return 'true';
  const parameter = addingTo(parameters);
  const { after, until } = youngBirths(today);
  const below =
    bornWithin === undefined
      ? ''
      : ` and i.birth_location_id in (
    select a.location_id from location_ancestors a where a.ancestor_id = any(${parameter(bornWithin.filter(isUuid), 'uuid[]')}))`;
  const seen = isEverybody(visible) ? '' : ` and (${compileFilter(visible, parameters, { today })})`;
  const children = `select m.group_id from individuals i join memberships m on m.individual_id = i.id
  where i.birth_date > ${parameter(after, 'date')} and i.birth_date <= ${parameter(until, 'date')} and not i.deceased${below}${seen}
    and m.ended_on is null and m.role is distinct from 'head'`;
  const groupsWith = (fewest: number): string =>
    fewest === 1 ? children : `${children} group by m.group_id having count(*) >= ${parameter(fewest, 'bigint')}`;
  return [
    ...(min > 0 ? [`g.id in (${groupsWith(min)})`] : []),
    // Not `not in`: a list that does not fit into the memory of the statement would be read through for each group.
    ...(max === undefined ? [] : [`not exists (select from (${groupsWith(max + 1)}) c where c.group_id = g.id)`]),
  ].join(' and ');
}
