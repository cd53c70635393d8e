import { listImportItems } from '../../src/imports/import-items.js';
import { inTransaction } from '../../src/database/transaction.js';
import { undoRun } from '../../src/imports/undo/undo-run.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { ALL_FIELDS } from '../../src/record/fields.js';
import { createLoaders } from '../../src/registry/loaders.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { erased } from '../registry/erased.js';
import { found, SEARCH, TOKENS } from '../sources/dci-peer.js';
import { json, startLocalPeer } from '../sources/local-peer.js';
import { type ImportRig, openRig } from './import-rig.js';
import { registryState } from './registry-state.js';

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

describe('an import of marriages that is taken back', () => {
  const undo = async (runId: string) =>
    await rig.ended((await undoRun({ pool: rig.database.pool, jobs: rig.jobs }, runId, 'operator')).id);

  test('leaves the marriages that were known before as they were: without the spouse of whom nobody had told', async () => {
    const { pool } = rig.database;
    await pool.query("update marriages set spouse_id = null where right(id::text, 1) > '5'");
    await pool.query("delete from marriages where right(id::text, 1) < '4'");
    await pool.query("delete from relationships where type = 'spouse_of' and right(id::text, 1) > '8'");
    await pool.query("delete from individuals where right(id::text, 1) = 'f'");
    await pool.query('delete from source_records');
    const before = await registryState(pool);
    const run = await rig.import(MARRIAGES);
    expect(run.outcomes.updated).toBeGreaterThan(5);
    expect(await rig.number('select sum(cardinality(spouses_told)) from import_pages')).toBeGreaterThan(3);
    const undone = await undo(run.id);
    expect(await registryState(pool)).toEqual(before);
    expect(undone).toMatchObject({ state: 'succeeded', outcomes: { refused: 0 } });
    expect(await rig.number('select count(*) from import_pages where import_run_id = $1', [run.id])).toBe(0);
  });

  test('leaves who was married married again, and keeps what somebody has told of it since', async () => {
    const { pool } = rig.database;
    const peer = await startLocalPeer();
    peer.on(TOKENS, json({ access_token: 'token', token_type: 'Bearer', expires_in: 600 }));
    await rig.addSource({ baseUrl: peer.baseUrl, code: 'courts', name: 'Courts', dialect: 'spdci-1.0', pageSize: 5 });
    const someone = (value: string, days: object) => ({
      identifier: [{ identifier_type: 'NID', identifier_value: value }],
      name: { given_name: 'Amina', surname: 'Banda' },
      ...days,
    });
    const told = async (...records: object[]) => {
      peer.on(SEARCH, found(records));
      const run = await rig.import({ ...MARRIAGES, dataSource: 'courts' });
      expect(run).toMatchObject({ state: 'succeeded', recordsDone: records.length });
      return run;
    };
    const wedding = { marriage_date: ['2020-05-02'] };
    const divorce = { ...wedding, divorce_date: ['2023-01-09'] };
    await told(someone('7001', wedding), someone('7002', wedding));
    const before = await registryState(pool);
    const divorces = 'select count(*) from marriages where divorced_on is not null';
    const first = await told(someone('7001', divorce), someone('7002', divorce));
    expect(await rig.number(divorces)).toBe(2);
    await undo(first.id);
    expect(await registryState(pool)).toEqual(before);

    const second = await told(someone('7001', divorce), someone('7002', divorce));
    const [{ individual_id: id = '' } = {}] = (
      await pool.query<{ individual_id?: string }>("select individual_id from identifiers where value = '7002'")
    ).rows;
    const marriages = [{ marriedOn: '2020-05-02', divorcedOn: '2023-02-10' }];
    const corrected = { kind: 'individual', identifiers: [{ type: 'NID', value: '7002' }], marriages } as const;
    await inTransaction(pool, (client) => writeRecords(client, [corrected], { origin: 'mutation', erased }));
    const undone = await undo(second.id);
    const { items } = await listImportItems(pool, { importRunId: undone.id, outcome: 'refused' });
    expect(items).toMatchObject([{ individualId: id, reasonCode: 'CHANGED_SINCE' }]);
    expect(items[0]?.reason).toMatch(/marriages/u);
    expect(await rig.number(divorces)).toBe(1);
    await peer.close();
  });

  test('of somebody who was married that day already leaves nothing behind, however often it is told', async () => {
    const { pool } = rig.database;
    const peer = await startLocalPeer();
    peer.on(TOKENS, json({ access_token: 'token', token_type: 'Bearer', expires_in: 600 }));
    for (const code of ['diocese', 'parish']) {
      await rig.addSource({ baseUrl: peer.baseUrl, code, name: code, dialect: 'spdci-1.0' });
    }
    const identifier = (value: string) => [{ identifier_type: 'NID', identifier_value: value }];
    const told = async (dataSource: string, value: string, spouse: string) => {
      const related = { relationship_type: 'SPS', related_member: { identifier: identifier(spouse) } };
      const couple = { identifier: identifier(value), marriage_date: ['2020-05-02'], related_person: [related] };
      peer.on(SEARCH, found([couple]));
      return await rig.import({ ...MARRIAGES, dataSource });
    };
    const first = await told('diocese', '8001', '8002');
    expect(first.individualsCreated).toBe(2);
    const before = await registryState(pool);
    for (const time of ['once', 'twice']) {
      const run = await told('parish', '8003', '8002');
      expect([time, run.individualsCreated]).toEqual([time, 1]);
      expect((await undo(run.id)).outcomes.refused).toBe(0);
      expect(await registryState(pool)).toEqual(before);
    }
    expect((await undo(first.id)).outcomes).toMatchObject({ removed: 2, refused: 0 });
    await peer.close();
  });

  test('who is divorced is no spouse any more, and is one again when the divorce is taken back', async () => {
    const { pool } = rig.database;
    const peer = await startLocalPeer();
    peer.on(TOKENS, json({ access_token: 'token', token_type: 'Bearer', expires_in: 600 }));
    await rig.addSource({ baseUrl: peer.baseUrl, code: 'town', name: 'Town', dialect: 'spdci-1.0' });
    const identifier = (value: string) => [{ identifier_type: 'NID', identifier_value: value }];
    const told = async (days: object) => {
      const related = { relationship_type: 'SPS', related_member: { identifier: identifier('9002') } };
      peer.on(SEARCH, found([{ identifier: identifier('9001'), ...days, related_person: [related] }]));
      return await rig.import({ ...MARRIAGES, dataSource: 'town' });
    };
    const spouses = async () => {
      const held = "select individual_id as id from identifiers where value in ('9001', '9002')";
      const { rows } = await pool.query<{ id: string }>(held);
      const { relationshipsByIndividual } = createLoaders(pool, EVERYBODY, ALL_FIELDS);
      const ties = await Promise.all(rows.map(({ id }) => relationshipsByIndividual.load(id)));
      return ties.map((all) => all.filter(({ type }) => type === 'spouse_of').length);
    };
    await told({ marriage_date: ['2020-05-02'] });
    expect(await spouses()).toEqual([1, 1]);
    const divorced = await told({ marriage_date: ['2020-05-02'], divorce_date: ['2023-01-09'] });
    expect(await spouses()).toEqual([0, 0]);
    await undo(divorced.id);
    expect(await spouses()).toEqual([1, 1]);
    await peer.close();
  });
});
