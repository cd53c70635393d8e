import { setTimeout as delay } from 'node:timers/promises';
import { fetchCriteria } from '../../src/imports/fetch.js';
import { listImportItems } from '../../src/imports/import-items.js';
import { findImportRun, type ImportRun } from '../../src/imports/import-run.js';
import { cancelRun, resumeRun, retryRun } from '../../src/imports/run-control.js';
import { type ImportContext } from '../../src/imports/run-kind.js';
import { runPages } from '../../src/imports/run-pages.js';
import { startRunSweep } from '../../src/imports/run-sweep.js';
import { createSearchCriteria } from '../../src/imports/search-criteria.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { updateDataSource } from '../../src/sources/data-sources.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';
import { operator } from '../security/operator.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { createPool } from '../../src/database/pool.js';
import { ALWAYS, type ImportRig, log, openRig } from './import-rig.js';

const BIRTHS = 40;
const SIZE = 10;
const HOUR_MS = 3_600_000;

let rig: ImportRig;
let register: MockRegistry;
let criteriaMade = 0;

beforeAll(async () => {
  rig = await openRig();
  register = await startMockRegistry({ births: BIRTHS, seed: 11 });
  const { url: baseUrl, clientId, clientSecret } = register;
  await rig.addSource({ baseUrl, clientId, clientSecret, pageSize: SIZE, timeoutMs: 5_000 });
  rig.startWorkers();
  await startRunSweep({ pool: rig.database.pool, jobs: rig.jobs });
});
beforeEach(() => register.setFaults([]));
afterAll(async () => {
  await rig.close();
  await register.close();
});

const context = (): ImportContext => ({
  pool: rig.database.pool,
  jobs: { send: () => Promise.resolve() },
  client: rig.client,
  log,
  erased,
  desk,
  keys: reversingSeal,
});

async function newCriteria(): Promise<string> {
  criteriaMade += 1;
  const name = `Criteria ${String(criteriaMade)}`;
  return (await createSearchCriteria(rig.database.pool, { name, dataSource: 'crvs', ...ALWAYS })).id;
}

async function start(): Promise<ImportRun> {
  return await fetchCriteria({ pool: rig.database.pool, jobs: rig.jobs }, await newCriteria(), 'operator');
}

async function reached(id: string, isReached: (run: ImportRun) => boolean): Promise<ImportRun> {
  for (const end = Date.now() + 30_000; ;) {
    const run = await findImportRun(rig.database.pool, id);
    if (run !== null && isReached(run)) return run;
    if (Date.now() > end) throw new Error(`the run did not get there: ${JSON.stringify(run)}`);
    await delay(20);
  }
}

const is =
  (state: ImportRun['state']) =>
  (run: ImportRun): boolean =>
    run.state === state;

async function expectEveryRecordOnce(runId: string): Promise<void> {
  const places = 'select count(distinct (page, ordinal)) from import_items where import_run_id = $1';
  expect(await rig.number(places, [runId])).toBe(BIRTHS);
}

describe('cancelling', () => {
  test('stops a run that waits for its source, which keeps what was written and is resumed where it was', async () => {
    register.setFaults([{ kind: 'hang', after: 2 }]);
    const { id } = await start();
    await reached(id, ({ pagesDone }) => pagesDone === 2);
    expect((await cancelRun(rig.database, id)).cancelRequestedAt).toBeInstanceOf(Date);
    const cancelled = await reached(id, is('cancelled'));
    expect(cancelled).toMatchObject({ pagesDone: 2, recordsDone: 2 * SIZE, nextPage: 3 });
    expect(cancelled.finishedAt).toBeInstanceOf(Date);
    expect((await cancelRun(rig.database, id)).state).toBe('cancelled');

    register.setFaults([]);
    const resumed = await resumeRun({ pool: rig.database.pool, jobs: rig.jobs }, id);
    expect(resumed).toMatchObject({ state: 'queued', cancelRequestedAt: null, finishedAt: null });
    expect(await reached(id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });
    await expectEveryRecordOnce(id);
    await expect(cancelRun(rig.database, id)).rejects.toMatchObject({ code: 'RUN_ALREADY_FINISHED' });
    await expect(cancelRun(rig.database, 'x')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
  });

  test('ends a run that a worker had and left', async () => {
    const { pool } = rig.database;
    const { rows } = await pool.query<{ id: string }>(
      `insert into import_runs (search_criteria_id, requested_by, state, lease_token, lease_until)
       values ($1, 'operator', 'running', gen_random_uuid(), now() - interval '1 s') returning id`,
      [await newCriteria()],
    );
    expect(await cancelRun({ pool }, rows[0]?.id ?? '')).toMatchObject({ state: 'cancelled' });
  });
});

describe('a source that wants to be left alone', () => {
  test('C30: makes the run wait until then and say so; it holds its place, and goes on by itself', async () => {
    register.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 3600, after: 1, times: 1 }]);
    const { id, searchCriteriaId } = await start();
    const paused = await reached(id, is('paused'));
    expect(paused).toMatchObject({ pagesDone: 1, errorCode: null });
    expect(paused.pauseReason).toMatch(/429.*3600 s/u);
    const waits = (paused.pausedUntil?.getTime() ?? 0) - Date.now();
    expect(Math.abs(waits - HOUR_MS)).toBeLessThan(30_000);
    const fetching = fetchCriteria({ pool: rig.database.pool, jobs: rig.jobs }, searchCriteriaId, 'operator');
    await expect(fetching).rejects.toMatchObject({ code: 'RUN_ALREADY_ACTIVE' });

    await rig.database.pool.query('update import_runs set paused_until = now() where id = $1', [id]);
    expect(await reached(id, is('succeeded'))).toMatchObject({ pausedUntil: null, pauseReason: null });
    await expectEveryRecordOnce(id);
  });

  test('is waited for without a pause where it wants little, and given a minute where it says nothing true', async () => {
    register.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 1, after: 1, times: 1 }]);
    const short = await start();
    expect(await reached(short.id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });

    register.setFaults([{ kind: 'too-many-requests', retryAfterSeconds: 0, after: 2 }]);
    const { id } = await start();
    const { pausedUntil } = await reached(id, is('paused'));
    expect((pausedUntil?.getTime() ?? 0) - Date.now()).toBeGreaterThan(30_000);
    expect(await cancelRun(rig.database, id)).toMatchObject({ state: 'cancelled', pausedUntil: null });
  });

  test('is not asked more often than its quota of the day; the run goes on with the next day', async () => {
    const { pool } = rig.database;
    const limit = (requestsPerDay: number | null) =>
      updateDataSource(pool, reversingSeal, 'crvs', { requestsPerDay }, operator(pool));
    await limit(2);
    const asked = register.asked.search;
    const { id } = await start();
    const paused = await reached(id, is('paused'));
    expect(register.asked.search - asked).toBe(2);
    expect(paused).toMatchObject({ pagesDone: 2 });
    expect(paused.pauseReason).toMatch(/2 requests per day/u);
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    expect(Math.abs((paused.pausedUntil?.getTime() ?? 0) - midnight.getTime())).toBeLessThan(5_000);
    await limit(null);
    await resumeRun({ pool, jobs: rig.jobs }, id);
    expect(await reached(id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });
  });

  test('and forgets its token is asked for one more, once', async () => {
    register.setFaults([{ kind: 'token-expired', after: 1, times: 1 }]);
    const { token } = register.asked;
    const { id } = await start();
    expect(await reached(id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });
    expect(register.asked.token - token).toBe(1);
  });
});

describe('retrying', () => {
  test('writes the records that could not be written, exactly those, and they wait no more', async () => {
    const other = await startMockRegistry({ births: BIRTHS, seed: 12 });
    const { url: baseUrl, clientId, clientSecret } = other;
    await rig.addSource({ code: 'other', name: 'Other', baseUrl, clientId, clientSecret, pageSize: SIZE });
    const owner = createPool(rig.database.ownerUrl, { size: 1 });
    await owner.query(`
      create function refuse_some() returns trigger language plpgsql as
      $$ begin if new.given_name < 'F' then raise exception using errcode = '22000'; end if; return new; end $$`);
    await owner.query(
      'create trigger refuse_some before insert on individuals for each row execute function refuse_some()',
    );
    const { pool } = rig.database;
    const { jobs } = rig;
    const criteria = await createSearchCriteria(pool, { name: 'Other', dataSource: 'other', ...ALWAYS });
    const first = await fetchCriteria({ pool, jobs }, criteria.id, 'operator');
    const run = await reached(first.id, is('succeeded'));
    const { failed } = run.outcomes;
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(BIRTHS);
    const kept = 'select count(*) from import_records k join import_items t using (import_run_id, page, ordinal)';
    expect(await rig.number(`${kept} where k.import_run_id = $1 and t.outcome = 'failed'`, [run.id])).toBe(failed);

    const still = await reached((await retryRun({ pool, jobs }, run.id, 'operator')).id, is('succeeded'));
    expect(still).toMatchObject({ kind: 'retry', ofRunId: run.id, recordsDone: failed, outcomes: { failed } });

    await owner.query('drop trigger refuse_some on individuals');
    await owner.end();
    const asked = other.asked.search;
    const again = await reached((await retryRun({ pool, jobs }, still.id, 'operator')).id, is('succeeded'));
    expect(again).toMatchObject({ ofRunId: run.id, recordsDone: failed, recordsReported: failed });
    expect(again.outcomes.failed).toBe(0);
    expect(again.outcomes.created + again.outcomes.updated + again.outcomes.conflict).toBe(failed);
    expect(other.asked.search).toBe(asked);
    await other.close();
    const places = async (importRunId: string, outcome?: 'failed') =>
      (await listImportItems(pool, { importRunId, outcome, first: 100 })).items.map(({ page, ordinal }) => [
        page,
        ordinal,
      ]);
    expect(await places(again.id)).toEqual(await places(run.id, 'failed'));
    await expect(retryRun({ pool, jobs }, run.id, 'operator')).rejects.toMatchObject({ code: 'NOTHING_TO_RETRY' });
    await expect(retryRun({ pool, jobs }, 'x', 'operator')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
  });
});

describe('the lease of a run', () => {
  /** Somebody else takes the run over for a minute, as if its worker had stood still for long. */
  const steal = (id: string) =>
    rig.database.pool.query(
      "update import_runs set lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute' where id = $1",
      [id],
    );

  async function startUnheard(): Promise<string> {
    const { rows } = await rig.database.pool.query<{ id: string }>(
      `insert into import_runs (search_criteria_id, requested_by, state, lease_token, lease_until)
       values ($1, 'operator', 'running', gen_random_uuid(), now() + interval '1 minute') returning id`,
      [await newCriteria()],
    );
    return rows[0]?.id ?? '';
  }
  const free = (id: string) =>
    rig.database.pool.query('update import_runs set lease_token = null, lease_until = null where id = $1', [id]);

  test.each(['while it reads', 'while it writes'])('that a worker lost %s makes it write nothing', async (when) => {
    const id = await startUnheard();
    if (when === 'while it reads') register.setFaults([{ kind: 'slow', milliseconds: 1_000, after: 0, times: 1 }]);
    const { pool } = rig.database;
    const blocker = await pool.connect();
    await blocker.query('begin');
    if (when === 'while it writes') await blocker.query('lock table import_items in access exclusive mode');
    const changes = await rig.number('select count(*) from changes');
    await pool.query('update import_runs set lease_until = now() where id = $1', [id]);
    const working = runPages(context(), id, new AbortController().signal, { last: false });
    await reachedBy(() =>
      when === 'while it reads'
        ? rig.number(
            "select count(*) from import_runs where id = $1 and lease_until between now() and now() + interval '10 s'",
            [id],
          )
        : rig.number("select count(*) from pg_locks where not granted and relation = 'import_items'::regclass"),
    );
    await steal(id);
    await blocker.query('commit');
    blocker.release();
    await working;
    expect(await findImportRun(pool, id)).toMatchObject({
      state: 'running',
      pagesDone: 0,
      nextPage: 1,
      errorCode: null,
    });
    expect(await rig.number('select count(*) from import_items where import_run_id = $1', [id])).toBe(0);
    expect(await rig.number('select count(*) from changes')).toBe(changes);
    await free(id);
    expect(await reached(id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });
    await expectEveryRecordOnce(id);
  });

  async function reachedBy(count: () => Promise<number>): Promise<void> {
    for (const end = Date.now() + 20_000; (await count()) === 0; await delay(10)) {
      if (Date.now() > end) throw new Error('it did not come to that');
    }
  }

  test('that nobody holds is taken up by the sweep, and one run of a criteria excludes another', async () => {
    const id = await startUnheard();
    await free(id);
    expect(await reached(id, is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });

    const { pool } = rig.database;
    const criteria = await newCriteria();
    const starts = Array.from({ length: 8 }, () => fetchCriteria({ pool, jobs: rig.jobs }, criteria, 'operator'));
    const settled = await Promise.allSettled(starts);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [run] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(await reached(run?.id ?? '', is('succeeded'))).toMatchObject({ recordsDone: BIRTHS });
  });
});
