import { listImportItems } from '../../src/imports/import-items.js';
import { type ImportRun } from '../../src/imports/import-run.js';
import { syncLocations } from '../../src/sources/location-sync.js';
import { describeWithSamples } from '../samples.js';
import { type LocalPeer } from '../sources/local-peer.js';
import { SEARCH, TOKENS } from '../sources/dci-peer.js';
import { startAllBirths, startCapturedPages } from './captured-register.js';
import { countPeople, type ImportRig, openRig } from './import-rig.js';

const CAPTURED_RANGE = {
  bornFrom: { date: '2018-12-31', inclusive: false },
  bornUntil: { date: '2026-01-01', inclusive: false },
};

describeWithSamples('importing the captured pages', () => {
  let rig: ImportRig;
  let peer: LocalPeer;
  let first: ImportRun;
  beforeAll(async () => {
    [rig, peer] = [await openRig(), await startCapturedPages()];
    await rig.addSource({ baseUrl: peer.baseUrl, pageSize: 100 });
    rig.startWorkers();
    await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
    first = await rig.import(CAPTURED_RANGE);
  });
  afterAll(async () => {
    await rig.close();
    await peer.close();
  });

  test('makes 99 locations with one root', async () => {
    expect(await rig.number('select count(*) from source_locations')).toBe(99);
    expect(await rig.number('select count(*) from locations where parent_id is null')).toBe(1);
  });

  test('reads every record to the last page and says what became of each', async () => {
    expect(first).toMatchObject({
      state: 'succeeded',
      pagesDone: 24,
      recordsDone: 2341,
      recordsReported: 2341,
      recordsOutside: 0,
      outcomes: { created: 2331, updated: 1, unchanged: 0, skipped: 9, conflict: 0, failed: 0 },
      individualsCreated: 5066,
      errorCode: null,
    });
    expect(await rig.number('select count(*) from import_items')).toBe(2341);
  });

  test('comes to exactly the people and families that can be told apart', async () => {
    expect(await countPeople(rig)).toEqual({
      children: 2331,
      mothers: 1443,
      fathers: 1292,
      people: 5066,
      families: 1443,
      unidentifiedMothers: 277,
      unidentifiedFathers: 191,
      familiesOfUnidentifiedMothers: 277,
    });
    expect(first.unidentifiedParents).toBe(468);
    expect(first.groupsCreated).toBe(1443 + 277);
  });

  test('skips those without identifier with the reason', async () => {
    const skipped = await listImportItems(rig.database.pool, { importRunId: first.id, outcome: 'skipped' });
    expect(skipped.items).toHaveLength(9);
    expect(skipped.items.every((item) => item.reasonCode === 'SUBJECT_WITHOUT_IDENTIFIER')).toBe(true);
  });

  test('makes one person of a child registered twice, with both registration numbers', async () => {
    expect(
      await rig.number(`select count(*) from identifiers n where type = 'BRN' and individual_id =
        (select individual_id from identifiers where type = 'NID' and value = '0918155689')`),
    ).toBe(2);
  });

  test('a second import of the same pages changes nothing and asks for no second token', async () => {
    const changes = await rig.number('select count(*) from changes');
    const again = await rig.importAgain(first.searchCriteriaId);
    expect(again).toMatchObject({
      state: 'succeeded',
      recordsDone: 2341,
      outcomes: { created: 0, updated: 0, unchanged: 2332, skipped: 9, conflict: 0, failed: 0 },
      individualsCreated: 0,
      individualsUpdated: 0,
      groupsCreated: 0,
      unidentifiedParents: 0,
    });
    expect(await rig.number('select count(*) from changes')).toBe(changes);
    expect(peer.requestsOf(TOKENS)).toHaveLength(1);
    expect(peer.requestsOf(SEARCH)).toHaveLength(48);
  });
});

describeWithSamples('importing all captured births', () => {
  let rig: ImportRig;
  let peer: LocalPeer;
  beforeAll(async () => {
    [rig, peer] = [await openRig(), await startAllBirths()];
    await rig.addSource({ baseUrl: peer.baseUrl, pageSize: 500 });
    rig.startWorkers();
    await syncLocations({ pool: rig.database.pool, client: rig.client }, 'crvs');
  });
  afterAll(async () => {
    await rig.close();
    await peer.close();
  });

  test('comes to exactly the people and families, and a second time to nothing', async () => {
    const run = await rig.import();
    expect(run).toMatchObject({ state: 'succeeded', recordsDone: 2350, individualsCreated: 5087 });
    expect(run).toMatchObject({ unidentifiedParents: 468, outcomes: { skipped: 9, conflict: 0, failed: 0 } });
    expect(await countPeople(rig)).toEqual({
      children: 2340,
      mothers: 1452,
      fathers: 1298,
      people: 5087,
      families: 1452,
      unidentifiedMothers: 277,
      unidentifiedFathers: 191,
      familiesOfUnidentifiedMothers: 277,
    });
    const again = await rig.importAgain(run.searchCriteriaId);
    expect(again.outcomes).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 2341,
      skipped: 9,
      conflict: 0,
      failed: 0,
    });
  });

  test('keeps a birth in the future and says so on the item', async () => {
    expect(
      await rig.number(`select count(*) from individuals i join import_items t on t.individual_id = i.id
        where birth_date > '2030-01-01' and issues @> '[{"field":"birthDate","code":"date_in_future"}]'
          and t.outcome = 'created'`),
    ).toBe(1);
  });

  test('finds the place of home births by the district, and of facility births', async () => {
    expect(await rig.number('select count(*) from individuals where birth_location_id is not null')).toBeGreaterThan(
      2250,
    );
  });

  test('keeps places that are not in the list as an issue of the item', async () => {
    expect(
      await rig.number(`select count(*) from import_items
        where issues @> '[{"field":"birthPlace","code":"place_unknown"}]' and outcome <> 'unchanged'`),
    ).toBeGreaterThan(30);
  });
});
