import { fullName, type Identifier, typedKey } from '../../record/individual.js';
import {
  type IndividualRecord,
  type Parent,
  type PlaceReference,
  type RecordIssue,
} from '../../record/individual-record.js';
import { type Erased } from '../erased-people.js';
import { newId } from '../write-id.js';
import { Decisions, type RaisedQuestion } from './decisions.js';
import { type FieldRules } from './field-rules.js';
import { type Contradiction, keyText, LEFT_OUT, whoIsMeant } from './who-is-meant.js';
import { type About, type Question, type Refusal, type WrittenRecord } from './write-outcome.js';
import { planParents } from './write-parents.js';
import { type DifferingValue, type Family, type ParentalType, Person, type Tie } from './write-person.js';

/** Somebody who joins a family. */
export interface NewMembership {
  readonly family: Family;
  readonly person: Person;
  readonly role: 'head' | null;
}

/** What a page has come to so far: each record is judged as if the ones before it were held already. */
export class PageState {
  readonly people = new Set<Person>();
  readonly newTies: Tie[] = [];
  readonly retypedTies = new Set<Tie>();
  readonly newFamilies: Family[] = [];
  readonly newMemberships: NewMembership[] = [];
  /** Place on the page of the record that is being taken. */
  ordinal = 0;
  /** What was decided of what the page can raise. */
  decisions = Decisions.NONE;
  /** What the page leaves for a person to decide. */
  readonly raised: RaisedQuestion[] = [];

  constructor(
    /** By `typedKey(identifier)`. */
    readonly byIdentifier: Map<string, Person>,
    /** Own location ids by the source's ids. */
    readonly places: ReadonlyMap<string, string>,
    readonly erased: Erased,
    /** Whom to believe where the source of the page tells something else than is held. */
    readonly rules: FieldRules,
  ) {}

  /** Those who hold one of the identifiers. */
  holders(identifiers: readonly Identifier[]): Person[] {
    const found = new Set<Person>();
    for (const identifier of identifiers) {
      const holder = this.byIdentifier.get(typedKey(identifier));
      if (holder !== undefined) found.add(holder);
    }
    return [...found];
  }
}

/**
 * Judges one cleaned record and takes it into the page: all of it or, when it is skipped or a conflict, nothing of it.
 * `isRepeat`: the source said exactly this before, so it overwrites nothing and contradicts nothing; what was not known
 * or not tied then is still taken. `isOwn`: the source has sent it of its subject, who is not only named as the relative of
 * another.
 */
export function takeRecord(page: PageState, said: IndividualRecord, isRepeat: boolean, isOwn: boolean): WrittenRecord {
  if (said.identifiers.length === 0) {
    return refuse('skipped', issuesOf(page, said), {
      code: 'SUBJECT_WITHOUT_IDENTIFIER',
      reason: 'The record shows no usable identifier of its subject, who could not be found again',
    });
  }
  if (page.erased.hasPerson(said)) {
    return refuse('skipped', issuesOf(page, said), {
      code: 'PERSON_ERASED',
      reason: 'The subject of the record was erased, and comes back only when an operator lifts the erasure',
    });
  }
  const whole = withoutErasedParents(page, said, page.holders(said.identifiers)[0]);
  const issues = issuesOf(page, whole);
  const meant = whoIsMeant(page, 'subject', whole, isRepeat);
  // Of its subject no record says nothing: nobody decides to leave one out.
  if (meant === LEFT_OUT) throw new Error('the subject of a record cannot be left out of it');
  if ('refusal' in meant) return contradicted(page, whole, issues, meant);
  const { person: holder, record } = meant;
  let plans = planParents(page, holder, record, isRepeat);
  if (!Array.isArray(plans)) {
    const isSettled = isRepeat && plans.refusal.code === 'PARENT_DIFFERS';
    if (!isSettled) return contradicted(page, whole, issues, plans);
    plans = [];
  }

  const subject = holder ?? Person.unknown();
  const questions: Question[] = [];
  const asking = (about: About, person: Person, mention: IndividualRecord) => (differing: DifferingValue) => {
    const shown = mention.identifiers.length > 0 ? mention : record;
    const question: Question = {
      kind: 'field_differs',
      about,
      field: differing.field,
      individualIds: [person.id],
      said: JSON.stringify([keyText(shown.identifiers), differing.said]),
    };
    const decided = page.decisions.on(question);
    if (decided === null) questions.push(question);
    return decided?.decision === 'link';
  };
  const changes = [hear(page, subject, record, !isRepeat, asking('subject', subject, record))];
  subject.hasOwnRecord ||= isOwn;
  const parents = plans.map((plan) => {
    const parent = plan.person ?? Person.unknown();
    // What a child's record says of a parent is weaker than the parent's own record, and may not be about the same
    // person where it shows no identifier and the parent that is held has one.
    const isWeak = parent.hasOwnRecord || (parent.isIdentified && plan.mention.record.identifiers.length === 0);
    const ask = asking(plan.mention.role, parent, plan.mention.record);
    changes.push(hear(page, parent, plan.mention.record, !isRepeat && !isWeak, ask));
    changes.push(tie(page, { type: plan.type, parent, child: subject }, isRepeat));
    return parent;
  });
  changes.push(...[subject, ...parents].map((person) => settle(page, person)));
  page.raised.push(...questions.map((question) => ({ question, record: whole, ordinal: page.ordinal })));

  const motherId = parentOf(subject, 'mother_of')?.id ?? null;
  return {
    outcome: holder === null ? 'created' : changes.includes(true) ? 'updated' : 'unchanged',
    refusal: null,
    individualId: subject.id,
    motherId,
    fatherId: parentOf(subject, 'father_of')?.id ?? null,
    groupId: subject.families[0]?.id ?? null,
    issues,
    questions,
  };
}

/** Nothing of the record is taken; what it asks waits for somebody to decide. */
function contradicted(
  page: PageState,
  record: IndividualRecord,
  issues: readonly RecordIssue[],
  { refusal, question }: Contradiction,
): WrittenRecord {
  if (refusal.code === 'CONFLICT_REJECTED') return refuse('skipped', issues, refusal);
  if (question !== null) page.raised.push({ question, record, ordinal: page.ordinal });
  return { ...refuse('conflict', issues, refusal), questions: question === null ? [] : [question] };
}

function issuesOf(page: PageState, record: IndividualRecord): RecordIssue[] {
  return [...record.issues, ...findUnknownPlaces(page, record)];
}

/** A parent who shows no identifier may be the one who was erased: the child had such a parent. */
function withoutErasedParents(page: PageState, record: IndividualRecord, child: Person | undefined): IndividualRecord {
  const isErased = ({ role, record: { identifiers } }: Parent): boolean =>
    page.erased.hasPerson({ identifiers }) ||
    (identifiers.length === 0 && child !== undefined && page.erased.hasParent(child.id, role));
  const erased = record.parents.filter(isErased);
  if (erased.length === 0) return record;
  const issues = erased.map(({ role }): RecordIssue => ({
    field: role,
    code: 'parent_erased',
    message: 'The parent was erased, and comes back only when an operator lifts the erasure; left out',
  }));
  return {
    ...record,
    parents: record.parents.filter((parent) => !erased.includes(parent)),
    issues: [...record.issues, ...issues],
  };
}

function refuse(outcome: 'skipped' | 'conflict', issues: readonly RecordIssue[], refusal: Refusal): WrittenRecord {
  return { outcome, refusal, individualId: null, motherId: null, fatherId: null, groupId: null, issues, questions: [] };
}

function parentOf(child: Person, type: ParentalType): Person | undefined {
  return child.parents.find((held) => held.type === type)?.parent;
}

function hear(
  page: PageState,
  person: Person,
  record: IndividualRecord,
  overwrite: boolean,
  ask: (differing: DifferingValue) => boolean,
): boolean {
  page.people.add(person);
  const gained = person.addIdentifiers(record, page.ordinal);
  for (const identifier of record.identifiers) page.byIdentifier.set(typedKey(identifier), person);
  const testimony = {
    record,
    ordinal: page.ordinal,
    birthLocationId: locate(page, record.birthPlace),
    deathLocationId: locate(page, record.deathPlace),
    homeLocationId: locate(page, record.homePlace),
    rules: page.rules,
  };
  return person.hear(testimony, overwrite, ask) || gained;
}

/** The own location of a place, or of the place that contains it: all that is known of a home birth. */
function locate(page: PageState, place: PlaceReference | undefined): string | null {
  const { externalId, containedInExternalId } = place ?? {};
  const exact = externalId === undefined ? undefined : page.places.get(externalId);
  const around = containedInExternalId === undefined ? undefined : page.places.get(containedInExternalId);
  return exact ?? around ?? null;
}

const PLACE_FIELDS = ['birthPlace', 'deathPlace', 'homePlace'] as const;

function findUnknownPlaces(page: PageState, record: IndividualRecord, prefix = ''): RecordIssue[] {
  const issues: RecordIssue[] = [];
  for (const field of PLACE_FIELDS) {
    const externalId = record[field]?.externalId ?? record[field]?.containedInExternalId;
    if (externalId === undefined || page.places.has(externalId)) continue;
    issues.push({
      field: `${prefix}${field}`,
      code: 'place_unknown',
      message: 'The place is not among the known locations of the source; what is held was kept',
    });
  }
  for (const { role, record: parent } of record.parents) issues.push(...findUnknownPlaces(page, parent, `${role}.`));
  return issues;
}

function tie(page: PageState, named: Pick<Tie, 'type' | 'parent' | 'child'>, isRepeat: boolean): boolean {
  const { type, parent, child } = named;
  const held = child.parents.find((candidate) => candidate.parent === parent);
  // Who is held as the parent and has left the family since did so by somebody's decision.
  if (held?.type === type && isRepeat) return false;
  const isTied = held === undefined ? addTie(page, named) : held.type !== type && retype(page, held, type);
  const isJoined = type === 'mother_of' && joinFamily(page, parent, child);
  return isTied || isJoined;
}

function addTie(page: PageState, named: Pick<Tie, 'type' | 'parent' | 'child'>): boolean {
  const added: Tie = { id: newId(), isNew: true, ...named };
  added.child.parents.push(added);
  if (added.type === 'parent_of') added.parent.unsettledChildren.push(added);
  page.newTies.push(added);
  return true;
}

/** Says which parent it is, where that was not known; what is known stays. */
function retype(page: PageState, tie: Tie, type: ParentalType): boolean {
  if (tie.type !== 'parent_of' || type === 'parent_of') return false;
  tie.type = type;
  if (!tie.isNew) page.retypedTies.add(tie);
  tie.parent.unsettledChildren = tie.parent.unsettledChildren.filter((other) => other !== tie);
  return true;
}

/** A parent of whom it becomes known which of the two takes that place with the children that have none yet. */
function settle(page: PageState, person: Person): boolean {
  const type = person.parentalType;
  if (type === 'parent_of') return false;
  const free = person.unsettledChildren.filter(({ child }) => parentOf(child, type) === undefined);
  for (const held of free) {
    retype(page, held, type);
    if (type === 'mother_of' && held.child.families.length === 0) joinFamily(page, person, held.child);
  }
  return free.length > 0;
}

/** Makes the child a member of the mother's family, which is made with her as head when she has none. */
function joinFamily(page: PageState, mother: Person, child: Person): boolean {
  const isTogether = child.families.some(
    (family) => family === mother.ownFamily || (mother.ownFamily === null && mother.families.includes(family)),
  );
  if (isTogether) return false;
  mother.ownFamily ??= makeFamily(page, mother);
  child.families.push(mother.ownFamily);
  page.newMemberships.push({ family: mother.ownFamily, person: child, role: null });
  return true;
}

function makeFamily(page: PageState, mother: Person): Family {
  const family: Family = {
    id: newId(),
    made: { name: mother.values.familyName ?? fullName(mother.name), mother },
  };
  page.newFamilies.push(family);
  page.newMemberships.push({ family, person: mother, role: 'head' });
  return family;
}
