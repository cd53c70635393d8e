import { Field, Float, InputType, Int } from 'type-graphql';
import type { Json } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import type { SignaturePolicy, SignatureProfile } from '../../record/signature-profile.js';
import type { PathKey } from '../../sources/data-source.js';
import type { DataSourceInput, DataSourceUpdate } from '../../sources/data-sources.js';
import { InboundSignatureEnum, OutboundSignatureEnum } from '../api-clients/api-client-node.js';
import { JsonScalar } from '../scalars.js';
import {
  AuthTypeEnum,
  CredentialLocationEnum,
  DialectEnum,
  FieldPolicyEnum,
  KeptOfExchangesEnum,
} from './data-source-node.js';

@InputType({ description: 'Where a data source answers, below its base URL. Null: it has no such endpoint.' })
class DataSourcePathsInput {
  @Field(() => String, { nullable: true, description: 'Synchronous search. Default: as its dialect has it.' })
  search?: string | null;

  @Field(() => String, { nullable: true, description: 'The token endpoint. Default: as its dialect has it.' })
  token?: string | null;

  @Field(() => String, { nullable: true, description: 'The list of its places. Default: as its dialect has it.' })
  locations?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What stands before `/search`, `/subscribe`, `/unsubscribe` and `/txn/status`, where what is answered later is ' +
      'asked for. Null or left out: as before the `/sync/search` of the synchronous search.',
  })
  requests?: string | null;
}

@InputType({ description: 'What our messages to a data source say in place of the words of its dialect.' })
class DataSourceParameterInput {
  @Field(() => String, { description: 'Name of the parameter, such as `receiver_id`.' })
  name!: string;

  @Field(() => String, { description: 'What is sent.' })
  value!: string;
}

@InputType({ description: 'A field that a data source calls by another name than the standard.' })
class FieldMappingInput {
  @Field(() => String, { description: 'The field as we know it.' })
  clientField!: string;

  @Field(() => String, { description: 'The field of the data source.' })
  serverField!: string;
}

@InputType({ description: 'What becomes of a value that a data source tells otherwise than it is held.' })
class FieldPolicyInput {
  @Field(() => String, { description: 'The value: `birthDate`, `sex`, ...; `*`: those that are not named.' })
  field!: string;

  @Field(() => FieldPolicyEnum, { description: 'What becomes of it.' })
  policy!: string;
}

@InputType({ description: 'What can be said of a data source now and changed later.' })
class DataSourceSettings {
  @Field(() => DialectEnum, { nullable: true, description: 'The way of speaking. Default: `SPDCI_1_0`.' })
  dialect?: string | null;

  @Field(() => AuthTypeEnum, { nullable: true, description: 'How our calls are authorised. Default: `BEARER`.' })
  authType?: string | null;

  @Field(() => String, { nullable: true, description: 'Only `client_credentials` can be used.' })
  grantType?: string | null;

  @Field(() => CredentialLocationEnum, {
    nullable: true,
    description: 'Where a token request carries client id and secret. Default: `FORM`.',
  })
  credentialLocation?: string | null;

  @Field(() => String, { nullable: true, description: 'What we call ourselves at its token endpoint.' })
  clientId?: string | null;

  @Field(() => String, { nullable: true, description: 'Sealed when stored and never shown again. Null forgets it.' })
  clientSecret?: string | null;

  @Field(() => Int, { nullable: true, description: 'Records per page that imports ask for. Default: 100.' })
  pageSize?: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest time of one request, in milliseconds. Default: 30000.' })
  timeoutMs?: number | null;

  @Field(() => KeptOfExchangesEnum, {
    nullable: true,
    description: 'What is kept of our messages and its answers. Default: `REQUESTS`.',
  })
  keepExchanges?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Requests per second that all gateways together send it at most. Default and null: no limit.',
  })
  requestsPerSecond?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Requests per day (UTC) that all gateways together send it at most; imports wait for the next day. Default and ' +
      'null: no limit.',
  })
  requestsPerDay?: number | null;

  @Field(() => DataSourcePathsInput, { nullable: true, description: 'Where it answers.' })
  paths?: DataSourcePathsInput | null;

  @Field(() => [DataSourceParameterInput], { nullable: true, description: 'All of them: what is held is replaced.' })
  parameters?: DataSourceParameterInput[] | null;

  @Field(() => [FieldMappingInput], { nullable: true, description: 'All of them: what is held is replaced.' })
  fieldMappings?: FieldMappingInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How much it is believed, from 0 to 1000: it overwrites what came from sources of its own rank and below. Default, ' +
      'and of what was entered here: 100.',
  })
  trustRank?: number | null;

  @Field(() => [FieldPolicyInput], {
    nullable: true,
    description:
      'Where it tells something else than is held. All of them: what is held is replaced. Default: `PREFER_SOURCE`.',
  })
  fieldPolicies?: FieldPolicyInput[] | null;

  @Field(() => OutboundSignatureEnum, { nullable: true, description: 'How what we ask is signed. Default: `NONE`.' })
  signature?: SignatureProfile | null;

  @Field(() => InboundSignatureEnum, {
    nullable: true,
    description: 'Whether what it answers and brings is signed. Default: `OPTIONAL`.',
  })
  inboundSignature?: SignaturePolicy | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether what we ask is encrypted. Default: `false`.' })
  encryptRequests?: boolean | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Its public keys: a JSON Web Key Set. Null forgets them.' })
  jwks?: Json;

  @Field(() => String, { nullable: true, description: 'Where it publishes its public keys. Null forgets it.' })
  jwksUri?: string | null;
}

@InputType({ description: 'A data source to register.' })
export class CreateDataSourceInput extends DataSourceSettings {
  @Field(() => String, { description: 'A short name for good: lower-case letters, digits, `_` and `-`.' })
  code!: string;

  @Field(() => String, { description: 'Name for people; no two are equal.' })
  name!: string;

  @Field(() => String, { description: 'Address, such as `https://crvs.example.org`; the paths follow it.' })
  baseUrl!: string;
}

@InputType({ description: 'A change of a data source. What is left out stays as it is.' })
export class UpdateDataSourceInput extends DataSourceSettings {
  @Field(() => String, { nullable: true, description: 'Name for people; no two are equal.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Address; the paths follow it.' })
  baseUrl?: string | null;
}

/** The input of the sources room. */
export function readNewDataSource(input: CreateDataSourceInput): DataSourceInput {
  return { ...readSettings(input), code: input.code, name: input.name, baseUrl: input.baseUrl };
}

/** The change of the sources room; null stands for nothing but where it forgets a value. */
export function readDataSourceUpdate(input: UpdateDataSourceInput): DataSourceUpdate {
  return {
    ...readSettings(input),
    ...(typeof input.name === 'string' ? { name: input.name } : {}),
    ...(typeof input.baseUrl === 'string' ? { baseUrl: input.baseUrl } : {}),
  };
}

/** Null means something for credentials and paths alone; elsewhere it is as good as left out. */
function readSettings(input: DataSourceSettings): DataSourceUpdate {
  return {
    dialect: input.dialect ?? undefined,
    authType: input.authType ?? undefined,
    grantType: input.grantType ?? undefined,
    credentialLocation: input.credentialLocation ?? undefined,
    clientId: input.clientId,
    clientSecret: input.clientSecret,
    pageSize: input.pageSize ?? undefined,
    timeoutMs: input.timeoutMs ?? undefined,
    keepExchanges: input.keepExchanges ?? undefined,
    requestsPerSecond: input.requestsPerSecond,
    requestsPerDay: input.requestsPerDay,
    trustRank: input.trustRank ?? undefined,
    fieldPolicies: input.fieldPolicies
      ? onceEach(
          'fieldPolicies',
          input.fieldPolicies.map(({ field, policy }) => [field, policy]),
        )
      : undefined,
    signature: input.signature ?? undefined,
    inboundSignature: input.inboundSignature ?? undefined,
    encryptRequests: input.encryptRequests ?? undefined,
    jwks: input.jwks,
    jwksUri: input.jwksUri,
    paths: input.paths ? givenPaths(input.paths) : undefined,
    parameters: input.parameters
      ? onceEach(
          'parameters',
          input.parameters.map(({ name, value }) => [name, value]),
        )
      : undefined,
    fieldMappings: input.fieldMappings
      ? onceEach(
          'fieldMappings',
          input.fieldMappings.map(({ clientField, serverField }) => [clientField, serverField]),
        )
      : undefined,
  };
}

/** Of two entries of one name, one would be lost without a word. */
function onceEach(
  field: 'parameters' | 'fieldMappings' | 'fieldPolicies',
  entries: readonly (readonly [string, string])[],
): Record<string, string> {
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Problem('DATA_SOURCE_INVALID', `${field} names ${JSON.stringify(twice)} twice: give each name once`, {
      field,
    });
  }
  return Object.fromEntries(entries);
}

function givenPaths({
  search,
  token,
  locations,
  requests,
}: DataSourcePathsInput): Partial<Record<PathKey, string | null>> {
  return {
    ...(search === undefined ? {} : { search }),
    ...(token === undefined ? {} : { token }),
    ...(locations === undefined ? {} : { locations }),
    ...(requests === undefined ? {} : { requests }),
  };
}
