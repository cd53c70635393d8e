import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { type AuditEntry, listAuditEntries } from '../../security/audit/audit-entries.js';
import { requireScopes } from '../access.js';
import { connectionType, PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';
import type { Json } from '../../record/json.js';

@ObjectType('AuditEntry', {
  description: 'Something that was done, as it is on record. It never names a person of the registry.',
  simpleResolvers: true,
})
class AuditEntryNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => DateTimeScalar, { description: 'When it was done.' })
  readonly at: Date;

  @Field(() => String, { description: 'What was done: `token.issued`, `client.created`, `graph.answered`, ...' })
  readonly action: string;

  @Field(() => String, {
    description: 'Who did it: `client:<client id>`, `person:<issuer>#<digest>`, `operator:<user>`, `gateway`, ...',
  })
  readonly actor: string;

  @Field(() => JsonScalar, { description: 'Counts, codes and ids.' })
  readonly detail: Json;

  @Field(() => String, {
    nullable: true,
    description: 'Place in the chain, a number; null for the first second or so.',
  })
  readonly position: string | null;

  constructor(entry: AuditEntry) {
    this.id = globalId('AuditEntry', entry.id);
    this.at = entry.at;
    this.action = entry.action;
    this.actor = entry.actor;
    this.detail = JSON.parse(JSON.stringify(entry.detail)) as Json;
    this.position = entry.position;
  }
}

const AuditEntryConnection = connectionType('AuditEntry', () => AuditEntryNode);

@Resolver()
export class AuditQueries {
  @Query(() => AuditEntryConnection, {
    description: 'What was done, the newest first. Needs scope `audit.read`.',
  })
  async auditEntries(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('actor', () => String, { nullable: true, description: 'Only what this one did. Default: everybody.' })
    actor?: string | null,
    @Arg('action', () => String, { nullable: true, description: 'Only this, such as `client.created`. Default: all.' })
    action?: string | null,
  ): Promise<InstanceType<typeof AuditEntryConnection>> {
    requireScopes(context, 'audit.read');
    const selection = { actor: actor ?? undefined, action: action ?? undefined };
    const found = await listAuditEntries(context.db, { ...selection, ...readPage(page) });
    return new AuditEntryConnection(pageOf(found, (entry) => new AuditEntryNode(entry)));
  }
}
