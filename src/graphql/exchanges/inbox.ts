import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { CallbackAction } from '../../dci/messages/callback.js';
import type { Json } from '../../record/json.js';
import { type InboxMessage, listInboxMessages, openInboxMessage } from '../../sources/inbox-messages.js';
import { note, requireEverybody, requirePersonal, requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId, readGlobalId } from '../global-id.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';
import { CallbackActionEnum, InboxStateEnum } from './exchange-enums.js';
import { SourceRequestNode } from './source-requests.js';

@ObjectType('InboxMessage', { description: 'What another registry sent us.', simpleResolvers: true })
export class InboxMessageNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => CallbackActionEnum, { description: 'What it is.' })
  readonly action: CallbackAction;

  @Field(() => String, { description: 'Who sent it, as it says; empty where it does not.' })
  readonly senderId: string;

  @Field(() => String, { nullable: true, description: 'The transaction that it speaks of.' })
  readonly transactionId: string | null;

  @Field(() => String, { nullable: true, description: 'The correlation that it speaks of.' })
  readonly correlationId: string | null;

  @Field(() => InboxStateEnum, { description: 'Whether it belongs to something that we asked.' })
  readonly state: InboxMessage['state'];

  @Field(() => String, { nullable: true, description: 'Why it is in quarantine.' })
  readonly reason: string | null;

  @Field(() => DateTimeScalar, { description: 'When it came.' })
  readonly receivedAt: Date;

  constructor(private readonly record: InboxMessage) {
    this.id = globalId('InboxMessage', record.id);
    this.action = record.action;
    this.senderId = record.senderId;
    this.transactionId = record.transactionId;
    this.correlationId = record.correlationId;
    this.state = record.state;
    this.reason = record.reason;
    this.receivedAt = record.receivedAt;
  }

  @Field(() => SourceRequestNode, { nullable: true, description: 'The request that it speaks of.' })
  async request(@Ctx() { operatorLoaders }: GraphContext): Promise<SourceRequestNode | null> {
    const { sourceRequestId } = this.record;
    const request = sourceRequestId === null ? null : await operatorLoaders.sourceRequestById.load(sourceRequestId);
    return request && new SourceRequestNode(request);
  }
}

@ObjectType('OpenedInboxMessage', { description: 'A message with all that it says.', simpleResolvers: true })
class OpenedInboxMessage {
  @Field(() => InboxMessageNode, { description: 'What is known of it.' })
  readonly message: InboxMessageNode;

  @Field(() => JsonScalar, { nullable: true, description: 'The message as it came; it may name people.' })
  readonly body: Json;

  constructor({ body, ...message }: InboxMessage & { readonly body: string }) {
    this.message = new InboxMessageNode(message);
    // What was sealed is the JSON of the message that came.
    this.body = JSON.parse(body) as Json;
  }
}

const InboxMessageConnection = connectionType('InboxMessage', () => InboxMessageNode);

@Resolver()
export class InboxQueries {
  @Query(() => InboxMessageConnection, {
    description: 'What other registries sent us, the newest first, without what it says. Needs scope `admin`.',
  })
  async inboxMessages(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('state', () => InboxStateEnum, { nullable: true, description: 'Default: of both.' })
    state?: InboxMessage['state'] | null,
  ): Promise<InstanceType<typeof InboxMessageConnection>> {
    requireScopes(context, 'admin');
    const found = await listInboxMessages(context.db, { state: state ?? undefined, ...readPage(page) });
    return new InboxMessageConnection(pageOf(found, (message) => new InboxMessageNode(message)));
  }

  @Query(() => OpenedInboxMessage, {
    nullable: true,
    description: 'One message with all that it says. Needs scopes `admin` and `graph.personal`.',
  })
  async inboxMessage(
    @Ctx() context: GraphContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<OpenedInboxMessage | null> {
    requireScopes(context, 'admin');
    requirePersonal(context);
    requireEverybody(context, 'read messages, which tell of anybody');
    const opened = await openInboxMessage(context.db, context.keys, readGlobalId('InboxMessage', id, 'id'));
    if (opened === null) return null;
    await note(context, 'inbox.opened', { message: opened.id });
    return new OpenedInboxMessage(opened);
  }
}
