import type { PlaceReference } from '../../record/individual-record.js';
import { isUuid } from '../../record/uuid.js';
import { field, listOf, textOf, wireObject, type WireObject } from '../wire-object.js';
import { cleanLines, cleanText } from './clean-text.js';
import type { RecordReading } from './record-reading.js';

const MAX_ID = 255;
const MAX_TEXT = 500;
const CONTAINER_NAMES = ['containedInPlace', 'contained_in_place'];

/**
 * A place in any of the known shapes: an id, a text, a `Place` with an identifier, or a home with an address and the
 * place that contains it. Whether an id is known is not decided here. `null` where nothing is said.
 */
export function readPlace(name: string, written: unknown, reading: RecordReading): PlaceReference | null {
  if (written === undefined || written === null || written === false || written === '') return null;
  const [first] = listOf(written);
  if (first === undefined) return null;
  const place = wireObject(first);
  const reference = place === null ? readBarePlace(first, reading) : readPlaceObject(place, reading);
  if (reference !== null) return Object.keys(reference).length === 0 ? null : reference;
  reading.note(name, 'value_unusable', 'The place is neither a text nor a place and was left out');
  return null;
}

function readBarePlace(written: unknown, reading: RecordReading): PlaceReference | null {
  if (typeof written !== 'string') return null;
  const id = placeId(written);
  if (id !== null && isUuid(id)) return { externalId: id };
  const text = placeText(cleanLines(written, reading));
  return text === null ? {} : { text };
}

function readPlaceObject(place: WireObject, reading: RecordReading): PlaceReference {
  const externalId = placeId(field(place, 'identifier', '@id', 'id'));
  const containedInExternalId = containerId(field(place, ...CONTAINER_NAMES));
  const type = cleanText(field(place, 'additionalType', 'additional_type', 'type'), reading.absentWords);
  const text = placeText(
    words(place, { own: externalId !== null, container: containedInExternalId !== null }, reading),
  );
  return {
    ...(externalId === null ? {} : { externalId }),
    ...(containedInExternalId === null ? {} : { containedInExternalId }),
    ...(type === null || type === 'Place' ? {} : { type }),
    ...(text === null ? {} : { text }),
  };
}

/** The id out of a text, a `urn:uuid:`, an `{ identifier }` or a list of `{ name, identifier }`. */
function placeId(written: unknown): string | null {
  const [first] = listOf(written);
  const object = wireObject(first);
  const text = textOf(object === null ? first : field(object, 'identifier', 'identifier_value', 'value', '@id', 'id'));
  const id = text?.replace(/^urn:uuid:/iu, '').replace(/^Location\//u, '') ?? null;
  return id === null || id.length > MAX_ID ? null : isUuid(id) ? id.toLowerCase() : id;
}

/** A container is an id, or a `Place` whose own id counts; a container that has only a name is part of the text. */
function containerId(written: unknown): string | null {
  const container = wireObject(written);
  return placeId(container === null ? written : field(container, 'identifier', '@id', 'id'));
}

const STREET_FIELDS = [
  'address_line',
  'address_line_1',
  'address_line1',
  'address_line_2',
  'address_line2',
  'street_address',
];
const AREA_FIELDS = ['locality', 'city', 'sub_region_code', 'region_code', 'postal_code', 'country_code', 'country'];

/**
 * What the place says in words, on one line. Of a place with an id only the street is worth keeping, or else its name:
 * where it lies is known from the list of places.
 */
function words(place: WireObject, ids: { own: boolean; container: boolean }, reading: RecordReading): string | null {
  const address = field(place, 'address');
  const holders = [place, wireObject(address)].filter((holder) => holder !== null);
  const lines = (names: readonly string[]): (string | null)[] =>
    holders.flatMap((holder) => names.map((name) => cleanLines(field(holder, name), reading)));
  const name = cleanText(field(place, 'name', 'text'), reading.absentWords);
  const street = [wireObject(address) === null ? cleanLines(address, reading) : null, ...lines(STREET_FIELDS)];
  const areas = lines(AREA_FIELDS);
  if (ids.own) return joined(street) ?? name ?? joined(areas);
  const containers = ids.container ? [] : containerNames(field(place, ...CONTAINER_NAMES), reading);
  return joined([name, ...street, ...areas, ...containers]);
}

function joined(parts: readonly (string | null)[]): string | null {
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join(', ');
}

function containerNames(written: unknown, reading: RecordReading): string[] {
  const names: string[] = [];
  let container = wireObject(written);
  while (container !== null && names.length < 10) {
    const name = cleanText(field(container, 'name'), reading.absentWords);
    if (name !== null) names.push(name);
    container = wireObject(field(container, ...CONTAINER_NAMES));
  }
  return names;
}

function placeText(text: string | null): string | null {
  if (text === null || text.length <= MAX_TEXT) return text;
  const characters = Array.from(text);
  return characters.length > MAX_TEXT ? characters.slice(0, MAX_TEXT).join('') : text;
}
