/** Kinds of registry that the standard publishes an interface for. */
export const REGISTRY_KINDS = ['social', 'crvs', 'fr', 'dr', 'ibr'] as const;
export type RegistryKind = (typeof REGISTRY_KINDS)[number];

/**
 * What a registry answers with: a person (social, crvs), a group (social), a farmer (fr), a person with a disability
 * (dr), an enrolment in a programme (ibr).
 */
export const RECORD_KINDS = ['individual', 'group', 'farmer', 'disability', 'enrolment'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];
