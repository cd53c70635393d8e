import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../record/problem.js';

/** How often and how patiently a request is repeated; all times in milliseconds. */
export interface RetryLimits {
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** Longest wait before the second request; doubles from then on. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Longest `Retry-After` that is waited for; a source that asks for more is given up at once. */
  readonly longestRetryAfterMs: number;
  /** Longest time for all attempts together, waits included, unless one attempt alone may take longer. */
  readonly totalMs: number;
}

/** For a person or a job that waits for the answer. */
export const DEFAULT_RETRY_LIMITS: RetryLimits = {
  attempts: 4,
  firstDelayMs: 500,
  longestDelayMs: 8_000,
  longestRetryAfterMs: 20_000,
  totalMs: 45_000,
};

/** An attempt with less time than this would only hide what the last one was told. */
const SHORTEST_ATTEMPT_MS = 250;

/** What became of one attempt: an answer, or a problem and whether asking again may help. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | FailedAttempt;

/** An attempt that brought no answer. */
export interface FailedAttempt {
  readonly ok: false;
  readonly problem: Problem;
  readonly again: boolean;
  /** HTTP status of the answer; `null` when none came. */
  readonly status: number | null;
  /** How long the source asked us to wait; `null` when it did not say. */
  readonly retryAfterMs: number | null;
}

/** Of a source that asks for more patience than a request has and does not say for how long. */
const UNSAID_WAIT_MS = 60_000;
/** Whatever it says: a mistake there must not stop us for years. */
const LONGEST_WAIT_MS = 86_400_000;

/** Nothing is wrong but the moment: the source, or what is agreed with it, wants us to ask again later. */
export class ComeBackLater extends Problem {
  /** For how long it wants to be left alone. */
  readonly waitMs: number;

  constructor(code: string, message: string, waitMs: number) {
    super(code, message);
    this.waitMs = waitMs;
  }
}

/** What is thrown after the last attempt. */
function lastProblem({ problem, status, retryAfterMs }: FailedAttempt, limits: RetryLimits): Problem {
  const isPatient = retryAfterMs !== null && retryAfterMs > limits.longestRetryAfterMs;
  if (status !== 429 && !isPatient) return problem;
  // One that was obeyed, and refused us all the same, did not say the truth.
  const waitMs = isPatient ? retryAfterMs : Math.max(retryAfterMs ?? 0, UNSAID_WAIT_MS);
  return new ComeBackLater(problem.code, problem.message, Math.min(waitMs, LONGEST_WAIT_MS));
}

/**
 * Repeats `attempt` with exponential back-off and full jitter until it succeeds, cannot succeed, or the limits are
 * reached; then throws the problem of the last attempt, as `ComeBackLater` where the source only asks for patience. `attempt` is told how much of the total time is left.
 *
 * undici's own retry interceptor was looked at and left: it repeats only on statuses and socket errors seen before the
 * body, so half a body, HTML in place of JSON and our own deadline would end the request; it answers half a body with
 * a range request, which a POST does not have; and it has no total time.
 */
export async function withRetries<T>(
  limits: RetryLimits,
  signal: AbortSignal,
  attempt: (number: number, remainingMs: number) => Promise<Attempt<T>>,
): Promise<T> {
  const end = performance.now() + limits.totalMs;
  for (let number = 1; ; number += 1) {
    const outcome = await attempt(number, end - performance.now());
    if (outcome.ok) return outcome.value;
    const problem = lastProblem(outcome, limits);
    if (!outcome.again || number >= limits.attempts || signal.aborted) throw problem;
    const ceiling = Math.min(limits.firstDelayMs * 2 ** (number - 1), limits.longestDelayMs);
    const delay = outcome.retryAfterMs ?? ceiling * Math.random();
    if (outcome.retryAfterMs !== null && outcome.retryAfterMs > limits.longestRetryAfterMs) throw problem;
    if (performance.now() + delay + SHORTEST_ATTEMPT_MS > end) throw problem;
    try {
      await wait(delay, undefined, { signal });
    } catch {
      throw problem;
    }
  }
}
