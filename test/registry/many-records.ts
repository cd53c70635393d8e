import type { Pool } from 'pg';

/** Made in the database itself: what matters here is how many there are, not who they are. */
const MANY_RECORDS: Readonly<Record<string, string>> = {
  locations: `insert into locations (id, name, type, parent_id)
   select md5('place' || n)::uuid, 'Place ' || n, 'district', case when n > 10 then md5('place' || n % 10 + 1)::uuid end
   from generate_series(1, 500) n`,
  location_ancestors: `insert into location_ancestors (location_id, ancestor_id, depth)
   select id, id, 0 from locations union all select id, parent_id, 1 from locations where parent_id is not null`,
  individuals: `insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
     death_date, death_date_precision, deceased, birth_location_id, home_location_id, death_location_id,
     marital_status, phone_numbers, emails, attributes, created_at, updated_at)
   select md5('person' || n)::uuid, 'Given' || n % 900, case when n % 4 = 0 then 'Middle' || n % 3500 end,
     'Family' || n % 3000, case when n % 2500 = 0 then 'other' when n % 2 = 0 then 'male' else 'female' end,
     date '1930-01-01' + n % 34000, 'day',
     case when n % 400 = 0 then date '2000-01-01' + n % 9000 end, case when n % 400 = 0 then 'day' end, n % 400 = 0,
     md5('place' || n % 490 + 11)::uuid, md5('place' || n % 490 + 11)::uuid,
     case when n % 400 = 0 then md5('place' || n % 490 + 11)::uuid end,
     case when n % 2000 = 0 then 'W' when n % 3 = 0 then 'M' end,
     case when n % 5 = 0 then array['+255' || n] else '{}' end,
     case when n % 9 = 0 then array['p' || n || '@example.org'] else '{}' end,
     jsonb_build_object('postal_code', 'PC' || n % 2000, 'shoe', jsonb_build_object('size', n % 5000),
       'tribe', 'Tribe ' || n % 700, 'languages', jsonb_build_array('Lang ' || n % 800)),
     timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2021-01-01' + n * interval '1 hour'
   from generate_series(1, 50000) n`,
  identifiers: `insert into identifiers (individual_id, type, value, value_key)
   select md5('person' || n)::uuid, t.type, t.type || n, t.type || n
   from generate_series(1, 50000) n cross join (values ('UIN'), ('NID')) t (type)`,
  marriages: `insert into marriages (individual_id, married_on, divorced_on)
   select md5('person' || n)::uuid, date '1990-01-01' + n % 10000,
     case when n % 10 = 0 then date '2018-01-01' + n % 2000 end
   from generate_series(3, 50000, 3) n`,
  groups: `insert into groups (id, name, kind, location_id, attributes, created_at, updated_at)
   select md5('group' || n)::uuid, 'Family ' || n, case when n % 2500 = 0 then 'family' else 'household' end,
     md5('place' || n % 490 + 11)::uuid,
     jsonb_build_object('poverty_score', n % 5000, 'postal_code', 'PC' || n % 2000),
     timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2021-01-01' + n * interval '1 hour'
   from generate_series(1, 50000) n`,
  group_identifiers: `insert into group_identifiers (group_id, type, value, value_key)
   select md5('group' || n)::uuid, 'HOUSEHOLD_ID', 'HH' || n, 'HH' || n from generate_series(1, 50000) n`,
  // One or two in each, and ten in every thousandth.
  memberships: `insert into memberships (group_id, individual_id, role)
   select md5('group' || n)::uuid, md5('person' || (n + k * 7919) % 50000 + 1)::uuid, case when k = 0 then 'head' end
   from generate_series(1, 50000) n
   cross join lateral generate_series(0, case when n % 1000 = 0 then 9 else n % 2 end) k`,
  farmers: `insert into farmers (individual_id, farm_type, farm_size, land_tenure, location_id, attributes, created_at, updated_at)
   select md5('person' || n)::uuid, (n % 200)::text, n % 5000, (n % 300)::text,
     case when n % 2 = 0 then md5('place' || n % 490 + 11)::uuid end,
     jsonb_build_object('latitude', n / 1000.0, 'longitude', n / 500.0, 'livestock_type', 'Beast ' || n % 300,
       'irrigation_type', jsonb_build_array('Water ' || n % 400), 'farm_details', jsonb_build_array(jsonb_build_object(
       'farming_activities', jsonb_build_array(jsonb_build_object('crop_production', jsonb_build_array(
         jsonb_build_object('crop_type', 'Crop ' || n % 500))))))),
     timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2021-01-01' + n * interval '1 hour'
   from generate_series(1, 50000) n`,
  disabilities: `insert into disabilities (individual_id, status, level, details, created_at, updated_at)
   select md5('person' || n)::uuid, (n % 300)::text, (n % 400)::text,
     jsonb_build_array(jsonb_build_object('impairment_type', (n % 500)::text,
       'impairment_level', n % 600, 'impairment_cause', 'Cause ' || n % 300)),
     timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2021-01-01' + n * interval '1 hour'
   from generate_series(1, 50000) n`,
  programmes: `insert into programmes (id, identifier, identifier_key, name)
   select md5('programme' || n)::uuid, 'PRG' || n, 'PRG' || n, 'Programme ' || n from generate_series(1, 300) n`,
  enrolments: `insert into enrolments (programme_id, individual_id, group_id, status, enrolled_on, created_at, updated_at)
   select md5('programme' || n % 300 + 1)::uuid, case when n % 2 = 0 then md5('person' || n)::uuid end,
     case when n % 2 = 1 then md5('group' || n)::uuid end, (n % 250)::text, date '2010-01-01' + n % 5000,
     timestamptz '2020-01-01' + n * interval '1 hour', timestamptz '2021-01-01' + n * interval '1 hour'
   from generate_series(1, 50000) n`,
  // What the triggers would have counted.
  group_sizes: `insert into group_sizes (group_id, size)
   select md5('group' || n)::uuid, case when n % 1000 = 0 then 10 else n % 2 + 1 end from generate_series(1, 50000) n`,
};

/** Indexes that no constraint made. */
const SELECT_PLAIN_INDEXES = `
  select c.relname as name, t.relname as table, pg_get_indexdef(x.indexrelid) as definition
  from pg_index x join pg_class c on c.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where t.relnamespace = 'public'::regnamespace and t.relname = any($1::text[])
    and not exists (select from pg_constraint k where k.conindid = x.indexrelid)`;

const PREPARE = `
  set local synchronous_commit = off; set local maintenance_work_mem = '128MB'; set local jit = off;
  set local session_replication_role = replica`;

/**
 * 50,000 people, groups, farmers, people with disabilities and enrolments, known to the planner. Every table is filled
 * apart from the others, as fast as there are connections; its indexes are built when the rows are there, and the rows
 * are not checked one by one.
 */
export async function writeManyRecords(admin: Pool): Promise<void> {
  const tables = Object.entries(MANY_RECORDS);
  const { rows: indexes } = await admin.query<{ name: string; table: string; definition: string }>(
    SELECT_PLAIN_INDEXES,
    [tables.map(([table]) => table)],
  );
  for (const { name } of indexes) await admin.query(`drop index public.${name}`);
  const work = async (): Promise<void> => {
    for (let next = tables.shift(); next !== undefined; next = tables.shift()) {
      const [table, rows] = next;
      const definitions = indexes.flatMap((index) => (index.table === table ? [index.definition] : []));
      // One string is one transaction on one connection.
      const statements = [PREPARE, rows, ...definitions, `analyze ${table}`];
      await admin.query(statements.join(';\n'));
    }
  };
  await Promise.all(Array.from({ length: admin.options.max }, work));
}
