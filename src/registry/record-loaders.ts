import DataLoader from 'dataloader';
import type { Queryable, Statement } from '../database/pool.js';
import type { Disability } from '../record/disability.js';
import type { Enrolment, Programme } from '../record/enrolment.js';
import type { Farmer } from '../record/farmer.js';
import type { Identifier } from '../record/individual.js';
import type { JsonObject } from '../record/json.js';
import type { MaritalStatus, Marriage } from '../record/registry-record.js';
import { isUuid } from '../record/uuid.js';
import { DISABILITY_COLUMNS, ENROLMENT_COLUMNS, FARMER_COLUMNS, PROGRAMME_COLUMNS } from './record-rows.js';

/** What is held of a person beside the columns of Individual. */
export interface IndividualDetails {
  readonly deathLocationId: string | null;
  readonly deathPlaceText: string | null;
  readonly maritalStatus: MaritalStatus | null;
  readonly phoneNumbers: readonly string[];
  readonly emails: readonly string[];
  readonly attributes: JsonObject;
}

/** What is held of a group beside the columns of Group. */
export interface GroupDetails {
  readonly locationId: string | null;
  readonly placeText: string | null;
  readonly attributes: JsonObject;
}

/**
 * Look-ups by the id of the record that they belong to, for the length of one request. They say nothing of who may see
 * what: only ids of records that the caller was shown are looked up.
 */
export interface RecordLoaders {
  readonly detailsByIndividual: DataLoader<string, IndividualDetails | null>;
  /** The oldest first. */
  readonly marriagesByIndividual: DataLoader<string, readonly Marriage[]>;
  readonly farmerByIndividual: DataLoader<string, Farmer | null>;
  readonly disabilityByIndividual: DataLoader<string, Disability | null>;
  /** The oldest first. */
  readonly enrolmentsByIndividual: DataLoader<string, readonly Enrolment[]>;
  readonly detailsByGroup: DataLoader<string, GroupDetails | null>;
  readonly identifiersByGroup: DataLoader<string, readonly Identifier[]>;
  /** The oldest first. */
  readonly enrolmentsByGroup: DataLoader<string, readonly Enrolment[]>;
  readonly programmeById: DataLoader<string, Programme | null>;
}

const DETAILS_OF_INDIVIDUALS = {
  name: 'registry-load-individual-details',
  text: `
    select i.id as owner, i.death_location_id as "deathLocationId", i.death_place_text as "deathPlaceText",
      i.marital_status as "maritalStatus", i.phone_numbers as "phoneNumbers", i.emails, i.attributes
    from individuals i where i.id = any($1::uuid[])`,
};
const MARRIAGES = {
  name: 'registry-load-marriages',
  text: `
    select m.individual_id as owner, m.married_on as "marriedOn", m.divorced_on as "divorcedOn"
    from marriages m where m.individual_id = any($1::uuid[]) order by m.married_on`,
};
const FARMERS = {
  name: 'registry-load-farmers-of-individuals',
  text: `select f.individual_id as owner, ${FARMER_COLUMNS} from farmers f where f.individual_id = any($1::uuid[])`,
};
const DISABILITIES = {
  name: 'registry-load-disabilities-of-individuals',
  text: `
    select d.individual_id as owner, ${DISABILITY_COLUMNS}
    from disabilities d where d.individual_id = any($1::uuid[])`,
};
const ENROLMENTS_OF_INDIVIDUALS = {
  name: 'registry-load-enrolments-of-individuals',
  text: `
    select e.individual_id as owner, ${ENROLMENT_COLUMNS}
    from enrolments e where e.individual_id = any($1::uuid[]) order by e.created_at, e.id`,
};
const DETAILS_OF_GROUPS = {
  name: 'registry-load-group-details',
  text: `
    select g.id as owner, g.location_id as "locationId", g.place_text as "placeText", g.attributes
    from groups g where g.id = any($1::uuid[])`,
};
const IDENTIFIERS_OF_GROUPS = {
  name: 'registry-load-group-identifiers',
  text: `
    select h.group_id as owner, h.type, h.value
    from group_identifiers h where h.group_id = any($1::uuid[]) order by h.type, h.value_key`,
};
const ENROLMENTS_OF_GROUPS = {
  name: 'registry-load-enrolments-of-groups',
  text: `
    select e.group_id as owner, ${ENROLMENT_COLUMNS}
    from enrolments e where e.group_id = any($1::uuid[]) order by e.created_at, e.id`,
};
const PROGRAMMES = {
  name: 'registry-load-programmes',
  text: `select p.id as owner, ${PROGRAMME_COLUMNS} from programmes p where p.id = any($1::uuid[])`,
};

/** The look-ups of one request. */
export function createRecordLoaders(db: Queryable): RecordLoaders {
  return {
    detailsByIndividual: oneOf<IndividualDetails>(db, DETAILS_OF_INDIVIDUALS),
    marriagesByIndividual: manyOf<Marriage>(db, MARRIAGES),
    farmerByIndividual: oneOf<Farmer>(db, FARMERS),
    disabilityByIndividual: oneOf<Disability>(db, DISABILITIES),
    enrolmentsByIndividual: manyOf<Enrolment>(db, ENROLMENTS_OF_INDIVIDUALS),
    detailsByGroup: oneOf<GroupDetails>(db, DETAILS_OF_GROUPS),
    identifiersByGroup: manyOf<Identifier>(db, IDENTIFIERS_OF_GROUPS),
    enrolmentsByGroup: manyOf<Enrolment>(db, ENROLMENTS_OF_GROUPS),
    programmeById: oneOf<Programme>(db, PROGRAMMES),
  };
}

function manyOf<Item extends object>(db: Queryable, statement: Statement): DataLoader<string, readonly Item[]> {
  return new DataLoader<string, readonly Item[]>(async (keys) => {
    const ids = keys.filter(isUuid);
    const lists = new Map<string, Item[]>();
    const { rows } = await db.query<Item & { owner: string }>({ ...statement, values: [ids] });
    for (const row of rows) {
      const list = lists.get(row.owner);
      if (list) list.push(row);
      else lists.set(row.owner, [row]);
    }
    return keys.map((key) => lists.get(key) ?? []);
  });
}

function oneOf<Item extends object>(db: Queryable, statement: Statement): DataLoader<string, Item | null> {
  return new DataLoader<string, Item | null>(async (keys) => {
    const { rows } = await db.query<Item & { owner: string }>({ ...statement, values: [keys.filter(isUuid)] });
    const found = new Map(rows.map((row) => [row.owner, row]));
    return keys.map((key) => found.get(key) ?? null);
  });
}
