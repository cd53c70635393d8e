import { inTransaction } from '../../src/database/transaction.js';
import { listImportItems } from '../../src/imports/import-items.js';
import { type ImportRun } from '../../src/imports/import-run.js';
import { undoRun } from '../../src/imports/undo/undo-run.js';
import { type MockRegistry, startMockRegistry } from '../../src/mock-registry/start.js';
import { type RegistryRecord } from '../../src/record/registry-record.js';
import { mergePeople } from '../../src/registry/merge/merge-people.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { erased } from '../registry/erased.js';
import { reversingSeal } from '../sources/reversing-seal.js';
import { type ImportRig, openRig } from './import-rig.js';
import { registryState } from './registry-state.js';

let rig: ImportRig;
let register: MockRegistry;
beforeAll(async () => {
  [rig, register] = await Promise.all([openRig(), startMockRegistry({ births: 40, seed: 11 })]);
  await rig.addSource({
    baseUrl: register.url,
    clientId: register.clientId,
    clientSecret: register.clientSecret,
    pageSize: 7,
  });
  rig.startWorkers();
});
afterAll(async () => {
  await register.close();
  await rig.close();
});

const state = () => registryState(rig.database.pool);

async function empty(): Promise<void> {
  await rig.database.pool.query('delete from groups');
  await rig.database.pool.query('delete from individuals');
}

async function undo(runId: string): Promise<ImportRun> {
  return await rig.ended((await undoRun({ pool: rig.database.pool, jobs: rig.jobs }, runId, 'operator')).id);
}

/** Lets a question wait that the run had. */
async function ask(runId: string): Promise<void> {
  await rig.database.pool.query(
    `insert into conflict_cases (data_source_id, kind, about, fingerprint, record_digest, import_run_id)
     select s.id, 'identifiers_of_two_people', 'subject', sha256('asked'), sha256('record'), $1
     from data_sources s limit 1`,
    [runId],
  );
}

async function refusals(runId: string): Promise<[code: string | null, individualId: string | null][]> {
  const { items } = await listImportItems(rig.database.pool, { importRunId: runId, outcome: 'refused', first: 100 });
  return items.map(({ reasonCode, individualId }) => [reasonCode, individualId]);
}

async function ids(sql: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await rig.database.pool.query<{ id: string }>(sql, values);
  return rows.map(({ id }) => id);
}

async function enter(record: RegistryRecord): Promise<void> {
  await inTransaction(rig.database.pool, (client) => writeRecords(client, [record], { origin: 'mutation', erased }));
}

async function merge(winnerId: string, losingId: string): Promise<void> {
  await inTransaction(rig.database.pool, (client) =>
    mergePeople(client, reversingSeal, { winnerId, losingId, actor: 'operator' }),
  );
}

/** A child of the run with both parents, and one of the child's identifiers. */
async function someChild(runId: string, place: number) {
  const { rows } = await rig.database.pool.query<{ id: string; type: string; value: string; parents: string[] }>(
    `select t.individual_id as id, n.type, n.value, array[t.mother_id, t.father_id] as parents
     from import_items t cross join lateral
       (select type, value from identifiers where individual_id = t.individual_id order by type limit 1) n
     where t.import_run_id = $1 and t.outcome = 'created' and t.mother_id is not null and t.father_id is not null
     order by t.page, t.ordinal offset $2 limit 1`,
    [runId, place],
  );
  const [child] = rows;
  if (child === undefined) throw new Error('the run made no such child');
  return child;
}

describe('a run that is taken back', () => {
  test('leaves the registry as it was before, and those who follow it hear of it', async () => {
    const before = await state();
    const run = await rig.import();
    expect(run.individualsCreated).toBeGreaterThan(40);
    await ask(run.id);
    const undone = await undo(run.id);
    expect(await rig.number('select count(*) from conflict_cases where import_run_id = $1', [run.id])).toBe(0);
    expect(undone).toMatchObject({ state: 'succeeded', kind: 'undo', ofRunId: run.id, errorCode: null });
    expect(await state()).toEqual(before);
    expect(undone.individualsRemoved).toBe(run.individualsCreated + run.unidentifiedParents);
    expect(undone.outcomes).toMatchObject({ removed: undone.individualsRemoved, restored: 0, refused: 0 });
    expect(undone).toMatchObject({ recordsDone: run.recordsDone, recordsReported: run.recordsDone, pagesDone: 6 });
    for (const subject of ['individual', 'group', 'relationship', 'membership']) {
      const [made, gone] = await Promise.all(
        [run.id, undone.id].map((id, index) =>
          rig.number('select count(*) from changes where import_run_id = $1 and subject = $2 and kind = $3', [
            id,
            subject,
            index === 0 ? 'created' : 'deleted',
          ]),
        ),
      );
      expect([subject, gone]).toEqual([subject, made]);
    }
    expect(await rig.number('select count(*) from search_criteria where locked_at is not null')).toBe(0);
  });

  test('finds nothing to do the second time, and can be fetched anew', async () => {
    const [first = ''] = await ids(`select id from import_runs where kind = 'import' order by created_at limit 1`);
    const again = await undo(first);
    expect(again).toMatchObject({ state: 'succeeded', individualsRemoved: 0, individualsRestored: 0, pagesDone: 0 });
    expect(Object.values(again.outcomes).every((count) => count === 0)).toBe(true);
    const run = await rig.import();
    expect(run.individualsCreated).toBeGreaterThan(40);
    expect((await undo(run.id)).outcomes.refused).toBe(0);
  });

  test('gives people who were there before back what they were', async () => {
    await rig.import();
    const { pool } = rig.database;
    // Somebody else's registry: a part of the people, known less well and otherwise, and without the source.
    await pool.query('delete from source_records');
    await pool.query('delete from individual_revisions');
    await pool.query(`delete from individuals where right(id::text, 1) < '6'`);
    await pool.query(`delete from groups where right(id::text, 1) < '8'`);
    await pool.query(`delete from relationships where right(id::text, 1) < '8'`);
    await pool.query(`update relationships set type = 'parent_of' where right(id::text, 1) > '9'`);
    await pool.query(`delete from individual_sources where right(individual_id::text, 1) > '9'`);
    await pool.query(`update individuals set sex = null, family_name = 'Before' where right(id::text, 1) > '8'`);
    await pool.query(`update individuals set birth_date = null, birth_date_precision = null, birth_place_text = null
      where right(id::text, 1) > 'a'`);
    await pool.query(`delete from identifiers n where right(id::text, 1) > '7' and exists (
      select from identifiers o where o.individual_id = n.individual_id and o.id < n.id)`);
    const before = await state();
    const run = await rig.import();
    expect(run.individualsUpdated).toBeGreaterThan(5);
    expect(run.individualsCreated).toBeGreaterThan(5);
    expect(await rig.number('select count(*) from import_pages where retyped <> $1', [[]])).toBeGreaterThan(0);
    const undone = await undo(run.id);
    expect(await state()).toEqual(before);
    expect(undone).toMatchObject({ state: 'succeeded', outcomes: { refused: 0 } });
    expect(undone.individualsRestored).toBeGreaterThan(5);
    const told = await rig.number(
      `select count(*) from changes c where c.import_run_id = $1 and c.subject = 'individual' and c.kind = 'updated'
        and c.fields <> '{relationships}'
        and not exists (select from changes g where g.subject_id = c.subject_id and g.kind = 'deleted')`,
      [undone.id],
    );
    expect(told).toBe(undone.individualsRestored);
    // Who stays without a relative or a member hears of it: of those who are gone no event can tell.
    for (const [subject, fields] of [
      ['individual', '{relationships}'],
      ['group', '{members}'],
    ]) {
      const staying = await rig.number(
        `select count(*) from changes c join ${String(subject)}s s on s.id = c.subject_id
         where c.import_run_id = $1 and c.subject = $2 and c.kind = 'updated' and c.fields = $3`,
        [undone.id, subject, fields],
      );
      expect(staying).toBeGreaterThan(0);
    }
    await empty();
  });

  test('keeps whom somebody touched since with parents and family, and takes them back when nothing holds them', async () => {
    const run = await rig.import();
    const { pool } = rig.database;
    const [corrected, farming] = [await someChild(run.id, 3), await someChild(run.id, 20)];
    const identifiers = [{ type: corrected.type, value: corrected.value }];
    await enter({ kind: 'individual', identifiers, givenName: 'Corrected' });
    await pool.query('insert into farmers (individual_id, farm_type) values ($1, $2)', [farming.id, '1']);
    const undone = await undo(run.id);
    const refused = await refusals(undone.id);
    expect(refused).toContainEqual(['CHANGED_SINCE', corrected.id]);
    expect(refused).toContainEqual(['NEEDED_BY_OTHERS', farming.id]);
    for (const parent of [...corrected.parents, ...farming.parents]) {
      expect(refused.some(([, id]) => id === parent)).toBe(true);
    }
    // Nobody else is left, and nobody by half.
    const left = await ids('select id from individuals');
    expect(left.sort()).toEqual([corrected, farming].flatMap((child) => [child.id, ...child.parents]).sort());
    for (const { id } of [corrected, farming]) {
      expect(await rig.number('select count(*) from relationships where target_id = $1', [id])).toBe(2);
      expect(await rig.number('select count(*) from memberships where individual_id = $1', [id])).toBe(1);
      expect(await rig.number('select count(*) from identifiers where individual_id = $1', [id])).toBeGreaterThan(0);
    }
    expect(await rig.number('select count(*) from groups')).toBe(2);

    await pool.query('delete from farmers');
    const second = await undo(run.id);
    expect(second.outcomes.removed).toBe(3);
    expect((await ids('select id from individuals')).sort()).toEqual([corrected.id, ...corrected.parents].sort());
    await empty();
  });

  test('keeps a value that somebody corrected, and restores those beside it', async () => {
    const first = await rig.import();
    const { id, type, value } = await someChild(first.id, 0);
    const { pool } = rig.database;
    await pool.query('delete from source_records');
    await pool.query(`update individuals set given_name = 'Old', family_name = 'Older' where id = $1`, [id]);
    const run = await rig.import();
    await enter({ kind: 'individual', identifiers: [{ type, value }], givenName: 'Corrected' });
    const undone = await undo(run.id);
    expect(await refusals(undone.id)).toEqual([['CHANGED_SINCE', id]]);
    const { rows } = await pool.query('select given_name, family_name from individuals where id = $1', [id]);
    expect(rows).toEqual([{ given_name: 'Corrected', family_name: 'Older' }]);
    // What the first run made was told of by nobody else but the one who corrected it.
    expect(await refusals((await undo(first.id)).id)).toContainEqual(['CHANGED_SINCE', id]);
    await empty();
  });
});

describe('what a run told of people who were made one', () => {
  test('is taken back where they were one before, and stays where they became one since', async () => {
    const { pool } = rig.database;
    const first = await rig.import();
    const child = await someChild(first.id, 0);
    const entered = [{ type: 'NID', value: 'ENTERED' }];
    await enter({ kind: 'individual', identifiers: entered, givenName: 'Entered' });
    const [twin = ''] = await ids(`select individual_id as id from identifiers where value = 'ENTERED'`);
    await merge(child.id, twin);
    // Of the child and the tie to the parents something is left for a run to tell.
    await pool.query('delete from source_records');
    await pool.query('delete from relationships where target_id = $1', [child.id]);
    await pool.query('delete from memberships where individual_id = $1', [child.id]);
    await pool.query(`update individuals set family_name = 'Before', sex = null where id = $1`, [child.id]);
    const before = await state();
    const run = await rig.import();
    expect(await rig.number('select count(*) from relationships where target_id = $1', [child.id])).toBe(2);
    expect((await undo(run.id)).outcomes).toMatchObject({ refused: 0 });
    expect(await state()).toEqual(before);

    const another = await someChild(first.id, 20);
    await merge(another.id, child.id);
    expect(await refusals((await undo(first.id)).id)).toContainEqual(['MERGED_SINCE', another.id]);
    await empty();
  });
});

describe('what cannot be taken back', () => {
  test('is told: no run, one that is under way, and one that wrote nothing', async () => {
    const { pool } = rig.database;
    const context = { pool, jobs: rig.jobs };
    await expect(undoRun(context, 'x', 'operator')).rejects.toMatchObject({ code: 'IMPORT_RUN_UNKNOWN' });
    const [criteria] = await ids('select id from search_criteria limit 1');
    const begun = async (kind: string, state: string, of: string | null = null): Promise<string> => {
      const [id = ''] = await ids(
        `insert into import_runs (search_criteria_id, requested_by, kind, state, of_run_id)
         values ($1, 'x', $2, $3, $4) returning id`,
        [criteria, kind, state, of],
      );
      return id;
    };
    const preview = await begun('preview', 'succeeded');
    await expect(undoRun(context, preview, 'operator')).rejects.toMatchObject({ code: 'RUN_NOT_UNDOABLE' });
    const undone = await begun('undo', 'succeeded', preview);
    await expect(undoRun(context, undone, 'operator')).rejects.toMatchObject({ code: 'RUN_NOT_UNDOABLE' });
    const paused = await begun('import', 'paused');
    await expect(undoRun(context, paused, 'operator')).rejects.toMatchObject({ code: 'RUN_NOT_FINISHED' });
    await pool.query(`update import_runs set state = 'cancelled' where id = $1`, [paused]);
    const nothing = await undo(paused);
    expect(nothing).toMatchObject({ state: 'succeeded', warnings: ['There was nothing to take back.'] });
  });
});
