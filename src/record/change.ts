/** A change that the registry made, written in the same transaction as the rows it tells of. */
export interface Change {
  readonly subject:
    | 'individual'
    | 'group'
    | 'membership'
    | 'relationship'
    | 'location'
    | 'farmer'
    | 'disability'
    | 'programme'
    | 'enrolment';
  readonly subjectId: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  /** Names of the fields that changed; empty for `created` and `deleted`. */
  readonly fields: readonly string[];
}
