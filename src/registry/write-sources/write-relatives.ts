import { type IndividualRecord, type RecordIssue } from '../../record/individual-record.js';
import { type Marriages } from './write-marriages.js';
import { type WrittenRecord } from './write-outcome.js';
import { type Person } from './write-person.js';
import { type PageState, takeRecord } from './write-record.js';

/** The number of a registered marriage: it is the couple's, and nobody is found by it. */
const OF_THE_COUPLE = 'MRN';

/** A record without the number of the marriage among the identifiers of those who married. */
export function withoutMarriageNumbers(record: IndividualRecord): IndividualRecord {
  const { marriages } = record;
  if (marriages === undefined) return record;
  return {
    ...own(record),
    marriages: marriages.map(({ spouse, ...days }) => (spouse === undefined ? days : { ...days, spouse: own(spouse) })),
  };
}

function own(record: IndividualRecord): IndividualRecord {
  return { ...record, identifiers: record.identifiers.filter(({ type }) => type !== OF_THE_COUPLE) };
}

/** What is known of the page beside its people. */
export interface RelativesContext {
  readonly state: PageState;
  /** `null`: no record of the page tells of a marriage. */
  readonly marriages: Marriages | null;
  /** Whether somebody unknown is made. */
  readonly makesPeople: boolean;
  readonly isRepeat: boolean;
}

/** Whether nobody here has an identifier of the record's subject, and nobody is to be made of it. */
export function isStranger({ identifiers }: IndividualRecord, state: PageState, makesPeople: boolean): boolean {
  return !makesPeople && identifiers.length > 0 && state.holders(identifiers).length === 0;
}

/** What becomes of a record of somebody who is unknown here, where it makes nobody. */
export function skipStranger(record: IndividualRecord): WrittenRecord {
  return {
    outcome: 'skipped',
    refusal: {
      code: 'PERSON_UNKNOWN',
      reason:
        'Nobody here has an identifier of the record, and this criteria makes no people: import their births first',
    },
    individualId: null,
    motherId: null,
    fatherId: null,
    groupId: null,
    issues: record.issues,
    questions: [],
  };
}

/**
 * Takes the spouses and children that a record names, each as a record of their own, and the marriages, after the record
 * itself: `written` with what that changed. Who cannot be taken is left out, and the record says so.
 */
export function takeRelatives(
  record: IndividualRecord,
  written: WrittenRecord,
  context: RelativesContext,
): WrittenRecord {
  const { marriages = [], children = [] } = record;
  const subject = context.state.holders(record.identifiers).find(({ id }) => id === written.individualId);
  if (subject === undefined || marriages.length + children.length === 0) return written;
  const issues: RecordIssue[] = [];
  const outcomes = [
    ...marriages.map((marriage) => takeMarriage(subject, marriage, record, context, issues)),
    ...children.map((child) => takeChild(subject, child, record, context, issues)),
  ];
  const isUpdated = written.outcome === 'unchanged' && outcomes.includes(true);
  return { ...written, outcome: isUpdated ? 'updated' : written.outcome, issues: [...written.issues, ...issues] };
}

function takeMarriage(
  subject: Person,
  { marriedOn, divorcedOn, spouse }: NonNullable<IndividualRecord['marriages']>[number],
  record: IndividualRecord,
  context: RelativesContext,
  issues: RecordIssue[],
): boolean {
  const { state, marriages } = context;
  const { told } = record;
  const asked = state.raised.length;
  const taken = spouse === undefined ? null : takeRelative('spouse', subject, spouse, context, issues);
  // The marriage waits with the spouse: once somebody has decided who that is, it is written.
  state.raised.push(...state.raised.splice(asked).map((question) => ({ ...question, record })));
  const couple = {
    one: subject,
    other: taken?.person ?? null,
    marriedOn: marriedOn ?? null,
    divorcedOn: divorcedOn ?? null,
  };
  const changed = marriages?.take(couple) ?? [];
  for (const person of changed) {
    state.people.add(person);
    person.changed.set('marriages', { ordinal: state.ordinal, told });
  }
  return changed.length > 0 || taken?.isChanged === true;
}

function takeChild(
  subject: Person,
  child: IndividualRecord,
  { identifiers }: IndividualRecord,
  context: RelativesContext,
  issues: RecordIssue[],
): boolean {
  const sex = subject.values.sex;
  const parent = { identifiers, ...(sex === null ? {} : { sex }), parents: [], issues: [] };
  const tied = { ...child, parents: [{ role: 'parent' as const, record: parent }] };
  return takeRelative('child', subject, tied, context, issues)?.isChanged === true;
}

interface TakenRelative {
  readonly person: Person;
  readonly isChanged: boolean;
}

function takeRelative(
  field: 'spouse' | 'child',
  subject: Person,
  relative: IndividualRecord,
  { state, makesPeople, isRepeat }: RelativesContext,
  issues: RecordIssue[],
): TakenRelative | null {
  const leaveOut = (why: string): null => {
    issues.push({ field, code: 'relative_left_out', message: `The ${field} was left out: ${why}` });
    return null;
  };
  if (state.holders(relative.identifiers).includes(subject)) return leaveOut('it is the subject of the record');
  if (isStranger(relative, state, makesPeople)) return leaveOut('nobody here has an identifier of theirs');
  const { outcome, refusal, individualId } = takeRecord(state, relative, isRepeat, false);
  const person = state.holders(relative.identifiers).find(({ id }) => id === individualId);
  if (person === undefined) return leaveOut(refusal?.reason ?? 'they show no usable identifier');
  return { person, isChanged: outcome === 'created' || outcome === 'updated' };
}
