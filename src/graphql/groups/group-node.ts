import { Arg, Args, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import type { Group, GroupKind } from '../../record/group.js';
import type { Individual } from '../../record/individual.js';
import { isUnder12Months, utcToday } from '../../record/young-child.js';
import { AttributeNames, AttributeValueNode, attributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { EnrolmentNode } from '../enrolments/enrolment-node.js';
import { globalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { IdentifierNode } from '../individuals/person-name.js';
import { LocationNode } from '../locations/location-node.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import type { Shown } from '../sight/shown.js';
import { GroupKindEnum } from './group-enums.js';
import { MembershipNode } from './membership-node.js';

@ObjectType('Group', { description: 'People who belong together: a family, a household.', simpleResolvers: true })
export class GroupNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { nullable: true, description: 'Name of the group: of a family, its family name.' })
  readonly name: string | null;

  @Field(() => GroupKindEnum, { nullable: true, description: 'What holds the group together.' })
  readonly kind: GroupKind | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the group was entered into this registry.' })
  readonly registeredAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the group was last changed in this registry.' })
  readonly updatedAt: Date | null;

  /** `aboutId`: the individual whom it is shown for; `null`: the group as such, which tells of all its members. */
  constructor(
    private readonly record: Group,
    shown: Shown,
    aboutId: string | null,
  ) {
    if (aboutId === null) shown.addGroup(record.id);
    else shown.add('group', aboutId);
    this.id = globalId('Group', record.id);
    this.name = record.name;
    this.kind = record.kind;
    this.registeredAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => [MembershipNode], {
    nullable: true,
    description: 'The people who belong to the group now, with the role of each.',
  })
  async members(@Ctx() { loaders }: GraphContext): Promise<MembershipNode[]> {
    const memberships = await loaders.membershipsByGroup.load(this.record.id);
    return memberships.map((membership) => new MembershipNode(membership));
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The head of the group: of a family, the mother.' })
  async head(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const memberships = await loaders.membershipsByGroup.load(this.record.id);
    const head = memberships.find(({ role }) => role === 'head');
    const individual = head ? await loaders.individualById.load(head.individualId) : null;
    return individual && new IndividualNode(individual, shown);
  }

  @Field(() => [IdentifierNode], {
    nullable: true,
    description: 'The numbers and codes under which authorities know the group.',
  })
  async identifiers(@Ctx() { recordLoaders }: GraphContext): Promise<readonly IdentifierNode[]> {
    return recordLoaders.identifiersByGroup.load(this.record.id);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the group is, in the tree of places.' })
  async place(@Ctx() { loaders, recordLoaders }: GraphContext): Promise<LocationNode | null> {
    const details = await recordLoaders.detailsByGroup.load(this.record.id);
    return LocationNode.load(loaders, details?.locationId ?? null);
  }

  @Field(() => String, { nullable: true, description: 'What was said of the place of the group in words.' })
  async placeText(@Ctx() { recordLoaders }: GraphContext): Promise<string | null> {
    return (await recordLoaders.detailsByGroup.load(this.record.id))?.placeText ?? null;
  }

  @Field(() => [AttributeValueNode], {
    nullable: true,
    description: 'Poverty score and what a country adds, as far as it is shown to you.',
  })
  async attributes(
    @Ctx() context: GraphContext,
    @Args(() => AttributeNames) { names }: AttributeNames,
  ): Promise<AttributeValueNode[]> {
    const held = (await context.recordLoaders.detailsByGroup.load(this.record.id))?.attributes ?? {};
    return attributeValues(held, { record: 'group', names, context });
  }

  @Field(() => [EnrolmentNode], { nullable: true, description: 'The programmes that the group is in.' })
  async enrolments(@Ctx() { recordLoaders, shown }: GraphContext): Promise<EnrolmentNode[]> {
    const enrolments = await recordLoaders.enrolmentsByGroup.load(this.record.id);
    return enrolments.map((enrolment) => new EnrolmentNode(enrolment, shown, null));
  }

  @Field(() => YoungChildrenNode, {
    nullable: true,
    description:
      'The living members, other than the head, whose first birthday is still to come, counted at the moment of asking. ' +
      'One whose birth date is known only to the month or the year counts as born on its first day.',
  })
  async childrenUnder12Months(
    @Ctx() { loaders, shown }: GraphContext,
    @Arg('asOf', () => DateScalar, { nullable: true, description: 'Counted on this day. Default: today, in UTC.' })
    asOf?: string | null,
  ): Promise<YoungChildrenNode> {
    const memberships = await loaders.membershipsByGroup.load(this.record.id);
    const others = memberships.filter(({ role }) => role !== 'head');
    const people = await Promise.all(others.map(({ individualId }) => loaders.individualById.load(individualId)));
    const today = asOf ?? utcToday();
    const children = people.filter((person) => person !== null && isUnder12Months(person, today));
    return new YoungChildrenNode(children, shown);
  }
}

@ObjectType('YoungChildren', {
  description: 'The children of a group before their first birthday.',
  simpleResolvers: true,
})
class YoungChildrenNode {
  @Field(() => Int, { description: 'How many they are.' })
  readonly count: number;

  constructor(
    private readonly children: readonly (Individual | null)[],
    shown: Shown,
  ) {
    for (const child of children) if (child) shown.add('individual', child.id);
    this.count = children.length;
  }

  @Field(() => [LocationNode], {
    nullable: true,
    description: 'The places of the tree where they were born, each once.',
  })
  async birthPlaces(@Ctx() { loaders }: GraphContext): Promise<LocationNode[]> {
    const ids = new Set(this.children.map((child) => child?.birthLocationId ?? null));
    const places = await Promise.all([...ids].map((id) => LocationNode.load(loaders, id)));
    return places.filter((place) => place !== null);
  }
}
