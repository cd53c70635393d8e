import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SignaturePolicy, SignatureProfile } from '../../record/signature-profile.js';
import type { ClientSecret } from '../../security/client-secrets.js';
import type { ApiClient, GrantType } from '../../security/clients.js';
import type { Scope } from '../../security/scopes.js';
import { DialectEnum, GrantTypeEnum } from '../data-sources/data-source-node.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';
import { AccessLimitsNode } from './access-limits.js';

/** `graph.read` is `GRAPH_READ` in the graph. */
export const ScopeEnum = {
  REGISTRY_SEARCH: 'registry.search',
  REGISTRY_SUBSCRIBE: 'registry.subscribe',
  REGISTRY_WRITE: 'registry.write',
  GRAPH_READ: 'graph.read',
  GRAPH_PERSONAL: 'graph.personal',
  GRAPH_SENSITIVE: 'graph.sensitive',
  GRAPH_WRITE: 'graph.write',
  GRAPH_ADHOC: 'graph.adhoc',
  IMPORT_RUN: 'import.run',
  IMPORT_DECIDE: 'import.decide',
  AUDIT_READ: 'audit.read',
  DCI_INSPECT: 'dci.inspect',
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
    GRAPH_SENSITIVE: { description: 'Ask the graph for what can harm somebody, such as disabilities.' },
    GRAPH_ADHOC: { description: 'Ask the graph operations that are not registered, where only such are taken.' },
    GRAPH_WRITE: { description: 'Write people, families and other records over the graph.' },
    IMPORT_RUN: { description: 'Run imports and read lists of places.' },
    IMPORT_DECIDE: { description: 'Decide what an import left undecided.' },
    AUDIT_READ: { description: 'Read who was told of whom, and what was done.' },
    DCI_INSPECT: { description: 'See the messages between us and other registries as they went over the wire.' },
    ADMIN: { description: 'Change data sources, clients and roles.' },
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

export const InboundSignatureEnum = {
  OFF: 'off',
  OPTIONAL: 'optional',
  REQUIRED: 'required',
} as const satisfies Record<string, SignaturePolicy>;
registerEnumType(InboundSignatureEnum, {
  name: 'InboundSignature',
  description: 'Whether messages of a partner are signed. A signature that is there must verify in each case.',
  valuesConfig: {
    OFF: { description: 'They come unsigned.' },
    OPTIONAL: { description: 'They may be.' },
    REQUIRED: { description: 'Messages without a signature are refused.' },
  },
});

export const OutboundSignatureEnum = {
  NONE: 'none',
  JWS_COMPACT: 'jws-compact',
  JWS_DETACHED: 'jws-detached',
  CAVAGE: 'cavage',
} as const satisfies Record<string, SignatureProfile>;
registerEnumType(OutboundSignatureEnum, {
  name: 'OutboundSignature',
  description: 'How messages to a partner are signed.',
  valuesConfig: {
    NONE: { description: 'Not at all.' },
    JWS_COMPACT: { description: 'Compact JWS that holds header and message.' },
    JWS_DETACHED: { description: 'Detached JWS over canonical JSON of header and message.' },
    CAVAGE: { description: 'HTTP-style signature over the digest of canonical JSON, as the standard shows it.' },
  },
});

export const ClientAuthenticationEnum = {
  SECRET: 'secret',
  PRIVATE_KEY_JWT: 'private_key_jwt',
} as const satisfies Record<string, ApiClient['authentication']>;
registerEnumType(ClientAuthenticationEnum, {
  name: 'ClientAuthentication',
  description: 'How a client proves who it is.',
  valuesConfig: {
    SECRET: { description: 'With a secret of ours.' },
    PRIVATE_KEY_JWT: { description: 'With assertions signed with its keys (RFC 7523).' },
  },
});

@ObjectType('ClientSecret', {
  description: 'A secret of a client, without its text: only a keyed hash of it is kept.',
  simpleResolvers: true,
})
export class ClientSecretNode {
  @Field(() => String, { description: 'Names the secret where one is ended.' })
  readonly id: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it stops to work; null: when it is rotated.' })
  readonly expiresAt: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a token was last asked for with it, to the minute.',
  })
  readonly lastUsedAt: Date | null;

  @Field(() => Boolean, { description: 'Whether it works now.' })
  readonly isActive: boolean;

  constructor({ id, createdAt, expiresAt, lastUsedAt, isActive }: ClientSecret) {
    this.id = id;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
    this.lastUsedAt = lastUsedAt;
    this.isActive = isActive;
  }
}

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
  readonly signature: SignaturePolicy;

  @Field(() => [String], { description: 'The `sender_id`s that it may use; empty: any.' })
  readonly senderIds: readonly string[];

  @Field(() => [String], { description: 'Origins to which callbacks may be sent.' })
  readonly callbackOrigins: readonly string[];

  @Field(() => String, { nullable: true, description: 'Where callbacks go when a message names no `sender_uri`.' })
  readonly callbackUri: string | null;

  @Field(() => Boolean, { description: 'Items of its searches without a consent object are refused.' })
  readonly consentRequired: boolean;

  @Field(() => OutboundSignatureEnum, { description: 'How messages to it are signed.' })
  readonly outboundSignature: SignatureProfile;

  @Field(() => Boolean, { description: 'Whether messages to it are encrypted.' })
  readonly encryptAnswers: boolean;

  @Field(() => JsonScalar, { nullable: true, description: 'Its public keys (RFC 7517), where they are pinned.' })
  readonly jwks: unknown;

  @Field(() => String, {
    nullable: true,
    description: 'Where it publishes its public keys, where they are read from there.',
  })
  readonly jwksUri: string | null;

  @Field(() => Int, { description: 'How old a signed message may be, in seconds.' })
  readonly signatureWindowSeconds: number;

  @Field(() => ClientAuthenticationEnum, { description: 'How it proves who it is.' })
  readonly authentication: ApiClient['authentication'];

  @Field(() => [GrantTypeEnum], { description: 'How it may get tokens; none: not at all.' })
  readonly grantTypes: readonly GrantType[];

  @Field(() => String, { nullable: true, description: 'Name of the role whose limits it has beside its own.' })
  readonly role: string | null;

  @Field(() => AccessLimitsNode, { description: 'Its own limits.' })
  readonly limits: AccessLimitsNode;

  @Field(() => [ClientSecretNode], { description: 'Its secrets that were not revoked, the oldest first.' })
  readonly secrets: readonly ClientSecretNode[];

  @Field(() => Boolean, {
    description: 'Its secret is taken in the address too, as the importer of OpenSPP 17 sends it.',
  })
  readonly allowQueryCredentials: boolean;

  constructor(client: ApiClient, secrets: readonly ClientSecret[]) {
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
    this.consentRequired = reception.consentRequired;
    this.outboundSignature = reception.outboundSignature;
    this.encryptAnswers = reception.encryptAnswers;
    this.jwks = reception.jwks;
    this.jwksUri = reception.jwksUri;
    this.signatureWindowSeconds = reception.signatureWindowSeconds;
    this.authentication = client.authentication;
    this.grantTypes = client.grantTypes;
    this.role = client.role;
    this.limits = new AccessLimitsNode(client.limits);
    this.secrets = secrets
      .filter(({ apiClientId }) => apiClientId === client.id)
      .map((secret) => new ClientSecretNode(secret));
  }
}

@ObjectType('IssuedSecret', {
  description: 'A client and its new secret. Only a keyed hash is kept: what is not written down now is lost.',
  simpleResolvers: true,
})
export class IssuedSecretNode {
  @Field(() => ApiClientNode, { description: 'The client.' })
  readonly client: ApiClientNode;

  @Field(() => String, {
    nullable: true,
    description: 'The secret, shown this once; null for a client that signs assertions.',
  })
  readonly clientSecret: string | null;

  constructor(client: ApiClientNode, clientSecret: string | null) {
    this.client = client;
    this.clientSecret = clientSecret;
  }
}
