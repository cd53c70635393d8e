import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countRecords, listRecords } from '../../registry/record-lists.js';
import { checkQuestion, requireRecords } from '../access.js';
import { DisabilityFilter, readDisabilityFilter } from '../attributes/record-filter.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { DisabilityNode } from './disability-node.js';

const DisabilityConnection = countedConnectionType('Disability', () => DisabilityNode);

@Resolver()
export class DisabilityQueries {
  @Query(() => DisabilityNode, {
    nullable: true,
    description: 'One disability; null where there is none. Needs scope `graph.personal`.',
  })
  async disability(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<DisabilityNode | null> {
    requireRecords(context, 'disability');
    const { records, caller } = context;
    const filter = { kind: 'ids', ids: [readGlobalId('Disability', id, 'id')] } as const;
    const { items } = await listRecords(records, 'disability', {
      filter,
      visible: caller.access.rows,
      fields: caller.access.fields,
      first: 1,
    });
    return items[0] ? new DisabilityNode(items[0], context.shown) : null;
  }

  @Query(() => DisabilityConnection, {
    description: 'The disabilities that a filter asks for, page by page. Needs scope `graph.personal`.',
  })
  async disabilities(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => DisabilityFilter, { nullable: true, description: 'Default: all of them.' })
    filterInput?: DisabilityFilter | null,
  ): Promise<InstanceType<typeof DisabilityConnection>> {
    requireRecords(context, 'disability');
    const { records, caller } = context;
    const filter = readDisabilityFilter(filterInput, await context.catalogue());
    checkQuestion(context, 'disability', filter);
    const asked = { filter, visible: caller.access.rows, fields: caller.access.fields };
    const found = await listRecords(records, 'disability', { ...asked, ...readPage(page, caller.access) });
    return new DisabilityConnection(
      pageOf(found, (record) => new DisabilityNode(record, context.shown)),
      () => countRecords(records, 'disability', asked),
    );
  }
}
