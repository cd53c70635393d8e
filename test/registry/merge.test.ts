import { type PoolClient } from 'pg';
import { inTransaction } from '../../src/database/transaction.js';
import { mergePeople } from '../../src/registry/merge/merge-people.js';
import { findWinner } from '../../src/registry/merge/merges.js';
import { undoMerge } from '../../src/registry/merge/undo-merge.js';
import { bornOn, named, said } from './said-records.js';
import { addSource, count, database, eachTestHasARegistry, person, write } from './written-page.js';

eachTestHasARegistry();

/** Sealing as such is tried elsewhere; here it is enough that nobody reads it by accident. */
const keys = {
  seal: (text: string) => Buffer.from(text, 'utf8').reverse(),
  open: (sealed: Buffer) => Buffer.from(sealed).reverse().toString('utf8'),
};
const actor = 'test';

async function tx<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(database.pool, work);
}
const merge = (winnerId: string, losingId: string) =>
  tx((client) => mergePeople(client, keys, { winnerId, losingId, actor }));
const undo = (mergeId: string) => tx((client) => undoMerge(client, keys, { mergeId, actor }));

const TABLES = [
  'individuals',
  'identifiers',
  'individual_sources',
  'source_records',
  'groups',
  'memberships',
  'relationships',
  'marriages',
  'farmers',
  'disabilities',
  'enrolments',
];

/** Every row of the tables, but for when and how often it was written. */
async function state(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    const { rows } = await database.pool.query<{ row: string }>(
      `select (to_jsonb(t) - 'row_version' - 'updated_at')::text as row from ${table} t order by 1`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}

async function rowsOf(text: string, values: unknown[]): Promise<unknown[]> {
  return (await database.pool.query<Record<string, unknown>>(text, values)).rows;
}

/** One mother who stands there twice, with a family each and everything that can hang on a person. */
async function twoOfOne(): Promise<{ winner: string; loser: string }> {
  const other = await addSource('other');
  await write([
    said({ ids: 'BRN:C1', name: named('First', 'Lima'), mother: { ids: 'NID:M1', name: named('Ana', 'Lima') } }),
  ]);
  await write(
    [
      said({
        ids: 'BRN:C2',
        mother: { ids: 'UIN:M2', name: named('Anna', 'Lima', 'Rosa'), sex: 'female', birthDate: bornOn('1990-02-03') },
        father: { ids: 'NID:F2', name: named('Rui', 'Lima') },
      }),
      said({ ids: 'BRN:C3', mother: { ids: 'UIN:M2' } }),
    ],
    other,
  );
  const winner = (await person('NID', 'M1')).id;
  const loser = (await person('UIN', 'M2')).id;
  const father = (await person('NID', 'F2')).id;
  const query = (text: string, values: unknown[]) => database.pool.query(text, values);
  await query(
    `insert into relationships (type, source_id, target_id) values ('spouse_of', $1, $2), ('spouse_of', $3, $2)`,
    [winner, father, loser],
  );
  await query(
    `insert into marriages (individual_id, spouse_id, married_on) values ($1, $2, '2010-01-01'), ($2, $1, '2010-01-01')`,
    [loser, father],
  );
  await query(`insert into farmers (individual_id, farm_type) values ($1, 'crop'), ($2, 'fish')`, [winner, loser]);
  await query(`insert into disabilities (individual_id, status) values ($1, 'yes')`, [loser]);
  await query(`insert into programmes (identifier, identifier_key) values ('P1', 'P1'), ('P2', 'P2')`, []);
  await query(`insert into enrolments (programme_id, individual_id) select id, $1 from programmes`, [loser]);
  await query(
    `insert into enrolments (programme_id, individual_id) select id, $1 from programmes where identifier = 'P1'`,
    [winner],
  );
  await query(`update individuals set attributes = '{"a": 1, "b": 2}', phone_numbers = '{1,2}' where id = $1`, [loser]);
  await query(`update individuals set attributes = '{"b": 3}', phone_numbers = '{2,3}' where id = $1`, [winner]);
  return { winner, loser };
}

describe('two people who are one', () => {
  test('become one row with everything of both, each once, and the losing id leads to the winner', async () => {
    const { winner, loser } = await twoOfOne();
    const { id } = await merge(winner, loser);
    expect(await findWinner(database.pool, loser)).toBe(winner);
    expect(await count('individuals', `id = '${loser}'`)).toBe(0);
    expect(
      await rowsOf(
        'select given_name, middle_name, sex, birth_date, attributes, phone_numbers from individuals where id = $1',
        [winner],
      ),
    ).toEqual([
      {
        given_name: 'Ana',
        middle_name: 'Rosa',
        sex: 'female',
        birth_date: '1990-02-03',
        attributes: { a: 1, b: 3 },
        phone_numbers: ['2', '3', '1'],
      },
    ]);
    expect((await person('UIN', 'M2')).identifiers).toEqual(['NID:M1', 'UIN:M2']);
    expect(await count('groups')).toBe(1);
    expect(await count('memberships', `individual_id = '${winner}' and role = 'head'`)).toBe(1);
    expect(await count('memberships')).toBe(4);
    expect(await count('relationships', `source_id = '${winner}' and type = 'mother_of'`)).toBe(3);
    expect(await count('relationships', "type = 'spouse_of'")).toBe(1);
    expect(await count('marriages', `'${winner}' in (individual_id, spouse_id)`)).toBe(2);
    expect(await rowsOf('select farm_type from farmers', [])).toEqual([{ farm_type: 'crop' }]);
    expect(await count('disabilities', `individual_id = '${winner}'`)).toBe(1);
    expect(await count('enrolments', `individual_id = '${winner}'`)).toBe(2);
    expect(await count('individual_sources', `individual_id = '${winner}'`)).toBe(2);
    expect(
      await rowsOf(
        `select kind, subject_id from changes where origin = 'merge' and subject = 'individual' order by kind`,
        [],
      ),
    ).toEqual([
      { kind: 'deleted', subject_id: loser },
      { kind: 'updated', subject_id: winner },
    ]);
    expect(await rowsOf(`select fields, before, actor from individual_revisions where origin = 'merge'`, [])).toEqual([
      {
        actor,
        fields: ['middleName', 'sex', 'birthDate', 'phoneNumbers', 'attributes'],
        before: { middleName: null, sex: null, birthDate: null, phoneNumbers: ['2', '3'], attributes: { b: 3 } },
      },
    ]);
    expect(id).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test('are both again as they were when it is taken back, once', async () => {
    const { winner, loser } = await twoOfOne();
    const before = await state();
    const { id } = await merge(winner, loser);
    expect(await undo(id)).toEqual({ id, winnerId: winner, losingId: loser, refusals: [] });
    expect(await state()).toEqual(before);
    expect(await findWinner(database.pool, loser)).toBeNull();
    expect(await count('individual_merge_snapshots')).toBe(0);
    expect(
      await rowsOf(`select origin from individual_revisions where individual_id = $1 order by row_version`, [loser]),
    ).toEqual([{ origin: 'import' }, { origin: 'merge-undone' }]);
    await expect(undo(id)).rejects.toMatchObject({ code: 'MERGE_ALREADY_UNDONE' });
    expect((await merge(loser, winner)).winnerId).toBe(loser);
  });

  test('a value that the winner takes over comes from where the other person had it, until it is given back', async () => {
    const { winner, loser } = await twoOfOne();
    const from = async () =>
      rowsOf(
        `select t.field, t.origin, s.code from individual_values_told t left join data_sources s on s.id = t.data_source_id
         where t.individual_id = $1 and t.field in ('givenName', 'sex', 'phoneNumbers') order by t.field`,
        [winner],
      );
    const own = { field: 'givenName', origin: 'import', code: 'crvs' };
    expect(await from()).toEqual([own]);
    const { id } = await merge(winner, loser);
    expect(await from()).toEqual([
      own,
      // Some of each: nobody told it so.
      { field: 'phoneNumbers', origin: 'merge', code: null },
      { field: 'sex', origin: 'import', code: 'other' },
    ]);
    await undo(id);
    expect(await from()).toEqual([own]);
  });

  test('what came to the winner since stays there, and what cannot be given back is named', async () => {
    const { winner, loser } = await twoOfOne();
    const { id } = await merge(winner, loser);
    await write([said({ ids: 'NID:M1 UIN:NEW', sex: 'female', birthDate: bornOn('1991-01-01') })]);
    await database.pool.query(`delete from identifiers where type = 'UIN' and value = 'M2'`);
    const { refusals } = await undo(id);
    expect(refusals.map(({ what }) => what).sort()).toEqual(['birthDate', 'identifiers']);
    expect((await person('UIN', 'NEW')).id).toBe(winner);
    expect(await rowsOf('select birth_date, sex from individuals where id = $1', [winner])).toEqual([
      { birth_date: '1991-01-01', sex: null },
    ]);
  });

  test('who has got a date of death since is deceased, even though the other person told of the death first', async () => {
    await write([said({ ids: 'NID:1' }), said({ ids: 'NID:2', deathDate: bornOn('2024-03-04') })]);
    const [winner, loser] = [(await person('NID', '1')).id, (await person('NID', '2')).id];
    const { id } = await merge(winner, loser);
    await write([said({ ids: 'NID:1', deathDate: bornOn('2024-01-02') })]);
    const { refusals } = await undo(id);
    expect(refusals.map(({ what }) => what)).toEqual(['deathDate', 'deceased']);
    expect(await rowsOf('select death_date, deceased from individuals where id = $1', [winner])).toEqual([
      { death_date: '2024-01-02', deceased: true },
    ]);
  });

  test('a merge of the winner comes before the merge into it is taken back', async () => {
    const { winner, loser } = await twoOfOne();
    await write([said({ ids: 'NID:THIRD' })]);
    const third = (await person('NID', 'THIRD')).id;
    const before = await state();
    const first = await merge(winner, loser);
    const second = await merge(third, winner);
    expect(await findWinner(database.pool, loser)).toBe(third);
    await expect(undo(first.id)).rejects.toMatchObject({ code: 'MERGE_MERGED_ON' });
    await undo(second.id);
    expect(await findWinner(database.pool, loser)).toBe(winner);
    await undo(first.id);
    expect(await state()).toEqual(before);
  });

  test('a family that is in a programme stays beside the winner’s', async () => {
    const { winner, loser } = await twoOfOne();
    await database.pool.query(
      `insert into enrolments (programme_id, group_id) select p.id, g.id from programmes p, groups g
       where p.identifier = 'P1' and g.origin_individual_id = $1`,
      [loser],
    );
    const before = await state();
    const { id } = await merge(winner, loser);
    expect(await count('groups')).toBe(2);
    expect(await count('memberships', `individual_id = '${winner}' and role = 'head'`)).toBe(2);
    await undo(id);
    expect(await state()).toEqual(before);
  });
});

describe('are not one person', () => {
  async function ids(): Promise<Record<string, string>> {
    await write([
      said({ ids: 'BRN:C1', mother: { ids: 'NID:M1' }, father: { ids: 'NID:F1' } }),
      said({ ids: 'BRN:C2', mother: { ids: 'NID:M2' } }),
    ]);
    const found: Record<string, string> = {};
    for (const [type, value] of [
      ['BRN', 'C1'],
      ['BRN', 'C2'],
      ['NID', 'M1'],
      ['NID', 'F1'],
    ] as const) {
      found[value] = (await person(type, value)).id;
    }
    return found;
  }

  test('who is said to be, and nothing is written', async () => {
    const known = await ids();
    const before = await state();
    for (const [winner, losing, code] of [
      ['C1', 'C1', 'MERGE_SAME_PERSON'],
      ['C1', 'C2', 'MERGE_PARENTS_DIFFER'],
      ['C1', 'M1', 'MERGE_PARENT_AND_CHILD'],
      ['F1', 'C1', 'MERGE_PARENT_AND_CHILD'],
      ['F1', 'M1', 'MERGE_PARENTS_OF_ONE_CHILD'],
      ['M1', 'NOBODY', 'INDIVIDUAL_UNKNOWN'],
    ] as const) {
      await expect(merge(known[winner] ?? winner, known[losing] ?? losing)).rejects.toMatchObject({ code });
    }
    expect(await state()).toEqual(before);
  });
});

test('an import that waits for the merge writes to the winner', async () => {
  const { winner, loser } = await twoOfOne();
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await mergePeople(client, keys, { winnerId: winner, losingId: loser, actor });
    const writing = write([said({ ids: 'UIN:M2 TAX:T1' })]);
    await client.query('commit');
    expect((await writing).records[0]).toMatchObject({ outcome: 'updated', individualId: winner });
  } finally {
    client.release();
  }
});
