import { setTimeout as delay } from 'node:timers/promises';
import { fetchCriteria } from '../../src/imports/fetch.js';
import { resumeRun } from '../../src/imports/run-control.js';
import { findImportRun } from '../../src/imports/import-run.js';
import { listImportItems } from '../../src/imports/import-items.js';
import { runPages } from '../../src/imports/run-pages.js';
import { createSearchCriteria, findSearchCriteria } from '../../src/imports/search-criteria.js';
import { type Fault, type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { type DataSourceInput } from '../../src/sources/data-source.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { ALWAYS, countPeople, type ImportRig, log, openRig } from './import-rig.js';
import { desk } from '../registry/desk.js';
import { erased } from '../registry/erased.js';
import { reversingSeal } from '../sources/reversing-seal.js';

let rig: ImportRig;
let register: MockRegistry;

const BIRTHS = 160;
const SIZE = 20;

async function open(
  options: { births?: number; faults?: readonly Fault[]; source?: Partial<DataSourceInput>; places?: 'not read' } = {},
) {
  rig = await openRig();
  register = await startMockRegistry({ births: options.births ?? BIRTHS, seed: 7 });
  await rig.addSource({
    baseUrl: register.url,
    clientId: register.clientId,
    clientSecret: register.clientSecret,
    pageSize: SIZE,
    ...options.source,
  });
  if (options.places !== 'not read') await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
  register.setFaults(options.faults ?? []);
}

afterEach(async () => {
  await rig.close();
  await register.close();
});

async function expectTruth(): Promise<void> {
  const { truth } = register;
  expect(await countPeople(rig)).toEqual({
    children: truth.children,
    mothers: truth.mothers,
    fathers: truth.fathers,
    people: truth.individuals,
    families: truth.families,
    unidentifiedMothers: truth.unidentifiedMothers,
    unidentifiedFathers: truth.unidentifiedFathers,
    familiesOfUnidentifiedMothers: truth.familiesOfUnidentifiedMothers,
  });
}

/** No record twice, none missing. */
async function expectEveryRecordOnce(): Promise<void> {
  expect(await rig.number('select count(*) from import_items')).toBe(BIRTHS);
  expect(await rig.number('select count(*) from (select page, ordinal from import_items group by 1, 2) places')).toBe(
    BIRTHS,
  );
}

describe('an import', () => {
  test('comes to what the register truly holds, page after page to the last', async () => {
    await open();
    rig.startWorkers();
    const run = await rig.import();
    const { truth } = register;
    expect(run).toMatchObject({
      state: 'succeeded',
      recordsDone: truth.records,
      recordsReported: truth.records,
      individualsCreated: truth.individuals,
      unidentifiedParents: truth.unidentifiedParents,
      outcomes: { skipped: truth.skipped, conflict: truth.conflicts, failed: 0 },
    });
    expect(truth.conflicts).toBeGreaterThan(0);
    await expectTruth();
    await expectEveryRecordOnce();
    const conflicts = await listImportItems(rig.database.pool, { importRunId: run.id, outcome: 'conflict' });
    expect(conflicts.items).toHaveLength(truth.conflicts);
    expect(conflicts.items.every((item) => item.reasonCode === 'IDENTIFIERS_OF_TWO_PEOPLE')).toBe(true);
  });

  test('locks its criteria when it has succeeded, and a second one changes nothing', async () => {
    await open();
    rig.startWorkers();
    const run = await rig.import();
    const { pool } = rig.database;
    expect((await findSearchCriteria(pool, run.searchCriteriaId))?.lockedAt).toBeInstanceOf(Date);
    await expect(fetchCriteria({ pool, jobs: rig.jobs }, run.searchCriteriaId, 'operator')).rejects.toMatchObject({
      code: 'CRITERIA_LOCKED',
    });
    const again = await rig.importAgain(run.searchCriteriaId);
    expect(again).toMatchObject({ individualsCreated: 0, individualsUpdated: 0, groupsCreated: 0 });
    expect(again.outcomes).toMatchObject({ created: 0, updated: 0, failed: 0 });
    expect(again.outcomes.unchanged + again.outcomes.skipped + again.outcomes.conflict).toBe(BIRTHS);
    // A later fetch is a run of its own with items of its own.
    expect(await rig.number('select count(*) from import_items')).toBe(2 * BIRTHS);
  });

  test('comes to the same with another page size', async () => {
    await open({ source: { pageSize: 7 } });
    rig.startWorkers();
    expect((await rig.import()).recordsDone).toBe(BIRTHS);
    await expectTruth();
  });

  test('that finds nothing says so, and leaves its criteria open', async () => {
    await open();
    rig.startWorkers();
    const run = await rig.import({
      bornFrom: { date: '1901-01-01', inclusive: true },
      bornUntil: { date: '1901-12-31', inclusive: true },
    });
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: 0, pagesDone: 0 });
    expect(run.warnings.join()).toMatch(/no record that matches/u);
    expect((await findSearchCriteria(rig.database.pool, run.searchCriteriaId))?.lockedAt).toBeNull();
  });

  test('that finds only records which the criteria does not ask for says so, and leaves its criteria open', async () => {
    await open();
    rig.startWorkers();
    const run = await rig.import({ locationType: 'NO_SUCH_TYPE' });
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, recordsOutside: BIRTHS });
    expect(run.warnings.join()).toMatch(/asks for none of them/u);
    expect((await findSearchCriteria(rig.database.pool, run.searchCriteriaId))?.lockedAt).toBeNull();
    expect(await rig.number('select count(*) from individuals')).toBe(0);
  });

  test('whose places were never read says so, and the next one after they were read fills them in', async () => {
    await open({ places: 'not read' });
    rig.startWorkers();
    const run = await rig.import();
    expect(run.warnings.join()).toMatch(/never read: sync its locations/u);
    const placed = 'select count(*) from individuals where birth_location_id is not null';
    expect(await rig.number(placed)).toBe(0);

    await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
    const again = await rig.importAgain(run.searchCriteriaId);
    expect(again.warnings.join()).not.toMatch(/never read/u);
    expect(again.outcomes).toMatchObject({ created: 0, failed: 0 });
    expect(await rig.number(placed)).toBeGreaterThan(BIRTHS / 2);
    await expectTruth();
  });

  test('holds the records against what the source cannot be asked for', async () => {
    await open();
    rig.startWorkers();
    const home = await rig.import({ locationType: 'PRIVATE_HOME' });
    expect(home.recordsDone).toBe(BIRTHS);
    expect(home.recordsOutside).toBeGreaterThan(0);
    const items = await rig.number('select count(*) from import_items');
    expect(items).toBe(BIRTHS - home.recordsOutside);
    const { rows } = await rig.database.pool.query<{ id: string; below: number }>(
      `select a.ancestor_id as id, count(*) as below from location_ancestors a
       join locations l on l.id = a.ancestor_id where a.depth > 0 and l.parent_id is not null
       group by 1 order by 2 desc limit 1`,
    );
    const province = rows[0]?.id ?? '';
    const run = await rig.import({ locationId: province });
    expect(run.recordsOutside).toBeGreaterThan(0);
    expect(run.recordsOutside).toBeLessThan(BIRTHS);
    expect(
      await rig.number(
        `select count(*) from import_items t join individuals i on i.id = t.individual_id
         where t.import_run_id = $1 and not exists (select from location_ancestors a
           where a.location_id = i.birth_location_id and a.ancestor_id = $2)`,
        [run.id, province],
      ),
    ).toBe(0);
  });
});

describe('a source that is not well', () => {
  test.each<[string, Fault[]]>([
    ['says no total', [{ kind: 'no-pagination' }]],
    ['says too large a total', [{ kind: 'wrong-total', by: 500 }]],
    ['says too small a total', [{ kind: 'wrong-total', by: 10 - BIRTHS }]],
    ['changes its total', [{ kind: 'changing-total' }]],
    [
      'answers 429 and 500 now and then',
      [
        { kind: 'too-many-requests', retryAfterSeconds: 0, after: 1, times: 1 },
        { kind: 'server-error', after: 3, times: 2 },
        { kind: 'reset', after: 6, times: 1 },
      ],
    ],
    ['forgets its tokens', [{ kind: 'token-expired', after: 2, times: 1 }]],
  ])('and %s is read to the end all the same', async (_what, faults) => {
    await open({ faults });
    rig.startWorkers();
    const run = await rig.import();
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS });
    await expectTruth();
    await expectEveryRecordOnce();
  });

  test.each<[string, Fault]>([
    ['SOURCE_ANSWER_UNREADABLE', { kind: 'html', status: 200, after: 3 }],
    ['SOURCE_FAILED', { kind: 'server-error', after: 3 }],
    ['SOURCE_TIMEOUT', { kind: 'hang', after: 3 }],
  ])('fails the run with %s, nothing half written, and the run can be resumed', async (code, fault) => {
    await open({ faults: [fault], source: { timeoutMs: 150 } });
    rig.startWorkers();
    const run = await rig.import();
    expect(run).toMatchObject({ state: 'failed', errorCode: code, pagesDone: 3, nextPage: 4, recordsDone: 3 * SIZE });
    expect(run.errorMessage).not.toBe('');
    expect(await rig.number('select count(*) from import_items')).toBe(3 * SIZE);
    expect((await findSearchCriteria(rig.database.pool, run.searchCriteriaId))?.lockedAt).toBeNull();

    register.setFaults([]);
    await resumeRun({ pool: rig.database.pool, jobs: rig.jobs }, run.id);
    expect(await rig.ended(run.id)).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, errorCode: null });
    await expectTruth();
    await expectEveryRecordOnce();
  });

  test('and does not answer at all fails the run', async () => {
    await open();
    rig.startWorkers();
    await rig.database.pool.query("update data_sources set base_url = 'http://127.0.0.1:1'");
    expect(await rig.import()).toMatchObject({ state: 'failed', errorCode: 'SOURCE_UNREACHABLE', recordsDone: 0 });
  });

  test('and sends values that cannot be used loses those values, not the records', async () => {
    await open({
      faults: [
        { kind: 'sex-null', every: 2 },
        { kind: 'birth-place-text', every: 3 },
        { kind: 'impossible-date', every: 5 },
        { kind: 'year-only-date', every: 7 },
      ],
    });
    rig.startWorkers();
    expect(await rig.import()).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, outcomes: { failed: 0 } });
    await expectTruth();
    expect(await rig.number("select count(*) from individuals where birth_date_precision = 'year'")).toBeGreaterThan(5);
    expect(
      await rig.number(`select count(*) from import_items where issues @> '[{"code":"date_impossible"}]'`),
    ).toBeGreaterThan(5);
  });
});

describe('an import that is interrupted', () => {
  test('goes on where it was, without a record twice or missing', async () => {
    await open();
    const { pool } = rig.database;
    const { client, jobs } = rig;
    const criteria = await createSearchCriteria(pool, { name: 'Cut', dataSource: 'crvs', ...ALWAYS });
    const { id } = await fetchCriteria({ pool, jobs }, criteria.id, 'operator');
    const cut = new AbortController();
    register.setFaults([{ kind: 'hang', after: 3 }]);
    const running = runPages({ pool, jobs, client, log, keys: reversingSeal, erased, desk }, id, cut.signal, {
      last: false,
    });
    const cutOff = expect(running).rejects.toThrow();
    while (((await findImportRun(pool, id))?.pagesDone ?? 0) < 3) await delay(20);
    cut.abort();
    await cutOff;
    expect(await findImportRun(pool, id)).toMatchObject({ state: 'running', nextPage: 4, recordsDone: 3 * SIZE });

    register.setFaults([]);
    rig.startWorkers();
    expect(await rig.ended(id)).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS });
    await expectTruth();
    await expectEveryRecordOnce();
  });

  test('and is taken up by several workers at once writes each page once', async () => {
    await open();
    const { pool } = rig.database;
    const { client, jobs } = rig;
    const criteria = await createSearchCriteria(pool, { name: 'Many', dataSource: 'crvs', ...ALWAYS });
    const { id } = await fetchCriteria({ pool, jobs }, criteria.id, 'operator');
    const never = new AbortController().signal;
    const workers = Array.from({ length: 4 }, () =>
      runPages({ pool, jobs, client, log, keys: reversingSeal, erased, desk }, id, never, { last: false }),
    );
    await Promise.all(workers);
    rig.startWorkers();
    expect(await rig.ended(id)).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS, pagesDone: BIRTHS / SIZE });
    await expectTruth();
    await expectEveryRecordOnce();
  });
});

test('overlapping imports at once come to the same people as one', async () => {
  await open();
  const { pool } = rig.database;
  const { client, jobs } = rig;
  const runs = [];
  for (let number = 0; number < 4; number += 1) {
    const criteria = await createSearchCriteria(pool, { name: `At once ${number}`, dataSource: 'crvs', ...ALWAYS });
    runs.push(await fetchCriteria({ pool, jobs }, criteria.id, 'operator'));
  }
  const never = new AbortController().signal;
  await Promise.all(
    runs.map(({ id }) =>
      runPages({ pool, jobs, client, log, keys: reversingSeal, erased, desk }, id, never, { last: false }),
    ),
  );
  // On a slow machine a turn can be over before the last page: the rest is a job.
  rig.startWorkers();
  for (const { id } of runs) expect(await rig.ended(id)).toMatchObject({ state: 'succeeded', recordsDone: BIRTHS });
  await expectTruth();
});
