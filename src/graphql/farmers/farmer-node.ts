import { Args, Ctx, Field, Float, ID, ObjectType } from 'type-graphql';
import type { Farmer } from '../../record/farmer.js';
import { AttributeNames, AttributeValueNode, attributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { IndividualNode } from '../individuals/individual-node.js';
import { LocationNode } from '../locations/location-node.js';
import { DateTimeScalar } from '../scalars.js';
import type { Shown } from '../sight/shown.js';

@ObjectType('Farmer', { description: 'A person who farms, as a farmer registry knows one.', simpleResolvers: true })
export class FarmerNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { nullable: true, description: "Code of the standard's list of kinds of farm." })
  readonly farmType: string | null;

  @Field(() => Float, { nullable: true, description: 'All the land together, in hectares.' })
  readonly farmSize: number | null;

  @Field(() => String, { nullable: true, description: "Code of the standard's list of land tenures." })
  readonly landTenure: string | null;

  @Field(() => String, { nullable: true, description: 'What was said of the place of the farm in words.' })
  readonly placeText: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the farmer was entered into this registry.' })
  readonly registeredAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the farmer was last changed in this registry.' })
  readonly updatedAt: Date | null;

  constructor(
    private readonly record: Farmer,
    shown: Shown,
  ) {
    shown.add('farmer', record.individualId);
    this.id = globalId('Farmer', record.id);
    this.farmType = record.farmType;
    this.farmSize = record.farmSize;
    this.landTenure = record.landTenure;
    this.placeText = record.placeText;
    this.registeredAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person.' })
  async individual(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const individual = await loaders.individualById.load(this.record.individualId);
    return individual && new IndividualNode(individual, shown);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the farm is, in the tree of places.' })
  async place(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.record.locationId);
  }

  @Field(() => [AttributeValueNode], {
    nullable: true,
    description: 'Farms, crops, animals, machines and what a country adds, as far as it is shown to you.',
  })
  async attributes(
    @Ctx() context: GraphContext,
    @Args(() => AttributeNames) { names }: AttributeNames,
  ): Promise<AttributeValueNode[]> {
    return attributeValues(this.record.attributes, { record: 'farmer', names, context });
  }
}
