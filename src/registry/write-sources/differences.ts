import { createHash } from 'node:crypto';
import { fullName, type Identifier, type PartialDate } from '../../record/individual.js';
import { type IndividualRecord, peopleNamed } from '../../record/individual-record.js';
import { type About, type WrittenRecord } from './write-outcome.js';
import { type ParentalType, type Person, type PersonField, type PersonValues, type Tie } from './write-person.js';
import { type PageState } from './write-record.js';

/** Whom of a record a difference is about; `child`: one that it names, or another one of a parent. */
export type DifferenceAbout = About | 'spouse' | 'child';

/** What differs: a person's own value, an identifier, a parent, the family or a marriage. */
export type DifferingField = PersonField | 'identifier' | 'mother' | 'father' | 'parent' | 'family' | 'marriages';

/** Why it differs. */
export type DifferenceReason =
  | 'new_person'
  | 'not_known'
  | 'source_differs'
  | 'new_identifier'
  | 'new_parent'
  | 'parent_settled'
  | 'new_family'
  | 'joins_family'
  | 'new_marriage';

/** One thing that a record changes. The values are personal. */
export interface Difference {
  readonly about: DifferenceAbout;
  /** `null`: somebody new. */
  readonly individualId: string | null;
  readonly field: DifferingField;
  /** What is held; `null`: nothing. A date as far as it is known, a place as its id, parents and families by name. */
  readonly old: string | null;
  readonly new: string | null;
  readonly reason: DifferenceReason;
}

/** Somebody held whom a record touches, and `individuals.row_version` then. */
export interface SeenPerson {
  readonly id: string;
  readonly version: number;
}

/** What one record comes to, beside its outcome. */
export interface RecordDifferences {
  readonly differences: readonly Difference[];
  readonly seen: readonly SeenPerson[];
}

/** Every value of a person's own is named here, or this does not compile. */
const FIELDS: Readonly<Record<PersonField, true>> = {
  givenName: true,
  middleName: true,
  familyName: true,
  sex: true,
  birthDate: true,
  deathDate: true,
  deceased: true,
  deathLocation: true,
  deathPlaceText: true,
  birthLocation: true,
  birthPlaceText: true,
  homeLocation: true,
  homePlaceText: true,
};
const FIELD_NAMES = Object.keys(FIELDS) as PersonField[];

const PLACE_OF: Readonly<Record<ParentalType, 'mother' | 'father' | 'parent'>> = {
  mother_of: 'mother',
  father_of: 'father',
  parent_of: 'parent',
};

const KNOWN_LENGTH = { year: 4, month: 7, day: 10 } as const;

/** The people of a page as they are before one of its records is taken, to tell afterwards what differs. */
export class BeforeRecord {
  readonly #page: PageState;
  readonly #record: IndividualRecord;
  readonly #values = new Map<Person, PersonValues>();
  readonly #identifiers = new Map<Person, number>();
  readonly #types = new Map<Tie, ParentalType>();
  /** What last changed the marriages of a person. */
  readonly #marriages = new Map<Person, unknown>();
  readonly #memberships: number;

  constructor(page: PageState, record: IndividualRecord) {
    this.#page = page;
    this.#record = record;
    this.#memberships = page.newMemberships.length;
    for (const holder of this.#holdersOf(peopleNamed(record))) {
      this.#look(holder);
      for (const { parent } of holder.parents) this.#look(parent);
    }
  }

  /** What the record has changed, and whom of those held it touches; nothing of one that was refused. */
  after({ refusal }: WrittenRecord): RecordDifferences {
    const [subject] = this.#page.holders(this.#record.identifiers);
    if (refusal !== null || subject === undefined) return { differences: [], seen: [] };
    const people = new Map<Person, DifferenceAbout>([[subject, 'subject']]);
    for (const { parent, type } of subject.parents) people.set(parent, PLACE_OF[type]);
    const { marriages = [], children = [] } = this.#record;
    const spouses = marriages.flatMap(({ spouse }) => spouse ?? []);
    for (const person of this.#holdersOf(spouses)) if (!people.has(person)) people.set(person, 'spouse');
    for (const person of this.#holdersOf(children)) if (!people.has(person)) people.set(person, 'child');
    const differences = [...people].flatMap(([person, about]) => [
      ...this.#ownValues(person, about),
      ...this.#newIdentifiers(person, about),
      ...this.#newMarriages(person, about),
    ]);
    for (const person of people.keys()) {
      for (const tie of [...person.parents, ...this.#unsettled(person)]) {
        const difference = this.#tie(tie, people.get(tie.child) ?? 'child');
        if (difference !== null) differences.push(difference);
      }
    }
    differences.push(...this.#families(people));
    return {
      differences: [...new Map(differences.map((difference) => [JSON.stringify(difference), difference])).values()],
      seen: [...people.keys()].filter(({ isNew }) => !isNew).map(({ id, rowVersion }) => ({ id, version: rowVersion })),
    };
  }

  #holdersOf(records: readonly IndividualRecord[]): Person[] {
    return this.#page.holders(records.flatMap(({ identifiers }) => identifiers));
  }

  #look(person: Person): void {
    this.#values.set(person, { ...person.values });
    this.#identifiers.set(person, person.newIdentifiers.length);
    this.#marriages.set(person, person.changed.get('marriages'));
    for (const tie of [...person.parents, ...person.unsettledChildren]) this.#types.set(tie, tie.type);
  }

  #ownValues(person: Person, about: DifferenceAbout): Difference[] {
    const before = this.#values.get(person);
    return FIELD_NAMES.flatMap((field): Difference[] => {
      const old = before === undefined ? null : textOf(before[field]);
      const now = textOf(person.values[field]);
      const isFirst = old === null || (field === 'deceased' && before === undefined);
      if (old === now || (before === undefined && field === 'deceased' && now === 'false')) return [];
      const reason = before === undefined ? 'new_person' : isFirst ? 'not_known' : 'source_differs';
      return [{ about, individualId: idOf(person), field, old, new: now, reason }];
    });
  }

  #newIdentifiers(person: Person, about: DifferenceAbout): Difference[] {
    const reason = this.#values.has(person) ? 'new_identifier' : 'new_person';
    return person.newIdentifiers.slice(this.#identifiers.get(person) ?? 0).map((identifier) => ({
      about,
      individualId: idOf(person),
      field: 'identifier',
      old: null,
      new: identifierText(identifier),
      reason,
    }));
  }

  #newMarriages(person: Person, about: DifferenceAbout): Difference[] {
    if (person.changed.get('marriages') === this.#marriages.get(person)) return [];
    const days = (this.#record.marriages ?? []).flatMap(({ marriedOn }) => marriedOn ?? []);
    const told = days.length === 0 ? null : days.join(', ');
    return [{ about, individualId: idOf(person), field: 'marriages', old: null, new: told, reason: 'new_marriage' }];
  }

  #unsettled(parent: Person): Tie[] {
    return [...this.#types.keys()].filter((tie) => tie.parent === parent);
  }

  #tie(tie: Tie, about: DifferenceAbout): Difference | null {
    const type = this.#types.get(tie);
    if (type === tie.type || (type === undefined && !tie.isNew)) return null;
    const name = fullName(tie.parent.name);
    return {
      about,
      individualId: idOf(tie.child),
      field: PLACE_OF[tie.type],
      old: type === undefined ? null : name,
      new: name,
      reason: type === undefined ? 'new_parent' : 'parent_settled',
    };
  }

  #families(people: ReadonlyMap<Person, DifferenceAbout>): Difference[] {
    return this.#page.newMemberships.slice(this.#memberships).map(({ family, person, role }) => ({
      about: people.get(person) ?? 'child',
      individualId: idOf(person),
      field: 'family',
      old: null,
      new: family.made?.name ?? null,
      reason: role === 'head' ? 'new_family' : 'joins_family',
    }));
  }
}

/**
 * SHA-256 of what a record comes to: equal where it comes to the same, in whatever order. Ids are left out, as those of
 * new people are drawn anew each time; and so is the order, in which two parents of one page are held by their ids.
 */
export function outcomeDigest(
  { outcome, refusal, questions }: WrittenRecord,
  differences: readonly Difference[],
): Buffer {
  const asked = questions.map(({ kind, about, field, said }) => JSON.stringify([kind, about, field, said])).sort();
  const told = differences
    .map(({ about, field, old, new: now, reason }) => JSON.stringify([about, field, old, now, reason]))
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([outcome, refusal?.code ?? null, asked, told]))
    .digest();
}

function idOf(person: Person): string | null {
  return person.isNew ? null : person.id;
}

function textOf(value: string | boolean | PartialDate | null): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : value.date.slice(0, KNOWN_LENGTH[value.precision]);
}

function identifierText({ type, value }: Identifier): string {
  return `${type} ${value}`;
}
