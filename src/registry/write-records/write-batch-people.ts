import { type Queryable } from '../../database/pool.js';
import { ALL_FIELDS } from '../../record/fields.js';
import { type RelationshipType } from '../../record/group.js';
import { identifierKey, typedKeyOf } from '../../record/individual.js';
import { type JsonObject } from '../../record/json.js';
import { type MaritalStatus } from '../../record/registry-record.js';
import { individualColumns, partialDate, type WholeIndividualRow } from '../individual-rows.js';
import { type AskedRows } from './write-asked.js';
import { type Found } from './write-batch.js';
import { PersonRow } from './write-values.js';

/** Locked in the order of their ids: two writers may reach one person by different identifiers. */
const LOCK_PEOPLE = {
  name: 'write-lock-people',
  text: `
    with asked as materialized (
      select h.individual_id as id
      from unnest($1::text[], $2::text[]) as n (type, value_key)
      join identifiers h on h.value_key = n.value_key and h.type = n.type
      union
      select id from unnest($3::uuid[]) as id
    )
    select ${individualColumns(ALL_FIELDS)}, i.death_location_id, i.death_place_text, i.marital_status, i.phone_numbers, i.emails,
      i.attributes, i.row_version
    from individuals i
    where i.id in (select id from asked)
    order by i.id
    for no key update of i`,
};

const SELECT_IDENTIFIERS = {
  name: 'write-people-identifiers',
  text: 'select individual_id, type, value_key from identifiers where individual_id = any ($1::uuid[])',
};

const SELECT_MARRIAGES = {
  name: 'write-people-marriages',
  text: 'select id, individual_id, married_on, divorced_on from marriages where individual_id = any ($1::uuid[])',
};

const SELECT_PARENTS = {
  name: 'write-people-parents',
  text: `
    select id, type, source_id, target_id from relationships
    where target_id = any ($1::uuid[]) and type in ('mother_of', 'father_of', 'parent_of')
    order by created_at, id`,
};

interface HeldPersonRow extends WholeIndividualRow {
  death_location_id: string | null;
  death_place_text: string | null;
  marital_status: MaritalStatus | null;
  phone_numbers: string[];
  emails: string[];
  attributes: JsonObject;
  row_version: number;
}

/** Reads and locks the people that are asked for. What identifiers they are asked by must be locked already. */
export async function loadPeople(db: Queryable, asked: AskedRows): Promise<Found<PersonRow>> {
  const found: Found<PersonRow> = { byId: new Map(), byIdentifier: new Map() };
  if (asked.isNobody) return found;
  const identifiers = [...asked.identifiers.values()];
  const people = await db.query<HeldPersonRow>({
    ...LOCK_PEOPLE,
    values: [identifiers.map(({ type }) => type), identifiers.map(({ value }) => identifierKey(value)), [...asked.ids]],
  });
  for (const row of people.rows) found.byId.set(row.id, readPerson(row));
  if (found.byId.size > 0) await loadWhatHangsOn(db, found);
  return found;
}

function readPerson(row: HeldPersonRow): PersonRow {
  return new PersonRow(row.id, row.row_version, {
    givenName: row.given_name,
    middleName: row.middle_name,
    familyName: row.family_name,
    sex: row.sex,
    birthDate: partialDate(row.birth_date, row.birth_date_precision),
    deathDate: partialDate(row.death_date, row.death_date_precision),
    deceased: row.deceased,
    birthLocation: row.birth_location_id,
    birthPlaceText: row.birth_place_text,
    deathLocation: row.death_location_id,
    deathPlaceText: row.death_place_text,
    homeLocation: row.home_location_id,
    homePlaceText: row.home_place_text,
    maritalStatus: row.marital_status,
    phoneNumbers: row.phone_numbers,
    emails: row.emails,
    attributes: row.attributes,
    registeredAt: row.created_at.toISOString(),
  });
}

async function loadWhatHangsOn(db: Queryable, { byId, byIdentifier }: Found<PersonRow>): Promise<void> {
  const values = [[...byId.keys()]];
  const identifiers = await db.query<{ individual_id: string; type: string; value_key: string }>({
    ...SELECT_IDENTIFIERS,
    values,
  });
  for (const row of identifiers.rows) {
    const person = byId.get(row.individual_id);
    if (person === undefined) continue;
    const key = typedKeyOf(row.type, row.value_key);
    person.identifierKeys.add(key);
    byIdentifier.set(key, person);
  }
  const marriages = await db.query<{
    id: string;
    individual_id: string;
    married_on: string;
    divorced_on: string | null;
  }>({ ...SELECT_MARRIAGES, values });
  for (const { id, individual_id, married_on, divorced_on: divorcedOn } of marriages.rows) {
    byId.get(individual_id)?.marriages.set(married_on, { id, held: { divorcedOn }, divorcedOn, isGone: false });
  }
  const parents = await db.query<{ id: string; type: RelationshipType; source_id: string; target_id: string }>({
    ...SELECT_PARENTS,
    values,
  });
  for (const { id, type, source_id: parentId, target_id } of parents.rows) {
    byId.get(target_id)?.parents.push({ id, parentId, heldType: type, type });
  }
}
