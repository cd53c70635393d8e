import { dateText, dayOf, dayOfDate } from './calendar.js';
import { findConflicts, type Conflict } from './conflicts.js';
import { createDice, type Dice, pick, uuid } from './dice.js';
import {
  blockOf,
  blockOfPerson,
  type Delivery,
  drawBlock,
  drawDelivery,
  isMothersBirth,
  isRegisteredAgain,
  type Parent,
  situate,
  type Situation,
} from './families.js';
import { plainName, type PersonName } from './names.js';
import { createNumbering, type Numbering } from './numbers.js';
import { type Country, createCountry } from './places.js';
import { Timeline } from './timeline.js';

/** A number under which the register knows a person, as it stands on the wire. */
export interface ShownIdentifier {
  readonly name: 'BRN' | 'NID' | 'DRN' | 'MRN';
  readonly identifier: string;
}

/** A registered birth as it is served: the shape is the real server's, key for key. */
export interface BirthRecord {
  identifier: ShownIdentifier[];
  birthDate: string;
  givenName: string;
  familyName: string | null;
  sex: string;
  birthPlace: object;
  relations: ParentRecord[];
}

interface ParentRecord {
  '@type': 'spdci:Mother' | 'spdci:Father';
  identifier: ShownIdentifier[];
  givenName: string;
  familyName: string | null;
  homeLocation?: string;
}

/** A choice of births: days (since 1970, both included) and the place whose offices declared them. */
export interface BirthChoice {
  readonly firstDay: number | null;
  readonly lastDay: number | null;
  readonly jurisdiction: string | null;
}

/** The births of an invented country, drawn anew at each question; only dates and offices are kept, 5 bytes a birth. */
export class BirthRegister {
  readonly size: number;
  readonly country: Country;
  readonly timeline: Timeline;
  readonly numbering: Numbering;
  readonly dice: Dice;
  readonly conflicts: readonly (Conflict | null)[];
  readonly #days: Int32Array;
  readonly #offices: Uint8Array;
  readonly #born = (delivery: number): number => this.timeline.childrenOf(delivery);

  constructor(seed: number, births: number) {
    this.size = births;
    this.dice = createDice(seed);
    this.country = createCountry(this.dice);
    this.timeline = new Timeline(this.dice, births);
    this.numbering = createNumbering(this.dice);
    this.conflicts = findConflicts(this.dice, this.timeline);
    this.#days = new Int32Array(births);
    this.#offices = new Uint8Array(births);
    for (let position = 0; position < births; position += 1) {
      const entry = this.timeline.entryAt(position);
      const situation = entry.kind === 'conflict' ? null : situate(this.dice, entry.delivery, this.#born);
      const chance = this.dice(position, 81);
      // Most births are declared in the district where the mother lives.
      const district = situation === null || chance % 8 === 0 ? chance >>> 4 : situation.homeDistrict;
      this.#days[position] = situation === null ? this.#declaredDay(position) - 20 : this.bornOn(situation);
      this.#offices[position] = district % this.country.districts.length;
    }
  }

  delivery(number: number): Delivery {
    return drawDelivery(this.dice, number, this.#born);
  }

  block(number: number): Delivery[] {
    return drawBlock(this.dice, number, this.#born);
  }

  /** Day of birth of the children of a delivery, some time before the first declaration. */
  bornOn(situation: Situation): number {
    const { trouble, troubled, sameChildAs } = situation;
    const chance = this.dice(sameChildAs, 82);
    if (troubled && trouble === 'born in the future') return dayOfDate(2071, 1 + (chance % 12), 1 + (chance % 28));
    if (isMothersBirth(situation)) return dayOfDate(1984 + (chance % 17), 1 + (chance % 12), 1 + (chance % 28));
    const [position = 0] = this.timeline.positionsOf(sameChildAs);
    const [again = position] = isRegisteredAgain(situation) ? this.timeline.positionsOf(sameChildAs + 1) : [];
    const declared = this.#declaredDay(position > again ? position : again);
    if (troubled && trouble === 'declared years later') return declared - 1900 - (chance % 900);
    return declared - 1 - (chance % 12 === 0 ? 60 + (chance % 300) : chance % 45);
  }

  /** Positions of the births that match, newest declaration first, and how many there are in all. */
  choose(choice: BirthChoice, skip: number, take: number, ascending: boolean): { positions: number[]; total: number } {
    const offices = this.#officesWithin(choice.jurisdiction);
    const first = choice.firstDay ?? Number.NEGATIVE_INFINITY;
    const last = choice.lastDay ?? Number.POSITIVE_INFINITY;
    const positions: number[] = [];
    let total = 0;
    for (let step = 0; step < this.size; step += 1) {
      const position = ascending ? this.size - 1 - step : step;
      const day = this.#days[position] ?? 0;
      if (day < first || day > last || offices?.has(this.#offices[position] ?? 0) === false) continue;
      if (total >= skip && positions.length < take) positions.push(position);
      total += 1;
    }
    return { positions, total };
  }

  #officesWithin(placeId: string | null): ReadonlySet<number> | null {
    if (placeId === null) return null;
    const { districts, jurisdiction } = this.country;
    return new Set([...districts.keys()].filter((district) => jurisdiction(district).includes(placeId)));
  }

  /** Positions at which a number is found, newest first: a child's own, and those that show it for a parent. */
  find(type: 'BRN' | 'NID' | 'OPENCRVS_RECORD_ID', value: string): number[] {
    switch (type) {
      case 'BRN': {
        const position = this.numbering.positionOf('B', value);
        return position !== null && position < this.size && this.#showsRegistration(position, value) ? [position] : [];
      }
      case 'OPENCRVS_RECORD_ID': {
        const position = this.numbering.positionOf('B', `0000B${readRecordId(value) ?? ''}`);
        return position !== null && position < this.size && this.recordId(position) === value ? [position] : [];
      }
      case 'NID':
        return this.#findPerson(this.numbering.personOf(value));
    }
  }

  #showsRegistration(position: number, value: string): boolean {
    return this.registrationOf(position) === value.toUpperCase();
  }

  #findPerson(person: number | null): number[] {
    if (person === null) return [];
    const positions = new Set<number>();
    for (const delivery of this.block(blockOfPerson(person))) {
      const at = this.timeline.positionsOf(delivery.delivery);
      if (
        [delivery.mother, delivery.father].some(
          (parent) => parent?.person === person && parent.shows.startsWith('national'),
        )
      ) {
        for (const position of at) positions.add(position);
      }
      for (const [twin, child] of delivery.children.entries()) {
        const position = at[twin];
        if (position !== undefined && child.person === person && child.hasNational && child.identified)
          positions.add(position);
      }
    }
    for (const [number, conflict] of this.conflicts.entries()) {
      if (conflict?.people.some((shown) => shown.person === person)) {
        positions.add(this.timeline.positionOfConflict(number));
      }
    }
    return [...positions].filter((position) => position < this.size).sort((a, b) => a - b);
  }

  /** The id under which the register keeps the registration itself; not part of a record. */
  recordId(position: number): string {
    const code = this.numbering.registration('B', position, 0).slice(-6);
    const readable = Buffer.from(code, 'latin1').toString('hex');
    const chance = uuid(
      this.dice(position, 84),
      this.dice(position, 85),
      this.dice(position, 86),
      this.dice(position, 87),
    );
    return `${readable.slice(0, 8)}-${readable.slice(8, 12)}${chance.slice(13)}`;
  }

  registrationOf(position: number): string {
    const year = new Date(this.timeline.declaredAt(position)).getUTCFullYear();
    return this.numbering.registration('B', position, year);
  }

  /** The record at a position; a new object at each call. */
  record(position: number): BirthRecord {
    const entry = this.timeline.entryAt(position);
    if (entry.kind === 'conflict') return this.#conflictRecord(position, entry.conflict);
    const delivery = this.delivery(entry.delivery);
    const child = pick(delivery.children, entry.twin);
    const national: ShownIdentifier[] = child.hasNational
      ? [{ name: 'NID', identifier: this.numbering.national(child.person) }]
      : [];
    return {
      identifier: child.identified ? [{ name: 'BRN', identifier: this.registrationOf(position) }, ...national] : [],
      birthDate: dateText(this.#days[position] ?? 0),
      ...child.name(),
      sex: child.sex,
      birthPlace: this.#birthPlace(delivery),
      relations: this.#relations(delivery.mother, delivery.father, delivery.homeDistrict),
    };
  }

  /** A child whose record shows the numbers of two other people besides its own. */
  #conflictRecord(position: number, number: number): BirthRecord {
    const conflict = this.conflicts[number] ?? null;
    const person = position;
    const female = this.dice(person, 91) % 2 === 0;
    const name: PersonName = plainName(this.dice, person, conflict?.familyKey ?? person, person, female);
    const district = pick(this.country.districts, this.dice(position, 92));
    return {
      identifier: [
        { name: 'BRN', identifier: this.registrationOf(position) },
        ...(conflict?.people ?? []).map((shown): ShownIdentifier => ({
          name: 'NID',
          identifier: this.numbering.national(shown.person),
        })),
      ],
      birthDate: dateText(this.#days[position] ?? 0),
      ...name,
      sex: female ? 'female' : 'male',
      birthPlace: {
        '@type': 'Place',
        additionalType: 'HEALTH_FACILITY',
        identifier: pick(district.facilities, this.dice(position, 93)).id,
      },
      relations: this.#relations(conflict?.people[0] ?? null, null, conflict?.familyKey ?? 0),
    };
  }

  #relations(mother: Parent | null, father: Parent | null, homeDistrict: number): ParentRecord[] {
    const home = pick(this.country.districts, homeDistrict).id;
    const shown: ParentRecord[] = [];
    if (mother !== null) shown.push(this.#parent('spdci:Mother', mother, home));
    if (father !== null) shown.push(this.#parent('spdci:Father', father, home));
    return shown;
  }

  #parent(type: ParentRecord['@type'], parent: Parent, home: string): ParentRecord {
    return {
      '@type': type,
      identifier: this.#parentIdentifiers(parent),
      ...parent.name(),
      ...(parent.hasHome ? { homeLocation: home } : {}),
    };
  }

  #parentIdentifiers(parent: Parent): ShownIdentifier[] {
    const national: ShownIdentifier = { name: 'NID', identifier: this.numbering.national(parent.person) };
    const bornAt = parent.bornIn === null ? undefined : this.timeline.positionsOf(parent.bornIn)[0];
    switch (parent.shows) {
      case 'nothing':
        return [];
      case 'national':
        return [national];
      case 'registration':
        return bornAt === undefined ? [national] : [{ name: 'BRN', identifier: this.registrationOf(bornAt) }];
      case 'national and registration':
        return bornAt === undefined ? [national] : [national, { name: 'BRN', identifier: this.registrationOf(bornAt) }];
    }
  }

  #birthPlace(delivery: Delivery): object {
    const chance = this.dice(delivery.sameChildAs, 83);
    const trouble = delivery.troubled ? delivery.trouble : 'nothing';
    const home = pick(this.country.districts, delivery.homeDistrict);
    const atHome =
      trouble === 'born at home' || trouble === 'address with null' || trouble === 'address with undefined';
    if (atHome || chance % 100 < 21) {
      return {
        '@type': 'Place',
        additionalType: 'PRIVATE_HOME',
        address: homeAddress(trouble, chance, home.town),
        containedInPlace: home.id,
      };
    }
    if (trouble === 'place not listed' || chance % 100 > 98) {
      const [a, b] = [this.dice(delivery.sameChildAs, 88), this.dice(delivery.sameChildAs, 89)];
      return { '@type': 'Place', additionalType: 'OTHER', identifier: uuid(a, b, chance, a ^ b) };
    }
    const district = chance % 10 === 0 ? pick(this.country.districts, chance >>> 8) : home;
    return {
      '@type': 'Place',
      additionalType: 'HEALTH_FACILITY',
      identifier: pick(district.facilities, chance >>> 4).id,
    };
  }

  #declaredDay(position: number): number {
    return dayOf(this.timeline.declaredAt(position));
  }

  /** All deliveries in blocks, as they are related. */
  *blocks(): Generator<readonly Delivery[]> {
    const last = blockOf(Math.max(0, this.timeline.deliveries - 1));
    for (let block = 0; block <= last; block += 1) yield this.block(block);
  }
}

/** Missing parts of an address come out as words, as from the real server. */
function homeAddress(trouble: string, chance: number, town: string): string {
  if (trouble === 'address with undefined' || (trouble === 'nothing' && chance % 7 === 0)) {
    return 'undefined undefined\nundefined\nnull\nnull';
  }
  if (trouble === 'address with null' || (trouble === 'nothing' && chance % 2 === 0)) return ' \n\nnull\nnull';
  return `Well Lane ${String(1 + (chance % 140))}\nWard ${String(1 + (chance % 30))}\nOR${String(100 + (chance % 900))}\n${town}`;
}

/** The code that stands, as hexadecimal text, in the first twelve digits of a record id. */
function readRecordId(id: string): string | null {
  const digits = id.replaceAll('-', '').slice(0, 12);
  return /^[0-9a-f]{12}$/.test(digits) ? Buffer.from(digits, 'hex').toString('latin1') : null;
}
