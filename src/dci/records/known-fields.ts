import type { WireObject } from '../wire-object.js';

/** The fields that have a value: `null` and `undefined` are what is not known. */
export function known(fields: Readonly<Record<string, unknown>>): WireObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** The list, or `null` where it is empty: a list that a record does not have is not written. */
export function filled<Item>(list: readonly Item[]): readonly Item[] | null {
  return list.length === 0 ? null : list;
}

/** How a record names itself: the same id whenever it is written, and none of another system's. */
export function recordId(id: string): string {
  return `urn:uuid:${id}`;
}
