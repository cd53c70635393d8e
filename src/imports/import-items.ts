import { type QueryResultRow } from 'pg';
import { type Queryable } from '../database/pool.js';
import { type Writable } from '../database/write-behind.js';
import { type RecordIssue } from '../record/individual-record.js';
import { isUuid } from '../record/uuid.js';
import { type CursorPage, type ListPage, readPage } from '../registry/queries/keyset.js';
import { newId } from '../registry/write-id.js';
import { type Outcome, type WrittenRecord } from '../registry/write-sources/write-outcome.js';

/** What became of a record, or of what a run had done that is taken back. */
export type ItemOutcome = Outcome | 'removed' | 'restored' | 'refused';

/** Every outcome, in the order in which they are listed. */
export const ITEM_OUTCOMES: readonly ItemOutcome[] = [
  'created',
  'updated',
  'unchanged',
  'skipped',
  'conflict',
  'failed',
  'removed',
  'restored',
  'refused',
];

/** What became of one record of a run. */
export interface ImportItem {
  readonly id: string;
  readonly importRunId: string;
  /** Where the source gave it: its page, and its place on the page; both from 1. */
  readonly page: number;
  readonly ordinal: number;
  readonly outcome: ItemOutcome;
  /** Why it was skipped, is a conflict, failed, or was not taken back. */
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly individualId: string | null;
  readonly motherId: string | null;
  readonly fatherId: string | null;
  readonly groupId: string | null;
  /** Values that were left out or kept with a doubt. */
  readonly issues: readonly RecordIssue[];
}

/** What became of a record that was written, or of somebody whom a run is taken back for. */
export interface WrittenItem extends Omit<WrittenRecord, 'outcome' | 'refusal' | 'questions'> {
  readonly outcome: ItemOutcome;
  readonly refusal: { readonly code: string; readonly reason: string } | null;
}

/** One of them, with its place on the page. */
export interface PlacedRecord {
  readonly ordinal: number;
  readonly written: WrittenItem;
}

const INSERT = {
  name: 'insert-import-items',
  text: `
    insert into import_items (import_run_id, page, id, ordinal, outcome, reason_code, reason, individual_id, mother_id,
      father_id, group_id, issues)
    select $1, $2, n.*
    from unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::uuid[],
      $11::uuid[], $12::jsonb[]) as n`,
};

/** Writes the items of one page of a run. */
export async function writeImportItems(
  db: Writable,
  runId: string,
  page: number,
  items: readonly PlacedRecord[],
): Promise<void> {
  if (items.length === 0) return;
  const column = <T>(read: (written: WrittenItem) => T): T[] => items.map(({ written }) => read(written));
  await db.query({
    ...INSERT,
    values: [
      runId,
      page,
      items.map(() => newId()),
      items.map(({ ordinal }) => ordinal),
      column((written) => written.outcome),
      column((written) => written.refusal?.code ?? null),
      column((written) => written.refusal?.reason ?? null),
      column((written) => written.individualId),
      column((written) => written.motherId),
      column((written) => written.fatherId),
      column((written) => written.groupId),
      column((written) => JSON.stringify(written.issues)),
    ],
  });
}

interface ItemRow extends QueryResultRow {
  id: string;
  import_run_id: string;
  page: number;
  ordinal: number;
  outcome: ItemOutcome;
  reason_code: string | null;
  reason: string | null;
  individual_id: string | null;
  mother_id: string | null;
  father_id: string | null;
  group_id: string | null;
  issues: RecordIssue[];
}

/** Items of a run in the order of the source, all or those of one outcome. Throws `PAGE_INVALID`, `CURSOR_INVALID`. */
export async function listImportItems(
  db: Queryable,
  {
    importRunId,
    outcome,
    ...page
  }: CursorPage & { readonly importRunId: string; readonly outcome?: ItemOutcome | undefined },
): Promise<ListPage<ImportItem>> {
  const run = isUuid(importRunId) ? importRunId : null;
  return await readPage<ItemRow, ImportItem>(
    db,
    {
      from: 'import_items t',
      columns: `t.id, t.import_run_id, t.page, t.ordinal, t.outcome, t.reason_code, t.reason, t.individual_id,
        t.mother_id, t.father_id, t.group_id, t.issues`,
      where: `t.import_run_id = $1::uuid${outcome === undefined ? '' : ' and t.outcome = $2::text'}`,
      parameters: outcome === undefined ? [run] : [run, outcome],
      onePlan: true,
      keys: [
        { name: 'page', expression: 't.page', type: 'integer', nullable: false, direction: 'asc' },
        { name: 'ordinal', expression: 't.ordinal', type: 'integer', nullable: false, direction: 'asc' },
      ],
    },
    page,
    readItem,
  );
}

function readItem(row: ItemRow): ImportItem {
  return {
    id: row.id,
    importRunId: row.import_run_id,
    page: row.page,
    ordinal: row.ordinal,
    outcome: row.outcome,
    reasonCode: row.reason_code,
    reason: row.reason,
    individualId: row.individual_id,
    motherId: row.mother_id,
    fatherId: row.father_id,
    groupId: row.group_id,
    issues: row.issues,
  };
}
