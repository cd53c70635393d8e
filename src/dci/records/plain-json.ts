import type { Json, JsonObject } from '../../record/json.js';

/** Deeper than any record of the standard; what goes deeper is no record, and could not be walked safely. */
const MAX_DEPTH = 40;

/**
 * The value as a database column can hold it, its keys without the prefix that some writers put before the standard's
 * names (`spdci:identifier`, `:identifier`). `undefined` for what is nested too deeply.
 */
export function plainJson(value: unknown, depth = 0): Json | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === 'string') return plainText(value);
  if (typeof value === 'boolean' || value === null) return value;
  // 1e999 is a number of JSON and none of any column.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => plainJson(item, depth + 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (typeof value !== 'object') return null;
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const plain = plainJson(item, depth + 1);
    if (plain === undefined) return undefined;
    const name = plainText(key.replace(/^(?:spdci)?:/u, ''));
    if (name === key || !Object.hasOwn(value, name)) entries.push([name, plain]);
  }
  return Object.fromEntries(entries);
}

/** No column takes a NUL or half of a letter. */
function plainText(text: string): string {
  return text.replace(/\0/gu, '').replace(/\p{Cs}/gu, '\ufffd');
}

/** The value as an object of JSON; `null` for anything else. */
export function jsonObject(value: Json | undefined): JsonObject | null {
  return isObject(value) ? value : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
