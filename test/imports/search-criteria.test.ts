import { fetchCriteria } from '../../src/imports/fetch.js';
import { resumeRun } from '../../src/imports/run-control.js';
import { listImportRuns } from '../../src/imports/import-run.js';
import {
  createSearchCriteria,
  criteriaFilter,
  enableFetching,
  listSearchCriteria,
  type SearchCriteriaInput,
} from '../../src/imports/search-criteria.js';
import { updateDataSource } from '../../src/sources/data-sources.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { ALWAYS, type ImportRig, openRig } from './import-rig.js';
import { operator } from '../security/operator.js';

let rig: ImportRig;
beforeAll(async () => {
  rig = await openRig();
  await rig.addSource({ baseUrl: 'http://127.0.0.1:9' });
});
afterAll(() => rig.close());

let made = 0;
const create = (input: Partial<SearchCriteriaInput>) =>
  createSearchCriteria(rig.database.pool, { name: `C ${(made += 1)}`, dataSource: 'crvs', ...input });
const day = (date: string, inclusive = true) => ({ date, inclusive });
const fetching = (id: string) => fetchCriteria({ pool: rig.database.pool, jobs: rig.jobs }, id, 'operator');

describe('creating a search criteria', () => {
  test.each<[string, Partial<SearchCriteriaInput>]>([
    ['BIRTH_DATE_LOWER_BOUND_REQUIRED', { bornUntil: day('2024-01-01') }],
    ['BIRTH_DATE_UPPER_BOUND_REQUIRED', { bornFrom: day('2024-01-01') }],
    ['CRITERIA_FILTER_REQUIRED', {}],
    ['CRITERIA_FILTER_REQUIRED', { locationType: ' ' }],
    ['BIRTH_DATE_RANGE_EMPTY', { bornFrom: day('2023-11-15', false), bornUntil: day('2023-11-15', false) }],
    ['BIRTH_DATE_RANGE_EMPTY', { bornFrom: day('2023-11-15', false), bornUntil: day('2023-11-16', false) }],
    ['BIRTH_DATE_RANGE_EMPTY', { bornFrom: day('2024-01-01'), bornUntil: day('2023-01-01') }],
    ['BIRTH_DATE_INVALID', { bornFrom: day('2023-02-30'), bornUntil: day('2023-03-01') }],
    ['BIRTH_DATE_INVALID', { bornFrom: day('2023'), bornUntil: day('2024-01-01') }],
    ['LOCATION_UNKNOWN', { locationId: '00000000-0000-4000-8000-000000000000' }],
    ['LOCATION_UNKNOWN', { locationId: 'nowhere' }],
    ['DATA_SOURCE_UNKNOWN', { ...ALWAYS, dataSource: 'nobody' }],
    ['DATA_SOURCE_UNKNOWN', { ...ALWAYS, dataSource: '\u0000' }],
    ['LOCATION_TYPE_INVALID', { locationType: 'HEALTH\u0000FACILITY' }],
    ['LOCATION_TYPE_INVALID', { locationType: 'x'.repeat(201) }],
    ['CRITERIA_NAME_REQUIRED', { ...ALWAYS, name: '  ' }],
    ['CRITERIA_NAME_REQUIRED', { ...ALWAYS, name: 'a\u0000b' }],
  ])('is refused with %s for %j', async (code, input) => {
    await expect(create(input)).rejects.toMatchObject({ code });
  });

  test('is refused where the name is taken', async () => {
    await create({ ...ALWAYS, name: 'Taken' });
    await expect(create({ ...ALWAYS, name: ' Taken ' })).rejects.toMatchObject({ code: 'CRITERIA_NAME_TAKEN' });
  });

  test('C4: what an operator writes is kept as text and never run, and a bound is a day and nothing else', async () => {
    const code = "${globalThis.ran = true} __import__('os') eval('globalThis.ran = true')";
    const made = await create({ ...ALWAYS, name: code, locationType: code });
    expect(made).toMatchObject({ name: code, locationType: code });
    expect(criteriaFilter(made)).toMatchObject({
      filters: expect.arrayContaining([{ kind: 'birth_place_type', types: [code] }]) as unknown,
    });
    for (const date of ['new Date(0)', "{'gt': '2023-01-01'}", '2023-01-01 or true']) {
      await expect(create({ name: 'Code', bornFrom: day(date), bornUntil: day('2024-01-01') })).rejects.toMatchObject({
        code: 'BIRTH_DATE_INVALID',
      });
    }
    expect(globalThis).not.toHaveProperty('ran');
  });

  test('keeps both bounds and makes them a filter', async () => {
    const criteria = await create({ bornFrom: day('2018-12-31', false), bornUntil: day('2025-12-31') });
    expect(criteriaFilter(criteria)).toEqual({
      kind: 'and',
      filters: [
        { kind: 'compare', attribute: 'birth_date', operator: 'gt', values: ['2018-12-31'] },
        { kind: 'compare', attribute: 'birth_date', operator: 'le', values: ['2025-12-31'] },
      ],
    });
    expect(criteriaFilter({ ...criteria, bornFrom: null, bornUntil: null, locationType: 'HEALTH_FACILITY' })).toEqual({
      kind: 'birth_place_type',
      types: ['HEALTH_FACILITY'],
    });
  });
});

describe('fetching', () => {
  test('makes the run and its job at once, and refuses a second while the first is active', async () => {
    const criteria = await create(ALWAYS);
    const run = await fetching(criteria.id);
    expect(run).toMatchObject({ state: 'queued', requestedBy: 'operator', nextPage: 1, recordsDone: 0 });
    const data = JSON.stringify({ id: run.id });
    expect(await rig.number('select count(*) from pgboss.job where data = $1::jsonb', [data])).toBe(1);
    await expect(fetching(criteria.id)).rejects.toMatchObject({ code: 'RUN_ALREADY_ACTIVE' });
    const runs = await listImportRuns(rig.database.pool, { searchCriteriaId: criteria.id });
    expect(runs.items).toEqual([run]);
  });

  test('twice at the same moment makes one run', async () => {
    const criteria = await create(ALWAYS);
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => fetching(criteria.id)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await rig.number('select count(*) from import_runs where search_criteria_id = $1', [criteria.id])).toBe(1);
  });

  test('is refused for an unknown or a locked criteria', async () => {
    await expect(fetching('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'SEARCH_CRITERIA_UNKNOWN',
    });
    await expect(fetching('x')).rejects.toMatchObject({ code: 'SEARCH_CRITERIA_UNKNOWN' });
    const criteria = await create(ALWAYS);
    await rig.database.pool.query('update search_criteria set locked_at = now() where id = $1', [criteria.id]);
    await expect(fetching(criteria.id)).rejects.toMatchObject({ code: 'CRITERIA_LOCKED' });
    expect((await enableFetching(rig.database.pool, criteria.id)).lockedAt).toBeNull();
    expect((await fetching(criteria.id)).state).toBe('queued');
    await expect(enableFetching(rig.database.pool, 'x')).rejects.toMatchObject({ code: 'SEARCH_CRITERIA_UNKNOWN' });
  });

  test('is refused by name where the source has no search or no token path', async () => {
    const { pool } = rig.database;
    await rig.addSource({ code: 'bare', name: 'Bare', baseUrl: 'http://127.0.0.1:9', paths: { search: null } });
    const criteria = await create({ ...ALWAYS, dataSource: 'bare' });
    await expect(fetching(criteria.id)).rejects.toMatchObject({ code: 'DATA_SOURCE_PATH_MISSING' });
    await updateDataSource(pool, reversingSeal, 'bare', { paths: { search: '/search', token: null } }, operator(pool));
    await expect(fetching(criteria.id)).rejects.toThrow(/"bare" has no token path/u);
    await updateDataSource(pool, reversingSeal, 'bare', { authType: 'none' }, operator(pool));
    expect((await fetching(criteria.id)).state).toBe('queued');
  });

  test('a run that is unknown or done cannot be resumed, one that waits is only woken up', async () => {
    const context = { pool: rig.database.pool, jobs: rig.jobs };
    await expect(resumeRun(context, 'x')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
    const run = await fetching((await create(ALWAYS)).id);
    expect((await resumeRun(context, run.id)).state).toBe('queued');
    await rig.database.pool.query("update import_runs set state = 'succeeded' where id = $1", [run.id]);
    await expect(resumeRun(context, run.id)).rejects.toMatchObject({ code: 'RUN_ALREADY_FINISHED' });
  });
});

test('search criteria are listed newest first, page by page', async () => {
  const { pool } = rig.database;
  const all = await listSearchCriteria(pool, { first: 1000 });
  const first = await listSearchCriteria(pool, { first: 2 });
  const next = await listSearchCriteria(pool, { first: 2, after: first.cursorAt(1) });
  expect([...first.items, ...next.items]).toEqual(all.items.slice(0, 4));
  expect(first.hasNextPage).toBe(true);
});
