import { type RecordIssue } from '../../record/individual-record.js';

/** What became of a record, in one word. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'skipped' | 'conflict' | 'failed';

/** The cases of refusal. */
export type RefusalCode =
  | 'SUBJECT_WITHOUT_IDENTIFIER'
  | 'PERSON_ERASED'
  | 'PERSON_UNKNOWN'
  | 'IDENTIFIERS_OF_TWO_PEOPLE'
  | 'IDENTIFIER_DIFFERS'
  | 'CONFLICT_REJECTED'
  | 'PARENT_DIFFERS'
  | 'PARENT_IS_SUBJECT'
  | 'PARENTS_ARE_ONE_PERSON'
  | 'RECORD_NOT_STORABLE'
  | 'STALE';

/** Why a record changed nothing, and the sentence for it. */
export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence without personal data. */
  readonly reason: string;
}

/** What only a person can decide: see the table `conflict_cases`. */
export type QuestionKind = 'identifiers_of_two_people' | 'identifier_differs' | 'parent_differs' | 'field_differs';

/** Whom of a record something is about. */
export type About = 'subject' | 'mother' | 'father' | 'parent';

/** What a record says against what is held, to be put before a person. */
export interface Question {
  readonly kind: QuestionKind;
  readonly about: About;
  /** The field that differs, or the type of the identifier that does; `null` where whole people do. */
  readonly field: string | null;
  /** The people held whom it is about, the one first of whom the record speaks, as far as that is known. */
  readonly individualIds: readonly string[];
  /** Makes it the same question when it is asked again: the value said, or who was said, as text. Never kept as it is. */
  readonly said: string;
}

/** What became of one record. */
export interface WrittenRecord {
  readonly outcome: Outcome;
  readonly refusal: Refusal | null;
  readonly individualId: string | null;
  readonly motherId: string | null;
  readonly fatherId: string | null;
  readonly groupId: string | null;
  readonly issues: readonly RecordIssue[];
  /** What was left for a person to decide: of a conflict why it is one, else fields that were not overwritten. */
  readonly questions: readonly Question[];
}
