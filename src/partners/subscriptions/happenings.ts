import type { Change } from '../../record/change.js';
import type { EventWord } from '../../record/event-word.js';
import type { RecordKind } from '../../record/registry-kind.js';

/** A change as the feed reads it. */
export interface RecordedChange extends Change {
  /** With the transaction's id, its place in the order of commits. */
  readonly id: number;
  /** An `xid8`, which may be larger than a number holds. */
  readonly transactionId: string;
}

/** A record that partners may be told of when the subject of a change changes. */
export interface ConcernedRecord {
  readonly subject: Change['subject'];
  readonly subjectId: string;
  readonly record: RecordKind;
  readonly recordId: string;
  /** Of a subject that is a person: as it is held now. */
  readonly deceased: boolean;
  readonly married: boolean;
}

/** Something that happened to a record, in a word that can be subscribed to. */
export interface Happening {
  readonly changeId: number;
  readonly transactionId: string;
  readonly record: RecordKind;
  readonly recordId: string;
  readonly word: EventWord;
}

/**
 * What need not be told of a record to whoever is told the key: the record comes as it stands after the whole
 * transaction. A person who is registered dead has both been registered and died.
 */
const COVERED: Readonly<Record<EventWord, readonly EventWord[]>> = {
  registered: ['joined', 'updated'],
  enrolled: ['registered', 'enrolment_status_changed', 'updated'],
  died: ['updated'],
  married: ['updated'],
  joined: ['updated'],
  enrolment_status_changed: ['updated'],
  updated: [],
};

/** What the changes come to, in their order; `concerned` says which records each subject concerns. */
export function happenings(
  changes: readonly RecordedChange[],
  concerned: readonly ConcernedRecord[],
): readonly Happening[] {
  const concernedBy = new Map<string, ConcernedRecord[]>();
  for (const record of concerned) {
    const key = `${record.subject} ${record.subjectId}`;
    const list = concernedBy.get(key);
    if (list) list.push(record);
    else concernedBy.set(key, [record]);
  }
  return changes.flatMap((change) =>
    (concernedBy.get(`${change.subject} ${change.subjectId}`) ?? []).flatMap((held) =>
      wordsOf(change, held).map((word) => ({
        changeId: change.id,
        transactionId: change.transactionId,
        record: held.record,
        recordId: held.recordId,
        word,
      })),
    ),
  );
}

/**
 * Of what happened, what one is told who asked for these words: of each record and transaction every word once, and
 * nothing that another word covers.
 */
export function heard(happened: readonly Happening[], asked: readonly EventWord[]): Happening[] {
  const wanted = happened.filter(({ word }) => asked.includes(word));
  const keyOf = ({ transactionId, recordId }: Happening, word: EventWord): string =>
    `${transactionId} ${recordId} ${word}`;
  const covered = new Set(wanted.flatMap((one) => COVERED[one.word].map((word) => keyOf(one, word))));
  return wanted.filter((one) => {
    const key = keyOf(one, one.word);
    if (covered.has(key)) return false;
    covered.add(key);
    return true;
  });
}

/** From the most telling word to the least; who did not ask for the one may have asked for the other. */
function wordsOf(change: RecordedChange, held: ConcernedRecord): readonly EventWord[] {
  // What is gone cannot be shown, nor held against a filter.
  if (change.kind === 'deleted') return [];
  switch (change.subject) {
    case 'individual':
      return wordsOfPerson(change, held);
    case 'membership':
      return change.kind === 'created' ? ['joined', 'updated'] : ['updated'];
    case 'enrolment':
      if (change.kind === 'created') return ['enrolled', 'registered'];
      return names(change, 'status') ? ['enrolment_status_changed', 'updated'] : ['updated'];
    case 'disability':
      // The person's own record tells of a disability as well.
      return held.record === 'individual' || change.kind === 'updated' ? ['updated'] : ['registered'];
    case 'farmer':
      return change.kind === 'created' ? ['registered'] : ['updated'];
    case 'group':
      return change.kind === 'created' && held.record === 'group' ? ['registered'] : ['updated'];
    case 'relationship':
      return ['updated'];
    case 'location':
    case 'programme':
      return [];
  }
}

function wordsOfPerson(change: RecordedChange, held: ConcernedRecord): readonly EventWord[] {
  const isNew = change.kind === 'created';
  const died = held.deceased && (isNew || names(change, 'deceased', 'deathDate'));
  const married = held.married && (isNew || names(change, 'marriages'));
  // A group does not die with one of its people.
  if (held.record === 'group') return ['updated'];
  if (held.record !== 'individual') return died ? ['died', 'updated'] : ['updated'];
  return [
    ...(isNew ? (['registered'] as const) : []),
    ...(died ? (['died'] as const) : []),
    ...(married ? (['married'] as const) : []),
    ...(isNew ? [] : (['updated'] as const)),
  ];
}

/** Writers name a field as the record does or as the column is called. */
function names({ fields }: Change, ...wanted: readonly string[]): boolean {
  const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
  return fields.some((field) => wanted.some((name) => plain(name) === plain(field)));
}
