import type { Queryable } from '../../database/pool.js';
import type { Enrolment, Programme } from '../../record/enrolment.js';
import type { Filter } from '../../record/filter.js';
import type { Json, JsonObject } from '../../record/json.js';
import type { EnrolmentAnswer } from '../../record/record-answer.js';
import { selectVisible } from './answer-rows.js';
import { readGroups } from './group-answers.js';
import { loadPeople } from './individual-answers.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from '../individual-rows.js';

const SELECT_ENROLMENTS = {
  name: 'registry-load-enrolments',
  text: `
select e.id as record_id, e.programme_id, e.individual_id, e.group_id, e.status, e.enrolled_on,
  e.status_changed_on::text[] as status_changed_on, e.benefits, e.attributes as record_attributes, e.created_at as record_created_at,
  e.updated_at as record_updated_at, p.identifier as programme_identifier, p.name as programme_name,
  p.description as programme_description, p.attributes as programme_attributes, ${INDIVIDUAL_COLUMNS}
from enrolments e
join programmes p on p.id = e.programme_id
left join individuals i on i.id = e.individual_id
where e.id = any($1::uuid[])`,
};

interface EnrolmentRow {
  record_id: string;
  programme_id: string;
  individual_id: string | null;
  group_id: string | null;
  status: string | null;
  enrolled_on: string | null;
  status_changed_on: string[];
  benefits: Json[];
  record_attributes: JsonObject;
  record_created_at: Date;
  record_updated_at: Date;
  programme_identifier: string;
  programme_name: string | null;
  programme_description: string | null;
  programme_attributes: JsonObject;
}

/** What a registry of beneficiaries answers of these, by id, with at most six statements however many there are. */
export async function loadEnrolmentAnswers(
  db: Queryable,
  ids: readonly string[],
  visible: Filter,
): Promise<ReadonlyMap<string, EnrolmentAnswer>> {
  type Row = EnrolmentRow & IndividualRow;
  const rows = await selectVisible<Row>(db, SELECT_ENROLMENTS, ids, visible, 'e.individual_id is null');
  const groupsRead = await readGroups(
    db,
    rows.flatMap(({ group_id }) => group_id ?? []),
    visible,
  );
  const individuals = rows.filter((row) => row.individual_id !== null).map(readIndividual);
  const loaded = await loadPeople(db, [...individuals, ...groupsRead.people], visible, {
    registry: 'ibr',
    placeIds: groupsRead.placeIds,
  });
  const people = new Map(loaded.people.map((person) => [person.individual.id, person]));
  const groups = groupsRead.answers(loaded);
  return new Map(
    rows.map((row): [string, EnrolmentAnswer] => [
      row.record_id,
      {
        enrolment: readEnrolment(row),
        programme: readProgramme(row),
        person: people.get(row.individual_id ?? '') ?? null,
        group: groups.get(row.group_id ?? '') ?? null,
      },
    ]),
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

function readProgramme(row: EnrolmentRow): Programme {
  return {
    id: row.programme_id,
    identifier: row.programme_identifier,
    name: row.programme_name,
    description: row.programme_description,
    attributes: row.programme_attributes,
  };
}
