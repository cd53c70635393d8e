import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { cancelStatement } from './cancel-statement.js';
import type { Queryable, Statement } from './pool.js';

/** Said to whoever still asks for something after a request has ended. */
export class RequestEnded extends Error {
  override readonly name = 'RequestEnded';
}

/** The connections of a pool as one request takes them: all of its statements can be ended at once. */
export class CancellablePool implements Queryable {
  readonly #pool: Pool;
  readonly #held = new Set<PoolClient>();
  #ended = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async query<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> {
    const client = await this.#take();
    let failed = true;
    try {
      const result = await client.query<Row>(statement);
      failed = false;
      return result;
    } finally {
      this.#held.delete(client);
      // As the pool itself does: what is left of a connection after a failure is not worth finding out.
      client.release(this.#ended || failed);
    }
  }

  /** A connection that goes back to the pool with its `release`, unless it was cancelled meanwhile. */
  async connect(): Promise<PoolClient> {
    const client = await this.#take();
    const release = client.release.bind(client);
    client.release = (broken) => {
      this.#held.delete(client);
      // A cancellation could otherwise reach the connection late, and end the statement of the next request.
      release(this.#ended || broken);
    };
    return client;
  }

  async #take(): Promise<PoolClient> {
    if (this.#ended) throw new RequestEnded('Nobody waits for this request any more');
    const client = await this.#pool.connect();
    if (this.#ended) {
      client.release();
      throw new RequestEnded('Nobody waits for this request any more');
    }
    this.#held.add(client);
    return client;
  }

  /** Ends the statements that run and lets nothing more begin. Resolves when they were told; never rejects. */
  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await Promise.all([...this.#held].map((client) => cancelStatement(this.#pool, client)));
  }
}
