import type { Queryable } from '../../database/pool.js';
import type { Farmer } from '../../record/farmer.js';
import type { Filter } from '../../record/filter.js';
import type { JsonObject } from '../../record/json.js';
import type { FarmerAnswer } from '../../record/record-answer.js';
import { selectVisible } from './answer-rows.js';
import { loadPeople } from './individual-answers.js';
import { INDIVIDUAL_COLUMNS, type IndividualRow, readIndividual } from '../individual-rows.js';

const SELECT_FARMERS = {
  name: 'registry-load-farmers',
  text: `
select f.id as record_id, f.farm_type, f.farm_size::float8 as farm_size, f.land_tenure, f.location_id, f.place_text,
  f.attributes as record_attributes, f.created_at as record_created_at, f.updated_at as record_updated_at, ${INDIVIDUAL_COLUMNS}
from farmers f
join individuals i on i.id = f.individual_id
where f.id = any($1::uuid[])`,
};

interface FarmerRow extends IndividualRow {
  record_id: string;
  farm_type: string | null;
  farm_size: number | null;
  land_tenure: string | null;
  location_id: string | null;
  place_text: string | null;
  record_attributes: JsonObject;
  record_created_at: Date;
  record_updated_at: Date;
}

/** What a farmer registry answers of these, by id, with four statements however many there are. */
export async function loadFarmerAnswers(
  db: Queryable,
  ids: readonly string[],
  visible: Filter,
): Promise<ReadonlyMap<string, FarmerAnswer>> {
  const rows = await selectVisible<FarmerRow>(db, SELECT_FARMERS, ids, visible);
  const placeIds = rows.map((row) => row.location_id);
  const { people, placeOf } = await loadPeople(db, rows.map(readIndividual), visible, { registry: 'fr', placeIds });
  return new Map(
    rows.flatMap((row, index): [string, FarmerAnswer][] => {
      const person = people[index];
      return person ? [[row.record_id, { farmer: readFarmer(row), person, place: placeOf(row.location_id) }]] : [];
    }),
  );
}

function readFarmer(row: FarmerRow): Farmer {
  return {
    id: row.record_id,
    individualId: row.id,
    farmType: row.farm_type,
    farmSize: row.farm_size,
    landTenure: row.land_tenure,
    locationId: row.location_id,
    placeText: row.place_text,
    attributes: row.record_attributes,
    createdAt: row.record_created_at,
    updatedAt: row.record_updated_at,
  };
}
