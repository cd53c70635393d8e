import type { PlaceAnswer } from '../../record/individual-answer.js';
import type { JsonObject } from '../../record/json.js';
import type { WireObject } from '../wire-object.js';
import { known } from './known-fields.js';

/** A `Place` with the places that contain it; `identifier` is its id in `/.well-known/locations.json`. */
export function writePlace(place: PlaceAnswer | null, text: string | null): WireObject | null {
  if (place === null) return text === null ? null : { '@type': 'Place', address: text };
  const container = place.ancestors.reduceRight<WireObject | null>(
    (outer, { id, name, type }) => known({ identifier: id, name, additionalType: type, contained_in_place: outer }),
    null,
  );
  return known({
    '@type': 'Place',
    identifier: place.id,
    name: place.name,
    additionalType: place.type,
    address: text,
    contained_in_place: container,
  });
}

/** The one `Address` of somebody who lives there, in a list as the standard has it. */
export function writeAddress(
  place: PlaceAnswer | null,
  text: string | null,
  attributes: JsonObject,
): readonly WireObject[] | null {
  const postalCode = attributes['postal_code'] ?? null;
  if (place === null && text === null && postalCode === null) return null;
  return [
    known({
      '@type': 'Address',
      identifier: place?.id,
      address_line_1: text,
      locality: place?.name,
      postal_code: postalCode,
    }),
  ];
}
