import { registerEnumType } from 'type-graphql';

/** Keys are the names in the graph, values the words of src/record. */
export const GroupKindEnum = { FAMILY: 'family', HOUSEHOLD: 'household' } as const;
registerEnumType(GroupKindEnum, {
  name: 'GroupKind',
  description: 'What holds a group together.',
  valuesConfig: {
    FAMILY: { description: 'A mother and her children.' },
    HOUSEHOLD: { description: 'People who live together.' },
  },
});

export const MembershipRoleEnum = {
  HEAD: 'head',
  PRINCIPAL_RECIPIENT: 'principal_recipient',
  ALTERNATIVE_RECIPIENT: 'alternative_recipient',
} as const;
registerEnumType(MembershipRoleEnum, {
  name: 'MembershipRole',
  description: 'What a member is in the group; most members have no role.',
  valuesConfig: {
    HEAD: { description: 'Head of the group: of an imported family, the mother.' },
    PRINCIPAL_RECIPIENT: { description: 'Receives what the group is entitled to.' },
    ALTERNATIVE_RECIPIENT: { description: 'Receives it where the principal recipient cannot.' },
  },
});

export const GroupSortFieldEnum = { NAME: 'name', KIND: 'kind', REGISTERED_AT: 'created_at' } as const;
registerEnumType(GroupSortFieldEnum, {
  name: 'GroupSortField',
  description: 'What groups can be put in order by.',
  valuesConfig: {
    NAME: { description: 'Name of the group.' },
    KIND: { description: 'What holds the group together.' },
    REGISTERED_AT: { description: 'When the group was entered into this registry.' },
  },
});
