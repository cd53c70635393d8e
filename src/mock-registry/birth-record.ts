import { type BirthRegister } from './births.js';
import { pick, uuid } from './dice.js';
import { type Delivery, type Parent } from './families.js';
import { plainName } from './names.js';
import { type ShownIdentifier } from './numbers.js';

/** A registered birth as it is served: the shape is the real server's, key for key. */
export interface BirthRecord {
  readonly identifier: readonly ShownIdentifier[];
  readonly birthDate: string;
  readonly givenName: string;
  readonly familyName: string | null;
  readonly sex: string;
  readonly birthPlace: object;
  readonly relations: readonly ParentRecord[];
}

interface ParentRecord {
  readonly '@type': 'spdci:Mother' | 'spdci:Father';
  readonly identifier: readonly ShownIdentifier[];
  readonly givenName: string;
  readonly familyName: string | null;
  readonly homeLocation?: string;
}

/** Writes the record at a position of the register. */
export function writeBirthRecord(register: BirthRegister, position: number): BirthRecord {
  const entry = register.timeline.entryAt(position);
  if (entry.kind === 'conflict') return writeConflict(register, position, entry.conflict);
  const delivery = register.delivery(entry.delivery);
  const child = pick(delivery.children, entry.twin);
  const identifier: ShownIdentifier[] = [];
  if (child.identified) identifier.push({ name: 'BRN', identifier: register.registrationOf(position) });
  if (child.identified && child.hasNational) identifier.push(national(register, child.person));
  return {
    identifier,
    birthDate: register.birthDateAt(position),
    ...child.name(),
    sex: child.sex,
    birthPlace: writeBirthPlace(register, delivery),
    relations: writeRelations(register, delivery),
  };
}

/** A child whose record shows the numbers of two other people besides its own. */
function writeConflict(register: BirthRegister, position: number, number: number): BirthRecord {
  const { dice, country } = register;
  const conflict = register.conflicts[number] ?? null;
  const isFemale = dice(position, 91) % 2 === 0;
  const facilities = pick(country.districts, dice(position, 92)).facilities;
  return {
    identifier: [
      { name: 'BRN', identifier: register.registrationOf(position) },
      ...(conflict?.people ?? []).map(({ person }) => national(register, person)),
    ],
    birthDate: register.birthDateAt(position),
    ...plainName(dice, position, position, position, isFemale),
    sex: isFemale ? 'female' : 'male',
    birthPlace: placeRecord('HEALTH_FACILITY', pick(facilities, dice(position, 93)).id),
    relations:
      conflict === null
        ? []
        : writeRelations(register, { mother: conflict.people[0], father: null, homeDistrict: conflict.homeDistrict }),
  };
}

function writeRelations(
  register: BirthRegister,
  { mother, father, homeDistrict }: Pick<Delivery, 'mother' | 'father' | 'homeDistrict'>,
): ParentRecord[] {
  const home = pick(register.country.districts, homeDistrict).id;
  const relations: ParentRecord[] = [];
  if (mother !== null) relations.push(writeParent(register, 'spdci:Mother', mother, home));
  if (father !== null) relations.push(writeParent(register, 'spdci:Father', father, home));
  return relations;
}

function writeParent(register: BirthRegister, type: ParentRecord['@type'], parent: Parent, home: string): ParentRecord {
  return {
    '@type': type,
    identifier: parentIdentifiers(register, parent),
    ...parent.name(),
    ...(parent.hasHome ? { homeLocation: home } : {}),
  };
}

function parentIdentifiers(register: BirthRegister, { person, shows, bornIn }: Parent): ShownIdentifier[] {
  const registrations = (bornIn === null ? [] : register.timeline.positionsOf(bornIn)).map(
    (position): ShownIdentifier => ({ name: 'BRN', identifier: register.registrationOf(position) }),
  );
  switch (shows) {
    case 'nothing':
      return [];
    case 'national':
      return [national(register, person)];
    case 'registration':
      return registrations;
    case 'national and registration':
      return [national(register, person), ...registrations];
  }
}

function national(register: BirthRegister, person: number): ShownIdentifier {
  return { name: 'NID', identifier: register.numbering.national(person) };
}

function writeBirthPlace({ dice, country }: BirthRegister, delivery: Delivery): object {
  const chance = dice(delivery.sameChildAs, 83);
  const trouble = delivery.troubled ? delivery.trouble : 'nothing';
  const home = pick(country.districts, delivery.homeDistrict);
  const atHome = trouble === 'born at home' || trouble === 'address with null' || trouble === 'address with undefined';
  if (atHome || chance % 100 < 21) {
    return {
      '@type': 'Place',
      additionalType: 'PRIVATE_HOME',
      address: homeAddress(trouble, chance, home.town),
      containedInPlace: home.id,
    };
  }
  if (trouble === 'place not listed' || chance % 100 > 98) {
    const [a, b] = [dice(delivery.sameChildAs, 88), dice(delivery.sameChildAs, 89)];
    return placeRecord('OTHER', uuid(a, b, chance, a ^ b));
  }
  const district = chance % 10 === 0 ? pick(country.districts, chance >>> 8) : home;
  return placeRecord('HEALTH_FACILITY', pick(district.facilities, chance >>> 4).id);
}

/** Unlike in the list of places, the identifier of a record's place is a bare text. */
function placeRecord(additionalType: string, identifier: string): object {
  return { '@type': 'Place', additionalType, identifier };
}

/** Missing parts of an address come out as words, as from the real server. */
function homeAddress(trouble: string, chance: number, town: string): string {
  if (trouble === 'address with undefined' || (trouble === 'nothing' && chance % 7 === 0)) {
    return 'undefined undefined\nundefined\nnull\nnull';
  }
  if (trouble === 'address with null' || (trouble === 'nothing' && chance % 2 === 0)) return ' \n\nnull\nnull';
  return `Well Lane ${String(1 + (chance % 140))}\nWard ${String(1 + (chance % 30))}\nOR${String(100 + (chance % 900))}\n${town}`;
}
