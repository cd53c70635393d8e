/** The schema in which pg-boss keeps its tables. */
export const JOB_SCHEMA = 'pgboss';

/** Version of pg-boss's tables that the installed pg-boss works with; a test holds it against the package. */
export const JOB_SCHEMA_VERSION = 24;

/** A worker tells this often that it is alive ... */
export const HEARTBEAT_SECONDS = 1;
/** ... and loses its job to another after this long without a word. */
const SILENCE_SECONDS = 5;

const STEPS = { policy: 'short', retryLimit: 20, retryDelay: 1, expireInSeconds: SILENCE_SECONDS } as const;

/**
 * Kinds of jobs. `short`: of the jobs that wait, one per row is enough.
 * A handler does one short step (a page) and sends the next, so that a killed one repeats little.
 */
const QUEUES = {
  'import-page': STEPS,
  /** A partner's asynchronous request: the row in `transactions`. */
  transaction: STEPS,
  /** A message to a partner: the row in `deliveries`. */
  delivery: STEPS,
  /** What repeats by the clock has no row: see `Jobs.repeat`. */
  'delivery-sweep': STEPS,
  'import-sweep': STEPS,
  'import-schedules': STEPS,
  retention: STEPS,
  'key-turns': STEPS,
  /** Row: the position of the feed. The poll sends both of these again as long as there is something to do. */
  'change-feed': STEPS,
  notify: STEPS,
} as const;

export type QueueName = keyof typeof QUEUES;

/** Names of the queues that a migrated database has. */
export const QUEUE_NAMES = Object.keys(QUEUES);

/** Makes pg-boss's tables and our queues; the owner's work, because the serving role may not create tables. */
export async function installQueues(ownerUrl: string): Promise<void> {
  const { default: PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: JOB_SCHEMA,
    max: 1,
    supervise: false,
    schedule: false,
  });
  boss.on('error', () => undefined);
  try {
    await boss.start();
    for (const [name, options] of Object.entries(QUEUES)) {
      await boss.createQueue(name, { name, ...options });
      await boss.updateQueue(name, { name, ...options });
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}
