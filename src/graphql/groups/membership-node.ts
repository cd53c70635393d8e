import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Membership, MembershipRole } from '../../record/group.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { MembershipRoleEnum } from './group-enums.js';
import { GroupNode } from './group-node.js';

@ObjectType('Membership', { description: "One person's place in one group.", simpleResolvers: true })
export class MembershipNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => MembershipRoleEnum, { nullable: true, description: 'The role; null for a plain member.' })
  readonly role: MembershipRole | null;

  constructor(private readonly record: Membership) {
    this.id = globalId('Membership', record.id);
    this.role = record.role;
  }

  @Field(() => GroupNode, { nullable: true, description: 'The group.' })
  async group(@Ctx() { loaders, shown }: GraphContext): Promise<GroupNode | null> {
    const group = await loaders.groupById.load(this.record.groupId);
    return group && new GroupNode(group, shown, this.record.individualId);
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person.' })
  async individual(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const individual = await loaders.individualById.load(this.record.individualId);
    return individual && new IndividualNode(individual, shown);
  }
}
