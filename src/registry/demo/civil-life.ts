import type { JsonObject } from '../../record/json.js';
import type { MaritalStatus } from '../../record/registry-record.js';
import type { Chance } from './chance.js';
import type { DemoFamily, DemoPerson } from './families.js';

/** What the registry holds of an invented person beside birth and death. */
export interface DemoCivilLife {
  readonly maritalStatus: MaritalStatus;
  readonly phoneNumbers: readonly string[];
  readonly emails: readonly string[];
  readonly attributes: JsonObject;
}

/** A marriage of one of the two; each has one of their own. */
export interface DemoMarriage {
  readonly id: string;
  readonly individualId: string;
  readonly spouseId: string;
  readonly marriedOn: string;
  readonly divorcedOn: string | null;
}

/** How two parents stand to each other. */
type Couple = 'M' | 'D' | 'U';

/** Marriages, and what else a registry of people holds, for the family of an invented couple or person. */
export class CivilLives {
  readonly marriages: readonly DemoMarriage[];
  /** Who is married now: husband and wife. */
  readonly spouses: readonly [husbandId: string, wifeId: string] | null;
  /** By the ids of the people. */
  readonly lives: ReadonlyMap<string, DemoCivilLife>;

  constructor(chance: Chance, family: DemoFamily) {
    const parents = parentsOf(family);
    const [mother, father] = parents;
    const couple = mother === undefined || father === undefined ? null : drawCouple(chance);
    this.marriages = couple === null || couple === 'U' ? [] : marry(chance, family, parents, couple);
    const isWidowed = couple === 'M' && parents.some(({ deceased }) => deceased);
    const isTogether = couple === 'M' && !isWidowed && mother !== undefined && father !== undefined;
    this.spouses = isTogether ? [father.id, mother.id] : null;
    this.lives = new Map(
      family.people.map((person) => {
        const isParent = parents.includes(person);
        const together = isWidowed && !person.deceased ? 'W' : (couple ?? (family.group === null ? 'S' : 'U'));
        return [person.id, drawLife(chance, person, isParent || family.group === null ? together : 'S')];
      }),
    );
  }
}

/** The mother first. */
export function parentsOf({ people, relationships }: DemoFamily): DemoPerson[] {
  const ids = new Set(relationships.map(({ sourceId }) => sourceId));
  return people.filter(({ id }) => ids.has(id));
}

function drawCouple(chance: Chance): Couple {
  return chance.happens(8) ? 'D' : chance.happens(12) ? 'U' : 'M';
}

function marry(chance: Chance, { people }: DemoFamily, parents: readonly DemoPerson[], couple: Couple): DemoMarriage[] {
  const firstBirth = people
    .filter((person) => !parents.includes(person))
    .map(({ birthDate }) => birthDate.date)
    .sort()[0];
  const year = Number((firstBirth ?? '2010').slice(0, 4)) - chance.between(0, 3);
  const month = String(chance.between(1, 12)).padStart(2, '0');
  const marriedOn = `${String(year)}-${month}-${String(chance.between(10, 28))}`;
  const divorcedOn = couple === 'D' ? `${String(Math.min(year + chance.between(2, 15), 2026))}-05-17` : null;
  return parents.flatMap(({ id: individualId }) =>
    parents
      .filter(({ id }) => id !== individualId)
      .map(({ id: spouseId }) => ({
        id: chance.uuid(),
        individualId,
        spouseId,
        marriedOn,
        // The wedding of a couple who parted in its first months lies in the same year.
        divorcedOn: divorcedOn !== null && divorcedOn < marriedOn ? marriedOn : divorcedOn,
      })),
  );
}

function drawLife(chance: Chance, person: DemoPerson, maritalStatus: MaritalStatus): DemoCivilLife {
  const number = person.identifiers[0]?.value ?? '';
  const year = Number(person.birthDate.date.slice(0, 4));
  const isAdult = year <= 2007;
  const isWorking = isAdult && year > 1960 && chance.happens(70);
  return {
    maritalStatus,
    phoneNumbers: isAdult && chance.happens(60) ? [`+999${number}`] : [],
    emails: isAdult && chance.happens(15) ? [`person.${number}@example.org`] : [],
    attributes: {
      ...(isAdult ? { education_level: String(chance.between(0, 6)), employment_status: isWorking ? '1' : '2' } : {}),
      ...(isWorking ? { occupation: chance.pick(['2', '5', '6', '6', '7', '9']) } : {}),
      language_code: 'en',
    },
  };
}
