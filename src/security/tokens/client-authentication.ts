import type { Pool } from 'pg';
import { type ApiClient, authenticateClient, standingClient } from '../clients.js';
import type { Keys } from '../keys.js';
import type { PartnerKeys } from '../partner-keys.js';
import { useAssertion, verifyAssertion } from './client-assertion.js';
import type { PresentedAssertion, PresentedCredentials } from './presented-credentials.js';
import type { TokenThrottle } from './token-throttle.js';

/** What clients are authenticated with. */
export interface ClientAuthenticationOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly partnerKeys: PartnerKeys;
  readonly throttle: TokenThrottle;
  /** The public address of this gateway: the audience of assertions. */
  readonly issuer: () => string;
  readonly now: () => Date;
}

/** Finds out which client is calling, by its secret or by an assertion, and counts who fails. */
export class ClientAuthentication {
  readonly #options: ClientAuthenticationOptions;

  constructor(options: ClientAuthenticationOptions) {
    this.#options = options;
  }

  /**
   * The client that the credentials belong to; `null` where they belong to none, without telling why. `address` is where
   * the request came from. Throws a `TokenProblem` (429) for who failed too often.
   */
  async authenticate(credentials: PresentedCredentials, address: string): Promise<ApiClient | null> {
    const { pool, keys, throttle } = this.#options;
    const attempt = { clientId: credentials.clientId, address };
    await throttle.admit(attempt);
    const client =
      credentials.kind === 'secret'
        ? await authenticateClient(pool, keys, credentials.clientId, credentials.clientSecret)
        : await this.#byAssertion(credentials);
    if (client === null) await throttle.failed(attempt);
    return client;
  }

  async #byAssertion({ clientId, assertion }: PresentedAssertion): Promise<ApiClient | null> {
    const { pool, partnerKeys, issuer, now } = this.#options;
    const client = await standingClient(pool, clientId);
    if (client?.authentication !== 'private_key_jwt') return null;
    const keys = partnerKeys.verificationKeys(client.reception);
    const verified = await verifyAssertion(assertion, { clientId, audience: issuer(), keys, now: now() });
    // Only what was signed by the client is remembered: strangers do not fill the table.
    return verified !== null && (await useAssertion(pool, client.id, verified)) ? client : null;
  }
}
