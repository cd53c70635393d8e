import { Arg, Args, Ctx, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { DeliveryAction } from '../../partners/deliveries/deliveries.js';
import {
  type Delivery,
  type DeliveryState,
  getDelivery,
  listDeliveries,
} from '../../partners/deliveries/delivery-list.js';
import { replayDelivery } from '../../partners/deliveries/replay-delivery.js';
import { note, requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId, readGlobalId } from '../global-id.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar } from '../scalars.js';
import { CallbackActionEnum, DeliveryStateEnum } from './exchange-enums.js';

@ObjectType('Delivery', {
  description: 'A message that we send a partner of ourselves, without what it says.',
  simpleResolvers: true,
})
export class DeliveryNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'Name of the client whom it is for.' })
  readonly client: string;

  @Field(() => CallbackActionEnum, { description: 'What it is.' })
  readonly action: DeliveryAction;

  @Field(() => String, {
    nullable: true,
    description: 'Where it goes; null: to the address that is kept of the client.',
  })
  readonly url: string | null;

  @Field(() => String, { nullable: true, description: 'Transaction of the request that it answers.' })
  readonly transactionId: string | null;

  @Field(() => String, { nullable: true, description: 'Correlation of the request that it answers.' })
  readonly correlationId: string | null;

  @Field(() => Int, { description: 'Which of the messages of its transaction, from 1.' })
  readonly ordinal: number;

  @Field(() => DeliveryStateEnum, { description: 'What became of it.' })
  readonly state: DeliveryState;

  @Field(() => Int, { description: 'How often it was tried.' })
  readonly attempts: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried next.' })
  readonly nextAttemptAt: Date | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the last answer.' })
  readonly lastStatus: number | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt failed.' })
  readonly lastError: string | null;

  @Field(() => DateTimeScalar, { description: 'Since when there is something to send.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was delivered or given up.' })
  readonly finishedAt: Date | null;

  constructor(delivery: Delivery) {
    this.id = globalId('Delivery', delivery.id);
    this.client = delivery.clientName;
    this.action = delivery.action;
    this.url = delivery.url;
    this.transactionId = delivery.transactionId;
    this.correlationId = delivery.correlationId;
    this.ordinal = delivery.ordinal;
    this.state = delivery.state;
    this.attempts = delivery.attempts;
    this.nextAttemptAt = delivery.nextAttemptAt;
    this.lastStatus = delivery.lastStatus;
    this.lastError = delivery.lastError;
    this.createdAt = delivery.createdAt;
    this.finishedAt = delivery.finishedAt;
  }
}

const DeliveryConnection = connectionType('Delivery', () => DeliveryNode);
const ReplayDeliveryResult = resultOf('ReplayDeliveryResult', DeliveryNode);

@Resolver()
export class DeliveryResolvers {
  @Query(() => DeliveryConnection, {
    description: 'The messages that we send partners, the newest first. Needs scope `admin`.',
  })
  async deliveries(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('state', () => DeliveryStateEnum, { nullable: true, description: 'Default: in any state.' })
    state?: DeliveryState | null,
  ): Promise<InstanceType<typeof DeliveryConnection>> {
    requireScopes(context, 'admin');
    const found = await listDeliveries(context.db, { state: state ?? undefined, ...readPage(page) });
    return new DeliveryConnection(pageOf(found, (delivery) => new DeliveryNode(delivery)));
  }

  @Mutation(() => ReplayDeliveryResult, {
    description: 'Sends a message again that was given up. Needs scope `admin`.',
  })
  async replayDelivery(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id of the delivery.' }) id: string,
  ): Promise<DeliveryNode | Refusal> {
    requireScopes(context, 'admin');
    const { pool, jobs } = context;
    const rowId = readGlobalId('Delivery', id, 'id');
    return orRefusal(
      async () => {
        await replayDelivery(pool, jobs, rowId);
        await note(context, 'delivery.replayed', { delivery: rowId });
        return new DeliveryNode(await getDelivery(pool, rowId));
      },
      { DELIVERY_UNKNOWN: 'id' },
    );
  }
}
