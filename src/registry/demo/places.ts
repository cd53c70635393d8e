import type { Location } from '../../record/location.js';
import type { Chance } from './chance.js';

/** An invented country, its provinces and districts, and the places where children are born. */
export interface DemoPlaces {
  /** Parents before children. */
  readonly locations: readonly Location[];
  readonly districts: readonly [DemoDistrict, ...DemoDistrict[]];
}

/** A district and the places in it where children are born. */
export interface DemoDistrict {
  readonly id: string;
  readonly facilityIds: readonly string[];
}

/** The same whatever the seed: a registry that has this place has the demo. */
export const DEMO_COUNTRY_ID = 'dec0de00-0000-4000-8000-000000000001';

const BEGINNINGS: readonly [string, ...string[]] = [
  ...(['Alder', 'Bara', 'Chilo', 'Duma', 'Ebene', 'Fari', 'Goma', 'Hala', 'Ila', 'Jaru', 'Kala', 'Lumba'] as const),
  ...(['Mora', 'Nyali', 'Ondo', 'Pemba', 'Quila', 'Rufi', 'Sola', 'Tana', 'Umbo', 'Vala', 'Wami', 'Yaro'] as const),
];
const ENDINGS: readonly [string, ...string[]] = ['bridge', 'dale', 'ford', 'gate', 'lake', 'mere', 'ridge', 'vale'];
const FACILITIES: readonly [string, ...string[]] = ['District Hospital', 'Health Centre', 'Maternity Clinic'];

/** A tree of about `count` places, at least one facility in each district. */
export function inventPlaces(chance: Chance, count: number): DemoPlaces {
  const [provinceCount, districtsEach] = count < 200 ? [3, 3] : [10, 12];
  const country: Location = { id: DEMO_COUNTRY_ID, name: 'Demoland', type: 'country', parentId: null };
  const provinces = Array.from({ length: provinceCount }, (_, index): Location => {
    const name = `${BEGINNINGS[index % BEGINNINGS.length] ?? ''} Province`;
    return { id: chance.uuid(), name, type: 'province', parentId: country.id };
  });
  const districts = provinces.flatMap(({ id }, province) =>
    Array.from({ length: districtsEach }, (_, index): Location => {
      const number = province * districtsEach + index;
      const beginning = BEGINNINGS[number % BEGINNINGS.length] ?? '';
      const ending = ENDINGS[(number + Math.floor(number / BEGINNINGS.length)) % ENDINGS.length] ?? '';
      return { id: chance.uuid(), name: beginning + ending, type: 'district', parentId: id };
    }),
  );
  const facilityCount = Math.max(districts.length, count - 1 - provinces.length - districts.length);
  const facilities = Array.from({ length: facilityCount }, (_, index): Location[] => {
    const district = districts[index % districts.length];
    if (!district) return [];
    const round = Math.floor(index / districts.length);
    const kind = FACILITIES[round % FACILITIES.length] ?? '';
    const number = Math.floor(round / FACILITIES.length) + 1;
    const name = `${district.name} ${kind}${number > 1 ? ` ${String(number)}` : ''}`;
    return [{ id: chance.uuid(), name, type: 'health_facility', parentId: district.id }];
  }).flat();

  const facilityIds = new Map<string, string[]>(districts.map(({ id }) => [id, []]));
  for (const { id, parentId } of facilities) facilityIds.get(parentId ?? '')?.push(id);
  const [first, ...others] = districts.map(({ id }): DemoDistrict => ({ id, facilityIds: facilityIds.get(id) ?? [] }));
  if (!first) throw new RangeError('A country has districts');
  return { locations: [country, ...provinces, ...districts, ...facilities], districts: [first, ...others] };
}
