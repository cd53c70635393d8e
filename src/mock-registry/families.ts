import { type Dice, pick } from './dice.js';
import { AWKWARD_NAMES, type PersonName, plainName } from './names.js';

// As in dice.ts: a global is slow to look at, and these run for every record.
const { floor } = Math;

/** Deliveries come in blocks of twelve; what a block holds depends on its number alone. */
const DELIVERIES_IN_BLOCK = 12;
const PEOPLE_IN_BLOCK = 64;
const FIRST_MOTHER = 24;
const FIRST_FATHER = 36;
const FIRST_OTHER_FATHER = 48;
/** The awkward names come once in so many blocks. */
const AWKWARD_EVERY = 240;

/** Children per mother; the first mother of a block has one child, the second has two or more. */
const FAMILY_SIZES = [
  [1, 2, 1, 1, 2, 1, 1, 1, 2],
  [1, 3, 1, 1, 2, 1, 2, 1],
  [1, 2, 2, 1, 1, 4, 1],
  [1, 4, 1, 2, 1, 1, 1, 1],
  [1, 2, 1, 3, 1, 1, 1, 2],
] as const;

/** What goes wrong, or is at least unusual, in a block; one cause a block, in turn, so that 300 births show all of them. */
const TROUBLES = [
  'registered twice, father without identifiers',
  'mother is a registered birth',
  'child without identifiers',
  'no mother',
  'no parents',
  'sex unknown',
  'sex other',
  'born in the future',
  'mother once without identifiers',
  'second father',
  'mother once under another name',
  'mother is a registered birth, shown with both numbers',
  'registered twice',
  'only child without identifiers',
  'place not listed',
  'declared years later',
  'mother is a registered birth, shown with the registration number',
  'parents without home',
  'parents without identifiers',
  'address with null',
  'address with undefined',
  'no father',
  'born at home',
  'nothing',
] as const;
export type Trouble = (typeof TROUBLES)[number];
const TWICE: ReadonlySet<Trouble> = new Set<Trouble>([
  'registered twice',
  'registered twice, father without identifiers',
]);
const SHOWN_BY_REGISTERED_MOTHER: ReadonlyMap<Trouble, Parent['shows']> = new Map<Trouble, Parent['shows']>([
  ['mother is a registered birth', 'national'],
  ['mother is a registered birth, shown with both numbers', 'national and registration'],
  ['mother is a registered birth, shown with the registration number', 'registration'],
]);
const REGISTERED_MOTHER: ReadonlySet<Trouble> = new Set(SHOWN_BY_REGISTERED_MOTHER.keys());
const UNUSUAL_SEX: ReadonlyMap<Trouble, Child['sex']> = new Map<Trouble, Child['sex']>([
  ['sex unknown', 'unknown'],
  ['sex other', 'other'],
]);

/** One person of the register, told apart by a number that no other person has; the name is drawn when it is asked for. */
export interface Parent {
  readonly person: number;
  readonly shows: 'nothing' | 'national' | 'registration' | 'national and registration';
  /** The delivery in which this mother herself was born and registered. */
  readonly bornIn: number | null;
  readonly name: () => PersonName;
  readonly hasHome: boolean;
}

/** One child of a delivery. */
export interface Child {
  readonly person: number;
  readonly identified: boolean;
  readonly hasNational: boolean;
  readonly sex: 'male' | 'female' | 'other' | 'unknown';
  readonly name: () => PersonName;
}

/** The block that a delivery is in. */
export function blockOf(delivery: number): number {
  return floor(delivery / DELIVERIES_IN_BLOCK);
}

/** The block that a person is in. */
export function blockOfPerson(person: number): number {
  return floor(person / PEOPLE_IN_BLOCK);
}

/** Draws the deliveries of a block; those beyond the end of the register are left out. */
export function drawBlock(dice: Dice, block: number, born: (delivery: number) => number): Delivery[] {
  const first = block * DELIVERIES_IN_BLOCK;
  const deliveries: Delivery[] = [];
  for (let delivery = first; delivery < first + DELIVERIES_IN_BLOCK; delivery += 1) {
    if (born(delivery) > 0) deliveries.push(drawDelivery(dice, delivery, born));
  }
  return deliveries;
}

/** Where a delivery stands among its family and what is unusual about it; no person is drawn for it. */
export interface Situation {
  readonly delivery: number;
  /** The delivery that registered the same child (the number itself where it is the first). */
  readonly sameChildAs: number;
  readonly trouble: Trouble;
  /** Whether the trouble of the block is in this delivery. */
  readonly troubled: boolean;
  /** Number of the family in the block. */
  readonly family: number;
  /** Chooses the mother's district in the country's list. */
  readonly homeDistrict: number;
}

/** All that is known about one delivery except when it was and where. */
export interface Delivery extends Situation {
  readonly children: readonly Child[];
  readonly mother: Parent | null;
  readonly father: Parent | null;
}

/** Situates one delivery; `born` tells how many children each delivery of its block brought. */
export function situate(dice: Dice, delivery: number, born: (delivery: number) => number): Situation {
  const block = blockOf(delivery);
  const trouble = pick(TROUBLES, block);
  const first = block * DELIVERIES_IN_BLOCK;
  const slot = delivery - first;
  const [family, sibling] = findFamily(pick(FAMILY_SIZES, dice(block, 41)), slot);
  const again = slot === 2 && TWICE.has(trouble) && born(first + 1) === 1 && born(delivery) === 1;
  return {
    delivery,
    sameChildAs: again ? delivery - 1 : delivery,
    trouble,
    troubled: isTroubled(trouble, slot, family, sibling),
    family,
    homeDistrict: dice(first + family, 43),
  };
}

/** What the people of a delivery are drawn from. */
interface Setting {
  readonly situation: Situation;
  readonly dice: Dice;
  readonly block: number;
  /** A number of the family that no other family of the register has. */
  readonly familyKey: number;
  /** Whether the block's second mother is the child of its first delivery: where that is registered, and no twin. */
  readonly motherBornHere: boolean;
}

/** Draws one delivery with its people. */
export function drawDelivery(dice: Dice, delivery: number, born: (delivery: number) => number): Delivery {
  const situation = situate(dice, delivery, born);
  const block = blockOf(delivery);
  const first = block * DELIVERIES_IN_BLOCK;
  const setting: Setting = {
    situation,
    dice,
    block,
    familyKey: first + situation.family,
    motherBornHere: REGISTERED_MOTHER.has(situation.trouble) && born(first) === 1,
  };
  const children = [drawChild(setting, 0)];
  if (born(delivery) > 1) children.push(drawChild(setting, 1));
  const { sameChildAs, trouble, troubled, family, homeDistrict } = situation;
  return {
    delivery,
    sameChildAs,
    trouble,
    troubled,
    family,
    homeDistrict,
    children,
    mother: drawMother(setting),
    father: drawFather(setting),
  };
}

function findFamily(sizes: readonly number[], slot: number): [family: number, sibling: number] {
  let sibling = slot;
  for (const [family, size] of sizes.entries()) {
    if (sibling < size) return [family, sibling];
    sibling -= size;
  }
  throw new RangeError(`A block has no delivery ${String(slot)}`);
}

/** Troubles of siblings sit in the second family of a block, all others in its first delivery. */
function isTroubled(trouble: Trouble, slot: number, family: number, sibling: number): boolean {
  switch (trouble) {
    case 'nothing':
      return false;
    case 'registered twice':
    case 'registered twice, father without identifiers':
      return slot === 1;
    case 'mother is a registered birth':
    case 'mother is a registered birth, shown with both numbers':
    case 'mother is a registered birth, shown with the registration number':
      return slot === 0 || family === 1;
    case 'child without identifiers':
    case 'second father':
    case 'mother once without identifiers':
    case 'mother once under another name':
      return family === 1 && sibling === 1;
    case 'only child without identifiers':
    case 'no mother':
    case 'no parents':
    case 'sex unknown':
    case 'sex other':
    case 'born in the future':
    case 'place not listed':
    case 'declared years later':
    case 'parents without home':
    case 'parents without identifiers':
    case 'address with null':
    case 'address with undefined':
    case 'no father':
    case 'born at home':
      return slot === 0;
  }
}

/** Whether a delivery registers a mother of the block years after her birth. */
export function isMothersBirth({ delivery, trouble }: Situation): boolean {
  return REGISTERED_MOTHER.has(trouble) && delivery % DELIVERIES_IN_BLOCK === 0;
}

/** Whether a delivery is the first of two that registered the same child. */
export function isRegisteredAgain({ sameChildAs, trouble }: Situation): boolean {
  return TWICE.has(trouble) && sameChildAs % DELIVERIES_IN_BLOCK === 1;
}

function drawChild(setting: Setting, twin: number): Child {
  const { dice, block, familyKey } = setting;
  const { sameChildAs, trouble, troubled } = setting.situation;
  const slot = sameChildAs - block * DELIVERIES_IN_BLOCK;
  const person = block * PEOPLE_IN_BLOCK + slot * 2 + twin;
  const isMother = slot === 0 && setting.motherBornHere;
  const isFemale = isMother || dice(person, 51) % 2 === 0;
  const isAwkward = slot === 3 && twin === 0 && block % AWKWARD_EVERY < AWKWARD_NAMES.length;
  return {
    person,
    identified: !(troubled && trouble.endsWith('child without identifiers')),
    hasNational: isMother || (TWICE.has(trouble) && slot === 1) || dice(person, 52) % 6 === 0,
    sex: (troubled ? UNUSUAL_SEX.get(trouble) : undefined) ?? (isFemale ? 'female' : 'male'),
    name: () =>
      isAwkward ? pick(AWKWARD_NAMES, block % AWKWARD_EVERY) : plainName(dice, person, familyKey, familyKey, isFemale),
  };
}

function drawMother(setting: Setting): Parent | null {
  const { dice, block, familyKey } = setting;
  const { delivery, trouble, troubled, family } = setting.situation;
  if (troubled && (trouble === 'no mother' || trouble === 'no parents')) return null;
  const hasHome = dice(delivery, 62) % 20 !== 0 && !(troubled && trouble === 'parents without home');
  if (family === 1 && setting.motherBornHere) return drawRegisteredMother(setting, hasHome);
  const person = block * PEOPLE_IN_BLOCK + FIRST_MOTHER + family;
  // The second family of a block is where the same mother must be found again.
  const identified = family === 1 || dice(person, 61) % 8 !== 0;
  const hidden =
    troubled && (trouble === 'mother once without identifiers' || trouble === 'parents without identifiers');
  const surname = troubled && trouble === 'mother once under another name' ? familyKey + 7 : familyKey;
  return {
    person,
    shows: identified && !hidden ? 'national' : 'nothing',
    bornIn: null,
    name: () => plainName(dice, person, familyKey, surname, true),
    hasHome,
  };
}

/** The person and the name are those of the child of the block's first delivery. */
function drawRegisteredMother({ dice, block, situation }: Setting, hasHome: boolean): Parent {
  const person = block * PEOPLE_IN_BLOCK;
  const bornIn = block * DELIVERIES_IN_BLOCK;
  return {
    person,
    shows: SHOWN_BY_REGISTERED_MOTHER.get(situation.trouble) ?? 'national',
    bornIn,
    name: () => plainName(dice, person, bornIn, bornIn, true),
    hasHome,
  };
}

function drawFather({ dice, block, familyKey, situation }: Setting): Parent | null {
  const { delivery, trouble, troubled, family } = situation;
  const twice = TWICE.has(trouble) && family === 1;
  if (troubled && (trouble === 'no father' || trouble === 'no parents')) return null;
  if (!twice && !troubled && dice(familyKey, 71) % 7 === 0) return null;
  const second = troubled && trouble === 'second father';
  const person = block * PEOPLE_IN_BLOCK + (second ? FIRST_OTHER_FATHER : FIRST_FATHER) + family;
  const hidden =
    (twice && trouble.endsWith('without identifiers')) || (troubled && trouble === 'parents without identifiers');
  return {
    person,
    shows: !hidden && (twice || dice(person, 72) % 10 !== 0) ? 'national' : 'nothing',
    bornIn: null,
    name: () => plainName(dice, person, familyKey, second ? familyKey + 5 : familyKey, false),
    hasHome: dice(delivery, 73) % 4 !== 0 && !(troubled && trouble === 'parents without home'),
  };
}
