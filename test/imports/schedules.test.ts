import { setTimeout as delay } from 'node:timers/promises';
import { fetchCriteria } from '../../src/imports/fetch.js';
import { findImportRun } from '../../src/imports/import-run.js';
import {
  findImportSchedules,
  type ImportScheduleInput,
  readScheduleHistories,
  removeImportSchedule,
  setImportSchedule,
} from '../../src/imports/schedules/import-schedule.js';
import { startDueRuns, startSchedules } from '../../src/imports/schedules/start-due-runs.js';
import { sinceOf } from '../../src/imports/schedules/watermark.js';
import { createSearchCriteria, criteriaFilter, type SearchCriteriaInput } from '../../src/imports/search-criteria.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { startJobs } from '../../src/database/jobs.js';
import { type DataSourceUpdate, updateDataSource } from '../../src/sources/data-sources.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { operator } from '../security/operator.js';
import { ALWAYS, type ImportRig, log, openRig } from './import-rig.js';

let rig: ImportRig;
let register: MockRegistry;
beforeAll(async () => {
  rig = await openRig();
  register = await startMockRegistry({ births: 10, seed: 7 });
  const { clientId, clientSecret } = register;
  await rig.addSource({ baseUrl: register.url, clientId, clientSecret });
});
afterAll(async () => {
  await rig.close();
  await register.close();
});

let made = 0;
const create = (input: Partial<SearchCriteriaInput> = {}) =>
  createSearchCriteria(rig.database.pool, { name: `S ${(made += 1)}`, dataSource: 'crvs', ...ALWAYS, ...input });
const schedule = (id: string, input: Partial<ImportScheduleInput> = {}) =>
  setImportSchedule(rig.database.pool, id, { cron: '0 3 * * *', ...input });
const context = () => ({ pool: rig.database.pool, jobs: rig.jobs, log });
/** The time of the schedule came so many minutes ago. */
const makeDue = (id: string, minutes = 1) =>
  rig.database.pool.query(
    'update import_schedules set next_due_at = now() - make_interval(mins => $2) where search_criteria_id = $1',
    [id, minutes],
  );
const history = async (id: string) => {
  const [found] = await readScheduleHistories(rig.database.pool, [id]);
  if (found === undefined) throw new Error('each criteria has a history');
  return found;
};
const runs = (id: string) => rig.number('select count(*) from import_runs where search_criteria_id = $1', [id]);

describe('a schedule', () => {
  test('shows when it comes next, in its time zone', async () => {
    const { id } = await create();
    const utc = await schedule(id);
    const there = await schedule(id, { timeZone: 'Africa/Lusaka' });
    expect(utc).toMatchObject({ cron: '0 3 * * *', timeZone: 'UTC', enabled: true, incrementalBy: 'nothing' });
    expect([utc.nextDueAt?.getUTCHours(), there.nextDueAt?.getUTCHours()]).toEqual([3, 1]);
    expect(await schedule(id, { enabled: false })).toMatchObject({ enabled: false, nextDueAt: null });
    expect(await findImportSchedules(rig.database.pool, [id])).toMatchObject([{ enabled: false, overlapDays: 1 }]);
    expect(await removeImportSchedule(rig.database.pool, id)).toBe(true);
    expect(await removeImportSchedule(rig.database.pool, id)).toBe(false);
    expect(await findImportSchedules(rig.database.pool, [id])).toEqual([]);
  });

  test.each<[string, Partial<ImportScheduleInput>]>([
    ['CRON_INVALID', { cron: 'every day' }],
    ['CRON_INVALID', { cron: '' }],
    ['CRON_INVALID', { cron: '* * * * * *' }],
    ['CRON_INVALID', { cron: '0 0 30 2 *' }],
    ['TIME_ZONE_UNKNOWN', { timeZone: 'Africa/Nowhere' }],
    ['TIME_ZONE_UNKNOWN', { timeZone: '' }],
    ['OVERLAP_INVALID', { overlapDays: -1 }],
    ['OVERLAP_INVALID', { overlapDays: 1.5 }],
  ])('is refused with %s for %j', async (code, input) => {
    const { id } = await create();
    await expect(schedule(id, input)).rejects.toMatchObject({ code });
  });

  test('of no criteria is refused', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'nothing']) {
      await expect(schedule(id)).rejects.toMatchObject({ code: 'SEARCH_CRITERIA_UNKNOWN' });
    }
  });
});

describe('when the time has come', () => {
  test('one of many gateways starts one run, and the next time is later', async () => {
    const { id } = await create();
    await schedule(id);
    await startDueRuns(context());
    expect(await runs(id)).toBe(0);
    await makeDue(id, 60 * 24 * 3);
    await Promise.all(Array.from({ length: 5 }, () => startDueRuns(context())));
    await startDueRuns(context());
    expect(await runs(id)).toBe(1);
    const { times } = await history(id);
    expect(times).toMatchObject([{ outcome: 'started', reason: null, importRunId: expect.any(String) as string }]);
    const [next] = await findImportSchedules(rig.database.pool, [id]);
    expect(next?.nextDueAt?.getTime()).toBeGreaterThan(Date.now());
  });

  test('nothing is started while a run is under way, and it is said so', async () => {
    const { id } = await create();
    const { pool } = rig.database;
    const run = await fetchCriteria({ pool, jobs: rig.jobs }, id, 'operator');
    await schedule(id);
    await makeDue(id);
    await startDueRuns(context());
    expect(await runs(id)).toBe(1);
    const { times } = await history(id);
    expect(times).toMatchObject([{ outcome: 'skipped', importRunId: run.id }]);
    expect(times[0]?.reason).toMatch(/still under way/u);
    // One that waits for its source is under way as well.
    await pool.query("update import_runs set state = 'paused' where id = $1", [run.id]);
    await makeDue(id);
    await startDueRuns(context());
    expect(await runs(id)).toBe(1);
    expect((await history(id)).times.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
  });

  test('a source that cannot be asked is said to be so, and does not keep other schedules waiting', async () => {
    const { pool } = rig.database;
    await pool.query("update data_sources set code = 'well' where code = 'crvs'");
    await rig.addSource({ baseUrl: register.url, code: 'crvs', name: 'Without a path', paths: { search: null } });
    const [broken, other] = [await create(), await create({ dataSource: 'well' })];
    for (const { id } of [broken, other]) {
      await schedule(id);
      await makeDue(id);
    }
    await startDueRuns(context());
    expect((await history(broken.id)).times).toMatchObject([{ outcome: 'refused', importRunId: null }]);
    expect((await history(other.id)).times).toMatchObject([{ outcome: 'started' }]);
    // Nor one whose time nobody can work out: its zone is gone from the system.
    await pool.query("update import_schedules set time_zone = 'Gone/Nowhere' where search_criteria_id = $1", [
      broken.id,
    ]);
    await pool.query('delete from import_runs where search_criteria_id = $1', [other.id]);
    await makeDue(broken.id, 5);
    await makeDue(other.id, 3);
    await expect(startDueRuns(context())).rejects.toThrow('could not be taken');
    expect(await runs(other.id)).toBe(1);
    await pool.query('delete from import_runs where search_criteria_id = $1', [broken.id]);
    await pool.query('delete from search_criteria where id = $1', [broken.id]);
    await pool.query("delete from data_sources where code = 'crvs'");
    await pool.query("update data_sources set code = 'crvs' where code = 'well'");
  });
});

describe('what a scheduled run asks for', () => {
  const SOURCE = { dialect: 'spdci-1.0' } as const;
  const WATERMARK = new Date('2026-05-10T04:00:00Z');

  test.each([
    ['spdci-1.0', 'registration_date', { attribute: 'registration_date', from: '2026-05-08' }],
    ['opencrvs-1.9', 'registration_date', { attribute: 'registration_date', from: '2026-05-08' }],
    ['opencrvs-1.0', 'registration_date', null],
    ['opencrvs-1.0', 'event_date', { attribute: 'birth_date', from: '2026-05-08' }],
    ['openspp-17', 'registration_date', null],
    ['spdci-1.0', 'nothing', null],
  ] as const)('of %s by %s is what is new where it can be asked, else everything', async (dialect, by, since) => {
    const criteria = await create();
    expect(sinceOf({ incrementalBy: by, overlapDays: 2 }, criteria, { dialect }, WATERMARK)).toEqual(since);
  });

  test('is everything before there was a success; deaths are asked by their own day', async () => {
    const criteria = await create({ event: 'death', bornFrom: null, bornUntil: null });
    const by = { incrementalBy: 'event_date', overlapDays: 0 } as const;
    expect(sinceOf(by, criteria, SOURCE, null)).toBeNull();
    expect(sinceOf(by, criteria, SOURCE, WATERMARK)).toEqual({ attribute: 'death_date', from: '2026-05-10' });
    // OpenCRVS 1.0 can be asked for deaths by the birth date alone.
    expect(sinceOf(by, criteria, { dialect: 'opencrvs-1.0' }, WATERMARK)).toBeNull();
  });

  test('rolls with the days', async () => {
    const criteria = await create({ bornFrom: null, bornUntil: null, withinDays: 90 });
    expect(criteriaFilter(criteria, { askedOn: '2026-03-31' })).toMatchObject({
      filters: [
        { attribute: 'birth_date', operator: 'ge', values: ['2025-12-31'] },
        { attribute: 'birth_date', operator: 'le', values: ['2026-03-31'] },
      ],
    });
  });

  test.each<[string, Partial<SearchCriteriaInput>]>([
    ['WITHIN_DAYS_INVALID', { bornFrom: null, bornUntil: null, withinDays: 0 }],
    ['WITHIN_DAYS_INVALID', { bornFrom: null, bornUntil: null, withinDays: 2.5 }],
    ['WITHIN_DAYS_AND_RANGE', { withinDays: 90 }],
    ['EVENT_DATE_OF_BIRTH', { eventFrom: '2024-01-01', eventUntil: '2024-12-31' }],
    ['EVENT_DATE_INVALID', { event: 'death', eventFrom: '2024-02-30', eventUntil: '2024-12-31' }],
    ['EVENT_DATE_UPPER_BOUND_REQUIRED', { event: 'death', eventFrom: '2024-02-01' }],
    ['EVENT_DATE_RANGE_EMPTY', { event: 'marriage', eventFrom: '2024-02-02', eventUntil: '2024-02-01' }],
  ])('is refused with %s for %j', async (code, input) => {
    await expect(create(input)).rejects.toMatchObject({ code });
  });

  test('moves on with a success only, and back when that is taken back', async () => {
    const { pool } = rig.database;
    const { id } = await create();
    const ran = async (state: string, daysAgo: number, kind = 'import', ofRun: string | null = null) => {
      const { rows } = await pool.query<{ id: string; created_at: Date }>(
        `insert into import_runs (search_criteria_id, requested_by, state, kind, of_run_id, created_at)
         values ($1, 'operator', $2, $3, $4, now() - make_interval(days => $5)) returning id, created_at`,
        [id, state, kind, ofRun, daysAgo],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('no run');
      return { id: row.id, at: row.created_at };
    };
    const watermark = async () => (await history(id)).watermark;
    expect(await watermark()).toBeNull();
    await ran('failed', 20);
    expect(await watermark()).toBeNull();
    const first = await ran('succeeded', 10);
    await ran('cancelled', 9);
    await ran('succeeded', 8, 'preview');
    expect(await watermark()).toEqual(first.at);
    const second = await ran('succeeded', 6);
    const third = await ran('succeeded', 4);
    expect(await watermark()).toEqual(third.at);
    // What the second brought is missing now, and the third did not ask for it again.
    await ran('succeeded', 2, 'undo', second.id);
    expect(await watermark()).toEqual(first.at);
    const fourth = await ran('succeeded', 1);
    expect(await watermark()).toEqual(fourth.at);
  });
});

test('a source that is another register from now on is asked for everything, and the time says why', async () => {
  const { pool } = rig.database;
  const { code } = await rig.addSource({ code: 'moving', name: 'Moving', baseUrl: 'https://old.example.org' });
  const { id } = await create({ dataSource: code });
  await schedule(id, { incrementalBy: 'event_date' });
  const { rows } = await pool.query<{ created_at: Date }>(
    `insert into import_runs (search_criteria_id, requested_by, state) values ($1, 'operator', 'succeeded')
     returning created_at`,
    [id],
  );
  const update = (settings: DataSourceUpdate) => updateDataSource(pool, reversingSeal, code, settings, operator(pool));
  // The same again, and what changes neither whom nor what is asked.
  await update({ baseUrl: 'https://old.example.org', pageSize: 20, parameters: { page_size: '30' }, trustRank: 3 });
  expect((await history(id)).watermark).toEqual(rows[0]?.created_at);
  await update({ baseUrl: 'https://new.example.org' });
  expect((await history(id)).watermark).toBeNull();
  await makeDue(id);
  await startDueRuns(context());
  const [time] = (await history(id)).times;
  expect(time).toMatchObject({ outcome: 'started', reason: expect.stringMatching(/everything/u) as string });
  expect(await findImportRun(pool, time?.importRunId ?? '')).toMatchObject({ since: null });
});

test('workers of two gateways do all of it by themselves: once, of everything, and then of what is new', async () => {
  rig.startWorkers();
  const other = await startJobs({ url: rig.database.url, log });
  try {
    await startSchedules({ ...context(), jobs: rig.jobs });
    await startSchedules({ ...context(), jobs: other });
    const { id } = await create();
    await schedule(id, { incrementalBy: 'event_date', overlapDays: 3 });
    const comes = async (count: number) => {
      await makeDue(id);
      const deadline = Date.now() + 30_000;
      for (;;) {
        const { times } = await history(id);
        const [latest] = times;
        const runId = times.length === count ? latest?.importRunId : null;
        if (typeof runId === 'string') return await rig.ended(runId);
        if (Date.now() > deadline) throw new Error('the time did not come');
        await delay(50);
      }
    };
    expect(await comes(1)).toMatchObject({ state: 'succeeded', recordsDone: 10, since: null, requestedBy: 'schedule' });
    const second = await comes(2);
    const from = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
    expect(second).toMatchObject({ state: 'succeeded', since: { attribute: 'birth_date', from } });
    expect(second.recordsDone).toBeLessThan(10);
    expect(await findImportRun(rig.database.pool, second.id)).toMatchObject({ askedOn: second.askedOn });
    expect(await runs(id)).toBe(2);
  } finally {
    await other.close();
  }
});
