import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { DatabaseError, type Pool } from 'pg';
import type { Access } from '../record/access.js';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { type AccessDocument, accessOf } from './access-document.js';
import type { AccessToken } from './access-token.js';
import { type ClientReception, readClientReception, type WantedReception } from './client-reception.js';
import type { Keys } from './keys.js';
import { readClientScopes, type Scope } from './scopes.js';

/** A system that may call us. Its secret is not here: only a keyed hash of it exists after the answer that made it. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  /** What the client calls itself at the token endpoint. */
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly dialect: string;
  readonly state: 'active' | 'revoked';
  readonly createdAt: Date;
  /** To the minute; `null` when it never asked for a token. */
  readonly lastUsedAt: Date | null;
  readonly reception: ClientReception;
  /** A role whose limits it has beside its own. */
  readonly role: string | null;
  /** What is left where the limits of its role and its own hold. */
  readonly access: Access;
  readonly authentication: 'secret' | 'private_key_jwt';
  /** How it may get tokens; empty for one that is only written to. */
  readonly grantTypes: readonly 'client_credentials'[];
  /** Tokens issued before are refused. */
  readonly tokensNotBefore: Date | null;
}

/** A row of COLUMNS. */
type ApiClientRow = Omit<ApiClient, 'access'> & { readonly limits: readonly AccessDocument[] };

function readClient({ limits, ...row }: ApiClientRow): ApiClient {
  return { ...row, access: accessOf(limits) };
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
}

/** A client and its new secret. */
export interface IssuedSecret {
  readonly client: ApiClient;
  /** Shown this once. */
  readonly clientSecret: string;
}

/** How a new secret takes the place of the earlier ones. */
export interface RotateOptions {
  /** How long the earlier secrets still work. Default 0: they stop at once. */
  readonly overlapSeconds?: number;
}

/** What a partner needs for everything that the standard has but its one write. */
const DEFAULT_SCOPES = ['registry.search', 'registry.subscribe'];
const LONGEST_NAME = 200;
const UNIQUE_VIOLATION = '23505';

const COLUMNS = `
  id, name, client_id as "clientId", scopes, dialect, state, created_at as "createdAt", last_used_at as "lastUsedAt",
  jsonb_build_object(
    'strict', strict, 'inboundSignature', inbound_signature, 'senderIds', sender_ids,
    'callbackOrigins', callback_origins, 'callbackUri', callback_uri,
    'allowQueryCredentials', allow_query_credentials, 'consentRequired', consent_required,
    'outboundSignature', outbound_signature, 'encryptAnswers', encrypt_answers, 'jwks', jwks, 'jwksUri', jwks_uri,
    'signatureWindowSeconds', signature_window_seconds
  ) as reception,
  role, authentication, grant_types as "grantTypes", tokens_not_before as "tokensNotBefore",
  array[access] || array(select r.access from roles r where r.name = role) as limits`;

const INSERT_CLIENT = {
  name: 'client-insert',
  text: `
    insert into api_clients (
      name, client_id, scopes, dialect, strict, inbound_signature, sender_ids, callback_origins, callback_uri,
      allow_query_credentials
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    returning ${COLUMNS}`,
};
const INSERT_SECRET = {
  name: 'client-secret-insert',
  text: 'insert into api_client_secrets (api_client_id, secret_hash) values ($1, $2)',
};
const LIST_CLIENTS = { name: 'client-list', text: `select ${COLUMNS} from api_clients order by created_at, id` };
const LOCK_CLIENT = {
  name: 'client-lock',
  text: `select ${COLUMNS} from api_clients where client_id = $1 for update`,
};
const END_SECRETS = {
  name: 'client-secrets-end',
  text: `
    update api_client_secrets
    set expires_at = least(expires_at, now() + make_interval(secs => $2)),
        revoked_at = case when $2 = 0 then now() else revoked_at end
    where api_client_id = $1 and revoked_at is null`,
};
const REVOKE_CLIENT = {
  name: 'client-revoke',
  text: `
    update api_clients set state = 'revoked', updated_at = now() where client_id = $1
    returning ${COLUMNS}`,
};
const CLIENT_WITH_SECRETS = {
  name: 'client-authenticate',
  text: `
    select ${COLUMNS}, array(
      select secret_hash from api_client_secrets s
      where s.api_client_id = c.id and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())
    ) as hashes
    from api_clients c where c.client_id = $1`,
};
const TOUCH_CLIENT = {
  name: 'client-touch',
  text: `
    update api_clients set last_used_at = now()
    where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
};
const ACTIVE_CLIENT = {
  name: 'client-active',
  text: `
    select ${COLUMNS} from api_clients
    where client_id = $1 and state = 'active' and (tokens_not_before is null or tokens_not_before <= $4)
      and exists (select from key_pairs where kid = $2 and purpose = 'signing' and state <> 'gone')
      and not exists (select from revoked_tokens where jti = $3)`,
};
const STANDING_CLIENT = {
  name: 'client-standing',
  text: `select ${COLUMNS} from api_clients where client_id = $1 and state = 'active'`,
};

// 256 random bits need no slow hash; the prefix lets secret scanners recognise a leaked one.
const makeSecret = (): string => `dci_${randomBytes(32).toString('base64url')}`;

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

function unknownClient(): Problem {
  return new Problem('CLIENT_UNKNOWN', 'There is no client with this client id');
}

/**
 * Makes a client and its first secret. `dialects`, where given, are those that exist. Throws a `Problem`:
 * `CLIENT_NAME_REQUIRED`, `CLIENT_NAME_INVALID`, `CLIENT_NAME_TAKEN`, `CLIENT_SCOPES_INVALID`, `DIALECT_UNKNOWN`, and those
 * of `readClientReception`.
 */
export async function createApiClient(
  pool: Pool,
  keys: Keys,
  input: NewApiClient,
  dialects?: readonly string[],
): Promise<IssuedSecret> {
  const name = readName(input.name);
  const scopes = readClientScopes(input.scopes ?? DEFAULT_SCOPES);
  const dialect = input.dialect ?? 'spdci-1.0';
  if (dialects && !dialects.includes(dialect)) {
    throw new Problem('DIALECT_UNKNOWN', `There is no such dialect; known are ${dialects.join(', ')}`);
  }
  const reception = readClientReception(input.reception ?? {});
  const clientSecret = makeSecret();
  try {
    const client = await inTransaction(pool, async (transaction) => {
      const values = [name, randomUUID(), scopes, dialect, ...columnsOf(reception)];
      const { rows } = await transaction.query<ApiClientRow>({ ...INSERT_CLIENT, values });
      const [made] = rows;
      if (!made) throw new Error('insert returned no row');
      await transaction.query({ ...INSERT_SECRET, values: [made.id, keys.hashSecret(clientSecret)] });
      return readClient(made);
    });
    return { client, clientSecret };
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) {
      throw new Problem('CLIENT_NAME_TAKEN', 'Another client has this name, perhaps a revoked one: choose another', {
        cause: error,
      });
    }
    throw error;
  }
}

function columnsOf(reception: ClientReception): unknown[] {
  const { strict, inboundSignature, senderIds, callbackOrigins, callbackUri, allowQueryCredentials } = reception;
  return [strict, inboundSignature, senderIds, callbackOrigins, callbackUri, allowQueryCredentials];
}

/** Every client, the oldest first. */
export async function listApiClients(pool: Pool): Promise<ApiClient[]> {
  const { rows } = await pool.query<ApiClientRow>(LIST_CLIENTS);
  return rows.map(readClient);
}

/** Gives a client a new secret and ends the earlier ones. Throws `CLIENT_UNKNOWN`, `CLIENT_REVOKED`. */
export async function rotateApiClientSecret(
  pool: Pool,
  keys: Keys,
  clientId: string,
  { overlapSeconds = 0 }: RotateOptions = {},
): Promise<IssuedSecret> {
  const clientSecret = makeSecret();
  const client = await inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<ApiClientRow>({ ...LOCK_CLIENT, values: [clientId] });
    const [found] = rows;
    if (!found) throw unknownClient();
    if (found.state === 'revoked') {
      throw new Problem('CLIENT_REVOKED', 'This client was revoked for good: make a new one');
    }
    await transaction.query({ ...END_SECRETS, values: [found.id, overlapSeconds] });
    await transaction.query({ ...INSERT_SECRET, values: [found.id, keys.hashSecret(clientSecret)] });
    return readClient(found);
  });
  return { client, clientSecret };
}

/** Ends a client: no more tokens, and those it holds are refused from its next call on. Throws `CLIENT_UNKNOWN`. */
export async function revokeApiClient(pool: Pool, clientId: string): Promise<ApiClient> {
  return inTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<ApiClientRow>({ ...REVOKE_CLIENT, values: [clientId] });
    const [client] = rows;
    if (!client) throw unknownClient();
    await transaction.query({ ...END_SECRETS, values: [client.id, 0] });
    return readClient(client);
  });
}

/** Nobody's secret: compared where there is no client, so that an unknown id costs what a wrong secret costs. */
const NO_HASH = randomBytes(32);

/** The active client that has this id and secret, else `null`, without telling which of the two was wrong. */
export async function authenticateClient(
  pool: Pool,
  keys: Keys,
  clientId: string,
  secret: string,
): Promise<ApiClient | null> {
  const given = keys.hashSecret(secret);
  const { rows } = await pool.query<ApiClientRow & { hashes: Buffer[] }>({
    ...CLIENT_WITH_SECRETS,
    values: [clientId],
  });
  const { hashes, ...client } = rows[0] ?? { hashes: [], id: null };
  // Every hash is compared, so that the time does not tell which one matched.
  const matches = (hashes.length > 0 ? hashes : [NO_HASH]).filter((hash) => timingSafeEqual(hash, given)).length;
  if (client.id === null || client.state !== 'active' || client.authentication !== 'secret' || matches === 0)
    return null;
  await pool.query({ ...TOUCH_CLIENT, values: [client.id] });
  return readClient(client);
}

/** The active client that calls itself so, whoever asks. */
export async function standingClient(pool: Pool, clientId: string): Promise<ApiClient | null> {
  const { rows } = await pool.query<ApiClientRow>({ ...STANDING_CLIENT, values: [clientId] });
  const [row] = rows;
  return row ? readClient(row) : null;
}

/** The part of a token on which it depends whether it is still good. */
export type IssuedToken = Pick<AccessToken, 'clientId' | 'kid' | 'jti' | 'issuedAt'>;

/** The client of a token, as it stands now: `null` when client or token was revoked, or the key is no longer ours. */
export async function activeClient(
  pool: Pool,
  { clientId, kid, jti, issuedAt }: IssuedToken,
): Promise<ApiClient | null> {
  const values = [clientId, kid, jti, new Date(issuedAt * 1000)];
  const { rows } = await pool.query<ApiClientRow>({ ...ACTIVE_CLIENT, values });
  const [row] = rows;
  return row ? readClient(row) : null;
}
