import { type BirthRegister } from './births.js';
import { dateText, dayOfDate } from './calendar.js';
import { pick, uuid } from './dice.js';
import { blockOf } from './families.js';
import { type PersonName, plainName } from './names.js';
import { type ShownIdentifier } from './numbers.js';

/** A record of the two small registers beside the births, with what a search can find it by. */
export interface OtherRecord {
  readonly record: object;
  readonly identifiers: readonly ShownIdentifier[];
  /** Day of birth of the person who died (never shown); null for a marriage, where dates are not looked at. */
  readonly bornOn: number | null;
  /** What products that tell more than OpenCRVS 1.0 make of it. */
  readonly told: {
    readonly subject: ToldPerson;
    readonly spouse: ToldPerson | null;
    /** `null` where it is not told. */
    readonly sex: string | null;
    /** `YYYY-MM-DD` of the death or the marriage. */
    readonly on: string;
  };
}

/** A person in a record of death or marriage. */
export interface ToldPerson extends PersonName {
  readonly identifiers: readonly ShownIdentifier[];
}

/** A few deaths: mothers of the births, and now and then a child. Neither birth nor death date is ever shown. */
export function drawDeaths(register: BirthRegister): OtherRecord[] {
  const count = Math.min(60, Math.floor(register.size / 10));
  const { dice, numbering, country } = register;
  return Array.from({ length: count }, (_, number): OtherRecord => {
    const delivery = register.delivery(deliveryFor(register, number));
    const registration: ShownIdentifier = {
      name: 'DRN',
      identifier: numbering.registration('D', number, 2019 + (dice(number, 101) % 7)),
    };
    const home = pick(country.districts, delivery.homeDistrict);
    const { mother } = delivery;
    const child = pick(delivery.children, 0);
    const isChild = mother?.shows !== 'national' || mother.bornIn !== null || number % 9 === 4;
    const position = pick(register.timeline.positionsOf(delivery.delivery), 0);
    const shown: ShownIdentifier = isChild
      ? { name: 'BRN', identifier: register.registrationOf(position) }
      : { name: 'NID', identifier: numbering.national(mother.person) };
    const identifiers = [shown, registration];
    const bornOn = isChild ? register.bornOn(delivery) : dayOfDate(1950 + (dice(number, 102) % 45), 3, 14);
    const name = isChild ? child.name() : mother.name();
    const sex = isChild ? child.sex : 'female';
    const diedOn = Math.max(bornOn, dayOfDate(2019, 2, 1)) + 1 + (dice(number, 107) % 300);
    return {
      identifiers,
      bornOn,
      told: { subject: { ...name, identifiers }, spouse: null, sex, on: dateText(diedOn) },
      record: {
        identifier: identifiers,
        ...name,
        sex,
        deathPlace: deathPlace(register, number, home.id),
        relations: [],
      },
    };
  });
}

function deathPlace(register: BirthRegister, number: number, homeId: string): object {
  const { dice, country } = register;
  const chance = dice(number, 103);
  if (chance % 3 === 0) {
    return {
      '@type': 'Place',
      additionalType: 'PRIVATE_HOME',
      address: ' \n\nnull\nnull',
      containedInPlace: homeId,
    };
  }
  if (chance % 5 === 0) {
    const identifier = uuid(chance, dice(number, 104), dice(number, 105), dice(number, 106));
    return { '@type': 'Place', additionalType: 'DECEASED_USUAL_RESIDENCE', identifier };
  }
  const facility = pick(pick(country.districts, chance >>> 4).facilities, chance >>> 9);
  return { '@type': 'Place', additionalType: 'HEALTH_FACILITY', identifier: facility.id };
}

/** A few marriages of parents: the bride is the subject, the groom her only relation, without a kind. */
export function drawMarriages(register: BirthRegister): OtherRecord[] {
  const count = Math.min(30, Math.floor(register.size / 20));
  const { dice, numbering } = register;
  return Array.from({ length: count }, (_, number): OtherRecord => {
    const year = 2019 + (dice(number, 111) % 7);
    const registration: ShownIdentifier = { name: 'MRN', identifier: numbering.registration('M', number, year) };
    // People of blocks beyond the register: nobody of the births.
    const bride = (blockOf(register.timeline.deliveries) + 2 + number) * 64;
    const groom = bride + 1;
    const identifiersOf = (person: number): ShownIdentifier[] => [
      { name: 'NID', identifier: numbering.national(person) },
      registration,
    ];
    const on = dateText(dayOfDate(year, 1 + (dice(number, 112) % 12), 1 + (dice(number, 113) % 28)));
    const brideName = plainName(dice, bride, bride, groom, true);
    const groomName = plainName(dice, groom, bride, groom, false);
    return {
      identifiers: [...identifiersOf(bride), ...identifiersOf(groom)],
      bornOn: null,
      told: {
        subject: { ...brideName, identifiers: identifiersOf(bride) },
        spouse: { ...groomName, identifiers: identifiersOf(groom) },
        sex: null,
        on,
      },
      record: {
        identifier: identifiersOf(bride),
        ...brideName,
        marriagedate: on,
        relations: [{ identifier: identifiersOf(groom), ...groomName }],
        marriagePlace: marriagePlace(register, number),
      },
    };
  });
}

function marriagePlace({ dice, country }: BirthRegister, number: number): object {
  const chance = dice(number, 114);
  if (number % 4 === 3) {
    const district = pick(country.districts, chance);
    const address = `Chapel Row ${String(1 + (chance % 40))}\n\nnull\n${district.town}`;
    return { '@type': 'Place', additionalType: 'PRIVATE_HOME', address, containedInPlace: district.id };
  }
  const identifier = uuid(chance, dice(number, 115), dice(number, 116), dice(number, 117));
  return { '@type': 'Place', additionalType: 'OTHER', identifier };
}

function deliveryFor(register: BirthRegister, number: number): number {
  return (number * 7 + 1) % register.timeline.deliveries;
}
