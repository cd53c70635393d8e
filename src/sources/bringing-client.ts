import type { Queryable } from '../database/pool.js';
import { Problem } from '../record/problem.js';

/**
 * A source without a client takes what any client brings that is not another source's own: who knows the id of our
 * request was told it by us or by the source.
 */
const MAY_BRING = {
  name: 'sources-may-bring',
  text: `
    select case
      when s.api_client_id is not null then s.api_client_id = $2
      else not exists (select from data_sources other where other.api_client_id = $2)
    end as may
    from data_sources s where s.id = $1`,
};

/** Whether messages of the source may come with the token of this client. */
export async function mayBring(db: Queryable, dataSourceId: string, apiClientId: string): Promise<boolean> {
  const { rows } = await db.query<{ may: boolean }>({ ...MAY_BRING, values: [dataSourceId, apiClientId] });
  return rows[0]?.may === true;
}

const SET_CLIENT = {
  name: 'sources-set-client',
  text: `
    update data_sources s set api_client_id = c.id, updated_at = now()
    from (select $2::text as client_id) given left join api_clients c on c.client_id = given.client_id
    where s.code = $1 and (given.client_id is null or c.id is not null)
    returning s.code`,
};

/**
 * Says with the token of which client the source brings its messages; `null`: none in particular. Throws
 * `SOURCE_OR_CLIENT_UNKNOWN`.
 */
export async function setBringingClient(db: Queryable, code: string, clientId: string | null): Promise<void> {
  const { rowCount } = await db.query({ ...SET_CLIENT, values: [code, clientId] });
  if (rowCount === 1) return;
  throw new Problem(
    'SOURCE_OR_CLIENT_UNKNOWN',
    'There is no such source, or no such client: see source list and client list',
  );
}
