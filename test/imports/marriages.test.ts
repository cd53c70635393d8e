import { listImportItems } from '../../src/imports/import-items.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { type ImportRig, openRig } from './import-rig.js';

let rig: ImportRig;
let register: MockRegistry;
beforeAll(async () => {
  rig = await openRig();
  register = await startMockRegistry({ births: 200, seed: 7 });
  const { clientId, clientSecret } = register;
  await rig.addSource({ baseUrl: register.url, clientId, clientSecret, pageSize: 4 });
  rig.startWorkers();
});
afterAll(async () => {
  await rig.close();
  await register.close();
});

const MARRIAGES = { event: 'marriage', bornFrom: null, bornUntil: null } as const;
const COUPLES = `select count(*) from marriages m join marriages o on o.individual_id = m.spouse_id
  and o.spouse_id = m.individual_id and o.married_on = m.married_on`;

describe('an import of marriages', () => {
  test('that makes nobody skips people who are unknown', async () => {
    const run = await rig.import({ ...MARRIAGES, makesPeople: false });
    expect(run.outcomes).toMatchObject({ skipped: register.truth.marriages });
    expect(await rig.number('select count(*) from individuals')).toBe(0);
  });

  test('relates two people, found or made by their identifiers, with the day on both sides', async () => {
    const { marriages } = register.truth;
    expect(marriages).toBeGreaterThan(5);
    const run = await rig.import(MARRIAGES);
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: marriages, recordsOutside: 0 });
    expect(run.outcomes).toMatchObject({ created: marriages, failed: 0, conflict: 0 });
    expect(await rig.number('select count(*) from individuals')).toBe(2 * marriages);
    expect(await rig.number(COUPLES)).toBe(2 * marriages);
    expect(await rig.number("select count(*) from relationships where type = 'spouse_of'")).toBe(marriages);
    // The number of the marriage is nobody's own.
    expect(await rig.number("select count(*) from identifiers where type <> 'NID'")).toBe(0);
    const { items } = await listImportItems(rig.database.pool, { importRunId: run.id });
    expect(items.flatMap(({ issues }) => issues).filter(({ code }) => code !== 'place_unknown')).toEqual([]);
  });

  test('again changes nothing', async () => {
    const counts = async () =>
      Promise.all(
        ['individuals', 'marriages', 'relationships', 'changes', 'individual_revisions'].map((table) =>
          rig.number(`select count(*) from ${table}`),
        ),
      );
    const before = await counts();
    const run = await rig.import(MARRIAGES);
    expect(run.outcomes).toMatchObject({ created: 0, updated: 0, unchanged: register.truth.marriages });
    expect(await counts()).toEqual(before);
  });

  test('finds people who are held already, tells of the marriage once, and leaves what the run made to be undone', async () => {
    const { pool } = rig.database;
    await pool.query("delete from relationships where type = 'spouse_of'");
    await pool.query('delete from marriages');
    await pool.query('delete from source_records');
    const people = await rig.number('select count(*) from individuals');
    const { marriages } = register.truth;
    const run = await rig.import(MARRIAGES);
    expect(run.outcomes).toMatchObject({ created: 0, updated: marriages });
    expect(await rig.number('select count(*) from individuals')).toBe(people);
    expect(await rig.number(COUPLES)).toBe(2 * marriages);
    const told = `select count(*) from changes where import_run_id = $1 and subject = 'individual'
      and kind = 'updated' and fields = '{marriages}'`;
    expect(await rig.number(told, [run.id])).toBe(2 * marriages);
    const undone = `select sum(cardinality(relationships) + cardinality(marriages))
      from import_pages where import_run_id = $1`;
    expect(await rig.number(undone, [run.id])).toBe(3 * marriages);
  });
});
