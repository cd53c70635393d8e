import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { WireProblem } from './wire-problem.js';

/** A caller may exceed the limit for a while, by this many seconds' worth in every `BURST_SECONDS`. */
const BURST = 5;
const BURST_SECONDS = 10;

/** Counts a message of the client; throws a `WireProblem` 429 with `Retry-After` where it has sent too many. */
export type RequestLimit = (clientId: string) => Promise<void>;

/**
 * A limit on what one client may ask of this process, so that none of them takes it from the others; 0 is none. Of
 * several gateways each has its own: a limit for fairness need not be exact.
 */
export function requestLimit(perSecond: number): RequestLimit {
  if (perSecond === 0) return () => Promise.resolve();
  const limiter = new BurstyRateLimiter(
    new RateLimiterMemory({ points: perSecond, duration: 1 }),
    new RateLimiterMemory({ keyPrefix: 'burst', points: perSecond * BURST, duration: BURST_SECONDS }),
  );
  return async (clientId) => {
    try {
      await limiter.consume(clientId);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      throw new WireProblem('err.request.too_many_requests', 'Too many requests: wait, and send them slower', 429, {
        headers: { 'Retry-After': String(seconds) },
      });
    }
  };
}
