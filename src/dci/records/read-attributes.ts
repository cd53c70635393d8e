import type { Json, JsonObject } from '../../record/json.js';
import { textOf } from '../wire-object.js';
import { jsonField, jsonList, type LineReading } from './line-reading.js';
import { NAMED_ATTRIBUTES, type NamedAttributes } from './named-attributes.js';
import { jsonObject } from './plain-json.js';

const MAX_NAME = 99;

/** How the name and the value of one attribute are called; the last are those of a query. */
const SPELLINGS = [
  ['name', 'value'],
  ['key', 'value'],
  ['attribute_name', 'attribute_value'],
] as const;

/**
 * The attributes that a record tells: those under the standard's own names, and those of `additional_attributes`,
 * written as `{ name, value }` (or with the words of `SPELLINGS`) or under their own names. `undefined` where there are
 * none.
 *
 * @param more attributes that were read from elsewhere in the record.
 */
export function readAttributes(
  record: JsonObject,
  sets: readonly NamedAttributes[],
  reading: LineReading,
  more: JsonObject = {},
): JsonObject | undefined {
  const named = sets.flatMap((set): readonly string[] => NAMED_ATTRIBUTES[set]);
  const entries = [
    ...named.flatMap((name): [string, Json][] => {
      const value = jsonField(record, name);
      return value === undefined ? [] : [[name, value]];
    }),
    ...jsonList(jsonField(record, 'additional_attributes')).flatMap(readAdditional),
    ...Object.entries(more),
  ].filter(([, value]) => value !== null && value !== '');
  if (entries.some(([name]) => name.trim() === '' || name.length > MAX_NAME)) {
    reading.refuse('additional_attributes', `The name of an attribute has 1 to ${String(MAX_NAME)} characters`);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readAdditional(written: Json): [string, Json][] {
  const attribute = jsonObject(written);
  if (attribute === null) return [];
  const spelling = SPELLINGS.find((spelled) => spelled.every((key) => Object.hasOwn(attribute, key)));
  if (spelling !== undefined) {
    const [name, value] = spelling;
    return [[textOf(attribute[name]) ?? '', attribute[value] ?? null]];
  }
  return Object.entries(attribute).filter(([key]) => !key.startsWith('@'));
}
