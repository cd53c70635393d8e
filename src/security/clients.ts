import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import type { Access } from '../record/access.js';
import { type AccessDocument, accessOf } from './access-document.js';
import type { AccessToken } from './access-token.js';
import type { ClientReception } from './client-reception.js';
import type { Keys } from './keys.js';
import type { Scope } from './scopes.js';

/** Ways to get a token (RFC 6749, 1.3) that are served here. */
export const GRANT_TYPES = ['client_credentials'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

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
  /** Its own limits. */
  readonly limits: AccessDocument;
  /** What is left where the limits of its role and its own hold. */
  readonly access: Access;
  readonly authentication: 'secret' | 'private_key_jwt';
  /** How it may get tokens; empty for one that is only written to. */
  readonly grantTypes: readonly GrantType[];
  /** Tokens issued before are refused. */
  readonly tokensNotBefore: Date | null;
}

/** A row of CLIENT_COLUMNS. */
export type ApiClientRow = Omit<ApiClient, 'access'> & { readonly allLimits: readonly AccessDocument[] };

export function readClient({ allLimits, ...row }: ApiClientRow): ApiClient {
  return { ...row, access: accessOf(allLimits) };
}

/** Of `api_clients`, which must not have another name in the statement. */
export const CLIENT_COLUMNS = `
  id, name, client_id as "clientId", scopes, dialect, state, created_at as "createdAt", last_used_at as "lastUsedAt",
  jsonb_build_object(
    'strict', strict, 'inboundSignature', inbound_signature, 'senderIds', sender_ids,
    'callbackOrigins', callback_origins, 'callbackUri', callback_uri,
    'allowQueryCredentials', allow_query_credentials, 'consentRequired', consent_required,
    'outboundSignature', outbound_signature, 'encryptAnswers', encrypt_answers, 'jwks', jwks, 'jwksUri', jwks_uri,
    'signatureWindowSeconds', signature_window_seconds
  ) as reception,
  role, access as limits, authentication, grant_types as "grantTypes", tokens_not_before as "tokensNotBefore",
  array[access] || array(select r.access from roles r where r.name = role) as "allLimits"`;

const LIST_CLIENTS = { name: 'client-list', text: `select ${CLIENT_COLUMNS} from api_clients order by created_at, id` };
/** One small row for every id, known or not: a client that is read whole would be told by the time that it takes. */
const SECRETS_OF_CLIENT = {
  name: 'client-secrets-to-compare',
  text: `
    select coalesce(json_agg(json_build_object('id', s.id, 'hash', encode(s.secret_hash, 'hex'))), '[]') as secrets
    from api_clients c
    join api_client_secrets s on s.api_client_id = c.id
    where c.client_id = $1 and c.state = 'active' and c.authentication = 'secret'
      and s.revoked_at is null and (s.expires_at is null or s.expires_at > now())`,
};
const TOUCH_CLIENT = {
  name: 'client-touch',
  text: `
    with secret as (
      update api_client_secrets set last_used_at = now()
      where id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')
    )
    update api_clients set last_used_at = now()
    where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
};
const ACTIVE_CLIENT = {
  name: 'client-active',
  text: `
    select ${CLIENT_COLUMNS} from api_clients
    where client_id = $1 and state = 'active' and (tokens_not_before is null or tokens_not_before <= $4)
      and exists (select from key_pairs where kid = $2 and purpose = 'signing' and state <> 'gone')
      and not exists (select from revoked_tokens where jti = $3)`,
};
const STANDING_CLIENT = {
  name: 'client-standing',
  text: `select ${CLIENT_COLUMNS} from api_clients where client_id = $1 and state = 'active'`,
};

/** Every client, the oldest first. */
export async function listApiClients(pool: Pool): Promise<ApiClient[]> {
  const { rows } = await pool.query<ApiClientRow>(LIST_CLIENTS);
  return rows.map(readClient);
}

/** Nobody's secret: compared where there is no client, so that an unknown id costs what a wrong secret costs. */
const NO_SECRET = { id: '', hash: randomBytes(32).toString('hex') };

/** The active client that has this id and secret, else `null`, without telling which of the two was wrong. */
export async function authenticateClient(
  pool: Pool,
  keys: Keys,
  clientId: string,
  secret: string,
): Promise<ApiClient | null> {
  const given = keys.hashSecret(secret);
  const { rows } = await pool.query<{ secrets: readonly { id: string; hash: string }[] }>({
    ...SECRETS_OF_CLIENT,
    values: [clientId],
  });
  const secrets = rows[0]?.secrets ?? [];
  // Every hash is compared, so that the time does not tell which one matched.
  const [match] = (secrets.length > 0 ? secrets : [NO_SECRET]).filter(({ hash }) =>
    timingSafeEqual(Buffer.from(hash, 'hex'), given),
  );
  const client = match ? await standingClient(pool, clientId) : null;
  if (client && match) await pool.query({ ...TOUCH_CLIENT, values: [client.id, match.id] });
  return client;
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
