import { Client, Pool, type ClientConfig, type QueryResult, type QueryResultRow, types } from 'pg';

/** A `date` stays the text `YYYY-MM-DD`: node-postgres would make it midnight of the machine's zone. */
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, Number);

/** What a statement runs on: the pool, or the client of a transaction. */
export interface Queryable {
  query<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>>;
}

/** A statement of ours: the name makes it a prepared statement, so one name must always have one text. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** How a pool is made; everything has a default. */
export interface PoolOptions {
  /** Most connections at once. Default 10. */
  readonly size?: number;
  /** Called with the text of every statement really sent; for tests that count them. */
  readonly onStatement?: ((text: string) => void) | undefined;
  readonly applicationName?: string;
}

/** A pool of connections to `url`. The caller ends it. An idle connection that breaks is dropped, never thrown. */
export function createPool(url: string, options: PoolOptions = {}): Pool {
  const { onStatement } = options;
  class ObservedClient extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      const send = this.query.bind(this) as (...parameters: unknown[]) => unknown;
      Object.defineProperty(this, 'query', {
        value: (...parameters: unknown[]) => {
          const [first] = parameters;
          if (typeof first === 'string') onStatement?.(first);
          else if (typeof first === 'object' && first !== null && 'text' in first) onStatement?.(String(first.text));
          return send(...parameters);
        },
      });
    }
  }
  const pool = new Pool({
    connectionString: url,
    max: options.size ?? 10,
    application_name: options.applicationName ?? 'dci-gateway',
    connectionTimeoutMillis: 10_000,
    ...(onStatement ? { Client: ObservedClient } : {}),
  });
  pool.on('error', () => undefined);
  // The pool listens to idle clients alone: a connection that breaks within a transaction would end the process. Who
  // uses it hears of it by the failing statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
