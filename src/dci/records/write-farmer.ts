import type { FarmerAnswer } from '../../record/record-answer.js';
import type { WireObject } from '../wire-object.js';
import { known, recordId } from './known-fields.js';
import { additionalAttributes, namedFields } from './named-attributes.js';
import { writeMember } from './write-member.js';
import { moments } from './write-person.js';
import { writePlace } from './write-place.js';

/** The code of hectares in `MeasurmentUnitEnum`. */
const HECTARE = '0';

/**
 * `Farmer`. `farm_size` (hectares) and `land_tenure` of all the land together stand beside `farm_details`, where the
 * standard has them for each farm.
 */
export function writeFarmer({ farmer, person, place }: FarmerAnswer): WireObject {
  const { farmSize, landTenure, placeText, attributes } = farmer;
  const position = namedFields(attributes, 'position');
  const location = locationOf(writePlace(place, placeText), position);
  const named = namedFields(attributes, 'farmer');
  const hasFarms = Object.hasOwn(named, 'farm_details');
  const farm = known({
    location,
    land_tenure: landTenure,
    land_size: farmSize,
    measurment: farmSize === null ? null : HECTARE,
  });
  return known({
    '@type': 'Farmer',
    '@id': recordId(farmer.id),
    farmer_personal_details: writeMember(person, 'fr'),
    farm_type: farmer.farmType,
    farm_size: farmSize,
    land_tenure: landTenure,
    location: hasFarms ? location : null,
    farm_details: Object.keys(farm).length === 0 ? null : [farm],
    ...named,
    additional_attributes: additionalAttributes(attributes, 'farmer', 'position'),
    ...moments(farmer),
  });
}

function locationOf(place: WireObject | null, position: WireObject): WireObject | null {
  if (Object.keys(position).length === 0) return place;
  return { ...(place ?? { '@type': 'Place' }), geo: { '@type': 'GeoCoordinates', ...position } };
}
