import { registerEnumType } from 'type-graphql';

/** Keys here and below are the names in the graph, values the words of the registry and imports rooms. */
export const ConflictStateEnum = { OPEN: 'open', DECIDED: 'decided' } as const;
registerEnumType(ConflictStateEnum, {
  name: 'ConflictState',
  description: 'Whether somebody has decided.',
  valuesConfig: {
    OPEN: { description: 'It waits for a decision.' },
    DECIDED: { description: 'It was decided, and is not asked again.' },
  },
});

export const ConflictKindEnum = {
  IDENTIFIERS_OF_TWO_PEOPLE: 'identifiers_of_two_people',
  IDENTIFIER_DIFFERS: 'identifier_differs',
  PARENT_DIFFERS: 'parent_differs',
  FIELD_DIFFERS: 'field_differs',
} as const;
registerEnumType(ConflictKindEnum, {
  name: 'ConflictKind',
  description: 'What a record says against what is held.',
  valuesConfig: {
    IDENTIFIERS_OF_TWO_PEOPLE: { description: 'The identifiers of one person belong to different people here.' },
    IDENTIFIER_DIFFERS: { description: 'Another value of an identifier of which a person has only one; see `field`.' },
    PARENT_DIFFERS: { description: 'Another parent, or a child that would join a second family.' },
    FIELD_DIFFERS: { description: 'Another value of a field that the source may not overwrite unasked; see `field`.' },
  },
});

export const ConflictAboutEnum = {
  SUBJECT: 'subject',
  MOTHER: 'mother',
  FATHER: 'father',
  PARENT: 'parent',
} as const;
registerEnumType(ConflictAboutEnum, {
  name: 'ConflictAbout',
  description: 'Whom of a record a conflict is about.',
  valuesConfig: {
    SUBJECT: { description: 'The person whose record it is.' },
    MOTHER: { description: 'The mother whom it names.' },
    FATHER: { description: 'The father whom it names.' },
    PARENT: { description: 'A parent of whom it does not say which.' },
  },
});

export const ConflictDecisionEnum = {
  LINK: 'link',
  MERGE: 'merge',
  KEEP_APART: 'keep_apart',
  REJECT: 'reject',
} as const;
registerEnumType(ConflictDecisionEnum, {
  name: 'ConflictDecisionKind',
  description: 'What can be decided of a conflict.',
  valuesConfig: {
    LINK: {
      description:
        'The record tells of the person named: what it says is taken. Of a differing parent: name the parent who is held, ' +
        'where the record means that one, or the child, where the record is right and the parent is replaced.',
    },
    MERGE: { description: 'The people are one; the person named stays. It can be taken back: `undoMerge`.' },
    KEEP_APART: { description: 'They are different people: what is contested is left out, the rest is written.' },
    REJECT: { description: 'The record, or the value of the field, is never taken.' },
  },
});
