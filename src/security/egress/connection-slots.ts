interface Waiting {
  readonly origin: string;
  readonly take: () => void;
}

/** So many requests at once to one origin and to all: a registry that is slow takes no connections from the others. */
export class ConnectionSlots {
  readonly #perOrigin: number;
  readonly #inAll: number;
  readonly #taken = new Map<string, number>();
  #takenInAll = 0;
  #waiting: readonly Waiting[] = [];

  constructor(perOrigin: number, inAll: number) {
    this.#perOrigin = perOrigin;
    this.#inAll = inAll;
  }

  /** Waits for its turn; the caller calls what it resolves to when it is done. Rejects with the reason of `signal`. */
  async take(origin: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#isFree(origin)) return this.#hold(origin);
    return await new Promise((resolve, reject) => {
      const waiting: Waiting = {
        origin,
        take: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(this.#hold(origin));
        },
      };
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting = [...this.#waiting, waiting];
    });
  }

  #isFree(origin: string): boolean {
    return this.#takenInAll < this.#inAll && (this.#taken.get(origin) ?? 0) < this.#perOrigin;
  }

  #hold(origin: string): () => void {
    this.#takenInAll += 1;
    this.#taken.set(origin, (this.#taken.get(origin) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#takenInAll -= 1;
      const left = (this.#taken.get(origin) ?? 1) - 1;
      if (left === 0) this.#taken.delete(origin);
      else this.#taken.set(origin, left);
      const next = this.#waiting.find((waiting) => this.#isFree(waiting.origin));
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      next.take();
    };
  }
}
