import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { getDataSource } from '../../sources/data-sources.js';
import { type LaterAction, type LaterRequest, listSourceRequests } from '../../sources/source-requests.js';
import { requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { DataSourceNode } from '../data-sources/data-source-node.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';
import { LaterActionEnum, SourceRequestStateEnum } from './exchange-enums.js';

@ObjectType('SourceRequest', {
  description: 'What we asked of another registry to be answered later.',
  simpleResolvers: true,
})
export class SourceRequestNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => LaterActionEnum, { description: 'What was asked.' })
  readonly action: LaterAction;

  @Field(() => String, { description: 'By which the answer is known again.' })
  readonly transactionId: string;

  @Field(() => String, { nullable: true, description: 'That the registry gave the request.' })
  readonly correlationId: string | null;

  @Field(() => [String], { description: 'Codes of the subscriptions that it is about.' })
  readonly subscriptionCodes: readonly string[];

  @Field(() => SourceRequestStateEnum, { description: 'What became of it.' })
  readonly state: LaterRequest['state'];

  @Field(() => String, { nullable: true, description: 'Why it was refused or failed.' })
  readonly problem: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was asked.' })
  readonly askedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was first answered.' })
  readonly answeredAt: Date | null;

  constructor(private readonly record: LaterRequest) {
    this.id = globalId('SourceRequest', record.id);
    this.action = record.action;
    this.transactionId = record.transactionId;
    this.correlationId = record.correlationId;
    this.subscriptionCodes = record.subscriptionCodes;
    this.state = record.state;
    this.problem = record.problem;
    this.askedAt = record.createdAt;
    this.answeredAt = record.answeredAt;
  }

  @Field(() => DataSourceNode, { description: 'The registry that was asked.' })
  async dataSource(@Ctx() { operatorLoaders }: GraphContext): Promise<DataSourceNode> {
    return new DataSourceNode(await operatorLoaders.dataSourceById.load(this.record.dataSourceId));
  }
}

const SourceRequestConnection = connectionType('SourceRequest', () => SourceRequestNode);

@Resolver()
export class SourceRequestQueries {
  @Query(() => SourceRequestConnection, {
    description: 'What we asked of other registries to be answered later, the newest first. Needs scope `admin`.',
  })
  async sourceRequests(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('source', () => String, { nullable: true, description: 'Code of a data source. Default: of all.' })
    source?: string | null,
  ): Promise<InstanceType<typeof SourceRequestConnection>> {
    requireScopes(context, 'admin');
    const { db } = context;
    const dataSourceId = typeof source === 'string' ? (await getDataSource(db, source)).id : undefined;
    const found = await listSourceRequests(db, { dataSourceId, ...readPage(page) });
    return new SourceRequestConnection(pageOf(found, (request) => new SourceRequestNode(request)));
  }
}
