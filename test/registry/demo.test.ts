import { loadDemo } from '../../src/registry/demo/demo.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  [database, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(async () => {
  await Promise.all([database.close(), other.close()]);
});

async function rows(from: TestDatabase, text: string): Promise<unknown[]> {
  return (await from.pool.query<Record<string, unknown>>(text)).rows;
}

test('the demo has exactly as many people as asked for, in families under their mother', async () => {
  const progress: number[] = [];
  const counts = await loadDemo(database.pool, { onProgress: (done) => progress.push(done) });
  expect(counts).toMatchObject({ individuals: 200, locations: 40 });
  expect(progress).toEqual([200]);

  expect(
    await rows(
      database,
      `select count(*) as groups, bool_and(g.kind = 'family') as families,
         bool_and(g.name = mother.family_name) as named_after_mother, bool_and(h.individual_id = mother.id) as headed,
         bool_and(g.data_source_id is null) as ours
       from groups g
       join individuals mother on mother.id = g.origin_individual_id
       left join memberships h on h.group_id = g.id and h.role = 'head'
       where g.kind = 'family'`,
    ),
  ).toEqual([{ groups: counts.groups / 2, families: true, named_after_mother: true, headed: true, ours: true }]);

  // Members are the mother and exactly the children that she is the mother of; fathers are not members.
  expect(
    await rows(
      database,
      `select count(*) as odd from memberships m join groups g on g.id = m.group_id
       where g.kind = 'family' and m.role is null and not exists (select from relationships r where r.type = 'mother_of'
         and r.source_id = g.origin_individual_id and r.target_id = m.individual_id)`,
    ),
  ).toEqual([{ odd: 0 }]);
  expect(
    await rows(
      database,
      `select count(*) filter (where r.type = 'mother_of') = count(distinct r.target_id) filter (where r.type <> 'spouse_of') as every_child_has_a_mother,
         count(*) filter (where r.type = 'father_of') > 50 as most_have_a_father
       from relationships r`,
    ),
  ).toEqual([{ every_child_has_a_mother: true, most_have_a_father: true }]);
});

test('everybody in the demo has an identifier, a sex, a name, a birth date and a home; children a birth number and place', async () => {
  expect(
    await rows(
      database,
      `select count(*) as lacking from individuals i
       where i.sex is null or i.full_name is null or i.birth_date is null or i.home_location_id is null
         or not exists (select from identifiers h where h.individual_id = i.id and h.type = 'UIN')`,
    ),
  ).toEqual([{ lacking: 0 }]);
  expect(
    await rows(
      database,
      `select count(*) as lacking from relationships r join individuals child on child.id = r.target_id
       join individuals parent on parent.id = r.source_id
       where r.type in ('mother_of', 'father_of') and (child.birth_location_id is null or child.birth_date < parent.birth_date + interval '14 years'
         or not exists (select from identifiers h where h.individual_id = child.id and h.type = 'BRN'))`,
    ),
  ).toEqual([{ lacking: 0 }]);
  expect(await rows(database, `select count(*) > 20 as scripts from individuals where full_name ~ '[^ -ɏ]'`)).toEqual([
    { scripts: true },
  ]);
});

test('the demo fills all five registries with records that agree with each other', async () => {
  const [counted] = await rows(
    database,
    `select (select count(*) from marriages) > 40 as marriages, (select count(*) from farmers) > 10 as farmers,
       (select count(*) from disabilities) > 5 as disabilities,
       (select count(*) from enrolments where group_id is not null) > 5 as households_enrolled,
       (select count(*) from enrolments where individual_id is not null) > 5 as people_enrolled`,
  );
  expect(Object.values(counted as object)).toEqual([true, true, true, true, true]);
  expect(
    await rows(
      database,
      `select count(*) as households, count(h.id) as numbered, count(m.id) as headed, count(g.location_id) as placed,
         count(g.attributes -> 'poverty_score') as scored, count(*) filter (where i.deceased) as headed_by_the_dead
       from groups g left join group_identifiers h on h.group_id = g.id
       left join memberships m on m.group_id = g.id and m.role = 'head' left join individuals i on i.id = m.individual_id
       where g.kind = 'household'`,
    ),
  ).toEqual([{ households: 50, numbered: 50, headed: 50, placed: 50, scored: 50, headed_by_the_dead: 0 }]);
  // Both of a couple have the same marriage, and are held as what they are to each other.
  expect(
    await rows(
      database,
      `select count(*) as odd from marriages m join individuals i on i.id = m.individual_id
       where i.marital_status not in ('M', 'W', 'D') or (i.marital_status = 'D') <> (m.divorced_on is not null)
         or not exists (select from marriages other where other.individual_id = m.spouse_id
           and other.spouse_id = m.individual_id and other.married_on = m.married_on)`,
    ),
  ).toEqual([{ odd: 0 }]);
  expect(
    await rows(
      database,
      `select count(*) as odd from relationships r join individuals i on i.id in (r.source_id, r.target_id)
       where r.type = 'spouse_of' and i.marital_status <> 'M'`,
    ),
  ).toEqual([{ odd: 0 }]);
});

test('some of the demo have died, on a day and mostly in a place of the tree, and their widows and widowers live on', async () => {
  expect(
    await rows(
      database,
      `select count(*) between 5 and 20 as some, count(*) filter (where i.death_location_id is not null) > 3 as placed,
         bool_and(i.deceased and i.death_date <= date '2026-10-31' and i.death_date > i.birth_date + interval '15 years') as sensible,
         bool_and(not exists (select from relationships r join individuals child on child.id = r.target_id
           where r.source_id = i.id and r.type in ('mother_of', 'father_of') and child.birth_date > i.death_date)) as before_children,
         (select count(*) > 0 from individuals w where w.marital_status = 'W' and not w.deceased) as widowed
       from individuals i where i.death_date >= '1900-01-01'`,
    ),
  ).toEqual([{ some: true, placed: true, sensible: true, before_children: true, widowed: true }]);
});

test('the places of the demo are one tree, with every place below its ancestors', async () => {
  expect(
    await rows(
      database,
      `select type, count(*) as count, min(a.depth) as depth from locations l
       join lateral (select max(depth) as depth from location_ancestors where location_id = l.id) a on true
       group by type order by depth`,
    ),
  ).toEqual([
    { type: 'country', count: 1, depth: 0 },
    { type: 'province', count: 3, depth: 1 },
    { type: 'district', count: 9, depth: 2 },
    { type: 'health_facility', count: 27, depth: 3 },
  ]);
});

test('each row of the demo has a change that tells of it', async () => {
  const [counted] = await rows(
    database,
    `select (select count(*) from individuals) as individual, (select count(*) from groups) as group,
       (select count(*) from memberships) as membership, (select count(*) from relationships) as relationship,
       (select count(*) from farmers) as farmer, (select count(*) from disabilities) as disability,
       (select count(*) from programmes) as programme, (select count(*) from enrolments) as enrolment,
       (select count(*) from locations) as location`,
  );
  const told = await database.pool.query<{ subject: string; count: number }>(
    `select subject, count(distinct subject_id) as count from changes
     where kind = 'created' and origin = 'demo' group by subject`,
  );
  expect(Object.fromEntries(told.rows.map(({ subject, count }) => [subject, count]))).toEqual(counted);
});

test('the demo is loaded once: again, with another seed or at the same time nothing is added', async () => {
  const again = await Promise.all([loadDemo(database.pool, { seed: 2 }), loadDemo(database.pool)]);
  for (const counts of again) expect(Object.values(counts).every((count) => count === 0)).toBe(true);
  expect(await rows(database, 'select count(*) as people from individuals')).toEqual([{ people: 200 }]);
});

test('the same seed makes the same registry, ids included; another seed another', async () => {
  await loadDemo(other.pool);
  const content = `
    select md5(string_agg(t::text, '|' order by t::text)) as digest from (
      select i.id, i.full_name, i.birth_date, i.created_at, h.value, m.id as membership, r.id as relationship
      from individuals i join identifiers h on h.individual_id = i.id
      left join memberships m on m.individual_id = i.id left join relationships r on r.source_id = i.id
      union all
      select id, marital_status, null, created_at, attributes::text, death_location_id, null from individuals
      union all
      select f.id, farm_type, null, f.created_at, attributes::text, location_id, null from farmers f
      union all
      select id, level, null, created_at, details::text, individual_id, null from disabilities
      union all
      select id, status, enrolled_on, null, benefits::text, coalesce(individual_id, group_id), programme_id
      from enrolments) t`;
  expect(await rows(other, content)).toEqual(await rows(database, content));

  const third = await createTestDatabase();
  await loadDemo(third.pool, { seed: 2 });
  expect(await rows(third, content)).not.toEqual(await rows(database, content));
  await third.close();
});

test('a size that is none is refused and nothing is written', async () => {
  await expect(loadDemo(database.pool, { individuals: 0 })).rejects.toMatchObject({ code: 'DEMO_SIZE_INVALID' });
  await expect(loadDemo(database.pool, { individuals: 1.5 })).rejects.toMatchObject({ code: 'DEMO_SIZE_INVALID' });
});
