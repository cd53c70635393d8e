/** Sockets and event streams that a gateway keeps open at once. */
const MOST_CONNECTIONS = 200;
/** Connections of one caller at once to a gateway: enough for its dashboards, and not all of them. */
const MOST_CONNECTIONS_OF_CALLER = 40;
/** Subscriptions of one caller at once, over all of its connections to a gateway. */
const MOST_OF_CALLER = 20;

/** Gives a place back; more than once does nothing. */
export type Release = () => void;

/** Keeps what stays open within limits. */
export class ConnectionLimits {
  #connections = 0;
  readonly #ofCaller = new Map<string, number>();
  readonly #connectionsOfCaller = new Map<string, number>();

  /** A place for a connection; `null`: there is none left. */
  connect(): Release | null {
    if (this.#connections >= MOST_CONNECTIONS) return null;
    this.#connections += 1;
    return once(() => {
      this.#connections -= 1;
    });
  }

  /** A place for the caller (`Caller.actor`) of a connection that has one; `null`: it has none left. */
  connectAs(actor: string): Release | null {
    return take(this.#connectionsOfCaller, actor, MOST_CONNECTIONS_OF_CALLER);
  }

  /** A place for a subscription of the caller; `null`: it has none left. */
  subscribe(actor: string): Release | null {
    return take(this.#ofCaller, actor, MOST_OF_CALLER);
  }
}

function take(held: Map<string, number>, actor: string, most: number): Release | null {
  const before = held.get(actor) ?? 0;
  if (before >= most) return null;
  held.set(actor, before + 1);
  return once(() => {
    const left = (held.get(actor) ?? 1) - 1;
    if (left === 0) held.delete(actor);
    else held.set(actor, left);
  });
}

function once(work: () => void): Release {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
