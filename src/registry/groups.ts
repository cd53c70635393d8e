import type { Queryable } from '../database/pool.js';
import type { FieldSet } from '../record/fields.js';
import { type Filter, isEverybody } from '../record/filter.js';
import type { Group, GroupKind } from '../record/group.js';
import { isUuid } from '../record/uuid.js';
import { compileFilter, compileVisible } from './queries/compile-filter.js';
import { groupColumns, type GroupRow, readGroup } from './group-rows.js';
import {
  countRows,
  type CursorPage,
  type ListPage,
  type OrderedRead,
  type OrderKey,
  readPage,
  totalOrder,
} from './queries/keyset.js';
import { hasOnePlan } from './queries/record-pages.js';
import { readNameWords, wordsCondition } from './queries/name-words.js';
import { compileYoungChildren, type YoungChildren } from './young-children.js';
import { type AddParameter, addingTo, storable } from './queries/parameters.js';

/** Which groups are asked for: those for which all that is given holds. An empty list is nobody's. */
export interface GroupFilter {
  readonly kinds?: readonly GroupKind[] | undefined;
  /** Every word occurs in the name, without case. */
  readonly nameContains?: string | undefined;
  /** Codes of the data sources that told of the group. */
  readonly sourceCodes?: readonly string[] | undefined;
  /** Ids of individuals who are members now, whatever their role. */
  readonly memberIds?: readonly string[] | undefined;
  /** Ids of individuals who are heads now. */
  readonly headIds?: readonly string[] | undefined;
  /** The head lives in one of these locations or below. */
  readonly headHomeWithin?: readonly string[] | undefined;
  /** A member who is not the head was born in one of these locations or below. */
  readonly childBornWithin?: readonly string[] | undefined;
  readonly youngChildren?: YoungChildren | undefined;
  /** Whether a member is a mother: the registry knows a child of hers. */
  readonly hasMother?: boolean | undefined;
  /** A filter over groups; what it asks of members is asked of those whom the caller may see. */
  readonly matching?: Filter | undefined;
}

/** One key of the order; the id comes last of itself. */
export interface GroupSort {
  readonly by: 'name' | 'kind' | 'created_at';
  readonly direction: 'asc' | 'desc';
}

const ORDERS: Readonly<Record<GroupSort['by'], Pick<OrderKey, 'expression' | 'type' | 'nullable'>>> = {
  name: { expression: 'lower(g.name)', type: 'text', nullable: true },
  kind: { expression: 'g.kind', type: 'text', nullable: false },
  created_at: { expression: 'g.created_at', type: 'timestamptz', nullable: false },
};

/** What makes the best plan depend on the values asked for. */
const VALUE_DEPENDENT = [
  'nameContains',
  'sourceCodes',
  'headHomeWithin',
  'childBornWithin',
  'youngChildren',
  'matching',
] as const;

/** Which groups, of those that the caller may see: groups with a member whom it may see, asked for by such members. */
export interface GroupQuery {
  readonly filter?: GroupFilter | undefined;
  readonly visible: Filter;
}

/** One page of groups, ordered by `sort` and then by id. Throws `PAGE_INVALID`, `CURSOR_INVALID`, `FILTER_VALUE_INVALID`. */
export async function findGroups(
  db: Queryable,
  query: GroupQuery &
    CursorPage & {
      /** What the caller is shown of them: nothing else is read. */
      readonly fields: FieldSet;
      readonly sort?: readonly GroupSort[] | undefined;
    },
): Promise<ListPage<Group>> {
  const read = { ...groupsRead(query, query.sort ?? []), columns: groupColumns(query.fields) };
  return readPage<GroupRow, Group>(db, read, query, readGroup);
}

/** How many groups there are; with a `cap`, `cap + 1` where there are more. */
export async function countGroups(
  db: Queryable,
  query: GroupQuery & { readonly cap?: number | undefined },
): Promise<number> {
  return countRows(db, groupsRead(query, []), query.cap);
}

/** The statement's fixed parts. The visible filter stands beside the caller's, so that nothing in it can widen it. */
export function groupsRead({ filter = {}, visible }: GroupQuery, sort: readonly GroupSort[]): OrderedRead {
  const parameters: unknown[] = [];
  const parameter = addingTo(parameters);
  const seen = compileVisible(visible, parameters, 'group');
  const hasMember = (condition: string): string => {
    const visibly = isEverybody(visible)
      ? ''
      : ` and m.individual_id in (select i.id from individuals i where ${compileFilter(visible, parameters)})`;
    return `g.id in (select m.group_id from memberships m where m.ended_on is null and ${condition}${visibly})`;
  };
  const conditions = seen === 'true' ? [] : [seen];
  if (filter.kinds) conditions.push(`g.kind = any(${parameter(filter.kinds, 'text[]')})`);
  if (filter.nameContains !== undefined) {
    const words = readNameWords(filter.nameContains);
    conditions.push(
      words === null ? 'false' : wordsCondition('g.name', words, false, (pattern) => parameter(pattern, 'text')),
    );
  }
  if (filter.sourceCodes) {
    const codes = parameter(storable(filter.sourceCodes), 'text[]');
    conditions.push(`g.data_source_id = any(array(select s.id from data_sources s where s.code = any(${codes})))`);
  }
  if (filter.memberIds) conditions.push(hasMember(`m.individual_id = any(${uuids(filter.memberIds, parameter)})`));
  if (filter.headIds) {
    conditions.push(hasMember(`m.individual_id = any(${uuids(filter.headIds, parameter)}) and m.role = 'head'`));
  }
  if (filter.headHomeWithin) {
    conditions.push(
      hasMember(`m.role = 'head' and ${livesWithin('home_location_id', filter.headHomeWithin, parameter)}`),
    );
  }
  if (filter.childBornWithin) {
    const bornThere = livesWithin('birth_location_id', filter.childBornWithin, parameter);
    conditions.push(hasMember(`m.role is distinct from 'head' and ${bornThere}`));
  }
  if (filter.youngChildren) conditions.push(compileYoungChildren(filter.youngChildren, visible, parameters));
  if (filter.hasMother !== undefined) {
    const mother = compileFilter({ kind: 'is_mother' }, parameters, { visible });
    const seen = isEverybody(visible) ? '' : ` and (${compileFilter(visible, parameters)})`;
    conditions.push(`${filter.hasMother ? 'exists' : 'not exists'} (
    select from memberships m join individuals i on i.id = m.individual_id
    where m.group_id = g.id and m.ended_on is null and ${mother}${seen})`);
  }
  if (filter.matching) {
    conditions.push(compileFilter(filter.matching, parameters, { record: 'group', visible }));
  }
  return {
    from: 'groups g',
    columns: 'g.id',
    where: conditions.length === 0 ? 'true' : conditions.map((condition) => `(${condition})`).join(' and '),
    parameters,
    onePlan: hasOnePlan(visible) && VALUE_DEPENDENT.every((name) => filter[name] === undefined),
    keys: totalOrder(
      sort.map(({ by, direction }) => ({ ...ORDERS[by], name: by, direction })),
      'g.id',
    ),
  };
}

function uuids(ids: readonly string[], parameter: AddParameter): string {
  return parameter(ids.filter(isUuid), 'uuid[]');
}

function livesWithin(
  column: 'home_location_id' | 'birth_location_id',
  locationIds: readonly string[],
  parameter: AddParameter,
): string {
  return `m.individual_id in (select i.id from individuals i where i.${column} in (
    select a.location_id from location_ancestors a where a.ancestor_id = any(${uuids(locationIds, parameter)})))`;
}
