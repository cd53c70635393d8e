import { Args, Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Disability } from '../../record/disability.js';
import type { Json } from '../../record/json.js';
import { AttributeNames, AttributeValueNode, attributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';
import type { Shown } from '../sight/shown.js';

@ObjectType('Disability', { description: 'What a disability registry holds of a person.', simpleResolvers: true })
export class DisabilityNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { nullable: true, description: 'Code: `0` approved, `1` pending, `2` expired.' })
  readonly status: string | null;

  @Field(() => String, { nullable: true, description: 'Code, from `1` (profound) down to `4` (mild).' })
  readonly level: string | null;

  @Field(() => [JsonScalar], {
    nullable: true,
    description: 'The impairments: `impairment_type`, `impairment_level`, `impairment_cause`, `age_on_set` of each.',
  })
  readonly details: readonly Json[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was entered into this registry.' })
  readonly registeredAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last changed in this registry.' })
  readonly updatedAt: Date | null;

  constructor(
    private readonly record: Disability,
    shown: Shown,
  ) {
    shown.add('disability', record.individualId);
    this.id = globalId('Disability', record.id);
    this.status = record.status;
    this.level = record.level;
    this.details = record.details;
    this.registeredAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person.' })
  async individual(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const individual = await loaders.individualById.load(this.record.individualId);
    return individual && new IndividualNode(individual, shown);
  }

  @Field(() => [AttributeValueNode], {
    nullable: true,
    description: 'Support, transport, housing and what a country adds, as far as it is shown to you.',
  })
  async attributes(
    @Ctx() context: GraphContext,
    @Args(() => AttributeNames) { names }: AttributeNames,
  ): Promise<AttributeValueNode[]> {
    return attributeValues(this.record.attributes, { record: 'disability', names, context });
  }
}
