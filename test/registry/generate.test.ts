import { generateRegistry } from '../../src/registry/demo/generate.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

async function rows(text: string): Promise<unknown[]> {
  return (await database.pool.query<Record<string, unknown>>(text)).rows;
}

const CONTENT = `
  select md5(string_agg(t::text, '|' order by t::text)) as digest from (
    select i.id, i.full_name, i.birth_date, i.home_location_id, h.type, h.value, r.id as tie, r.source_id
    from individuals i join identifiers h on h.individual_id = i.id left join relationships r on r.target_id = i.id) t`;

const generate = (individuals: number) => generateRegistry(database.pool, { individuals, ownerUrl: database.ownerUrl });

test('thousands are generated beside the demo, every second with a second identifier, children with their parents', async () => {
  const progress: number[] = [];
  const counts = await generateRegistry(database.pool, {
    individuals: 3000,
    ownerUrl: database.ownerUrl,
    onProgress: (done) => progress.push(done),
  });
  expect(counts).toEqual({ individuals: 3000, identifiers: 4500, foundIndividuals: 0 });
  expect(progress.toSorted((one, other) => one - other)).toEqual([0, 1000, 2000, 3000]);
  expect(
    await rows(`select count(distinct i.id) as people, count(*) as identifiers,
        count(distinct i.id) filter (where h.type <> 'UIN') as with_two, count(distinct r.target_id) > 1000 as children
      from individuals i join identifiers h on h.individual_id = i.id
      left join relationships r on r.target_id = i.id and r.type = 'mother_of'
      where i.home_location_id is not null and i.id::text like '%-7%'
        and exists (select from identifiers u where u.individual_id = i.id and u.value_key like '702%')`),
  ).toMatchObject([{ people: 3000, with_two: 1500, children: true }]);
  expect(
    await rows(`select relname from pg_stat_user_tables where relname = 'individuals' and vacuum_count > 0`),
  ).toEqual([{ relname: 'individuals' }]);
});

test('it goes on where a killed run ended: the batches that are there stay, those that lack come back as they were', async () => {
  const before = await rows(CONTENT);
  await database.pool.query(
    `delete from individuals where id in (select individual_id from identifiers where value_key between '7020001001' and '7020002000')`,
  );
  expect(await rows(CONTENT)).not.toEqual(before);
  expect(await generate(3000)).toMatchObject({ individuals: 3000, foundIndividuals: 2000 });
  expect(await rows(CONTENT)).toEqual(before);
  expect(await generate(3000)).toMatchObject({ individuals: 3000, foundIndividuals: 3000 });
});

test('a size that is none is refused, and so is making people of whom a subscriber would not hear', async () => {
  for (const size of [0, 1500, 60_000_000, Number.NaN]) {
    await expect(generate(size)).rejects.toMatchObject({ code: 'DEMO_SIZE_INVALID' });
  }
  await database.pool.query(`
    with client as (
      insert into api_clients (name, client_id, scopes) values ('Somebody', 'somebody', array['registry.subscribe'])
      returning id
    )
    insert into subscriptions (code, api_client_id, registry, record, events, criteria_sealed, criteria_digest,
      transaction_id, reference_id, sender_id)
    select 'code', id, 'social', 'individual', array['registered'], '', '', 't', 'r', 's' from client`);
  await expect(generate(4000)).rejects.toMatchObject({ code: 'DEMO_UNTOLD' });
});
