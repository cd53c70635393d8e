import { type Json, type JsonObject } from '../../record/json.js';

/** Tables from which rows of the losing person can go, because the winner has the same: given back as they were. */
export const REMOVED_FROM = [
  'groups',
  'memberships',
  'relationships',
  'marriages',
  'farmers',
  'disabilities',
  'enrolments',
  'individual_sources',
  'individual_revisions',
  'conflict_case_people',
] as const;
export type RemovedFrom = (typeof REMOVED_FROM)[number];

/** Columns that name a person, of rows with an `id`: what named the losing person names the winner. */
export const MOVED_COLUMNS = [
  ['identifiers', 'individual_id'],
  ['memberships', 'individual_id'],
  ['relationships', 'source_id'],
  ['relationships', 'target_id'],
  ['marriages', 'individual_id'],
  ['marriages', 'spouse_id'],
  ['farmers', 'individual_id'],
  ['disabilities', 'individual_id'],
  ['enrolments', 'individual_id'],
  ['groups', 'origin_individual_id'],
  ['import_items', 'individual_id'],
  ['import_items', 'mother_id'],
  ['import_items', 'father_id'],
  ['conflict_cases', 'decided_individual_id'],
  ['individual_merges', 'winner_id'],
] as const;
type Moved = (typeof MOVED_COLUMNS)[number];
export type MovedColumn = `${Moved[0]}.${Moved[1]}`;

/** A membership that the merge altered, as it was. */
export interface AlteredMembership {
  readonly id: string;
  readonly group_id: string;
  readonly role: string | null;
}

/** Everything that the losing row was and had, and what the merge did to the winner. Kept sealed. */
export interface MergeSnapshot {
  /** The row of `individuals`. */
  readonly loser: JsonObject;
  readonly removed: Readonly<Partial<Record<RemovedFrom, readonly Json[]>>>;
  /** Ids of the rows that were moved. */
  readonly moved: Readonly<Partial<Record<MovedColumn, readonly string[]>>>;
  /** Rows of `source_records`, in hex. */
  readonly records: readonly { readonly dataSourceId: string; readonly key: string }[];
  /** Sources that were not known to have told of the winner. */
  readonly sourcesAdded: readonly string[];
  readonly altered: readonly AlteredMembership[];
  /** Groups that were made for the losing person and are nobody's now. */
  readonly unowned: readonly string[];
  /** By column of `individuals`: what the winner had, and what was put there. */
  readonly before: JsonObject;
  readonly after: JsonObject;
}
