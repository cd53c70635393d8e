import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { inTransaction } from '../../src/database/transaction.js';
import { type NewDelivery, queueDelivery } from '../../src/partners/deliveries/deliveries.js';
import { deliver, type DeliveringContext } from '../../src/partners/deliveries/delivering.js';
import { type Delivery, getDelivery } from '../../src/partners/deliveries/delivery-list.js';
import type { WantedReception } from '../../src/security/client-reception.js';
import { createApiClient } from '../../src/security/client-administration.js';
import { type Keys, openKeys } from '../../src/security/keys.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { OPEN_AGENT, OPEN_KEYS } from '../open-agent.js';
import { operator } from '../security/operator.js';

/** Deliveries over a database of its own, without workers: the test posts each itself. */
export interface DeliveryRig {
  readonly database: TestDatabase;
  readonly keys: Keys;
  readonly jobs: Jobs;
  readonly context: DeliveringContext;
  readonly logLines: string[];
  client(name: string, reception?: WantedReception): Promise<string>;
  /** Queues a message; answers with its id. */
  queue(delivery: Pick<NewDelivery, 'apiClientId' | 'url'> & Partial<NewDelivery>): Promise<string>;
  /** Does what a worker does with the job of that message. */
  deliver(id: string, overrides?: Partial<DeliveringContext>, signal?: AbortSignal): Promise<void>;
  read(id: string): Promise<Delivery>;
  /** Seconds until the next attempt, by the clock of the database. */
  secondsLeft(id: string): Promise<number>;
  /** Lets the time of its next attempt come. */
  makeDue(id: string): Promise<void>;
  close(): Promise<void>;
}

export async function startDeliveryRig(config: Partial<DeliveringContext['config']> = {}): Promise<DeliveryRig> {
  const database = await createTestDatabase();
  const { pool } = database;
  const folder = await mkdtemp(join(tmpdir(), 'dci-keys-'));
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logLines.push(line) });
  const keys = await openKeys(folder, pool, log);
  const jobs = await startJobs({ url: database.url, log });
  const context: DeliveringContext = {
    pool,
    jobs,
    keys,
    log,
    config: { callbacks: 'any', callbackAttempts: 3, ...config },
    agent: OPEN_AGENT,
    partnerKeys: OPEN_KEYS,
  };
  return {
    database,
    keys,
    jobs,
    context,
    logLines,
    async client(name, reception = {}) {
      const { client } = await createApiClient(pool, keys, { name, reception }, { by: operator(pool) });
      return client.id;
    },
    queue: (delivery) =>
      inTransaction(pool, (db) =>
        queueDelivery(
          db,
          { jobs, keys },
          { action: 'on-search', body: { header: { message_id: 'm-1' } }, ...delivery },
        ),
      ),
    deliver: (id, overrides = {}, signal = new AbortController().signal) =>
      deliver({ ...context, ...overrides }, id, signal),
    read: (id) => getDelivery(pool, id),
    async secondsLeft(id) {
      const { rows } = await pool.query<{ seconds: number }>(
        'select extract(epoch from next_attempt_at - now())::float8 as seconds from deliveries where id = $1',
        [id],
      );
      return rows[0]?.seconds ?? NaN;
    },
    async makeDue(id) {
      await pool.query('update deliveries set next_attempt_at = now(), claimed_until = null where id = $1', [id]);
    },
    async close() {
      await jobs.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
