import { type Outcome, type RefusalCode } from '../write-sources/write-outcome.js';

/** Why a record was refused as a whole. */
export interface WriteRefusal {
  readonly code: WriteRefusalCode;
  /** A sentence without personal data. */
  readonly reason: string;
  /** The property of the record at fault, where it is one: `birthDate`, `person`, `members.2.person`, ... */
  readonly field: string | null;
}

export type WriteRefusalCode =
  /** Of the import's cases, those that a record of our own can come to as well. */
  | Extract<
      RefusalCode,
      | 'IDENTIFIERS_OF_TWO_PEOPLE'
      | 'PARENT_DIFFERS'
      | 'PARENT_IS_SUBJECT'
      | 'PARENTS_ARE_ONE_PERSON'
      | 'PERSON_ERASED'
      | 'RECORD_NOT_STORABLE'
    >
  | 'IDENTIFIERS_OF_TWO_GROUPS'
  /** The id belongs to another person, group or programme than the record says, or is held by nobody. */
  | 'ID_DIFFERS'
  | 'ID_UNKNOWN'
  | 'VALUE_UNUSABLE'
  | 'PERSON_UNKNOWN'
  | 'GROUP_UNKNOWN'
  | 'PROGRAMME_UNKNOWN'
  | 'PLACE_UNKNOWN'
  | 'GROUP_KIND_MISSING'
  | 'MEMBER_TWICE'
  | 'TWO_HEADS';

/** What became of one record that was to be written. */
export interface WrittenRegistryRecord {
  readonly outcome: Extract<Outcome, 'created' | 'updated' | 'unchanged'> | 'refused';
  /** Of the individual, group, farmer, disability, programme or enrolment; `null` where it was refused. */
  readonly id: string | null;
  readonly refusal: WriteRefusal | null;
}
