import { fullName, typedKey } from '../../record/individual.js';
import { type IndividualRecord, type Parent } from '../../record/individual-record.js';
import { type Refusal } from './write-outcome.js';
import { parentalTypeOf, type ParentalType, type Person } from './write-person.js';
import {
  type Contradiction,
  keyText,
  type KnownPeople,
  LEFT_OUT,
  rejected,
  whoIsMeant,
  withoutThoseOfOthers,
} from './who-is-meant.js';

/** A parent named in a record, matched with the people held. */
export interface ParentPlan {
  readonly mention: Parent;
  /** `null`: somebody new. */
  readonly person: Person | null;
  readonly type: ParentalType;
}

const DIFFERS: Refusal = {
  code: 'PARENT_DIFFERS',
  reason: 'The child is held with another parent or in another family than the record says; nothing was changed',
};

/** The child of a record, as far as it is held, and who else is known. */
interface Known {
  readonly people: KnownPeople;
  readonly child: Person | null;
  readonly record: IndividualRecord;
}

/**
 * Decides who the parents named in a record are, without changing anything. A parent with identifiers is whoever holds
 * them; one without is the parent that the child already has in that place. Where that contradicts what is held, a
 * decision answers, or the answer is a contradiction: nobody is merged or replaced by guess.
 */
export function planParents(
  people: KnownPeople,
  child: Person | null,
  record: IndividualRecord,
  isRepeat: boolean,
): ParentPlan[] | Contradiction {
  const known: Known = { people, child, record };
  const plans: ParentPlan[] = [];
  for (const mention of record.parents) {
    if (sharesIdentifier(mention.record, record)) return isSubject();
    const meant = whoIsMeant(people, mention.role, mention.record, isRepeat);
    if (meant === LEFT_OUT) continue;
    if ('refusal' in meant) return meant;
    const plan = planParent(known, { ...mention, record: meant.record }, meant.person, plans);
    if (plan === LEFT_OUT) continue;
    if ('refusal' in plan) return plan;
    const twin = plans.find((other) => isSame(other, plan));
    if (twin === undefined) plans.push(plan);
    else if (twin.type !== plan.type) return areOne();
  }
  return checkPlans(known, plans);
}

/** Whether the child can have all these parents; without those that were decided to be left out. */
function checkPlans(known: Known, plans: readonly ParentPlan[]): ParentPlan[] | Contradiction {
  const { child } = known;
  const isDoubled = plans.some(
    (plan) => plan.type !== 'parent_of' && plans.some((other) => other !== plan && other.type === plan.type),
  );
  // The record contradicts itself: there are no two sides to decide between.
  if (isDoubled) return { refusal: DIFFERS, question: null };
  const [tooMany] = child === null ? plans.slice(2) : parentsBeyondTwo(child, plans);
  const blamed = tooMany ?? familyOfAnother(child, plans);
  if (blamed === undefined) return [...plans];
  const others = plans.filter((plan) => plan !== blamed);
  const decided = decideDiffering(known, blamed.mention, blamed.person, blamed.type);
  if (decided === LEFT_OUT) return checkPlans(known, others);
  if ('refusal' in decided) return decided;
  const isNews = decided.person !== blamed.person && !others.some((plan) => plan.person === decided.person);
  return isNews ? checkPlans(known, [...others, decided]) : differs(known, blamed.mention, blamed.person);
}

function planParent(
  known: Known,
  mention: Parent,
  holder: Person | null,
  plans: readonly ParentPlan[],
): ParentPlan | Contradiction | typeof LEFT_OUT {
  const { child } = known;
  if (holder !== null && (holder === child || holder.parents.some((tie) => tie.parent === child))) {
    return isSubject();
  }
  const type = placeOf(mention, holder, child, plans);
  const rival = type === 'parent_of' ? undefined : child?.parents.find((tie) => tie.type === type)?.parent;
  if (holder !== null) {
    const held = child?.parents.find((tie) => tie.parent === holder);
    const isContradicted = held !== undefined && held.type !== 'parent_of' && held.type !== type;
    return (rival !== undefined && rival !== holder) || isContradicted
      ? decideDiffering(known, mention, holder, type)
      : { mention, person: holder, type };
  }
  if (mention.record.identifiers.length === 0) {
    return { mention, person: rival ?? findUnidentified(child, mention, plans), type };
  }
  return rival?.isIdentified === true
    ? decideDiffering(known, mention, null, type)
    : { mention, person: rival ?? null, type };
}

/** What was decided of a parent whom the child is not held with; a contradiction where nobody has decided. */
function decideDiffering(
  known: Known,
  mention: Parent,
  holder: Person | null,
  type: ParentalType,
): ParentPlan | Contradiction | typeof LEFT_OUT {
  const { people, child } = known;
  const contradiction = differs(known, mention, holder);
  const decided = contradiction.question && people.decisions.on(contradiction.question);
  if (!decided) return contradiction;
  if (decided.decision === 'reject') return rejected();
  if (decided.decision === 'keep_apart') return LEFT_OUT;
  // Who was decided to be the parent that the child is held with: the record shows further identifiers of them.
  const tie = child?.parents.find(({ parent }) => parent.id === decided.individualId);
  if (tie === undefined) return contradiction;
  const record = withoutThoseOfOthers(people, tie.parent, mention.record);
  return { mention: { ...mention, record }, person: tie.parent, type: tie.type === 'parent_of' ? type : tie.type };
}

function differs({ child, record }: Known, mention: Parent, holder: Person | null): Contradiction {
  if (child === null) return { refusal: DIFFERS, question: null };
  const people = [child, ...child.parents.map(({ parent }) => parent), ...(holder === null ? [] : [holder])];
  const { identifiers, name } = mention.record;
  const shown = identifiers.length > 0 ? keyText(identifiers) : ((name && fullName(name)) ?? '');
  return {
    refusal: DIFFERS,
    question: {
      kind: 'parent_differs',
      about: mention.role,
      field: null,
      individualIds: people.map(({ id }) => id),
      said: JSON.stringify([keyText(record.identifiers), shown]),
    },
  };
}

/** Which parent: as the record says, as is held already, or as the sex tells while that place is free. */
function placeOf(
  { role, record }: Parent,
  holder: Person | null,
  child: Person | null,
  plans: readonly ParentPlan[],
): ParentalType {
  if (role !== 'parent') return role === 'mother' ? 'mother_of' : 'father_of';
  const held = child?.parents.find((tie) => tie.parent === holder)?.type ?? 'parent_of';
  if (held !== 'parent_of') return held;
  const type = parentalTypeOf(holder?.values.sex ?? record.sex);
  const isTaken =
    plans.some((plan) => plan.type === type) ||
    child?.parents.some((tie) => tie.type === type && tie.parent !== holder);
  return isTaken === true ? 'parent_of' : type;
}

/** The parent without identifiers whom the child already has: by name, or as the only one. */
function findUnidentified(child: Person | null, { record }: Parent, plans: readonly ParentPlan[]): Person | null {
  const free = (child?.parents ?? [])
    .filter((tie) => tie.type === 'parent_of' && !tie.parent.isIdentified)
    .map((tie) => tie.parent)
    .filter((parent) => !plans.some((plan) => plan.person === parent));
  const name = record.name === undefined ? null : fullName(record.name);
  return free.find((parent) => fullName(parent.name) === name) ?? (free.length === 1 ? free[0] : null) ?? null;
}

function isSame(one: ParentPlan, other: ParentPlan): boolean {
  return (
    (one.person !== null && one.person === other.person) || sharesIdentifier(one.mention.record, other.mention.record)
  );
}

function sharesIdentifier(one: IndividualRecord, other: IndividualRecord): boolean {
  const keys = new Set(one.identifiers.map(typedKey));
  return other.identifiers.some((identifier) => keys.has(typedKey(identifier)));
}

/** Where the source does not say which parent is which, a replaced parent shows as a third one. */
function parentsBeyondTwo(child: Person, plans: readonly ParentPlan[]): ParentPlan[] {
  const added = plans.filter((plan) => !child.parents.some((tie) => tie.parent === plan.person));
  return added.slice(Math.max(0, 2 - child.parents.length));
}

/** Nobody is a child in two families. */
function familyOfAnother(child: Person | null, plans: readonly ParentPlan[]): ParentPlan | undefined {
  const mother = plans.find((plan) => plan.type === 'mother_of');
  if (child === null || child.families.length === 0 || mother === undefined) return undefined;
  const own = mother.person?.ownFamily ?? null;
  const isTogether =
    own === null
      ? child.families.some((family) => mother.person?.families.includes(family))
      : child.families.includes(own);
  return isTogether ? undefined : mother;
}

function isSubject(): Contradiction {
  return {
    refusal: {
      code: 'PARENT_IS_SUBJECT',
      reason: 'A parent named in the record is its subject, or the child of its subject; nothing was changed',
    },
    question: null,
  };
}

function areOne(): Contradiction {
  return {
    refusal: {
      code: 'PARENTS_ARE_ONE_PERSON',
      reason: 'The record names one person as both parents of its subject; nothing was changed',
    },
    question: null,
  };
}
