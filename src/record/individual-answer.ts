import type { Identifier, Individual, PersonName } from './individual.js';

/** All that an answer may say of one person, loaded beforehand: writing it needs no further look-up. */
export interface IndividualAnswer {
  readonly individual: Individual;
  readonly identifiers: readonly Identifier[];
  readonly birthPlace: PlaceAnswer | null;
  readonly homePlace: PlaceAnswer | null;
  /** The mother first, then the father, then parents of whom it is not known which they are. */
  readonly parents: readonly ParentAnswer[];
}

/** A parent, as far as an answer about the child tells of one. */
export interface ParentAnswer {
  /** `parent` where it is not known which of the two. */
  readonly role: 'mother' | 'father' | 'parent';
  readonly identifiers: readonly Identifier[];
  readonly name: PersonName;
  readonly homePlaceId: string | null;
}

/** A place of our own tree with the places that contain it, nearest first. */
export interface PlaceAnswer {
  readonly id: string;
  readonly name: string;
  readonly type: string | null;
  readonly ancestors: readonly { readonly id: string; readonly name: string; readonly type: string | null }[];
}
