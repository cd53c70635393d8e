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
  const shows = (field: string): boolean => answer.shown.shows('individual', field);
  const unsaid = (field: keyof typeof WITHHELD): WireObject => (completeFields && !shows(field) ? WITHHELD[field] : {});
  const missing = completeFields && shows('name') ? '' : null;
  return {
    ...known({
      identifier: shows('identifier') ? identifiers.map(namedIdentifier) : null,
      birthDate: birth,
      deathDate: death,
      ...flatName(individual.name, missing),
      sex: individual.sex ?? (completeFields && shows('sex') ? 'unknown' : null),
      birthPlace: flatPlace(birthPlace, individual.birthPlaceText) ?? (completeFields ? { '@type': 'Place' } : null),
      homeLocation: homePlace?.id,
      relations: shows('relationships')
        ? parents.map((parent) => ({
            ...known({
              '@type': RELATION_KINDS[parent.role],
              identifier: shows('identifier') ? parent.identifiers.map(namedIdentifier) : null,
              ...flatName(parent.name, missing),
              homeLocation: parent.homePlaceId,
            }),
            ...unsaid('name'),
          }))
        : null,
    }),
    ...unsaid('name'),
    ...unsaid('sex'),
  };
}

/** What readers that fail without get of fields that are not shown: `''` and `unknown` would be statements. */
const WITHHELD = {
  name: { givenName: null, middleName: null, familyName: null },
  sex: { sex: null },
} as const;

const RELATION_KINDS = { mother: 'spdci:Mother', father: 'spdci:Father', parent: 'spdci:Parent' } as const;

function namedIdentifier({ type, value }: Identifier): WireObject {
  return { name: type, identifier: value };
}

function flatName({ given, middle, family }: PersonName, missing: '' | null): WireObject {
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
