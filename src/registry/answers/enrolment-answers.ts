import type { Queryable } from '../../database/pool.js';
import type { Enrolment, Programme } from '../../record/enrolment.js';
import type { FieldSet } from '../../record/fields.js';
import type { Json, JsonObject } from '../../record/json.js';
import type { EnrolmentAnswer } from '../../record/record-answer.js';
import { selectVisible, type Sight } from './answer-rows.js';
import { readGroups } from './group-answers.js';
import { loadPeople } from './individual-answers.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';
import { shownAttributes } from '../shown-attributes.js';
import { type HeldColumn, shownColumns } from '../shown-columns.js';

const COLUMNS: readonly HeldColumn[] = [
  { sql: 'e.id', as: 'record_id', type: 'uuid' },
  { sql: 'e.programme_id', type: 'uuid', field: 'programme' },
  { sql: 'e.individual_id', type: 'uuid' },
  { sql: 'e.group_id', type: 'uuid' },
  { sql: 'e.status', type: 'text', field: 'enrolment_status' },
  { sql: 'e.enrolled_on', type: 'date', field: 'enrolment_date' },
  { sql: 'e.status_changed_on::text[]', as: 'status_changed_on', type: 'text[]', field: 'enrolment_status' },
  { sql: 'e.benefits', type: 'jsonb', field: 'benefits' },
  { sql: 'e.created_at', as: 'record_created_at', type: 'timestamptz', field: 'registration_date' },
  { sql: 'e.updated_at', as: 'record_updated_at', type: 'timestamptz', field: 'last_updated' },
  { sql: 'p.identifier', as: 'programme_identifier', type: 'text', field: 'programme' },
  { sql: 'p.name', as: 'programme_name', type: 'text', field: 'programme' },
  { sql: 'p.description', as: 'programme_description', type: 'text', field: 'programme' },
];

function selectEnrolments(fields: FieldSet): { readonly name: string; readonly text: string } {
  const programme = fields.shows('enrolment', 'programme') ? 'p.attributes' : 'null::jsonb';
  return {
    name: 'registry-load-enrolments',
    text: `
select ${shownColumns('enrolment', COLUMNS, fields)}, ${programme} as programme_attributes,
  ${shownAttributes('enrolment', 'e.attributes', fields)} as record_attributes, ${individualColumns(fields)}
from enrolments e
join programmes p on p.id = e.programme_id
left join individuals i on i.id = e.individual_id
where e.id = any($1::uuid[])`,
  };
}

interface EnrolmentRow {
  record_id: string;
  programme_id: string | null;
  individual_id: string | null;
  group_id: string | null;
  status: string | null;
  enrolled_on: string | null;
  status_changed_on: string[];
  benefits: Json[];
  record_attributes: JsonObject;
  record_created_at: Date | null;
  record_updated_at: Date | null;
  programme_identifier: string | null;
  programme_name: string | null;
  programme_description: string | null;
  programme_attributes: JsonObject | null;
}

/** What a registry of beneficiaries answers of these, by id, with at most six statements however many there are. */
export async function loadEnrolmentAnswers(
  db: Queryable,
  ids: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, EnrolmentAnswer>> {
  type Row = EnrolmentRow & IndividualRow;
  const rows = await selectVisible<Row>(db, selectEnrolments(sight.fields), ids, sight, 'e.individual_id is null');
  const groupsRead = await readGroups(
    db,
    rows.flatMap(({ group_id }) => group_id ?? []),
    sight,
  );
  const individuals = rows.filter((row) => row.individual_id !== null).map(readIndividual);
  const loaded = await loadPeople(db, [...individuals, ...groupsRead.people], sight, {
    registry: 'ibr',
    placeIds: groupsRead.placeIds,
  });
  const people = new Map(loaded.people.map((person) => [person.individual.id, person]));
  const groups = groupsRead.answers(loaded);
  return new Map(
    rows.flatMap((row): [string, EnrolmentAnswer][] => {
      const person = people.get(row.individual_id ?? '') ?? null;
      const group = groups.get(row.group_id ?? '') ?? null;
      if (person === null && group === null) return [];
      const told = { enrolment: readEnrolment(row), programme: readProgramme(row), person, group };
      return [[row.record_id, { shown: sight.fields, ...told }]];
    }),
  );
}

function readEnrolment(row: EnrolmentRow): Enrolment {
  return {
    id: row.record_id,
    programmeId: row.programme_id,
    individualId: row.individual_id,
    groupId: row.group_id,
    status: row.status,
    enrolledOn: row.enrolled_on,
    statusChangedOn: row.status_changed_on,
    benefits: row.benefits,
    attributes: row.record_attributes,
    createdAt: row.record_created_at,
    updatedAt: row.record_updated_at,
  };
}

function readProgramme(row: EnrolmentRow): Programme | null {
  const { programme_id: id, programme_identifier: identifier, programme_attributes: attributes } = row;
  if (id === null || identifier === null || attributes === null) return null;
  return { id, identifier, name: row.programme_name, description: row.programme_description, attributes };
}
