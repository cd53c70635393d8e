import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { identifierKey } from '../../src/record/individual.js';

/** A person as a test describes them; what is left out is unknown. */
export interface PersonGiven {
  readonly id?: string;
  readonly given?: string;
  readonly middle?: string;
  readonly family?: string;
  readonly sex?: string;
  readonly born?: string;
  readonly died?: string;
  readonly deceased?: boolean;
  readonly birthPlace?: string;
  readonly home?: string;
  readonly createdAt?: string;
  readonly identifiers?: Readonly<Record<string, string>>;
}

export async function addPerson(pool: Pool, person: PersonGiven): Promise<string> {
  const id = person.id ?? randomUUID();
  await pool.query(
    `insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision, death_date,
       death_date_precision, deceased, birth_location_id, home_location_id, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6::date, case when $6::date is not null then 'day' end, $7::date,
       case when $7::date is not null then 'day' end, $8, $9, $10, coalesce($11, now()), coalesce($11, now()))`,
    [
      id,
      person.given,
      person.middle,
      person.family,
      person.sex,
      person.born,
      person.died,
      person.deceased ?? person.died !== undefined,
      person.birthPlace,
      person.home,
      person.createdAt,
    ],
  );
  for (const [type, value] of Object.entries(person.identifiers ?? {})) {
    await pool.query('insert into identifiers (individual_id, type, value, value_key) values ($1, $2, $3, $4)', [
      id,
      type,
      value,
      identifierKey(value),
    ]);
  }
  return id;
}

/** Adds a place below `parentId` and ties it to all that contain it. */
export async function addPlace(
  pool: Pool,
  name: string,
  type: string | null,
  parentId: string | null,
): Promise<string> {
  const id = randomUUID();
  await pool.query('insert into locations (id, name, type, parent_id) values ($1, $2, $3, $4)', [
    id,
    name,
    type,
    parentId,
  ]);
  await pool.query(
    `insert into location_ancestors (location_id, ancestor_id, depth)
     select $1::uuid, $1::uuid, 0 union all
     select $1, ancestor_id, depth + 1 from location_ancestors where location_id = $2`,
    [id, parentId],
  );
  return id;
}
