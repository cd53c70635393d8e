import { Field, InputType, Int } from 'type-graphql';
import type { Json } from '../../record/json.js';
import type { SignaturePolicy, SignatureProfile } from '../../record/signature-profile.js';
import type { WantedReception } from '../../security/client-reception.js';
import type { ApiClient, GrantType } from '../../security/clients.js';
import { readPublicKeySet } from '../../security/public-key-set.js';
import type { Scope } from '../../security/scopes.js';
import { DialectEnum, GrantTypeEnum } from '../data-sources/data-source-node.js';
import { JsonScalar } from '../scalars.js';
import { AccessLimitsInput } from './access-limits.js';
import { ClientAuthenticationEnum, InboundSignatureEnum, OutboundSignatureEnum, ScopeEnum } from './api-client-node.js';

const LIFE = 'How long its secret works, in seconds. Default: until it is rotated.';

/** What a client is made with and what can be changed of it. */
@InputType({ description: 'The settings of a client.' })
abstract class ApiClientSettingsInput {
  @Field(() => [ScopeEnum], {
    nullable: true,
    description: 'What it may do. A new one: `REGISTRY_SEARCH`, `REGISTRY_SUBSCRIBE`.',
  })
  scopes?: Scope[] | null;

  @Field(() => DialectEnum, { nullable: true, description: 'How it is answered. A new one: `SPDCI_1_0`.' })
  dialect?: string | null;

  @Field(() => String, { nullable: true, description: 'A role whose limits it has beside its own.' })
  role?: string | null;

  @Field(() => AccessLimitsInput, { nullable: true, description: 'Its own limits.' })
  limits?: AccessLimitsInput | null;

  @Field(() => ClientAuthenticationEnum, {
    nullable: true,
    description: 'How it proves who it is. A new one: `SECRET`.',
  })
  authentication?: ApiClient['authentication'] | null;

  @Field(() => [GrantTypeEnum], {
    nullable: true,
    description: 'How it may get tokens; none: not at all. A new one: `CLIENT_CREDENTIALS`.',
  })
  grantTypes?: GrantType[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Refuse doubts in its messages that are read past otherwise.',
  })
  strict?: boolean | null;

  @Field(() => InboundSignatureEnum, { nullable: true, description: 'A new one: `OPTIONAL`.' })
  signature?: SignaturePolicy | null;

  @Field(() => Int, { nullable: true, description: 'How old a signed message may be, in seconds. A new one: 300.' })
  signatureWindowSeconds?: number | null;

  @Field(() => [String], { nullable: true, description: 'The `sender_id`s that it may use. A new one: any.' })
  senderIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Origins to which callbacks may be sent, such as `https://partner.example`.',
  })
  callbackOrigins?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Where callbacks go when a message names no `sender_uri`.' })
  callbackUri?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Take its secret in the address too, as the importer of OpenSPP 17 sends it.',
  })
  allowQueryCredentials?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Refuse items of its searches without a consent object.' })
  consentRequired?: boolean | null;

  @Field(() => OutboundSignatureEnum, {
    nullable: true,
    description: 'How messages to it are signed. A new one: `NONE`.',
  })
  outboundSignature?: SignatureProfile | null;

  @Field(() => Boolean, { nullable: true, description: 'Encrypt messages to it with its key of use `enc`.' })
  encryptAnswers?: boolean | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Its public keys: a JSON Web Key Set.' })
  jwks?: Json;

  @Field(() => String, { nullable: true, description: 'Where it publishes its public keys.' })
  jwksUri?: string | null;
}

@InputType({ description: 'A client to make.' })
export class CreateApiClientInput extends ApiClientSettingsInput {
  @Field(() => String, { description: 'Name for people; no two are equal.' })
  name!: string;

  @Field(() => Int, { nullable: true, description: LIFE })
  secretLifeSeconds?: number | null;
}

@InputType({
  description:
    'What to change of a client; what is absent stays. Null takes away a role, keys, addresses; elsewhere it changes nothing.',
})
export class UpdateApiClientInput extends ApiClientSettingsInput {
  @Field(() => String, { nullable: true, description: 'Name for people; no two are equal.' })
  name?: string | null;
}

/** The part of the input that says how the client is received and answered. */
export function readReception(input: ApiClientSettingsInput): WantedReception {
  const { strict, signature, senderIds, callbackOrigins, callbackUri, allowQueryCredentials, consentRequired } = input;
  const { outboundSignature, encryptAnswers, jwks, jwksUri, signatureWindowSeconds } = input;
  return {
    ...given({
      strict,
      inboundSignature: signature,
      senderIds,
      callbackOrigins,
      allowQueryCredentials,
      consentRequired,
      outboundSignature,
      encryptAnswers,
      signatureWindowSeconds,
    }),
    ...(callbackUri !== undefined && { callbackUri }),
    ...(jwks !== undefined && { jwks: jwks === null ? null : readPublicKeySet(jwks) }),
    ...(jwksUri !== undefined && { jwksUri }),
    // Keys that are given take the place of those that there are, wherever these stood.
    ...(jwks && jwksUri === undefined && { jwksUri: null }),
    ...(jwksUri && jwks === undefined && { jwks: null }),
  };
}

/** What is neither null nor absent. */
export function given<Input extends object>(
  input: Input,
): { readonly [Key in keyof Input]?: Exclude<Input[Key], null | undefined> } {
  const parts: { [Key in keyof Input]?: Exclude<Input[Key], null | undefined> } = {};
  for (const key in input) {
    const value = input[key];
    if (isGiven(value)) parts[key] = value;
  }
  return parts;
}

function isGiven<Value>(value: Value): value is Exclude<Value, null | undefined> {
  return value !== null && value !== undefined;
}
