import { setTimeout as delay } from 'node:timers/promises';
import { type Pool } from 'pg';
import type PgBoss from 'pg-boss';
import { type Logger } from 'pino';
import { HEARTBEAT_SECONDS, JOB_SCHEMA, type QueueName } from './job-queues.js';

/** A job that nobody announced (a retry, a lost notification) is found after this long at most. */
const POLL_MS = 500;
/** Between two tries to write down how a job ended, while the database is away. */
const OUTCOME_RETRY_MS = 500;

/**
 * Does one job. `signal` fires when the work is no longer ours (the gateway closes, or another worker has the job).
 * `attempt.last`: if this throws, the job is not tried again. It may run twice, so it must be idempotent.
 */
export type JobHandler = (
  data: { readonly id: string },
  signal: AbortSignal,
  attempt: { readonly last: boolean },
) => Promise<void>;

const BEAT = {
  name: 'job-heartbeat',
  text: `update ${JOB_SCHEMA}.job set started_on = now() where name = $1 and id = $2 and state = 'active'`,
};

interface JobWorkerOptions {
  readonly boss: PgBoss;
  readonly pool: Pool;
  readonly queue: QueueName;
  readonly handler: JobHandler;
  readonly log: Logger;
  /** Jobs that are done at once. */
  readonly concurrency: number;
}

/**
 * Takes the jobs of a queue, a few at once. pg-boss's own `work` is not used: it writes down the outcome in a promise
 * that nobody awaits, so that a database restarting at that moment ends the process; and it gives up a job after a fixed
 * time, where a heartbeat lets a live one go on and a killed one be taken over within seconds.
 */
export class JobWorker {
  readonly queue: QueueName;
  readonly #options: JobWorkerOptions;
  readonly #closing = new AbortController();
  readonly #abandoned = new AbortController();
  readonly #done: Promise<void>;
  #sleeping = new AbortController();
  #news = false;

  constructor(options: JobWorkerOptions) {
    this.queue = options.queue;
    this.#options = options;
    this.#done = this.#run();
  }

  /** Looks for a job now rather than at the next poll. */
  wake(): void {
    this.#news = true;
    this.#sleeping.abort();
  }

  /** Takes no further job; waits `graceMs` for the running ones, then signals them and gives them back to the queue. */
  async close(graceMs: number): Promise<void> {
    this.#closing.abort();
    this.wake();
    const grace = setTimeout(() => this.#abandoned.abort(), graceMs);
    await this.#done;
    clearTimeout(grace);
  }

  async #run(): Promise<void> {
    const { boss, concurrency } = this.#options;
    const running = new Set<Promise<void>>();
    while (!this.#closing.signal.aborted) {
      this.#news = false;
      const free = concurrency - running.size;
      // While the database is away `fetch` finds nothing; it does not throw.
      const jobs = await boss.fetch<{ id: string }>(this.queue, { includeMetadata: true, batchSize: free });
      for (const job of jobs) {
        const done = this.#do(job).finally(() => running.delete(done));
        running.add(done);
      }
      if (running.size >= concurrency) await Promise.race(running);
      else if (jobs.length < free) await this.#sleep();
    }
    await Promise.all(running);
  }

  async #sleep(): Promise<void> {
    if (this.#news) return;
    this.#sleeping = new AbortController();
    await delay(POLL_MS, undefined, { signal: this.#sleeping.signal }).catch(() => undefined);
  }

  async #do(job: PgBoss.JobWithMetadata<{ id: string }>): Promise<void> {
    const { boss, handler, log } = this.#options;
    const lost = new AbortController();
    const beat = setInterval(() => void this.#beat(job.id, lost), HEARTBEAT_SECONDS * 1000);
    const signal = AbortSignal.any([lost.signal, this.#abandoned.signal]);
    const attempt = { last: job.retryCount >= job.retryLimit };
    try {
      const failure = await failureOf(async () => {
        await unlessAborted(handler({ id: job.data.id }, signal, attempt), signal);
      });
      if (lost.signal.aborted) return;
      if (failure === null) {
        await this.#record(signal, () => boss.complete(this.queue, job.id));
      } else {
        log.warn({ queue: this.queue, row: job.data.id, error: failure.message, last: attempt.last }, 'a job failed');
        // The queue keeps the kind of error, never its text, which may quote a record.
        await this.#record(signal, () => boss.fail(this.queue, job.id, { kind: failure.name }));
      }
    } finally {
      clearInterval(beat);
    }
  }

  async #beat(id: string, lost: AbortController): Promise<void> {
    try {
      const { rowCount } = await this.#options.pool.query({ ...BEAT, values: [this.queue, id] });
      if (rowCount === 0) lost.abort();
    } catch {
      // The database is away: whether the job is still ours shows when it is back.
    }
  }

  /** A database that restarts just now must not make a finished job run again: tried until written, lost or closed. */
  async #record(signal: AbortSignal, write: () => Promise<void>): Promise<void> {
    for (;;) {
      const failure = await failureOf(write);
      if (failure === null || signal.aborted) return;
      await delay(OUTCOME_RETRY_MS);
    }
  }
}

async function failureOf(work: () => Promise<void>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A handler that does not listen to its signal is left to itself; what it still does is the work of a stranger. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
