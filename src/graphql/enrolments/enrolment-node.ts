import { Args, Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Enrolment } from '../../record/enrolment.js';
import type { Json } from '../../record/json.js';
import { AttributeNames, AttributeValueNode, attributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { GroupNode } from '../groups/group-node.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { DateScalar, DateTimeScalar, JsonScalar } from '../scalars.js';
import type { Shown } from '../sight/shown.js';
import { ProgrammeNode } from './programme-node.js';

@ObjectType('Enrolment', {
  description: 'A person or a group in a programme: one of `individual` and `group`.',
  simpleResolvers: true,
})
export class EnrolmentNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, {
    nullable: true,
    description: 'Code: `1` active, `2` deceased, `3` graduated, `4` suspended.',
  })
  readonly status: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Since when.' })
  readonly enrolledOn: string | null;

  @Field(() => [DateScalar], { nullable: true, description: 'The days on which the status changed.' })
  readonly statusChangedOn: readonly string[];

  @Field(() => [JsonScalar], {
    nullable: true,
    description: 'What was given: `benefit_type`, `benefit_date`, `benefit_value`, ... of each.',
  })
  readonly benefits: readonly Json[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was entered into this registry.' })
  readonly registeredAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last changed in this registry.' })
  readonly updatedAt: Date | null;

  /** `aboutId`: the individual whom it is shown for, where a group is enrolled to whom that one belongs. */
  constructor(
    private readonly record: Enrolment,
    shown: Shown,
    aboutId: string | null,
  ) {
    const about = record.individualId ?? aboutId;
    if (about !== null) shown.add('enrolment', about);
    else if (record.groupId !== null) shown.addGroup(record.groupId);
    this.id = globalId('Enrolment', record.id);
    this.status = record.status;
    this.enrolledOn = record.enrolledOn;
    this.statusChangedOn = record.statusChangedOn;
    this.benefits = record.benefits;
    this.registeredAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => ProgrammeNode, { nullable: true, description: 'The programme.' })
  async programme(@Ctx() { recordLoaders }: GraphContext): Promise<ProgrammeNode | null> {
    const { programmeId } = this.record;
    const programme = programmeId === null ? null : await recordLoaders.programmeById.load(programmeId);
    return programme && new ProgrammeNode(programme);
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person, where a person is enrolled.' })
  async individual(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const { individualId } = this.record;
    const individual = individualId === null ? null : await loaders.individualById.load(individualId);
    return individual && new IndividualNode(individual, shown);
  }

  @Field(() => GroupNode, { nullable: true, description: 'The group, where a group is enrolled.' })
  async group(@Ctx() { loaders, shown }: GraphContext): Promise<GroupNode | null> {
    const { groupId } = this.record;
    const group = groupId === null ? null : await loaders.groupById.load(groupId);
    return group && new GroupNode(group, shown, null);
  }

  @Field(() => [AttributeValueNode], { nullable: true, description: 'What a country adds.' })
  async attributes(
    @Ctx() context: GraphContext,
    @Args(() => AttributeNames) { names }: AttributeNames,
  ): Promise<AttributeValueNode[]> {
    return attributeValues(this.record.attributes, { record: 'enrolment', names, context });
  }
}
