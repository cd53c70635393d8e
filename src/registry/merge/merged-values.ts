import { isDeepStrictEqual } from 'node:util';
import { type Json, type JsonObject } from '../../record/json.js';
import { type Queryable } from '../../database/pool.js';

/** A value of a person that is one column or two, by the name that changes report. */
interface MergedField {
  readonly field: string;
  readonly columns: readonly string[];
}

/** What the winner takes from the losing row where it has nothing itself. */
export const MERGED_FIELDS: readonly MergedField[] = [
  { field: 'givenName', columns: ['given_name'] },
  { field: 'middleName', columns: ['middle_name'] },
  { field: 'familyName', columns: ['family_name'] },
  { field: 'sex', columns: ['sex'] },
  { field: 'birthDate', columns: ['birth_date', 'birth_date_precision'] },
  { field: 'deathDate', columns: ['death_date', 'death_date_precision'] },
  { field: 'deceased', columns: ['deceased'] },
  { field: 'birthLocation', columns: ['birth_location_id'] },
  { field: 'birthPlaceText', columns: ['birth_place_text'] },
  { field: 'deathLocation', columns: ['death_location_id'] },
  { field: 'deathPlaceText', columns: ['death_place_text'] },
  { field: 'homeLocation', columns: ['home_location_id'] },
  { field: 'homePlaceText', columns: ['home_place_text'] },
  { field: 'maritalStatus', columns: ['marital_status'] },
  { field: 'phoneNumbers', columns: ['phone_numbers'] },
  { field: 'emails', columns: ['emails'] },
  { field: 'attributes', columns: ['attributes'] },
];
const COLUMNS = MERGED_FIELDS.flatMap(({ columns }) => columns);

const UPDATE_VALUES = {
  name: 'merge-update-values',
  text: `
    update individuals i
    set ${COLUMNS.map((column) => `${column} = n.${column}`).join(', ')},
      row_version = i.row_version + 1, updated_at = now()
    from jsonb_populate_record(null::individuals, $2::jsonb) as n
    where i.id = $1
    returning i.row_version`,
};

/** The values that a merge can alter, by column. */
export function valuesOf(row: JsonObject): Record<string, Json> {
  return Object.fromEntries(COLUMNS.map((column) => [column, row[column] ?? null]));
}

/** The winner's values with those of the losing row where the winner has none. */
export function mergeValues(winner: JsonObject, loser: JsonObject): JsonObject {
  const merged = valuesOf(winner);
  for (const { columns } of MERGED_FIELDS) {
    // A date and how much of it is known go together.
    if (columns.every((column) => isNothing(merged[column]))) {
      for (const column of columns) merged[column] = loser[column] ?? merged[column] ?? null;
    }
  }
  merged.deceased = winner.deceased === true || loser.deceased === true;
  for (const column of ['phone_numbers', 'emails'])
    merged[column] = [...new Set([...listOf(winner[column]), ...listOf(loser[column])])];
  merged.attributes = { ...objectOf(loser.attributes), ...objectOf(winner.attributes) };
  return merged;
}

/** Names of the values that differ, as changes report them. */
export function differingFields(one: JsonObject, other: JsonObject): string[] {
  return MERGED_FIELDS.filter(({ columns }) =>
    columns.some((column) => !isEqual(one[column] ?? null, other[column] ?? null)),
  ).map(({ field }) => field);
}

/** The columns of a value. */
export function columnsOfField(field: string): readonly string[] {
  return MERGED_FIELDS.find((one) => one.field === field)?.columns ?? [];
}

/** Values in the form in which revisions keep them: dates with how much of them is known. */
export function revisionValues(row: JsonObject, fields: readonly string[]): Map<string, unknown> {
  return new Map(
    fields.map((field) => {
      const [first = '', precision] = columnsOfField(field);
      const value = row[first] ?? null;
      return [field, precision === undefined || value === null ? value : { date: value, precision: row[precision] }];
    }),
  );
}

/** Writes the values, by column; answers the new `row_version`. The person must be locked. */
export async function writeValues(db: Queryable, individualId: string, values: JsonObject): Promise<number> {
  const { rows } = await db.query<{ row_version: number }>({
    ...UPDATE_VALUES,
    values: [individualId, JSON.stringify(values)],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the person of a merge is gone');
  return row.row_version;
}

/** Whether two values are the same; of objects whatever the order of their names. */
export function isEqual(one: Json, other: Json): boolean {
  return isDeepStrictEqual(one, other);
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
