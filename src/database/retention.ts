import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Jobs } from './jobs.js';

/** For how long what is kept for a time is kept, in days. */
export interface RetentionConfig {
  /** Asynchronous requests, their answers and what other registries sent us. */
  readonly transactionRetentionDays: number;
  /** What became of each record of an import. */
  readonly importRetentionDays: number;
}

/** What retention works with. */
export interface RetentionContext {
  readonly pool: Pool;
  readonly log: Logger;
  readonly config: RetentionConfig;
}

const DAY_SECONDS = 86_400;
/** Rows of one statement, so that none holds many locks for long. */
const BATCH = 1_000;
/** Marks of pages are of no use after an hour, budgets after theirs, nor tokens that are over anyway. */
const A_DAY = 1;

/** One kind of rows that are kept for a time. */
interface RetentionClass {
  readonly table: string;
  /** The setting that says how long, or what does. */
  readonly kept: string;
  /** `null`: each row says until when. */
  readonly days: (config: RetentionConfig) => number | null;
  /** SQL over the table: past its time. `$1`: days. */
  readonly old: string;
  /** The columns of its key; absent: rows go only by the function of this name, which takes how many at once. */
  readonly key?: string;
  readonly by?: string;
}

const before = (column: string): string => `${column} < now() - make_interval(days => $1::integer)`;
const over = (column: string): string => `${column} < now() and $1::integer is null`;

const asRequests = {
  kept: 'TRANSACTION_RETENTION_DAYS',
  days: (config: RetentionConfig) => config.transactionRetentionDays,
};
const asImports = {
  kept: 'IMPORT_RETENTION_DAYS',
  days: (config: RetentionConfig) => config.importRetentionDays,
};
const ofOldRun = `import_run_id in (select r.id from import_runs r where ${before('r.finished_at')})`;
const forADay = { kept: 'a day', days: () => A_DAY };
const byItself = { kept: 'until it expires', days: () => null };

const CLASSES: readonly RetentionClass[] = [
  // What answers a request goes with it.
  { table: 'transactions', ...asRequests, key: 'id', old: before('received_at') },
  { table: 'deliveries', ...asRequests, key: 'id', old: before('created_at') },
  { table: 'events', ...asRequests, key: 'id', old: `${before('occurred_at')} and told_at is not null` },
  // With what was noted for it and is not told any more.
  { table: 'subscriptions', ...asRequests, key: 'id', old: `state = 'ended' and ${before('ended_at')}` },
  { table: 'inbox_messages', ...asRequests, key: 'id', old: before('received_at') },
  { table: 'answered_messages', ...asRequests, key: 'api_client_id, action, message_id', old: before('answered_at') },
  {
    table: 'search_page_marks',
    ...forADay,
    key: 'api_client_id, question_digest, page_number',
    old: before('marked_at'),
  },
  // Of runs that are over; their counts stay.
  { table: 'import_items', ...asImports, key: 'id', old: ofOldRun },
  // What an undo needs: a run that is older cannot be taken back.
  { table: 'import_pages', ...asImports, key: 'import_run_id, page', old: ofOldRun },
  // What became of the times of schedules.
  {
    table: 'import_schedule_times',
    ...asImports,
    key: 'search_criteria_id, due_at',
    old: before('noted_at'),
  },
  // With what a preview says of each.
  { table: 'import_records', ...asImports, key: 'import_run_id, page, ordinal', old: ofOldRun },
  { table: 'preview_checks', ...asImports, key: 'import_run_id', old: ofOldRun },
  // Of previews that stopped before their end.
  { table: 'preview_people', ...asImports, key: 'import_run_id, individual_id', old: ofOldRun },
  { table: 'preview_identifiers', ...asImports, key: 'import_run_id, mark', old: ofOldRun },
  { table: 'preview_ties', ...asImports, key: 'import_run_id, id', old: ofOldRun },
  { table: 'preview_memberships', ...asImports, key: 'import_run_id, individual_id, group_id', old: ofOldRun },
  { table: 'preview_said', ...asImports, key: 'import_run_id, record_key', old: ofOldRun },
  { table: 'exchanges', ...asImports, key: 'id', old: before('sent_at') },
  // A merge holds for ever; taking it back needs what the person was.
  {
    table: 'individual_merge_snapshots',
    kept: 'IMPORT_RETENTION_DAYS',
    days: (config) => config.importRetentionDays,
    key: 'merge_id',
    old: before('created_at'),
  },
  { table: 'record_budgets', ...forADay, key: 'actor, hour', old: before('hour') },
  { table: 'revoked_tokens', ...byItself, key: 'jti', old: over('expires_at') },
  { table: 'used_assertions', ...byItself, key: 'api_client_id, jti', old: over('expires_at') },
  {
    table: 'token_failures',
    ...byItself,
    key: 'key',
    old: 'expire < extract(epoch from now()) * 1000 and $1::integer is null',
  },
  // The role that serves may delete nothing of the ledger; the owner's functions delete what is past its time.
  {
    table: 'disclosures',
    kept: 'DISCLOSURE_RETENTION_DAYS, as it was then',
    days: () => null,
    by: 'delete_expired_disclosures',
    old: over('retain_until'),
  },
  {
    table: 'disclosure_evidence',
    kept: 'EVIDENCE_RETENTION_DAYS, as it was then',
    days: () => null,
    by: 'delete_expired_evidence',
    old: over('retain_until'),
  },
];

/** A kind of rows, how long they are kept, and how many are past their time now. */
export interface RetentionState {
  readonly table: string;
  /** The setting that says how long. */
  readonly kept: string;
  /** `null`: each row says until when. */
  readonly days: number | null;
  readonly due: number;
}

/** Deletes once a day what is older than it is kept, from now until `jobs` is closed. */
export async function startRetention(context: RetentionContext & { readonly jobs: Jobs }): Promise<void> {
  await context.jobs.repeat('retention', DAY_SECONDS, async (signal) => {
    await deleteExpired(context, signal);
  });
}

/** Deletes what is older than it is kept, a batch at a time; answers how many rows of each table. */
export async function deleteExpired(
  { pool, log, config }: RetentionContext,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const kind of CLASSES) {
    const { table } = kind;
    const days = kind.days(config);
    let deleted = 0;
    for (;;) {
      signal.throwIfAborted();
      const batch = await deleteBatch(pool, kind, days);
      deleted += batch;
      if (batch < BATCH) break;
    }
    all[table] = deleted;
    if (deleted > 0) log.info({ table, deleted, days }, 'deleted what is kept no longer');
  }
  return all;
}

/** How long everything is kept, and how much is past its time. Counts through whole tables: for operators. */
export async function retentionState({ pool, config }: Omit<RetentionContext, 'log'>): Promise<RetentionState[]> {
  const states: RetentionState[] = [];
  for (const { table, kept, days, old } of CLASSES) {
    const limit = days(config);
    const text = `select count(*) as due from ${table} where ${old}`;
    const { rows } = await pool.query<{ due: number }>({ name: `retention-count-${table}`, text, values: [limit] });
    states.push({ table, kept, days: limit, due: rows[0]?.due ?? 0 });
  }
  return states;
}

async function deleteBatch(pool: Pool, { table, key, by, old }: RetentionClass, days: number | null): Promise<number> {
  if (by !== undefined) {
    const { rows } = await pool.query<{ deleted: number }>({
      name: `retention-${table}`,
      text: `select ${by}($1) as deleted`,
      values: [BATCH],
    });
    return rows[0]?.deleted ?? 0;
  }
  const text = `delete from ${table} where (${key ?? ''}) in (select ${key ?? ''} from ${table} where ${old} limit $2)`;
  const { rowCount } = await pool.query({ name: `retention-${table}`, text, values: [days, BATCH] });
  return rowCount ?? 0;
}
