import { type Fault } from './faults.js';
import { type Country, type Place } from './places.js';

interface PlaceRecord {
  readonly '@type': 'Place';
  readonly additionalType: string;
  readonly identifier: readonly { name: string; identifier: string }[];
  readonly name: string;
  readonly containedInPlace: string | null;
}

/** The list of places as the register publishes it, spoilt where a fault says so. */
export function writeLocations(country: Country, faults: readonly Fault[]): object {
  const places = country.places.map(writePlace);
  const list = faults.reduce(
    (spoilt, fault) => (fault.kind === 'locations-broken' ? spoil(spoilt, fault.how) : spoilt),
    places,
  );
  const missing = faults.some((fault) => fault.kind === 'locations-broken' && fault.how === 'no-list');
  return {
    '@context': {
      '@context': 'http://spdci.org/',
      xsd: 'http://www.w3.org/2001/XMLSchema#',
      schema: 'http://schema.org/',
    },
    lastUpdated: '2025-12-31T08:00:00.000Z',
    ...(missing ? { locations: null } : { locations: list }),
  };
}

function writePlace(place: Place): PlaceRecord {
  return {
    '@type': 'Place',
    additionalType: place.type,
    identifier: [{ name: 'opencrvs-location', identifier: place.id }],
    name: place.name,
    containedInPlace: place.parentId,
  };
}

type Breakage = 'cycle' | 'missing-parent' | 'listed-twice' | 'no-list' | 'no-identifier';

/** The first entry is a district; its parent and its children stand further down. */
function spoil(places: PlaceRecord[], how: Breakage): PlaceRecord[] {
  const [first, second, ...others] = places;
  if (first === undefined || second === undefined) return places;
  const secondId = second.identifier[0]?.identifier ?? null;
  const firstId = first.identifier[0]?.identifier ?? null;
  switch (how) {
    case 'cycle':
      return [{ ...first, containedInPlace: secondId }, { ...second, containedInPlace: firstId }, ...others];
    case 'missing-parent':
      return [{ ...first, containedInPlace: '00000000-0000-4000-8000-000000000000' }, second, ...others];
    case 'listed-twice':
      return [...places, { ...first, name: `${first.name} (old)` }];
    case 'no-identifier':
      return [{ ...first, identifier: [] }, second, ...others];
    case 'no-list':
      return places;
  }
}
