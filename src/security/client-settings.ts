import { Problem } from '../record/problem.js';
import { type AccessDocument, changeLimits, type LimitChanges, readAccessDocument } from './access-document.js';
import { type ClientReception, readClientReception, type WantedReception } from './client-reception.js';
import type { ApiClient } from './clients.js';
import { readClientScopes, type Scope } from './scopes.js';

/** A client to be made. */
export interface NewApiClient {
  /** Unique, 1 to 200 characters. */
  readonly name: string;
  /** Of partners or of internal tools, never of both. Default: `registry.search` and `registry.subscribe`. */
  readonly scopes?: readonly string[];
  /** How the client speaks on the wire. Default: `spdci-1.0`. */
  readonly dialect?: string;
  readonly reception?: WantedReception;
  /** How it may get tokens. Default: `client_credentials`; empty for one that is only written to. */
  readonly grantTypes?: ApiClient['grantTypes'];
  /** A role whose limits it has beside its own. */
  readonly role?: string | null;
  /** Its own limits. */
  readonly limits?: AccessDocument;
  /** How long its secret works; absent: until it is rotated. */
  readonly secretLifeSeconds?: number | null;
}

/** What is to be changed of a client; what is absent stays. */
export interface ApiClientChanges extends Omit<Partial<NewApiClient>, 'limits' | 'secretLifeSeconds'> {
  readonly limits?: LimitChanges;
  readonly authentication?: ApiClient['authentication'];
}

/** What a partner needs for everything that the standard has but its one write. */
const DEFAULT_SCOPES = ['registry.search', 'registry.subscribe'];
const LONGEST_NAME = 200;

/** Everything of a client that can be set, checked. */
export interface ClientSettings {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly dialect: string;
  readonly role: string | null;
  readonly limits: AccessDocument;
  readonly authentication: ApiClient['authentication'];
  readonly grantTypes: ApiClient['grantTypes'];
  readonly reception: ClientReception;
}

/** Of `api_clients`, in the order of `settingValues`. */
export const SETTING_COLUMNS = [
  'name',
  'scopes',
  'dialect',
  'role',
  'access',
  'authentication',
  'grant_types',
  'strict',
  'inbound_signature',
  'sender_ids',
  'callback_origins',
  'callback_uri',
  'allow_query_credentials',
  'consent_required',
  'outbound_signature',
  'encrypt_answers',
  'jwks',
  'jwks_uri',
  'signature_window_seconds',
] as const;

/** Checks the settings of a client. Throws a `Problem`, as `createApiClient` tells. */
export function readSettings(
  input: Omit<NewApiClient, 'secretLifeSeconds'>,
  authentication: ApiClient['authentication'],
  dialects: readonly string[] | undefined,
): ClientSettings {
  const dialect = input.dialect ?? 'spdci-1.0';
  if (dialects && !dialects.includes(dialect)) {
    throw new Problem('DIALECT_UNKNOWN', `There is no such dialect; known are ${dialects.join(', ')}`);
  }
  const reception = readClientReception(input.reception ?? {});
  if (authentication === 'private_key_jwt' && reception.jwks === null && reception.jwksUri === null) {
    throw new Problem(
      'CLIENT_KEYS_REQUIRED',
      'A client that signs assertions needs its public keys: a JWKS, or where it is',
    );
  }
  return {
    name: readName(input.name),
    scopes: readClientScopes(input.scopes ?? DEFAULT_SCOPES),
    dialect,
    role: input.role ?? null,
    limits: readAccessDocument(input.limits ?? {}),
    authentication,
    grantTypes: input.grantTypes ?? ['client_credentials'],
    reception,
  };
}

/** The settings of a client after changes. Throws as `readSettings` does. */
export function changeSettings(
  current: ApiClient,
  changes: ApiClientChanges,
  dialects: readonly string[] | undefined,
): ClientSettings {
  const wanted = {
    name: changes.name ?? current.name,
    scopes: changes.scopes ?? current.scopes,
    dialect: changes.dialect ?? current.dialect,
    grantTypes: changes.grantTypes ?? current.grantTypes,
    role: changes.role === undefined ? current.role : changes.role,
    limits: changeLimits(current.limits, changes.limits ?? {}),
    reception: { ...current.reception, ...changes.reception },
  };
  return readSettings(wanted, changes.authentication ?? current.authentication, dialects);
}

/** Which settings the changes name, for the audit. */
export function changedNames({ reception = {}, limits = {}, ...changes }: ApiClientChanges): string[] {
  const named = (values: object): string[] =>
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const rows = named(limits.rows ?? {});
  const ofLimits = named(limits).filter((name) => name !== 'rows' || rows.length > 0 || limits.rows === null);
  return [...named(changes), ...named(reception), ...(ofLimits.length > 0 ? ['limits'] : [])];
}

/** In the order of `SETTING_COLUMNS`. */
export function settingValues({ reception, ...settings }: ClientSettings): unknown[] {
  return [
    settings.name,
    settings.scopes,
    settings.dialect,
    settings.role,
    settings.limits,
    settings.authentication,
    settings.grantTypes,
    reception.strict,
    reception.inboundSignature,
    reception.senderIds,
    reception.callbackOrigins,
    reception.callbackUri,
    reception.allowQueryCredentials,
    reception.consentRequired,
    reception.outboundSignature,
    reception.encryptAnswers,
    reception.jwks,
    reception.jwksUri,
    reception.signatureWindowSeconds,
  ];
}

function readName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (name === '') throw new Problem('CLIENT_NAME_REQUIRED', 'Give the client a name, such as "Ministry of Health"');
  // eslint-disable-next-line no-control-regex -- exactly what is looked for
  if (name.length > LONGEST_NAME || /[\u0000-\u001f\u007f]/u.test(name)) {
    throw new Problem(
      'CLIENT_NAME_INVALID',
      `The name of a client is one line of at most ${String(LONGEST_NAME)} characters`,
    );
  }
  return name;
}
