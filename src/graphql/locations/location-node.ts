import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { Location } from '../../record/location.js';
import type { Loaders } from '../../registry/loaders.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';

@ObjectType('Location', { description: "A place in the registry's own tree of places.", simpleResolvers: true })
export class LocationNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'Name of the place.' })
  readonly name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Kind of place, as the one who told of it calls it: `ADMIN_STRUCTURE`, `HEALTH_FACILITY`, ...',
  })
  readonly type: string | null;

  constructor(private readonly record: Location) {
    this.id = globalId('Location', record.id);
    this.name = record.name;
    this.type = record.type;
  }

  /** The place with a row id, or `null` where there is none. */
  static async load(loaders: Loaders, id: string | null): Promise<LocationNode | null> {
    const location = id === null ? null : await loaders.locationById.load(id);
    return location && new LocationNode(location);
  }

  @Field(() => LocationNode, { nullable: true, description: 'The place that contains it; null at the root.' })
  async parent(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.record.parentId);
  }

  @Field(() => [LocationNode], { description: 'The places that contain it, the nearest first.' })
  async ancestors(@Ctx() { loaders }: GraphContext): Promise<LocationNode[]> {
    const ancestors = await loaders.ancestorsByLocation.load(this.record.id);
    return ancestors.map((ancestor) => new LocationNode(ancestor));
  }
}
