/** Sockets and event streams that a gateway keeps open at once. */
const MOST_CONNECTIONS = 200;
/** Subscriptions of one caller at once, over all of its connections to a gateway. */
const MOST_OF_CALLER = 20;

/** Gives a place back; more than once does nothing. */
export type Release = () => void;

/** Keeps what stays open within limits. */
export class ConnectionLimits {
  #connections = 0;
  readonly #ofCaller = new Map<string, number>();

  /** A place for a connection; `null`: there is none left. */
  connect(): Release | null {
    if (this.#connections >= MOST_CONNECTIONS) return null;
    this.#connections += 1;
    return once(() => {
      this.#connections -= 1;
    });
  }

  /** A place for a subscription of the caller (`Caller.actor`); `null`: it has none left. */
  subscribe(actor: string): Release | null {
    const held = this.#ofCaller.get(actor) ?? 0;
    if (held >= MOST_OF_CALLER) return null;
    this.#ofCaller.set(actor, held + 1);
    return once(() => {
      const left = (this.#ofCaller.get(actor) ?? 1) - 1;
      if (left === 0) this.#ofCaller.delete(actor);
      else this.#ofCaller.set(actor, left);
    });
  }
}

function once(work: () => void): Release {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
