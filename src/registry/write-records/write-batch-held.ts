import { type Queryable } from '../../database/pool.js';
import { identifierKey } from '../../record/individual.js';
import { type Asked } from './write-asked.js';
import { type Batch, enrolmentKey, ownedBy } from './write-batch.js';
import { loadGroups } from './write-batch-groups.js';
import { loadPeople } from './write-batch-people.js';
import { lockIdentifiers } from '../write-sources/write-held.js';
import { type ErasedPeople } from '../erased-people.js';
import { Row } from './write-row.js';
import {
  type DisabilityValues,
  type EnrolmentValues,
  type FarmerValues,
  type ProgrammeValues,
} from './write-values.js';

const SELECT_FARMERS = {
  name: 'write-farmers-held',
  text: `
    select id, individual_id as "individualId", farm_type as "farmType", farm_size::float8 as "farmSize",
      land_tenure as "landTenure", location_id as location, place_text as "placeText", attributes,
      created_at as "createdAt"
    from farmers where individual_id = any ($1::uuid[]) or id = any ($2::uuid[])`,
};

const SELECT_DISABILITIES = {
  name: 'write-disabilities-held',
  text: `
    select id, individual_id as "individualId", status, level, details, attributes, created_at as "createdAt"
    from disabilities where individual_id = any ($1::uuid[]) or id = any ($2::uuid[])`,
};

/** Their writers wait for each other by the lock of the identifier. */
const SELECT_PROGRAMMES = {
  name: 'write-programmes-held',
  text: `
    select id, identifier, name, description, attributes, created_at as "createdAt"
    from programmes where identifier_key = any ($1::text[])`,
};

const SELECT_ENROLMENTS = {
  name: 'write-enrolments-held',
  text: `
    select id, programme_id as "programmeId", individual_id as "individualId", group_id as "groupId", status,
      enrolled_on as "enrolledOn", status_changed_on::text[] as "statusChangedOn", benefits, attributes,
      created_at as "createdAt"
    from enrolments
    where individual_id = any ($1::uuid[]) or group_id = any ($2::uuid[]) or id = any ($3::uuid[])`,
};

const SELECT_LOCATION_IDS = {
  name: 'write-location-ids',
  text: 'select id from locations where id = any ($1::uuid[])',
};

const SELECT_LOCATION_NAMES = {
  name: 'write-location-names',
  text: `
    select asked.name, min(l.id::text) as id
    from unnest($1::text[]) as asked (name) join locations l on lower(l.name) = lower(asked.name)
    group by asked.name
    having count(*) = 1`,
};

/** Reads and locks everything held that the records can touch; rows that no record asks for are not read. */
export async function loadBatch(
  db: Queryable,
  asked: Asked,
  allowed: Pick<Batch, 'unknownIds' | 'heldFacts'>,
  erased: ErasedPeople,
): Promise<Batch> {
  await lockIdentifiers(db, asked.locks);
  const people = await loadPeople(db, asked.people);
  const groups = await loadGroups(db, asked.groups);
  const owners = new Map<string, string>();
  return {
    people,
    groups,
    farmers: await loadFarmers(db, asked, [...people.byId.keys()], owners),
    disabilities: await loadDisabilities(db, asked, [...people.byId.keys()], owners),
    programmes: await loadProgrammes(db, asked),
    enrolments: await loadEnrolments(db, asked, [[...people.byId.keys()], [...groups.byId.keys()]], owners),
    owners,
    erased: await erased.among(db, { ids: asked.subjects.ids, identifiers: asked.subjects.identifiers.values() }),
    ...(await loadPlaces(db, asked)),
    ...allowed,
  };
}

/** A row as it is selected: its values beside its id, and when it was made as the driver reads it. */
type Stored<Values> = Omit<Values, 'registeredAt'> & { readonly id: string; readonly createdAt: Date };

async function loadFarmers(
  db: Queryable,
  asked: Asked,
  people: string[],
  owners: Map<string, string>,
): Promise<Batch['farmers']> {
  const held: Batch['farmers'] = new Map();
  if (!asked.kinds.has('farmer')) return held;
  const found = await db.query<Stored<FarmerValues>>({ ...SELECT_FARMERS, values: [people, [...asked.farmerIds]] });
  for (const { id, createdAt, ...values } of found.rows) {
    held.set(values.individualId, new Row(id, false, { ...values, registeredAt: createdAt.toISOString() }));
    owners.set(ownedBy('farmer', id), values.individualId);
  }
  return held;
}

async function loadDisabilities(
  db: Queryable,
  asked: Asked,
  people: string[],
  owners: Map<string, string>,
): Promise<Batch['disabilities']> {
  const held: Batch['disabilities'] = new Map();
  if (!asked.kinds.has('disability')) return held;
  const found = await db.query<Stored<DisabilityValues>>({
    ...SELECT_DISABILITIES,
    values: [people, [...asked.disabilityIds]],
  });
  for (const { id, createdAt, ...values } of found.rows) {
    held.set(values.individualId, new Row(id, false, { ...values, registeredAt: createdAt.toISOString() }));
    owners.set(ownedBy('disability', id), values.individualId);
  }
  return held;
}

async function loadProgrammes(db: Queryable, asked: Asked): Promise<Batch['programmes']> {
  const held: Batch['programmes'] = new Map();
  if (asked.programmes.size === 0) return held;
  const found = await db.query<Stored<ProgrammeValues>>({ ...SELECT_PROGRAMMES, values: [[...asked.programmes]] });
  for (const { id, createdAt, ...values } of found.rows) {
    const row = new Row<ProgrammeValues>(id, false, { ...values, registeredAt: createdAt.toISOString() });
    held.set(identifierKey(values.identifier), row);
  }
  return held;
}

async function loadEnrolments(
  db: Queryable,
  asked: Asked,
  subjects: string[][],
  owners: Map<string, string>,
): Promise<Batch['enrolments']> {
  const held: Batch['enrolments'] = new Map();
  if (!asked.kinds.has('enrolment')) return held;
  const found = await db.query<Stored<EnrolmentValues>>({
    ...SELECT_ENROLMENTS,
    values: [...subjects, [...asked.enrolmentIds]],
  });
  for (const { id, createdAt, ...values } of found.rows) {
    const key = enrolmentKey(values.programmeId, values.individualId ?? values.groupId ?? '');
    held.set(key, new Row(id, false, { ...values, registeredAt: createdAt.toISOString() }));
    owners.set(ownedBy('enrolment', id), key);
  }
  return held;
}

async function loadPlaces(db: Queryable, asked: Asked): Promise<Pick<Batch, 'locationIds' | 'locationsByName'>> {
  const ids =
    asked.locationIds.size === 0
      ? []
      : (await db.query<{ id: string }>({ ...SELECT_LOCATION_IDS, values: [[...asked.locationIds]] })).rows;
  const names =
    asked.locationNames.size === 0
      ? []
      : (
          await db.query<{ id: string; name: string }>({
            ...SELECT_LOCATION_NAMES,
            values: [[...asked.locationNames]],
          })
        ).rows;
  return {
    locationIds: new Set(ids.map(({ id }) => id)),
    locationsByName: new Map(names.map(({ id, name }) => [name, id])),
  };
}
