import { type RecordIssue } from '../../record/individual-record.js';

/** What became of a record, in one word. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'skipped' | 'conflict' | 'failed';

/** The cases of refusal. */
export type RefusalCode =
  | 'SUBJECT_WITHOUT_IDENTIFIER'
  | 'PERSON_ERASED'
  | 'IDENTIFIERS_OF_TWO_PEOPLE'
  | 'PARENT_DIFFERS'
  | 'PARENT_IS_SUBJECT'
  | 'PARENTS_ARE_ONE_PERSON'
  | 'RECORD_NOT_STORABLE';

/** Why a record changed nothing, and the sentence for it. */
export interface Refusal {
  readonly code: RefusalCode;
  /** A sentence without personal data. */
  readonly reason: string;
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
}
