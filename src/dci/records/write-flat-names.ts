import type { IndividualAnswer, PlaceAnswer } from '../../record/individual-answer.js';
import type { Identifier, PersonName } from '../../record/individual.js';
import type { WireObject } from '../wire-object.js';
import { known } from './known-fields.js';
import { dates } from './write-person.js';

/**
 * The camelCase record of OpenCRVS, which OpenSPP's importer reads.
 *
 * @param completeFields whether readers fail on absent name parts, sex or birth place.
 */
export function writeFlatNames(answer: IndividualAnswer, completeFields: boolean): WireObject {
  const { individual, identifiers, birthPlace, homePlace, parents } = answer;
  const { birth, death } = dates(individual);
  return known({
    identifier: identifiers.map(namedIdentifier),
    birthDate: birth,
    deathDate: death,
    ...flatName(individual.name, completeFields),
    sex: individual.sex ?? (completeFields ? 'unknown' : null),
    birthPlace: flatPlace(birthPlace, individual.birthPlaceText) ?? (completeFields ? { '@type': 'Place' } : null),
    homeLocation: homePlace?.id,
    relations: parents.map((parent) =>
      known({
        '@type': RELATION_KINDS[parent.role],
        identifier: parent.identifiers.map(namedIdentifier),
        ...flatName(parent.name, completeFields),
        homeLocation: parent.homePlaceId,
      }),
    ),
  });
}

const RELATION_KINDS = { mother: 'spdci:Mother', father: 'spdci:Father', parent: 'spdci:Parent' } as const;

function namedIdentifier({ type, value }: Identifier): WireObject {
  return { name: type, identifier: value };
}

function flatName({ given, middle, family }: PersonName, completeFields: boolean): WireObject {
  const missing = completeFields ? '' : null;
  return { givenName: given ?? missing, middleName: middle ?? missing, familyName: family ?? missing };
}

function flatPlace(place: PlaceAnswer | null, text: string | null): WireObject | null {
  if (place === null && text === null) return null;
  // A birth at an address inside a place is told as OpenCRVS tells a birth at home.
  const atHome = place !== null && text !== null && !/facility/iu.test(place.type ?? '');
  return atHome
    ? { '@type': 'Place', additionalType: 'PRIVATE_HOME', address: text, containedInPlace: place.id }
    : known({ '@type': 'Place', additionalType: place?.type, identifier: place?.id, address: text });
}
