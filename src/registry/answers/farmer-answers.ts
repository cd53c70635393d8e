import type { Queryable } from '../../database/pool.js';
import type { Farmer } from '../../record/farmer.js';
import type { FieldSet } from '../../record/fields.js';
import type { JsonObject } from '../../record/json.js';
import type { FarmerAnswer } from '../../record/record-answer.js';
import { selectVisible, type Sight } from './answer-rows.js';
import { loadPeople } from './individual-answers.js';
import { individualColumns, type IndividualRow, readIndividual } from '../individual-rows.js';
import { shownAttributes } from '../shown-attributes.js';
import { type HeldColumn, shownColumns } from '../shown-columns.js';

const COLUMNS: readonly HeldColumn[] = [
  { sql: 'f.id', as: 'record_id', type: 'uuid' },
  { sql: 'f.farm_type', type: 'text', field: 'farm_type' },
  { sql: 'f.farm_size::float8', as: 'farm_size', type: 'float8', field: 'farm_size' },
  { sql: 'f.land_tenure', type: 'text', field: 'land_tenure' },
  { sql: 'f.location_id', type: 'uuid', field: 'location' },
  { sql: 'f.place_text', type: 'text', field: 'location' },
  { sql: 'f.created_at', as: 'record_created_at', type: 'timestamptz', field: 'registration_date' },
  { sql: 'f.updated_at', as: 'record_updated_at', type: 'timestamptz', field: 'last_updated' },
];

function selectFarmers(fields: FieldSet): { readonly name: string; readonly text: string } {
  return {
    name: 'registry-load-farmers',
    text: `
select ${shownColumns('farmer', COLUMNS, fields)},
  ${shownAttributes('farmer', 'f.attributes', fields)} as record_attributes, ${individualColumns(fields)}
from farmers f
join individuals i on i.id = f.individual_id
where f.id = any($1::uuid[])`,
  };
}

interface FarmerRow extends IndividualRow {
  record_id: string;
  farm_type: string | null;
  farm_size: number | null;
  land_tenure: string | null;
  location_id: string | null;
  place_text: string | null;
  record_attributes: JsonObject;
  record_created_at: Date | null;
  record_updated_at: Date | null;
}

/** What a farmer registry answers of these, by id, with four statements however many there are. */
export async function loadFarmerAnswers(
  db: Queryable,
  ids: readonly string[],
  sight: Sight,
): Promise<ReadonlyMap<string, FarmerAnswer>> {
  const rows = await selectVisible<FarmerRow>(db, selectFarmers(sight.fields), ids, sight);
  const placeIds = rows.map((row) => row.location_id);
  const { people, placeOf } = await loadPeople(db, rows.map(readIndividual), sight, { registry: 'fr', placeIds });
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
