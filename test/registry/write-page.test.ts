import { inTransaction } from '../../src/database/transaction.js';
import { type IndividualRecord } from '../../src/record/individual-record.js';
import { writePage, type WrittenPage } from '../../src/registry/write-page.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';
import { bornOn, named, said } from './said-records.js';

let database: TestDatabase;
let sourceId: string;

beforeEach(async () => {
  database = await createTestDatabase();
  sourceId = await addSource('crvs');
});
afterEach(async () => {
  await database.close();
});

async function addSource(code: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into data_sources (code, name, base_url, dialect) values ($1, $1, 'http://localhost', 'opencrvs-1.0')
     returning id`,
    [code],
  );
  return rows[0]?.id ?? '';
}

async function addPlace(name: string, externalId: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `with place as (insert into locations (name) values ($1) returning id)
     insert into source_locations (data_source_id, external_id, name, location_id)
     select $2, $3, $1, id from place returning location_id as id`,
    [name, sourceId, externalId],
  );
  return rows[0]?.id ?? '';
}

async function write(records: IndividualRecord[], dataSourceId = sourceId): Promise<WrittenPage> {
  return inTransaction(database.pool, (client) =>
    writePage(client, { dataSourceId, origin: 'import', importRunId: null, records }),
  );
}

async function count(table: string, condition = 'true'): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*) as count from ${table} where ${condition}`,
  );
  return Number(rows[0]?.count);
}

interface Row {
  id: string;
  given_name: string | null;
  middle_name: string | null;
  family_name: string | null;
  sex: string | null;
  birth_date: string | null;
  birth_date_precision: string | null;
  death_date: string | null;
  deceased: boolean;
  birth_location_id: string | null;
  birth_place_text: string | null;
  home_location_id: string | null;
  identifiers: string[];
}

async function person(type: string, value: string): Promise<Row> {
  const { rows } = await database.pool.query<Row>(
    `select i.*, (select array_agg(type || ':' || value order by type, value) from identifiers a
       where a.individual_id = i.id) as identifiers
     from individuals i join identifiers n on n.individual_id = i.id where n.type = $1 and n.value = $2`,
    [type, value],
  );
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} people hold ${type} ${value}`);
  return row;
}

const outcomes = (page: WrittenPage): string[] => page.records.map((record) => record.outcome);

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

describe('values', () => {
  test('that a later record leaves out are kept', async () => {
    const full = said({
      ids: 'BRN:B1',
      name: named('A', 'C', 'B'),
      sex: 'male',
      birthDate: bornOn('2020-01-02'),
      deathDate: bornOn('2021-01-02'),
    });
    await write([full]);
    expect(outcomes(await write([said({ ids: 'BRN:B1' })]))).toEqual(['unchanged']);
    expect(await person('BRN', 'B1')).toMatchObject({ middle_name: 'B', sex: 'male', deceased: true });
  });

  test('that are corrected at the source are taken over', async () => {
    await write([said({ ids: 'BRN:B1', name: named('Aysha', 'M'), sex: 'unknown' })]);
    const page = await write([said({ ids: 'BRN:B1', name: named('Aisha', 'M'), sex: 'female' })]);
    expect(outcomes(page)).toEqual(['updated']);
    expect(await person('BRN', 'B1')).toMatchObject({ given_name: 'Aisha', sex: 'female' });
    const { rows } = await database.pool.query("select fields from changes where kind = 'updated'");
    expect(rows).toEqual([{ fields: ['givenName', 'sex'] }]);
  });

  test('a year alone keeps its precision and does not blur a day that is known', async () => {
    await write([said({ ids: 'BRN:B1', birthDate: { date: '2021-01-01', precision: 'year' } })]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_date: '2021-01-01', birth_date_precision: 'year' });
    await write([said({ ids: 'BRN:B1', birthDate: bornOn('2021-07-08') })]);
    await write([said({ ids: 'BRN:B1', birthDate: { date: '2021-07-01', precision: 'month' } })]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_date: '2021-07-08', birth_date_precision: 'day' });
  });

  test('an unknown sex never hides a known one, a missing death never revives', async () => {
    await write([said({ ids: 'BRN:B1', sex: 'female', deathDate: bornOn('2022-01-01') })]);
    await write([said({ ids: 'BRN:B1', sex: 'unknown', deceased: false })]);
    expect(await person('BRN', 'B1')).toMatchObject({ sex: 'female', deceased: true, death_date: '2022-01-01' });
  });

  test('that the database cannot hold are left out and named, and the page goes on', async () => {
    const page = await write([
      said({ ids: 'BRN:B1 NID:N\u0000', name: named('A\u0000', 'B'), mother: { name: named('x'.repeat(5000), 'M') } }),
      said({ ids: `BRN:${'9'.repeat(3000)}` }),
      said({ ids: 'BRN:B2', name: named('\ud800', 'C') }),
    ]);
    expect(outcomes(page)).toEqual(['created', 'skipped', 'created']);
    expect(page.records[0]?.issues.map((issue) => issue.field)).toEqual(['name', 'identifiers', 'mother.name']);
    expect(await person('BRN', 'B1')).toMatchObject({ given_name: null, family_name: 'B' });
  });
});

describe('places', () => {
  test('are found by the id of the source, a home birth by the place that contains it', async () => {
    const facility = await addPlace('Clinic', 'F1');
    const district = await addPlace('District', 'D1');
    await write([
      said({ ids: 'BRN:B1', birthPlace: { externalId: 'F1', type: 'HEALTH_FACILITY' } }),
      said({ ids: 'BRN:B2', birthPlace: { containedInExternalId: 'D1', text: 'Baobab Street' } }),
    ]);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_location_id: facility });
    expect(await person('BRN', 'B2')).toMatchObject({ birth_location_id: district, birth_place_text: 'Baobab Street' });
  });

  test('that are not known raise an issue, keep the words, and never wipe the place that is held', async () => {
    const home = await addPlace('Home', 'H1');
    await write([said({ ids: 'BRN:B1', homePlace: { externalId: 'H1' } })]);
    const page = await write([
      said({
        ids: 'BRN:B1',
        homePlace: { externalId: 'nowhere' },
        birthPlace: { externalId: 'ship', text: 'At sea' },
        mother: { ids: 'NID:M1', homePlace: { externalId: 'gone' } },
      }),
    ]);
    expect(page.records[0]?.issues.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'birthPlace place_unknown',
      'homePlace place_unknown',
      'mother.homePlace place_unknown',
    ]);
    expect(await person('BRN', 'B1')).toMatchObject({
      home_location_id: home,
      birth_place_text: 'At sea',
      birth_location_id: null,
    });
  });

  test('that became known since are filled in although the record says the same', async () => {
    const record = said({ ids: 'BRN:B1', birthPlace: { externalId: 'F1' } });
    await write([record]);
    const facility = await addPlace('Clinic', 'F1');
    expect(outcomes(await write([record]))).toEqual(['updated']);
    expect(await person('BRN', 'B1')).toMatchObject({ birth_location_id: facility });
  });
});

describe('other sources', () => {
  test('are noted beside the first without changing the person', async () => {
    const other = await addSource('other');
    await write([said({ ids: 'NID:N1', name: named('A', 'B') })]);
    const page = await write([said({ ids: 'NID:N1', name: named('A', 'B') })], other);
    expect(outcomes(page)).toEqual(['unchanged']);
    expect(await count('individual_sources')).toBe(2);
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
