import type { Identifier, PartialDate, PersonName, Sex } from './individual.js';

/**
 * What another registry said of one person. A property that is absent was not said, or could not be used and is named
 * in `issues`: it never overwrites what we hold.
 */
export interface IndividualRecord {
  /** No two are equal under type and `identifierKey(value)`. */
  readonly identifiers: readonly Identifier[];
  readonly name?: PersonName;
  readonly sex?: Sex;
  readonly birthDate?: PartialDate;
  readonly deathDate?: PartialDate;
  readonly deceased?: boolean;
  readonly birthPlace?: PlaceReference;
  readonly deathPlace?: PlaceReference;
  readonly homePlace?: PlaceReference;
  /** Marriages that the record tells of, of which it may not tell all. */
  readonly marriages?: readonly ToldMarriage[];
  /** Children that the record names; their own relatives are empty. */
  readonly children?: readonly IndividualRecord[];
  /** The parents named in the record; their own `parents` are empty. */
  readonly parents: readonly Parent[];
  readonly issues: readonly RecordIssue[];
  /** Where it was read from, where that was asked for. */
  readonly told?: RecordPlace;
}

/** Where a record stood in the answer of the other registry; no part of what it says. */
export interface RecordPlace {
  /** JSON pointer (RFC 6901) of the record within the answer. */
  readonly at: string;
  /** When the other registry says that it was so: ISO 8601 in UTC; `null` where it does not. */
  readonly saidAt: string | null;
  /** JSON pointers of what it says of the person, behind `at`, by the names that changes use: `birthDate`, ... */
  readonly pointers: Readonly<Record<string, string>>;
}

/** A parent of the person, with what the record says of that parent. */
export interface Parent {
  /** `parent` where the standard's `parent1_identifier` does not say which of the two. */
  readonly role: 'mother' | 'father' | 'parent';
  readonly record: IndividualRecord;
}

/** A marriage as a record tells of it: a day, whom, or both. Days are `YYYY-MM-DD`. */
export interface ToldMarriage {
  readonly marriedOn?: string;
  readonly divorcedOn?: string;
  /** Whose own relatives are empty. */
  readonly spouse?: IndividualRecord;
}

/** Everybody whom the record names: its subject, the parents, spouses and children. */
export function peopleNamed(record: IndividualRecord): IndividualRecord[] {
  const { parents, marriages = [], children = [] } = record;
  return [
    record,
    ...parents.map((parent) => parent.record),
    ...marriages.flatMap(({ spouse }) => spouse ?? []),
    ...children,
  ];
}

/** A place as a record names it. At least one property is present. */
export interface PlaceReference {
  /** Id in the other registry's location list. */
  readonly externalId?: string;
  /** Id of the place that contains it: all that is known of a home birth. */
  readonly containedInExternalId?: string;
  readonly type?: string;
  /** In words: a name or an address on one line. */
  readonly text?: string;
}

/** A value that was left out or kept with a doubt; the rest of the record stands. */
export interface RecordIssue {
  /** Name of the field in our words: `sex`, `birthDate`, `birthPlace`, `mother.name`, ... */
  readonly field: string;
  readonly code: RecordIssueCode;
  /** A sentence without the value itself: issues are shown in lists and kept longer than records. */
  readonly message: string;
}

export type RecordIssueCode =
  | 'value_unusable'
  | 'date_impossible'
  | 'date_in_future'
  | 'place_unknown'
  | 'relation_unknown'
  | 'parent_erased'
  | 'relative_left_out'
  | 'identifier_unusable';
