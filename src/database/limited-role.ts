import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import type { Logger } from 'pino';

/**
 * Reads for callers whose rows are limited run as this role, which may read the views of the schema `limited` and no
 * table behind them. One for all databases of a server; nobody logs in with it.
 */
export const LIMITED_ROLE = 'dci_gateway_limited';

const SELECT_ROLE = `
  select exists (select from pg_roles where rolname = $1) as exists,
    (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as may_create`;
const SELECT_READS = `select has_schema_privilege($1, 'limited', 'usage') as reads`;
/** Since PostgreSQL 16 a member may be one who cannot become it: whoever made the role is at first. */
export const MAY_BECOME = `case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end`;
const SELECT_MEMBER = `select pg_has_role($1, $2, ${MAY_BECOME}) as member`;

const GRANT_READS = `
  grant usage on schema public, limited to ${LIMITED_ROLE};
  grant select on all tables in schema limited to ${LIMITED_ROLE};
  grant execute on all functions in schema limited to ${LIMITED_ROLE}`;

/**
 * Makes the role where the owner may, and lets the serving role become it. Where that is not possible the views alone
 * are the second line: a warning says how to complete it.
 */
export async function grantLimitedRole(
  owner: Client,
  { servingRole, migrated }: { readonly servingRole: string; readonly migrated: boolean },
  log: Logger,
): Promise<void> {
  const role = (await owner.query<{ exists: boolean; may_create: boolean }>(SELECT_ROLE, [LIMITED_ROLE])).rows[0];
  try {
    if (role?.exists !== true) {
      if (role?.may_create !== true) throw new Error(`the owner of the tables may not make roles`);
      await makeRole(owner);
    }
    const reads = await owner.query<{ reads: boolean }>(SELECT_READS, [LIMITED_ROLE]);
    if (migrated || reads.rows[0]?.reads !== true) await owner.query(GRANT_READS);
    const member = await owner.query<{ member: boolean }>(SELECT_MEMBER, [servingRole, LIMITED_ROLE]);
    if (member.rows[0]?.member !== true) {
      await owner.query(`grant ${LIMITED_ROLE} to ${escapeIdentifier(servingRole)}`);
    }
  } catch (error) {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      `reads for callers whose rows are limited have no database role of their own: let somebody who may make roles run "create role ${LIMITED_ROLE} nologin; grant ${LIMITED_ROLE} to ${servingRole}", then start again`,
    );
  }
}

/** Another gateway on the same server may make it in the same moment. */
async function makeRole(owner: Client): Promise<void> {
  try {
    await owner.query(`create role ${LIMITED_ROLE} nologin`);
  } catch (error) {
    const made = error instanceof DatabaseError && (error.code === '42710' || error.code === '23505');
    if (!made) throw error;
  }
}
