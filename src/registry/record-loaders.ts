import DataLoader from 'dataloader';
import type { Queryable, Statement } from '../database/pool.js';
import type { Disability } from '../record/disability.js';
import type { Enrolment, Programme } from '../record/enrolment.js';
import type { Farmer } from '../record/farmer.js';
import type { FieldSet } from '../record/fields.js';
import type { Identifier } from '../record/individual.js';
import type { JsonObject } from '../record/json.js';
import type { RecordKind } from '../record/registry-kind.js';
import type { MaritalStatus, Marriage } from '../record/registry-record.js';
import { isUuid } from '../record/uuid.js';
import { nameFor } from './answers/answer-rows.js';
import { forFields } from './for-fields.js';
import { aboutColumns, PROGRAMME_COLUMNS } from './record-rows.js';
import { createRevisionLoaders, type RevisionLoaders } from './revisions/revision-loaders.js';
import { shownAttributes } from './shown-attributes.js';
import { type HeldColumn, shownColumns } from './shown-columns.js';

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
export interface RecordLoaders extends RevisionLoaders {
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

const INDIVIDUAL_DETAILS: readonly HeldColumn[] = [
  { sql: 'i.death_location_id', as: '"deathLocationId"', type: 'uuid', field: 'death_place' },
  { sql: 'i.death_place_text', as: '"deathPlaceText"', type: 'text', field: 'death_place' },
  { sql: 'i.marital_status', as: '"maritalStatus"', type: 'text', field: 'marital_status' },
  { sql: 'i.phone_numbers', as: '"phoneNumbers"', type: 'text[]', field: 'phone_number' },
  { sql: 'i.emails', type: 'text[]', field: 'email' },
];
const GROUP_DETAILS: readonly HeldColumn[] = [
  { sql: 'g.location_id', as: '"locationId"', type: 'uuid', field: 'location' },
  { sql: 'g.place_text', as: '"placeText"', type: 'text', field: 'location' },
];

/** The statements that look up what is shown. */
const statementsFor = forFields((fields) => {
  const enrolments = aboutColumns('enrolment', fields);
  return {
    detailsOfIndividuals: named(
      'individual-details',
      fields,
      `
    select i.id as owner, ${shownColumns('individual', INDIVIDUAL_DETAILS, fields)},
      ${shownAttributes('individual', 'i.attributes', fields)} as attributes
    from individuals i where i.id = any($1::uuid[])`,
    ),
    marriages: named(
      'marriages',
      fields,
      `
    select m.individual_id as owner, m.married_on as "marriedOn", m.divorced_on as "divorcedOn"
    from marriages m where m.individual_id = any($1::uuid[]) order by m.married_on`,
    ),
    farmers: named(
      'farmers-of-individuals',
      fields,
      `
    select f.individual_id as owner, ${aboutColumns('farmer', fields)}
    from farmers f where f.individual_id = any($1::uuid[])`,
    ),
    disabilities: named(
      'disabilities-of-individuals',
      fields,
      `
    select d.individual_id as owner, ${aboutColumns('disability', fields)}
    from disabilities d where d.individual_id = any($1::uuid[])`,
    ),
    enrolmentsOfIndividuals: named(
      'enrolments-of-individuals',
      fields,
      `
    select e.individual_id as owner, ${enrolments}
    from enrolments e where e.individual_id = any($1::uuid[]) order by e.created_at, e.id`,
    ),
    detailsOfGroups: named(
      'group-details',
      fields,
      `
    select g.id as owner, ${shownColumns('group', GROUP_DETAILS, fields)},
      ${shownAttributes('group', 'g.attributes', fields)} as attributes
    from groups g where g.id = any($1::uuid[])`,
    ),
    identifiersOfGroups: named(
      'group-identifiers',
      fields,
      `
    select h.group_id as owner, h.type, h.value
    from group_identifiers h where h.group_id = any($1::uuid[]) order by h.type, h.value_key`,
    ),
    enrolmentsOfGroups: named(
      'enrolments-of-groups',
      fields,
      `
    select e.group_id as owner, ${enrolments}
    from enrolments e where e.group_id = any($1::uuid[]) order by e.created_at, e.id`,
    ),
    programmes: named(
      'programmes',
      fields,
      `
    select p.id as owner, ${PROGRAMME_COLUMNS} from programmes p where p.id = any($1::uuid[])`,
    ),
  };
});

/** With the values it becomes a statement. */
type LookUp = (ids: readonly string[]) => Statement;

/** Named only when it is sent: names are for texts that come again, and there is room for so many. */
function named(what: string, fields: FieldSet, text: string): LookUp {
  return (ids) => ({ ...nameFor(`registry-load-${what}`, text, fields), text, values: [ids] });
}

/** The look-ups of one request, of what the caller is shown: the rest is not asked for. */
export function createRecordLoaders(db: Queryable, fields: FieldSet): RecordLoaders {
  const statements = statementsFor(fields);
  const shown = (of: RecordKind, field: string, statement: LookUp): LookUp | null =>
    fields.shows(of, field) ? statement : null;
  return {
    detailsByIndividual: oneOf<IndividualDetails>(db, statements.detailsOfIndividuals),
    marriagesByIndividual: manyOf<Marriage>(db, shown('individual', 'marriages', statements.marriages)),
    farmerByIndividual: oneOf<Farmer>(db, statements.farmers),
    disabilityByIndividual: oneOf<Disability>(db, statements.disabilities),
    enrolmentsByIndividual: manyOf<Enrolment>(db, statements.enrolmentsOfIndividuals),
    detailsByGroup: oneOf<GroupDetails>(db, statements.detailsOfGroups),
    identifiersByGroup: manyOf<Identifier>(db, shown('group', 'group_identifier', statements.identifiersOfGroups)),
    enrolmentsByGroup: manyOf<Enrolment>(db, statements.enrolmentsOfGroups),
    programmeById: oneOf<Programme>(db, shown('enrolment', 'programme', statements.programmes)),
    ...createRevisionLoaders(db, fields),
  };
}

/** `null`: nothing of it is shown, and nothing is asked. */
function manyOf<Item extends object>(db: Queryable, statement: LookUp | null): DataLoader<string, readonly Item[]> {
  return new DataLoader<string, readonly Item[]>(async (keys) => {
    if (statement === null) return keys.map(() => []);
    const ids = keys.filter(isUuid);
    const lists = new Map<string, Item[]>();
    const { rows } = await db.query<Item & { owner: string }>(statement(ids));
    for (const row of rows) {
      const list = lists.get(row.owner);
      if (list) list.push(row);
      else lists.set(row.owner, [row]);
    }
    return keys.map((key) => lists.get(key) ?? []);
  });
}

function oneOf<Item extends object>(db: Queryable, statement: LookUp | null): DataLoader<string, Item | null> {
  return new DataLoader<string, Item | null>(async (keys) => {
    if (statement === null) return keys.map(() => null);
    const { rows } = await db.query<Item & { owner: string }>(statement(keys.filter(isUuid)));
    const found = new Map(rows.map((row) => [row.owner, row]));
    return keys.map((key) => found.get(key) ?? null);
  });
}
