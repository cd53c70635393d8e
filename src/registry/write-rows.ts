import { type Queryable } from '../database/pool.js';
import { type Change } from '../record/change.js';
import { identifierKey } from '../record/individual.js';
import { newId } from './write-id.js';
import { type Person, type Tie } from './write-person.js';
import { type PageState } from './write-record.js';

/** Who writes: noted with the rows. */
export interface Writer {
  readonly dataSourceId: string;
  /** Who made the changes: `import`, ... */
  readonly origin: string;
  readonly importRunId: string | null;
}

const PERSON_COLUMNS = `
  $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::date[], $9::text[],
  $10::boolean[], $11::uuid[], $12::text[], $13::uuid[], $14::text[]`;

const INSERT_INDIVIDUALS = {
  name: 'write-insert-individuals',
  text: `
    insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
      death_date, death_date_precision, deceased, birth_location_id, birth_place_text, home_location_id,
      home_place_text)
    select * from unnest(${PERSON_COLUMNS})`,
};

const UPDATE_INDIVIDUALS = {
  name: 'write-update-individuals',
  text: `
    update individuals i
    set given_name = n.given_name, middle_name = n.middle_name, family_name = n.family_name, sex = n.sex,
      birth_date = n.birth_date, birth_date_precision = n.birth_date_precision, death_date = n.death_date,
      death_date_precision = n.death_date_precision, deceased = n.deceased, birth_location_id = n.birth_location_id,
      birth_place_text = n.birth_place_text, home_location_id = n.home_location_id,
      home_place_text = n.home_place_text, row_version = i.row_version + 1, updated_at = now()
    from unnest(${PERSON_COLUMNS}) as n (id, given_name, middle_name, family_name, sex, birth_date,
      birth_date_precision, death_date, death_date_precision, deceased, birth_location_id, birth_place_text,
      home_location_id, home_place_text)
    where i.id = n.id`,
};

const INSERT_IDENTIFIERS = {
  name: 'write-insert-identifiers',
  text: `
    insert into identifiers (id, individual_id, type, value, value_key, data_source_id)
    select n.id, n.individual_id, n.type, n.value, n.value_key, $6
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
      as n (id, individual_id, type, value, value_key)`,
};

const INSERT_SOURCES = {
  name: 'write-insert-individual-sources',
  text: `
    insert into individual_sources (individual_id, data_source_id)
    select id, $2 from unnest($1::uuid[]) as id
    on conflict do nothing`,
};

const INSERT_RELATIONSHIPS = {
  name: 'write-insert-relationships',
  text: `
    insert into relationships (id, type, source_id, target_id, data_source_id)
    select n.id, n.type, n.source_id, n.target_id, $5
    from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) as n (id, type, source_id, target_id)`,
};

const UPDATE_RELATIONSHIPS = {
  name: 'write-update-relationships',
  text: `
    update relationships r set type = n.type
    from unnest($1::uuid[], $2::text[]) as n (id, type)
    where r.id = n.id`,
};

const INSERT_FAMILIES = {
  name: 'write-insert-families',
  text: `
    insert into groups (id, name, kind, data_source_id, origin_individual_id)
    select n.id, n.name, 'family', $4, n.origin_individual_id
    from unnest($1::uuid[], $2::text[], $3::uuid[]) as n (id, name, origin_individual_id)`,
};

const INSERT_MEMBERSHIPS = {
  name: 'write-insert-memberships',
  text: `
    insert into memberships (id, group_id, individual_id, role, data_source_id)
    select n.id, n.group_id, n.individual_id, n.role, $5
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as n (id, group_id, individual_id, role)`,
};

/** `fields` are joined with commas: arrays of arrays of different lengths do not exist in PostgreSQL. */
const INSERT_CHANGES = {
  name: 'write-insert-changes',
  text: `
    insert into changes (subject, subject_id, kind, fields, origin, import_run_id)
    select n.subject, n.subject_id, n.kind, string_to_array(n.fields, ','), $5, $6
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) as n (subject, subject_id, kind, fields)`,
};

/** Writes what the page has come to, in a number of statements that does not depend on how much it is. */
export async function writeRows(db: Queryable, page: PageState, writer: Writer): Promise<void> {
  const people = [...page.people];
  const created = people.filter((person) => person.isNew);
  const updated = people.filter((person) => !person.isNew && person.changed.size > 0);
  const rows = { created, updated, identifiers: people.flatMap(identifierRows) };
  const sourceless = people.filter((person) => !person.hasSource).map((person) => person.id);
  const memberships = page.newMemberships.map((membership) => ({ id: newId(), ...membership }));
  const retyped = [...page.retypedTies];
  const source = writer.dataSourceId;

  await run(db, INSERT_INDIVIDUALS, rows.created, columnsOfPeople(rows.created));
  await run(db, UPDATE_INDIVIDUALS, rows.updated, columnsOfPeople(rows.updated));
  await run(db, INSERT_IDENTIFIERS, rows.identifiers, [
    rows.identifiers.map(newId),
    rows.identifiers.map((row) => row.individualId),
    rows.identifiers.map((row) => row.type),
    rows.identifiers.map((row) => row.value),
    rows.identifiers.map((row) => identifierKey(row.value)),
    source,
  ]);
  await run(db, INSERT_SOURCES, sourceless, [sourceless, source]);
  await run(db, INSERT_RELATIONSHIPS, page.newTies, [
    ...columnsOfTies(page.newTies),
    page.newTies.map((tie) => tie.parent.id),
    page.newTies.map((tie) => tie.child.id),
    source,
  ]);
  await run(db, UPDATE_RELATIONSHIPS, retyped, columnsOfTies(retyped));
  await run(db, INSERT_FAMILIES, page.newFamilies, [
    page.newFamilies.map((family) => family.id),
    page.newFamilies.map((family) => family.made?.name ?? null),
    page.newFamilies.map((family) => family.made?.mother.id ?? null),
    source,
  ]);
  await run(db, INSERT_MEMBERSHIPS, memberships, [
    memberships.map((membership) => membership.id),
    memberships.map((membership) => membership.family.id),
    memberships.map((membership) => membership.person.id),
    memberships.map((membership) => membership.role),
    source,
  ]);
  await writeChanges(db, writer, [
    ...created.map(({ id }) => change('individual', id, 'created')),
    ...updated.map(({ id, changed }) => change('individual', id, 'updated', [...changed])),
    ...page.newTies.map(({ id }) => change('relationship', id, 'created')),
    ...retyped.map(({ id }) => change('relationship', id, 'updated', ['type'])),
    ...page.newFamilies.map(({ id }) => change('group', id, 'created')),
    ...memberships.map(({ id }) => change('membership', id, 'created')),
  ]);
}

async function writeChanges(db: Queryable, writer: Writer, changes: readonly Change[]): Promise<void> {
  await run(db, INSERT_CHANGES, changes, [
    changes.map((row) => row.subject),
    changes.map((row) => row.subjectId),
    changes.map((row) => row.kind),
    changes.map((row) => row.fields.join(',')),
    writer.origin,
    writer.importRunId,
  ]);
}

/** One statement for all the rows, and none where there are none. */
async function run(
  db: Queryable,
  statement: { readonly name: string; readonly text: string },
  rows: readonly unknown[],
  values: unknown[],
): Promise<void> {
  if (rows.length > 0) await db.query({ ...statement, values });
}

function change(
  subject: Change['subject'],
  subjectId: string,
  kind: Change['kind'],
  fields: readonly string[] = [],
): Change {
  return { subject, subjectId, kind, fields };
}

function identifierRows(person: Person): { individualId: string; type: string; value: string }[] {
  return person.newIdentifiers.map(({ type, value }) => ({ individualId: person.id, type, value }));
}

function columnsOfTies(ties: readonly Tie[]): unknown[] {
  return [ties.map((tie) => tie.id), ties.map((tie) => tie.type)];
}

function columnsOfPeople(people: readonly Person[]): unknown[] {
  const column = <T>(read: (values: Person['values']) => T): T[] => people.map((person) => read(person.values));
  return [
    people.map((person) => person.id),
    column((values) => values.givenName),
    column((values) => values.middleName),
    column((values) => values.familyName),
    column((values) => values.sex),
    column((values) => values.birthDate?.date ?? null),
    column((values) => values.birthDate?.precision ?? null),
    column((values) => values.deathDate?.date ?? null),
    column((values) => values.deathDate?.precision ?? null),
    column((values) => values.deceased),
    column((values) => values.birthLocation),
    column((values) => values.birthPlaceText),
    column((values) => values.homeLocation),
    column((values) => values.homePlaceText),
  ];
}
