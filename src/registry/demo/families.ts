import type { MembershipRole, RelationshipType } from '../../record/group.js';
import type { Identifier, PartialDate, PersonName, Sex } from '../../record/individual.js';
import { addDays } from '../../record/partial-date.js';
import type { Chance } from './chance.js';
import { NAME_STOCKS, type NameStock } from './names.js';
import type { DemoPlaces } from './places.js';

/** An invented person. */
export interface DemoPerson {
  readonly id: string;
  readonly name: PersonName;
  readonly sex: Sex;
  readonly birthDate: PartialDate;
  readonly deathDate: PartialDate | null;
  readonly deceased: boolean;
  /** `null` too where nobody told it of somebody who died. */
  readonly deathLocationId: string | null;
  readonly birthLocationId: string | null;
  readonly birthPlaceText: string | null;
  readonly homeLocationId: string;
  /** ISO 8601. */
  readonly registeredAt: string;
  readonly identifiers: readonly Identifier[];
}

/** What an import makes of a mother's children: her group, with her at its head; their father belongs to it by blood. */
export interface DemoFamily {
  readonly people: readonly DemoPerson[];
  /** `null`: one person alone. */
  readonly group: { readonly id: string; readonly name: string | null; readonly motherId: string } | null;
  readonly memberships: readonly { readonly individualId: string; readonly role: MembershipRole | null }[];
  readonly relationships: readonly {
    readonly type: RelationshipType;
    readonly sourceId: string;
    readonly targetId: string;
  }[];
}

/** The last day on which anything happened; a fixed one, so that the same seed makes the same people on any day. */
export const LAST_DAY = '2026-10-31';

/** Makes families of one country; each person has a number of their own, which the identifiers are made of. */
export class FamilyMaker {
  constructor(
    private readonly chance: Chance,
    private readonly places: Pick<DemoPlaces, 'districts'>,
    /** How many people have a number already. */
    private made = 0,
  ) {}

  /** Families of so many people together. */
  some(people: number): DemoFamily[] {
    const families: DemoFamily[] = [];
    for (let left = people; left > 0;) {
      const family = this.next(left);
      families.push(family);
      left -= family.people.length;
    }
    return families;
  }

  /** A family of at most `most` people. */
  next(most: number): DemoFamily {
    const { chance } = this;
    const home = chance.pick(this.places.districts);
    const stock = chance.happens(50) ? NAME_STOCKS[0] : chance.pick(NAME_STOCKS);
    const motherBorn = chance.between(1958, 2004);
    if (most < 2 || chance.happens(4)) {
      const sex = chance.happens(50) ? 'female' : 'male';
      const person = this.adult(sex, chance.pick(stock.family), chance.between(1940, 2006), stock, home.id);
      return { people: [person], group: null, memberships: [], relationships: [] };
    }
    const mother = this.adult('female', chance.pick(stock.family), motherBorn, stock, home.id);
    const father =
      most > 2 && chance.happens(88)
        ? this.adult('male', chance.pick(stock.family), motherBorn - chance.between(-3, 9), stock, home.id)
        : null;
    const wanted = chance.pick([1, 1, 2, 2, 2, 3, 3, 4]);
    const childCount = Math.min(wanted, most - (father ? 2 : 1));
    const firstBirth = chance.between(motherBorn + 18, Math.min(motherBorn + 32, 2025));
    const children = this.children(childCount, firstBirth, (father ?? mother).name.family, stock, home);
    return {
      people: [mother, ...(father ? [father] : []), ...children],
      group: { id: chance.uuid(), name: mother.name.family, motherId: mother.id },
      memberships: [
        { individualId: mother.id, role: 'head' },
        ...children.map(({ id }) => ({ individualId: id, role: null })),
      ],
      relationships: children.flatMap(({ id: targetId }) => [
        { type: 'mother_of' as const, sourceId: mother.id, targetId },
        ...(father ? [{ type: 'father_of' as const, sourceId: father.id, targetId }] : []),
      ]),
    };
  }

  private adult(sex: 'female' | 'male', family: string, year: number, stock: NameStock, homeId: string): DemoPerson {
    const { chance } = this;
    const number = this.number();
    const born = this.dayOf(year);
    const deceased = chance.happens(2);
    // After the birth of the last child, whoever's it was.
    const died = addDays(LAST_DAY, -chance.between(0, 20));
    return {
      id: chance.uuid(),
      name: this.name(sex, family, stock),
      sex,
      birthDate: chance.happens(4) ? { date: `${String(year)}-01-01`, precision: 'year' } : born,
      deathDate: deceased && chance.happens(70) ? { date: died, precision: 'day' } : null,
      deceased,
      deathLocationId: null,
      birthLocationId: null,
      birthPlaceText: null,
      homeLocationId: homeId,
      registeredAt: this.instantAfter('2012-01-01'),
      identifiers: [
        { type: 'UIN', value: `70${number}` },
        ...(chance.happens(12) ? [{ type: 'NID', value: `DL-${number}` }] : []),
      ],
    };
  }

  private children(
    count: number,
    firstYear: number,
    family: string | null,
    stock: NameStock,
    home: DemoPlaces['districts'][number],
  ): DemoPerson[] {
    const { chance } = this;
    const children: DemoPerson[] = [];
    let born = this.dayOf(firstYear).date;
    while (children.length < count && born <= LAST_DAY) {
      children.push(this.child(born, family, stock, home));
      // Now and then twins; else at least a year lies between.
      if (!chance.happens(3)) born = addDays(born, chance.between(400, 1400));
    }
    return children;
  }

  private child(
    born: string,
    family: string | null,
    stock: NameStock,
    home: DemoPlaces['districts'][number],
  ): DemoPerson {
    const { chance } = this;
    const number = this.number();
    const sex = chance.happens(51) ? 'male' : 'female';
    const [facility, ...others] = home.facilityIds;
    const atHome = facility === undefined || chance.happens(8);
    return {
      id: chance.uuid(),
      name: this.name(sex, family, stock),
      sex,
      birthDate: { date: born, precision: 'day' },
      deathDate: null,
      deceased: false,
      deathLocationId: null,
      birthLocationId: atHome ? home.id : chance.pick([facility, ...others]),
      birthPlaceText: atHome ? 'At home' : null,
      homeLocationId: home.id,
      registeredAt: this.instantAfter(born < '2012-01-01' ? '2012-01-01' : born),
      identifiers: [
        { type: 'UIN', value: `70${number}` },
        { type: 'BRN', value: `DL${born.slice(0, 4)}-${number}` },
      ],
    };
  }

  private name(sex: 'female' | 'male', family: string | null, stock: NameStock): PersonName {
    const { chance } = this;
    const middle = chance.happens(15) ? chance.pick(stock[sex]) : null;
    return { given: chance.pick(stock[sex]), middle, family };
  }

  private dayOf(year: number): PartialDate {
    return { date: addDays(`${String(year)}-01-01`, this.chance.between(0, 364)), precision: 'day' };
  }

  /** A moment between the day after `day` and the last day. */
  private instantAfter(day: string): string {
    const first = Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400;
    const last = Date.parse(`${LAST_DAY}T00:00:00Z`) / 1000 + 2 * 86_400 - 1;
    return new Date(this.chance.between(first, last) * 1000).toISOString();
  }

  private number(): string {
    this.made += 1;
    return String(this.made).padStart(8, '0');
  }
}
