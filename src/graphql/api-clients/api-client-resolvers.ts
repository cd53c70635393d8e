import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { DIALECT_NAMES } from '../../dci/dialects/names.js';
import { Problem } from '../../record/problem.js';
import { changeLimits } from '../../security/access-document.js';
import {
  type ClientAdministration,
  createApiClient,
  createApiClientWithKeys,
  revokeApiClient,
  revokeClientSecret,
  revokeClientTokens,
  rotateApiClientSecret,
  updateApiClient,
} from '../../security/client-administration.js';
import { listClientSecrets } from '../../security/client-secrets.js';
import { type ApiClient, listApiClients } from '../../security/clients.js';
import { administrator, requireScopes } from '../access.js';
import type { GraphContext } from '../context.js';
import { orRefusal, type Refusal, resultOf } from '../refusal.js';
import { limitChanges } from './access-limits.js';
import { CreateApiClientInput, given, readReception, UpdateApiClientInput } from './api-client-inputs.js';
import { ApiClientNode, IssuedSecretNode } from './api-client-node.js';

/** Longest time that the earlier secret may live beside a new one: a week. */
const LONGEST_OVERLAP_SECONDS = 7 * 24 * 3600;

const CreateApiClientResult = resultOf('CreateApiClientResult', IssuedSecretNode);
const UpdateApiClientResult = resultOf('UpdateApiClientResult', ApiClientNode);
const RotateApiClientSecretResult = resultOf('RotateApiClientSecretResult', IssuedSecretNode);
const RevokeApiClientSecretResult = resultOf('RevokeApiClientSecretResult', ApiClientNode);
const RevokeApiClientTokensResult = resultOf('RevokeApiClientTokensResult', ApiClientNode);
const RevokeApiClientResult = resultOf('RevokeApiClientResult', ApiClientNode);

const FIELDS = {
  CLIENT_NAME_REQUIRED: 'name',
  CLIENT_NAME_INVALID: 'name',
  CLIENT_NAME_TAKEN: 'name',
  CLIENT_SCOPES_INVALID: 'scopes',
  DIALECT_UNKNOWN: 'dialect',
  ROLE_UNKNOWN: 'role',
  ACCESS_INVALID: 'limits',
  CLIENT_SENDER_ID_INVALID: 'senderIds',
  CLIENT_CALLBACK_ORIGIN_INVALID: 'callbackOrigins',
  CLIENT_CALLBACK_URI_INVALID: 'callbackUri',
  CLIENT_KEYS_REQUIRED: 'jwks',
  JWKS_INVALID: 'jwks',
  JWKS_URI_INVALID: 'jwksUri',
  CLIENT_SIGNATURE_INVALID: 'signatureWindowSeconds',
  CLIENT_SECRET_LIFE_INVALID: 'secretLifeSeconds',
  CLIENT_SECRET_UNKNOWN: 'secretId',
  CLIENT_HAS_NO_SECRET: 'clientId',
  CLIENT_UNKNOWN: 'clientId',
  CLIENT_REVOKED: 'clientId',
};

const administration = (context: GraphContext): ClientAdministration => ({
  by: administrator(context),
  dialects: DIALECT_NAMES,
});

/** The client as it stands now, with its secrets. */
async function nodeOf({ pool }: GraphContext, client: ApiClient): Promise<ApiClientNode> {
  return new ApiClientNode(client, await listClientSecrets(pool, [client.id]));
}

@Resolver()
export class ApiClientResolvers {
  @Query(() => [ApiClientNode], { description: 'Every client, the oldest first. Needs scope `admin`.' })
  async apiClients(@Ctx() context: GraphContext): Promise<ApiClientNode[]> {
    requireScopes(context, 'admin');
    const clients = await listApiClients(context.pool);
    const ids = clients.map(({ id }) => id);
    const secrets = await listClientSecrets(context.pool, ids);
    return clients.map((client) => new ApiClientNode(client, secrets));
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
    return orRefusal(async () => {
      const wanted = {
        name: input.name,
        ...given({ scopes: input.scopes, dialect: input.dialect, role: input.role, grantTypes: input.grantTypes }),
        limits: changeLimits({}, limitChanges(input.limits)),
        reception: readReception(input),
      };
      if (input.authentication === 'private_key_jwt') {
        const client = await createApiClientWithKeys(pool, wanted, administration(context));
        return new IssuedSecretNode(new ApiClientNode(client, []), null);
      }
      const secretLifeSeconds = input.secretLifeSeconds ?? null;
      const issued = await createApiClient(pool, keys, { ...wanted, secretLifeSeconds }, administration(context));
      return new IssuedSecretNode(await nodeOf(context, issued.client), issued.clientSecret);
    }, FIELDS);
  }

  @Mutation(() => UpdateApiClientResult, {
    description: 'Changes a client; it holds from its next call on. Needs scope `admin`.',
  })
  async updateApiClient(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
    @Arg('input', () => UpdateApiClientInput, { description: 'The changes.' }) input: UpdateApiClientInput,
  ): Promise<ApiClientNode | Refusal> {
    requireScopes(context, 'admin');
    const { name, scopes, dialect, authentication, grantTypes, role } = input;
    return orRefusal(async () => {
      const changes = {
        ...given({ name, scopes, dialect, authentication, grantTypes }),
        ...(role !== undefined && { role }),
        ...(input.limits && { limits: limitChanges(input.limits) }),
        reception: readReception(input),
      };
      const client = await updateApiClient(context.pool, clientId, changes, administration(context));
      return nodeOf(context, client);
    }, FIELDS);
  }

  @Mutation(() => RotateApiClientSecretResult, {
    description: 'Gives a client a new secret, shown this once, and ends the earlier ones. Needs scope `admin`.',
  })
  async rotateApiClientSecret(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
    @Arg('overlapSeconds', () => Int, {
      defaultValue: 0,
      description: 'How long the newest of the earlier secrets still works.',
    })
    overlapSeconds: number,
    @Arg('lifeSeconds', () => Int, {
      nullable: true,
      description: 'How long the new secret works. Default: until it is rotated.',
    })
    lifeSeconds?: number | null,
  ): Promise<IssuedSecretNode | Refusal> {
    requireScopes(context, 'admin');
    if (overlapSeconds < 0 || overlapSeconds > LONGEST_OVERLAP_SECONDS) {
      throw new Problem('BAD_USER_INPUT', `overlapSeconds must be from 0 to ${String(LONGEST_OVERLAP_SECONDS)}`);
    }
    const { pool, keys } = context;
    return orRefusal(async () => {
      const options = { overlapSeconds, lifeSeconds: lifeSeconds ?? null, ...administration(context) };
      const { client, clientSecret } = await rotateApiClientSecret(pool, keys, clientId, options);
      return new IssuedSecretNode(await nodeOf(context, client), clientSecret);
    }, FIELDS);
  }

  @Mutation(() => RevokeApiClientSecretResult, {
    description: 'Ends one secret of a client at once; the client stays. Needs scope `admin`.',
  })
  async revokeApiClientSecret(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
    @Arg('secretId', () => String, { description: 'The `id` of the secret.' }) secretId: string,
  ): Promise<ApiClientNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(async () => {
      const client = await revokeClientSecret(context.pool, { clientId, secretId }, administration(context));
      return nodeOf(context, client);
    }, FIELDS);
  }

  @Mutation(() => RevokeApiClientTokensResult, {
    description: 'Ends every token that a client holds; it can ask for new ones. Needs scope `admin`.',
  })
  async revokeApiClientTokens(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
  ): Promise<ApiClientNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(
      async () => nodeOf(context, await revokeClientTokens(context.pool, clientId, administration(context))),
      FIELDS,
    );
  }

  @Mutation(() => RevokeApiClientResult, {
    description: 'Ends a client for good; tokens that it holds are refused from its next call on. Needs scope `admin`.',
  })
  async revokeApiClient(
    @Ctx() context: GraphContext,
    @Arg('clientId', () => String, { description: 'Its `clientId`.' }) clientId: string,
  ): Promise<ApiClientNode | Refusal> {
    requireScopes(context, 'admin');
    return orRefusal(
      async () => nodeOf(context, await revokeApiClient(context.pool, clientId, administration(context))),
      FIELDS,
    );
  }
}
