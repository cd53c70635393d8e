import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { type CursorPage, type ListPage, type OrderKey, readPage } from '../../registry/queries/keyset.js';

/** Something that was done, as it is on record. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  /** As `Caller.actor`, or `operator:<user>`, or `gateway`. */
  readonly actor: string;
  /** Counts, codes and ids of our own. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** Place in the chain; `null` for the second until it is linked. */
  readonly position: string | null;
}

/** Which entries are listed; absent: all. */
export interface AuditSelection {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
}

const COLUMNS = `e.id::text as id, e.at, e.action, e.actor, e.detail,
  (select l.position::text from audit_links l where l.audit_entry_id = e.id) as position`;

const NEWEST_FIRST: readonly OrderKey[] = [
  { name: 'id', expression: 'e.id', type: 'bigint', nullable: false, direction: 'desc' },
];

/** One page of the audit, the newest first. Throws `PAGE_INVALID` or `CURSOR_INVALID`. */
export async function listAuditEntries(
  db: Queryable,
  { actor, action, ...page }: CursorPage & AuditSelection,
): Promise<ListPage<AuditEntry>> {
  const parameters: unknown[] = [];
  const conditions: string[] = [];
  if (actor !== undefined) conditions.push(`e.actor = $${String(parameters.push(actor))}`);
  if (action !== undefined) conditions.push(`e.action = $${String(parameters.push(action))}`);
  const read = {
    from: 'audit_entries e',
    columns: COLUMNS,
    where: conditions.length === 0 ? 'true' : conditions.join(' and '),
    parameters,
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<AuditEntry & QueryResultRow, AuditEntry>(db, read, page, ({ keyset: _, ...entry }) => entry);
}
