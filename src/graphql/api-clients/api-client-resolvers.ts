import { Arg, Ctx, Field, InputType, Int, Mutation, Query, Resolver } from 'type-graphql';
import { DIALECT_NAMES } from '../../dci/dialects/names.js';
import { Problem } from '../../record/problem.js';
import { createApiClient, revokeApiClient, rotateApiClientSecret } from '../../security/client-administration.js';
import { listApiClients } from '../../security/clients.js';
import type { ClientReception } from '../../security/client-reception.js';
import type { Scope } from '../../security/scopes.js';
import { requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { DialectEnum } from '../data-sources/data-source-node.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { ApiClientNode, InboundSignatureEnum, IssuedSecretNode, ScopeEnum } from './api-client-node.js';

/** Longest time that the earlier secrets may live beside a new one: a week. */
const LONGEST_OVERLAP_SECONDS = 7 * 24 * 3600;

@InputType({ description: 'A client to make.' })
class CreateApiClientInput {
  @Field(() => String, { description: 'Name for people; no two are equal.' })
  name!: string;

  @Field(() => [ScopeEnum], {
    nullable: true,
    description: 'What it may do. Default: `REGISTRY_SEARCH`, `REGISTRY_SUBSCRIBE`.',
  })
  scopes?: Scope[] | null;

  @Field(() => DialectEnum, { nullable: true, description: 'How it is answered. Default: `SPDCI_1_0`.' })
  dialect?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Refuse doubts in its messages that are read past otherwise.',
  })
  strict!: boolean;

  @Field(() => InboundSignatureEnum, { nullable: true, description: 'Default: `OPTIONAL`.' })
  signature?: ClientReception['inboundSignature'] | null;

  @Field(() => [String], { nullable: true, description: 'The `sender_id`s that it may use. Default: any.' })
  senderIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Origins to which callbacks may be sent, such as `https://partner.example`.',
  })
  callbackOrigins?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Where callbacks go when a message names no `sender_uri`.' })
  callbackUri?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Take its secret in the address too, as the importer of OpenSPP 17 sends it.',
  })
  allowQueryCredentials!: boolean;
}

const CreateApiClientResult = resultOf('CreateApiClientResult', IssuedSecretNode);
const RotateApiClientSecretResult = resultOf('RotateApiClientSecretResult', IssuedSecretNode);
const RevokeApiClientResult = resultOf('RevokeApiClientResult', ApiClientNode);

const FIELDS = {
  CLIENT_NAME_REQUIRED: 'name',
  CLIENT_NAME_INVALID: 'name',
  CLIENT_NAME_TAKEN: 'name',
  CLIENT_SCOPES_INVALID: 'scopes',
  DIALECT_UNKNOWN: 'dialect',
  CLIENT_SENDER_ID_INVALID: 'senderIds',
  CLIENT_CALLBACK_ORIGIN_INVALID: 'callbackOrigins',
  CLIENT_CALLBACK_URI_INVALID: 'callbackUri',
  CLIENT_UNKNOWN: 'clientId',
  CLIENT_REVOKED: 'clientId',
};

@Resolver()
export class ApiClientResolvers {
  @Query(() => [ApiClientNode], { description: 'Every client, the oldest first. Needs scope `admin`.' })
  async apiClients(@Ctx() context: GraphContext): Promise<ApiClientNode[]> {
    requireScopes(context, 'admin');
    const clients = await listApiClients(context.pool);
    return clients.map((client) => new ApiClientNode(client));
  }

  @Mutation(() => CreateApiClientResult, {
    description: 'Makes a client and shows its secret, this once. Needs scope `admin`.',
  })
  async createApiClient(
    @Ctx() context: GraphContext,
    @Arg('input', () => CreateApiClientInput, { description: 'The client.' }) input: CreateApiClientInput,
  ): Promise<IssuedSecretNode | Refusal> {
    requireScopes(context, 'admin');
    const { pool, keys } = context;
    const { name, scopes, dialect } = input;
    return orRefusal(async () => {
      const reception = {
        strict: input.strict,
        inboundSignature: input.signature ?? 'optional',
        senderIds: input.senderIds ?? [],
        callbackOrigins: input.callbackOrigins ?? [],
        callbackUri: input.callbackUri ?? null,
        allowQueryCredentials: input.allowQueryCredentials,
      };
      const wanted = { name, ...(scopes ? { scopes } : {}), ...(dialect ? { dialect } : {}), reception };
      return new IssuedSecretNode(await createApiClient(pool, keys, wanted, { dialects: DIALECT_NAMES }));
    }, FIELDS);
  }

  @Mutation(() => RotateApiClientSecretResult, {
    description: 'Gives a client a new secret, shown this once, and ends the earlier ones. Needs scope `admin`.',
  })
  async rotateApiClientSecret(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
    @Arg('overlapSeconds', () => Int, { defaultValue: 0, description: 'How long the earlier secrets still work.' })
    overlapSeconds: number,
  ): Promise<IssuedSecretNode | Refusal> {
    requireScopes(context, 'admin');
    if (overlapSeconds < 0 || overlapSeconds > LONGEST_OVERLAP_SECONDS) {
      throw new Problem('BAD_USER_INPUT', `overlapSeconds must be from 0 to ${String(LONGEST_OVERLAP_SECONDS)}`);
    }
    const { pool, keys } = context;
    return orRefusal(async () => {
      return new IssuedSecretNode(await rotateApiClientSecret(pool, keys, clientId, { overlapSeconds }));
    }, FIELDS);
  }

  @Mutation(() => RevokeApiClientResult, {
    description: 'Ends a client for good; tokens that it holds are refused from its next call on. Needs scope `admin`.',
  })
  async revokeApiClient(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
  ): Promise<ApiClientNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(async () => new ApiClientNode(await revokeApiClient(context.pool, clientId)), FIELDS);
  }
}
