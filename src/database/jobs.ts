import { type Pool, type QueryResultRow } from 'pg';
import PgBoss from 'pg-boss';
import { type Logger } from 'pino';
import { JOB_SCHEMA, type QueueName } from './job-queues.js';
import { JobWorker, type JobHandler } from './job-worker.js';
import { listen } from './listen.js';
import { createPool, type Queryable } from './pool.js';

/** How long a closing gateway lets running handlers go on before it tells them to stop. */
const GRACE_MS = 10_000;
/** How often the jobs of silent workers are given to others; in seconds. */
const MAINTENANCE_SECONDS = 2;

const NOTIFY_QUEUE = { name: 'jobs-notify', text: `select pg_notify('dci_jobs', $1)` };

/** How a job is sent. */
export interface SendOptions {
  /** The client of a transaction: the job exists when that commits, and never existed when it rolls back. */
  readonly db?: Queryable;
  /**
   * Not before this moment, or this many seconds from now by the clock of the database. Beware: a job that waits for it
   * is the one that is kept of its row, see `send`.
   */
  readonly startAfter?: Date | number;
}

/** How the jobs of a queue are handled. */
export interface WorkOptions {
  /** Handlers that this process runs at once. Default 2. */
  readonly concurrency?: number;
}

const DEFAULT_CONCURRENCY = 2;

/** The job queue. A job names a row by its id; what is in the row, personal data above all, stays out of the queue. */
export interface Jobs {
  /**
   * Resolves when the job is written (or, within `db`, will be when the transaction commits). Of the jobs that wait, one
   * per row is kept: while one waits for its `startAfter`, a second for the same row is dropped.
   */
  send(queue: QueueName, data: { readonly id: string }, options?: SendOptions): Promise<void>;
  /** Handles the jobs of a queue from now until `close()`. A handler that throws is called again later. */
  work(queue: QueueName, handler: JobHandler, options?: WorkOptions): void;
  /**
   * Does `task` once now and then every so often, on one of all the gateways of this database, until `close()`. Each
   * time is a job of the queue, which is used for nothing else; a task that throws is done again at the next time.
   */
  repeat(queue: QueueName, everySeconds: number, task: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Takes no further jobs, waits for the running handlers, and gives back to the queue what did not finish in time. */
  close(): Promise<void>;
}

/** Starts the job queue on a migrated database, as the serving role. */
export async function startJobs(options: { readonly url: string; readonly log: Logger }): Promise<Jobs> {
  const { url, log } = options;
  const pool = createPool(url, { size: 4, applicationName: 'dci-gateway jobs' });
  const boss = new PgBoss({
    db: onOwnConnection(pool),
    schema: JOB_SCHEMA,
    // Tables and queues are the owner's work, at migrate time.
    migrate: false,
    schedule: false,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    archiveCompletedAfterSeconds: 3600,
  });
  boss.on('error', (error) => log.warn({ error: error.message }, 'the job queue could not tidy up; it will try again'));
  const workers: JobWorker[] = [];
  const wakeUp = listen({
    url,
    channel: 'dci_jobs',
    onMessage: (queue) => {
      for (const worker of workers) if (worker.queue === queue) worker.wake();
    },
  });
  try {
    await boss.start();
  } catch (error) {
    await wakeUp.close();
    await pool.end();
    throw error;
  }

  async function send(queue: QueueName, { id }: { readonly id: string }, options: SendOptions = {}): Promise<void> {
    const { db, startAfter } = options;
    const target: Queryable = db ?? pool;
    const onTarget: PgBoss.Db = { executeSql: (text, values) => target.query({ text, values }) };
    await boss.send(
      queue,
      { id },
      { db: onTarget, singletonKey: id, ...(startAfter === undefined ? {} : { startAfter }) },
    );
    if (startAfter === undefined) await target.query({ ...NOTIFY_QUEUE, values: [queue] });
  }

  return {
    send,
    work(queue, handler, { concurrency = DEFAULT_CONCURRENCY } = {}) {
      workers.push(new JobWorker({ boss, pool, queue, handler, log, concurrency }));
    },
    async repeat(queue, everySeconds, task) {
      const handler: JobHandler = async (data, signal) => {
        try {
          await task(signal);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          log.warn({ queue, error: reason }, 'a repeated task failed; it is tried again at its next time');
        }
        signal.throwIfAborted();
        await send(queue, data, { startAfter: everySeconds });
      };
      workers.push(new JobWorker({ boss, pool, queue, handler, log, concurrency: 1 }));
      await send(queue, { id: queue });
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close(GRACE_MS)));
      await wakeUp.close();
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

/** A statement of pg-boss can fail in the middle of its own transaction: such a connection is not used again. */
function onOwnConnection(pool: Pool): PgBoss.Db {
  return {
    async executeSql(text, values) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        return await client.query<QueryResultRow>(text, values);
      } catch (error) {
        broken = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        client.release(broken);
      }
    },
  };
}
