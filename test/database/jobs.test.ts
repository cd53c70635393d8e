import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { PROJECT_FOLDER } from '../../src/config.js';
import { JOB_SCHEMA_VERSION } from '../../src/database/job-queues.js';
import { type Jobs, startJobs } from '../../src/database/jobs.js';
import { inTransaction } from '../../src/database/transaction.js';
import { asAdmin, createTestDatabase, type TestDatabase } from '../test-database.js';

const log = pino({ level: 'silent' });
const QUEUE = 'import-page';

describe('jobs', () => {
  let database: TestDatabase;
  let jobs: Jobs;
  beforeEach(async () => {
    database = await createTestDatabase();
    jobs = await startJobs({ url: database.url, log });
  });
  afterEach(async () => {
    await jobs.close();
    await database.close();
  });

  /** The ids that a handler was called with, and a promise for each next one. */
  function collector(): { ids: string[]; next(): Promise<string>; add(id: string): void } {
    const ids: string[] = [];
    const waiting: ((id: string) => void)[] = [];
    return {
      ids,
      next: () => new Promise((resolve) => waiting.push(resolve)),
      add(id) {
        ids.push(id);
        waiting.shift()?.(id);
      },
    };
  }

  async function jobRows(): Promise<{ state: string; data: unknown; output: unknown }[]> {
    return (await database.pool.query('select state, data, output from pgboss.job')).rows as never;
  }

  async function untilState(state: string): Promise<void> {
    while ((await jobRows()).some((row) => row.state !== state)) await delay(20);
  }

  test('a job sent is handled at once, with its row id, by the serving role', async () => {
    const seen = collector();
    jobs.work(QUEUE, ({ id }) => Promise.resolve(seen.add(id)));
    const id = randomUUID();
    const handled = seen.next();
    const began = performance.now();
    await jobs.send(QUEUE, { id });
    expect(await handled).toBe(id);
    expect(performance.now() - began).toBeLessThan(500);
    await untilState('completed');
  });

  test('a job sent in a transaction exists when that commits and never existed when it rolls back', async () => {
    const seen = collector();
    jobs.work(QUEUE, ({ id }) => Promise.resolve(seen.add(id)));
    const [lost, kept] = [randomUUID(), randomUUID()];
    const failing = inTransaction(database.pool, async (client) => {
      await jobs.send(QUEUE, { id: lost }, { db: client });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const handled = seen.next();
    await inTransaction(database.pool, async (client) => {
      await jobs.send(QUEUE, { id: kept }, { db: client });
      expect(await jobRows()).toEqual([]);
    });
    expect(await handled).toBe(kept);
    expect(seen.ids).toEqual([kept]);
  });

  test('of the jobs that wait for one row, one is kept', async () => {
    const id = randomUUID();
    await jobs.send(QUEUE, { id });
    await jobs.send(QUEUE, { id });
    await jobs.send(QUEUE, { id: randomUUID() });
    expect(await jobRows()).toHaveLength(2);
  });

  test('a job for later waits for its time, and is the one that is kept of its row', async () => {
    const seen = collector();
    const id = randomUUID();
    await jobs.send(QUEUE, { id }, { startAfter: 3600 });
    await jobs.send(QUEUE, { id });
    expect(await jobRows()).toHaveLength(1);
    const other = randomUUID();
    await jobs.send(QUEUE, { id: other }, { startAfter: 0.2 });
    const handled = seen.next();
    jobs.work(QUEUE, (data) => Promise.resolve(seen.add(data.id)));
    expect(await handled).toBe(other);
    expect(seen.ids).toEqual([other]);
  });

  test('as many jobs run at once as were asked for, and no more', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await delay(50);
      running -= 1;
      done += 1;
    };
    for (let count = 0; count < 12; count += 1) await jobs.send(QUEUE, { id: randomUUID() });
    jobs.work(QUEUE, work, { concurrency: 5 });
    while (done < 12) await delay(20);
    expect(most).toBe(5);
  });

  test('what repeats is done by one of all gateways, again when its time has come, also after it failed', async () => {
    const others = await startJobs({ url: database.url, log });
    try {
      let calls = 0;
      const task = (): Promise<void> => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('not this time')) : Promise.resolve();
      };
      await jobs.repeat('retention', 1, task);
      await others.repeat('retention', 1, task);
      while (calls < 3) await delay(20);
      const waiting = (await jobRows()).filter((row) => row.state === 'created' || row.state === 'active');
      expect(waiting.length).toBeLessThanOrEqual(1);
    } finally {
      await others.close();
    }
  });

  test('a handler that throws is called again, and the queue keeps no text of the error', async () => {
    let calls = 0;
    const again = collector();
    jobs.work(QUEUE, ({ id }) => {
      calls += 1;
      if (calls === 1) throw new RangeError('Amina Diallo, born 2020-01-01');
      return Promise.resolve(again.add(id));
    });
    const handled = again.next();
    await jobs.send(QUEUE, { id: randomUUID() });
    await handled;
    await untilState('completed');
    expect(JSON.stringify(await jobRows())).not.toContain('Amina');
  });

  test('closing waits for the handlers that run', async () => {
    const started = collector();
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => (finish = resolve));
    jobs.work(QUEUE, async ({ id }) => {
      started.add(id);
      await gate;
    });
    const running = started.next();
    await jobs.send(QUEUE, { id: randomUUID() });
    await running;
    let closed = false;
    const closing = jobs.close().then(() => (closed = true));
    await delay(0);
    expect(closed).toBe(false);
    finish();
    await closing;
    expect((await jobRows()).map((row) => row.state)).toEqual(['completed']);
    jobs = await startJobs({ url: database.url, log });
  });

  test('a job longer than the time after which a silent worker loses it is not run twice', async () => {
    let calls = 0;
    jobs.work(QUEUE, async (_data, signal) => {
      calls += 1;
      await delay(8_000, undefined, { signal });
    });
    await jobs.send(QUEUE, { id: randomUUID() });
    await untilState('completed');
    expect(calls).toBe(1);
  });

  test('a job whose process was killed runs again within 10 seconds', async () => {
    const script = join(PROJECT_FOLDER, 'test', 'database', 'hanging-worker.mjs');
    const child = spawn(process.execPath, [script, database.url, QUEUE], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const id = randomUUID();
      await jobs.send(QUEUE, { id });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      const killed = performance.now();
      const seen = collector();
      const handled = seen.next();
      jobs.work(QUEUE, (data) => Promise.resolve(seen.add(data.id)));
      expect(await handled).toBe(id);
      expect(performance.now() - killed).toBeLessThan(10_000);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('every connection cut in the middle of a job: the job ends once, and new jobs are still heard', async () => {
    const seen = collector();
    let calls = 0;
    jobs.work(QUEUE, async ({ id }) => {
      calls += 1;
      if (calls === 1) await cutConnections();
      seen.add(id);
    });
    const first = seen.next();
    await jobs.send(QUEUE, { id: randomUUID() });
    await first;
    await untilState('completed');
    const second = seen.next();
    await jobs.send(QUEUE, { id: randomUUID() });
    await second;
    await untilState('completed');
    expect(calls).toBe(2);
  });

  async function cutConnections(): Promise<void> {
    const name = new URL(database.url).pathname.slice(1);
    await asAdmin(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = '${name}' and application_name like 'dci-gateway%' and application_name <> 'dci-gateway tests'`,
    );
  }

  test('the installed pg-boss works with the table version that migrations look for', () => {
    const require = createRequire(import.meta.url);
    expect(require('pg-boss/version.json')).toEqual({ schema: JOB_SCHEMA_VERSION });
  });
});
