import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countGroups, findGroups } from '../../registry/groups.js';
import { requirePersonal } from '../access.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { GroupFilterInput, GroupSortInput, readGroupFilter } from './group-filter-input.js';
import { GroupNode } from './group-node.js';

const GroupConnection = countedConnectionType('Group', () => GroupNode);

@Resolver()
export class GroupQueries {
  @Query(() => GroupNode, {
    nullable: true,
    description: 'One group; null where there is none. Needs scope `graph.personal`.',
  })
  async group(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<GroupNode | null> {
    requirePersonal(context);
    const group = await context.loaders.groupById.load(readGlobalId('Group', id, 'id'));
    return group && new GroupNode(group);
  }

  @Query(() => GroupConnection, {
    description: 'The groups that a filter asks for, page by page. Needs scope `graph.personal`.',
  })
  async groups(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => GroupFilterInput, { nullable: true, description: 'Default: every group.' })
    filterInput?: GroupFilterInput | null,
    @Arg('sort', () => [GroupSortInput], {
      nullable: true,
      description: 'The first key decides, the next where it is equal. Default: the order of the ids.',
    })
    sort?: GroupSortInput[] | null,
  ): Promise<InstanceType<typeof GroupConnection>> {
    requirePersonal(context);
    const { pool } = context;
    const filter = readGroupFilter(filterInput, await context.catalogue(), context.caller.access.rows);
    const found = await findGroups(pool, {
      filter,
      sort: (sort ?? []).map(({ field, direction }) => ({ by: field, direction })),
      ...readPage(page),
    });
    return new GroupConnection(
      pageOf(found, (group) => new GroupNode(group)),
      () => countGroups(pool, { filter }),
    );
  }
}
