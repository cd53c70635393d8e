import type { Queryable } from '../../database/pool.js';
import type { Disability } from '../../record/disability.js';
import type { Filter } from '../../record/filter.js';
import type { Json, JsonObject } from '../../record/json.js';
import type { DisabilityAnswer } from '../../record/record-answer.js';
import { selectVisible } from './answer-rows.js';
import { loadPeople } from './individual-answers.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from '../individual-rows.js';

const SELECT_DISABILITIES = {
  name: 'registry-load-disabilities',
  text: `
select d.id as record_id, d.status, d.level, d.details, d.attributes as record_attributes, d.created_at as record_created_at,
  d.updated_at as record_updated_at, ${INDIVIDUAL_COLUMNS}
from disabilities d
join individuals i on i.id = d.individual_id
where d.id = any($1::uuid[])`,
};

interface DisabilityRow extends IndividualRow {
  record_id: string;
  status: string | null;
  level: string | null;
  details: Json[];
  record_attributes: JsonObject;
  record_created_at: Date;
  record_updated_at: Date;
}

/** What a disability registry answers of these, by id, with four statements however many there are. */
export async function loadDisabilityAnswers(
  db: Queryable,
  ids: readonly string[],
  visible: Filter,
): Promise<ReadonlyMap<string, DisabilityAnswer>> {
  const rows = await selectVisible<DisabilityRow>(db, SELECT_DISABILITIES, ids, visible);
  const { people } = await loadPeople(db, rows.map(readIndividual), visible, { registry: 'dr' });
  return new Map(
    rows.flatMap((row, index): [string, DisabilityAnswer][] => {
      const person = people[index];
      return person ? [[row.record_id, { disability: readDisability(row), person }]] : [];
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
