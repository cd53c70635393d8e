import { Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { type ListedSubscription, listSubscriptions } from '../../partners/subscriptions/subscription-list.js';
import { requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

@ObjectType('EventSubscription', {
  description: 'A wish of a partner to hear of events in this registry, without its filter, which may name people.',
  simpleResolvers: true,
})
export class EventSubscriptionNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'The code by which the partner knows it.' })
  readonly code: string;

  @Field(() => String, { description: 'Name of the client that hears.' })
  readonly client: string;

  @Field(() => String, { description: 'Of which registry: `social`, `crvs`, `fr`, `dr`, `ibr`.' })
  readonly registry: string;

  @Field(() => String, { description: 'Of which records: `individual`, `group`, `farmer`, `disability`, `enrolment`.' })
  readonly record: string;

  @Field(() => [String], { description: 'Of which events: `registered`, `updated`, `died`, ...' })
  readonly events: readonly string[];

  @Field(() => String, { nullable: true, description: 'Where it is told; null: at the address kept of the client.' })
  readonly url: string | null;

  @Field(() => String, { nullable: true, description: 'When it is told, in UTC; null: at each event.' })
  readonly cron: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when it is told.' })
  readonly startsAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when it is told.' })
  readonly endsAt: Date | null;

  @Field(() => Boolean, { description: 'Whether it was not ended.' })
  readonly active: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  readonly endedAt: Date | null;

  constructor(subscriber: ListedSubscription) {
    this.id = globalId('EventSubscription', subscriber.id);
    this.code = subscriber.code;
    this.client = subscriber.clientName;
    this.registry = subscriber.registry;
    this.record = subscriber.record;
    this.events = subscriber.events;
    this.url = subscriber.senderUri;
    this.cron = subscriber.cron;
    this.startsAt = subscriber.startsAt;
    this.endsAt = subscriber.endsAt;
    this.active = subscriber.state === 'active';
    this.createdAt = subscriber.createdAt;
    this.endedAt = subscriber.endedAt;
  }
}

const EventSubscriptionConnection = connectionType('EventSubscription', () => EventSubscriptionNode);

@Resolver()
export class EventSubscriptionQueries {
  @Query(() => EventSubscriptionConnection, {
    description: 'What partners want to hear of, the newest first. Needs scope `admin`.',
  })
  async eventSubscriptions(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof EventSubscriptionConnection>> {
    requireScopes(context, 'admin');
    const found = await listSubscriptions(context.db, readPage(page));
    return new EventSubscriptionConnection(pageOf(found, (subscriber) => new EventSubscriptionNode(subscriber)));
  }
}
