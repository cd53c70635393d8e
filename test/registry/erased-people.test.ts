import { inTransaction } from '../../src/database/transaction.js';
import type { ErasedPlace } from '../../src/registry/erased-people.js';
import { deletePerson, lockPersonTraces } from '../../src/registry/erase-individual.js';
import { writeRecords } from '../../src/registry/write-records/write-records.js';
import { erased } from './erased.js';
import { named, said } from './said-records.js';
import { count, database, eachTestHasARegistry, outcomes, person, write } from './written-page.js';

eachTestHasARegistry();

async function erase(type: string, value: string, children: { id: string; place: ErasedPlace }[] = []): Promise<void> {
  const { id } = await person(type, value);
  const { marks, childMarks } = erased.marksOf({ individualId: id, identifiers: [{ type, value }], children });
  await database.pool.query(`insert into erasures (actor, marks, child_marks) values ('test', $1, $2)`, [
    marks,
    childMarks,
  ]);
  await database.pool.query('delete from individuals where id = $1', [id]);
}

test('an import skips who was erased and leaves erased parents out, whatever they show of themselves', async () => {
  const record = said({ ids: 'BRN:1', name: named('Ann', 'Banda'), mother: { ids: 'NID:2', name: named('Eve', 'Z') } });
  const other = said({ ids: 'BRN:3', name: named('Joe', 'Phiri') });
  await write([record, other]);
  const child = await person('BRN', '1');
  await erase('NID', '2', [{ id: child.id, place: 'mother' }]);
  await erase('BRN', '3');

  const nameless = said({ ids: 'BRN:1', mother: { name: named('Eve', 'Z') }, father: { name: named('Abe', 'Banda') } });
  const again = await write([record, other, nameless, said({ ids: 'BRN:4', some: [{ ids: 'NID:2' }] })]);
  expect(outcomes(again)).toEqual(['unchanged', 'skipped', 'updated', 'created']);
  expect(again.records.map(({ refusal }) => refusal?.code ?? null)).toEqual([null, 'PERSON_ERASED', null, null]);
  expect(again.records.map(({ issues }) => issues.map(({ field, code }) => `${field} ${code}`))).toEqual([
    ['mother parent_erased'],
    [],
    ['mother parent_erased'],
    ['parent parent_erased'],
  ]);
  // The father, whom nobody erased, is there; she is not.
  expect(await count('individuals', `given_name in ('Eve', 'Joe')`)).toBe(0);
  expect(await count('individuals', `given_name = 'Abe'`)).toBe(1);

  // Asked back in.
  const { rows } = await database.pool.query<{ id: string }>('select id from erasures order by erased_at, id');
  for (const { id } of rows) await database.pool.query(`select lift_erasure($1, 'operator')`, [id]);
  expect(outcomes(await write([other, said({ ids: 'NID:2', name: named('Eve', 'Z') })]))).toEqual([
    'created',
    'created',
  ]);
  expect(await count('individuals', `given_name in ('Eve', 'Joe')`)).toBe(2);
  expect(await count('audit_entries', `action = 'erasure.lifted'`)).toBe(2);
});

test('a save or load refuses who was erased, by identifier and by id, and nobody else', async () => {
  await write([said({ ids: 'UIN:7' })]);
  const { id } = await person('UIN', '7');
  await erase('UIN', '7');
  const identifiers = [{ type: 'UIN', value: ' 7' }];
  const written = await inTransaction(database.pool, (client) =>
    writeRecords(
      client,
      [
        { kind: 'individual', identifiers },
        { kind: 'individual', id: id.toUpperCase(), identifiers: [{ type: 'UIN', value: '8' }] },
        { kind: 'farmer', person: { identifiers } },
        { kind: 'individual', identifiers: [{ type: 'UIN', value: '9' }] },
      ],
      { origin: 'test', erased },
    ),
  );
  expect(written.map(({ outcome, refusal }) => refusal?.code ?? outcome)).toEqual([
    'PERSON_ERASED',
    'PERSON_ERASED',
    'PERSON_UNKNOWN',
    'created',
  ]);
});

test('a group loses the name that nobody else in it bears, and no other', async () => {
  const { pool } = database;
  await pool.query(
    `with people as (
       insert into individuals (given_name, family_name) values ('Eve', 'Zed'), ('Ann', 'Banda'), ('Joe', 'Banda')
       returning id
     ), houses as (
       insert into groups (name, kind)
       select name, 'household' from unnest(array['House of Zed', 'The Bandas: Banda', 'At Ann''s', 'Annex']) as name
       returning id
     ) insert into memberships (group_id, individual_id) select houses.id, people.id from houses, people`,
  );
  const { rows } = await pool.query<{ id: string }>(`select id from individuals where given_name in ('Eve', 'Ann')`);
  for (const { id } of rows) {
    const renamed = await inTransaction(pool, async (client) => {
      const person = await lockPersonTraces(client, id);
      return person && (await deletePerson(client, person)).renamedGroups;
    });
    expect(renamed).toBe(1);
  }
  const names = await pool.query<{ name: string | null }>('select name from groups order by name');
  expect(names.rows.map(({ name }) => name)).toEqual(['Annex', 'The Bandas: Banda', null, null]);
});
