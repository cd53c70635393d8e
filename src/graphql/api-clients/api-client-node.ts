import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { ClientReception } from '../../security/client-reception.js';
import type { IssuedSecret } from '../../security/client-administration.js';
import type { ApiClient } from '../../security/clients.js';
import type { Scope } from '../../security/scopes.js';
import { DialectEnum } from '../data-sources/data-source-node.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

/** `graph.read` is `GRAPH_READ` in the graph. */
export const ScopeEnum = {
  REGISTRY_SEARCH: 'registry.search',
  REGISTRY_SUBSCRIBE: 'registry.subscribe',
  REGISTRY_WRITE: 'registry.write',
  GRAPH_READ: 'graph.read',
  GRAPH_PERSONAL: 'graph.personal',
  GRAPH_WRITE: 'graph.write',
  IMPORT_RUN: 'import.run',
  IMPORT_DECIDE: 'import.decide',
  ADMIN: 'admin',
} as const satisfies Record<string, Scope>;
registerEnumType(ScopeEnum, {
  name: 'Scope',
  description: 'What a client may do. Partners have those that begin with REGISTRY, internal tools the others.',
  valuesConfig: {
    REGISTRY_SEARCH: { description: 'Search this registry over DCI.' },
    REGISTRY_SUBSCRIBE: { description: 'Be told of changes over DCI.' },
    REGISTRY_WRITE: { description: 'Write enrolments over DCI.' },
    GRAPH_READ: { description: 'Ask the graph for what is not personal.' },
    GRAPH_PERSONAL: { description: 'Ask the graph for people and families.' },
    GRAPH_WRITE: { description: 'Write people, families and other records over the graph.' },
    IMPORT_RUN: { description: 'Run imports and read lists of places.' },
    IMPORT_DECIDE: { description: 'Decide what an import left undecided.' },
    ADMIN: { description: 'Change data sources and clients.' },
  },
});

const ApiClientStateEnum = { ACTIVE: 'active', REVOKED: 'revoked' } as const;
registerEnumType(ApiClientStateEnum, {
  name: 'ApiClientState',
  description: 'Whether a client may still call.',
  valuesConfig: {
    ACTIVE: { description: 'It may.' },
    REVOKED: { description: 'It may not, for good.' },
  },
});

export const InboundSignatureEnum = { OPTIONAL: 'optional', REQUIRED: 'required' } as const;
registerEnumType(InboundSignatureEnum, {
  name: 'InboundSignature',
  description: 'Whether messages of a partner must be signed.',
  valuesConfig: {
    OPTIONAL: { description: 'They may be.' },
    REQUIRED: {
      description: 'Messages without a signature are refused, and none can be verified yet: the client is shut out.',
    },
  },
});

@ObjectType('ApiClient', {
  description: 'A system that may call us. Its secret is shown once, when it is made.',
  simpleResolvers: true,
})
export class ApiClientNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name: string;

  @Field(() => String, { description: 'What the client calls itself at the token endpoint.' })
  readonly clientId: string;

  @Field(() => [ScopeEnum], { description: 'What it may do.' })
  readonly scopes: readonly Scope[];

  @Field(() => DialectEnum, { description: 'The way of speaking in which it is answered.' })
  readonly dialect: string;

  @Field(() => ApiClientStateEnum, { description: 'Whether it may still call.' })
  readonly state: ApiClient['state'];

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it last asked for a token, to the minute; null when it never did.',
  })
  readonly lastUsedAt: Date | null;

  @Field(() => Boolean, { description: 'Doubts in its messages are refused that are read past otherwise.' })
  readonly strict: boolean;

  @Field(() => InboundSignatureEnum, { description: 'Whether its messages must be signed.' })
  readonly signature: ClientReception['inboundSignature'];

  @Field(() => [String], { description: 'The `sender_id`s that it may use; empty: any.' })
  readonly senderIds: readonly string[];

  @Field(() => [String], { description: 'Origins to which callbacks may be sent.' })
  readonly callbackOrigins: readonly string[];

  @Field(() => String, { nullable: true, description: 'Where callbacks go when a message names no `sender_uri`.' })
  readonly callbackUri: string | null;

  @Field(() => Boolean, {
    description: 'Its secret is taken in the address too, as the importer of OpenSPP 17 sends it.',
  })
  readonly allowQueryCredentials: boolean;

  constructor(client: ApiClient) {
    this.id = globalId('ApiClient', client.id);
    this.name = client.name;
    this.clientId = client.clientId;
    this.scopes = client.scopes;
    this.dialect = client.dialect;
    this.state = client.state;
    this.createdAt = client.createdAt;
    this.lastUsedAt = client.lastUsedAt;
    const { reception } = client;
    this.strict = reception.strict;
    this.signature = reception.inboundSignature;
    this.senderIds = reception.senderIds;
    this.callbackOrigins = reception.callbackOrigins;
    this.callbackUri = reception.callbackUri;
    this.allowQueryCredentials = reception.allowQueryCredentials;
  }
}

@ObjectType('IssuedSecret', {
  description: 'A client and its new secret. Only a keyed hash is kept: what is not written down now is lost.',
  simpleResolvers: true,
})
export class IssuedSecretNode {
  @Field(() => ApiClientNode, { description: 'The client.' })
  readonly client: ApiClientNode;

  @Field(() => String, { description: 'The secret, shown this once.' })
  readonly clientSecret: string;

  constructor({ client, clientSecret }: IssuedSecret) {
    this.client = new ApiClientNode(client);
    this.clientSecret = clientSecret;
  }
}
