import type { Pool } from 'pg';

/** One family with known values, born in a tree of three places; told of by the source `crvs`. */
export const FAMILY = {
  country: '00000000-0000-4000-8000-000000000001',
  district: '00000000-0000-4000-8000-000000000002',
  hospital: '00000000-0000-4000-8000-000000000003',
  elsewhere: '00000000-0000-4000-8000-000000000004',
  mother: '00000000-0000-4000-8000-000000000011',
  father: '00000000-0000-4000-8000-000000000012',
  son: '00000000-0000-4000-8000-000000000013',
  baby: '00000000-0000-4000-8000-000000000014',
  stranger: '00000000-0000-4000-8000-000000000015',
  group: '00000000-0000-4000-8000-000000000021',
  source: '00000000-0000-4000-8000-000000000031',
} as const;

export async function insertFamily(pool: Pool): Promise<void> {
  const { country, district, hospital, elsewhere, mother, father, son, baby, stranger, group, source } = FAMILY;
  await pool.query(
    `insert into data_sources (id, code, name, base_url, dialect) values ($1, 'crvs', 'Civil register', 'http://127.0.0.1:9', 'opencrvs-1.0')`,
    [source],
  );
  await pool.query(
    `insert into locations (id, name, type, parent_id)
     values ($1, 'Farajaland', 'COUNTRY', null), ($2, 'Ibombo', 'DISTRICT', $1), ($3, 'Ibombo Hospital', 'HEALTH_FACILITY', $2),
            ($4, 'Chuminga', 'DISTRICT', $1)`,
    [country, district, hospital, elsewhere],
  );
  await pool.query(
    `insert into location_ancestors (location_id, ancestor_id, depth)
     values ($1, $1, 0), ($2, $2, 0), ($2, $1, 1), ($3, $3, 0), ($3, $2, 1), ($3, $1, 2), ($4, $4, 0), ($4, $1, 1)`,
    [country, district, hospital, elsewhere],
  );
  await pool.query(
    `insert into individuals (id, given_name, family_name, sex, birth_date, birth_date_precision, birth_location_id, home_location_id)
     values ($1, 'Amina', 'Okoro', 'female', '1990-01-01', 'year', $6, $7),
            ($2, 'Chidi', 'Okoro', 'male', '1988-05-06', 'day', null, $7),
            ($3, 'Emeka', 'Okoro', 'male', '2015-03-04', 'day', $8, $7),
            ($4, 'Zuri', 'Okoro', null, current_date - 30, 'day', $8, $7),
            ($5, 'Nobody', null, 'unknown', null, null, null, null)`,
    [mother, father, son, baby, stranger, elsewhere, district, hospital],
  );
  await pool.query(
    `insert into identifiers (individual_id, type, value, value_key)
     values ($1, 'NID', 'n-1', 'N-1'), ($2, 'NID', 'n-2', 'N-2'), ($3, 'BRN', 'b-3', 'B-3'), ($4, 'BRN', 'b-4', 'B-4')`,
    [mother, father, son, baby],
  );
  await pool.query(`insert into groups (id, name, kind, origin_individual_id) values ($1, 'Okoro', 'family', $2)`, [
    group,
    mother,
  ]);
  await pool.query(
    `insert into memberships (group_id, individual_id, role) values ($1, $2, 'head'), ($1, $3, null), ($1, $4, null)`,
    [group, mother, son, baby],
  );
  await pool.query(
    `insert into relationships (type, source_id, target_id)
     values ('mother_of', $1, $3), ('mother_of', $1, $4), ('father_of', $2, $3)`,
    [mother, father, son, baby],
  );
  await pool.query(
    `insert into individual_sources (individual_id, data_source_id) select id, $1 from unnest($2::uuid[]) id`,
    [source, [mother, son, baby]],
  );
}
