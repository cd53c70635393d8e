import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { countRecords, listRecords } from '../../registry/record-lists.js';
import { checkQuestion, requireRecords } from '../access.js';
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
    requireRecords(context, 'enrolment');
    const { records, caller } = context;
    const filter = { kind: 'ids', ids: [readGlobalId('Enrolment', id, 'id')] } as const;
    const { items } = await listRecords(records, 'enrolment', {
      filter,
      visible: caller.access.rows,
      fields: caller.access.fields,
      first: 1,
    });
    return items[0] ? new EnrolmentNode(items[0], context.shown, null) : null;
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
    requireRecords(context, 'enrolment');
    const { records, caller } = context;
    const filter = readEnrolmentFilter(filterInput, await context.catalogue());
    checkQuestion(context, 'enrolment', filter);
    const asked = { filter, visible: caller.access.rows, fields: caller.access.fields };
    const found = await listRecords(records, 'enrolment', { ...asked, ...readPage(page, caller.access) });
    return new EnrolmentConnection(
      pageOf(found, (record) => new EnrolmentNode(record, context.shown, null)),
      () => countRecords(records, 'enrolment', asked),
    );
  }
}
