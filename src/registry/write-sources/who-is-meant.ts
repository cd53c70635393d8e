import { type Identifier, typedKey } from '../../record/individual.js';
import { type IndividualRecord } from '../../record/individual-record.js';
import { type Decisions } from './decisions.js';
import { type About, type Question, type Refusal } from './write-outcome.js';
import { type Person } from './write-person.js';

/** What is held of those whom records name, and what was decided of them. */
export interface KnownPeople {
  readonly decisions: Decisions;
  /** Those who hold one of the identifiers. */
  holders(identifiers: readonly Identifier[]): Person[];
}

/** Why a record cannot be taken. */
export interface Contradiction {
  readonly refusal: Refusal;
  /** What a person has to decide; `null` where there is nothing to decide. */
  readonly question: Question | null;
}

/** Whom the identifiers of a record, or of a parent named in one, mean. */
export interface Meant {
  /** `null`: nobody who is held. */
  readonly person: Person | null;
  /** What is said, without the identifiers that were decided to be somebody else's. */
  readonly record: IndividualRecord;
}

/** It was decided that this parent is not taken over. */
export const LEFT_OUT = 'left_out';

/** It was decided that what the source says here is never taken. */
export function rejected(): Contradiction {
  return {
    refusal: { code: 'CONFLICT_REJECTED', reason: 'It was decided that this record is not taken; nothing was changed' },
    question: null,
  };
}

/**
 * Whoever holds the identifiers. Where they belong to several, or one of them is another value of what a person has only
 * once, a decision answers, or it is a contradiction: nobody is merged by guess. `isRepeat`: the source said exactly this
 * before, so it contradicts nobody; an identifier that the person has otherwise is left out.
 */
export function whoIsMeant(
  people: KnownPeople,
  about: About,
  said: IndividualRecord,
  isRepeat: boolean,
): Meant | Contradiction | typeof LEFT_OUT {
  const one = oneHolder(people, about, said);
  return one === LEFT_OUT || 'refusal' in one ? one : withSingleIdentifiers(people, about, one, isRepeat);
}

function oneHolder(people: KnownPeople, about: About, said: IndividualRecord): Meant | Contradiction | typeof LEFT_OUT {
  const holders = people.holders(said.identifiers);
  const [holder = null] = holders;
  if (holders.length < 2) return { person: holder, record: said };
  const question: Question = {
    kind: 'identifiers_of_two_people',
    about,
    field: null,
    individualIds: holders.map(({ id }) => id),
    said: keyText(said.identifiers),
  };
  const decided = people.decisions.on(question);
  if (decided?.decision === 'reject') return rejected();
  if (decided?.decision === 'link' || decided?.decision === 'keep_apart') {
    if (decided.individualId === null && about !== 'subject') return LEFT_OUT;
    const person = holders.find(({ id }) => id === decided.individualId);
    if (person !== undefined) return { person, record: withoutThoseOfOthers(people, person, said) };
  }
  return {
    refusal: {
      code: 'IDENTIFIERS_OF_TWO_PEOPLE',
      reason: `The identifiers of the ${about} belong to different people; nothing was merged`,
    },
    question,
  };
}

/** What is said, without the identifiers that somebody else than the person holds. */
export function withoutThoseOfOthers(people: KnownPeople, person: Person, said: IndividualRecord): IndividualRecord {
  const identifiers = said.identifiers.filter((identifier) =>
    people.holders([identifier]).every((holder) => holder === person),
  );
  return { ...said, identifiers };
}

function withSingleIdentifiers(
  people: KnownPeople,
  about: About,
  { person, record }: Meant,
  isRepeat: boolean,
): Meant | Contradiction {
  if (person === null) return { person, record };
  const leftOut = new Set<Identifier>();
  for (const identifier of record.identifiers) {
    if (!people.decisions.isSingle(identifier.type) || !hasAnother(person, identifier)) continue;
    const question: Question = {
      kind: 'identifier_differs',
      about,
      field: identifier.type,
      individualIds: [person.id],
      said: JSON.stringify([keyText(record.identifiers), typedKey(identifier)]),
    };
    const decision = people.decisions.on(question)?.decision;
    if (decision === 'reject') return rejected();
    if (decision === 'link') continue;
    if (decision !== 'keep_apart' && !isRepeat) return differs(about, question);
    leftOut.add(identifier);
  }
  if (leftOut.size === 0) return { person, record };
  return {
    person,
    record: { ...record, identifiers: record.identifiers.filter((identifier) => !leftOut.has(identifier)) },
  };
}

function differs(about: About, question: Question): Contradiction {
  return {
    refusal: {
      code: 'IDENTIFIER_DIFFERS',
      reason: `The ${about} has an identifier already of which a person has only one, and the record shows another; nothing was changed`,
    },
    question,
  };
}

function hasAnother(person: Person, identifier: Identifier): boolean {
  if (person.identifierKeys.has(typedKey(identifier))) return false;
  const ofType = typedKey({ type: identifier.type, value: '' });
  return [...person.identifierKeys].some((key) => key.startsWith(ofType));
}

/** The identifiers as one text, whatever their order. */
export function keyText(identifiers: readonly Identifier[]): string {
  return JSON.stringify(identifiers.map(typedKey).sort());
}
