import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countGroups, findGroups } from '../../registry/groups.js';
import { requireRecords } from '../access.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import {
  checkGroupQuestion,
  GROUPS_SORTED_BY,
  GroupFilterInput,
  GroupSortInput,
  readGroupFilter,
} from './group-filter-input.js';
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
    requireRecords(context, 'group');
    const group = await context.loaders.groupById.load(readGlobalId('Group', id, 'id'));
    return group && new GroupNode(group, context.shown, null);
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
    requireRecords(context, 'group');
    const { records, caller } = context;
    const filter = readGroupFilter(filterInput, await context.catalogue());
    const order = (sort ?? []).map(({ field, direction }) => ({ by: field, direction }));
    checkGroupQuestion(context, filter, order);
    const found = await findGroups(records, {
      filter,
      visible: caller.access.rows,
      fields: caller.access.fields,
      sort: order,
      ...readPage(page, caller.access),
    });
    return new GroupConnection(
      pageOf(
        found,
        (group) => new GroupNode(group, context.shown, null),
        () => {
          for (const { by } of order) context.shown.addSortedBy('group', GROUPS_SORTED_BY[by]);
        },
      ),
      () => countGroups(records, { filter, visible: caller.access.rows }),
    );
  }
}
