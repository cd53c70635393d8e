import { registerEnumType } from 'type-graphql';

/** Keys are the names in the graph, values the words of src/record. */
export const SexEnum = { MALE: 'male', FEMALE: 'female', OTHER: 'other', UNKNOWN: 'unknown' } as const;
registerEnumType(SexEnum, {
  name: 'Sex',
  description: "The standard's code list of sexes. Null elsewhere means that nobody told us.",
  valuesConfig: {
    MALE: { description: 'Male.' },
    FEMALE: { description: 'Female.' },
    OTHER: { description: 'Neither of the two.' },
    UNKNOWN: { description: 'The register that told of the person says that it does not know.' },
  },
});

export const ParentRoleEnum = { MOTHER: 'mother', FATHER: 'father', PARENT: 'parent' } as const;
registerEnumType(ParentRoleEnum, {
  name: 'ParentRole',
  description: 'What a parent is to the child.',
  valuesConfig: {
    MOTHER: { description: 'The mother.' },
    FATHER: { description: 'The father.' },
    PARENT: { description: 'A parent; which of the two is not said.' },
  },
});

export const MaritalStatusEnum = {
  NEVER_MARRIED: 'S',
  MARRIED: 'M',
  WIDOWED: 'W',
  ANNULLED: 'A',
  DIVORCED: 'D',
  LEGALLY_SEPARATED: 'L',
  UNMARRIED: 'U',
} as const;
registerEnumType(MaritalStatusEnum, {
  name: 'MaritalStatus',
  description: "The standard's code list of marital statuses.",
  valuesConfig: {
    NEVER_MARRIED: { description: '`S`.' },
    MARRIED: { description: '`M`.' },
    WIDOWED: { description: '`W`.' },
    ANNULLED: { description: '`A`: the marriage was annulled.' },
    DIVORCED: { description: '`D`.' },
    LEGALLY_SEPARATED: { description: '`L`.' },
    UNMARRIED: { description: '`U`: not married now, whatever was before.' },
  },
});

export const DatePrecisionEnum = { DAY: 'day', MONTH: 'month', YEAR: 'year' } as const;
registerEnumType(DatePrecisionEnum, {
  name: 'DatePrecision',
  description: 'How much of a date is known.',
  valuesConfig: {
    DAY: { description: 'The day.' },
    MONTH: { description: 'Year and month: the date shown is the first of the month.' },
    YEAR: { description: 'The year alone: the date shown is the first of January.' },
  },
});

export const RelationshipTypeEnum = {
  MOTHER_OF: 'mother_of',
  FATHER_OF: 'father_of',
  PARENT_OF: 'parent_of',
  SPOUSE_OF: 'spouse_of',
  GUARDIAN_OF: 'guardian_of',
} as const;
registerEnumType(RelationshipTypeEnum, {
  name: 'RelationshipType',
  description: 'What one person is to another, read from the source of the relationship to its target.',
  valuesConfig: {
    MOTHER_OF: { description: 'The source is the mother of the target.' },
    FATHER_OF: { description: 'The source is the father of the target.' },
    PARENT_OF: { description: 'The source is a parent of the target; which of the two was not said.' },
    SPOUSE_OF: { description: 'The two are married.' },
    GUARDIAN_OF: { description: 'The source is the guardian of the target.' },
  },
});

export const RelationshipDirectionEnum = { OUTGOING: 'outgoing', INCOMING: 'incoming' } as const;
export type RelationshipDirection = (typeof RelationshipDirectionEnum)[keyof typeof RelationshipDirectionEnum];
registerEnumType(RelationshipDirectionEnum, {
  name: 'RelationshipDirection',
  description: 'On which end of a relationship the individual stands from whom it is looked at.',
  valuesConfig: {
    OUTGOING: { description: 'The individual is the source: outgoing MOTHER_OF means "is the mother of the other".' },
    INCOMING: { description: 'The individual is the target: incoming MOTHER_OF means "the other is the mother".' },
  },
});

export const SortFieldEnum = {
  BIRTH_DATE: 'birth_date',
  DEATH_DATE: 'death_date',
  FAMILY_NAME: 'family_name',
  GIVEN_NAME: 'given_name',
  FULL_NAME: 'full_name',
  REGISTERED_AT: 'registration_date',
  UPDATED_AT: 'last_updated',
} as const;
registerEnumType(SortFieldEnum, {
  name: 'IndividualSortField',
  description: 'What individuals can be put in order by.',
  valuesConfig: {
    BIRTH_DATE: { description: 'Date of birth.' },
    DEATH_DATE: { description: 'Date of death.' },
    FAMILY_NAME: { description: 'Family name.' },
    GIVEN_NAME: { description: 'Given name.' },
    FULL_NAME: { description: 'The name as one line.' },
    REGISTERED_AT: { description: 'When the individual was entered into this registry.' },
    UPDATED_AT: { description: 'When the individual was last changed in this registry.' },
  },
});

export const SortDirectionEnum = { ASC: 'asc', DESC: 'desc' } as const;
registerEnumType(SortDirectionEnum, {
  name: 'SortDirection',
  description: 'Which end of an order comes first.',
  valuesConfig: {
    ASC: { description: 'The smallest, earliest or alphabetically first comes first.' },
    DESC: { description: 'The largest, latest or alphabetically last comes first.' },
  },
});
