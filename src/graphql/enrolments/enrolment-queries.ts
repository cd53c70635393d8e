import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countRecords, listRecords } from '../../registry/record-lists.js';
import { requirePersonal } from '../access.js';
import { EnrolmentFilter, readEnrolmentFilter } from '../attributes/record-filter.js';
import { countedConnectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { readGlobalId } from '../global-id.js';
import { EnrolmentNode } from './enrolment-node.js';

const EnrolmentConnection = countedConnectionType('Enrolment', () => EnrolmentNode);

@Resolver()
export class EnrolmentQueries {
  @Query(() => EnrolmentNode, {
    nullable: true,
    description: 'One enrolment; null where there is none. Needs scope `graph.personal`.',
  })
  async enrolment(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<EnrolmentNode | null> {
    requirePersonal(context);
    const { pool, caller } = context;
    const filter = { kind: 'ids', ids: [readGlobalId('Enrolment', id, 'id')] } as const;
    const { items } = await listRecords(pool, 'enrolment', { filter, visible: caller.access.rows, first: 1 });
    return items[0] ? new EnrolmentNode(items[0]) : null;
  }

  @Query(() => EnrolmentConnection, {
    description: 'The enrolments that a filter asks for, page by page. Needs scope `graph.personal`.',
  })
  async enrolments(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => EnrolmentFilter, { nullable: true, description: 'Default: all of them.' })
    filterInput?: EnrolmentFilter | null,
  ): Promise<InstanceType<typeof EnrolmentConnection>> {
    requirePersonal(context);
    const { pool, caller } = context;
    const filter = readEnrolmentFilter(filterInput, await context.catalogue());
    const asked = { filter, visible: caller.access.rows };
    const found = await listRecords(pool, 'enrolment', { ...asked, ...readPage(page) });
    return new EnrolmentConnection(
      pageOf(found, (record) => new EnrolmentNode(record)),
      () => countRecords(pool, 'enrolment', asked),
    );
  }
}
