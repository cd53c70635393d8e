import { randomUUID } from 'node:crypto';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { type AccessDocument, changeLimits, type LimitChanges, readAccessDocument } from './access-document.js';
import type { Ledger } from './audit/ledger.js';
import { type ClientReception, readClientReception, type WantedReception } from './client-reception.js';
import { addSecret, endSecret, endSecrets } from './client-secrets.js';
import { type ApiClient, type ApiClientRow, CLIENT_COLUMNS, readClient } from './clients.js';
import type { Keys } from './keys.js';
import { checkLimits } from './limit-references.js';
import { readClientScopes, type Scope } from './scopes.js';

/** Who changes clients and roles, for the audit. */
export interface Administrator {
  readonly ledger: Pick<Ledger, 'note'>;
  /** As `Caller.actor`; `operator:<user>` for the command line. */
  readonly actor: string;
}

/** What every act of these can be told. */
export interface AdministrationOptions {
  /** Absent where there is no audit to write to. */
  readonly by?: Administrator | undefined;
  /** The dialects that exist; absent: any word is taken. */
  readonly dialects?: readonly string[] | undefined;
}

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

/** A client and its new secret. */
export interface IssuedSecret {
  readonly client: ApiClient;
  /** Shown this once. */
  readonly clientSecret: string;
}

/** How a new secret takes the place of the earlier ones. */
export interface RotateOptions extends AdministrationOptions {
  /** How long the newest of the earlier secrets still works. Default 0: all stop at once. */
  readonly overlapSeconds?: number;
  /** How long the new one works; absent: until it is rotated. */
  readonly lifeSeconds?: number | null;
}

/** What a partner needs for everything that the standard has but its one write. */
const DEFAULT_SCOPES = ['registry.search', 'registry.subscribe'];
const LONGEST_NAME = 200;
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/** In the order of `valuesOf`. */
const SETTINGS = [
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

const INSERT_CLIENT = {
  name: 'client-insert',
  text: `
    insert into api_clients (client_id, ${SETTINGS.join(', ')})
    values ($1, ${SETTINGS.map((_, index) => `$${String(index + 2)}`).join(', ')})
    returning ${CLIENT_COLUMNS}`,
};
const UPDATE_CLIENT = {
  name: 'client-update',
  text: `
    update api_clients
    set updated_at = now(), ${SETTINGS.map((column, index) => `${column} = $${String(index + 2)}`).join(', ')}
    where id = $1
    returning ${CLIENT_COLUMNS}`,
};
const LOCK_CLIENT = {
  name: 'client-lock',
  text: `select ${CLIENT_COLUMNS} from api_clients where client_id = $1 for update`,
};
const REVOKE_CLIENT = {
  name: 'client-revoke',
  text: `
    update api_clients set state = 'revoked', updated_at = now() where client_id = $1
    returning ${CLIENT_COLUMNS}`,
};

/** Everything of a client that can be set, checked. */
interface ClientSettings {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly dialect: string;
  readonly role: string | null;
  readonly limits: AccessDocument;
  readonly authentication: ApiClient['authentication'];
  readonly grantTypes: ApiClient['grantTypes'];
  readonly reception: ClientReception;
}

/**
 * Makes a client and its first secret. Throws a `Problem`: `CLIENT_NAME_REQUIRED`, `CLIENT_NAME_INVALID`,
 * `CLIENT_NAME_TAKEN`, `CLIENT_SCOPES_INVALID`, `DIALECT_UNKNOWN`, `ROLE_UNKNOWN`, `ACCESS_INVALID`, and those of
 * `readClientReception`.
 */
export async function createApiClient(
  pool: Pool,
  keys: Keys,
  input: NewApiClient,
  options: AdministrationOptions = {},
): Promise<IssuedSecret> {
  const settings = readSettings(input, 'secret', options);
  return translated(() =>
    inTransaction(pool, async (transaction) => {
      const client = await insertClient(transaction, settings, options);
      const lifeSeconds = readLife(input.secretLifeSeconds);
      return { client, clientSecret: await addSecret(transaction, keys, { apiClientId: client.id, lifeSeconds }) };
    }),
  );
}

/**
 * Makes a client that has no secret: it signs assertions with its keys (RFC 7523). Throws as `createApiClient` does, and
 * `CLIENT_KEYS_REQUIRED` where no keys of it are given.
 */
export async function createApiClientWithKeys(
  pool: Pool,
  input: Omit<NewApiClient, 'secretLifeSeconds'>,
  options: AdministrationOptions = {},
): Promise<ApiClient> {
  const settings = readSettings(input, 'private_key_jwt', options);
  return translated(() => inTransaction(pool, (transaction) => insertClient(transaction, settings, options)));
}

/**
 * Changes the settings of a client; they hold from its next call on. A client that goes over to signed assertions loses
 * its secrets. Throws as the makers of clients do, and `CLIENT_UNKNOWN`, `CLIENT_REVOKED`.
 */
export async function updateApiClient(
  pool: Pool,
  clientId: string,
  changes: ApiClientChanges,
  options: AdministrationOptions = {},
): Promise<ApiClient> {
  return translated(() =>
    inTransaction(pool, async (transaction) => {
      const current = await lockClient(transaction, clientId);
      const wanted = {
        name: changes.name ?? current.name,
        scopes: changes.scopes ?? current.scopes,
        dialect: changes.dialect ?? current.dialect,
        grantTypes: changes.grantTypes ?? current.grantTypes,
        role: changes.role === undefined ? current.role : changes.role,
        limits: changeLimits(current.limits, changes.limits ?? {}),
        reception: { ...current.reception, ...changes.reception },
      };
      const settings = readSettings(wanted, changes.authentication ?? current.authentication, options);
      await checkLimits(transaction, settings.limits);
      const values = [current.id, ...valuesOf(settings)];
      const { rows } = await transaction.query<ApiClientRow>({ ...UPDATE_CLIENT, values });
      if (settings.authentication !== 'secret') await endSecrets(transaction, current.id, 0);
      const changed = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [name]));
      await note(options, transaction, 'client.updated', { client: clientId, changed });
      return readClient(only(rows));
    }),
  );
}

/**
 * Gives a client a new secret and ends the earlier ones. Throws `CLIENT_UNKNOWN`, `CLIENT_REVOKED`, `CLIENT_HAS_NO_SECRET`
 * where it signs assertions.
 */
export async function rotateApiClientSecret(
  pool: Pool,
  keys: Keys,
  clientId: string,
  { overlapSeconds = 0, lifeSeconds, ...options }: RotateOptions = {},
): Promise<IssuedSecret> {
  const life = readLife(lifeSeconds);
  return inTransaction(pool, async (transaction) => {
    const client = await lockClient(transaction, clientId);
    if (client.authentication !== 'secret') {
      throw new Problem('CLIENT_HAS_NO_SECRET', 'This client signs assertions: change its authentication first');
    }
    await endSecrets(transaction, client.id, overlapSeconds);
    const clientSecret = await addSecret(transaction, keys, { apiClientId: client.id, lifeSeconds: life });
    await note(options, transaction, 'client.secret_rotated', { client: clientId, overlapSeconds });
    return { client, clientSecret };
  });
}

/** Ends one secret of a client at once. Throws `CLIENT_UNKNOWN`, `CLIENT_REVOKED`, `CLIENT_SECRET_UNKNOWN`. */
export async function revokeClientSecret(
  pool: Pool,
  { clientId, secretId }: { readonly clientId: string; readonly secretId: string },
  options: AdministrationOptions = {},
): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const client = await lockClient(transaction, clientId);
    await endSecret(transaction, client.id, secretId);
    await note(options, transaction, 'client.secret_revoked', { client: clientId, secret: secretId });
    return client;
  });
}

/** Ends a client: no more tokens, and those it holds are refused from its next call on. Throws `CLIENT_UNKNOWN`. */
export async function revokeApiClient(
  pool: Pool,
  clientId: string,
  options: AdministrationOptions = {},
): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<ApiClientRow>({ ...REVOKE_CLIENT, values: [clientId] });
    const [client] = rows;
    if (!client) throw unknownClient();
    await endSecrets(transaction, client.id, 0);
    await note(options, transaction, 'client.revoked', { client: clientId });
    return readClient(client);
  });
}

function readSettings(
  input: Omit<NewApiClient, 'secretLifeSeconds'>,
  authentication: ApiClient['authentication'],
  { dialects }: AdministrationOptions,
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

function valuesOf({ reception, ...settings }: ClientSettings): unknown[] {
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

async function insertClient(
  transaction: PoolClient,
  settings: ClientSettings,
  options: AdministrationOptions,
): Promise<ApiClient> {
  await checkLimits(transaction, settings.limits);
  const values = [randomUUID(), ...valuesOf(settings)];
  const { rows } = await transaction.query<ApiClientRow>({ ...INSERT_CLIENT, values });
  const client = readClient(only(rows));
  await note(options, transaction, 'client.created', { client: client.clientId, scopes: client.scopes });
  return client;
}

async function lockClient(transaction: PoolClient, clientId: string): Promise<ApiClient> {
  const { rows } = await transaction.query<ApiClientRow>({ ...LOCK_CLIENT, values: [clientId] });
  const [found] = rows;
  if (!found) throw unknownClient();
  if (found.state === 'revoked') {
    throw new Problem('CLIENT_REVOKED', 'This client was revoked for good: make a new one');
  }
  return readClient(found);
}

async function note(
  { by }: AdministrationOptions,
  transaction: PoolClient,
  action: string,
  detail: Readonly<Record<string, string | number | readonly string[]>>,
): Promise<void> {
  await by?.ledger.note({ action, actor: by.actor, detail }, transaction);
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

function readLife(seconds: number | null | undefined): number | null {
  if (seconds === undefined || seconds === null) return null;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new Problem('CLIENT_SECRET_LIFE_INVALID', 'A secret lives for at least a second, or without an end');
}

function unknownClient(): Problem {
  return new Problem('CLIENT_UNKNOWN', 'There is no client with this client id');
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the statement returned no row');
  return row;
}

async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) {
      throw new Problem('CLIENT_NAME_TAKEN', 'Another client has this name, perhaps a revoked one: choose another', {
        cause: error,
      });
    }
    if (error instanceof DatabaseError && error.code === FOREIGN_KEY_VIOLATION) {
      throw new Problem('ROLE_UNKNOWN', 'There is no such role: make it first', { cause: error });
    }
    throw error;
  }
}
