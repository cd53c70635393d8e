import { fullName, type Identifier, typedKey } from '../../record/individual.js';
import { type IndividualRecord, type Parent } from '../../record/individual-record.js';
import { type Refusal } from './write-outcome.js';
import { parentalTypeOf, type ParentalType, type Person } from './write-person.js';

/** A parent named in a record, matched with the people held. */
export interface ParentPlan {
  readonly mention: Parent;
  /** `null`: somebody new. */
  readonly person: Person | null;
  readonly type: ParentalType;
}

interface People {
  holders(identifiers: readonly Identifier[]): Person[];
}

const DIFFERS: Refusal = {
  code: 'PARENT_DIFFERS',
  reason: 'The child is held with another parent or in another family than the record says; nothing was changed',
};

/**
 * Decides who the parents named in a record are, without changing anything. A parent with identifiers is whoever holds
 * them; one without is the parent that the child already has in that place. Where that contradicts what is held, the
 * answer is a refusal: nobody is merged or replaced by guess.
 */
export function planParents(people: People, child: Person | null, record: IndividualRecord): ParentPlan[] | Refusal {
  const plans: ParentPlan[] = [];
  for (const mention of record.parents) {
    if (sharesIdentifier(mention.record, record)) return isSubject();
    const plan = planParent(people, child, mention, plans);
    if ('code' in plan) return plan;
    const twin = plans.find((other) => isSame(other, plan));
    if (twin === undefined) plans.push(plan);
    else if (twin.type !== plan.type) return areOne();
  }
  const isDoubled = plans.some(
    (plan) => plan.type !== 'parent_of' && plans.some((other) => other !== plan && other.type === plan.type),
  );
  return isDoubled || tooMany(child, plans) || familyDiffers(child, plans) ? DIFFERS : plans;
}

function planParent(
  people: People,
  child: Person | null,
  mention: Parent,
  plans: readonly ParentPlan[],
): ParentPlan | Refusal {
  const [holder, ...others] = people.holders(mention.record.identifiers);
  if (others.length > 0) {
    return {
      code: 'IDENTIFIERS_OF_TWO_PEOPLE',
      reason: `The identifiers of the ${mention.role} belong to different people; nothing was merged`,
    };
  }
  if (holder !== undefined && (holder === child || holder.parents.some((tie) => tie.parent === child))) {
    return isSubject();
  }
  const type = placeOf(mention, holder ?? null, child, plans);
  const rival = type === 'parent_of' ? undefined : child?.parents.find((tie) => tie.type === type)?.parent;
  if (holder !== undefined) {
    const held = child?.parents.find((tie) => tie.parent === holder);
    const isContradicted = held !== undefined && held.type !== 'parent_of' && held.type !== type;
    return (rival !== undefined && rival !== holder) || isContradicted ? DIFFERS : { mention, person: holder, type };
  }
  if (mention.record.identifiers.length === 0) {
    return { mention, person: rival ?? findUnidentified(child, mention, plans), type };
  }
  return rival?.isIdentified === true ? DIFFERS : { mention, person: rival ?? null, type };
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
function tooMany(child: Person | null, plans: readonly ParentPlan[]): boolean {
  const added = plans.filter((plan) => !child?.parents.some((tie) => tie.parent === plan.person));
  return added.length > 0 && added.length + (child?.parents.length ?? 0) > 2;
}

/** Nobody is a child in two families. */
function familyDiffers(child: Person | null, plans: readonly ParentPlan[]): boolean {
  const mother = plans.find((plan) => plan.type === 'mother_of');
  if (child === null || child.families.length === 0 || mother === undefined) return false;
  const own = mother.person?.ownFamily ?? null;
  return own === null
    ? !child.families.some((family) => mother.person?.families.includes(family))
    : !child.families.includes(own);
}

function isSubject(): Refusal {
  return {
    code: 'PARENT_IS_SUBJECT',
    reason: 'A parent named in the record is its subject, or the child of its subject; nothing was changed',
  };
}

function areOne(): Refusal {
  return {
    code: 'PARENTS_ARE_ONE_PERSON',
    reason: 'The record names one person as both parents of its subject; nothing was changed',
  };
}
