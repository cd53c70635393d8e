import { type BirthRegister } from './births.js';
import { dayOfDate } from './calendar.js';
import { type Delivery, type Parent } from './families.js';

/**
 * What an import of all births must come to, known from the way the register was drawn and not from reading it back.
 * People are told apart by identifier. A record whose subject has no identifier is skipped as a whole, one that shows
 * the numbers of two people is a conflict; the parents on both are not counted unless seen elsewhere.
 */
export interface Truth {
  readonly records: number;
  /** Records whose subject has no identifier. */
  readonly skipped: number;
  /** Records that show identifiers of two people; these records come after both people in either order of reading. */
  readonly conflicts: number;
  /** Different children; one that was registered twice counts once. */
  readonly children: number;
  /** Different mothers with identifiers. */
  readonly mothers: number;
  /** Different fathers with identifiers. */
  readonly fathers: number;
  /** Different people with identifiers: children, mothers and fathers, less the mothers who are children here as well. */
  readonly individuals: number;
  readonly mothersWhoAreChildren: number;
  readonly registeredTwice: number;
  /** Parents without identifiers, one for each child that has one: they are not part of `individuals`. */
  readonly unidentifiedMothers: number;
  readonly unidentifiedFathers: number;
  readonly unidentifiedParents: number;
  /** One for each mother with identifiers; those of mothers without are counted apart. */
  readonly families: number;
  readonly familiesOfUnidentifiedMothers: number;
  readonly childrenWithoutMother: number;
  readonly childrenWithoutFather: number;
  /** Pairs of twins. */
  readonly twins: number;
  readonly bornInTheFuture: number;
  readonly sexUnknown: number;
  readonly locations: number;
  readonly rootLocations: number;
  readonly deaths: number;
  readonly marriages: number;
}

type Tally = { -readonly [Count in keyof Truth]: number };

/** Counts block by block, in little memory: nobody but the people of conflicts is seen in two blocks. */
export function countTruth(register: BirthRegister, others: { deaths: number; marriages: number }): Truth {
  const { places } = register.country;
  const tally: Tally = {
    records: register.size,
    skipped: 0,
    conflicts: 0,
    children: 0,
    mothers: 0,
    fathers: 0,
    individuals: 0,
    mothersWhoAreChildren: 0,
    registeredTwice: 0,
    unidentifiedMothers: 0,
    unidentifiedFathers: 0,
    unidentifiedParents: 0,
    families: 0,
    familiesOfUnidentifiedMothers: 0,
    childrenWithoutMother: 0,
    childrenWithoutFather: 0,
    twins: 0,
    bornInTheFuture: 0,
    sexUnknown: 0,
    locations: places.length,
    rootLocations: places.filter((place) => place.parentId === null).length,
    deaths: others.deaths,
    marriages: others.marriages,
  };
  for (const conflict of register.conflicts) {
    if (conflict !== null) tally.conflicts += 1;
    else {
      tally.children += 1;
      tally.childrenWithoutMother += 1;
      tally.childrenWithoutFather += 1;
    }
  }
  for (const block of register.blocks()) countBlock(register, block, tally);
  tally.families = tally.mothers;
  tally.familiesOfUnidentifiedMothers = tally.unidentifiedMothers;
  tally.unidentifiedParents = tally.unidentifiedMothers + tally.unidentifiedFathers;
  tally.individuals = tally.children + tally.mothers + tally.fathers - tally.mothersWhoAreChildren;
  return tally;
}

function countBlock(register: BirthRegister, block: readonly Delivery[], tally: Tally): void {
  const children = new Set<number>();
  const mothers = new Set<number>();
  const fathers = new Set<number>();
  for (const delivery of block) {
    if (delivery.children.length > 1) tally.twins += 1;
    const inTheFuture = register.bornOn(delivery) > FUTURE;
    for (const child of delivery.children) {
      if (child.sex === 'unknown') tally.sexUnknown += 1;
      if (inTheFuture) tally.bornInTheFuture += 1;
      if (!child.identified) {
        tally.skipped += 1;
        continue;
      }
      const again = children.has(child.person);
      children.add(child.person);
      if (isIdentified(delivery.mother)) mothers.add(delivery.mother.person);
      if (isIdentified(delivery.father)) fathers.add(delivery.father.person);
      if (again) tally.registeredTwice += 1;
      else countMissing(delivery, tally);
    }
  }
  tally.children += children.size;
  tally.mothers += mothers.size;
  tally.fathers += fathers.size;
  tally.mothersWhoAreChildren += [...mothers].filter((mother) => children.has(mother)).length;
}

/** Any day after every declaration of the register. */
const FUTURE = dayOfDate(2026, 1, 1);

function isIdentified(parent: Parent | null): parent is Parent {
  return parent !== null && parent.shows !== 'nothing';
}

function countMissing(delivery: Delivery, tally: Tally): void {
  if (delivery.mother === null) tally.childrenWithoutMother += 1;
  else if (!isIdentified(delivery.mother)) tally.unidentifiedMothers += 1;
  if (delivery.father === null) tally.childrenWithoutFather += 1;
  else if (!isIdentified(delivery.father)) tally.unidentifiedFathers += 1;
}
