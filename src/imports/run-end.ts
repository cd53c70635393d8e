import { type Pool, type PoolClient } from 'pg';
import { type ComeBackLater } from '../sources/retry.js';
import { ITEM_OUTCOMES } from './import-items.js';
import { type RunState } from './import-run.js';
import { type PageResult, type RunPage, type Turn } from './run-kind.js';
import { LeaseLost } from './run-lease.js';

/** Where a page leaves its run. */
export interface AfterPage {
  readonly page: RunPage;
  /** `null`: the page was not written. */
  readonly result: PageResult | null;
  /** The run before the page after it. */
  readonly following: Turn;
  /** Whether there is one. */
  readonly more: boolean;
  /** Whether this worker goes on with it. */
  readonly goesOn: boolean;
  /** A sentence for the operator. */
  readonly warning: string | null;
}

/**
 * The cursor, the counts and the state in one statement, and the last before the commit: the row of the run, which shows
 * how far it is and is cancelled by others, is locked no longer than that.
 */
const FINISH_PAGE = {
  name: 'finish-import-page',
  text: `
    update import_runs
    set next_page = $4, page_size = $5,
      state = case when not $6 then 'succeeded' when cancel_requested_at is not null then 'cancelled' else state end,
      finished_at = case when not $6 or cancel_requested_at is not null then now() end,
      lease_token = case when $7 and cancel_requested_at is null then lease_token end,
      lease_until = case when $7 and cancel_requested_at is null then lease_until end,
      records_reported = $8, last_page_digest = $9,
      pages_done = pages_done + $10, records_done = records_done + $11, records_outside = records_outside + $12,
      created_count = created_count + $13, updated_count = updated_count + $14,
      unchanged_count = unchanged_count + $15, skipped_count = skipped_count + $16,
      conflict_count = conflict_count + $17, failed_count = failed_count + $18,
      removed_count = removed_count + $19, restored_count = restored_count + $20,
      refused_count = refused_count + $21,
      individuals_created = individuals_created + $22, individuals_updated = individuals_updated + $23,
      groups_created = groups_created + $24, unidentified_parents = unidentified_parents + $25,
      individuals_removed = individuals_removed + $26, individuals_restored = individuals_restored + $27,
      warnings = warnings || array(select w from unnest($28::text[]) as w where w <> all (warnings))
    where id = $1 and next_page = $2 and state = 'running' and lease_token = $3 and lease_until > clock_timestamp()
    returning state`,
};

const FAIL = {
  name: 'fail-import-run',
  text: `
    update import_runs
    set state = 'failed', finished_at = now(), error_code = $3, error_message = $4, lease_token = null,
      lease_until = null
    where id = $1 and lease_token = $2 and state = 'running'`,
};

const PAUSE = {
  name: 'pause-import-run',
  text: `
    update import_runs
    set state = 'paused', paused_until = clock_timestamp() + make_interval(secs => $3), pause_reason = $4,
      lease_token = null, lease_until = null
    where id = $1 and lease_token = $2 and state = 'running' and cancel_requested_at is null`,
};

const CANCEL = {
  name: 'cancel-import-run-between-pages',
  text: `
    update import_runs
    set state = 'cancelled', finished_at = now(), lease_token = null, lease_until = null
    where id = $1 and lease_token = $2 and state = 'running' and cancel_requested_at is not null`,
};

/**
 * Ends the transaction of a page: moves the cursor, adds to the counts, and ends the run where nothing follows or
 * somebody wants it stopped. Answers the state of the run. Throws `LeaseLost` where the page is not ours to write.
 */
export async function finishPage(
  client: PoolClient,
  { run, number }: Turn,
  token: string,
  { page, result, following, more, goesOn, warning }: AfterPage,
): Promise<RunState> {
  const outcomes = result?.outcomes ?? [];
  const taken = result !== null;
  const { rows } = await client.query<{ state: RunState }>({
    ...FINISH_PAGE,
    values: [
      run.id,
      number,
      token,
      following.number,
      following.size,
      more,
      more && goesOn,
      following.recordsReported,
      following.lastPageDigest,
      taken ? 1 : 0,
      taken ? page.count : 0,
      result?.recordsOutside ?? 0,
      ...ITEM_OUTCOMES.map((counted) => outcomes.filter((outcome) => outcome === counted).length),
      result?.individualsCreated ?? 0,
      result?.individualsUpdated ?? 0,
      result?.groupsCreated ?? 0,
      result?.unidentifiedParents ?? 0,
      result?.individualsRemoved ?? 0,
      result?.individualsRestored ?? 0,
      [...new Set([...(result?.warnings ?? []), ...(warning === null ? [] : [warning])])],
    ],
  });
  const [row] = rows;
  if (row === undefined) throw new LeaseLost('the run has gone on without this worker');
  return row.state;
}

/** Ends a run that cannot go on by itself; it can be resumed. */
export async function failRun(
  pool: Pool,
  { run }: Pick<Turn, 'run'>,
  token: string,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  await pool.query({ ...FAIL, values: [run.id, token, code, message] });
}

/** Lets a run wait for the source; the sweep takes it up again. */
export async function pauseRun(
  pool: Pool,
  { run }: Pick<Turn, 'run'>,
  token: string,
  { waitMs, message }: ComeBackLater,
): Promise<void> {
  await pool.query({ ...PAUSE, values: [run.id, token, waitMs / 1000, message] });
}

/** Ends a run of which a worker hears between two pages that somebody wants it stopped. */
export async function endCancelledRun(pool: Pool, { run }: Pick<Turn, 'run'>, token: string): Promise<void> {
  await pool.query({ ...CANCEL, values: [run.id, token] });
}
