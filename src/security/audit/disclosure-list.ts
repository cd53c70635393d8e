import type { QueryResultRow } from 'pg';
import type { Queryable } from '../../database/pool.js';
import { isUuid } from '../../record/uuid.js';
import { type CursorPage, type ListPage, type OrderKey, readPage } from '../../registry/queries/keyset.js';

/** One answer that told of a person. */
export interface PersonDisclosure {
  /** Of the entry of the audit. */
  readonly id: string;
  readonly at: Date;
  /** As `Caller.actor`. */
  readonly actor: string;
  /** Of the client that was told; `null` for everybody else. */
  readonly clientName: string | null;
  readonly action: string;
  readonly registry: string | null;
  readonly correlationId: string;
  readonly purpose: string | null;
  /** By `fieldKey`, of all the records of the answer. */
  readonly fields: readonly string[];
  /** Whether a consent or authorize object was given and is still held. */
  readonly hasEvidence: boolean;
}

const COLUMNS = `d.audit_entry_id::text as id, d.at, d.actor, c.name as "clientName", d.action, d.registry,
  d.correlation_id as "correlationId", d.purpose, d.fields,
  exists (select from disclosure_evidence e where e.audit_entry_id = d.audit_entry_id) as "hasEvidence"`;

/** Not the bare column: the planner would walk its index from the end in search of a person whom nobody asked for. */
const NEWEST_FIRST: readonly OrderKey[] = [
  { name: 'id', expression: '(d.audit_entry_id + 0)', type: 'bigint', nullable: false, direction: 'desc' },
];

/**
 * Who was told of a person, the newest first: one page of it. Of a person who is not in the registry nobody was told.
 * Throws `PAGE_INVALID` or `CURSOR_INVALID`.
 */
export async function disclosuresOf(
  db: Queryable,
  individualId: string,
  page: CursorPage,
): Promise<ListPage<PersonDisclosure>> {
  const read = {
    from: `disclosures d left join api_clients c on d.actor = 'client:' || c.client_id`,
    columns: COLUMNS,
    // Of nobody the list holds a null, which no list contains.
    where: 'd.people @> array[(select i.ledger_key from individuals i where i.id = $1::uuid)]',
    parameters: [isUuid(individualId) ? individualId : null],
    onePlan: true,
    keys: NEWEST_FIRST,
  };
  return await readPage<PersonDisclosure & QueryResultRow, PersonDisclosure>(
    db,
    read,
    page,
    ({ keyset: _, ...disclosure }) => disclosure,
  );
}
