import type { ServerResponse } from 'node:http';
import { RETRY_AFTER, WireProblem } from './wire-problem.js';

/** The time that a caller waits for an answer. */
export interface Deadline {
  /** Fires when the time is over or the caller has gone. */
  readonly signal: AbortSignal;
  /** Rejects, with what the caller is told, when the signal fires. */
  readonly expired: Promise<never>;
  /** From now on it is we who are slow, no longer the caller. */
  bodyArrived(): void;
  close(): void;
}

/** Starts the clock of an answer. Whoever starts it closes it. */
export function startDeadline(response: ServerResponse, milliseconds: number): Deadline {
  const aborted = new AbortController();
  let hasBody = false;
  let fail: (problem: WireProblem) => void = () => undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // Nobody may be listening when a caller goes.
  expired.catch(() => undefined);
  const end = (problem: WireProblem): void => {
    fail(problem);
    aborted.abort(problem);
  };
  const timer = setTimeout(() => {
    end(
      hasBody
        ? new WireProblem('err.request.timeout', 'The answer takes too long: ask for less, or asynchronously', 503, {
            headers: RETRY_AFTER,
          })
        : new WireProblem('err.request.timeout', 'The message did not arrive in time: send it again', 408),
    );
  }, milliseconds);
  const gone = (): void => {
    end(new WireProblem('err.request.timeout', 'The caller has gone', 408));
  };
  response.once('close', gone);
  return {
    signal: aborted.signal,
    expired,
    bodyArrived: () => {
      hasBody = true;
    },
    close: () => {
      clearTimeout(timer);
      response.off('close', gone);
    },
  };
}
