import { type GroupKind, type MembershipRole, type RelationshipType } from '../../record/group.js';
import { type Identifier, type PartialDate, type Sex } from '../../record/individual.js';
import { type Json, type JsonObject } from '../../record/json.js';
import { type MaritalStatus } from '../../record/registry-record.js';
import { Row } from './write-row.js';

/** Values that rows of every kind have. */
interface Registered {
  attributes: JsonObject;
  /** ISO 8601 to the millisecond; `null` in a row that is made now. */
  registeredAt: string | null;
}

/** A person's values; the names are those that changes report, the import's among them. */
export interface IndividualValues extends Registered {
  givenName: string | null;
  middleName: string | null;
  familyName: string | null;
  sex: Sex | null;
  birthDate: PartialDate | null;
  deathDate: PartialDate | null;
  deceased: boolean;
  birthLocation: string | null;
  birthPlaceText: string | null;
  deathLocation: string | null;
  deathPlaceText: string | null;
  homeLocation: string | null;
  homePlaceText: string | null;
  maritalStatus: MaritalStatus | null;
  phoneNumbers: readonly string[];
  emails: readonly string[];
}

/** Somebody's parent. `heldType` is what the database has, `null` where it has no such tie. */
export interface ParentTie {
  readonly id: string;
  readonly parentId: string;
  readonly heldType: RelationshipType | null;
  type: RelationshipType;
}

/** A marriage of one person. `held` tells whether the database has it, `isGone` that it is to be taken away. */
export interface HeldMarriage {
  readonly id: string;
  readonly held: { readonly divorcedOn: string | null } | null;
  divorcedOn: string | null;
  isGone: boolean;
}

/** A person with what hangs on them. */
export class PersonRow extends Row<IndividualValues> {
  constructor(
    id: string,
    /** `row_version` before this batch; `null` of somebody new. */
    readonly heldVersion: number | null,
    values: IndividualValues,
  ) {
    super(id, heldVersion === null, values);
  }

  /** By `typedKey`. */
  readonly identifierKeys = new Set<string>();
  readonly newIdentifiers: Identifier[] = [];
  /** By the day of the marriage. */
  readonly marriages = new Map<string, HeldMarriage>();
  readonly parents: ParentTie[] = [];
}

export interface GroupValues extends Registered {
  name: string | null;
  kind: GroupKind;
  location: string | null;
  placeText: string | null;
}

/** Somebody in a group. `held` is the role that the database has, `null` where it has no such member. */
export interface HeldMember {
  readonly id: string;
  readonly held: { readonly role: MembershipRole | null } | null;
  role: MembershipRole | null;
  isGone: boolean;
}

/** A group with what hangs on it. */
export class GroupRow extends Row<GroupValues> {
  /** By `typedKey`. */
  readonly identifierKeys = new Set<string>();
  readonly newIdentifiers: Identifier[] = [];
  /** By the person's id. */
  readonly members = new Map<string, HeldMember>();
}

export interface FarmerValues extends Registered {
  readonly individualId: string;
  farmType: string | null;
  farmSize: number | null;
  landTenure: string | null;
  location: string | null;
  placeText: string | null;
}

export interface DisabilityValues extends Registered {
  readonly individualId: string;
  status: string | null;
  level: string | null;
  details: readonly Json[];
}

export interface ProgrammeValues extends Registered {
  readonly identifier: string;
  name: string | null;
  description: string | null;
}

export interface EnrolmentValues extends Registered {
  readonly programmeId: string;
  readonly individualId: string | null;
  readonly groupId: string | null;
  status: string | null;
  enrolledOn: string | null;
  statusChangedOn: readonly string[];
  benefits: readonly Json[];
}
