import { addDays } from '../../record/partial-date.js';
import type { Chance } from './chance.js';
import { parentsOf } from './civil-life.js';
import { type DemoFamily, type DemoPerson, LAST_DAY } from './families.js';
import type { DemoDistrict } from './places.js';

/** Lets some of the invented people die, older ones rather, on a known day and mostly in a known place. */
export class Deaths {
  readonly #chance: Chance;
  readonly #facilitiesOf: ReadonlyMap<string, readonly string[]>;

  constructor(chance: Chance, districts: readonly DemoDistrict[]) {
    this.#chance = chance;
    this.#facilitiesOf = new Map(districts.map(({ id, facilityIds }) => [id, facilityIds]));
  }

  /** The family with the deaths of those who died: no children, and parents after the last of them was born. */
  of(family: DemoFamily): DemoFamily {
    const parents = parentsOf(family);
    const children = family.group === null ? [] : family.people.filter((person) => !parents.includes(person));
    const births = children.map(({ birthDate }) => birthDate.date);
    const people = family.people.map((person) => (children.includes(person) ? person : this.#lifeOf(person, births)));
    return { ...family, people };
  }

  #lifeOf(person: DemoPerson, births: readonly string[]): DemoPerson {
    const isOld = person.birthDate.date < '1972';
    const latest = [person.registeredAt.slice(0, 10), ...births].sort().at(-1) ?? LAST_DAY;
    const earliest = addDays(latest, 1);
    if (person.deceased || earliest >= LAST_DAY || !this.#chance.happens(isOld ? 14 : 3)) return person;
    const days = Math.round((Date.parse(LAST_DAY) - Date.parse(earliest)) / 86_400_000);
    const date = addDays(earliest, this.#chance.between(0, days));
    return { ...person, deceased: true, deathDate: { date, precision: 'day' }, deathLocationId: this.#place(person) };
  }

  #place({ homeLocationId }: DemoPerson): string | null {
    if (this.#chance.happens(15)) return null;
    const [facility, ...others] = this.#facilitiesOf.get(homeLocationId) ?? [];
    const atHome = facility === undefined || this.#chance.happens(50);
    return atHome ? homeLocationId : this.#chance.pick([facility, ...others]);
  }
}
