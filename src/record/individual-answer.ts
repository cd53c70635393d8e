import type { FieldSet } from './fields.js';
import type { Json, JsonObject } from './json.js';
import type { Identifier, Individual, PersonName } from './individual.js';
import type { MaritalStatus, Marriage } from './registry-record.js';

/** All that an answer may say of one person, loaded beforehand: writing it needs no further look-up. */
export interface IndividualAnswer {
  /** What was read: nulls and empty lists in the place of other fields say nothing of the person, nor of relatives. */
  readonly shown: FieldSet;
  readonly individual: Individual;
  readonly identifiers: readonly Identifier[];
  readonly birthPlace: PlaceAnswer | null;
  readonly deathPlace: PlaceAnswer | null;
  /** What was said of the place of death in words. */
  readonly deathPlaceText: string | null;
  readonly homePlace: PlaceAnswer | null;
  /** The mother first, then the father, then parents of whom it is not known which they are. */
  readonly parents: readonly ParentAnswer[];
  readonly maritalStatus: MaritalStatus | null;
  /** The oldest first. */
  readonly marriages: readonly Marriage[];
  readonly phoneNumbers: readonly string[];
  readonly emails: readonly string[];
  /** A country's own facts of the person, and those of the standard that are no columns: `occupation`, ... */
  readonly attributes: JsonObject;
  /** Everybody with a tie to the person; empty in a registry that tells of no relatives but the parents. */
  readonly related: readonly RelatedAnswer[];
  /** What the disability registry holds of the person, in short. */
  readonly disability: DisabilitySummary | null;
}

/** A parent, as far as an answer about the child tells of one. */
export interface ParentAnswer {
  readonly id: string;
  /** `parent` where it is not known which of the two. */
  readonly role: 'mother' | 'father' | 'parent';
  readonly identifiers: readonly Identifier[];
  readonly name: PersonName;
  readonly homePlaceId: string | null;
}

/** What somebody is to a person: the mother, a child, ... */
export type Kinship = 'mother' | 'father' | 'parent' | 'child' | 'spouse' | 'guardian' | 'ward';

/** Somebody with a tie to a person, as far as an answer about the person tells. */
export interface RelatedAnswer {
  readonly id: string;
  readonly relationship: Kinship;
  readonly identifiers: readonly Identifier[];
  readonly name: PersonName;
}

/** A person's disability as other records about the person tell of it. */
export interface DisabilitySummary {
  /** `0` approved, `1` pending, `2` expired. */
  readonly status: string | null;
  /** As in `Disability`. */
  readonly details: readonly Json[];
}

/** A place of our own tree with the places that contain it, nearest first. */
export interface PlaceAnswer {
  readonly id: string;
  readonly name: string;
  readonly type: string | null;
  readonly ancestors: readonly { readonly id: string; readonly name: string; readonly type: string | null }[];
}
