import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countRecords, listRecords } from '../../registry/record-lists.js';
import { checkQuestion, requireRecords } from '../access.js';
import { FarmerFilter, readFarmerFilter } from '../attributes/record-filter.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { FarmerNode } from './farmer-node.js';

const FarmerConnection = countedConnectionType('Farmer', () => FarmerNode);

@Resolver()
export class FarmerQueries {
  @Query(() => FarmerNode, {
    nullable: true,
    description: 'One farmer; null where there is none. Needs scope `graph.personal`.',
  })
  async farmer(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<FarmerNode | null> {
    requireRecords(context, 'farmer');
    const { records, caller } = context;
    const filter = { kind: 'ids', ids: [readGlobalId('Farmer', id, 'id')] } as const;
    const { items } = await listRecords(records, 'farmer', {
      filter,
      visible: caller.access.rows,
      fields: caller.access.fields,
      first: 1,
    });
    return items[0] ? new FarmerNode(items[0], context.shown) : null;
  }

  @Query(() => FarmerConnection, {
    description: 'The farmers that a filter asks for, page by page. Needs scope `graph.personal`.',
  })
  async farmers(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => FarmerFilter, { nullable: true, description: 'Default: all of them.' })
    filterInput?: FarmerFilter | null,
  ): Promise<InstanceType<typeof FarmerConnection>> {
    requireRecords(context, 'farmer');
    const { records, caller } = context;
    const filter = readFarmerFilter(filterInput, await context.catalogue());
    checkQuestion(context, 'farmer', filter);
    const asked = { filter, visible: caller.access.rows, fields: caller.access.fields };
    const found = await listRecords(records, 'farmer', { ...asked, ...readPage(page, caller.access) });
    return new FarmerConnection(
      pageOf(found, (record) => new FarmerNode(record, context.shown)),
      () => countRecords(records, 'farmer', asked),
    );
  }
}
