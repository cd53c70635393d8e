import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction.js';
import { type AccessToken, verifyAccessToken } from '../access-token.js';
import type { Ledger } from '../audit/ledger.js';
import { activeClient, type ApiClient } from '../clients.js';
import type { Keys } from '../keys.js';
import { TokenProblem } from './token-problem.js';

/** What is asked about tokens with. */
export interface TokenReading {
  readonly pool: Pool;
  readonly keys: Keys;
  /** Issuer and audience of our tokens. */
  readonly issuer: string;
  readonly now: Date;
}

/** Answer of RFC 7662, 2.2. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly scope: string;
      readonly client_id: string;
      readonly sub: string;
      readonly token_type: 'Bearer';
      readonly iss: string;
      readonly aud: string;
      /** Seconds since 1970 (UTC), as the next. */
      readonly iat: number;
      readonly exp: number;
      readonly jti: string;
    };

const REVOKE = {
  name: 'tokens-revoke',
  text: `
    insert into revoked_tokens (jti, api_client_id, expires_at) values ($1, $2, $3) on conflict (jti) do nothing`,
};

/** What a client is told of a token: all about one of its own that is good, of any other just that it is not active. */
export async function introspect(text: string, client: ApiClient, reading: TokenReading): Promise<Introspection> {
  const token = await ownToken(text, client, reading);
  const standing = token === null ? null : await activeClient(reading.pool, token);
  if (token === null || standing === null) return { active: false };
  return {
    active: true,
    scope: standing.scopes.filter((scope) => token.scopes.includes(scope)).join(' '),
    client_id: token.clientId,
    sub: token.clientId,
    token_type: 'Bearer',
    iss: reading.issuer,
    aud: reading.issuer,
    iat: token.issuedAt,
    exp: token.expiresAt,
    jti: token.jti,
  };
}

/**
 * Ends a token of the client before its time, on every gateway within a second (RFC 7009). What is no token of ours, or
 * one no longer, needs no ending. Throws a `TokenProblem` for the token of another client.
 */
export async function revoke(
  text: string,
  client: ApiClient,
  { ledger, ...reading }: TokenReading & { readonly ledger: Ledger },
): Promise<void> {
  const token = await readToken(text, reading);
  if (token === null) return;
  if (token.clientId !== client.clientId) {
    throw new TokenProblem('invalid_request', 'A client can revoke its own tokens only');
  }
  await inTransaction(reading.pool, async (transaction) => {
    const values = [token.jti, client.id, new Date(token.expiresAt * 1000)];
    const { rowCount } = await transaction.query({ ...REVOKE, values });
    if (rowCount === 0) return;
    const deed = { action: 'token.revoked', actor: `client:${client.clientId}`, detail: { jti: token.jti } };
    await ledger.note(deed, transaction);
  });
}

function readToken(text: string, { keys, issuer, now }: TokenReading): Promise<AccessToken | null> {
  return verifyAccessToken(text, { keys, issuer, now });
}

async function ownToken(text: string, client: ApiClient, reading: TokenReading): Promise<AccessToken | null> {
  const token = await readToken(text, reading);
  return token?.clientId === client.clientId ? token : null;
}
