import { type QueryResultRow } from 'pg';
import { type Queryable } from '../database/pool.js';
import { isUuid } from '../record/uuid.js';
import { type CursorPage, type ListPage, readPage } from '../registry/queries/keyset.js';
import { type ItemOutcome } from './import-items.js';
import { type Since } from './search-criteria.js';

/** How far a run is; one that failed, waits for the source or was cancelled can be resumed. */
export type RunState = 'queued' | 'running' | 'paused' | 'cancelled' | 'succeeded' | 'failed';

/** What a run does: see the table `import_runs`. */
export type RunKind = 'import' | 'preview' | 'apply' | 'retry' | 'undo';

/** One fetch of a search criteria: how far it is and what it came to. */
export interface ImportRun {
  readonly id: string;
  readonly searchCriteriaId: string;
  readonly kind: RunKind;
  /** The preview that it applies, the run that it retries or takes back. */
  readonly ofRunId: string | null;
  readonly state: RunState;
  /** Who asked for it: a name or a client id. */
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The page that is asked for next; a run that failed goes on there. */
  readonly nextPage: number;
  readonly pageSize: number | null;
  readonly pagesDone: number;
  /** Records read from the source. */
  readonly recordsDone: number;
  /** How many the source says it has; `null` when it does not say. */
  readonly recordsReported: number | null;
  /** Of the records read, those that the source sent although the criteria did not ask for them; they have no item. */
  readonly recordsOutside: number;
  /** Items by what became of them. */
  readonly outcomes: Readonly<Record<ItemOutcome, number>>;
  /** New people who have an identifier. */
  readonly individualsCreated: number;
  readonly individualsUpdated: number;
  readonly groupsCreated: number;
  /** People whom an undo removed, and those whose values it restored. */
  readonly individualsRemoved: number;
  readonly individualsRestored: number;
  /** New parents without any identifier; not among `individualsCreated`. */
  readonly unidentifiedParents: number;
  /** The day, in UTC, from which a criteria that asks for the last days counts back: `YYYY-MM-DD`. */
  readonly askedOn: string;
  /** Of a run that asks only for what is new: from which day on, and by which date. */
  readonly since: Since | null;
  /** Sentences for the operator. */
  readonly warnings: readonly string[];
  /** Of a paused run: when it goes on, and a sentence for why it waits. */
  readonly pausedUntil: Date | null;
  readonly pauseReason: string | null;
  /** Since when somebody wants it stopped. */
  readonly cancelRequestedAt: Date | null;
  /** Why it failed. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** The columns of `import_runs` that make an ImportRun, over alias `r`. */
export const RUN_COLUMNS = `r.id, r.search_criteria_id, r.kind, r.of_run_id, r.state, r.requested_by, r.created_at, r.started_at,
  r.finished_at, r.next_page, r.page_size, r.pages_done, r.records_done, r.records_reported, r.records_outside,
  r.created_count, r.updated_count, r.unchanged_count, r.skipped_count, r.conflict_count, r.failed_count,
  r.removed_count, r.restored_count, r.refused_count, r.individuals_created, r.individuals_updated, r.groups_created,
  r.individuals_removed, r.individuals_restored, r.unidentified_parents, r.asked_on, r.since_attribute, r.since, r.warnings, r.paused_until, r.pause_reason,
  r.cancel_requested_at, r.error_code, r.error_message`;

/** A row of RUN_COLUMNS. */
export interface RunRow extends QueryResultRow {
  id: string;
  search_criteria_id: string;
  kind: RunKind;
  of_run_id: string | null;
  state: RunState;
  requested_by: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  next_page: number;
  page_size: number | null;
  pages_done: number;
  records_done: number;
  records_reported: number | null;
  records_outside: number;
  created_count: number;
  updated_count: number;
  unchanged_count: number;
  skipped_count: number;
  conflict_count: number;
  failed_count: number;
  removed_count: number;
  restored_count: number;
  refused_count: number;
  individuals_created: number;
  individuals_updated: number;
  groups_created: number;
  individuals_removed: number;
  individuals_restored: number;
  unidentified_parents: number;
  asked_on: string;
  since_attribute: Since['attribute'] | null;
  since: string | null;
  warnings: string[];
  paused_until: Date | null;
  pause_reason: string | null;
  cancel_requested_at: Date | null;
  error_code: string | null;
  error_message: string | null;
}

const SELECT = { name: 'select-import-run', text: `select ${RUN_COLUMNS} from import_runs r where r.id = $1` };

/** The run with this id; `null` when there is none. */
export async function findImportRun(db: Queryable, id: string): Promise<ImportRun | null> {
  if (!isUuid(id)) return null;
  const { rows } = await db.query<RunRow>({ ...SELECT, values: [id] });
  return rows[0] === undefined ? null : readRun(rows[0]);
}

const SELECT_BY_IDS = {
  name: 'select-import-runs-by-ids',
  text: `select ${RUN_COLUMNS} from import_runs r where r.id = any ($1::uuid[])`,
};

/** Those of the runs that exist, in any order. */
export async function findImportRunsByIds(db: Queryable, ids: readonly string[]): Promise<ImportRun[]> {
  const { rows } = await db.query<RunRow>({ ...SELECT_BY_IDS, values: [ids] });
  return rows.map(readRun);
}

/** Runs, the newest first: all of them or those of one criteria. Throws `PAGE_INVALID` or `CURSOR_INVALID`. */
export async function listImportRuns(
  db: Queryable,
  { searchCriteriaId, ...page }: CursorPage & { readonly searchCriteriaId?: string | undefined },
): Promise<ListPage<ImportRun>> {
  const isOne = searchCriteriaId !== undefined;
  return await readPage<RunRow, ImportRun>(
    db,
    {
      from: 'import_runs r',
      columns: RUN_COLUMNS,
      where: isOne ? 'r.search_criteria_id = $1::uuid' : 'true',
      parameters: isOne ? [isUuid(searchCriteriaId) ? searchCriteriaId : null] : [],
      onePlan: true,
      keys: [
        { name: 'createdAt', expression: 'r.created_at', type: 'timestamptz', nullable: false, direction: 'desc' },
        { name: 'id', expression: 'r.id', type: 'uuid', nullable: false, direction: 'desc' },
      ],
    },
    page,
    readRun,
  );
}

/** The run of a row. */
export function readRun(row: RunRow): ImportRun {
  return {
    id: row.id,
    searchCriteriaId: row.search_criteria_id,
    kind: row.kind,
    ofRunId: row.of_run_id,
    state: row.state,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    nextPage: row.next_page,
    pageSize: row.page_size,
    pagesDone: row.pages_done,
    recordsDone: row.records_done,
    recordsReported: row.records_reported,
    recordsOutside: row.records_outside,
    outcomes: {
      created: row.created_count,
      updated: row.updated_count,
      unchanged: row.unchanged_count,
      skipped: row.skipped_count,
      conflict: row.conflict_count,
      failed: row.failed_count,
      removed: row.removed_count,
      restored: row.restored_count,
      refused: row.refused_count,
    },
    individualsCreated: row.individuals_created,
    individualsUpdated: row.individuals_updated,
    groupsCreated: row.groups_created,
    individualsRemoved: row.individuals_removed,
    individualsRestored: row.individuals_restored,
    unidentifiedParents: row.unidentified_parents,
    askedOn: row.asked_on,
    since:
      row.since === null || row.since_attribute === null ? null : { attribute: row.since_attribute, from: row.since },
    warnings: row.warnings,
    pausedUntil: row.paused_until,
    pauseReason: row.pause_reason,
    cancelRequestedAt: row.cancel_requested_at,
    errorCode: row.error_code,
    errorMessage: row.error_message,
  };
}
