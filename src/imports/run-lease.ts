import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Pool, type PoolClient } from 'pg';
import { type ImportRun, readRun, RUN_COLUMNS, type RunRow } from './import-run.js';

/** A run belongs to its worker for this long after the worker last said so, by the clock of the database. */
export const LEASE_SECONDS = 6;
const RENEW_MS = 2_000;
const RELEASE_AGAIN_MS = 500;

const TAKE = {
  name: 'take-import-lease',
  text: `
    update import_runs r
    set state = 'running', started_at = coalesce(r.started_at, now()), page_size = coalesce(r.page_size, $3),
      paused_until = null, pause_reason = null,
      lease_token = $2, lease_until = clock_timestamp() + make_interval(secs => ${String(LEASE_SECONDS)})
    where r.id = $1 and (r.lease_until is null or r.lease_until <= clock_timestamp())
      and (r.state in ('queued', 'running') or (r.state = 'paused' and r.paused_until <= clock_timestamp()))
    returning ${RUN_COLUMNS}, r.last_page_digest`,
};

/** One that was let go for as long as a moment is not renewed: somebody else may have written since. */
const RENEW = {
  name: 'renew-import-lease',
  text: `
    update import_runs
    set lease_until = clock_timestamp() + make_interval(secs => ${String(LEASE_SECONDS)})
    where id = $1 and lease_token = $2 and lease_until > clock_timestamp()
    returning cancel_requested_at is not null as "isCancelled"`,
};

/**
 * A worker that stands still within a transaction holds what others wait for, and cannot be told: the database ends it
 * when its lease is over.
 */
const CHECK = {
  name: 'check-import-lease',
  text: `
    select set_config('idle_in_transaction_session_timeout', '${String(LEASE_SECONDS)}s', true)
    from import_runs
    where id = $1 and next_page = $2 and state = 'running' and lease_token = $3 and lease_until > clock_timestamp()`,
};

const RELEASE = {
  name: 'release-import-lease',
  text: 'update import_runs set lease_token = null, lease_until = null where id = $1 and lease_token = $2',
};

/** Why a worker leaves a run to others: what it was about to write is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A run as it is taken up. */
export interface TakenRun {
  readonly run: ImportRun;
  readonly lastPageDigest: Buffer | null;
  readonly lease: RunLease;
}

/**
 * Takes up a run that waits, or that its worker has left; `null` where there is none such, or somebody has it. The caller
 * closes the lease. `pageSize`: of a run that has none yet.
 */
export async function takeLease(pool: Pool, runId: string, pageSize: number): Promise<TakenRun | null> {
  const token = randomUUID();
  const { rows } = await pool.query<RunRow & { last_page_digest: Buffer | null }>({
    ...TAKE,
    values: [runId, token, pageSize],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { run: readRun(row), lastPageDigest: row.last_page_digest, lease: new RunLease(pool, runId, token) };
}

/** That a run is this worker's and nobody else's, from being taken until `close`. */
export class RunLease {
  readonly token: string;
  readonly #pool: Pool;
  readonly #runId: string;
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #renewing: Promise<void> = Promise.resolve();
  #isCancelled = false;

  constructor(pool: Pool, runId: string, token: string) {
    this.#pool = pool;
    this.#runId = runId;
    this.token = token;
    this.#timer = setInterval(() => {
      this.#renewing = this.#renewing.then(() => this.#renew());
    }, RENEW_MS);
  }

  /** Fires when the run is not ours any more, or somebody wants it stopped. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Whether somebody wants it stopped. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** The first statement of a page's transaction. Throws `LeaseLost` where the page is not ours to write. */
  async check(client: PoolClient, page: number): Promise<void> {
    const { rowCount } = await client.query({ ...CHECK, values: [this.#runId, page, this.token] });
    if (rowCount === 0) throw new LeaseLost('the run has gone on without this worker');
  }

  /**
   * Renews no more, and lets others have the run at once where it is still ours. A database that is away is tried again
   * until the lease is over anyway.
   */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    for (const overAt = performance.now() + LEASE_SECONDS * 1000; performance.now() < overAt;) {
      try {
        await this.#pool.query({ ...RELEASE, values: [this.#runId, this.token] });
        return;
      } catch {
        await wait(RELEASE_AGAIN_MS);
      }
    }
  }

  async #renew(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    try {
      const { rows } = await this.#pool.query<{ isCancelled: boolean }>({
        ...RENEW,
        values: [this.#runId, this.token],
      });
      this.#isCancelled = rows[0]?.isCancelled === true;
      if (rows[0] === undefined) this.#ended.abort(new LeaseLost('the run has gone on without this worker'));
      else if (this.#isCancelled) this.#ended.abort(new LeaseLost('somebody wants the run stopped'));
    } catch {
      // The database is away: whether the run is still ours shows when a page is to be written.
    }
  }
}
