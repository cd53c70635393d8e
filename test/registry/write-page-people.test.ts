import { bornOn, named, said } from './said-records.js';
import { database, eachTestHasARegistry, write, count, person, outcomes } from './written-page.js';

eachTestHasARegistry();

describe('identifiers', () => {
  test('a record whose subject has none is skipped as a whole, parents too, with the reason', async () => {
    const page = await write([said({ name: named('No', 'Number'), mother: { ids: 'NID:M1' } })]);
    expect(page.records[0]).toMatchObject({
      outcome: 'skipped',
      individualId: null,
      refusal: { code: 'SUBJECT_WITHOUT_IDENTIFIER' },
    });
    expect(await count('individuals')).toBe(0);
  });

  test('a child registered twice who shows the same national number is one person with two registration numbers', async () => {
    const records = [said({ ids: 'BRN:B1 NID:N1' }), said({ ids: 'BRN:B2 NID:N1' })];
    expect(outcomes(await write(records))).toEqual(['created', 'updated']);
    expect((await person('NID', 'N1')).identifiers).toEqual(['BRN:B1', 'BRN:B2', 'NID:N1']);
    expect(outcomes(await write(records))).toEqual(['unchanged', 'unchanged']);
  });

  test('two records of one person that differ do not undo each other at the next import', async () => {
    const records = [
      said({ ids: 'BRN:B1 NID:N1', birthDate: bornOn('2021-06-18') }),
      said({ ids: 'BRN:B2 NID:N1', birthDate: bornOn('2021-06-19') }),
    ];
    await write(records.slice(0, 1));
    await write(records.slice(1));
    expect(outcomes(await write(records.slice(0, 1)))).toEqual(['unchanged']);
    expect(outcomes(await write(records.slice(1)))).toEqual(['unchanged']);
    expect((await person('NID', 'N1')).birth_date).toBe('2021-06-19');
  });

  test('are the same without case and outer blanks', async () => {
    await write([said({ ids: 'BRN:2024Bab' })]);
    expect(outcomes(await write([said({ ids: 'BRN:2024BAB' })]))).toEqual(['unchanged']);
    expect(await count('individuals')).toBe(1);
  });

  test('that belong to two people make a conflict and nothing of the record is written', async () => {
    await write([said({ ids: 'NID:N1', name: named('One', null) }), said({ ids: 'NID:N2', name: named('Two', null) })]);
    const before = await count('changes');
    const page = await write([
      said({ ids: 'BRN:B1 NID:N1 NID:N2', name: named('Both', null), mother: { ids: 'NID:M1' } }),
      said({ ids: 'BRN:B3', name: named('Next', null) }),
    ]);
    expect(outcomes(page)).toEqual(['conflict', 'created']);
    expect(page.records[0]?.refusal?.code).toBe('IDENTIFIERS_OF_TWO_PEOPLE');
    expect(await count('individuals')).toBe(3);
    expect(await count('changes')).toBe(before + 1);
    expect((await person('NID', 'N1')).given_name).toBe('One');
  });

  test('of a parent that belong to two people make a conflict as well', async () => {
    await write([said({ ids: 'NID:N1' }), said({ ids: 'NID:N2' })]);
    const page = await write([said({ ids: 'BRN:B1', mother: { ids: 'NID:N1 NID:N2' } })]);
    expect(page.records[0]).toMatchObject({ outcome: 'conflict', refusal: { code: 'IDENTIFIERS_OF_TWO_PEOPLE' } });
  });
});

describe('parents', () => {
  test('without identifiers are one person each, found again through the child, and head a family', async () => {
    const record = said({
      ids: 'BRN:B1',
      mother: { name: named('Anon', 'Mother') },
      father: { name: named('Anon', 'Father') },
    });
    expect(await write([record])).toMatchObject({ individualsCreated: 1, unidentifiedParents: 2, groupsCreated: 1 });
    expect(outcomes(await write([record]))).toEqual(['unchanged']);
    const changed = said({ ids: 'BRN:B1', birthDate: bornOn('2020-01-01'), mother: { name: named('Anon', 'Wed') } });
    expect(outcomes(await write([changed]))).toEqual(['updated']);
    expect(await count('individuals')).toBe(3);
    expect(await count('individuals', "family_name = 'Wed'")).toBe(1);
  });

  test('without identifiers become known when a later record shows an identifier that nobody holds', async () => {
    await write([said({ ids: 'BRN:B1', mother: { name: named('Ma', 'Ma') } })]);
    const page = await write([said({ ids: 'BRN:B1', mother: { ids: 'NID:M1', name: named('Ma', 'Ma') } })]);
    expect(outcomes(page)).toEqual(['updated']);
    expect(page).toMatchObject({ individualsCreated: 0, individualsUpdated: 1, groupsCreated: 0 });
    expect(await count('individuals')).toBe(2);
    expect((await person('NID', 'M1')).given_name).toBe('Ma');
  });

  test('who differ from the ones held make a conflict, and the child stays in one family', async () => {
    await write([said({ ids: 'BRN:B1', mother: { ids: 'NID:M1' }, father: { ids: 'NID:F1' } })]);
    const page = await write([said({ ids: 'BRN:B1', mother: { ids: 'NID:M2' }, father: { ids: 'NID:F1' } })]);
    expect(page.records[0]).toMatchObject({ outcome: 'conflict', refusal: { code: 'PARENT_DIFFERS' } });
    expect(await count('individuals')).toBe(3);
    expect(await count('memberships')).toBe(2);
  });

  test('who would take the child into a second family make a conflict', async () => {
    await write([said({ ids: 'BRN:B1' })]);
    const child = await person('BRN', 'B1');
    await database.pool.query(
      `with g as (insert into groups (name, kind) values ('By hand', 'family') returning id)
       insert into memberships (group_id, individual_id) select id, $1 from g`,
      [child.id],
    );
    const record = said({ ids: 'BRN:B1', mother: { ids: 'NID:M1' } });
    expect((await write([record])).records[0]?.refusal?.code).toBe('PARENT_DIFFERS');
    await database.pool.query('update memberships set ended_on = current_date');
    expect(outcomes(await write([record]))).toEqual(['updated']);
  });

  test('keep the sex, birth date and middle name that their own record told', async () => {
    await write([
      said({ ids: 'NID:M1', name: named('Rehema', 'Camara', 'Wanja'), sex: 'female', birthDate: bornOn('1994-05-01') }),
    ]);
    const birth = said({ ids: 'BRN:B1', mother: { ids: 'NID:M1', name: named('Rehema W', 'Mwaka') } });
    await write([birth]);
    await write([birth]);
    expect(await person('NID', 'M1')).toMatchObject({
      given_name: 'Rehema',
      middle_name: 'Wanja',
      family_name: 'Camara',
      sex: 'female',
      birth_date: '1994-05-01',
    });
  });

  test('of whom it is not said which are placed by their sex, also when that is told later', async () => {
    const child = said({ ids: 'UIN:C1', some: [{ ids: 'UIN:P1' }, { ids: 'UIN:P2' }] });
    await write([child, said({ ids: 'UIN:P1', sex: 'female', name: named('P', 'One') })]);
    expect(await count('groups')).toBe(1);
    await write([said({ ids: 'UIN:P2', sex: 'male' })]);
    const { rows } = await database.pool.query<{ type: string }>('select type from relationships order by type');
    expect(rows.map((row) => row.type)).toEqual(['father_of', 'mother_of']);
    expect(await count('memberships')).toBe(2);
    expect(outcomes(await write([child]))).toEqual(['unchanged']);
    expect(await count('relationships')).toBe(2);
  });

  test('who are the subject, or one person in both places, make a conflict', async () => {
    const page = await write([
      said({ ids: 'NID:N1', mother: { ids: 'NID:N1' } }),
      said({ ids: 'NID:N2', mother: { ids: 'NID:P' }, father: { ids: 'NID:P' } }),
    ]);
    expect(page.records.map((record) => record.refusal?.code)).toEqual(['PARENT_IS_SUBJECT', 'PARENTS_ARE_ONE_PERSON']);
  });
});
