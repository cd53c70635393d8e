import type { Location, SourceLocation } from '../record/location.js';
import { writeInstant } from './instant.js';
import { cleanText } from './records/clean-text.js';
import { field, listOf, textOf, wireObject, type WireObject } from './wire-object.js';

/** What a list of places says, and sentences on what in it could not be used. */
export interface ReadLocations {
  readonly locations: readonly SourceLocation[];
  readonly problems: readonly string[];
}

const MAX_ID = 255;
const MAX_NAME = 500;

interface WrittenPlace {
  readonly ids: readonly [string, ...string[]];
  readonly name: string | null;
  readonly type: string | null;
  readonly container: string | null;
}

/**
 * Reads a `/.well-known/locations.json` in any order of parents and children. A place with several identifiers is
 * known by its first; a container may be named by any. Never throws: what cannot be used is told in `problems`.
 */
export function readLocations(body: unknown): ReadLocations {
  const list = Array.isArray(body) ? body : field(wireObject(body) ?? {}, 'locations', '@graph');
  if (!Array.isArray(list)) return { locations: [], problems: ['The answer holds no list of locations'] };
  const problems: string[] = [];
  const places = new Map<string, WrittenPlace>();
  const firstIds = new Map<string, string>();
  list.forEach((written, index) => {
    const place = readPlace(written);
    if (place === null) {
      problems.push(`Place ${index + 1} of the list has no identifier and was left out`);
      return;
    }
    const [id] = place.ids;
    const known = places.get(firstIds.get(id) ?? id);
    if (known !== undefined) {
      if (!isSame(known, place)) problems.push(`Place ${shown(id)} is listed twice and differs: the first counts`);
      return;
    }
    places.set(id, place);
    for (const one of place.ids) if (!firstIds.has(one)) firstIds.set(one, id);
  });
  const locations = [...places].map(([externalId, { name, type, container }]) => {
    if (name === null) problems.push(`Place ${shown(externalId)} has no name: its identifier stands for it`);
    const parent = container === null ? null : (firstIds.get(container) ?? container);
    if (parent === externalId) problems.push(`Place ${shown(externalId)} contains itself: it is taken for a root`);
    return {
      externalId,
      name: name ?? externalId,
      type,
      parentExternalId: parent === externalId ? null : parent,
    };
  });
  return { locations, problems };
}

function shown(id: string): string {
  return `"${id.slice(0, 60)}"`;
}

function isSame(one: WrittenPlace, other: WrittenPlace): boolean {
  return one.name === other.name && one.type === other.type && one.container === other.container;
}

function readPlace(written: unknown): WrittenPlace | null {
  const place = wireObject(written);
  if (place === null) return null;
  const [first, ...others] = listOf(field(place, 'identifier', '@id', 'id')).flatMap((one) => readId(one) ?? []);
  if (first === undefined) return null;
  const name = cleanText(field(place, 'name', 'alias'));
  return {
    ids: [first, ...others],
    name: name === null ? null : Array.from(name).slice(0, MAX_NAME).join(''),
    type: cleanText(field(place, 'additionalType', 'additional_type')),
    container: readContainer(field(place, 'containedInPlace', 'contained_in_place')),
  };
}

function readId(written: unknown): string | null {
  const object = wireObject(written);
  const id = textOf(object === null ? written : field(object, 'identifier', 'identifier_value', 'value', '@id', 'id'));
  return id === null || id.length > MAX_ID ? null : id.replace(/^urn:uuid:/iu, '');
}

function readContainer(written: unknown): string | null {
  const [first] = listOf(written);
  const object = wireObject(first);
  if (object === null) return readId(first);
  const [id] = listOf(field(object, 'identifier', '@id', 'id'));
  return readId(id);
}

/** OpenCRVS's word for a place of no kind; readers of the list fail on an absent one. */
const NO_TYPE = 'OTHER';

/**
 * Writes our own tree as `/.well-known/locations.json`, parents before their children: some readers need it. A place
 * whose parent is not among the given ones is a root.
 */
export function writeLocations(locations: readonly Location[], lastUpdated: Date): WireObject {
  const ids = new Set(locations.map((location) => location.id));
  const ordered: Location[] = [];
  const children = new Map<string, Location[]>();
  for (const location of locations) {
    const { parentId } = location;
    if (parentId === null || !ids.has(parentId)) ordered.push(location);
    else {
      const siblings = children.get(parentId);
      if (siblings === undefined) children.set(parentId, [location]);
      else siblings.push(location);
    }
  }
  // The list grows while it is walked: each place brings its children behind those of the level above.
  for (const location of ordered) for (const child of children.get(location.id) ?? []) ordered.push(child);
  return {
    '@context': { '@vocab': 'http://schema.org/', spdci: 'http://spdci.org/' },
    lastUpdated: writeInstant(lastUpdated),
    locations: ordered.map(({ id, name, type, parentId }) => ({
      '@type': 'Place',
      additionalType: type ?? NO_TYPE,
      identifier: [{ name: 'location', identifier: id }],
      name,
      containedInPlace: parentId !== null && ids.has(parentId) ? parentId : null,
    })),
  };
}
