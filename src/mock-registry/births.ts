import { dateText, dayOf, dayOfDate } from './calendar.js';
import { findConflicts, type Conflict } from './conflicts.js';
import { createDice, type Dice, uuid } from './dice.js';
import {
  blockOf,
  blockOfPerson,
  type Delivery,
  drawBlock,
  drawDelivery,
  isMothersBirth,
  isRegisteredAgain,
  situate,
  type Situation,
} from './families.js';
import { createNumbering, type Numbering } from './numbers.js';
import { type Country, createCountry } from './places.js';
import { Timeline } from './timeline.js';

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

  /** `YYYY-MM-DD` */
  birthDateAt(position: number): string {
    return dateText(this.#days[position] ?? 0);
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
        if (position === null || position >= this.size) return [];
        return this.registrationOf(position) === value.toUpperCase() ? [position] : [];
      }
      case 'OPENCRVS_RECORD_ID': {
        const position = this.numbering.positionOf('B', `0000B${readRecordId(value) ?? ''}`);
        if (position === null || position >= this.size) return [];
        return this.recordId(position) === value ? [position] : [];
      }
      case 'NID':
        return this.#findPerson(this.numbering.personOf(value));
    }
  }

  #findPerson(person: number | null): number[] {
    if (person === null) return [];
    const positions = new Set<number>();
    for (const { delivery, children, mother, father } of this.block(blockOfPerson(person))) {
      const shown = [mother, father].some((parent) => parent?.person === person && parent.shows.startsWith('national'));
      for (const [twin, position] of this.timeline.positionsOf(delivery).entries()) {
        const child = children[twin];
        const isChild = child?.person === person && child.hasNational && child.identified;
        if (shown || isChild) positions.add(position);
      }
    }
    for (const [number, conflict] of this.conflicts.entries()) {
      if (conflict?.people.some((shown) => shown.person === person) === true) {
        positions.add(this.timeline.positionOfConflict(number));
      }
    }
    return [...positions].sort((a, b) => a - b);
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

  /** The birth registration number at a position, with the year of the declaration. */
  registrationOf(position: number): string {
    const year = new Date(this.timeline.declaredAt(position)).getUTCFullYear();
    return this.numbering.registration('B', position, year);
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

/** The code that stands, as hexadecimal text, in the first twelve digits of a record id. */
function readRecordId(id: string): string | null {
  const digits = id.replaceAll('-', '').slice(0, 12);
  return /^[0-9a-f]{12}$/.test(digits) ? Buffer.from(digits, 'hex').toString('latin1') : null;
}
