import { type BirthRegister } from '../births.js';
import { drawDeaths, drawMarriages, type OtherRecord, type ToldPerson } from '../deaths-and-marriages.js';
import { type Entry, type KnownNumber } from './flavour.js';
import { birthEntries, type StandardBirth, standardNumber, writtenNumber } from './standard-births.js';

/** How a product writes the people of its records. */
export interface CivilShape {
  readonly birth: (birth: StandardBirth) => object;
  /** What `identifier` is called. */
  readonly numbers: 'identifier' | 'identifiers';
  /** Whether deaths show the day. */
  readonly showsDeathDate: boolean;
  readonly holdsMarriages: boolean;
}

/** Births, deaths and marriages of a civil register. */
export function civilEntries(register: BirthRegister, shape: CivilShape): Entry[] {
  const births = birthEntries(register, shape.birth);
  return [
    ...births.map((entry) => ({ ...entry, facts: { ...entry.facts, event_date: entry.facts.birth_date ?? '' } })),
    ...drawDeaths(register).map((death) => deathEntry(death, shape)),
    ...(shape.holdsMarriages ? drawMarriages(register).flatMap((marriage) => marriageEntries(marriage, shape)) : []),
  ];
}

function deathEntry({ told: { subject, sex, on } }: OtherRecord, shape: CivilShape): Entry {
  return {
    event: 'death',
    numbers: numbersOf(subject),
    facts: { death_date: on, ...dated(on) },
    record: () => ({
      '@type': 'CRVS_Person',
      ...written(subject, shape),
      sex,
      ...(shape.showsDeathDate ? { death_date: on } : {}),
    }),
  };
}

/** Each of the two has a record, and the other one in it. */
function marriageEntries({ told: { subject, spouse, on } }: OtherRecord, shape: CivilShape): Entry[] {
  if (spouse === null) return [];
  const pairs: [ToldPerson, ToldPerson][] = [
    [subject, spouse],
    [spouse, subject],
  ];
  return pairs.map(([one, other]): Entry => ({
    event: 'marriage',
    numbers: numbersOf(one),
    facts: { marriage_date: on, ...dated(on) },
    record: () => ({
      '@type': 'CRVS_Person',
      ...written(one, shape),
      marital_status: 'M',
      marriage_date: [on],
      related_person: [{ relationship_type: 'SPS', related_member: written(other, shape) }],
    }),
  }));
}

function dated(on: string): Readonly<Record<string, string>> {
  return { event_date: on, registration_date: on, last_updated: on };
}

function numbersOf({ identifiers }: ToldPerson): KnownNumber[] {
  return identifiers.map(standardNumber);
}

function written(person: ToldPerson, { numbers }: CivilShape): object {
  return {
    [numbers]: numbersOf(person).map(writtenNumber),
    name: { surname: person.familyName, given_name: person.givenName },
  };
}
