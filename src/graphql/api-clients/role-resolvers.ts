import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { createRole, listRoles, removeRole, type Role, type RoleSettings, updateRole } from '../../security/roles.js';
import { administrator, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar } from '../scalars.js';
import { AccessLimitsInput, AccessLimitsNode, limitChanges } from './access-limits.js';

@ObjectType('Role', { description: 'Limits that several clients or people have in common.', simpleResolvers: true })
class RoleNode {
  @Field(() => String, { description: 'Its name, a word in small letters.' })
  readonly name: string;

  @Field(() => String, { description: 'For people; may be empty.' })
  readonly description: string;

  @Field(() => AccessLimitsNode, { description: 'What who has it may see at most.' })
  readonly limits: AccessLimitsNode;

  @Field(() => Int, { description: 'How many clients have it.' })
  readonly clientCount: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt: Date;

  constructor({ name, description, limits, clients, createdAt, updatedAt }: Role) {
    this.name = name;
    this.description = description;
    this.limits = new AccessLimitsNode(limits);
    this.clientCount = clients;
    this.createdAt = createdAt;
    this.updatedAt = updatedAt;
  }
}

@InputType({ description: 'What a role shall be. On a change, what is absent stays.' })
class RoleInput {
  @Field(() => String, { nullable: true, description: 'For people.' })
  description?: string | null;

  @Field(() => AccessLimitsInput, { nullable: true, description: 'What who has it may see at most.' })
  limits?: AccessLimitsInput | null;
}

const RoleResult = resultOf('RoleResult', RoleNode);

const FIELDS = {
  ROLE_NAME_INVALID: 'name',
  ROLE_EXISTS: 'name',
  ROLE_UNKNOWN: 'name',
  ROLE_IN_USE: 'name',
  ROLE_DESCRIPTION_INVALID: 'description',
  ACCESS_INVALID: 'limits',
};

const settingsOf = ({ description, limits }: RoleInput): RoleSettings => ({
  description: description ?? undefined,
  limits: limitChanges(limits),
});

@Resolver()
export class RoleResolvers {
  @Query(() => [RoleNode], { description: 'Every role, by name. Needs scope `admin`.' })
  async roles(@Ctx() context: GraphContext): Promise<RoleNode[]> {
    requireScopes(context, 'admin');
    return (await listRoles(context.pool)).map((role) => new RoleNode(role));
  }

  @Mutation(() => RoleResult, { description: 'Makes a role. Needs scope `admin`.' })
  async createRole(
    @Ctx() context: GraphContext,
    @Arg('name', () => String, { description: 'A word in small letters, such as `caseworker`.' }) name: string,
    @Arg('input', () => RoleInput, { description: 'The role.' }) input: RoleInput,
  ): Promise<RoleNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(
      async () => new RoleNode(await createRole(context.pool, name, settingsOf(input), administrator(context))),
      FIELDS,
    );
  }

  @Mutation(() => RoleResult, {
    description: 'Changes a role; it holds for all who have it from their next call on. Needs scope `admin`.',
  })
  async updateRole(
    @Ctx() context: GraphContext,
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Arg('input', () => RoleInput, { description: 'The changes.' }) input: RoleInput,
  ): Promise<RoleNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(
      async () => new RoleNode(await updateRole(context.pool, name, settingsOf(input), administrator(context))),
      FIELDS,
    );
  }

  @Mutation(() => RoleResult, { description: 'Removes a role that nobody has. Needs scope `admin`.' })
  async removeRole(
    @Ctx() context: GraphContext,
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
  ): Promise<RoleNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(async () => new RoleNode(await removeRole(context.pool, name, administrator(context))), FIELDS);
  }
}
