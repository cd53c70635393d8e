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

export interface SendOptions {
  /** The client of a transaction: the job exists when that commits, and never existed when it rolls back. */
  readonly db?: Queryable;
  readonly startAfterSeconds?: number;
  /** Of the jobs that wait, one per key is kept. Default: the row id. */
  readonly singletonKey?: string;
}

export interface WorkOptions {
  /** Handlers of this queue that this process runs at once. Default 2. */
  readonly concurrency?: number;
}

/** The job queue. A job names a row by its id; what is in the row, personal data above all, stays out of the queue. */
export interface Jobs {
  /** Resolves when the job is written (or, within `db`, will be when the transaction commits). */
  send(queue: QueueName, data: { readonly id: string }, options?: SendOptions): Promise<void>;
  /** Handles the jobs of a queue from now until `close()`. A handler that throws is called again later. */
  work(queue: QueueName, handler: JobHandler, options?: WorkOptions): Promise<void>;
  /** Takes no further jobs, waits for the running handlers, and gives back to the queue what did not finish in time. */
  close(): Promise<void>;
}

/** Starts the job queue on a migrated database, as the serving role. */
export async function startJobs(options: { url: string; ownerUrl?: string; log: Logger }): Promise<Jobs> {
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

  return {
    async send(queue, data, { db, startAfterSeconds, singletonKey = data.id } = {}) {
      const target: Queryable = db ?? pool;
      await boss.send(
        queue,
        { id: data.id },
        {
          db: { executeSql: (text, values) => target.query({ text, values }) },
          singletonKey,
          ...(startAfterSeconds === undefined ? {} : { startAfter: startAfterSeconds }),
        },
      );
      await target.query({ ...NOTIFY_QUEUE, values: [queue] });
    },
    work(queue, handler, { concurrency = 2 } = {}) {
      for (let count = 0; count < concurrency; count += 1) {
        workers.push(new JobWorker({ boss, pool, queue, handler, log }));
      }
      return Promise.resolve();
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
