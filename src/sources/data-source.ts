import { DIALECT_NAMES, type DialectName } from '../dci/dialects/names.js';
import { findAttribute } from '../record/catalogue.js';
import { Problem } from '../record/problem.js';
import { checkRequestLimits, type RequestLimits, type RequestLimitsInput } from './request-limits.js';
import { findParameterFault } from './source-parameters.js';
import { checkSourceTrust, type SourceTrust, type SourceTrustInput } from './source-trust.js';
import { checkSealing, type SourceSealing, type SourceSealingInput } from './source-sealing.js';

/**
 * What a source has paths for. `requests` is the part before /search, /subscribe, /unsubscribe and /txn/status, where
 * what is answered later is asked for; a source without it has them where its synchronous search is.
 */
export const PATH_KEYS = ['search', 'token', 'locations', 'requests'] as const;
export type PathKey = (typeof PATH_KEYS)[number];

/** How our calls to a source are authorised. */
const AUTH_TYPES = ['bearer', 'none'] as const;
export type AuthType = (typeof AUTH_TYPES)[number];

/** Where the token request carries the client id and secret; `query` puts them into addresses, which servers log. */
export const CREDENTIAL_LOCATIONS = ['form', 'basic', 'json', 'query'] as const;
export type CredentialLocation = (typeof CREDENTIAL_LOCATIONS)[number];

/** What is kept of the messages to a source and its answers, which name people. */
export const KEPT_OF_EXCHANGES = ['none', 'requests', 'answers'] as const;
export type KeptOfExchanges = (typeof KEPT_OF_EXCHANGES)[number];

/** Most records that one page is asked for. */
const MAX_PAGE_SIZE = 2000;

/** Another registry that we ask, and how. It is found by its code, which never changes; the name may. */
export interface DataSource {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Without a slash at the end; the paths follow it. */
  readonly baseUrl: string;
  readonly dialect: DialectName;
  readonly authType: AuthType;
  readonly grantType: 'client_credentials';
  readonly credentialLocation: CredentialLocation;
  readonly clientId: string | null;
  /** Whether a client secret is held; the secret itself is never read into this object. */
  readonly hasSecret: boolean;
  /** Another one whenever a secret is written, `null` without one; a digest of the sealed bytes, which tells nothing. */
  readonly secretMark: string | null;
  /** Records per page that we ask for; the parameter `page_size` wins over the setting. */
  readonly pageSize: number;
  /** Longest time that one request may take from connecting to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  readonly paths: Readonly<Partial<Record<PathKey, string>>>;
  /** What our messages to this source say in place of the dialect's own words; see `SOURCE_PARAMETERS`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Name of a field as we know it -> name that this source uses for it. */
  readonly fieldMappings: Readonly<Record<string, string>>;
  readonly sealing: SourceSealing;
  readonly keepExchanges: KeptOfExchanges;
  readonly requestLimits: RequestLimits;
  readonly trust: SourceTrust;
  readonly locationsSyncedAt: Date | null;
}

/** What an operator says of a source; only `code`, `name` and `baseUrl` are needed. */
export interface DataSourceInput extends SourceSealingInput, RequestLimitsInput, SourceTrustInput {
  readonly code: string;
  readonly name: string;
  readonly baseUrl: string;
  /** Default `spdci-1.0`. */
  readonly dialect?: string | undefined;
  /** Default `bearer`. */
  readonly authType?: string | undefined;
  readonly grantType?: string | undefined;
  /** Default `form`. */
  readonly credentialLocation?: string | undefined;
  readonly clientId?: string | null | undefined;
  /** Written, never read back; `null` forgets it. */
  readonly clientSecret?: string | null | undefined;
  readonly pageSize?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Default `requests`: what was sent and what became of it, without the answers. */
  readonly keepExchanges?: string | undefined;
  /** A path that is absent has the dialect's default (or stays, on update); `null`: the source has none. */
  readonly paths?: Readonly<Partial<Record<PathKey, string | null>>> | undefined;
  /** All of them: on update they take the place of the ones held. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** All of them: on update they take the place of the ones held. */
  readonly fieldMappings?: Readonly<Record<string, string>> | undefined;
}

/** A change of a source; what is absent stays. The code is for ever. */
export type DataSourceUpdate = Partial<Omit<DataSourceInput, 'code'>>;

const PATHS_OF_THE_STANDARD: Readonly<Record<Exclude<PathKey, 'requests'>, string>> = {
  search: '/registry/sync/search',
  token: '/oauth2/client/token',
  locations: '/.well-known/locations.json',
};

/** Where the registries that speak a dialect have their endpoints unless they say otherwise. */
export const DEFAULT_PATHS: Readonly<Record<DialectName, typeof PATHS_OF_THE_STANDARD>> = {
  'spdci-1.0': PATHS_OF_THE_STANDARD,
  'spdci-1.0-examples': PATHS_OF_THE_STANDARD,
  'opencrvs-1.0': PATHS_OF_THE_STANDARD,
  'opencrvs-1.9': PATHS_OF_THE_STANDARD,
  'openspp-17': PATHS_OF_THE_STANDARD,
  'openspp-2': { ...PATHS_OF_THE_STANDARD, search: '/dci_api/v1/social/registry/sync/search' },
  openg2p: { ...PATHS_OF_THE_STANDARD, search: '/dci/registry/sync/search' },
};

const CODE = /^[a-z0-9][a-z0-9_-]{0,62}$/u;
const PATH = /^\/(?!\/)[^\s\p{Cc}?#]{0,1000}$/u;
const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * The input with outer blanks removed and the address in its plain form. Throws `GRANT_TYPE_UNSUPPORTED`,
 * `DIALECT_UNKNOWN`, `DATA_SOURCE_PARAMETER_UNKNOWN`, `JWKS_INVALID` or `DATA_SOURCE_INVALID` with a sentence that names what is wrong.
 */
export function checkDataSource<Input extends DataSourceUpdate & { readonly code?: string | undefined }>(
  input: Input,
): Input {
  if (input.grantType !== undefined && input.grantType !== 'client_credentials') {
    throw new Problem(
      'GRANT_TYPE_UNSUPPORTED',
      'The only grant type that a data source can use is client_credentials: registries ask each other without a user',
    );
  }
  if (input.dialect !== undefined && !isOneOf(DIALECT_NAMES, input.dialect)) {
    throw new Problem('DIALECT_UNKNOWN', `The dialect must be one of ${DIALECT_NAMES.join(', ')}`);
  }
  if (input.code !== undefined && !CODE.test(input.code)) {
    throw invalid('code', 'The code must be 1 to 63 characters of a-z, 0-9, _ and -, the first a letter or a digit');
  }
  if (
    input.name !== undefined &&
    (input.name.trim() === '' || input.name.length > 200 || CONTROL_CHARACTER.test(input.name))
  ) {
    throw invalid('name', 'The name must have 1 to 200 characters and no control characters');
  }
  if (input.authType !== undefined && !isOneOf(AUTH_TYPES, input.authType)) {
    throw invalid('authType', `The auth type must be one of ${AUTH_TYPES.join(', ')}`);
  }
  if (input.keepExchanges !== undefined && !isOneOf(KEPT_OF_EXCHANGES, input.keepExchanges)) {
    throw invalid('keepExchanges', `What is kept of exchanges must be one of ${KEPT_OF_EXCHANGES.join(', ')}`);
  }
  if (input.credentialLocation !== undefined && !isOneOf(CREDENTIAL_LOCATIONS, input.credentialLocation)) {
    throw invalid('credentialLocation', `The credential location must be one of ${CREDENTIAL_LOCATIONS.join(', ')}`);
  }
  checkCredential('clientId', 'client id', input.clientId);
  checkCredential('clientSecret', 'client secret', input.clientSecret);
  checkWholeNumber('pageSize', 'page size', input.pageSize, 1, MAX_PAGE_SIZE);
  checkWholeNumber('timeoutMs', 'timeout in milliseconds', input.timeoutMs, 100, 600_000);
  checkPaths(input.paths ?? {});
  const fault = findParameterFault(input.parameters ?? {});
  if (fault !== null) throw fault;
  checkFieldMappings(input.fieldMappings ?? {});
  checkSealing(input);
  checkSourceTrust(input);
  checkRequestLimits(input);
  return {
    ...input,
    ...(input.name === undefined ? {} : { name: input.name.trim() }),
    ...(input.baseUrl === undefined ? {} : { baseUrl: plainBaseUrl(input.baseUrl) }),
  };
}

/** Whether a text can be the code of a source. */
export function isDataSourceCode(text: string): boolean {
  return CODE.test(text);
}

/** Whether a text is one of the listed words. */
export function isOneOf<Word extends string>(words: readonly Word[], text: string): text is Word {
  return words.some((word) => word === text);
}

function plainBaseUrl(text: string): string {
  const address = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (address === null || (address.protocol !== 'http:' && address.protocol !== 'https:')) {
    throw invalid('baseUrl', 'The base URL must be an http:// or https:// address, such as https://crvs.example.org');
  }
  if (address.username !== '' || address.password !== '') {
    throw invalid(
      'baseUrl',
      'The base URL must not hold a user or a password: give the client id and secret in their own fields',
    );
  }
  if (address.search !== '' || address.hash !== '') {
    throw invalid('baseUrl', 'The base URL must end before any ? or #');
  }
  return address.href.replace(/\/+$/u, '');
}

function checkPaths(paths: Readonly<Record<string, string | null>>): void {
  for (const [key, path] of Object.entries(paths)) {
    if (!isOneOf(PATH_KEYS, key))
      throw invalid('paths', `A source has no path "${key}": the paths are ${PATH_KEYS.join(', ')}`);
    if (path !== null && !PATH.test(path)) {
      throw invalid('paths', `The ${key} path must begin with / and hold no blank, ? or #`);
    }
  }
}

function checkFieldMappings(mappings: Readonly<Record<string, string>>): void {
  for (const [clientField, serverField] of Object.entries(mappings)) {
    if (clientField.trim() === '' || serverField.trim() === '') {
      throw invalid(
        'fieldMappings',
        'A field mapping needs both names: the field as we know it and the field of the source',
      );
    }
    if ([clientField, serverField].some((field) => field.length > 200 || CONTROL_CHARACTER.test(field))) {
      throw invalid(
        'fieldMappings',
        'The names of a field mapping must have at most 200 characters and no control characters',
      );
    }
  }
  const servers = Object.values(mappings);
  const twice = servers.find((field, index) => servers.indexOf(field) !== index);
  if (twice !== undefined) throw invalid('fieldMappings', `Two field mappings name the field "${twice}" of the source`);
  const attributes = Object.keys(mappings).map((field) => findAttribute(field)?.name ?? field);
  const same = attributes.find((attribute, index) => attributes.indexOf(attribute) !== index);
  if (same !== undefined) throw invalid('fieldMappings', `Two field mappings are for the same field of ours: ${same}`);
}

/** Unset values of other systems arrive as the words False or null; they must not become credentials. */
function checkCredential(field: keyof DataSourceInput, what: string, value: string | null | undefined): void {
  if (value === null || value === undefined) return;
  if (value === '' || CONTROL_CHARACTER.test(value)) {
    throw invalid(field, `The ${what} must not be empty nor hold control characters`);
  }
  if (['false', 'null', 'none', 'undefined'].includes(value.toLowerCase())) {
    throw invalid(field, `The ${what} is the word for an unset value: leave it out instead`);
  }
}

function checkWholeNumber(
  field: keyof DataSourceInput,
  what: string,
  value: number | undefined,
  least: number,
  most: number,
): void {
  if (value !== undefined && (!Number.isInteger(value) || value < least || value > most)) {
    throw invalid(field, `The ${what} must be a whole number from ${least} to ${most}`);
  }
}

function invalid(field: keyof DataSourceInput, message: string): Problem {
  return new Problem('DATA_SOURCE_INVALID', message, { field });
}
