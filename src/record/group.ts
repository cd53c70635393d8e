/** Kinds of group that the registry tells apart. */
export type GroupKind = 'family' | 'household';

/** Role of a member in a group; most members have none. A group has at most one living `head`. */
export type MembershipRole = 'head' | 'principal_recipient' | 'alternative_recipient';

/** A group as the registry holds it; `null` is also what the caller is not shown. */
export interface Group {
  readonly id: string;
  readonly name: string | null;
  readonly kind: GroupKind | null;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

/** One person's place in one group. */
export interface Membership {
  readonly id: string;
  readonly groupId: string;
  readonly individualId: string;
  readonly role: MembershipRole | null;
}

/**
 * Relationship read from source to target: `mother_of` is the mother (source) of the child (target).
 * `parent_of` is a parent of whom the other registry did not say which.
 */
export type RelationshipType = 'mother_of' | 'father_of' | 'parent_of' | 'spouse_of' | 'guardian_of';

/** A tie between two people. */
export interface Relationship {
  readonly id: string;
  readonly type: RelationshipType;
  readonly sourceId: string;
  readonly targetId: string;
}
