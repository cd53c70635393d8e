import type { Queryable } from '../../database/pool.js';
import { runForRows } from '../write-statement.js';
import type { DemoCivilLife } from './civil-life.js';
import type { DemoPerson } from './families.js';

/** `updated_at` is when they were registered: nothing has happened to the invented people since. */
const INSERT_INDIVIDUALS = {
  name: 'demo-insert-individuals',
  text: `
    insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
      death_date, death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id,
      created_at, updated_at, marital_status, phone_numbers, emails, attributes, death_location_id)
    select n.id, n.given_name, n.middle_name, n.family_name, n.sex, n.birth_date, n.birth_date_precision,
      n.death_date, n.death_date_precision, n.deceased, n.birth_location_id, n.birth_place_text, n.home_location_id,
      n.created_at, n.created_at, n.marital_status, string_to_array(n.phone_numbers, ' '),
      string_to_array(n.emails, ' '), n.attributes, n.death_location_id
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::date[],
      $9::text[], $10::boolean[], $11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[], $15::text[], $16::text[],
      $17::text[], $18::jsonb[], $19::uuid[])
      as n (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision, death_date,
        death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id, created_at,
        marital_status, phone_numbers, emails, attributes, death_location_id)`,
};

/** Writes invented people, with what else is told of each. */
export async function insertPeople(
  db: Queryable,
  people: readonly DemoPerson[],
  lifeOf: (person: DemoPerson) => DemoCivilLife | null,
): Promise<void> {
  const lives = people.map(lifeOf);
  await runForRows(db, INSERT_INDIVIDUALS, people, [
    people.map(({ id }) => id),
    people.map(({ name }) => name.given),
    people.map(({ name }) => name.middle),
    people.map(({ name }) => name.family),
    people.map(({ sex }) => sex),
    people.map(({ birthDate }) => birthDate.date),
    people.map(({ birthDate }) => birthDate.precision),
    people.map(({ deathDate }) => deathDate?.date ?? null),
    people.map(({ deathDate }) => deathDate?.precision ?? null),
    people.map(({ deceased }) => deceased),
    people.map(({ birthLocationId }) => birthLocationId),
    people.map(({ birthPlaceText }) => birthPlaceText),
    people.map(({ homeLocationId }) => homeLocationId),
    people.map(({ registeredAt }) => registeredAt),
    lives.map((life) => life?.maritalStatus ?? null),
    lives.map((life) => life?.phoneNumbers.join(' ') ?? ''),
    lives.map((life) => life?.emails.join(' ') ?? ''),
    lives.map((life) => JSON.stringify(life?.attributes ?? {})),
    people.map(({ deathLocationId }) => deathLocationId),
  ]);
}
