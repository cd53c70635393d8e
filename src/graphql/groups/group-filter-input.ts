import { Field, ID, InputType } from 'type-graphql';
import type { Catalogue } from '../../record/catalogue.js';
import { allOf } from '../../record/filter.js';
import type { GroupKind } from '../../record/group.js';
import type { GroupFilter, GroupSort } from '../../registry/groups.js';
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
import { GroupKindEnum, GroupSortFieldEnum } from './group-enums.js';

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
  const { kind, nameContains, importedFrom, member, head, headHomeWithin, childBornWithin, identifier, attributes } =
    givenParts(input);
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
    matching: asked.length === 0 ? undefined : allOf(asked),
  };
}

/** What the orders of groups are called in the catalogue. */
export const GROUPS_SORTED_BY = { name: 'group_name', kind: 'group_type', created_at: 'registration_date' } as const;

/** Throws `BAD_USER_INPUT` where the question would tell the caller of a field that it is not shown. */
export function checkGroupQuestion(context: GraphContext, filter: GroupFilter, sort: readonly GroupSort[]): void {
  const { kinds, nameContains, sourceCodes, memberIds, headIds, headHomeWithin, childBornWithin, matching } = filter;
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
    ...(matching ? [matching] : []),
  ]);
  const order = sort.map(({ by, direction }) => ({ attribute: GROUPS_SORTED_BY[by], direction }));
  checkQuestion(context, 'group', question, order);
}

function oneId(type: 'Individual' | 'Location', id: string | undefined, path: string): string[] | undefined {
  return id === undefined ? undefined : [readGlobalId(type, id, path)];
}
