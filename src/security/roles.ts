import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { Problem } from '../record/problem.js';
import { type AccessDocument, changeLimits, type LimitChanges } from './access-document.js';
import type { Administrator } from './administrator.js';
import { checkLimits } from './limit-references.js';

/** Limits that several clients, or the people of an organisation's own sign-on, have in common. */
export interface Role {
  readonly name: string;
  /** For people; may be empty. */
  readonly description: string;
  readonly limits: AccessDocument;
  /** How many clients that were not revoked have it. */
  readonly clients: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a role shall be; on a change, what is absent stays. */
export interface RoleSettings {
  readonly description?: string | undefined;
  readonly limits?: LimitChanges | undefined;
}

const NAME = /^[a-z][a-z0-9_.-]{0,62}$/u;
const LONGEST_DESCRIPTION = 500;
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

const COLUMNS = `
  name, description, access as limits, created_at as "createdAt", updated_at as "updatedAt",
  (select count(*)::integer from api_clients c where c.role = roles.name and c.state = 'active') as clients`;

const LIST_ROLES = { name: 'role-list', text: `select ${COLUMNS} from roles order by name` };
const LOCK_ROLE = { name: 'role-lock', text: `select ${COLUMNS} from roles where name = $1 for update` };
const INSERT_ROLE = {
  name: 'role-insert',
  text: `insert into roles (name, description, access) values ($1, $2, $3) returning ${COLUMNS}`,
};
const UPDATE_ROLE = {
  name: 'role-update',
  text: `
    update roles set description = $2, access = $3, updated_at = now() where name = $1
    returning ${COLUMNS}`,
};
const FREE_REVOKED = {
  name: 'role-free-revoked',
  text: "update api_clients set role = null where role = $1 and state = 'revoked'",
};
/** Grants of trusted issuers name roles inside a document: no constraint watches over those. */
const DELETE_ROLE = {
  name: 'role-delete',
  text: `
    delete from roles where name = $1 and not exists (
      select from trusted_issuers, jsonb_each(grants) as granted (word, terms) where terms ->> 'role' = $1
    )`,
};

/** Every role, by name. */
export async function listRoles(pool: Pool): Promise<Role[]> {
  const { rows } = await pool.query<Role>(LIST_ROLES);
  return rows;
}

/** Makes a role. Throws a `Problem`: `ROLE_NAME_INVALID`, `ROLE_DESCRIPTION_INVALID`, `ROLE_EXISTS`, `ACCESS_INVALID`. */
export async function createRole(
  pool: Pool,
  name: string,
  { description = '', limits = {} }: RoleSettings,
  by: Administrator,
): Promise<Role> {
  if (!NAME.test(name)) {
    throw new Problem(
      'ROLE_NAME_INVALID',
      'The name of a role is a word in small letters, such as caseworker or district-office: a letter first, then ' +
        'letters, digits, _ . -',
    );
  }
  const document = changeLimits({}, limits);
  try {
    return await inTransaction(pool, async (transaction) => {
      await checkLimits(transaction, document);
      const values = [name, readDescription(description), document];
      const { rows } = await transaction.query<Role>({ ...INSERT_ROLE, values });
      await by.ledger.note({ action: 'role.created', actor: by.actor, detail: { role: name } }, transaction);
      return only(rows);
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) {
      throw new Problem('ROLE_EXISTS', 'There is a role with this name: update it, or choose another', {
        cause: error,
      });
    }
    throw error;
  }
}

/**
 * Changes a role; it holds for all who have it from their next call on. Throws a `Problem`: `ROLE_UNKNOWN`,
 * `ROLE_DESCRIPTION_INVALID`, `ACCESS_INVALID`.
 */
export async function updateRole(pool: Pool, name: string, changes: RoleSettings, by: Administrator): Promise<Role> {
  return inTransaction(pool, async (transaction) => {
    const current = await lockRole(transaction, name);
    const document = changeLimits(current.limits, changes.limits ?? {});
    await checkLimits(transaction, document);
    const description = readDescription(changes.description ?? current.description);
    const { rows } = await transaction.query<Role>({ ...UPDATE_ROLE, values: [name, description, document] });
    await by.ledger.note({ action: 'role.updated', actor: by.actor, detail: { role: name } }, transaction);
    return only(rows);
  });
}

/** Removes a role that nobody has but revoked clients. Throws a `Problem`: `ROLE_UNKNOWN`, `ROLE_IN_USE`. */
export async function removeRole(pool: Pool, name: string, by: Administrator): Promise<Role> {
  const inUse = (cause?: unknown) =>
    new Problem('ROLE_IN_USE', 'Clients or trusted issuers have this role: give them another first', { cause });
  try {
    return await inTransaction(pool, async (transaction) => {
      const role = await lockRole(transaction, name);
      await transaction.query({ ...FREE_REVOKED, values: [name] });
      const { rowCount } = await transaction.query({ ...DELETE_ROLE, values: [name] });
      if (rowCount === 0) throw inUse();
      await by.ledger.note({ action: 'role.removed', actor: by.actor, detail: { role: name } }, transaction);
      return role;
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === FOREIGN_KEY_VIOLATION) throw inUse(error);
    throw error;
  }
}

async function lockRole(transaction: PoolClient, name: string): Promise<Role> {
  const { rows } = await transaction.query<Role>({ ...LOCK_ROLE, values: [name] });
  const [role] = rows;
  if (!role) throw new Problem('ROLE_UNKNOWN', 'There is no role with this name: see dci-gateway role list');
  return role;
}

function readDescription(text: string): string {
  const description = text.normalize('NFC').trim();
  if (description.length <= LONGEST_DESCRIPTION && !description.includes('\u0000')) return description;
  throw new Problem(
    'ROLE_DESCRIPTION_INVALID',
    `The description of a role has at most ${String(LONGEST_DESCRIPTION)} characters`,
  );
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the statement returned no row');
  return row;
}
