import { escapeLiteral, type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';
import type { Access, RowLimits } from '../record/access.js';
import { identifierKey } from '../record/individual.js';
import { isUuid } from '../record/uuid.js';
import { LIMITED_ROLE, MAY_BECOME } from './limited-role.js';
import type { Queryable, Statement } from './pool.js';

/** What says whose rows are limited. */
export type LimitedAccess = Pick<Access, 'rowLimits'>;

/** Where connections are taken: the pool itself, or a part of it that ends with a request. */
export interface Connections extends Queryable {
  connect(): Promise<PoolClient>;
}

const SELECT_MAY_BECOME_LIMITED = {
  name: 'database-may-become-limited',
  text: `select exists (select from pg_roles where rolname = $1 and pg_has_role(oid, ${MAY_BECOME})) as may`,
  values: [LIMITED_ROLE],
};

/** Asked once for each pool: who is made a member later is heard of when the gateway starts again. */
const mayBecomeLimited = new WeakMap<Pool, Promise<boolean>>();

/**
 * What a caller's reads run on. Where its rows are limited the database itself shows nothing of anybody else, whatever
 * the statements say (schema/migrations/0015-sight.sql): each runs in a transaction of its own that can only
 * read, on a connection of its own, with three messages to the database instead of one. For anybody else it is the pool, or
 * what its connections are taken `through`.
 */
export function queryableFor(pool: Pool, access: LimitedAccess, through: Connections = pool): Queryable {
  if (access.rowLimits.length === 0) return through;
  return {
    query<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> {
      return withRows(pool, access, (db) => db.query<Row>(statement), through);
    },
  };
}

/**
 * Runs `read` on what `queryableFor` tells of, all of it in one transaction where rows are limited: one after the
 * other, on one connection, out of one snapshot for each statement.
 */
export async function withRows<T>(
  pool: Pool,
  access: LimitedAccess,
  read: (db: Queryable) => Promise<T>,
  through: Connections = pool,
): Promise<T> {
  if (access.rowLimits.length === 0) return read(through);
  const hasRole = await asksOnce(pool);
  const client = await through.connect();
  let broken: Error | undefined;
  try {
    await client.query(beginLimited(access.rowLimits, hasRole));
    const result = await read(client);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
  }
}

async function asksOnce(pool: Pool): Promise<boolean> {
  const known = mayBecomeLimited.get(pool);
  if (known) return known;
  const asked = pool.query<{ may: boolean }>(SELECT_MAY_BECOME_LIMITED).then(({ rows }) => rows[0]?.may === true);
  mayBecomeLimited.set(pool, asked);
  // The next one who asks tries again.
  asked.catch(() => mayBecomeLimited.delete(pool));
  return asked;
}

/** Everything is over with the transaction, so that nothing of it is left to whoever has the connection next. */
function beginLimited(limits: readonly RowLimits[], hasRole: boolean): string {
  return [
    'begin read only',
    `select set_config('dci.rows', ${escapeLiteral(limitsText(limits))}, true)`,
    'set local search_path = limited, public',
    ...(hasRole ? [`set local role ${LIMITED_ROLE}`] : []),
  ].join(';\n');
}

/** As the views of the database read it. What holds a NUL character is nothing that the database has. */
function limitsText(limits: readonly RowLimits[]): string {
  const held = (texts: readonly string[] | undefined): readonly string[] | undefined =>
    texts?.filter((text) => !text.includes('\0'));
  return JSON.stringify(
    limits.map(({ within, bornWithin, sources, programmes }) => ({
      within: within?.filter(isUuid),
      bornWithin: bornWithin?.filter(isUuid),
      sources: held(sources),
      programmes: held(programmes)?.map(identifierKey),
    })),
  );
}

/** A connection that cannot even roll back is thrown away, not handed to the next caller. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
