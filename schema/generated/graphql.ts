/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Limits to be set. On a change, null takes one away and what is absent stays. */
export type AccessLimitsInput = {
  /** Ids of `Location`s: people who were born there or below. */
  bornWithin?: Array<string | number> | null | undefined;
  /** Records of one page. */
  largestPage?: number | null | undefined;
  /** Fields that are never shown. */
  never?: Array<string> | null | undefined;
  /** Fields that are shown, and no others: `individual.name`, or `disability.*` for all of such records. */
  only?: Array<string> | null | undefined;
  /** Operators with which it may search. */
  operators?: Array<SearchOperator> | null | undefined;
  /** Identifiers of programmes in which the person, or a group of the person, is enrolled. */
  programmes?: Array<string> | null | undefined;
  /** People of whom it is told in an hour. */
  recordsPerHour?: number | null | undefined;
  /** Registries that are open. */
  registries?: Array<RegistryKind> | null | undefined;
  /** Classes of fields that are shown. */
  sensitivities?: Array<Sensitivity> | null | undefined;
  /** Codes of data sources that told of the person. */
  sources?: Array<string> | null | undefined;
  /** Ids of `Location`s: people whose home is there or below. */
  within?: Array<string | number> | null | undefined;
};

/** Whether a client may still call. */
export type ApiClientState =
  /** It may. */
  | 'ACTIVE'
  /** It may not, for good. */
  | 'REVOKED';

/** A comparison of one attribute of the catalogue, a country's own among them. Values are written as text whatever their type: `12.5`, `true`, `2024-02-29`. Every operator given must hold. */
export type AttributeFilter = {
  /** This value. */
  eq?: string | null | undefined;
  /** This, more or later. */
  ge?: string | null | undefined;
  /** More or later than this. */
  gt?: string | null | undefined;
  /** One of these values. */
  in?: Array<string> | null | undefined;
  /** This, less or earlier. */
  le?: string | null | undefined;
  /** Less or earlier than this. */
  lt?: string | null | undefined;
  /** Name of the attribute, in any of its spellings. */
  name: string;
  /** Another value than this. */
  ne?: string | null | undefined;
};

/** An attribute to be written. */
export type AttributeValueInput = {
  /** Name of the attribute. */
  name: string;
  /** What is to be held; null takes the attribute away. */
  value?: unknown;
};

/** How calls to a data source are authorised. */
export type AuthType =
  /** With a token that its token endpoint gives for client id and secret. */
  | 'BEARER'
  /** Not at all. */
  | 'NONE';

/** One end of a range of birth dates. */
export type BirthDateBoundInput = {
  /** The day. */
  date: string;
  /** Whether the day itself belongs to the range. */
  inclusive?: boolean;
};

/** A test of a place. Every part given must hold. */
export type BirthPlaceFilter = {
  /** The location is of one of these types, such as `HEALTH_FACILITY`. */
  types?: Array<string> | null | undefined;
  /** In this location or anywhere below it. */
  within?: string | number | null | undefined;
};

/** What registries send of themselves; the `action` of the message. */
export type CallbackAction =
  /** Events that were subscribed to. */
  | 'NOTIFY'
  /** The answer to a search. */
  | 'ON_SEARCH'
  /** The answer to a request to subscribe. */
  | 'ON_SUBSCRIBE'
  /** The answer to a request to unsubscribe. */
  | 'ON_UNSUBSCRIBE'
  /** What became of an earlier request. */
  | 'TXN_ON_STATUS';

/** How a client proves who it is. */
export type ClientAuthentication =
  /** With assertions signed with its keys (RFC 7523). */
  | 'PRIVATE_KEY_JWT'
  /** With a secret of ours. */
  | 'SECRET';

/** Whom of a record a conflict is about. */
export type ConflictAbout =
  /** The father whom it names. */
  | 'FATHER'
  /** The mother whom it names. */
  | 'MOTHER'
  /** A parent of whom it does not say which. */
  | 'PARENT'
  /** The person whose record it is. */
  | 'SUBJECT';

/** What can be decided of a conflict. */
export type ConflictDecisionKind =
  /** They are different people: what is contested is left out, the rest is written. */
  | 'KEEP_APART'
  /** The record tells of the person named: what it says is taken. Of a differing parent: name the parent who is held, where the record means that one, or the child, where the record is right and the parent is replaced. */
  | 'LINK'
  /** The people are one; the person named stays. It can be taken back: `undoMerge`. */
  | 'MERGE'
  /** The record, or the value of the field, is never taken. */
  | 'REJECT';

/** What a record says against what is held. */
export type ConflictKind =
  /** Another value of a field that the source may not overwrite unasked; see `field`. */
  | 'FIELD_DIFFERS'
  /** The identifiers of one person belong to different people here. */
  | 'IDENTIFIERS_OF_TWO_PEOPLE'
  /** Another value of an identifier of which a person has only one; see `field`. */
  | 'IDENTIFIER_DIFFERS'
  /** Another parent, or a child that would join a second family. */
  | 'PARENT_DIFFERS';

/** Whether somebody has decided. */
export type ConflictState =
  /** It was decided, and is not asked again. */
  | 'DECIDED'
  /** It waits for a decision. */
  | 'OPEN';

/** A client to make. */
export type CreateApiClientInput = {
  /** Take its secret in the address too, as the importer of OpenSPP 17 sends it. */
  allowQueryCredentials?: boolean | null | undefined;
  /** How it proves who it is. A new one: `SECRET`. */
  authentication?: ClientAuthentication | null | undefined;
  /** Origins to which callbacks may be sent, such as `https://partner.example`. */
  callbackOrigins?: Array<string> | null | undefined;
  /** Where callbacks go when a message names no `sender_uri`. */
  callbackUri?: string | null | undefined;
  /** Refuse items of its searches without a consent object. */
  consentRequired?: boolean | null | undefined;
  /** How it is answered. A new one: `SPDCI_1_0`. */
  dialect?: Dialect | null | undefined;
  /** Encrypt messages to it with its key of use `enc`. */
  encryptAnswers?: boolean | null | undefined;
  /** How it may get tokens; none: not at all. A new one: `CLIENT_CREDENTIALS`. */
  grantTypes?: Array<GrantType> | null | undefined;
  /** Its public keys: a JSON Web Key Set. */
  jwks?: unknown;
  /** Where it publishes its public keys. */
  jwksUri?: string | null | undefined;
  /** Its own limits. */
  limits?: AccessLimitsInput | null | undefined;
  /** Name for people; no two are equal. */
  name: string;
  /** How messages to it are signed. A new one: `NONE`. */
  outboundSignature?: OutboundSignature | null | undefined;
  /** A role whose limits it has beside its own. */
  role?: string | null | undefined;
  /** What it may do. A new one: `REGISTRY_SEARCH`, `REGISTRY_SUBSCRIBE`. */
  scopes?: Array<Scope> | null | undefined;
  /** How long its secret works, in seconds. Default: until it is rotated. */
  secretLifeSeconds?: number | null | undefined;
  /** The `sender_id`s that it may use. A new one: any. */
  senderIds?: Array<string> | null | undefined;
  /** A new one: `OPTIONAL`. */
  signature?: InboundSignature | null | undefined;
  /** How old a signed message may be, in seconds. A new one: 300. */
  signatureWindowSeconds?: number | null | undefined;
  /** Refuse doubts in its messages that are read past otherwise. */
  strict?: boolean | null | undefined;
};

/** A data source to register. */
export type CreateDataSourceInput = {
  /** How our calls are authorised. Default: `BEARER`. */
  authType?: AuthType | null | undefined;
  /** Address, such as `https://crvs.example.org`; the paths follow it. */
  baseUrl: string;
  /** What we call ourselves at its token endpoint. */
  clientId?: string | null | undefined;
  /** Sealed when stored and never shown again. Null forgets it. */
  clientSecret?: string | null | undefined;
  /** A short name for good: lower-case letters, digits, `_` and `-`. */
  code: string;
  /** Where a token request carries client id and secret. Default: `FORM`. */
  credentialLocation?: CredentialLocation | null | undefined;
  /** The way of speaking. Default: `SPDCI_1_0`. */
  dialect?: Dialect | null | undefined;
  /** Whether what we ask is encrypted. Default: `false`. */
  encryptRequests?: boolean | null | undefined;
  /** All of them: what is held is replaced. */
  fieldMappings?: Array<FieldMappingInput> | null | undefined;
  /** Where it tells something else than is held. All of them: what is held is replaced. Default: `PREFER_SOURCE`. */
  fieldPolicies?: Array<FieldPolicyInput> | null | undefined;
  /** Only `client_credentials` can be used. */
  grantType?: string | null | undefined;
  /** Whether what it answers and brings is signed. Default: `OPTIONAL`. */
  inboundSignature?: InboundSignature | null | undefined;
  /** Its public keys: a JSON Web Key Set. Null forgets them. */
  jwks?: unknown;
  /** Where it publishes its public keys. Null forgets it. */
  jwksUri?: string | null | undefined;
  /** What is kept of our messages and its answers. Default: `REQUESTS`. */
  keepExchanges?: KeptOfExchanges | null | undefined;
  /** Name for people; no two are equal. */
  name: string;
  /** Records per page that imports ask for. Default: 100. */
  pageSize?: number | null | undefined;
  /** All of them: what is held is replaced. */
  parameters?: Array<DataSourceParameterInput> | null | undefined;
  /** Where it answers. */
  paths?: DataSourcePathsInput | null | undefined;
  /** Requests per day (UTC) that all gateways together send it at most; imports wait for the next day. Default and null: no limit. */
  requestsPerDay?: number | null | undefined;
  /** Requests per second that all gateways together send it at most. Default and null: no limit. */
  requestsPerSecond?: number | null | undefined;
  /** How what we ask is signed. Default: `NONE`. */
  signature?: OutboundSignature | null | undefined;
  /** Longest time of one request, in milliseconds. Default: 30000. */
  timeoutMs?: number | null | undefined;
  /** How much it is believed, from 0 to 1000: it overwrites what came from sources of its own rank and below. Default, and of what was entered here: 100. */
  trustRank?: number | null | undefined;
};

/** What to ask another registry for: births in a range of birth dates with both ends or of the last days, a place of birth, or both; deaths or marriages in the same way, or all of them. */
export type CreateSearchCriteriaInput = {
  /** The earliest birth date. */
  bornFrom?: BirthDateBoundInput | null | undefined;
  /** The latest birth date. */
  bornUntil?: BirthDateBoundInput | null | undefined;
  /** Code of the data source. */
  dataSource: string;
  /** Which register to ask. Default: births. */
  event?: VitalEvent | null | undefined;
  /** The first day of the death or marriage. */
  eventFrom?: string | null | undefined;
  /** The last day of the death or marriage. */
  eventUntil?: string | null | undefined;
  /** Born in this location or anywhere below it. */
  locationId?: string | number | null | undefined;
  /** Born in a place of this type. */
  locationType?: string | null | undefined;
  /** Whether records of people who are unknown here make people. Default: yes, except for deaths. */
  makesPeople?: boolean | null | undefined;
  /** Name for people; no two are equal. */
  name: string;
  /** What happened within so many days before each run: born, died or married. In place of a range of it. */
  withinDays?: number | null | undefined;
};

/** Where a token request carries client id and secret. */
export type CredentialLocation =
  /** In the Authorization header. */
  | 'BASIC'
  /** In a form body. */
  | 'FORM'
  /** In a JSON body. */
  | 'JSON'
  /** In the address, which servers log: only for a registry that reads them nowhere else. */
  | 'QUERY';

/** What our messages to a data source say in place of the words of its dialect. */
export type DataSourceParameterInput = {
  /** Name of the parameter, such as `receiver_id`. */
  name: string;
  /** What is sent. */
  value: string;
};

/** Where a data source answers, below its base URL. Null: it has no such endpoint. */
export type DataSourcePathsInput = {
  /** The list of its places. Default: as its dialect has it. */
  locations?: string | null | undefined;
  /** What stands before `/search`, `/subscribe`, `/unsubscribe` and `/txn/status`, where what is answered later is asked for. Null or left out: as before the `/sync/search` of the synchronous search. */
  requests?: string | null | undefined;
  /** Synchronous search. Default: as its dialect has it. */
  search?: string | null | undefined;
  /** The token endpoint. Default: as its dialect has it. */
  token?: string | null | undefined;
};

/** A range or a list of days. Every operator given must hold. */
export type DateFilter = {
  /** On this day. */
  eq?: string | null | undefined;
  /** On this day or after it. */
  ge?: string | null | undefined;
  /** After this day. */
  gt?: string | null | undefined;
  /** On one of these days. */
  in?: Array<string> | null | undefined;
  /** On this day or before it. */
  le?: string | null | undefined;
  /** Before this day. */
  lt?: string | null | undefined;
};

/** How much of a date is known. */
export type DatePrecision =
  /** The day. */
  | 'DAY'
  /** Year and month: the date shown is the first of the month. */
  | 'MONTH'
  /** The year alone: the date shown is the first of January. */
  | 'YEAR';

/** A range of instants. Every operator given must hold. */
export type DateTimeFilter = {
  /** At this instant or after it. */
  ge?: string | null | undefined;
  /** After this instant. */
  gt?: string | null | undefined;
  /** At this instant or before it. */
  le?: string | null | undefined;
  /** Before this instant. */
  lt?: string | null | undefined;
};

/** What became of a message to a partner. */
export type DeliveryState =
  /** It failed too often and waits for `replayDelivery`. */
  | 'DEAD'
  /** The partner took it. */
  | 'DELIVERED'
  /** It waits for its first or next attempt. */
  | 'WAITING';

/** The way of speaking the DCI standard that a partner understands. */
export type Dialect =
  /** The DCI server of OpenCRVS up to 1.8. */
  | 'OPENCRVS_1_0'
  /** The DCI server of OpenCRVS 1.9. */
  | 'OPENCRVS_1_9'
  /** The registry platform of OpenG2P. */
  | 'OPENG2P'
  /** The social registry of OpenSPP 2. */
  | 'OPENSPP_2'
  /** The DCI modules of OpenSPP 17. */
  | 'OPENSPP_17'
  /** The standard as published, version 1.0.0. */
  | 'SPDCI_1_0'
  /** The same at the word of its examples: one address, dates with a time, records of dr in an object. */
  | 'SPDCI_1_0_EXAMPLES';

/** Whom of a record something is about. */
export type DifferenceAbout =
  /** A child that the record names, or another child of one of the parents. */
  | 'CHILD'
  /** The father. */
  | 'FATHER'
  /** The mother. */
  | 'MOTHER'
  /** A parent of whom it is not known which. */
  | 'PARENT'
  /** A spouse that the record names. */
  | 'SPOUSE'
  /** The person that the record is of. */
  | 'SUBJECT';

/** Why something would change. */
export type DifferenceReason =
  /** The child would join the mother's family. */
  | 'JOINS_FAMILY'
  /** The mother had no family: one would be made, with her as head. */
  | 'NEW_FAMILY'
  /** The person has one more identifier. */
  | 'NEW_IDENTIFIER'
  /** The source tells of a marriage, or of the end of one. */
  | 'NEW_MARRIAGE'
  /** The child had no such parent. */
  | 'NEW_PARENT'
  /** Nobody here has the identifiers: the person would be made. */
  | 'NEW_PERSON'
  /** It was not known, and the source tells it. */
  | 'NOT_KNOWN'
  /** It became known which parent it is. */
  | 'PARENT_SETTLED'
  /** The source tells it otherwise, and is believed. */
  | 'SOURCE_DIFFERS';

/** Which disabilities are asked for. Every part given must hold. Null is refused: leave a part out instead. */
export type DisabilityFilter = {
  /** Attributes of the record or of the person it is about, all of which must compare so. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** An identifier of the person or group it is about. */
  identifier?: IdentifierFilter | null | undefined;
  /** One of these records. */
  ids?: Array<string | number> | null | undefined;
  /** Code of the level. */
  level?: TextFilter | null | undefined;
  /** Code of the status. */
  status?: TextFilter | null | undefined;
};

/** Which enrolments are asked for. Every part given must hold. Null is refused: leave a part out instead. */
export type EnrolmentFilter = {
  /** Attributes of the record or of the person it is about, all of which must compare so. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** Day of the enrolment. */
  enrolledOn?: DateFilter | null | undefined;
  /** An identifier of the person or group it is about. */
  identifier?: IdentifierFilter | null | undefined;
  /** One of these records. */
  ids?: Array<string | number> | null | undefined;
  /** Identifier of the programme. */
  programme?: TextFilter | null | undefined;
  /** Code of the status. */
  status?: TextFilter | null | undefined;
};

/** Which farmers are asked for. Every part given must hold. Null is refused: leave a part out instead. */
export type FarmerFilter = {
  /** Attributes of the record or of the person it is about, all of which must compare so. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** Code of the kind of farm. */
  farmType?: TextFilter | null | undefined;
  /** An identifier of the person or group it is about. */
  identifier?: IdentifierFilter | null | undefined;
  /** One of these records. */
  ids?: Array<string | number> | null | undefined;
  /** Code of the land tenure. */
  landTenure?: TextFilter | null | undefined;
  /** The farm is in this location or anywhere below it. */
  within?: string | number | null | undefined;
};

/** A field that a data source calls by another name than the standard. */
export type FieldMappingInput = {
  /** The field as we know it. */
  clientField: string;
  /** The field of the data source. */
  serverField: string;
};

/** What becomes of a value that a data source tells otherwise than it is held. */
export type FieldPolicy =
  /** What is held stays until somebody decides. */
  | 'ASK'
  /** What is held stays. */
  | 'FILL_BLANK'
  /** Whoever says that it was so later is believed. */
  | 'PREFER_NEWER'
  /** The source is believed. */
  | 'PREFER_SOURCE';

/** What becomes of a value that a data source tells otherwise than it is held. */
export type FieldPolicyInput = {
  /** The value: `birthDate`, `sex`, ...; `*`: those that are not named. */
  field: string;
  /** What becomes of it. */
  policy: FieldPolicy;
};

/** What a token is asked for with. */
export type GrantType =
  /** Client id and secret: registries ask without a user. */
  | 'CLIENT_CREDENTIALS';

/** Which groups are asked for. Every part given must hold. Null is refused: leave a part out instead. */
export type GroupFilter = {
  /** Attributes of the catalogue, all of which must compare so; one of people holds where a member has it. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** A member other than the head was born in this location or anywhere below it. */
  childBornWithin?: string | number | null | undefined;
  /** Children under 12 months, counted at the moment of asking. */
  childrenUnder12Months?: YoungChildrenFilter | null | undefined;
  /** Whether a member is a mother: the registry knows a child whose mother she is. */
  hasMother?: boolean | null | undefined;
  /** This individual is the head now. */
  head?: string | number | null | undefined;
  /** The head lives in this location or anywhere below it. */
  headHomeWithin?: string | number | null | undefined;
  /** An identifier of the group or of a member. */
  identifier?: IdentifierFilter | null | undefined;
  /** Made by an import from a data source with one of these codes. */
  importedFrom?: Array<string> | null | undefined;
  /** Of this kind. */
  kind?: GroupKind | null | undefined;
  /** This individual is a member now, in whatever role. */
  member?: string | number | null | undefined;
  /** Every word of this text occurs in the name, without case. */
  nameContains?: string | null | undefined;
};

/** What holds a group together. */
export type GroupKind =
  /** A mother and her children. */
  | 'FAMILY'
  /** People who live together. */
  | 'HOUSEHOLD';

/** Points at a group that the registry holds: by id, or by any identifier. */
export type GroupReference = {
  /** Global id. */
  id?: string | number | null | undefined;
  /** Identifiers of the one group. */
  identifiers?: Array<IdentifierInput> | null | undefined;
};

/** A test of a place. */
export type HomePlaceFilter = {
  /** In this location or anywhere below it. */
  within?: string | number | null | undefined;
};

/** A test of identifiers: some identifier of the person has the type and one of the values. */
export type IdentifierFilter = {
  /** One of these numbers or codes. */
  in?: Array<string> | null | undefined;
  /** Kind of identifier: `BRN`, `NID`, ... Default: any kind. */
  type?: string | null | undefined;
  /** The number or code. Give this or `in`. */
  value?: string | null | undefined;
};

/** An identifier to find one person by. */
export type IdentifierInput = {
  /** Kind of identifier: `BRN`, `NID`, `UIN`, ... */
  type: string;
  /** The number or code; upper and lower case and outer blanks do not matter. */
  value: string;
};

/** What became of a time of a schedule. */
export type ImportDueOutcome =
  /** No run could be started; see `reason`. */
  | 'REFUSED'
  /** An earlier run was still under way. */
  | 'SKIPPED'
  /** A run was started. */
  | 'STARTED';

/** What became of a record. */
export type ImportOutcome =
  /** It waits for a person to decide, see `conflicts`; of an apply also: somebody was changed here since the preview. Nothing was guessed. */
  | 'CONFLICT'
  /** The person was new. */
  | 'CREATED'
  /** It could not be written; see `reason`. */
  | 'FAILED'
  /** An undo left it as it is; see `reason`. */
  | 'REFUSED'
  /** An undo removed what another run had made. */
  | 'REMOVED'
  /** An undo put back the values that another run had changed. */
  | 'RESTORED'
  /** It could not be used; see `reason`. */
  | 'SKIPPED'
  /** Nothing of it was new. */
  | 'UNCHANGED'
  /** Something about the person, the parents or the family was new. */
  | 'UPDATED';

/** What a run does. */
export type ImportRunKind =
  /** It writes exactly the records of a preview. */
  | 'APPLY'
  /** It writes what the source says. */
  | 'IMPORT'
  /** It lists what an import would do, and writes nothing else. */
  | 'PREVIEW'
  /** It writes the records that another run could not. */
  | 'RETRY'
  /** It takes another run back. */
  | 'UNDO';

/** How far a run is. */
export type ImportRunState =
  /** Somebody stopped it; it can be resumed where it stopped. */
  | 'CANCELLED'
  /** It stopped, as `errorMessage` says; it can be resumed where it stopped. */
  | 'FAILED'
  /** It waits for the source, until `pausedUntil`, and goes on by itself. */
  | 'PAUSED'
  /** It waits for its first page. */
  | 'QUEUED'
  /** It reads page after page. */
  | 'RUNNING'
  /** It has read the last page. */
  | 'SUCCEEDED';

/** When search criteria are fetched by themselves. */
export type ImportScheduleInput = {
  /** The times, as a cron expression of five fields: `0 3 * * *` is every day at three. */
  cron: string;
  /** Whether it runs. */
  enabled?: boolean;
  /** By which date a run asks only for what came since the last success. Default: it asks for everything. */
  incrementalBy?: IncrementalBy;
  /** Days before the last success that are asked for again, because registers are filled in late. */
  overlapDays?: number;
  /** The time zone, such as Africa/Lusaka. */
  timeZone?: string;
};

/** Whether messages of a partner are signed. A signature that is there must verify in each case. */
export type InboundSignature =
  /** They come unsigned. */
  | 'OFF'
  /** They may be. */
  | 'OPTIONAL'
  /** Messages without a signature are refused. */
  | 'REQUIRED';

/** Whether a message of another registry belongs to something that we asked. */
export type InboxState =
  /** It does. */
  | 'MATCHED'
  /** It does not: it was acknowledged, is kept, and nothing uses it. */
  | 'QUARANTINED';

/** By which date a scheduled run asks only for what came since the last one that succeeded. */
export type IncrementalBy =
  /** By when it happened, where the source can be asked for that. */
  | 'EVENT_DATE'
  /** By none: each run asks for everything. */
  | 'NOTHING'
  /** By when it was registered, where the source can be asked for that. */
  | 'REGISTRATION_DATE';

/** Which individuals are asked for. Every part given must hold; an empty filter is everybody. A value that is unknown of a person matches neither a comparison nor its negation. Null is refused: leave a part out instead. */
export type IndividualFilter = {
  /** Age in full years today. */
  age?: IntFilter | null | undefined;
  /** All of these hold. */
  and?: Array<IndividualFilter> | null | undefined;
  /** Attributes of the catalogue, all of which must compare so; of a household where the person has none. */
  attributes?: Array<AttributeFilter> | null | undefined;
  /** Date of birth. */
  birthDate?: DateFilter | null | undefined;
  /** Where the person was born. */
  birthPlace?: BirthPlaceFilter | null | undefined;
  /** Date of death. */
  deathDate?: DateFilter | null | undefined;
  /** Whether the person is known to have died. */
  deceased?: boolean | null | undefined;
  /** Family name. */
  familyName?: TextFilter | null | undefined;
  /** Given name. */
  givenName?: TextFilter | null | undefined;
  /** Where the person lives. */
  homePlace?: HomePlaceFilter | null | undefined;
  /** An identifier that the person holds. */
  identifier?: IdentifierFilter | null | undefined;
  /** One of these individuals. */
  ids?: Array<string | number> | null | undefined;
  /** A data source with one of these codes told of the person. */
  importedFrom?: Array<string> | null | undefined;
  /** Whether the registry knows a child whose mother this is. */
  isMother?: boolean | null | undefined;
  /** Member of one of these groups now. */
  memberOf?: Array<string | number> | null | undefined;
  /** The whole name. */
  name?: NameFilter | null | undefined;
  /** This does not hold. */
  not?: IndividualFilter | null | undefined;
  /** Any of these holds; an empty list is nobody. */
  or?: Array<IndividualFilter> | null | undefined;
  /** When the person was entered into this registry. */
  registeredAt?: DateTimeFilter | null | undefined;
  /** Sex. */
  sex?: SexFilter | null | undefined;
  /** When the person was last changed in this registry. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** One key of an order of individuals; the unknown comes last. */
export type IndividualSort = {
  /** Which end comes first. */
  direction?: SortDirection;
  /** What to compare. */
  field: IndividualSortField;
};

/** What individuals can be put in order by. */
export type IndividualSortField =
  /** Date of birth. */
  | 'BIRTH_DATE'
  /** Date of death. */
  | 'DEATH_DATE'
  /** Family name. */
  | 'FAMILY_NAME'
  /** The name as one line. */
  | 'FULL_NAME'
  /** Given name. */
  | 'GIVEN_NAME'
  /** When the individual was entered into this registry. */
  | 'REGISTERED_AT'
  /** When the individual was last changed in this registry. */
  | 'UPDATED_AT';

/** A range or a list of whole numbers. Every operator given must hold. */
export type IntFilter = {
  /** This number. */
  eq?: number | null | undefined;
  /** This or more. */
  ge?: number | null | undefined;
  /** More than this. */
  gt?: number | null | undefined;
  /** One of these numbers. */
  in?: Array<number> | null | undefined;
  /** This or less. */
  le?: number | null | undefined;
  /** Less than this. */
  lt?: number | null | undefined;
};

/** What is kept, sealed, of the messages of imports and of requests that are answered later. */
export type KeptOfExchanges =
  /** The answers as well, which name people; they are erased with them. */
  | 'ANSWERS'
  /** Nothing. */
  | 'NONE'
  /** What was sent, when, and the status of the answer. */
  | 'REQUESTS';

/** How a place of a list differs from what was known of it. */
export type LocationDifferenceKind =
  /** It is in the list no longer; it is kept. */
  | 'GONE'
  /** Another place contains it. */
  | 'MOVED'
  /** It was not known. */
  | 'NEW'
  /** It is called otherwise. */
  | 'RENAMED'
  /** It is in the list again. */
  | 'RETURNED'
  /** It is of another kind. */
  | 'RETYPED';

/** Which locations are asked for. Every part given must hold. Null is refused: leave a part out instead. */
export type LocationFilter = {
  /** Every word of this text occurs in the name, without case. */
  nameContains?: string | null | undefined;
  /** Directly below this location. */
  parent?: string | number | null | undefined;
  /** True: only what no other contains; false: only the others. */
  root?: boolean | null | undefined;
  /** Of one of these types, such as `HEALTH_FACILITY`. */
  types?: Array<string> | null | undefined;
  /** This location or anywhere below it. */
  within?: string | number | null | undefined;
};

/** The standard's code list of marital statuses. */
export type MaritalStatus =
  /** `A`: the marriage was annulled. */
  | 'ANNULLED'
  /** `D`. */
  | 'DIVORCED'
  /** `L`. */
  | 'LEGALLY_SEPARATED'
  /** `M`. */
  | 'MARRIED'
  /** `S`. */
  | 'NEVER_MARRIED'
  /** `U`: not married now, whatever was before. */
  | 'UNMARRIED'
  /** `W`. */
  | 'WIDOWED';

/** A marriage of a person. */
export type MarriageInput = {
  /** Day of the divorce; left out where none is known. */
  divorcedOn?: string | null | undefined;
  /** Day of the marriage. */
  marriedOn: string;
};

/** A member of a group. */
export type MemberInput = {
  /** The person, whom the registry holds already. */
  person: PersonReference;
  /** The role; left out for a plain member. */
  role?: MembershipRole | null | undefined;
};

/** What a member is in the group; most members have no role. */
export type MembershipRole =
  /** Receives it where the principal recipient cannot. */
  | 'ALTERNATIVE_RECIPIENT'
  /** Head of the group: of an imported family, the mother. */
  | 'HEAD'
  /** Receives what the group is entitled to. */
  | 'PRINCIPAL_RECIPIENT';

/** A comparison of full names, without regard to case. Every operator given must hold. */
export type NameFilter = {
  /** Every word of this text occurs in the name, in any order. */
  contains?: string | null | undefined;
  /** The name as one line: given, middle, family. */
  eq?: string | null | undefined;
};

/** A page by its number, as the DCI standard counts. */
export type NumberedPageInput = {
  /** Number of the page, from 1. */
  number?: number;
  /** Records per page: 1 to 100. */
  size: number;
};

/** How messages to a partner are signed. */
export type OutboundSignature =
  /** HTTP-style signature over the digest of canonical JSON, as the standard shows it. */
  | 'CAVAGE'
  /** Compact JWS that holds header and message. */
  | 'JWS_COMPACT'
  /** Detached JWS over canonical JSON of header and message. */
  | 'JWS_DETACHED'
  /** Not at all. */
  | 'NONE';

/** A parent of a person. */
export type ParentInput = {
  /** The parent, whom the registry holds already. */
  person: PersonReference;
  /** Which of the two. */
  role: ParentRole;
};

/** What a parent is to the child. */
export type ParentRole =
  /** The father. */
  | 'FATHER'
  /** The mother. */
  | 'MOTHER'
  /** A parent; which of the two is not said. */
  | 'PARENT';

/** Points at a person whom the registry holds: by id, or by any identifier. */
export type PersonReference = {
  /** Global id. */
  id?: string | number | null | undefined;
  /** Identifiers of the one person. */
  identifiers?: Array<IdentifierInput> | null | undefined;
};

/** A place: of the tree by its id or by a name that only one has, or in words. */
export type PlaceInput = {
  /** Global id of a location. */
  location?: string | number | null | undefined;
  /** Name of a location. */
  name?: string | null | undefined;
  /** The place in words. */
  text?: string | null | undefined;
};

/** A registry to be looked at. */
export type ProbeDataSourceInput = {
  /** What we call ourselves at its token endpoint. */
  clientId?: string | null | undefined;
  /** Used for this probe and forgotten. */
  clientSecret?: string | null | undefined;
  /** The database, where its token endpoint wants one named. */
  dbName?: string | null | undefined;
  /** What it should speak; anything else is a refusal. */
  expected?: Dialect | null | undefined;
  /** Its address, such as `https://crvs.example.org`. */
  url: string;
};

/** Whether a registry answers a kind of query. */
export type QueryVerdict =
  /** It does. */
  | 'ANSWERED'
  /** It does not. */
  | 'REFUSED'
  /** Nothing that came back tells. */
  | 'UNKNOWN';

/** How the records of a registry are built. */
export type RecordShape =
  /** Names beside the other fields, in camel case. */
  | 'FLAT_NAMES'
  /** A name in parts, fields with underscores. */
  | 'PERSON'
  /** No record was seen. */
  | 'UNKNOWN';

/** A registry that the standard publishes an interface for. */
export type RegistryKind =
  /** Integrated beneficiary registry: enrolments in programmes. */
  | 'BENEFICIARY'
  /** Civil registration: people, by what happened to them. */
  | 'CRVS'
  /** Disability registry. */
  | 'DISABILITY'
  /** Farmer registry. */
  | 'FARMER'
  /** Social registry: people and households. */
  | 'SOCIAL';

/** On which end of a relationship the individual stands from whom it is looked at. */
export type RelationshipDirection =
  /** The individual is the target: incoming MOTHER_OF means "the other is the mother". */
  | 'INCOMING'
  /** The individual is the source: outgoing MOTHER_OF means "is the mother of the other". */
  | 'OUTGOING';

/** What one person is to another, read from the source of the relationship to its target. */
export type RelationshipType =
  /** The source is the father of the target. */
  | 'FATHER_OF'
  /** The source is the guardian of the target. */
  | 'GUARDIAN_OF'
  /** The source is the mother of the target. */
  | 'MOTHER_OF'
  /** The source is a parent of the target; which of the two was not said. */
  | 'PARENT_OF'
  /** The two are married. */
  | 'SPOUSE_OF';

/** What a registry can be asked to answer later; the `action` of the message. */
export type RequestAction =
  /** Search. */
  | 'SEARCH'
  /** Tell of events from now on. */
  | 'SUBSCRIBE'
  /** Say what became of an earlier request. */
  | 'TXN_STATUS'
  /** Tell of them no longer. */
  | 'UNSUBSCRIBE';

/** What a role shall be. On a change, what is absent stays. */
export type RoleInput = {
  /** For people. */
  description?: string | null | undefined;
  /** What who has it may see at most. */
  limits?: AccessLimitsInput | null | undefined;
};

/** What a disability registry shall hold of a person. What is left out stays as it is; null blanks it. */
export type SaveDisabilityInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** All impairments, as the standard writes them. */
  details?: Array<unknown> | null | undefined;
  /** Global id of the disability to be changed. */
  id?: string | number | null | undefined;
  /** Code of the level. */
  level?: string | null | undefined;
  /** The person, whom the registry holds already. */
  person: PersonReference;
  /** When it was registered; by default now. */
  registeredAt?: string | null | undefined;
  /** Code of the status. */
  status?: string | null | undefined;
};

/** A person or a group in a programme. What is left out stays as it is; null blanks it. */
export type SaveEnrolmentInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** All benefits, as the standard writes them. */
  benefits?: Array<unknown> | null | undefined;
  /** Since when. */
  enrolledOn?: string | null | undefined;
  /** The group that is enrolled. Give this or `person`. */
  group?: GroupReference | null | undefined;
  /** Global id of the enrolment to be changed. */
  id?: string | number | null | undefined;
  /** The person who is enrolled. Give this or `group`. */
  person?: PersonReference | null | undefined;
  /** Identifier of the programme, which the registry holds already. */
  programme: string;
  /** When it was registered; by default now. */
  registeredAt?: string | null | undefined;
  /** Code of the status. */
  status?: string | null | undefined;
  /** All days on which the status changed. */
  statusChangedOn?: Array<string> | null | undefined;
};

/** What a farmer registry shall hold of a person. What is left out stays as it is; null blanks it. */
export type SaveFarmerInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** All the land together, in hectares. */
  farmSize?: number | null | undefined;
  /** Code of the standard's list of kinds of farm. */
  farmType?: string | null | undefined;
  /** Global id of the farmer to be changed. */
  id?: string | number | null | undefined;
  /** Code of the standard's list of land tenures. */
  landTenure?: string | null | undefined;
  /** The person, whom the registry holds already. */
  person: PersonReference;
  /** Where the farm is. */
  place?: PlaceInput | null | undefined;
  /** When the farmer was registered; by default now. */
  registeredAt?: string | null | undefined;
};

/** A group to be made or changed: the one with `id`, else the one with any of the identifiers, else a new one. What is left out stays as it is; null blanks it. */
export type SaveGroupInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** Global id of the group to be changed. */
  id?: string | number | null | undefined;
  /** Identifiers to be added; none is taken away. */
  identifiers?: Array<IdentifierInput> | null | undefined;
  /** What holds it together; needed to make one. */
  kind?: GroupKind | null | undefined;
  /** All members: who is not in the list leaves today. */
  members?: Array<MemberInput> | null | undefined;
  /** Name of the group. */
  name?: string | null | undefined;
  /** Where the group is. */
  place?: PlaceInput | null | undefined;
  /** When the group was registered; by default now. */
  registeredAt?: string | null | undefined;
};

/** A person to be made or changed: the one with `id`, else the one with any of the identifiers, else a new one. What is left out stays as it is; null blanks it. */
export type SaveIndividualInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** Date of birth; see `birthDatePrecision`. */
  birthDate?: string | null | undefined;
  /** How much of the date of birth is known. */
  birthDatePrecision?: DatePrecision;
  /** Where the person was born. */
  birthPlace?: PlaceInput | null | undefined;
  /** Date of death; see `deathDatePrecision`. */
  deathDate?: string | null | undefined;
  /** How much of the date of death is known. */
  deathDatePrecision?: DatePrecision;
  /** Where the person died. */
  deathPlace?: PlaceInput | null | undefined;
  /** Whether the person is known to have died. */
  deceased?: boolean | null | undefined;
  /** All addresses of electronic mail. */
  emails?: Array<string> | null | undefined;
  /** Family name. */
  familyName?: string | null | undefined;
  /** Given name or names. */
  givenName?: string | null | undefined;
  /** Where the person lives. */
  homePlace?: PlaceInput | null | undefined;
  /** Global id of the person to be changed. */
  id?: string | number | null | undefined;
  /** Identifiers to be added; none is taken away. */
  identifiers?: Array<IdentifierInput> | null | undefined;
  /** Marital status. */
  maritalStatus?: MaritalStatus | null | undefined;
  /** All marriages: what is not in the list is taken away. */
  marriages?: Array<MarriageInput> | null | undefined;
  /** Names between the given and the family name. */
  middleName?: string | null | undefined;
  /** Parents to be added; none is taken away. */
  parents?: Array<ParentInput> | null | undefined;
  /** All telephone numbers. */
  phoneNumbers?: Array<string> | null | undefined;
  /** When the person was registered; by default now. */
  registeredAt?: string | null | undefined;
  /** Sex. */
  sex?: Sex | null | undefined;
};

/** What saving a record did. */
export type SaveOutcome =
  /** It was made. */
  | 'CREATED'
  /** It was there and is as it was. */
  | 'UNCHANGED'
  /** It was there, and something of it was changed. */
  | 'UPDATED';

/** A programme to be made or changed: the one with the identifier. What is left out stays as it is; null blanks it. */
export type SaveProgrammeInput = {
  /** Attributes to be merged into those held. */
  attributes?: Array<AttributeValueInput> | null | undefined;
  /** What it is. */
  description?: string | null | undefined;
  /** The number or code under which registries know it; case does not matter. */
  identifier: string;
  /** Name for people. */
  name?: string | null | undefined;
};

/** What a client may do. Partners have those that begin with REGISTRY, internal tools the others. */
export type Scope =
  /** Change data sources, clients and roles. */
  | 'ADMIN'
  /** Read who was told of whom, and what was done. */
  | 'AUDIT_READ'
  /** See the messages between us and other registries as they went over the wire. */
  | 'DCI_INSPECT'
  /** Ask the graph operations that are not registered, where only such are taken. */
  | 'GRAPH_ADHOC'
  /** Ask the graph for people and families. */
  | 'GRAPH_PERSONAL'
  /** Ask the graph for what is not personal. */
  | 'GRAPH_READ'
  /** Ask the graph for what can harm somebody, such as disabilities. */
  | 'GRAPH_SENSITIVE'
  /** Write people, families and other records over the graph. */
  | 'GRAPH_WRITE'
  /** Decide what an import left undecided. */
  | 'IMPORT_DECIDE'
  /** Run imports and read lists of places. */
  | 'IMPORT_RUN'
  /** Search this registry over DCI. */
  | 'REGISTRY_SEARCH'
  /** Be told of changes over DCI. */
  | 'REGISTRY_SUBSCRIBE'
  /** Write enrolments over DCI. */
  | 'REGISTRY_WRITE';

/** How values are compared in a search. */
export type SearchOperator =
  /** Equal. */
  | 'EQ'
  /** Greater or equal. */
  | 'GE'
  /** Greater. */
  | 'GT'
  /** One of several. */
  | 'IN'
  /** Less or equal. */
  | 'LE'
  /** Less. */
  | 'LT'
  /** Not equal. */
  | 'NE';

/** How careful one has to be with the values of a field. */
export type Sensitivity =
  /** They tell of somebody. */
  | 'PERSONAL'
  /** They tell of nobody. */
  | 'PUBLIC'
  /** They can harm somebody. */
  | 'SENSITIVE';

/** The standard's code list of sexes. Null elsewhere means that nobody told us. */
export type Sex =
  /** Female. */
  | 'FEMALE'
  /** Male. */
  | 'MALE'
  /** Neither of the two. */
  | 'OTHER'
  /** The register that told of the person says that it does not know. */
  | 'UNKNOWN';

/** A comparison of sexes. Every operator given must hold. */
export type SexFilter = {
  /** This sex. */
  eq?: Sex | null | undefined;
  /** One of these. */
  in?: Array<Sex> | null | undefined;
};

/** Which end of an order comes first. */
export type SortDirection =
  /** The smallest, earliest or alphabetically first comes first. */
  | 'ASC'
  /** The largest, latest or alphabetically last comes first. */
  | 'DESC';

/** What became of a request to another registry. */
export type SourceRequestState =
  /** The registry took it; the answer is yet to come. */
  | 'ACKNOWLEDGED'
  /** It was answered. */
  | 'ANSWERED'
  /** The registry could not be asked. */
  | 'FAILED'
  /** The registry refused it, at once or later. */
  | 'REFUSED'
  /** It is being sent, or the gateway ended while it was. */
  | 'SENDING';

/** A comparison of text, without regard to case. Every operator given must hold. */
export type TextFilter = {
  /** This text. */
  eq?: string | null | undefined;
  /** One of these texts. */
  in?: Array<string> | null | undefined;
};

/** Where a token endpoint reads client id and secret. */
export type TokenStyle =
  /** In the Authorization header. */
  | 'BASIC'
  /** In a form body. */
  | 'FORM'
  /** In a JSON body. */
  | 'JSON'
  /** There is no token endpoint. */
  | 'NONE'
  /** In the address alone, which servers log. */
  | 'QUERY';

/** What to change of a client; what is absent stays. Null takes away a role, keys, addresses; elsewhere it changes nothing. */
export type UpdateApiClientInput = {
  /** Take its secret in the address too, as the importer of OpenSPP 17 sends it. */
  allowQueryCredentials?: boolean | null | undefined;
  /** How it proves who it is. A new one: `SECRET`. */
  authentication?: ClientAuthentication | null | undefined;
  /** Origins to which callbacks may be sent, such as `https://partner.example`. */
  callbackOrigins?: Array<string> | null | undefined;
  /** Where callbacks go when a message names no `sender_uri`. */
  callbackUri?: string | null | undefined;
  /** Refuse items of its searches without a consent object. */
  consentRequired?: boolean | null | undefined;
  /** How it is answered. A new one: `SPDCI_1_0`. */
  dialect?: Dialect | null | undefined;
  /** Encrypt messages to it with its key of use `enc`. */
  encryptAnswers?: boolean | null | undefined;
  /** How it may get tokens; none: not at all. A new one: `CLIENT_CREDENTIALS`. */
  grantTypes?: Array<GrantType> | null | undefined;
  /** Its public keys: a JSON Web Key Set. */
  jwks?: unknown;
  /** Where it publishes its public keys. */
  jwksUri?: string | null | undefined;
  /** Its own limits. */
  limits?: AccessLimitsInput | null | undefined;
  /** Name for people; no two are equal. */
  name?: string | null | undefined;
  /** How messages to it are signed. A new one: `NONE`. */
  outboundSignature?: OutboundSignature | null | undefined;
  /** A role whose limits it has beside its own. */
  role?: string | null | undefined;
  /** What it may do. A new one: `REGISTRY_SEARCH`, `REGISTRY_SUBSCRIBE`. */
  scopes?: Array<Scope> | null | undefined;
  /** The `sender_id`s that it may use. A new one: any. */
  senderIds?: Array<string> | null | undefined;
  /** A new one: `OPTIONAL`. */
  signature?: InboundSignature | null | undefined;
  /** How old a signed message may be, in seconds. A new one: 300. */
  signatureWindowSeconds?: number | null | undefined;
  /** Refuse doubts in its messages that are read past otherwise. */
  strict?: boolean | null | undefined;
};

/** A change of a data source. What is left out stays as it is. */
export type UpdateDataSourceInput = {
  /** How our calls are authorised. Default: `BEARER`. */
  authType?: AuthType | null | undefined;
  /** Address; the paths follow it. */
  baseUrl?: string | null | undefined;
  /** What we call ourselves at its token endpoint. */
  clientId?: string | null | undefined;
  /** Sealed when stored and never shown again. Null forgets it. */
  clientSecret?: string | null | undefined;
  /** Where a token request carries client id and secret. Default: `FORM`. */
  credentialLocation?: CredentialLocation | null | undefined;
  /** The way of speaking. Default: `SPDCI_1_0`. */
  dialect?: Dialect | null | undefined;
  /** Whether what we ask is encrypted. Default: `false`. */
  encryptRequests?: boolean | null | undefined;
  /** All of them: what is held is replaced. */
  fieldMappings?: Array<FieldMappingInput> | null | undefined;
  /** Where it tells something else than is held. All of them: what is held is replaced. Default: `PREFER_SOURCE`. */
  fieldPolicies?: Array<FieldPolicyInput> | null | undefined;
  /** Only `client_credentials` can be used. */
  grantType?: string | null | undefined;
  /** Whether what it answers and brings is signed. Default: `OPTIONAL`. */
  inboundSignature?: InboundSignature | null | undefined;
  /** Its public keys: a JSON Web Key Set. Null forgets them. */
  jwks?: unknown;
  /** Where it publishes its public keys. Null forgets it. */
  jwksUri?: string | null | undefined;
  /** What is kept of our messages and its answers. Default: `REQUESTS`. */
  keepExchanges?: KeptOfExchanges | null | undefined;
  /** Name for people; no two are equal. */
  name?: string | null | undefined;
  /** Records per page that imports ask for. Default: 100. */
  pageSize?: number | null | undefined;
  /** All of them: what is held is replaced. */
  parameters?: Array<DataSourceParameterInput> | null | undefined;
  /** Where it answers. */
  paths?: DataSourcePathsInput | null | undefined;
  /** Requests per day (UTC) that all gateways together send it at most; imports wait for the next day. Default and null: no limit. */
  requestsPerDay?: number | null | undefined;
  /** Requests per second that all gateways together send it at most. Default and null: no limit. */
  requestsPerSecond?: number | null | undefined;
  /** How what we ask is signed. Default: `NONE`. */
  signature?: OutboundSignature | null | undefined;
  /** Longest time of one request, in milliseconds. Default: 30000. */
  timeoutMs?: number | null | undefined;
  /** How much it is believed, from 0 to 1000: it overwrites what came from sources of its own rank and below. Default, and of what was entered here: 100. */
  trustRank?: number | null | undefined;
};

/** What a civil register registers. */
export type VitalEvent =
  /** Births: children with their parents. */
  | 'BIRTH'
  /** Deaths: who has died is known as deceased from then on. */
  | 'DEATH'
  /** Marriages: the two are related. */
  | 'MARRIAGE';

/** How many children under 12 months: living members, other than the head, whose first birthday is still to come. A birth date known only to the month or the year counts as its first day. */
export type YoungChildrenFilter = {
  /** Counted on this day. Default: today, in UTC. */
  asOf?: string | null | undefined;
  /** Only those are counted who were born in this location or anywhere below it. */
  bornWithin?: string | number | null | undefined;
  /** At most so many. */
  max?: number | null | undefined;
  /** At least so many. Default: 1, or 0 where `max` is given. */
  min?: number | null | undefined;
};

export type ApiClientsQueryVariables = Exact<{ [key: string]: never; }>;


export type ApiClientsQuery = { apiClients: Array<{ id: string, name: string, clientId: string, scopes: Array<Scope>, dialect: Dialect, state: ApiClientState, createdAt: string, lastUsedAt: string | null, authentication: ClientAuthentication, role: string | null, strict: boolean, signature: InboundSignature, signatureWindowSeconds: number, consentRequired: boolean, outboundSignature: OutboundSignature, encryptAnswers: boolean, senderIds: Array<string>, callbackOrigins: Array<string>, callbackUri: string | null, allowQueryCredentials: boolean, jwks: unknown, jwksUri: string | null, limits: { registries: Array<RegistryKind> | null, only: Array<string> | null, never: Array<string> | null, sensitivities: Array<Sensitivity> | null, operators: Array<SearchOperator> | null, within: Array<string> | null, bornWithin: Array<string> | null, sources: Array<string> | null, programmes: Array<string> | null, largestPage: number | null, recordsPerHour: number | null }, secrets: Array<{ id: string, createdAt: string, expiresAt: string | null, lastUsedAt: string | null, isActive: boolean }> }> };

export type CreateApiClientMutationVariables = Exact<{
  input: CreateApiClientInput;
}>;


export type CreateApiClientMutation = { createApiClient:
    | { __typename: 'IssuedSecret', clientSecret: string | null, client: { name: string, clientId: string, scopes: Array<Scope> } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RotateApiClientSecretMutationVariables = Exact<{
  clientId: string;
  overlapSeconds?: number | null | undefined;
}>;


export type RotateApiClientSecretMutation = { rotateApiClientSecret:
    | { __typename: 'IssuedSecret', clientSecret: string | null, client: { clientId: string } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RevokeApiClientMutationVariables = Exact<{
  clientId: string;
}>;


export type RevokeApiClientMutation = { revokeApiClient:
    | { __typename: 'ApiClient', clientId: string, state: ApiClientState }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type UpdateApiClientMutationVariables = Exact<{
  clientId: string;
  input: UpdateApiClientInput;
}>;


export type UpdateApiClientMutation = { updateApiClient:
    | { __typename: 'ApiClient', clientId: string, name: string, scopes: Array<Scope>, role: string | null, signature: InboundSignature, authentication: ClientAuthentication, limits: { registries: Array<RegistryKind> | null, never: Array<string> | null, within: Array<string> | null, largestPage: number | null } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RevokeApiClientSecretMutationVariables = Exact<{
  clientId: string;
  secretId: string;
}>;


export type RevokeApiClientSecretMutation = { revokeApiClientSecret:
    | { __typename: 'ApiClient', clientId: string, secrets: Array<{ id: string, isActive: boolean }> }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RolesQueryVariables = Exact<{ [key: string]: never; }>;


export type RolesQuery = { roles: Array<{ name: string, description: string, clientCount: number, createdAt: string, updatedAt: string, limits: { registries: Array<RegistryKind> | null, only: Array<string> | null, never: Array<string> | null, sensitivities: Array<Sensitivity> | null, operators: Array<SearchOperator> | null, within: Array<string> | null, bornWithin: Array<string> | null, sources: Array<string> | null, programmes: Array<string> | null, largestPage: number | null, recordsPerHour: number | null } }> };

export type CreateRoleMutationVariables = Exact<{
  name: string;
  input: RoleInput;
}>;


export type CreateRoleMutation = { createRole:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'Role', name: string, limits: { registries: Array<RegistryKind> | null, largestPage: number | null } }
   };

export type UpdateRoleMutationVariables = Exact<{
  name: string;
  input: RoleInput;
}>;


export type UpdateRoleMutation = { updateRole:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'Role', name: string, description: string, limits: { registries: Array<RegistryKind> | null, largestPage: number | null } }
   };

export type RemoveRoleMutationVariables = Exact<{
  name: string;
}>;


export type RemoveRoleMutation = { removeRole:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'Role', name: string }
   };

export type ConflictsQueryVariables = Exact<{
  state?: ConflictState | null | undefined;
  source?: string | null | undefined;
  kind?: ConflictKind | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ConflictsQuery = { conflicts: { nodes: Array<{ id: string, kind: ConflictKind, about: ConflictAbout, field: string | null, state: ConflictState, raisedAt: string, decision: ConflictDecisionKind | null, decidedBy: string | null, source: { code: string }, individuals: Array<{ id: string, sex: Sex | null, birthDate: string | null, name: { full: string | null } | null, identifiers: Array<{ type: string, value: string }> | null }>, said: { sex: Sex | null, birthDate: string | null, name: { full: string | null } | null, identifiers: Array<{ type: string, value: string }> | null, mother: { name: { full: string | null } | null, identifiers: Array<{ type: string, value: string }> | null } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DecideConflictMutationVariables = Exact<{
  id: string | number;
  decision: ConflictDecisionKind;
  individualId?: string | number | null | undefined;
}>;


export type DecideConflictMutation = { decideConflict:
    | { __typename: 'DecidedConflict', outcome: ImportOutcome | null, mergeIds: Array<string>, individual: { id: string } | null, conflict: { id: string, state: ConflictState, decision: ConflictDecisionKind | null } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type UndoMergeMutationVariables = Exact<{
  id: string | number;
}>;


export type UndoMergeMutation = { undoMerge:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'UndoneMerge', merge: { id: string, losingId: string, undoneAt: string | null }, refusals: Array<{ what: string, reason: string }> }
   };

export type DataSourceSettingsFragment = { id: string, code: string, name: string, baseUrl: string, dialect: Dialect, authType: AuthType, grantType: GrantType, credentialLocation: CredentialLocation, clientId: string | null, hasClientSecret: boolean, pageSize: number, timeoutMs: number, locationsSyncedAt: string | null, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }>, fieldMappings: Array<{ clientField: string, serverField: string }> };

export type DataSourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type DataSourcesQuery = { dataSources: Array<{ id: string, code: string, name: string, baseUrl: string, dialect: Dialect, authType: AuthType, grantType: GrantType, credentialLocation: CredentialLocation, clientId: string | null, hasClientSecret: boolean, pageSize: number, timeoutMs: number, locationsSyncedAt: string | null, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }>, fieldMappings: Array<{ clientField: string, serverField: string }> }> };

export type DataSourceByCodeQueryVariables = Exact<{
  code: string;
}>;


export type DataSourceByCodeQuery = { dataSource: { id: string, code: string, name: string, baseUrl: string, dialect: Dialect, authType: AuthType, grantType: GrantType, credentialLocation: CredentialLocation, clientId: string | null, hasClientSecret: boolean, pageSize: number, timeoutMs: number, locationsSyncedAt: string | null, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }>, fieldMappings: Array<{ clientField: string, serverField: string }> } | null };

export type CreateDataSourceMutationVariables = Exact<{
  input: CreateDataSourceInput;
}>;


export type CreateDataSourceMutation = { createDataSource:
    | { __typename: 'DataSource', id: string, code: string, name: string, baseUrl: string, dialect: Dialect, authType: AuthType, grantType: GrantType, credentialLocation: CredentialLocation, clientId: string | null, hasClientSecret: boolean, pageSize: number, timeoutMs: number, locationsSyncedAt: string | null, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }>, fieldMappings: Array<{ clientField: string, serverField: string }> }
    | { __typename: 'Refusal', message: string, field: string | null, reason: string }
   };

export type UpdateDataSourceMutationVariables = Exact<{
  code: string;
  input: UpdateDataSourceInput;
}>;


export type UpdateDataSourceMutation = { updateDataSource:
    | { __typename: 'DataSource', id: string, code: string, name: string, baseUrl: string, dialect: Dialect, authType: AuthType, grantType: GrantType, credentialLocation: CredentialLocation, clientId: string | null, hasClientSecret: boolean, pageSize: number, timeoutMs: number, locationsSyncedAt: string | null, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }>, fieldMappings: Array<{ clientField: string, serverField: string }> }
    | { __typename: 'Refusal', message: string, field: string | null, reason: string }
   };

export type SyncLocationsMutationVariables = Exact<{
  source: string;
  dryRun?: boolean;
}>;


export type SyncLocationsMutation = { syncLocations:
    | { __typename: 'LocationSync', total: number, created: number, updated: number, unchanged: number, moved: number, renamed: number, retyped: number, gone: number, returned: number, roots: number, orphans: Array<string>, noLongerListed: number, problems: Array<string>, differences: Array<{ kind: LocationDifferenceKind, externalId: string, name: string, before: string | null, after: string | null }> }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RegistrySearchQueryVariables = Exact<{
  source: string;
  filter: IndividualFilter;
  page?: NumberedPageInput | null | undefined;
}>;


export type RegistrySearchQuery = { registrySearch: { total: number | null, pageNumber: number | null, pageSize: number | null, warnings: Array<string>, individuals: Array<{ sex: Sex | null, birthDate: string | null, identifiers: Array<{ type: string, value: string }> | null, name: { full: string | null } | null, birthPlace: { externalId: string | null, type: string | null, text: string | null } | null, mother: { name: { full: string | null } | null } | null, father: { name: { full: string | null } | null } | null, issues: Array<{ field: string, code: string }> }> } | null };

export type PeopleElsewhereQueryVariables = Exact<{
  source: string;
  filter?: IndividualFilter | null | undefined;
  first?: number | null | undefined;
}>;


export type PeopleElsewhereQuery = { individuals: { nodes: Array<{ id: string, name: { full: string | null } | null, remote: Array<{ sex: Sex | null, birthDate: string | null, identifiers: Array<{ type: string, value: string }> | null, name: { full: string | null } | null }> | null }> } };

export type RegistrySearchExchangeQueryVariables = Exact<{
  source: string;
  filter: IndividualFilter;
  page?: NumberedPageInput | null | undefined;
}>;


export type RegistrySearchExchangeQuery = { registrySearchExchange: { request: unknown, answer: unknown, curl: string | null, sentAt: string, status: number | null, durationMs: number, notPushedDown: Array<string> } | null };

export type ProbeDataSourceMutationVariables = Exact<{
  input: ProbeDataSourceInput;
}>;


export type ProbeDataSourceMutation = { probeDataSource:
    | { __typename: 'DataSourceProbe', baseUrl: string, profile: Dialect | null, reasons: Array<string>, warnings: Array<string>, tokenStyle: TokenStyle | null, recordShape: RecordShape, recordFields: Array<string>, pageDefault: number | null, signature: OutboundSignature, requests: number, queryTypes: Array<{ type: string, verdict: QueryVerdict }>, paths: { search: string | null, token: string | null, locations: string | null, requests: string | null }, parameters: Array<{ name: string, value: string }> }
    | { __typename: 'Refusal', message: string, field: string | null, reason: string }
   };

export type SourceRequestsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  source?: string | null | undefined;
}>;


export type SourceRequestsQuery = { sourceRequests: { nodes: Array<{ id: string, action: RequestAction, transactionId: string, correlationId: string | null, subscriptionCodes: Array<string>, state: SourceRequestState, problem: string | null, askedAt: string, answeredAt: string | null, dataSource: { code: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InboxMessagesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  state?: InboxState | null | undefined;
}>;


export type InboxMessagesQuery = { inboxMessages: { nodes: Array<{ id: string, action: CallbackAction, senderId: string, transactionId: string | null, correlationId: string | null, state: InboxState, reason: string | null, receivedAt: string, request: { action: RequestAction, transactionId: string, dataSource: { code: string } } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type InboxMessageQueryVariables = Exact<{
  id: string | number;
}>;


export type InboxMessageQuery = { inboxMessage: { body: unknown, message: { id: string, action: CallbackAction, state: InboxState } } | null };

export type DeliveriesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  state?: DeliveryState | null | undefined;
}>;


export type DeliveriesQuery = { deliveries: { nodes: Array<{ id: string, client: string, action: CallbackAction, url: string | null, transactionId: string | null, correlationId: string | null, ordinal: number, state: DeliveryState, attempts: number, nextAttemptAt: string | null, lastStatus: number | null, lastError: string | null, createdAt: string, finishedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ReplayDeliveryMutationVariables = Exact<{
  id: string | number;
}>;


export type ReplayDeliveryMutation = { replayDelivery:
    | { __typename: 'Delivery', id: string, state: DeliveryState, attempts: number }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type EventSubscriptionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type EventSubscriptionsQuery = { eventSubscriptions: { nodes: Array<{ id: string, code: string, client: string, registry: string, record: string, events: Array<string>, url: string | null, cron: string | null, startsAt: string | null, endsAt: string | null, active: boolean, createdAt: string, endedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FamiliesQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: GroupFilter | null | undefined;
}>;


export type FamiliesQuery = { groups: { totalCount: number, nodes: Array<{ id: string, name: string | null, kind: GroupKind | null, head: { name: { full: string | null } | null } | null, members: Array<{ role: MembershipRole | null, individual: { id: string, birthDate: string | null, name: { full: string | null } | null, birthPlace: { name: string, ancestors: Array<{ name: string }> } | null } | null }> | null, childrenUnder12Months: { count: number, birthPlaces: Array<{ name: string }> | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type GroupByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type GroupByIdQuery = { group: { id: string, name: string | null, kind: GroupKind | null, registeredAt: string | null, updatedAt: string | null, members: Array<{ id: string, role: MembershipRole | null, individual: { id: string } | null }> | null } | null };

export type CriteriaDetailsFragment = { id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null };

export type ScheduleDetailsFragment = { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> };

export type RunProgressFragment = { id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } };

export type RefusedFragment = { code: string, message: string, field: string | null };

export type CreateSearchCriteriaMutationVariables = Exact<{
  input: CreateSearchCriteriaInput;
}>;


export type CreateSearchCriteriaMutation = { createSearchCriteria:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SearchCriteria', id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null }
   };

export type SetImportScheduleMutationVariables = Exact<{
  searchCriteriaId: string | number;
  schedule?: ImportScheduleInput | null | undefined;
}>;


export type SetImportScheduleMutation = { setImportSchedule:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SearchCriteria', id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null }
   };

export type FetchMutationVariables = Exact<{
  searchCriteriaId: string | number;
}>;


export type FetchMutation = { fetch:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type PreviewFetchMutationVariables = Exact<{
  searchCriteriaId: string | number;
}>;


export type PreviewFetchMutation = { previewFetch:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type FollowImportSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type FollowImportSubscription = { importRun: { id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } } };

export type UndoImportRunMutationVariables = Exact<{
  importRunId: string | number;
}>;


export type UndoImportRunMutation = { undoImportRun:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type PreviewedChangesQueryVariables = Exact<{
  id: string | number;
  outcome?: ImportOutcome | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PreviewedChangesQuery = { importRun: { items: { nodes: Array<{ page: number, ordinal: number, outcome: ImportOutcome, reasonCode: string | null, reason: string | null, differences: Array<{ about: DifferenceAbout, field: string, old: string | null, new: string | null, reason: DifferenceReason, individual: { id: string } | null }> | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ApplyPreviewMutationVariables = Exact<{
  importRunId: string | number;
  refetch?: boolean | null | undefined;
}>;


export type ApplyPreviewMutation = { applyPreview:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type EnableFetchingMutationVariables = Exact<{
  searchCriteriaId: string | number;
}>;


export type EnableFetchingMutation = { enableFetching:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SearchCriteria', id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null }
   };

export type ResumeImportRunMutationVariables = Exact<{
  importRunId: string | number;
}>;


export type ResumeImportRunMutation = { resumeImportRun:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type CancelImportRunMutationVariables = Exact<{
  importRunId: string | number;
}>;


export type CancelImportRunMutation = { cancelImportRun:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type RetryImportRunMutationVariables = Exact<{
  importRunId: string | number;
}>;


export type RetryImportRunMutation = { retryImportRun:
    | { __typename: 'ImportRun', id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export type WatchImportQueryVariables = Exact<{
  id: string | number;
}>;


export type WatchImportQuery = { importRun: { id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } } | null };

export type ImportItemsQueryVariables = Exact<{
  id: string | number;
  outcome?: ImportOutcome | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ImportItemsQuery = { importRun: { items: { nodes: Array<{ page: number, ordinal: number, outcome: ImportOutcome, reasonCode: string | null, reason: string | null, individual: { name: { full: string | null } | null } | null, mother: { name: { full: string | null } | null } | null, group: { name: string | null } | null, issues: Array<{ field: string, code: string, message: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ImportRunsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  searchCriteriaId?: string | number | null | undefined;
}>;


export type ImportRunsQuery = { importRuns: { nodes: Array<{ id: string, kind: ImportRunKind, state: ImportRunState, requestedBy: string, pausedUntil: string | null, pauseReason: string | null, cancelRequestedAt: string | null, pagesDone: number, pagesExpected: number | null, recordsDone: number, recordsReported: number | null, recordsPerSecond: number | null, secondsLeft: number | null, individualsCreated: number, groupsCreated: number, warnings: Array<string>, errorCode: string | null, errorMessage: string | null, searchCriteria: { id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null }, ofRun: { id: string } | null, outcomes: { created: number, updated: number, unchanged: number, skipped: number, conflict: number, failed: number, removed: number, restored: number, refused: number } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type SearchCriteriaListQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchCriteriaListQuery = { searchCriteria: { nodes: Array<{ id: string, name: string, event: VitalEvent, makesPeople: boolean, eventFrom: string | null, eventUntil: string | null, withinDays: number | null, locationType: string | null, locked: boolean, schedule: { cron: string, timeZone: string, enabled: boolean, incrementalBy: IncrementalBy, overlapDays: number, nextDueAt: string | null, watermark: string | null, dueTimes: Array<{ dueAt: string, outcome: ImportDueOutcome, reason: string | null, importRunId: string | null }> } | null, dataSource: { code: string }, location: { id: string, name: string } | null, bornFrom: { date: string, inclusive: boolean } | null, bornUntil: { date: string, inclusive: boolean } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type IndividualByIdentifierQueryVariables = Exact<{
  identifier: IdentifierInput;
}>;


export type IndividualByIdentifierQuery = { individual: { id: string, sex: Sex | null, birthDate: string | null, birthDatePrecision: DatePrecision | null, importedFrom: Array<string> | null, name: { full: string | null, given: string | null, middle: string | null, family: string | null } | null, birthPlace: { name: string, type: string | null, ancestors: Array<{ name: string }> } | null, identifiers: Array<{ type: string, value: string }> | null, mother: { name: { full: string | null } | null } | null, father: { name: { full: string | null } | null } | null, memberships: Array<{ role: MembershipRole | null, group: { id: string, name: string | null, kind: GroupKind | null } | null }> | null } | null };

export type IndividualByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type IndividualByIdQuery = { individual: { id: string, sex: Sex | null, birthDate: string | null, deceased: boolean | null, isMother: boolean | null, importedFrom: Array<string> | null, name: { full: string | null } | null, relationships: Array<{ type: RelationshipType, direction: RelationshipDirection, individual: { id: string, name: { full: string | null } | null } | null }> | null, children: Array<{ id: string, name: { full: string | null } | null }> | null, groups: Array<{ id: string, name: string | null }> | null, homePlace: { id: string, name: string, parent: { name: string } | null } | null } | null };

export type ListIndividualsQueryVariables = Exact<{
  filter?: IndividualFilter | null | undefined;
  sort?: Array<IndividualSort> | IndividualSort | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ListIndividualsQuery = { individuals: { nodes: Array<{ id: string, sex: Sex | null, birthDate: string | null, name: { full: string | null } | null, identifiers: Array<{ type: string, value: string }> | null, birthPlace: { name: string, type: string | null } | null, memberships: Array<{ role: MembershipRole | null, group: { id: string, name: string | null, kind: GroupKind | null } | null }> | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type PageThroughIndividualsQueryVariables = Exact<{
  filter?: IndividualFilter | null | undefined;
  sort?: Array<IndividualSort> | IndividualSort | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withTotal?: boolean | null | undefined;
}>;


export type PageThroughIndividualsQuery = { individuals: { totalCount?: number, edges: Array<{ cursor: string, node: { id: string, birthDate: string | null, name: { full: string | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type LocationsQueryVariables = Exact<{
  filter?: LocationFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LocationsQuery = { locations: { totalCount: number, nodes: Array<{ id: string, name: string, type: string | null, parent: { name: string } | null, ancestors: Array<{ name: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LocationByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type LocationByIdQuery = { location: { id: string, name: string, type: string | null } | null };

export type FarmersQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: FarmerFilter | null | undefined;
}>;


export type FarmersQuery = { farmers: { totalCount: number, nodes: Array<{ id: string, farmType: string | null, farmSize: number | null, landTenure: string | null, placeText: string | null, place: { name: string } | null, attributes: Array<{ name: string, value: unknown }> | null, individual: { id: string, name: { full: string | null } | null, identifiers: Array<{ type: string, value: string }> | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DisabilitiesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: DisabilityFilter | null | undefined;
}>;


export type DisabilitiesQuery = { disabilities: { totalCount: number, nodes: Array<{ id: string, status: string | null, level: string | null, details: Array<unknown> | null, individual: { id: string, name: { full: string | null } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type EnrolmentsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: EnrolmentFilter | null | undefined;
}>;


export type EnrolmentsQuery = { enrolments: { totalCount: number, nodes: Array<{ id: string, status: string | null, enrolledOn: string | null, statusChangedOn: Array<string> | null, benefits: Array<unknown> | null, programme: { identifier: string, name: string | null } | null, individual: { id: string, name: { full: string | null } | null } | null, group: { id: string, name: string | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ProgrammesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ProgrammesQuery = { programmes: { nodes: Array<{ id: string, identifier: string, name: string | null, description: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WholeIndividualQueryVariables = Exact<{
  id?: string | number | null | undefined;
  identifier?: IdentifierInput | null | undefined;
  attributes?: Array<string> | string | null | undefined;
}>;


export type WholeIndividualQuery = { individual: { id: string, sex: Sex | null, birthDate: string | null, deathDate: string | null, deceased: boolean | null, deathPlaceText: string | null, maritalStatus: MaritalStatus | null, phoneNumbers: Array<string> | null, emails: Array<string> | null, name: { full: string | null } | null, deathPlace: { name: string } | null, marriages: Array<{ marriedOn: string, divorcedOn: string | null }> | null, identifiers: Array<{ type: string, value: string }> | null, attributes: Array<{ name: string, value: unknown }> | null, farmer: { id: string, farmType: string | null, farmSize: number | null } | null, disability: { id: string, status: string | null, level: string | null, details: Array<unknown> | null } | null, enrolments: Array<{ id: string, status: string | null, programme: { identifier: string } | null }> | null, groups: Array<{ id: string, name: string | null, placeText: string | null, identifiers: Array<{ type: string, value: string }> | null, attributes: Array<{ name: string, value: unknown }> | null, enrolments: Array<{ id: string, programme: { identifier: string } | null }> | null }> | null } | null };

export type SaveIndividualMutationVariables = Exact<{
  input: SaveIndividualInput;
}>;


export type SaveIndividualMutation = { saveIndividual:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedIndividual', outcome: SaveOutcome, individual: { id: string, birthDate: string | null, birthDatePrecision: DatePrecision | null, name: { full: string | null } | null, mother: { id: string } | null } }
   };

export type SaveGroupMutationVariables = Exact<{
  input: SaveGroupInput;
}>;


export type SaveGroupMutation = { saveGroup:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedGroup', outcome: SaveOutcome, group: { id: string, name: string | null, kind: GroupKind | null, head: { id: string } | null, members: Array<{ role: MembershipRole | null, individual: { id: string } | null }> | null } }
   };

export type SaveFarmerMutationVariables = Exact<{
  input: SaveFarmerInput;
}>;


export type SaveFarmerMutation = { saveFarmer:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedFarmer', outcome: SaveOutcome, farmer: { id: string, farmType: string | null, farmSize: number | null } }
   };

export type SaveDisabilityMutationVariables = Exact<{
  input: SaveDisabilityInput;
}>;


export type SaveDisabilityMutation = { saveDisability:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedDisability', outcome: SaveOutcome, disability: { id: string, status: string | null, details: Array<unknown> | null } }
   };

export type SaveProgrammeMutationVariables = Exact<{
  input: SaveProgrammeInput;
}>;


export type SaveProgrammeMutation = { saveProgramme:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedProgramme', outcome: SaveOutcome, programme: { id: string, identifier: string, name: string | null } }
   };

export type SaveEnrolmentMutationVariables = Exact<{
  input: SaveEnrolmentInput;
}>;


export type SaveEnrolmentMutation = { saveEnrolment:
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
    | { __typename: 'SavedEnrolment', outcome: SaveOutcome, enrolment: { id: string, status: string | null, programme: { identifier: string } | null } }
   };

export type EraseIndividualMutationVariables = Exact<{
  id: string | number;
}>;


export type EraseIndividualMutation = { eraseIndividual:
    | { __typename: 'Erasure', erasureId: string, erasedAt: string, groupsErased: number, groupsRenamed: number, messagesErased: number, consentsErased: number }
    | { __typename: 'Refusal', code: string, message: string, field: string | null }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const DataSourceSettingsFragmentDoc = new TypedDocumentString(`
    fragment DataSourceSettings on DataSource {
  id
  code
  name
  baseUrl
  dialect
  authType
  grantType
  credentialLocation
  clientId
  hasClientSecret
  pageSize
  timeoutMs
  paths {
    search
    token
    locations
    requests
  }
  parameters {
    name
    value
  }
  fieldMappings {
    clientField
    serverField
  }
  locationsSyncedAt
}
    `, {"fragmentName":"DataSourceSettings"}) as unknown as TypedDocumentString<DataSourceSettingsFragment, unknown>;
export const ScheduleDetailsFragmentDoc = new TypedDocumentString(`
    fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}
    `, {"fragmentName":"ScheduleDetails"}) as unknown as TypedDocumentString<ScheduleDetailsFragment, unknown>;
export const CriteriaDetailsFragmentDoc = new TypedDocumentString(`
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
    fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}`, {"fragmentName":"CriteriaDetails"}) as unknown as TypedDocumentString<CriteriaDetailsFragment, unknown>;
export const RunProgressFragmentDoc = new TypedDocumentString(`
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
    `, {"fragmentName":"RunProgress"}) as unknown as TypedDocumentString<RunProgressFragment, unknown>;
export const RefusedFragmentDoc = new TypedDocumentString(`
    fragment Refused on Refusal {
  code
  message
  field
}
    `, {"fragmentName":"Refused"}) as unknown as TypedDocumentString<RefusedFragment, unknown>;
export const ApiClientsDocument = new TypedDocumentString(`
    query ApiClients {
  apiClients {
    id
    name
    clientId
    scopes
    dialect
    state
    createdAt
    lastUsedAt
    authentication
    role
    limits {
      registries
      only
      never
      sensitivities
      operators
      within
      bornWithin
      sources
      programmes
      largestPage
      recordsPerHour
    }
    strict
    signature
    signatureWindowSeconds
    consentRequired
    outboundSignature
    encryptAnswers
    senderIds
    callbackOrigins
    callbackUri
    allowQueryCredentials
    jwks
    jwksUri
    secrets {
      id
      createdAt
      expiresAt
      lastUsedAt
      isActive
    }
  }
}
    `, {"hash":"sha256:c3eeb8092d40e2a0775021f67e2d3be650ff28739579604d1b10ef8d0e7c359f"}) as unknown as TypedDocumentString<ApiClientsQuery, ApiClientsQueryVariables>;
export const CreateApiClientDocument = new TypedDocumentString(`
    mutation CreateApiClient($input: CreateApiClientInput!) {
  createApiClient(input: $input) {
    __typename
    ... on IssuedSecret {
      client {
        name
        clientId
        scopes
      }
      clientSecret
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:fca81409892169a82c8807ec579176fcae4357eea60d3a5c5f9331dddb3e23e0"}) as unknown as TypedDocumentString<CreateApiClientMutation, CreateApiClientMutationVariables>;
export const RotateApiClientSecretDocument = new TypedDocumentString(`
    mutation RotateApiClientSecret($clientId: String!, $overlapSeconds: Int) {
  rotateApiClientSecret(clientId: $clientId, overlapSeconds: $overlapSeconds) {
    __typename
    ... on IssuedSecret {
      client {
        clientId
      }
      clientSecret
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:efd2661d716b7dbadb044be189689c9c11de7df832aa39e92a904f550b371aa3"}) as unknown as TypedDocumentString<RotateApiClientSecretMutation, RotateApiClientSecretMutationVariables>;
export const RevokeApiClientDocument = new TypedDocumentString(`
    mutation RevokeApiClient($clientId: String!) {
  revokeApiClient(clientId: $clientId) {
    __typename
    ... on ApiClient {
      clientId
      state
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:65e8c3dd8eb70843f8817ff776a7bbd27a6b2ccdcbe6f6a345d62060dc0e36b1"}) as unknown as TypedDocumentString<RevokeApiClientMutation, RevokeApiClientMutationVariables>;
export const UpdateApiClientDocument = new TypedDocumentString(`
    mutation UpdateApiClient($clientId: String!, $input: UpdateApiClientInput!) {
  updateApiClient(clientId: $clientId, input: $input) {
    __typename
    ... on ApiClient {
      clientId
      name
      scopes
      role
      limits {
        registries
        never
        within
        largestPage
      }
      signature
      authentication
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:a190a58d4e21e6e22216fb248a570401f3bea434a62d48abc0b2cdcb83bd6faa"}) as unknown as TypedDocumentString<UpdateApiClientMutation, UpdateApiClientMutationVariables>;
export const RevokeApiClientSecretDocument = new TypedDocumentString(`
    mutation RevokeApiClientSecret($clientId: String!, $secretId: String!) {
  revokeApiClientSecret(clientId: $clientId, secretId: $secretId) {
    __typename
    ... on ApiClient {
      clientId
      secrets {
        id
        isActive
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:9fcfd63530ce6e2370d083c14e1ca4c8e51259401cfc65ac25b75ac1b0ba1db2"}) as unknown as TypedDocumentString<RevokeApiClientSecretMutation, RevokeApiClientSecretMutationVariables>;
export const RolesDocument = new TypedDocumentString(`
    query Roles {
  roles {
    name
    description
    clientCount
    createdAt
    updatedAt
    limits {
      registries
      only
      never
      sensitivities
      operators
      within
      bornWithin
      sources
      programmes
      largestPage
      recordsPerHour
    }
  }
}
    `, {"hash":"sha256:e2b87f842c1f9a2fe4967828a2d71a15526ebc4bb3b55304c6463deb3e24a741"}) as unknown as TypedDocumentString<RolesQuery, RolesQueryVariables>;
export const CreateRoleDocument = new TypedDocumentString(`
    mutation CreateRole($name: String!, $input: RoleInput!) {
  createRole(name: $name, input: $input) {
    __typename
    ... on Role {
      name
      limits {
        registries
        largestPage
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:2dc4530a71ffc21c48171e85fb8d81bf02cb8c74fad9d716573e812d004051b2"}) as unknown as TypedDocumentString<CreateRoleMutation, CreateRoleMutationVariables>;
export const UpdateRoleDocument = new TypedDocumentString(`
    mutation UpdateRole($name: String!, $input: RoleInput!) {
  updateRole(name: $name, input: $input) {
    __typename
    ... on Role {
      name
      description
      limits {
        registries
        largestPage
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:d150920afab55cefc0d53c7bb719709756cab52d2a9182aa573ab6e549c9fbb5"}) as unknown as TypedDocumentString<UpdateRoleMutation, UpdateRoleMutationVariables>;
export const RemoveRoleDocument = new TypedDocumentString(`
    mutation RemoveRole($name: String!) {
  removeRole(name: $name) {
    __typename
    ... on Role {
      name
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:d1f96d5137e9911ad1f3e09c1af1db673113abb63e773e644a055dd8764b1c02"}) as unknown as TypedDocumentString<RemoveRoleMutation, RemoveRoleMutationVariables>;
export const ConflictsDocument = new TypedDocumentString(`
    query Conflicts($state: ConflictState, $source: String, $kind: ConflictKind, $first: Int, $after: String) {
  conflicts(
    state: $state
    source: $source
    kind: $kind
    first: $first
    after: $after
  ) {
    nodes {
      id
      kind
      about
      field
      state
      raisedAt
      decision
      decidedBy
      source {
        code
      }
      individuals {
        id
        name {
          full
        }
        sex
        birthDate
        identifiers {
          type
          value
        }
      }
      said {
        name {
          full
        }
        sex
        birthDate
        identifiers {
          type
          value
        }
        mother {
          name {
            full
          }
          identifiers {
            type
            value
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:1397d410ea554e09ea847352a1474d9267ce877e93897f0a9d63ca26736c4ac4"}) as unknown as TypedDocumentString<ConflictsQuery, ConflictsQueryVariables>;
export const DecideConflictDocument = new TypedDocumentString(`
    mutation DecideConflict($id: ID!, $decision: ConflictDecisionKind!, $individualId: ID) {
  decideConflict(id: $id, decision: $decision, individualId: $individualId) {
    __typename
    ... on DecidedConflict {
      outcome
      mergeIds
      individual {
        id
      }
      conflict {
        id
        state
        decision
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:b6d4d786de90a022609eace70dcaa77774581831f13c6abbffa729c31097ac4c"}) as unknown as TypedDocumentString<DecideConflictMutation, DecideConflictMutationVariables>;
export const UndoMergeDocument = new TypedDocumentString(`
    mutation UndoMerge($id: ID!) {
  undoMerge(id: $id) {
    __typename
    ... on UndoneMerge {
      merge {
        id
        losingId
        undoneAt
      }
      refusals {
        what
        reason
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:2c402df6a73ce0e3e911659d105a305a0e2f64b6e057999a7cac2ec9acfb871a"}) as unknown as TypedDocumentString<UndoMergeMutation, UndoMergeMutationVariables>;
export const DataSourcesDocument = new TypedDocumentString(`
    query DataSources {
  dataSources {
    ...DataSourceSettings
  }
}
    fragment DataSourceSettings on DataSource {
  id
  code
  name
  baseUrl
  dialect
  authType
  grantType
  credentialLocation
  clientId
  hasClientSecret
  pageSize
  timeoutMs
  paths {
    search
    token
    locations
    requests
  }
  parameters {
    name
    value
  }
  fieldMappings {
    clientField
    serverField
  }
  locationsSyncedAt
}`, {"hash":"sha256:b8445cb9e301a86e37fe390dfe870d1ca1973725ff6160050cfa7c241fef8348"}) as unknown as TypedDocumentString<DataSourcesQuery, DataSourcesQueryVariables>;
export const DataSourceByCodeDocument = new TypedDocumentString(`
    query DataSourceByCode($code: String!) {
  dataSource(code: $code) {
    ...DataSourceSettings
  }
}
    fragment DataSourceSettings on DataSource {
  id
  code
  name
  baseUrl
  dialect
  authType
  grantType
  credentialLocation
  clientId
  hasClientSecret
  pageSize
  timeoutMs
  paths {
    search
    token
    locations
    requests
  }
  parameters {
    name
    value
  }
  fieldMappings {
    clientField
    serverField
  }
  locationsSyncedAt
}`, {"hash":"sha256:f2939e319893e9b97f71a5ea53762351f0610838d142a0c2ad6a65ce6c00ec01"}) as unknown as TypedDocumentString<DataSourceByCodeQuery, DataSourceByCodeQueryVariables>;
export const CreateDataSourceDocument = new TypedDocumentString(`
    mutation CreateDataSource($input: CreateDataSourceInput!) {
  createDataSource(input: $input) {
    __typename
    ...DataSourceSettings
    ... on Refusal {
      reason: code
      message
      field
    }
  }
}
    fragment DataSourceSettings on DataSource {
  id
  code
  name
  baseUrl
  dialect
  authType
  grantType
  credentialLocation
  clientId
  hasClientSecret
  pageSize
  timeoutMs
  paths {
    search
    token
    locations
    requests
  }
  parameters {
    name
    value
  }
  fieldMappings {
    clientField
    serverField
  }
  locationsSyncedAt
}`, {"hash":"sha256:4415b7fdff94861b62ac06faaf6c08bf6dc86c6c77d1020299df7ce328eac871"}) as unknown as TypedDocumentString<CreateDataSourceMutation, CreateDataSourceMutationVariables>;
export const UpdateDataSourceDocument = new TypedDocumentString(`
    mutation UpdateDataSource($code: String!, $input: UpdateDataSourceInput!) {
  updateDataSource(code: $code, input: $input) {
    __typename
    ...DataSourceSettings
    ... on Refusal {
      reason: code
      message
      field
    }
  }
}
    fragment DataSourceSettings on DataSource {
  id
  code
  name
  baseUrl
  dialect
  authType
  grantType
  credentialLocation
  clientId
  hasClientSecret
  pageSize
  timeoutMs
  paths {
    search
    token
    locations
    requests
  }
  parameters {
    name
    value
  }
  fieldMappings {
    clientField
    serverField
  }
  locationsSyncedAt
}`, {"hash":"sha256:0abbe3f7847c8517d696c6593df5f5567ab91b48705a3698d0a96a6d9f3b04f2"}) as unknown as TypedDocumentString<UpdateDataSourceMutation, UpdateDataSourceMutationVariables>;
export const SyncLocationsDocument = new TypedDocumentString(`
    mutation SyncLocations($source: String!, $dryRun: Boolean! = false) {
  syncLocations(source: $source, dryRun: $dryRun) {
    __typename
    ... on LocationSync {
      total
      created
      updated
      unchanged
      moved
      renamed
      retyped
      gone
      returned
      differences {
        kind
        externalId
        name
        before
        after
      }
      roots
      orphans
      noLongerListed
      problems
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:45bcea2b8879977a36a9035b0e27dfc368e6f65814205beb32757e173eace49f"}) as unknown as TypedDocumentString<SyncLocationsMutation, SyncLocationsMutationVariables>;
export const RegistrySearchDocument = new TypedDocumentString(`
    query RegistrySearch($source: String!, $filter: IndividualFilter!, $page: NumberedPageInput) {
  registrySearch(source: $source, filter: $filter, page: $page) {
    total
    pageNumber
    pageSize
    warnings
    individuals {
      identifiers {
        type
        value
      }
      name {
        full
      }
      sex
      birthDate
      birthPlace {
        externalId
        type
        text
      }
      mother {
        name {
          full
        }
      }
      father {
        name {
          full
        }
      }
      issues {
        field
        code
      }
    }
  }
}
    `, {"hash":"sha256:c7d6990d74863ec6521759ff2765978360a08449d9d1fb542a1c25f93933f1b9"}) as unknown as TypedDocumentString<RegistrySearchQuery, RegistrySearchQueryVariables>;
export const PeopleElsewhereDocument = new TypedDocumentString(`
    query PeopleElsewhere($source: String!, $filter: IndividualFilter, $first: Int) {
  individuals(filter: $filter, first: $first) {
    nodes {
      id
      name {
        full
      }
      remote(source: $source) {
        identifiers {
          type
          value
        }
        name {
          full
        }
        sex
        birthDate
      }
    }
  }
}
    `, {"hash":"sha256:ad570d1ea713287bd133371fa827caefaa9c3b1475c576357572c96356feccf5"}) as unknown as TypedDocumentString<PeopleElsewhereQuery, PeopleElsewhereQueryVariables>;
export const RegistrySearchExchangeDocument = new TypedDocumentString(`
    query RegistrySearchExchange($source: String!, $filter: IndividualFilter!, $page: NumberedPageInput) {
  registrySearchExchange(source: $source, filter: $filter, page: $page) {
    request
    answer
    curl
    sentAt
    status
    durationMs
    notPushedDown
  }
}
    `, {"hash":"sha256:35095f3f9f4be8043c806c9375a40af2eccbe602314006ec1043ee7cc21be991"}) as unknown as TypedDocumentString<RegistrySearchExchangeQuery, RegistrySearchExchangeQueryVariables>;
export const ProbeDataSourceDocument = new TypedDocumentString(`
    mutation ProbeDataSource($input: ProbeDataSourceInput!) {
  probeDataSource(input: $input) {
    __typename
    ... on DataSourceProbe {
      baseUrl
      profile
      reasons
      warnings
      tokenStyle
      queryTypes {
        type
        verdict
      }
      recordShape
      recordFields
      pageDefault
      signature
      paths {
        search
        token
        locations
        requests
      }
      parameters {
        name
        value
      }
      requests
    }
    ... on Refusal {
      reason: code
      message
      field
    }
  }
}
    `, {"hash":"sha256:1bdd6ab10d4acbe737a2ccc36a5598ac88d58876ee3de0260608792b50a7c3aa"}) as unknown as TypedDocumentString<ProbeDataSourceMutation, ProbeDataSourceMutationVariables>;
export const SourceRequestsDocument = new TypedDocumentString(`
    query SourceRequests($first: Int, $after: String, $source: String) {
  sourceRequests(first: $first, after: $after, source: $source) {
    nodes {
      id
      action
      transactionId
      correlationId
      subscriptionCodes
      state
      problem
      askedAt
      answeredAt
      dataSource {
        code
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:a6762136380c4bb7d6bf2b3fa0d2aae332a140f1247660e0369e8c9fc746c06e"}) as unknown as TypedDocumentString<SourceRequestsQuery, SourceRequestsQueryVariables>;
export const InboxMessagesDocument = new TypedDocumentString(`
    query InboxMessages($first: Int, $after: String, $state: InboxState) {
  inboxMessages(first: $first, after: $after, state: $state) {
    nodes {
      id
      action
      senderId
      transactionId
      correlationId
      state
      reason
      receivedAt
      request {
        action
        transactionId
        dataSource {
          code
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:d2fcf8c63127dfe3dc6c09b85e928d14f90f42d18f004c8a1589f7c70effde70"}) as unknown as TypedDocumentString<InboxMessagesQuery, InboxMessagesQueryVariables>;
export const InboxMessageDocument = new TypedDocumentString(`
    query InboxMessage($id: ID!) {
  inboxMessage(id: $id) {
    message {
      id
      action
      state
    }
    body
  }
}
    `, {"hash":"sha256:904f6363d7f38916e8f0c4f700cdd34d54054b83e0c6e704dd2b0b904a756f8c"}) as unknown as TypedDocumentString<InboxMessageQuery, InboxMessageQueryVariables>;
export const DeliveriesDocument = new TypedDocumentString(`
    query Deliveries($first: Int, $after: String, $state: DeliveryState) {
  deliveries(first: $first, after: $after, state: $state) {
    nodes {
      id
      client
      action
      url
      transactionId
      correlationId
      ordinal
      state
      attempts
      nextAttemptAt
      lastStatus
      lastError
      createdAt
      finishedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:53c0ba8cdbd2f4c40fd25aa018ab8ae6afb2639da1cc7f285dd158b80c44b090"}) as unknown as TypedDocumentString<DeliveriesQuery, DeliveriesQueryVariables>;
export const ReplayDeliveryDocument = new TypedDocumentString(`
    mutation ReplayDelivery($id: ID!) {
  replayDelivery(id: $id) {
    __typename
    ... on Delivery {
      id
      state
      attempts
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:db974700f84dd13e1725adb929a18efdb52d5f461fea5ccb5a64f0b7a48265bd"}) as unknown as TypedDocumentString<ReplayDeliveryMutation, ReplayDeliveryMutationVariables>;
export const EventSubscriptionsDocument = new TypedDocumentString(`
    query EventSubscriptions($first: Int, $after: String) {
  eventSubscriptions(first: $first, after: $after) {
    nodes {
      id
      code
      client
      registry
      record
      events
      url
      cron
      startsAt
      endsAt
      active
      createdAt
      endedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:4e78ffa41993264310cc27befccd5a752a1a4ab5db3d6babd70bda35819d1bb9"}) as unknown as TypedDocumentString<EventSubscriptionsQuery, EventSubscriptionsQueryVariables>;
export const FamiliesDocument = new TypedDocumentString(`
    query Families($first: Int!, $after: String, $filter: GroupFilter) {
  groups(first: $first, after: $after, filter: $filter, sort: [{field: NAME}]) {
    totalCount
    nodes {
      id
      name
      kind
      head {
        name {
          full
        }
      }
      members {
        role
        individual {
          id
          name {
            full
          }
          birthDate
          birthPlace {
            name
            ancestors {
              name
            }
          }
        }
      }
      childrenUnder12Months {
        count
        birthPlaces {
          name
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:d37276e931777d35d639688e7809905ef2ab5ea2aaa8ee7ed056189a75aa50f1"}) as unknown as TypedDocumentString<FamiliesQuery, FamiliesQueryVariables>;
export const GroupByIdDocument = new TypedDocumentString(`
    query GroupById($id: ID!) {
  group(id: $id) {
    id
    name
    kind
    registeredAt
    updatedAt
    members {
      id
      role
      individual {
        id
      }
    }
  }
}
    `, {"hash":"sha256:e6656398206127922c82a6cb59cfbc3088f0d4d279d8fdcd60784b68e9b8c87e"}) as unknown as TypedDocumentString<GroupByIdQuery, GroupByIdQueryVariables>;
export const CreateSearchCriteriaDocument = new TypedDocumentString(`
    mutation CreateSearchCriteria($input: CreateSearchCriteriaInput!) {
  createSearchCriteria(input: $input) {
    __typename
    ...CriteriaDetails
    ...Refused
  }
}
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:cf1ba3a75de6a6e8d01775324fbb574846683d94d4f11793ef37c98d750eaf45"}) as unknown as TypedDocumentString<CreateSearchCriteriaMutation, CreateSearchCriteriaMutationVariables>;
export const SetImportScheduleDocument = new TypedDocumentString(`
    mutation SetImportSchedule($searchCriteriaId: ID!, $schedule: ImportScheduleInput) {
  setImportSchedule(searchCriteriaId: $searchCriteriaId, schedule: $schedule) {
    __typename
    ...CriteriaDetails
    ...Refused
  }
}
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:10360daca1471f8a66042f009c75562ab3d82fc4d329bfd9a0fde49a44d8e54a"}) as unknown as TypedDocumentString<SetImportScheduleMutation, SetImportScheduleMutationVariables>;
export const FetchDocument = new TypedDocumentString(`
    mutation Fetch($searchCriteriaId: ID!) {
  fetch(searchCriteriaId: $searchCriteriaId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:ec11591c336de87d5223de3a0442552c0e9d7c3e2854fcbc7d75f1b7dc69cbaf"}) as unknown as TypedDocumentString<FetchMutation, FetchMutationVariables>;
export const PreviewFetchDocument = new TypedDocumentString(`
    mutation PreviewFetch($searchCriteriaId: ID!) {
  previewFetch(searchCriteriaId: $searchCriteriaId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:f9d189be8c422e30e3ca51849cdce1f77daeef6fb1a44c6542fe8e4c3ff5e75f"}) as unknown as TypedDocumentString<PreviewFetchMutation, PreviewFetchMutationVariables>;
export const FollowImportDocument = new TypedDocumentString(`
    subscription FollowImport($id: ID!) {
  importRun(id: $id) {
    ...RunProgress
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}`, {"hash":"sha256:24303d92fa89e0abd50214c3a9b9a1b83c6af32dc61812e05a5c67f8398bbdf5"}) as unknown as TypedDocumentString<FollowImportSubscription, FollowImportSubscriptionVariables>;
export const UndoImportRunDocument = new TypedDocumentString(`
    mutation UndoImportRun($importRunId: ID!) {
  undoImportRun(importRunId: $importRunId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:869e4c45115e197e288f12078102038ec2133531d8d1cff424e507fa928ca76a"}) as unknown as TypedDocumentString<UndoImportRunMutation, UndoImportRunMutationVariables>;
export const PreviewedChangesDocument = new TypedDocumentString(`
    query PreviewedChanges($id: ID!, $outcome: ImportOutcome, $first: Int, $after: String) {
  importRun(id: $id) {
    items(outcome: $outcome, first: $first, after: $after) {
      nodes {
        page
        ordinal
        outcome
        reasonCode
        reason
        differences {
          about
          field
          old
          new
          reason
          individual {
            id
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `, {"hash":"sha256:e9f2da8e2bb257d2ccc8c0cd1ebebc0f4b854fa3e7fc2e0ee3580191172e52dd"}) as unknown as TypedDocumentString<PreviewedChangesQuery, PreviewedChangesQueryVariables>;
export const ApplyPreviewDocument = new TypedDocumentString(`
    mutation ApplyPreview($importRunId: ID!, $refetch: Boolean) {
  applyPreview(importRunId: $importRunId, refetch: $refetch) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:b0e33229ac2c5f0d991c000f39f96950cc85b33153c9d26039f2b807ff38342f"}) as unknown as TypedDocumentString<ApplyPreviewMutation, ApplyPreviewMutationVariables>;
export const EnableFetchingDocument = new TypedDocumentString(`
    mutation EnableFetching($searchCriteriaId: ID!) {
  enableFetching(searchCriteriaId: $searchCriteriaId) {
    __typename
    ...CriteriaDetails
    ...Refused
  }
}
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:e70dbc2a6fb76bd20ed4b9a912f5a09fb8c0e9cd4ef54c754ab9648378b6f0e8"}) as unknown as TypedDocumentString<EnableFetchingMutation, EnableFetchingMutationVariables>;
export const ResumeImportRunDocument = new TypedDocumentString(`
    mutation ResumeImportRun($importRunId: ID!) {
  resumeImportRun(importRunId: $importRunId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:9d8372112a68899e3b43932ced191a1cb94571cbf0a6a3b404ba488a4bb7c3d8"}) as unknown as TypedDocumentString<ResumeImportRunMutation, ResumeImportRunMutationVariables>;
export const CancelImportRunDocument = new TypedDocumentString(`
    mutation CancelImportRun($importRunId: ID!) {
  cancelImportRun(importRunId: $importRunId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:c939524141f3569550c9dac79f209a381cfb626d335ebe99c1e0aa0505f01389"}) as unknown as TypedDocumentString<CancelImportRunMutation, CancelImportRunMutationVariables>;
export const RetryImportRunDocument = new TypedDocumentString(`
    mutation RetryImportRun($importRunId: ID!) {
  retryImportRun(importRunId: $importRunId) {
    __typename
    ...RunProgress
    ...Refused
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}
fragment Refused on Refusal {
  code
  message
  field
}`, {"hash":"sha256:9eb00c3aa434d0d85760b3a87210dbd64792c9464079f9c5af72e3ffd108b5d0"}) as unknown as TypedDocumentString<RetryImportRunMutation, RetryImportRunMutationVariables>;
export const WatchImportDocument = new TypedDocumentString(`
    query WatchImport($id: ID!) {
  importRun(id: $id) {
    ...RunProgress
  }
}
    fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}`, {"hash":"sha256:20d8bcac839745236c306610d792451e4af5c17665012876d124bfadbe37b843"}) as unknown as TypedDocumentString<WatchImportQuery, WatchImportQueryVariables>;
export const ImportItemsDocument = new TypedDocumentString(`
    query ImportItems($id: ID!, $outcome: ImportOutcome, $first: Int, $after: String) {
  importRun(id: $id) {
    items(outcome: $outcome, first: $first, after: $after) {
      nodes {
        page
        ordinal
        outcome
        reasonCode
        reason
        individual {
          name {
            full
          }
        }
        mother {
          name {
            full
          }
        }
        group {
          name
        }
        issues {
          field
          code
          message
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `, {"hash":"sha256:c9960136359cf1c2169e3926a284cf26984eb3c9363190200afaf82a77cc06c4"}) as unknown as TypedDocumentString<ImportItemsQuery, ImportItemsQueryVariables>;
export const ImportRunsDocument = new TypedDocumentString(`
    query ImportRuns($first: Int, $after: String, $searchCriteriaId: ID) {
  importRuns(first: $first, after: $after, searchCriteriaId: $searchCriteriaId) {
    nodes {
      ...RunProgress
      searchCriteria {
        ...CriteriaDetails
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}
fragment RunProgress on ImportRun {
  id
  kind
  ofRun {
    id
  }
  state
  requestedBy
  pausedUntil
  pauseReason
  cancelRequestedAt
  pagesDone
  pagesExpected
  recordsDone
  recordsReported
  recordsPerSecond
  secondsLeft
  outcomes {
    created
    updated
    unchanged
    skipped
    conflict
    failed
    removed
    restored
    refused
  }
  individualsCreated
  groupsCreated
  warnings
  errorCode
  errorMessage
}`, {"hash":"sha256:35f2cf48ffab1df479461da0eddbc59b56c38e3e5b472787e25df018604b2bed"}) as unknown as TypedDocumentString<ImportRunsQuery, ImportRunsQueryVariables>;
export const SearchCriteriaListDocument = new TypedDocumentString(`
    query SearchCriteriaList($first: Int, $after: String) {
  searchCriteria(first: $first, after: $after) {
    nodes {
      ...CriteriaDetails
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment CriteriaDetails on SearchCriteria {
  id
  name
  event
  makesPeople
  eventFrom
  eventUntil
  withinDays
  schedule {
    ...ScheduleDetails
  }
  dataSource {
    code
  }
  location {
    id
    name
  }
  locationType
  bornFrom {
    date
    inclusive
  }
  bornUntil {
    date
    inclusive
  }
  locked
}
fragment ScheduleDetails on ImportSchedule {
  cron
  timeZone
  enabled
  incrementalBy
  overlapDays
  nextDueAt
  watermark
  dueTimes {
    dueAt
    outcome
    reason
    importRunId
  }
}`, {"hash":"sha256:75ba16ba760c3279eee9523d988fac9d8951589a71535670833731afc0044a72"}) as unknown as TypedDocumentString<SearchCriteriaListQuery, SearchCriteriaListQueryVariables>;
export const IndividualByIdentifierDocument = new TypedDocumentString(`
    query IndividualByIdentifier($identifier: IdentifierInput!) {
  individual(identifier: $identifier) {
    id
    name {
      full
      given
      middle
      family
    }
    sex
    birthDate
    birthDatePrecision
    birthPlace {
      name
      type
      ancestors {
        name
      }
    }
    identifiers {
      type
      value
    }
    mother {
      name {
        full
      }
    }
    father {
      name {
        full
      }
    }
    memberships {
      role
      group {
        id
        name
        kind
      }
    }
    importedFrom
  }
}
    `, {"hash":"sha256:c5dc11f068c01223e599a845fed2d3924796dd3d660e250ca5092c4089fcf564"}) as unknown as TypedDocumentString<IndividualByIdentifierQuery, IndividualByIdentifierQueryVariables>;
export const IndividualByIdDocument = new TypedDocumentString(`
    query IndividualById($id: ID!) {
  individual(id: $id) {
    id
    name {
      full
    }
    sex
    birthDate
    deceased
    relationships {
      type
      direction
      individual {
        id
        name {
          full
        }
      }
    }
    children {
      id
      name {
        full
      }
    }
    groups {
      id
      name
    }
    homePlace {
      id
      name
      parent {
        name
      }
    }
    isMother
    importedFrom
  }
}
    `, {"hash":"sha256:944f02a7b180f0bd7a80f00c8e0b7a662e3126a7574d8728b7daea1088c1b60e"}) as unknown as TypedDocumentString<IndividualByIdQuery, IndividualByIdQueryVariables>;
export const ListIndividualsDocument = new TypedDocumentString(`
    query ListIndividuals($filter: IndividualFilter, $sort: [IndividualSort!], $first: Int, $after: String) {
  individuals(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes {
      id
      name {
        full
      }
      sex
      birthDate
      identifiers {
        type
        value
      }
      birthPlace {
        name
        type
      }
      memberships {
        role
        group {
          id
          name
          kind
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:73c6f11344eda22dc88d8d118aaf5b1f0529350a5c3fdf7475e9706af2093756"}) as unknown as TypedDocumentString<ListIndividualsQuery, ListIndividualsQueryVariables>;
export const PageThroughIndividualsDocument = new TypedDocumentString(`
    query PageThroughIndividuals($filter: IndividualFilter, $sort: [IndividualSort!], $first: Int, $after: String, $last: Int, $before: String, $withTotal: Boolean = false) {
  individuals(
    filter: $filter
    sort: $sort
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    edges {
      cursor
      node {
        id
        name {
          full
        }
        birthDate
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    totalCount @include(if: $withTotal)
  }
}
    `, {"hash":"sha256:13cc43abd1e725cae926a2fb300a1be23cf0980140fe9d786f33f914442c9181"}) as unknown as TypedDocumentString<PageThroughIndividualsQuery, PageThroughIndividualsQueryVariables>;
export const LocationsDocument = new TypedDocumentString(`
    query Locations($filter: LocationFilter, $first: Int, $after: String) {
  locations(filter: $filter, sort: [{field: NAME}], first: $first, after: $after) {
    totalCount
    nodes {
      id
      name
      type
      parent {
        name
      }
      ancestors {
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:38af428bcdfc29f6d7e72e42e2ef9923c25df700604562db5578c9d8904d2183"}) as unknown as TypedDocumentString<LocationsQuery, LocationsQueryVariables>;
export const LocationByIdDocument = new TypedDocumentString(`
    query LocationById($id: ID!) {
  location(id: $id) {
    id
    name
    type
  }
}
    `, {"hash":"sha256:7410a82eb4745a10f103293688dbcca905ef96f7a6df3999212029d92f7583d4"}) as unknown as TypedDocumentString<LocationByIdQuery, LocationByIdQueryVariables>;
export const FarmersDocument = new TypedDocumentString(`
    query Farmers($first: Int, $after: String, $filter: FarmerFilter) {
  farmers(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      farmType
      farmSize
      landTenure
      placeText
      place {
        name
      }
      attributes {
        name
        value
      }
      individual {
        id
        name {
          full
        }
        identifiers {
          type
          value
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:dc73ad92417332dbfe0e1535fbcf1d464966e04882853e2aa6a5bc2be5869d54"}) as unknown as TypedDocumentString<FarmersQuery, FarmersQueryVariables>;
export const DisabilitiesDocument = new TypedDocumentString(`
    query Disabilities($first: Int, $after: String, $filter: DisabilityFilter) {
  disabilities(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      status
      level
      details
      individual {
        id
        name {
          full
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:fab7c4616e9a44728a724b66c64c7ab549e2fa010afd71fabe50afea72bb1e45"}) as unknown as TypedDocumentString<DisabilitiesQuery, DisabilitiesQueryVariables>;
export const EnrolmentsDocument = new TypedDocumentString(`
    query Enrolments($first: Int, $after: String, $filter: EnrolmentFilter) {
  enrolments(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      status
      enrolledOn
      statusChangedOn
      benefits
      programme {
        identifier
        name
      }
      individual {
        id
        name {
          full
        }
      }
      group {
        id
        name
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:31493e6ba8e741e631e411538db39c4b2d2b393eacb9e4078914d94f631c47be"}) as unknown as TypedDocumentString<EnrolmentsQuery, EnrolmentsQueryVariables>;
export const ProgrammesDocument = new TypedDocumentString(`
    query Programmes($first: Int, $after: String) {
  programmes(first: $first, after: $after) {
    nodes {
      id
      identifier
      name
      description
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `, {"hash":"sha256:c62b3129401e990a5024a915e5cca639d000c6e06c4aa1eb081500c2f51bba5c"}) as unknown as TypedDocumentString<ProgrammesQuery, ProgrammesQueryVariables>;
export const WholeIndividualDocument = new TypedDocumentString(`
    query WholeIndividual($id: ID, $identifier: IdentifierInput, $attributes: [String!]) {
  individual(id: $id, identifier: $identifier) {
    id
    name {
      full
    }
    sex
    birthDate
    deathDate
    deceased
    deathPlace {
      name
    }
    deathPlaceText
    maritalStatus
    marriages {
      marriedOn
      divorcedOn
    }
    phoneNumbers
    emails
    identifiers {
      type
      value
    }
    attributes(names: $attributes) {
      name
      value
    }
    farmer {
      id
      farmType
      farmSize
    }
    disability {
      id
      status
      level
      details
    }
    enrolments {
      id
      status
      programme {
        identifier
      }
    }
    groups {
      id
      name
      placeText
      identifiers {
        type
        value
      }
      attributes {
        name
        value
      }
      enrolments {
        id
        programme {
          identifier
        }
      }
    }
  }
}
    `, {"hash":"sha256:56719afe83640d31c5c9c4dd99591cb2ff4c44a9b2788d2466bb43e535d192f8"}) as unknown as TypedDocumentString<WholeIndividualQuery, WholeIndividualQueryVariables>;
export const SaveIndividualDocument = new TypedDocumentString(`
    mutation SaveIndividual($input: SaveIndividualInput!) {
  saveIndividual(input: $input) {
    __typename
    ... on SavedIndividual {
      outcome
      individual {
        id
        name {
          full
        }
        birthDate
        birthDatePrecision
        mother {
          id
        }
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:0bb4bcfc60d8a5aa48b9fbd2502a55d8190bfee35780231627a20a2aa90be2e0"}) as unknown as TypedDocumentString<SaveIndividualMutation, SaveIndividualMutationVariables>;
export const SaveGroupDocument = new TypedDocumentString(`
    mutation SaveGroup($input: SaveGroupInput!) {
  saveGroup(input: $input) {
    __typename
    ... on SavedGroup {
      outcome
      group {
        id
        name
        kind
        head {
          id
        }
        members {
          role
          individual {
            id
          }
        }
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:e3f00e3bc28e9e8c71c7d3340756fd365a33ba19d68e8921a8f8899493251670"}) as unknown as TypedDocumentString<SaveGroupMutation, SaveGroupMutationVariables>;
export const SaveFarmerDocument = new TypedDocumentString(`
    mutation SaveFarmer($input: SaveFarmerInput!) {
  saveFarmer(input: $input) {
    __typename
    ... on SavedFarmer {
      outcome
      farmer {
        id
        farmType
        farmSize
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:ed4cd5fa5f50fcf04dbf50d34dd5d6b459eec0779a9c1708ee0003a7c501e5af"}) as unknown as TypedDocumentString<SaveFarmerMutation, SaveFarmerMutationVariables>;
export const SaveDisabilityDocument = new TypedDocumentString(`
    mutation SaveDisability($input: SaveDisabilityInput!) {
  saveDisability(input: $input) {
    __typename
    ... on SavedDisability {
      outcome
      disability {
        id
        status
        details
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:c6df85eeae4a2cf2d2aa1c6d485eddd67b59d09ea411467bda00283c2ec3b10b"}) as unknown as TypedDocumentString<SaveDisabilityMutation, SaveDisabilityMutationVariables>;
export const SaveProgrammeDocument = new TypedDocumentString(`
    mutation SaveProgramme($input: SaveProgrammeInput!) {
  saveProgramme(input: $input) {
    __typename
    ... on SavedProgramme {
      outcome
      programme {
        id
        identifier
        name
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:e31fa14854ed85bfccba20c4a354675007409d230d70be12ce675a775ec1234f"}) as unknown as TypedDocumentString<SaveProgrammeMutation, SaveProgrammeMutationVariables>;
export const SaveEnrolmentDocument = new TypedDocumentString(`
    mutation SaveEnrolment($input: SaveEnrolmentInput!) {
  saveEnrolment(input: $input) {
    __typename
    ... on SavedEnrolment {
      outcome
      enrolment {
        id
        status
        programme {
          identifier
        }
      }
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:bb421c961db72a6b49e7ebdf1e379b5d0a0aa159cc494ab74fde8c8e6da644c1"}) as unknown as TypedDocumentString<SaveEnrolmentMutation, SaveEnrolmentMutationVariables>;
export const EraseIndividualDocument = new TypedDocumentString(`
    mutation EraseIndividual($id: ID!) {
  eraseIndividual(id: $id) {
    __typename
    ... on Erasure {
      erasureId
      erasedAt
      groupsErased
      groupsRenamed
      messagesErased
      consentsErased
    }
    ... on Refusal {
      code
      message
      field
    }
  }
}
    `, {"hash":"sha256:7cc9ae21d12c6d4b66523ed527fdfbb46a304db88de84895ded5665084797831"}) as unknown as TypedDocumentString<EraseIndividualMutation, EraseIndividualMutationVariables>;