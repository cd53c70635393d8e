import { type Writable } from '../../database/write-behind.js';
import { type ErasedPeople } from '../erased-people.js';
import { writeRevisions } from '../revisions/write-revisions.js';
import { change, type Origin, writeChanges } from '../write-changes.js';
import { newId } from '../write-id.js';
import { insertIdentifiers, insertMemberships, insertRelationships, retypeRelationships } from '../write-links.js';
import { type ConflictDesk } from './decisions.js';
import { type PageTrace } from './note-page.js';
import { type Person } from './write-person.js';
import { type PageState } from './write-record.js';
import { runForRows } from '../write-statement.js';

/** Who writes: noted with the rows. */
export interface Writer extends Origin {
  readonly dataSourceId: string;
  /** The page of the run that the records came on; `null` where no run brought them. */
  readonly page: number | null;
  /** Who must not come back. */
  readonly erased: ErasedPeople;
  /** Whether a record of somebody unknown makes a person. Default: yes. */
  readonly makesPeople?: boolean;
  /** Where it goes what only a person can decide; without it nobody is asked and nothing that was decided is known. */
  readonly desk?: ConflictDesk | undefined;
}

const PERSON_COLUMNS = `
  $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::date[], $9::text[],
  $10::boolean[], $11::uuid[], $12::text[], $13::uuid[], $14::text[], $15::uuid[], $16::text[]`;

const INSERT_INDIVIDUALS = {
  name: 'write-insert-individuals',
  text: `
    insert into individuals (id, given_name, middle_name, family_name, sex, birth_date, birth_date_precision,
      death_date, death_date_precision, deceased, death_location_id, death_place_text, birth_location_id,
      birth_place_text, home_location_id, home_place_text)
    select * from unnest(${PERSON_COLUMNS})`,
};

const UPDATE_INDIVIDUALS = {
  name: 'write-update-individuals',
  text: `
    update individuals i
    set given_name = n.given_name, middle_name = n.middle_name, family_name = n.family_name, sex = n.sex,
      birth_date = n.birth_date, birth_date_precision = n.birth_date_precision, death_date = n.death_date,
      death_date_precision = n.death_date_precision, deceased = n.deceased,
      death_location_id = n.death_location_id, death_place_text = n.death_place_text,
      birth_location_id = n.birth_location_id, birth_place_text = n.birth_place_text, home_location_id = n.home_location_id,
      home_place_text = n.home_place_text, row_version = i.row_version + 1, updated_at = now()
    from unnest(${PERSON_COLUMNS}) as n (id, given_name, middle_name, family_name, sex, birth_date,
      birth_date_precision, death_date, death_date_precision, deceased, death_location_id, death_place_text,
      birth_location_id, birth_place_text, home_location_id, home_place_text)
    where i.id = n.id`,
};

const INSERT_SOURCES = {
  name: 'write-insert-individual-sources',
  text: `
    insert into individual_sources (individual_id, data_source_id)
    select id, $2 from unnest($1::uuid[]) as id
    on conflict do nothing`,
};

const INSERT_FAMILIES = {
  name: 'write-insert-families',
  text: `
    insert into groups (id, name, kind, data_source_id, origin_individual_id)
    select n.id, n.name, 'family', $4, n.origin_individual_id
    from unnest($1::uuid[], $2::text[], $3::uuid[]) as n (id, name, origin_individual_id)`,
};

/**
 * Writes what the page has come to, in a number of statements that does not depend on how much it is; answers which rows
 * other than people those are.
 */
export async function writeRows(
  db: Writable,
  page: PageState,
  writer: Writer,
): Promise<Omit<PageTrace, 'marriages' | 'spousesTold' | 'divorcesTold'>> {
  const people = [...page.people];
  const created = people.filter((person) => person.isNew);
  const updated = people.filter((person) => !person.isNew && person.changed.size > 0);
  await runForRows(db, INSERT_INDIVIDUALS, created, columnsOfPeople(created));
  await runForRows(db, UPDATE_INDIVIDUALS, updated, columnsOfPeople(updated));
  const identifiers = people.flatMap((person) =>
    person.newIdentifiers.map((identifier) => ({ ...identifier, id: newId(), individualId: person.id })),
  );
  const newlyTold = people.filter((person) => !person.hasSource);
  const sourceless = newlyTold.map((person) => person.id);
  const ties = page.newTies.map(({ id, type, parent, child }) => ({
    id,
    type,
    sourceId: parent.id,
    targetId: child.id,
  }));
  const memberships = page.newMemberships.map(({ family, person, role }) => ({
    id: newId(),
    groupId: family.id,
    individualId: person.id,
    role,
  }));
  const retyped = [...page.retypedTies];
  const source = writer.dataSourceId;

  await insertIdentifiers(db, identifiers, source);
  await runForRows(db, INSERT_SOURCES, sourceless, [sourceless, source]);
  await insertRelationships(db, ties, source);
  await retypeRelationships(db, retyped);
  await runForRows(db, INSERT_FAMILIES, page.newFamilies, [
    page.newFamilies.map((family) => family.id),
    page.newFamilies.map((family) => family.made?.name ?? null),
    page.newFamilies.map((family) => family.made?.mother.id ?? null),
    source,
  ]);
  await insertMemberships(db, memberships, source);
  await writeChanges(db, writer, [
    ...created.map(({ id }) => change('individual', id, 'created')),
    ...updated.map(({ id, changed }) => change('individual', id, 'updated', [...changed.keys()])),
    ...page.newTies.map(({ id }) => change('relationship', id, 'created')),
    ...retyped.map(({ id }) => change('relationship', id, 'updated', ['type'])),
    ...page.newFamilies.map(({ id }) => change('group', id, 'created')),
    ...memberships.map(({ id }) => change('membership', id, 'created')),
  ]);
  await writeRevisions(
    db,
    { ...writer, actor: null },
    [...created, ...updated].map(({ id, isNew, rowVersion, changed, before }) => ({
      individualId: id,
      rowVersion: rowVersion + 1,
      told: changed,
      before: isNew ? null : before,
    })),
  );
  return {
    identifiers: idsOf(identifiers),
    relationships: idsOf(ties),
    retyped: idsOf(retyped),
    groups: idsOf(page.newFamilies),
    memberships: idsOf(memberships),
    toldOf: idsOf(newlyTold.filter((person) => !person.isNew)),
  };
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
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
    column((values) => values.deathLocation),
    column((values) => values.deathPlaceText),
    column((values) => values.birthLocation),
    column((values) => values.birthPlaceText),
    column((values) => values.homeLocation),
    column((values) => values.homePlaceText),
  ];
}
