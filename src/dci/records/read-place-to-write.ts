import type { JsonObject } from '../../record/json.js';
import type { PlaceToWrite } from '../../record/registry-record.js';
import { isUuid } from '../../record/uuid.js';
import { cleanText } from './clean-text.js';
import { jsonField, jsonList, type LineReading, said } from './line-reading.js';
import { jsonObject } from './plain-json.js';

const STREET = ['address_line', 'address_line_1', 'address_line1', 'address_line_2', 'address_line2', 'street_address'];
const AREA = ['sub_region_code', 'region_code', 'country_code', 'country'];
const MAX_TEXT = 500;

/** A place of a line: one of our own tree by the id that we write, or by name, with what else is said of it in words. */
export function readPlaceToWrite(
  name: string,
  record: JsonObject,
  fields: readonly string[],
  reading: LineReading,
): PlaceToWrite | undefined {
  const [written] = jsonList(jsonField(record, ...fields));
  if (written === undefined) return undefined;
  const place = jsonObject(written);
  if (place === null) return readBarePlace(name, written, reading);
  const inner = jsonObject(jsonField(place, 'address') ?? null);
  const holders = inner === null ? [place] : [place, inner];
  const words = (names: readonly string[]): string[] =>
    holders.flatMap((holder) => names.flatMap((one) => cleanText(jsonField(holder, one)) ?? []));
  const locationId = idOf(place);
  const address = inner === null ? (cleanText(jsonField(place, 'address')) ?? []) : [];
  const street = [address, ...words(STREET), ...(locationId === undefined ? words(AREA) : [])].flat();
  return readable({
    locationId,
    name: words(['name', 'locality', 'city'])[0],
    text: street.length === 0 ? undefined : Array.from(street.join(', ')).slice(0, MAX_TEXT).join(''),
  });
}

function readBarePlace(name: string, written: unknown, reading: LineReading): PlaceToWrite | undefined {
  const text = reading.text(name, written);
  if (text === undefined) return undefined;
  const id = text.replace(/^urn:uuid:/iu, '').replace(/^Location\//u, '');
  return isUuid(id) ? { locationId: id.toLowerCase() } : { name: text };
}

function idOf(place: JsonObject): string | undefined {
  const id = cleanText(jsonField(place, 'identifier', '@id', 'id'))?.replace(/^urn:uuid:/iu, '') ?? '';
  return isUuid(id) ? id.toLowerCase() : undefined;
}

function readable(
  place: Readonly<Record<'locationId' | 'name' | 'text', string | undefined>>,
): PlaceToWrite | undefined {
  const kept = said(place);
  return Object.keys(kept).length === 0 ? undefined : kept;
}
