import { type IndividualRecord } from '../../src/record/individual-record.js';
import { bornOn, named, said } from './said-records.js';
import { database, eachTestHasARegistry, write, count, person, outcomes } from './written-page.js';

eachTestHasARegistry();

describe('writing a birth', () => {
  const birth = said({
    ids: 'BRN:B1',
    name: named('Asha', 'Mwaka'),
    sex: 'female',
    birthDate: bornOn('2024-02-29'),
    mother: { ids: 'NID:M1', name: named('Rehema', 'Camara') },
    father: { ids: 'NID:F1', name: named('Juma', 'Mwaka') },
  });

  test('makes the child, both parents, their relationships and a family with the mother as head', async () => {
    const page = await write([birth]);
    expect(page).toMatchObject({
      individualsCreated: 3,
      individualsUpdated: 0,
      groupsCreated: 1,
      unidentifiedParents: 0,
    });
    const [child, mother, father] = [await person('BRN', 'B1'), await person('NID', 'M1'), await person('NID', 'F1')];
    expect(child).toMatchObject({ given_name: 'Asha', family_name: 'Mwaka', sex: 'female', birth_date: '2024-02-29' });
    expect(page.records[0]).toMatchObject({
      outcome: 'created',
      individualId: child.id,
      motherId: mother.id,
      fatherId: father.id,
    });
    const ties = await database.pool.query('select type, source_id, target_id from relationships order by type');
    expect(ties.rows).toEqual([
      { type: 'father_of', source_id: father.id, target_id: child.id },
      { type: 'mother_of', source_id: mother.id, target_id: child.id },
    ]);
    const members = await database.pool.query(
      `select g.name, g.kind, g.origin_individual_id, m.individual_id, m.role
       from memberships m join groups g on g.id = m.group_id order by m.role nulls last`,
    );
    expect(members.rows).toEqual([
      { name: 'Camara', kind: 'family', origin_individual_id: mother.id, individual_id: mother.id, role: 'head' },
      { name: 'Camara', kind: 'family', origin_individual_id: mother.id, individual_id: child.id, role: null },
    ]);
    expect(await count('individual_sources')).toBe(3);
  });

  test('writes a change for every row it makes, in the same transaction', async () => {
    await write([birth]);
    const { rows } = await database.pool.query(
      'select subject, kind, origin, count(*) as count from changes group by 1, 2, 3 order by 1',
    );
    expect(rows).toEqual([
      { subject: 'group', kind: 'created', origin: 'import', count: 1 },
      { subject: 'individual', kind: 'created', origin: 'import', count: 3 },
      { subject: 'membership', kind: 'created', origin: 'import', count: 2 },
      { subject: 'relationship', kind: 'created', origin: 'import', count: 2 },
    ]);
  });

  test('written a second time is unchanged and changes no row', async () => {
    await write([birth]);
    const versions = 'select xmin, ctid, * from individuals order by id';
    const before = await database.pool.query(versions);
    const changesBefore = await count('changes');
    const page = await write([birth]);
    expect(page).toMatchObject({ individualsCreated: 0, individualsUpdated: 0, groupsCreated: 0 });
    expect(outcomes(page)).toEqual(['unchanged']);
    expect((await database.pool.query(versions)).rows).toEqual(before.rows);
    expect(await count('changes')).toBe(changesBefore);
  });

  test('of a sibling reuses the mother, the father and the family', async () => {
    const sibling = said({
      ids: 'BRN:B2',
      name: named('Tatu', 'Mwaka'),
      mother: { ids: 'NID:M1', name: named('Rehema', 'Camara') },
      father: { ids: 'NID:F1', name: named('Juma', 'Mwaka') },
    });
    await write([birth]);
    expect(await write([sibling])).toMatchObject({ individualsCreated: 1, groupsCreated: 0 });
    expect(await count('individuals')).toBe(4);
    expect(await count('groups')).toBe(1);
    expect(await count('memberships', "role = 'head'")).toBe(1);
    expect(await count('memberships')).toBe(3);
  });

  test('comes to the same whether the records stand on one page or on several', async () => {
    const twins = [
      said({ ids: 'BRN:T1', mother: { ids: 'NID:M9', name: named('A', 'B') } }),
      said({ ids: 'BRN:T2', mother: { ids: 'NID:M9', name: named('A', 'B') } }),
      said({ ids: 'NID:M9', sex: 'female', mother: { ids: 'NID:G9', name: named('C', 'D') } }),
    ];
    expect(outcomes(await write(twins))).toEqual(['created', 'created', 'updated']);
    expect(await count('individuals')).toBe(4);
    expect(await count('groups')).toBe(2);
    expect(outcomes(await write(twins))).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });
});

describe('how it writes', () => {
  const page = (from: number, size: number): IndividualRecord[] =>
    Array.from({ length: size }, (_, index) =>
      said({
        ids: `BRN:B${from + index}`,
        name: named(`G${from + index}`, 'F'),
        mother: { ids: `NID:M${from + index}`, name: named('M', 'F') },
        father: { name: named('P', 'F') },
      }),
    );

  test('in a number of statements that does not depend on the number of records', async () => {
    await write(page(0, 1));
    database.statements.length = 0;
    await write(page(10, 5));
    const few = database.statements.length;
    database.statements.length = 0;
    await write(page(1000, 250));
    expect(database.statements.length).toBe(few);
    expect(few).toBeLessThan(25);
  });

  test('eight writers at once over 500 shared identifiers make exactly 500 people', async () => {
    const shuffled = (seed: number): IndividualRecord[] => {
      const order = Array.from({ length: 500 }, (_, index) => (index * 7 + seed * 61) % 500);
      return order.map((number) =>
        said(
          seed % 2 === 0
            ? { ids: `NID:N${number} BRN:B${number}`, name: named(`G${number}`, `W${seed}`) }
            : { ids: `NID:N${number}`, name: named(`G${number}`, `W${seed}`) },
        ),
      );
    };
    const workers = Array.from({ length: 8 }, async (_, seed) => {
      const records = shuffled(seed);
      for (let at = 0; at < records.length; at += 50) await write(records.slice(at, at + 50));
    });
    await Promise.all(workers);
    expect(await count('individuals')).toBe(500);
    expect(await count('identifiers')).toBe(1000);
  });

  test('writers at once never give a child two mothers or two families', async () => {
    const families = (seed: number): IndividualRecord[] =>
      Array.from({ length: 40 }, (_, index) => {
        const number = (index * 3 + seed) % 40;
        return said({
          ids: seed % 2 === 0 ? `BRN:B${number}` : `NID:N${number}`,
          mother: { ids: `NID:M${seed}-${number}` },
        });
      });
    await write(Array.from({ length: 40 }, (_, number) => said({ ids: `BRN:B${number} NID:N${number}` })));
    const pages = await Promise.all(Array.from({ length: 8 }, (_, seed) => write(families(seed))));
    expect(pages.flatMap(outcomes).filter((outcome) => outcome === 'updated')).toHaveLength(40);
    expect(await count('relationships')).toBe(40);
    expect(await count('groups')).toBe(40);
  });

  test('a page of more keys than the lock table has room for is written as well', async () => {
    expect((await write(page(0, 1000))).individualsCreated).toBe(2000);
  });
});

test('a family has one head and never gets a second', async () => {
  await write([said({ ids: 'BRN:B1', mother: { ids: 'NID:M1' } })]);
  const { rows } = await database.pool.query<{ group_id: string }>('select group_id from memberships limit 1');
  const child = await person('BRN', 'B1');
  await expect(
    database.pool.query("update memberships set role = 'head' where group_id = $1 and individual_id = $2", [
      rows[0]?.group_id,
      child.id,
    ]),
  ).rejects.toThrow(/memberships_one_head/u);
});
