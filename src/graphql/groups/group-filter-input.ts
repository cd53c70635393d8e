import { Field, ID, InputType, Int } from 'type-graphql';
import type { Catalogue } from '../../record/catalogue.js';
import { allOf, type Filter } from '../../record/filter.js';
import type { GroupKind } from '../../record/group.js';
import { Problem } from '../../record/problem.js';
import { utcToday, youngBirths } from '../../record/young-child.js';
import type { GroupFilter, GroupSort } from '../../registry/groups.js';
import type { YoungChildren } from '../../registry/young-children.js';
import { AttributeFilter, readAttributeFilters } from '../attributes/attribute-filter.js';
import { checkQuestion } from '../access.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { LimitProblem } from '../limit-problem.js';
import { withheldPart } from '../sight/field-table.js';
import { SortDirectionEnum } from '../individuals/individual-enums.js';
import { IdentifierFilter } from '../individuals/individual-filter-input.js';
import { readIdentifierPart } from '../individuals/read-individual-filter.js';
import { givenParts } from '../given-parts.js';
import { DateScalar } from '../scalars.js';
import { GroupKindEnum, GroupSortFieldEnum } from './group-enums.js';

@InputType('YoungChildrenFilter', {
  description:
    'How many children under 12 months: living members, other than the head, whose first birthday is still to come. A ' +
    'birth date known only to the month or the year counts as its first day.',
})
class YoungChildrenFilterInput {
  @Field(() => Int, { nullable: true, description: 'At least so many. Default: 1, or 0 where `max` is given.' })
  min?: number | null;

  @Field(() => Int, { nullable: true, description: 'At most so many.' })
  max?: number | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Only those are counted who were born in this location or anywhere below it.',
  })
  bornWithin?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Counted on this day. Default: today, in UTC.' })
  asOf?: string | null;
}

@InputType('GroupFilter', {
  description: 'Which groups are asked for. Every part given must hold. Null is refused: leave a part out instead.',
})
export class GroupFilterInput {
  @Field(() => GroupKindEnum, { nullable: true, description: 'Of this kind.' })
  kind?: GroupKind | null;

  @Field(() => String, { nullable: true, description: 'Every word of this text occurs in the name, without case.' })
  nameContains?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Made by an import from a data source with one of these codes.',
  })
  importedFrom?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'This individual is a member now, in whatever role.' })
  member?: string | null;

  @Field(() => ID, { nullable: true, description: 'This individual is the head now.' })
  head?: string | null;

  @Field(() => ID, { nullable: true, description: 'The head lives in this location or anywhere below it.' })
  headHomeWithin?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A member other than the head was born in this location or anywhere below it.',
  })
  childBornWithin?: string | null;

  @Field(() => YoungChildrenFilterInput, {
    nullable: true,
    description: 'Children under 12 months, counted at the moment of asking.',
  })
  childrenUnder12Months?: YoungChildrenFilterInput | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether a member is a mother: the registry knows a child whose mother she is.',
  })
  hasMother?: boolean | null;

  @Field(() => IdentifierFilter, { nullable: true, description: 'An identifier of the group or of a member.' })
  identifier?: IdentifierFilter | null;

  @Field(() => [AttributeFilter], {
    nullable: true,
    description:
      'Attributes of the catalogue, all of which must compare so; one of people holds where a member has it.',
  })
  attributes?: AttributeFilter[] | null;
}

@InputType('GroupSort', { description: 'One key of an order of groups; the unknown comes last.' })
export class GroupSortInput {
  @Field(() => GroupSortFieldEnum, { description: 'What to compare.' })
  readonly field!: GroupSort['by'];

  @Field(() => SortDirectionEnum, { defaultValue: 'asc', description: 'Which end comes first.' })
  readonly direction!: 'asc' | 'desc';
}

/**
 * The filter of the registry that a graph filter means. Throws `BAD_USER_INPUT` for a null, an id of another type, and
 * an attribute or value that the catalogue does not have.
 */
export function readGroupFilter(input: GroupFilterInput | null | undefined, catalogue: Catalogue): GroupFilter {
  const { kind, nameContains, importedFrom, member, head, headHomeWithin, childBornWithin, ...others } =
    givenParts(input);
  const { childrenUnder12Months, hasMother, identifier, attributes } = others;
  const asked = [
    ...(identifier ? [readIdentifierPart(identifier, 'filter.identifier')] : []),
    ...(attributes ? [readAttributeFilters(attributes, 'group', catalogue, 'filter.attributes')] : []),
  ];
  return {
    kinds: kind && [kind],
    nameContains,
    sourceCodes: importedFrom,
    memberIds: oneId('Individual', member, 'filter.member'),
    headIds: oneId('Individual', head, 'filter.head'),
    headHomeWithin: oneId('Location', headHomeWithin, 'filter.headHomeWithin'),
    childBornWithin: oneId('Location', childBornWithin, 'filter.childBornWithin'),
    youngChildren: childrenUnder12Months && readYoungChildren(childrenUnder12Months),
    hasMother,
    matching: asked.length === 0 ? undefined : allOf(asked),
  };
}

/** Most children that a filter can speak of: no group has as many. */
const MOST_CHILDREN = 1000;

function readYoungChildren(input: YoungChildrenFilterInput): YoungChildren {
  const path = 'filter.childrenUnder12Months';
  const { max, bornWithin, asOf, min = max === undefined ? 1 : 0 } = givenParts(input, path);
  for (const [name, count] of Object.entries({ min, max })) {
    if (count === undefined || (count >= 0 && count <= MOST_CHILDREN)) continue;
    throw new Problem('BAD_USER_INPUT', `${path}.${name} must be from 0 to ${String(MOST_CHILDREN)}`);
  }
  if (max !== undefined && max < min) throw new Problem('BAD_USER_INPUT', `${path}.max is less than ${path}.min`);
  return { min, max, bornWithin: oneId('Location', bornWithin, `${path}.bornWithin`), today: asOf ?? utcToday() };
}

/** What the orders of groups are called in the catalogue. */
export const GROUPS_SORTED_BY = { name: 'group_name', kind: 'group_type', created_at: 'registration_date' } as const;

/** Throws `BAD_USER_INPUT` where the question would tell the caller of a field that it is not shown. */
export function checkGroupQuestion(context: GraphContext, filter: GroupFilter, sort: readonly GroupSort[]): void {
  const { kinds, nameContains, sourceCodes, memberIds, headIds, headHomeWithin, childBornWithin } = filter;
  const { youngChildren, hasMother, matching } = filter;
  const { fields } = context.caller.access;
  if ((memberIds ?? headIds) && withheldPart(['group.members'], fields) !== null) {
    const message = 'This caller may not search by group.members: leave member and head out';
    throw new LimitProblem('fields', 'BAD_USER_INPUT', message);
  }
  const question = allOf([
    ...(kinds ? [{ kind: 'compare', attribute: 'group_type', operator: 'eq', values: kinds } as const] : []),
    ...(nameContains === undefined ? [] : [{ kind: 'name_contains', text: nameContains } as const]),
    ...(sourceCodes ? [{ kind: 'from_source', codes: sourceCodes } as const] : []),
    ...(headHomeWithin ? [{ kind: 'within', place: 'home', locationIds: headHomeWithin } as const] : []),
    ...(childBornWithin ? [{ kind: 'within', place: 'birth', locationIds: childBornWithin } as const] : []),
    ...(youngChildren ? questionOf(youngChildren) : []),
    ...(hasMother === undefined ? [] : [{ kind: 'is_mother' } as const]),
    ...(matching ? [matching] : []),
  ]);
  const order = sort.map(({ by, direction }) => ({ attribute: GROUPS_SORTED_BY[by], direction }));
  checkQuestion(context, 'group', question, order);
}

/** What the count of young children tells of. */
function questionOf({ bornWithin, today }: YoungChildren): Filter[] {
  const { after, until } = youngBirths(today);
  return [
    { kind: 'compare', attribute: 'birth_date', operator: 'gt', values: [after] },
    { kind: 'compare', attribute: 'birth_date', operator: 'le', values: [until] },
    { kind: 'compare', attribute: 'deceased', operator: 'eq', values: [false] },
    ...(bornWithin ? [{ kind: 'within', place: 'birth', locationIds: bornWithin } as const] : []),
  ];
}

function oneId(type: 'Individual' | 'Location', id: string | undefined, path: string): string[] | undefined {
  return id === undefined ? undefined : [readGlobalId(type, id, path)];
}
