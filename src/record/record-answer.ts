import type { Disability } from './disability.js';
import type { Enrolment, Programme } from './enrolment.js';
import type { Farmer } from './farmer.js';
import type { FieldSet } from './fields.js';
import type { Group, MembershipRole } from './group.js';
import type { IndividualAnswer, PlaceAnswer } from './individual-answer.js';
import type { Identifier } from './individual.js';
import type { JsonObject } from './json.js';

/** All that an answer may say of one record, loaded beforehand: writing it needs no further look-up. */
export type RecordAnswer =
  | ({ readonly kind: 'individual' } & IndividualAnswer)
  | ({ readonly kind: 'group' } & GroupAnswer)
  | ({ readonly kind: 'farmer' } & FarmerAnswer)
  | ({ readonly kind: 'disability' } & DisabilityAnswer)
  | ({ readonly kind: 'enrolment' } & EnrolmentAnswer);

/** A group with the people in it. */
export interface GroupAnswer {
  /** As of an `IndividualAnswer`. */
  readonly shown: FieldSet;
  readonly group: Group;
  readonly identifiers: readonly Identifier[];
  readonly place: PlaceAnswer | null;
  readonly placeText: string | null;
  readonly attributes: JsonObject;
  /** Those who belong to it now and may be seen, the head first. */
  readonly members: readonly { readonly role: MembershipRole | null; readonly member: IndividualAnswer }[];
  /** How many belong to it now, seen or not; `null` where that is not shown. */
  readonly size: number | null;
}

export interface FarmerAnswer {
  readonly farmer: Farmer;
  readonly person: IndividualAnswer;
  readonly place: PlaceAnswer | null;
}

export interface DisabilityAnswer {
  /** As of an `IndividualAnswer`. */
  readonly shown: FieldSet;
  readonly disability: Disability;
  readonly person: IndividualAnswer;
}

/** Of `person` and `group` one is there. */
export interface EnrolmentAnswer {
  /** As of an `IndividualAnswer`. */
  readonly shown: FieldSet;
  readonly enrolment: Enrolment;
  /** `null`: not shown. */
  readonly programme: Programme | null;
  readonly person: IndividualAnswer | null;
  readonly group: GroupAnswer | null;
}
