import type { Json, JsonObject } from '../../record/json.js';
import {
  CROP_TYPE,
  FARM_TYPE,
  HECTARES,
  IRRIGATION_WATER,
  LAND_TENURE,
  MEASUREMENT_UNIT,
} from '../vocabulary/farm-codes.js';
import { readCode, type CodeList } from '../vocabulary/code-list.js';
import { numberOf } from '../wire-object.js';
import { jsonField, jsonList, type LineReading, ownId, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';
import { readAttributes } from './read-attributes.js';
import { addPerson } from './read-person-to-write.js';
import { readPlaceToWrite } from './read-place-to-write.js';

/** Reads a farmer: adds the person, then the farmer. */
export function addFarmer(record: JsonObject, reading: LineReading): void {
  const details = jsonObject(jsonField(record, 'farmer_personal_details', 'famer_personal_details'));
  if (details === null) reading.refuse('person', 'There are no farmer_personal_details');
  const person = details === null ? null : addPerson(details, reading, 'person.');

  const farms = jsonList(jsonField(record, 'farm_details'))
    .map(jsonObject)
    .filter((farm) => farm !== null)
    .map(readFarm);
  const [first = {}] = farms;
  const location = readPlaceToWrite('place', record, ['location'], reading);
  const position = jsonObject(jsonField(locationOf(record) ?? locationOf(first) ?? {}, 'geo')) ?? {};
  const id = ownId(record);
  if (person === null) return;
  reading.add({
    kind: 'farmer',
    ...(id === undefined ? {} : { id }),
    person,
    ...said({
      farmType: reading.code('farmType', FARM_TYPE, jsonField(record, 'farm_type') ?? jsonField(first, 'farm_type')),
      farmSize: readSize(record, farms, reading),
      landTenure: reading.code(
        'landTenure',
        LAND_TENURE,
        jsonField(record, 'land_tenure') ?? jsonField(first, 'land_tenure'),
      ),
      place: location ?? readPlaceToWrite('place', first, ['location'], reading),
      registeredAt: reading.instant('registeredAt', jsonField(record, 'registration_date')),
      attributes: readAttributes(
        { ...record, farm_details: farms.every(isTold) ? null : farms },
        ['farmer'],
        reading,
        said({
          latitude: numberOf(jsonField(position, 'latitude')) ?? undefined,
          longitude: numberOf(jsonField(position, 'longitude')) ?? undefined,
        }),
      ),
    }),
  });
}

function locationOf(holder: JsonObject): JsonObject | null {
  return jsonObject(jsonField(holder, 'location'));
}

/** Hectares of all the land: as the record says, or the sum of its farms where all of them give a known measure. */
function readSize(record: JsonObject, farms: readonly JsonObject[], reading: LineReading): number | undefined {
  const size = reading.number('farmSize', jsonField(record, 'farm_size'));
  if (size !== undefined && size < 0) reading.refuse('farmSize', 'The size of a farm is not below 0');
  if (size !== undefined) return size;
  const sizes = farms.map(hectares);
  if (farms.length === 0 || sizes.some((one) => one === null)) return undefined;
  const sum = sizes.reduce<number>((total, one) => total + (one ?? 0), 0);
  return Math.round(sum * 1e6) / 1e6;
}

function hectares(farm: JsonObject): number | null {
  const size = numberOf(jsonField(farm, 'land_size'));
  const unit = HECTARES[readCode(MEASUREMENT_UNIT, jsonField(farm, 'measurment')) ?? ''];
  return size === null || size < 0 || unit === undefined ? null : size * unit;
}

const TOLD = new Set(['@type', 'location', 'land_tenure', 'land_size', 'measurment']);

/** Whether all that is said of a lone farm is said of the farmer as well: then it need not be kept twice. */
function isTold(farm: JsonObject, _index: number, farms: readonly JsonObject[]): boolean {
  const keys = Object.keys(farm);
  return (
    farms.length === 1 && keys.every((key) => TOLD.has(key)) && (!keys.includes('land_size') || hectares(farm) !== null)
  );
}

/** The names under which the examples of the standard have what its vocabulary calls otherwise. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['place', 'location'],
  ['measurement', 'measurment'],
  ['crop_type', 'crop_type_name'],
  ['aqua_culture', 'aquaculture'],
]);

const CODED: ReadonlyMap<string, CodeList> = new Map([
  ['farm_type', FARM_TYPE],
  ['land_tenure', LAND_TENURE],
  ['measurment', MEASUREMENT_UNIT],
  ['crop_type_name', CROP_TYPE],
  ['irrigation_water', IRRIGATION_WATER],
]);

/** A farm under the names and codes of the vocabulary: what is searched for stands there under one name only. */
function readFarm(farm: JsonObject): JsonObject {
  const entries = Object.entries(farm).map(([name, value]): [string, Json] => {
    const known = OTHER_NAMES.get(name);
    const own = known === undefined || Object.hasOwn(farm, known) ? name : known;
    return [own, readFarmValue(CODED.get(own), value)];
  });
  return Object.fromEntries(entries);
}

function readFarmValue(codes: CodeList | undefined, value: Json): Json {
  const list = Array.isArray(value) ? jsonList(value) : null;
  if (list !== null) return list.map((item) => readFarmValue(codes, item));
  const object = jsonObject(value);
  if (object !== null) return readFarm(object);
  return codes === undefined ? value : (readCode(codes, value) ?? value);
}
