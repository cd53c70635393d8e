import { Ctx, Field, ObjectType, registerEnumType } from 'type-graphql';
import { recordField, type FieldName } from '../../record/fields.js';
import type {
  Difference,
  DifferenceAbout,
  DifferenceReason,
  DifferingField,
} from '../../registry/write-sources/differences.js';
import { requireEverybody, requirePersonal } from '../access.js';
import type { GraphContext } from '../context.js';
import { IndividualNode } from '../individuals/individual-node.js';

/** Keys are the names in the graph, values the words of the registry room. */
const DifferenceAboutEnum = {
  SUBJECT: 'subject',
  MOTHER: 'mother',
  FATHER: 'father',
  PARENT: 'parent',
  SPOUSE: 'spouse',
  CHILD: 'child',
} as const;
registerEnumType(DifferenceAboutEnum, {
  name: 'DifferenceAbout',
  description: 'Whom of a record something is about.',
  valuesConfig: {
    SUBJECT: { description: 'The person that the record is of.' },
    MOTHER: { description: 'The mother.' },
    FATHER: { description: 'The father.' },
    PARENT: { description: 'A parent of whom it is not known which.' },
    SPOUSE: { description: 'A spouse that the record names.' },
    CHILD: { description: 'A child that the record names, or another child of one of the parents.' },
  },
});

const DifferenceReasonEnum = {
  NEW_PERSON: 'new_person',
  NOT_KNOWN: 'not_known',
  SOURCE_DIFFERS: 'source_differs',
  NEW_IDENTIFIER: 'new_identifier',
  NEW_PARENT: 'new_parent',
  PARENT_SETTLED: 'parent_settled',
  NEW_FAMILY: 'new_family',
  JOINS_FAMILY: 'joins_family',
  NEW_MARRIAGE: 'new_marriage',
} as const;
registerEnumType(DifferenceReasonEnum, {
  name: 'DifferenceReason',
  description: 'Why something would change.',
  valuesConfig: {
    NEW_PERSON: { description: 'Nobody here has the identifiers: the person would be made.' },
    NOT_KNOWN: { description: 'It was not known, and the source tells it.' },
    SOURCE_DIFFERS: { description: 'The source tells it otherwise, and is believed.' },
    NEW_IDENTIFIER: { description: 'The person has one more identifier.' },
    NEW_PARENT: { description: 'The child had no such parent.' },
    PARENT_SETTLED: { description: 'It became known which parent it is.' },
    NEW_FAMILY: { description: 'The mother had no family: one would be made, with her as head.' },
    JOINS_FAMILY: { description: "The child would join the mother's family." },
    NEW_MARRIAGE: { description: 'The source tells of a marriage, or of the end of one.' },
  },
});

const person = (name: string): FieldName => recordField('individual', name);

/** What each tells of people: it is shown to whoever is shown all of them. */
const TOLD: Readonly<Record<DifferingField, readonly FieldName[]>> = {
  givenName: [person('name')],
  middleName: [person('name')],
  familyName: [person('name')],
  sex: [person('sex')],
  birthDate: [person('birth_date')],
  deathDate: [person('death_date')],
  deceased: [person('deceased')],
  birthLocation: [person('birth_place')],
  birthPlaceText: [person('birth_place')],
  deathLocation: [person('death_place')],
  deathPlaceText: [person('death_place')],
  homeLocation: [person('location')],
  homePlaceText: [person('location')],
  identifier: [person('identifier')],
  mother: [person('relationships'), person('name')],
  father: [person('relationships'), person('name')],
  parent: [person('relationships'), person('name')],
  family: [person('memberships'), person('name')],
  marriages: [person('marriages')],
};

const PLACES: readonly DifferingField[] = ['birthLocation', 'deathLocation', 'homeLocation'];

@ObjectType('ImportDifference', {
  description: 'One thing that a record of a preview would change.',
  simpleResolvers: true,
})
export class ImportDifferenceNode {
  @Field(() => DifferenceAboutEnum, { description: 'Whom of the record it is about.' })
  readonly about: DifferenceAbout;

  @Field(() => String, {
    description:
      'What would change: a value (`givenName`, `sex`, `birthDate`, `birthLocation`, ...), `identifier`, `mother`, ' +
      '`father`, `parent`, `family` or `marriages`.',
  })
  readonly field: DifferingField;

  @Field(() => DifferenceReasonEnum, { description: 'Why it would change.' })
  readonly reason: DifferenceReason;

  constructor(private readonly difference: Difference) {
    this.about = difference.about;
    this.field = difference.field;
    this.reason = difference.reason;
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The person; null for somebody who would be made.' })
  async individual(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    const { individualId } = this.difference;
    const individual = individualId === null ? null : await context.loaders.individualById.load(individualId);
    return individual && new IndividualNode(individual, context.shown);
  }

  @Field(() => String, {
    nullable: true,
    description: 'What is held: a date as far as it is known; places, parents and families by name. Null: nothing.',
  })
  async old(@Ctx() context: GraphContext): Promise<string | null> {
    return this.#text(context, this.difference.old);
  }

  @Field(() => String, { nullable: true, description: 'What would be held then.' })
  async new(@Ctx() context: GraphContext): Promise<string | null> {
    return this.#text(context, this.difference.new);
  }

  async #text({ loaders }: GraphContext, value: string | null): Promise<string | null> {
    if (value === null || !PLACES.includes(this.field)) return value;
    return (await loaders.locationById.load(value))?.name ?? null;
  }
}

/**
 * Those of the differences that the caller is shown, told to the ledger. Throws `FORBIDDEN` for a caller without
 * personal data, or that sees only a part of the registry: of people who would be made nobody knows to which they belong.
 */
export function showDifferences(context: GraphContext, differences: readonly Difference[]): ImportDifferenceNode[] {
  requirePersonal(context);
  const { caller, shown } = context;
  requireEverybody(context, 'see what a preview would change');
  return differences
    .filter(({ field }) => TOLD[field].every((told) => caller.access.fields.has(told)))
    .map((difference) => {
      if (difference.individualId !== null) {
        shown.add('individual', difference.individualId);
        for (const { name } of TOLD[difference.field]) shown.addAttribute('individual', name);
      }
      return new ImportDifferenceNode(difference);
    });
}
