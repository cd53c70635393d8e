import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Ledger } from '../audit/ledger.js';
import { TokenProblem } from './token-problem.js';

/** Somebody who shows credentials. */
export interface Attempt {
  /** As sent: whether there is such a client is not known. */
  readonly clientId: string;
  /** The IP address of who asks. */
  readonly address: string;
}

/** What failures are counted with. */
export interface TokenThrottleOptions {
  readonly pool: Pool;
  readonly ledger: Ledger;
}

const TABLE = 'token_failures';
/** Failures of one client from one address before a pause, and the window in which they count. */
const PAIR = { points: 10, duration: 60 };
/** Failures from one address, whichever clients it names. */
const ADDRESS = { points: 60, duration: 60 };
/** Failures of one client, wherever from: written down, and nothing else, or strangers could shut a client out. */
const CLIENT = { points: 100, duration: 600 };
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 900;
/** Pauses are counted so long: who comes back within it waits twice as long as the last time. */
const PAUSES_COUNT_SECONDS = 3_600;

const KNOWN_CLIENT = {
  name: 'tokens-known-client',
  text: 'select client_id as id from api_clients where client_id = $1',
};

/**
 * Slows down who guesses secrets. Failures are counted by client and address together, so that nobody shuts out a
 * client from elsewhere, and by address. The counts are shared by all gateways of a database; while it cannot be
 * reached each counts for itself.
 */
export class TokenThrottle {
  readonly #options: TokenThrottleOptions;
  readonly #pairs: RateLimiterPostgres;
  readonly #addresses: RateLimiterPostgres;
  readonly #clients: RateLimiterPostgres;
  readonly #pauses: RateLimiterPostgres;

  constructor(options: TokenThrottleOptions) {
    this.#options = options;
    this.#pairs = counter(options.pool, 'pair', PAIR);
    this.#addresses = counter(options.pool, 'address', ADDRESS);
    this.#clients = counter(options.pool, 'client', CLIENT);
    this.#pauses = counter(options.pool, 'pauses', { points: 1, duration: PAUSES_COUNT_SECONDS });
  }

  /** Throws a `TokenProblem` (429) where too many attempts like this have failed. */
  async admit(attempt: Attempt): Promise<void> {
    const [pair, address] = await Promise.all([
      this.#pairs.get(pairKey(attempt)),
      this.#addresses.get(addressKey(attempt)),
    ]);
    const waits = [...waitOf(pair, PAIR), ...waitOf(address, ADDRESS)];
    if (waits.length === 0) return;
    const sentence = 'Too many requests with wrong credentials came from there: wait before the next';
    throw new TokenProblem('temporarily_unavailable', sentence, {
      status: 429,
      retryAfterSeconds: Math.max(1, Math.ceil(Math.max(...waits) / 1000)),
    });
  }

  /** Counts an attempt that failed. */
  async failed(attempt: Attempt): Promise<void> {
    const [pair, , client] = await Promise.all([
      this.#pairs.penalty(pairKey(attempt)),
      this.#addresses.penalty(addressKey(attempt)),
      this.#clients.penalty(clientKey(attempt)),
    ]);
    // Each count is reached by exactly one attempt, however many come at once.
    if (pair.consumedPoints === PAIR.points) await this.#pause(attempt);
    if (client.consumedPoints === CLIENT.points) {
      await this.#note('token.attacked', attempt, { failures: CLIENT.points, seconds: CLIENT.duration });
    }
  }

  async #pause(attempt: Attempt): Promise<void> {
    const { consumedPoints: pauses } = await this.#pauses.penalty(pairKey(attempt));
    const seconds = Math.min(FIRST_PAUSE_SECONDS * 2 ** (pauses - 1), LONGEST_PAUSE_SECONDS);
    await this.#pairs.block(pairKey(attempt), seconds);
    await this.#note('token.throttled', attempt, { failures: PAIR.points, seconds });
  }

  /** Names the client only where there is one: what a stranger writes does not get into the audit. */
  async #note(action: string, { clientId }: Attempt, detail: Readonly<Record<string, number>>): Promise<void> {
    const { pool, ledger } = this.#options;
    const { rows } = await pool.query<{ id: string }>({ ...KNOWN_CLIENT, values: [clientId] });
    await ledger.note({ action, actor: 'gateway', detail: { ...detail, client: rows[0]?.id ?? null } });
  }
}

interface Allowance {
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

function counter(pool: Pool, keyPrefix: string, allowance: Allowance): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...allowance,
    keyPrefix,
    storeClient: pool,
    storeType: 'pool',
    tableName: TABLE,
    tableCreated: true,
    // Old rows go with those of the retention.
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory({ ...allowance, keyPrefix }),
  });
}

/** Milliseconds to wait; none where the allowance is not used up. */
function waitOf(count: RateLimiterRes | null, { points }: Allowance): number[] {
  return count !== null && count.consumedPoints >= points ? [count.msBeforeNext] : [];
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

const pairKey = ({ clientId, address }: Attempt): string => digest(`${networkOf(address)}\n${clientId}`);
const addressKey = ({ address }: Attempt): string => digest(networkOf(address));
const clientKey = ({ clientId }: Attempt): string => digest(clientId);

/** The address, or of IPv6 the network of 64 bits: who has one such address has all of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1] ?? address;
  if (isIPv4(mapped) || !isIPv6(address)) return mapped;
  const [head = [], tail = []] = mapped
    .replace(/%.*$/u, '')
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
