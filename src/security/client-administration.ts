import { randomUUID } from 'node:crypto';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import type { Administrator } from './administrator.js';
import { addSecret, endSecret, endSecrets } from './client-secrets.js';
import {
  type ApiClientChanges,
  changedNames,
  changeSettings,
  type ClientSettings,
  type NewApiClient,
  readSettings,
  SETTING_COLUMNS,
  settingValues,
} from './client-settings.js';
import { type ApiClient, type ApiClientRow, CLIENT_COLUMNS, readClient } from './clients.js';
import type { Keys } from './keys.js';
import { checkLimits } from './limit-references.js';

/** What every act on clients is told. */
export interface ClientAdministration {
  readonly by: Administrator;
  /** The dialects that exist; absent: any word is taken. */
  readonly dialects?: readonly string[] | undefined;
}

/** A client and its new secret. */
export interface IssuedSecret {
  readonly client: ApiClient;
  /** Shown this once. */
  readonly clientSecret: string;
}

/** How a new secret takes the place of the earlier ones. */
export interface RotateOptions extends ClientAdministration {
  /** How long the newest of the earlier secrets still works. Default 0: all stop at once. */
  readonly overlapSeconds?: number;
  /** How long the new one works; absent: until it is rotated. */
  readonly lifeSeconds?: number | null;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

const INSERT_CLIENT = {
  name: 'client-insert',
  text: `
    insert into api_clients (client_id, ${SETTING_COLUMNS.join(', ')})
    values ($1, ${SETTING_COLUMNS.map((_, index) => `$${String(index + 2)}`).join(', ')})
    returning ${CLIENT_COLUMNS}`,
};
const UPDATE_CLIENT = {
  name: 'client-update',
  text: `
    update api_clients
    set updated_at = now(), ${SETTING_COLUMNS.map((column, index) => `${column} = $${String(index + 2)}`).join(', ')}
    where id = $1
    returning ${CLIENT_COLUMNS}`,
};
const LOCK_CLIENT = {
  name: 'client-lock',
  text: `select ${CLIENT_COLUMNS} from api_clients where client_id = $1 for update`,
};
/** By the clock of this moment: what is issued while this transaction waits for another is not among them. */
const END_TOKENS = {
  name: 'client-end-tokens',
  text: `
    update api_clients set tokens_not_before = clock_timestamp(), updated_at = now() where id = $1
    returning ${CLIENT_COLUMNS}`,
};
const REVOKE_CLIENT = {
  name: 'client-revoke',
  text: `
    update api_clients set state = 'revoked', updated_at = now() where client_id = $1
    returning ${CLIENT_COLUMNS}`,
};

/**
 * Makes a client and its first secret. Throws a `Problem`: `CLIENT_NAME_REQUIRED`, `CLIENT_NAME_INVALID`,
 * `CLIENT_NAME_TAKEN`, `CLIENT_SCOPES_INVALID`, `DIALECT_UNKNOWN`, `ROLE_UNKNOWN`, `ACCESS_INVALID`, and those of
 * `readClientReception`.
 */
export async function createApiClient(
  pool: Pool,
  keys: Keys,
  input: NewApiClient,
  options: ClientAdministration,
): Promise<IssuedSecret> {
  const settings = readSettings(input, 'secret', options.dialects);
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
  options: ClientAdministration,
): Promise<ApiClient> {
  const settings = readSettings(input, 'private_key_jwt', options.dialects);
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
  options: ClientAdministration,
): Promise<ApiClient> {
  return translated(() =>
    inTransaction(pool, async (transaction) => {
      const current = await lockClient(transaction, clientId);
      const settings = changeSettings(current, changes, options.dialects);
      await checkLimits(transaction, settings.limits);
      const values = [current.id, ...settingValues(settings)];
      const { rows } = await transaction.query<ApiClientRow>({ ...UPDATE_CLIENT, values });
      if (settings.authentication !== 'secret') await endSecrets(transaction, current.id, 0);
      await note(options, transaction, 'client.updated', { client: clientId, changed: changedNames(changes) });
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
  { overlapSeconds = 0, lifeSeconds, ...options }: RotateOptions,
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
  options: ClientAdministration,
): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const client = await lockClient(transaction, clientId);
    await endSecret(transaction, client.id, secretId);
    await note(options, transaction, 'client.secret_revoked', { client: clientId, secret: secretId });
    return client;
  });
}

/**
 * Ends every token that a client holds, on every gateway within a second; it can ask for new ones at once. Throws
 * `CLIENT_UNKNOWN`, `CLIENT_REVOKED`.
 */
export async function revokeClientTokens(
  pool: Pool,
  clientId: string,
  options: ClientAdministration,
): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const { id } = await lockClient(transaction, clientId);
    const { rows } = await transaction.query<ApiClientRow>({ ...END_TOKENS, values: [id] });
    await note(options, transaction, 'client.tokens_revoked', { client: clientId });
    return readClient(only(rows));
  });
}

/** Ends a client: no more tokens, and those it holds are refused from its next call on. Throws `CLIENT_UNKNOWN`. */
export async function revokeApiClient(pool: Pool, clientId: string, options: ClientAdministration): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<ApiClientRow>({ ...REVOKE_CLIENT, values: [clientId] });
    const [client] = rows;
    if (!client) throw unknownClient();
    await endSecrets(transaction, client.id, 0);
    await note(options, transaction, 'client.revoked', { client: clientId });
    return readClient(client);
  });
}

async function insertClient(
  transaction: PoolClient,
  settings: ClientSettings,
  options: ClientAdministration,
): Promise<ApiClient> {
  await checkLimits(transaction, settings.limits);
  const values = [randomUUID(), ...settingValues(settings)];
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
  { by }: ClientAdministration,
  transaction: PoolClient,
  action: string,
  detail: Readonly<Record<string, string | number | readonly string[]>>,
): Promise<void> {
  await by.ledger.note({ action, actor: by.actor, detail }, transaction);
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
