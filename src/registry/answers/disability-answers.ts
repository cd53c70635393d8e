import type { Queryable } from '../../database/pool.js';
import type { Disability } from '../../record/disability.js';
import type { FieldSet } from '../../record/fields.js';
import type { Json, JsonObject } from '../../record/json.js';
import type { DisabilityAnswer } from '../../record/record-answer.js';
import { selectVisible, type Sight } from './answer-rows.js';
import { loadPeople } from './individual-answers.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';
import { shownAttributes } from '../shown-attributes.js';
import { type HeldColumn, shownColumns } from '../shown-columns.js';

const COLUMNS: readonly HeldColumn[] = [
  { sql: 'd.id', as: 'record_id', type: 'uuid' },
  { sql: 'd.status', type: 'text', field: 'disability_status' },
  { sql: 'd.level', type: 'text', field: 'disability_level' },
  { sql: 'd.details', type: 'jsonb', field: 'disability_details' },
  { sql: 'd.created_at', as: 'record_created_at', type: 'timestamptz', field: 'registration_date' },
  { sql: 'd.updated_at', as: 'record_updated_at', type: 'timestamptz', field: 'last_updated' },
];

function selectDisabilities(fields: FieldSet): { readonly name: string; readonly text: string } {
  return {
    name: 'registry-load-disabilities',
    text: `
select ${shownColumns('disability', COLUMNS, fields)},
  ${shownAttributes('disability', 'd.attributes', fields)} as record_attributes, ${individualColumns(fields)}
from disabilities d
join individuals i on i.id = d.individual_id
where d.id = any($1::uuid[])`,
  };
}

interface DisabilityRow extends IndividualRow {
  record_id: string;
  status: string | null;
  level: string | null;
  details: Json[];
  record_attributes: JsonObject;
  record_created_at: Date | null;
  record_updated_at: Date | null;
}

/** What a disability registry answers of these, by id, with four statements however many there are. */
export async function loadDisabilityAnswers(
  db: Queryable,
  ids: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, DisabilityAnswer>> {
  const rows = await selectVisible<DisabilityRow>(db, selectDisabilities(sight.fields), ids, sight);
  const { people } = await loadPeople(db, rows.map(readIndividual), sight, { registry: 'dr' });
  return new Map(
    rows.flatMap((row, index): [string, DisabilityAnswer][] => {
      const person = people[index];
      return person ? [[row.record_id, { shown: sight.fields, disability: readDisability(row), person }]] : [];
    }),
  );
}

function readDisability(row: DisabilityRow): Disability {
  return {
    id: row.record_id,
    individualId: row.id,
    status: row.status,
    level: row.level,
    details: row.details,
    attributes: row.record_attributes,
    createdAt: row.record_created_at,
    updatedAt: row.record_updated_at,
  };
}
