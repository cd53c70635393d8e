import { Arg, Args, Ctx, Field, ID, InputType, Query, registerEnumType, Resolver } from 'type-graphql';
import { countLocations, findLocations, type LocationFilter, type LocationSort } from '../../registry/locations.js';
import { requireScopes } from '../access.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { givenParts } from '../given-parts.js';
import { readGlobalId } from '../global-id.js';
import { SortDirectionEnum } from '../individuals/individual-enums.js';
import { LocationNode } from './location-node.js';

const LocationConnection = countedConnectionType('Location', () => LocationNode);

const LocationSortFieldEnum = { NAME: 'name', TYPE: 'type' } as const;
registerEnumType(LocationSortFieldEnum, {
  name: 'LocationSortField',
  description: 'What locations can be put in order by.',
  valuesConfig: { NAME: { description: 'Name of the place.' }, TYPE: { description: 'Kind of place.' } },
});

@InputType('LocationFilter', {
  description: 'Which locations are asked for. Every part given must hold. Null is refused: leave a part out instead.',
})
class LocationFilterInput {
  @Field(() => ID, { nullable: true, description: 'Directly below this location.' })
  parent?: string | null;

  @Field(() => ID, { nullable: true, description: 'This location or anywhere below it.' })
  within?: string | null;

  @Field(() => [String], { nullable: true, description: 'Of one of these types, such as `HEALTH_FACILITY`.' })
  types?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Every word of this text occurs in the name, without case.' })
  nameContains?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True: only what no other contains; false: only the others.' })
  root?: boolean | null;
}

@InputType('LocationSort', { description: 'One key of an order of locations; the unknown comes last.' })
class LocationSortInput {
  @Field(() => LocationSortFieldEnum, { description: 'What to compare.' })
  readonly field!: LocationSort['by'];

  @Field(() => SortDirectionEnum, { defaultValue: 'asc', description: 'Which end comes first.' })
  readonly direction!: 'asc' | 'desc';
}

@Resolver()
export class LocationQueries {
  @Query(() => LocationNode, { nullable: true, description: 'One location; null where there is none.' })
  async location(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<LocationNode | null> {
    requireScopes(context, 'graph.read');
    return LocationNode.load(context.loaders, readGlobalId('Location', id, 'id'));
  }

  @Query(() => LocationConnection, { description: 'The locations that a filter asks for, page by page.' })
  async locations(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => LocationFilterInput, { nullable: true, description: 'Default: every location.' })
    filterInput?: LocationFilterInput | null,
    @Arg('sort', () => [LocationSortInput], {
      nullable: true,
      description: 'The first key decides, the next where it is equal. Default: the order of the ids.',
    })
    sort?: LocationSortInput[] | null,
  ): Promise<InstanceType<typeof LocationConnection>> {
    requireScopes(context, 'graph.read');
    const { db } = context;
    const filter = readLocationFilter(filterInput);
    const found = await findLocations(db, {
      filter,
      sort: (sort ?? []).map(({ field, direction }) => ({ by: field, direction })),
      ...readPage(page),
    });
    return new LocationConnection(
      pageOf(found, (location) => new LocationNode(location)),
      () => countLocations(db, { filter }),
    );
  }
}

function readLocationFilter(input: LocationFilterInput | null | undefined): LocationFilter {
  const { parent, within, ...rest } = givenParts(input);
  return {
    ...rest,
    ...(parent === undefined ? {} : { parentIds: [readGlobalId('Location', parent, 'filter.parent')] }),
    ...(within === undefined ? {} : { within: [readGlobalId('Location', within, 'filter.within')] }),
  };
}
