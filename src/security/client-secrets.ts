import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { Problem } from '../record/problem.js';
import type { Keys } from './keys.js';

/** A secret without its text: only a keyed hash of it exists after the answer that made it. */
export interface ClientSecret {
  readonly id: string;
  readonly apiClientId: string;
  readonly createdAt: Date;
  /** `null`: it works until it is rotated or revoked. */
  readonly expiresAt: Date | null;
  /** To the minute; `null` when no token was asked for with it. */
  readonly lastUsedAt: Date | null;
  /** Whether it works now. */
  readonly isActive: boolean;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Six digits of base 62 hold 32 bits. */
const CHECKSUM_DIGITS = 6;
const FORM = /^dci_([\w-]{43})([0-9A-Za-z]{6})$/u;

/** CRC-32 in base 62: tells a secret of ours from text that looks like one, without asking anybody. */
function checksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let place = 0; place < CHECKSUM_DIGITS; place += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

/**
 * A new secret: `dci_`, 32 random bytes in base64url, and a checksum, by which scanners of repositories find one that
 * leaked. 256 random bits need no slow hash.
 */
export function makeSecret(): string {
  const body = randomBytes(32).toString('base64url');
  return `dci_${body}${checksum(body)}`;
}

/** Whether a text is built as our secrets are: for scanners. It need not be one. */
export function hasSecretForm(text: string): boolean {
  const [, body, digits] = FORM.exec(text) ?? [];
  return body !== undefined && checksum(body) === digits;
}

const IS_ACTIVE = 'revoked_at is null and (expires_at is null or expires_at > now())';

const LIST_SECRETS = {
  name: 'client-secret-list',
  text: `
    select id, api_client_id as "apiClientId", created_at as "createdAt", expires_at as "expiresAt",
      last_used_at as "lastUsedAt", ${IS_ACTIVE} as "isActive"
    from api_client_secrets where api_client_id = any($1) and revoked_at is null
    order by created_at, id`,
};
const INSERT_SECRET = {
  name: 'client-secret-insert',
  text: `
    insert into api_client_secrets (api_client_id, secret_hash, expires_at)
    values ($1, $2, now() + make_interval(secs => $3))`,
};
/** Two work at most: of the earlier ones the newest may go on for `$2` seconds, any other ends now. */
const END_SECRETS = {
  name: 'client-secrets-end',
  text: `
    update api_client_secrets s
    set expires_at = least(s.expires_at, now() + make_interval(secs => $2)),
        revoked_at = case when $2 = 0 or s.id <> newest.id then now() end
    from (
      select id from api_client_secrets where api_client_id = $1 and ${IS_ACTIVE} order by created_at desc, id limit 1
    ) newest
    where s.api_client_id = $1 and s.revoked_at is null`,
};
const REVOKE_SECRET = {
  name: 'client-secret-revoke',
  text: `
    update api_client_secrets set revoked_at = now()
    where api_client_id = $1 and id::text = $2 and ${IS_ACTIVE}`,
};

/** The secrets of clients that were not revoked, the oldest first. */
export async function listClientSecrets(pool: Pool, apiClientIds: readonly string[]): Promise<ClientSecret[]> {
  const { rows } = await pool.query<ClientSecret>({ ...LIST_SECRETS, values: [apiClientIds] });
  return rows;
}

/** Gives a client a secret and answers its text. `lifeSeconds`: `null` where it has no end of its own. */
export async function addSecret(
  transaction: PoolClient,
  keys: Pick<Keys, 'hashSecret'>,
  { apiClientId, lifeSeconds }: { readonly apiClientId: string; readonly lifeSeconds: number | null },
): Promise<string> {
  const secret = makeSecret();
  await transaction.query({ ...INSERT_SECRET, values: [apiClientId, keys.hashSecret(secret), lifeSeconds] });
  return secret;
}

/** Ends the secrets of a client; the newest goes on for `overlapSeconds`. */
export async function endSecrets(transaction: PoolClient, apiClientId: string, overlapSeconds: number): Promise<void> {
  await transaction.query({ ...END_SECRETS, values: [apiClientId, overlapSeconds] });
}

/** Ends one secret at once. Throws a `Problem` `CLIENT_SECRET_UNKNOWN` where the client has no such secret that works. */
export async function endSecret(transaction: PoolClient, apiClientId: string, secretId: string): Promise<void> {
  const { rowCount } = await transaction.query({ ...REVOKE_SECRET, values: [apiClientId, secretId] });
  if (rowCount === 0) {
    throw new Problem('CLIENT_SECRET_UNKNOWN', 'This client has no such secret that works: see client list --json');
  }
}
