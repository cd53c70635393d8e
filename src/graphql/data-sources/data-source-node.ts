import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DIALECT_NAMES } from '../../dci/dialects/names.js';
import type { SignaturePolicy, SignatureProfile } from '../../record/signature-profile.js';
import type { DataSource } from '../../sources/data-sources.js';
import { InboundSignatureEnum, OutboundSignatureEnum } from '../api-clients/api-client-node.js';
import { globalId } from '../global-id.js';
import { DateTimeScalar } from '../scalars.js';

/** `opencrvs-1.0` is `OPENCRVS_1_0` in the graph: enum values have no points or hyphens. */
export const DialectEnum = Object.fromEntries(
  DIALECT_NAMES.map((name) => [name.replace(/[^a-z0-9]/gu, '_').toUpperCase(), name]),
);
registerEnumType(DialectEnum, {
  name: 'Dialect',
  description: 'The way of speaking the DCI standard that a partner understands.',
  valuesConfig: {
    SPDCI_1_0: { description: 'The standard as published, version 1.0.0.' },
    SPDCI_1_0_EXAMPLES: {
      description: 'The same at the word of its examples: one address, dates with a time, records of dr in an object.',
    },
    OPENCRVS_1_0: { description: 'The DCI server of OpenCRVS up to 1.8.' },
    OPENCRVS_1_9: { description: 'The DCI server of OpenCRVS 1.9.' },
    OPENSPP_17: { description: 'The DCI modules of OpenSPP 17.' },
    OPENSPP_2: { description: 'The social registry of OpenSPP 2.' },
    OPENG2P: { description: 'The registry platform of OpenG2P.' },
  },
});

export const AuthTypeEnum = { BEARER: 'bearer', NONE: 'none' } as const;
registerEnumType(AuthTypeEnum, {
  name: 'AuthType',
  description: 'How calls to a data source are authorised.',
  valuesConfig: {
    BEARER: { description: 'With a token that its token endpoint gives for client id and secret.' },
    NONE: { description: 'Not at all.' },
  },
});

export const GrantTypeEnum = { CLIENT_CREDENTIALS: 'client_credentials' } as const;
registerEnumType(GrantTypeEnum, {
  name: 'GrantType',
  description: 'What a token is asked for with.',
  valuesConfig: { CLIENT_CREDENTIALS: { description: 'Client id and secret: registries ask without a user.' } },
});

export const CredentialLocationEnum = { FORM: 'form', BASIC: 'basic', JSON: 'json', QUERY: 'query' } as const;
registerEnumType(CredentialLocationEnum, {
  name: 'CredentialLocation',
  description: 'Where a token request carries client id and secret.',
  valuesConfig: {
    FORM: { description: 'In a form body.' },
    BASIC: { description: 'In the Authorization header.' },
    JSON: { description: 'In a JSON body.' },
    QUERY: { description: 'In the address, which servers log: only for a registry that reads them nowhere else.' },
  },
});

export const KeptOfExchangesEnum = { NONE: 'none', REQUESTS: 'requests', ANSWERS: 'answers' } as const;
registerEnumType(KeptOfExchangesEnum, {
  name: 'KeptOfExchanges',
  description: 'What is kept, sealed, of the messages of imports and of requests that are answered later.',
  valuesConfig: {
    NONE: { description: 'Nothing.' },
    REQUESTS: { description: 'What was sent, when, and the status of the answer.' },
    ANSWERS: { description: 'The answers as well, which name people; they are erased with them.' },
  },
});

export const FieldPolicyEnum = {
  FILL_BLANK: 'fill_blank',
  PREFER_SOURCE: 'prefer_source',
  PREFER_NEWER: 'prefer_newer',
  ASK: 'ask',
} as const;
registerEnumType(FieldPolicyEnum, {
  name: 'FieldPolicy',
  description: 'What becomes of a value that a data source tells otherwise than it is held.',
  valuesConfig: {
    FILL_BLANK: { description: 'What is held stays.' },
    PREFER_SOURCE: { description: 'The source is believed.' },
    PREFER_NEWER: { description: 'Whoever says that it was so later is believed.' },
    ASK: { description: 'What is held stays until somebody decides.' },
  },
});

@ObjectType('SourceFieldPolicy', {
  description: 'What becomes of a value that a data source tells otherwise than it is held.',
  simpleResolvers: true,
})
class SourceFieldPolicyNode {
  @Field(() => String, { description: 'The value: `birthDate`, `sex`, ...; `*`: those that are not named.' })
  readonly field: string;

  @Field(() => FieldPolicyEnum, { description: 'What becomes of it.' })
  readonly policy: string;

  constructor(field: string, policy: string) {
    this.field = field;
    this.policy = policy;
  }
}

@ObjectType('DataSourcePaths', {
  description: 'Where a data source answers, below its base URL. Null where it has no such endpoint.',
  simpleResolvers: true,
})
export class DataSourcePathsNode {
  @Field(() => String, { nullable: true, description: 'Synchronous search.' })
  readonly search: string | null;

  @Field(() => String, { nullable: true, description: 'The token endpoint.' })
  readonly token: string | null;

  @Field(() => String, { nullable: true, description: 'The list of its places.' })
  readonly locations: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What stands before `/search`, `/subscribe`, ...; null: as before its `/sync/search`.',
  })
  readonly requests: string | null;

  constructor({ search, token, locations, requests }: DataSource['paths']) {
    this.search = search ?? null;
    this.token = token ?? null;
    this.locations = locations ?? null;
    this.requests = requests ?? null;
  }
}

@ObjectType('DataSourceParameter', {
  description: 'What our messages to a data source say in place of the words of its dialect.',
  simpleResolvers: true,
})
export class DataSourceParameterNode {
  @Field(() => String, { description: 'Name of the parameter, such as `receiver_id`.' })
  readonly name: string;

  @Field(() => String, { description: 'What is sent.' })
  readonly value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }
}

@ObjectType('FieldMapping', {
  description: 'A field that a data source calls by another name than the standard.',
  simpleResolvers: true,
})
class FieldMappingNode {
  @Field(() => String, { description: 'The field as we know it.' })
  readonly clientField: string;

  @Field(() => String, { description: 'The field of the data source.' })
  readonly serverField: string;

  constructor(clientField: string, serverField: string) {
    this.clientField = clientField;
    this.serverField = serverField;
  }
}

@ObjectType('DataSource', {
  description: 'Another registry that we ask, and how. Its client secret can be written but never read.',
  simpleResolvers: true,
})
export class DataSourceNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => String, { description: 'The short name that other parts of the graph use; it never changes.' })
  readonly code: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name: string;

  @Field(() => String, { description: 'Address; the paths follow it.' })
  readonly baseUrl: string;

  @Field(() => DialectEnum, { description: 'The way of speaking that it understands.' })
  readonly dialect: string;

  @Field(() => AuthTypeEnum, { description: 'How our calls are authorised.' })
  readonly authType: DataSource['authType'];

  @Field(() => GrantTypeEnum, { description: 'What a token is asked for with.' })
  readonly grantType: DataSource['grantType'];

  @Field(() => CredentialLocationEnum, { description: 'Where a token request carries client id and secret.' })
  readonly credentialLocation: DataSource['credentialLocation'];

  @Field(() => String, { nullable: true, description: 'What we call ourselves at its token endpoint.' })
  readonly clientId: string | null;

  @Field(() => Boolean, { description: 'Whether a client secret is held.' })
  readonly hasClientSecret: boolean;

  @Field(() => Int, { description: 'Records per page that imports ask for.' })
  readonly pageSize: number;

  @Field(() => Int, { description: 'Longest time that one request may take, in milliseconds.' })
  readonly timeoutMs: number;

  @Field(() => KeptOfExchangesEnum, { description: 'What is kept of our messages and its answers.' })
  readonly keepExchanges: DataSource['keepExchanges'];

  @Field(() => Float, { nullable: true, description: 'Requests per second that we send it at most.' })
  readonly requestsPerSecond: number | null;

  @Field(() => Int, { nullable: true, description: 'Requests per day (UTC) that we send it at most.' })
  readonly requestsPerDay: number | null;

  @Field(() => Int, { description: 'How much it is believed, from 0 to 1000; what was entered here has 100.' })
  readonly trustRank: number;

  @Field(() => [SourceFieldPolicyNode], { description: 'Where it tells something else than is held, by field.' })
  readonly fieldPolicies: readonly SourceFieldPolicyNode[];

  @Field(() => DataSourcePathsNode, { description: 'Where it answers.' })
  readonly paths: DataSourcePathsNode;

  @Field(() => [DataSourceParameterNode], { description: 'What our messages say in place of the dialect, by name.' })
  readonly parameters: readonly DataSourceParameterNode[];

  @Field(() => [FieldMappingNode], { description: 'Fields that it calls by other names.' })
  readonly fieldMappings: readonly FieldMappingNode[];

  @Field(() => OutboundSignatureEnum, { description: 'How what we ask is signed.' })
  readonly signature: SignatureProfile;

  @Field(() => InboundSignatureEnum, { description: 'Whether what it answers and brings is signed.' })
  readonly inboundSignature: SignaturePolicy;

  @Field(() => Boolean, { description: 'Whether what we ask is encrypted.' })
  readonly encryptRequests: boolean;

  @Field(() => [String], { description: 'Ids of its keys that are held.' })
  readonly keyIds: readonly string[];

  @Field(() => String, { nullable: true, description: 'Where it publishes its public keys.' })
  readonly jwksUri: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When its list of places was last read.' })
  readonly locationsSyncedAt: Date | null;

  constructor(source: DataSource) {
    this.id = globalId('DataSource', source.id);
    this.code = source.code;
    this.name = source.name;
    this.baseUrl = source.baseUrl;
    this.dialect = source.dialect;
    this.authType = source.authType;
    this.grantType = source.grantType;
    this.credentialLocation = source.credentialLocation;
    this.clientId = source.clientId;
    this.hasClientSecret = source.hasSecret;
    this.pageSize = source.pageSize;
    this.timeoutMs = source.timeoutMs;
    this.keepExchanges = source.keepExchanges;
    this.requestsPerSecond = source.requestLimits.requestsPerSecond;
    this.requestsPerDay = source.requestLimits.requestsPerDay;
    this.trustRank = source.trust.trustRank;
    this.fieldPolicies = byName(source.trust.fieldPolicies).map((policy) => new SourceFieldPolicyNode(...policy));
    this.paths = new DataSourcePathsNode(source.paths);
    this.parameters = byName(source.parameters).map(([name, value]) => new DataSourceParameterNode(name, value));
    this.fieldMappings = byName(source.fieldMappings).map(([ours, theirs]) => new FieldMappingNode(ours, theirs));
    this.signature = source.sealing.signature;
    this.inboundSignature = source.sealing.inboundSignature;
    this.encryptRequests = source.sealing.encryptRequests;
    this.keyIds = (source.sealing.jwks?.keys ?? []).flatMap(({ kid }) => kid ?? []);
    this.jwksUri = source.sealing.jwksUri;
    this.locationsSyncedAt = source.locationsSyncedAt;
  }
}

function byName(entries: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1));
}
