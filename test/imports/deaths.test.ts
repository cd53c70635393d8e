import { listImportItems } from '../../src/imports/import-items.js';
import { findConcernedRecords } from '../../src/partners/subscriptions/concerned-records.js';
import { happenings, type RecordedChange } from '../../src/partners/subscriptions/happenings.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { type ImportRig, openRig } from './import-rig.js';

let rig: ImportRig;
let register: MockRegistry;
beforeAll(async () => {
  rig = await openRig();
  register = await startMockRegistry({ births: 80, seed: 7 });
  const { clientId, clientSecret } = register;
  await rig.addSource({ baseUrl: register.url, clientId, clientSecret, pageSize: 20 });
  await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
  rig.startWorkers();
});
afterAll(async () => {
  await rig.close();
  await register.close();
});

const DEATHS = { event: 'death', bornFrom: null, bornUntil: null } as const;
const deceased = () => rig.number('select count(*) from individuals where deceased');

/** What subscribers could hear of what a run changed, in words. */
async function heardOf(runId: string): Promise<string[]> {
  const { pool } = rig.database;
  const { rows } = await pool.query<RecordedChange>(
    `select id, transaction_id as "transactionId", subject, subject_id as "subjectId", kind, fields
     from changes where import_run_id = $1 order by id`,
    [runId],
  );
  return happenings(rows, await findConcernedRecords(pool, rows)).map(({ record, word }) => `${record} ${word}`);
}

describe('an import of deaths', () => {
  test('of people who are all unknown skips each with a reason, and makes nobody', async () => {
    const run = await rig.import(DEATHS);
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: register.truth.deaths, recordsOutside: 0 });
    expect(run.outcomes).toMatchObject({ skipped: register.truth.deaths, created: 0 });
    const { items } = await listImportItems(rig.database.pool, { importRunId: run.id, first: 1 });
    expect(items[0]).toMatchObject({ reasonCode: 'PERSON_UNKNOWN', individualId: null });
    expect(items[0]?.reason).toMatch(/import their births first/u);
    expect(await rig.number('select count(*) from individuals')).toBe(0);
  });

  test('updates the living people of an import of births, and announces that they have died', async () => {
    await rig.import();
    const people = await rig.number('select count(*) from individuals');
    expect(await deceased()).toBe(0);
    const run = await rig.import(DEATHS);
    expect(run).toMatchObject({ state: 'succeeded', errorCode: null });
    expect(run.outcomes).toMatchObject({ created: 0, failed: 0, conflict: 0 });
    expect(run.outcomes.updated).toBeGreaterThan(3);
    expect(run.outcomes.updated + run.outcomes.skipped + run.outcomes.unchanged).toBe(register.truth.deaths);
    expect(await deceased()).toBe(run.outcomes.updated);
    expect(await rig.number('select count(*) from individuals')).toBe(people);
    expect(await rig.number("select count(distinct individual_id) from identifiers where type = 'DRN'")).toBe(
      run.outcomes.updated,
    );
    expect(await rig.number('select count(*) from individuals where death_location_id is not null')).toBeGreaterThan(0);

    const heard = await heardOf(run.id);
    expect(heard.filter((word) => word === 'individual died')).toHaveLength(run.outcomes.updated);
  });

  test('again changes nothing', async () => {
    const before = await rig.number('select count(*) from changes');
    const run = await rig.import(DEATHS);
    expect(run.outcomes).toMatchObject({ created: 0, updated: 0 });
    expect(await rig.number('select count(*) from changes')).toBe(before);
  });

  test('makes those who are unknown where the criteria says so', async () => {
    await rig.database.pool.query('delete from individuals where deceased');
    const run = await rig.import({ ...DEATHS, makesPeople: true });
    expect(run.outcomes).toMatchObject({ skipped: 0, failed: 0 });
    expect(run.outcomes.created).toBeGreaterThan(3);
    expect(await deceased()).toBe(run.outcomes.created);
  });

  test('asks the register of deaths', () => {
    const asked = JSON.stringify(register.searches.at(-1));
    expect(asked).toContain('death');
    expect(asked).not.toContain('"birth"');
  });
});

test('a source that gives living people when asked for deaths kills none of them', async () => {
  // The parameter says another register in place of the dialect's.
  await rig.database.pool.query(
    `insert into data_source_parameters (data_source_id, key, value)
     select id, 'death_reg_type', 'ocrvs:registry_type:birth' from data_sources`,
  );
  const before = await deceased();
  const run = await rig.import({ ...DEATHS, makesPeople: true });
  expect(run).toMatchObject({ state: 'succeeded', recordsDone: 80, recordsOutside: 80 });
  expect(run.warnings.join()).toMatch(/asks for none of them/u);
  expect(await deceased()).toBe(before);
});
