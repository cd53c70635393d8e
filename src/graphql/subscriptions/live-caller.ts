import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AccessProblem } from '../../security/access-problem.js';
import type { Caller } from '../../security/bearer.js';

/** As long as a change of a client may go unnoticed anywhere. */
const CHECK_MS = 1_000;

/** The caller behind a connection that stays open: let in once, and looked at again as long as it lasts. */
export class LiveCaller {
  /** `Caller.actor` of who was let in. */
  readonly actor: string;
  readonly #authenticate: () => Promise<Caller>;
  readonly #ended = new AbortController();
  readonly #closed = new AbortController();

  private constructor(actor: string, authenticate: () => Promise<Caller>) {
    this.actor = actor;
    this.#authenticate = authenticate;
    // Every subscription of a connection listens, of which there are so many at most as sockets.ts allows.
    setMaxListeners(0, this.#ended.signal);
  }

  /** Throws an `AccessProblem` for nobody known. Who opened it closes it. */
  static async open(authenticate: () => Promise<Caller>): Promise<LiveCaller> {
    const { actor } = await authenticate();
    const caller = new LiveCaller(actor, authenticate);
    void caller.#watch();
    return caller;
  }

  /** Fires with an `AccessProblem` when the token is over, or its client is not let in any more. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The caller as it stands now. Throws an `AccessProblem` when it is not let in any more. */
  async now(): Promise<Caller> {
    try {
      return await this.#authenticate();
    } catch (error) {
      if (error instanceof AccessProblem) this.#ended.abort(error);
      throw error;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #watch(): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, this.#ended.signal]);
    while (!signal.aborted) {
      await delay(CHECK_MS, undefined, { signal }).catch(() => undefined);
      // A database that is away for a moment proves nothing: no event is answered without it.
      if (!signal.aborted) await this.now().catch(() => undefined);
    }
  }
}
