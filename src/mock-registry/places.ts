import { type Dice, pick, uuid } from './dice.js';

export type PlaceType = 'ADMIN_STRUCTURE' | 'HEALTH_FACILITY' | 'CRVS_OFFICE';

/** One entry of the list of places; `parentId` is null for the country alone. */
export interface Place {
  readonly id: string;
  readonly type: PlaceType;
  readonly name: string;
  readonly parentId: string | null;
}

/** A district with its facilities. */
export interface District extends Place {
  readonly town: string;
  readonly facilities: readonly Place[];
  readonly office: Place;
}

/** The invented country: provinces, districts, and in each district its facilities and the office where births are declared. */
export interface Country {
  readonly districts: readonly District[];
  /** Every place in the order of the list that is served, which is not parents first. */
  readonly places: readonly Place[];
  /** Ids by which a birth declared in a district's office is found: office, district, province, country. */
  readonly jurisdiction: (district: number) => readonly string[];
}

const COUNTRY = 'Orlambe';
const PROVINCES = ['Upper Sennar', 'Lower Sennar', 'Île-aux-Vents', 'Qaṣr Tala', 'Mbelu Highlands'] as const;
const DISTRICTS = [
  ['Tavika', 'Ndorro', 'Ushi Falls', 'Kelembe'],
  ['Marrow Delta', 'Osanti', 'Pelu', 'Three Wells'],
  ['Port-Ségur', "L'Anse Claire", 'Belorizon', 'Grand Étang'],
  ['Tala', 'Wadi Sarim', 'Henna', 'Jebel Aoura'],
  ['Mbelu', "N'Koru", 'Shiyale', 'Great Tembo & Lusi'],
] as const;
const FACILITIES = ['District Hospital', 'Rural Health Centre', 'Maternity Clinic'] as const;

/** Makes the country of a register; the names are always the same, the ids come from the dice. */
export function createCountry(dice: Dice): Country {
  let made = 0;
  const id = (): string => {
    made += 1;
    return uuid(dice(made, 901), dice(made, 902), dice(made, 903), dice(made, 904));
  };
  const place = (type: PlaceType, name: string, parentId: string | null): Place => ({ id: id(), type, name, parentId });

  const country = place('ADMIN_STRUCTURE', COUNTRY, null);
  const provinces = PROVINCES.map((name) => place('ADMIN_STRUCTURE', name, country.id));
  const districts = provinces.flatMap((province, number) =>
    pick(DISTRICTS, number).map((name): District => {
      const district = place('ADMIN_STRUCTURE', name, province.id);
      return {
        ...district,
        town: `${name} Town`,
        facilities: FACILITIES.map((kind) => place('HEALTH_FACILITY', `${name} ${kind}`, district.id)),
        office: place('CRVS_OFFICE', `${name} District Office`, district.id),
      };
    }),
  );
  const headquarters = place('CRVS_OFFICE', 'Registrar General', country.id);
  return {
    districts,
    places: [
      ...districts.map(({ id: districtId, type, name, parentId }) => ({ id: districtId, type, name, parentId })),
      ...provinces,
      country,
      ...districts.flatMap((district) => district.facilities),
      headquarters,
      ...districts.map((district) => district.office),
    ],
    jurisdiction: (number) => {
      const district = pick(districts, number);
      return [district.office.id, district.id, ...(district.parentId === null ? [] : [district.parentId]), country.id];
    },
  };
}
