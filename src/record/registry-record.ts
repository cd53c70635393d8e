import type { Identifier, PartialDate, Sex } from './individual.js';
import type { GroupKind, MembershipRole } from './group.js';
import type { Json, JsonObject } from './json.js';

/**
 * One record to be written into our own registry, by the loader, a mutation or a partner who may write. A property that
 * is absent was not said and stays as it is; `null` (or an empty list) blanks it.
 */
export type RegistryRecord =
  IndividualToWrite | GroupToWrite | FarmerToWrite | DisabilityToWrite | ProgrammeToWrite | EnrolmentToWrite;

/** Code list of the standard (`MaritalStatusEnum`). */
export const MARITAL_STATUSES = ['S', 'M', 'W', 'A', 'D', 'L', 'U'] as const;
export type MaritalStatus = (typeof MARITAL_STATUSES)[number];

/** Points at one that is held, or written before: by our id, or by any of the identifiers. */
export interface Reference {
  readonly id?: string;
  readonly identifiers?: readonly Identifier[];
}

/** A place: one of our own tree by its id or else by its name (where just one has it), and what is said in words. */
export interface PlaceToWrite {
  readonly locationId?: string;
  readonly name?: string;
  readonly text?: string;
}

/** A marriage of the person; `divorcedOn: null` is not known to have ended. Both `YYYY-MM-DD`. */
export interface Marriage {
  readonly marriedOn: string;
  readonly divorcedOn: string | null;
}

interface Written extends Reference {
  /** When it was registered, ISO 8601 with zone; when it is made now where absent. */
  readonly registeredAt?: string;
  /** Merged key by key into those held; `null` takes a key away. */
  readonly attributes?: JsonObject;
}

/** Found by id or by any identifier, else made. */
export interface IndividualToWrite extends Written {
  readonly kind: 'individual';
  readonly givenName?: string | null;
  readonly middleName?: string | null;
  readonly familyName?: string | null;
  readonly sex?: Sex | null;
  readonly birthDate?: PartialDate | null;
  readonly deathDate?: PartialDate | null;
  readonly deceased?: boolean;
  readonly birthPlace?: PlaceToWrite | null;
  readonly deathPlace?: PlaceToWrite | null;
  readonly homePlace?: PlaceToWrite | null;
  readonly maritalStatus?: MaritalStatus | null;
  /** All of them: what is not in the list is taken away. */
  readonly marriages?: readonly Marriage[];
  readonly phoneNumbers?: readonly string[];
  readonly emails?: readonly string[];
  /** Parents who are added; none is taken away. */
  readonly parents?: readonly { readonly role: 'mother' | 'father' | 'parent'; readonly person: Reference }[];
}

/** Found by id or by any identifier, else made. */
export interface GroupToWrite extends Written {
  readonly kind: 'group';
  readonly name?: string | null;
  /** Needed to make one. */
  readonly groupKind?: GroupKind;
  readonly place?: PlaceToWrite | null;
  /** All of them: who is not in the list leaves the group today. */
  readonly members?: readonly { readonly person: Reference; readonly role: MembershipRole | null }[];
}

/** One for each person. */
export interface FarmerToWrite extends Written {
  readonly kind: 'farmer';
  readonly person: Reference;
  readonly farmType?: string | null;
  /** Hectares. */
  readonly farmSize?: number | null;
  readonly landTenure?: string | null;
  readonly place?: PlaceToWrite | null;
}

/** One for each person. */
export interface DisabilityToWrite extends Written {
  readonly kind: 'disability';
  readonly person: Reference;
  readonly status?: string | null;
  readonly level?: string | null;
  readonly details?: readonly Json[];
}

/** Found by its identifier, else made. */
export interface ProgrammeToWrite {
  readonly kind: 'programme';
  readonly identifier: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly attributes?: JsonObject;
}

/** One for each person or group and programme; exactly one of `person` and `group` is there. */
export interface EnrolmentToWrite extends Written {
  readonly kind: 'enrolment';
  readonly person?: Reference;
  readonly group?: Reference;
  /** `identifier` of a programme that is held, or written before. */
  readonly programme: string;
  readonly status?: string | null;
  /** `YYYY-MM-DD`. */
  readonly enrolledOn?: string | null;
  readonly statusChangedOn?: readonly string[];
  readonly benefits?: readonly Json[];
}
