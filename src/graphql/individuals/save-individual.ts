import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { DatePrecision, PartialDate, Sex } from '../../record/individual.js';
import type { IndividualToWrite, MaritalStatus } from '../../record/registry-record.js';
import { requireRecords } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { Refusal, resultOf } from '../refusal.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import { PersonReference, PlaceInput, readPlace, readReference } from '../writing/references.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { givenOrNull, orAbsent, said } from '../writing/written-parts.js';
import { DatePrecisionEnum, MaritalStatusEnum, ParentRoleEnum, SexEnum } from './individual-enums.js';
import { IndividualNode } from './individual-node.js';
import { IdentifierInput } from './person-name.js';

@InputType({ description: 'A marriage of a person.' })
class MarriageInput {
  @Field(() => DateScalar, { description: 'Day of the marriage.' })
  marriedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: 'Day of the divorce; left out where none is known.' })
  divorcedOn?: string | null;
}

@InputType({ description: 'A parent of a person.' })
class ParentInput {
  @Field(() => ParentRoleEnum, { description: 'Which of the two.' })
  role!: 'mother' | 'father' | 'parent';

  @Field(() => PersonReference, { description: 'The parent, whom the registry holds already.' })
  person!: PersonReference;
}

@InputType({
  description:
    'A person to be made or changed: the one with `id`, else the one with any of the identifiers, else a new one. What is ' +
    'left out stays as it is; null blanks it.',
})
class SaveIndividualInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the person to be changed.' })
  id?: string | null;

  @Field(() => [IdentifierInput], { nullable: true, description: 'Identifiers to be added; none is taken away.' })
  identifiers?: IdentifierInput[] | null;

  @Field(() => String, { nullable: true, description: 'Given name or names.' })
  givenName?: string | null;

  @Field(() => String, { nullable: true, description: 'Names between the given and the family name.' })
  middleName?: string | null;

  @Field(() => String, { nullable: true, description: 'Family name.' })
  familyName?: string | null;

  @Field(() => SexEnum, { nullable: true, description: 'Sex.' })
  sex?: Sex | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of birth; see `birthDatePrecision`.' })
  birthDate?: string | null;

  @Field(() => DatePrecisionEnum, { defaultValue: 'day', description: 'How much of the date of birth is known.' })
  birthDatePrecision!: DatePrecision;

  @Field(() => DateScalar, { nullable: true, description: 'Date of death; see `deathDatePrecision`.' })
  deathDate?: string | null;

  @Field(() => DatePrecisionEnum, { defaultValue: 'day', description: 'How much of the date of death is known.' })
  deathDatePrecision!: DatePrecision;

  @Field(() => Boolean, { nullable: true, description: 'Whether the person is known to have died.' })
  deceased?: boolean | null;

  @Field(() => PlaceInput, { nullable: true, description: 'Where the person was born.' })
  birthPlace?: PlaceInput | null;

  @Field(() => PlaceInput, { nullable: true, description: 'Where the person died.' })
  deathPlace?: PlaceInput | null;

  @Field(() => PlaceInput, { nullable: true, description: 'Where the person lives.' })
  homePlace?: PlaceInput | null;

  @Field(() => MaritalStatusEnum, { nullable: true, description: 'Marital status.' })
  maritalStatus?: MaritalStatus | null;

  @Field(() => [MarriageInput], {
    nullable: true,
    description: 'All marriages: what is not in the list is taken away.',
  })
  marriages?: MarriageInput[] | null;

  @Field(() => [String], { nullable: true, description: 'All telephone numbers.' })
  phoneNumbers?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'All addresses of electronic mail.' })
  emails?: string[] | null;

  @Field(() => [ParentInput], { nullable: true, description: 'Parents to be added; none is taken away.' })
  parents?: ParentInput[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the person was registered; by default now.' })
  registeredAt?: Date | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedIndividual', { description: 'A person who was saved.', simpleResolvers: true })
class SavedIndividual {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => IndividualNode, { description: 'The person as held now.' })
  readonly individual: IndividualNode;

  constructor(outcome: SaveOutcome, individual: IndividualNode) {
    this.outcome = outcome;
    this.individual = individual;
  }
}

const SaveIndividualResult = resultOf('SaveIndividualResult', SavedIndividual);

@Resolver()
export class SaveIndividualMutation {
  @Mutation(() => SaveIndividualResult, {
    description: 'Makes or changes one person. Needs scopes `graph.write` and `graph.personal`.',
  })
  async saveIndividual(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveIndividualInput, { description: 'The person.' }) input: SaveIndividualInput,
  ): Promise<SavedIndividual | Refusal> {
    requireRecords(context, 'individual');
    const saved = await saveRecord(context, readIndividual(input));
    if (saved instanceof Refusal) return saved;
    const individual = await context.loaders.individualById.load(saved.id);
    if (individual === null) throw new Error('A person who was saved is not there');
    return new SavedIndividual(saved.outcome, new IndividualNode(individual, context.shown));
  }
}

function readIndividual(input: SaveIndividualInput): IndividualToWrite {
  return {
    kind: 'individual',
    ...readReference('Individual', input, 'input'),
    ...said({
      givenName: input.givenName,
      middleName: input.middleName,
      familyName: input.familyName,
      sex: input.sex,
      birthDate: givenOrNull(input.birthDate, (date) => partialDate(date, input.birthDatePrecision)),
      deathDate: givenOrNull(input.deathDate, (date) => partialDate(date, input.deathDatePrecision)),
      deceased: orAbsent(input.deceased),
      birthPlace: givenOrNull(input.birthPlace, (place) => readPlace(place, 'input.birthPlace')),
      deathPlace: givenOrNull(input.deathPlace, (place) => readPlace(place, 'input.deathPlace')),
      homePlace: givenOrNull(input.homePlace, (place) => readPlace(place, 'input.homePlace')),
      maritalStatus: input.maritalStatus,
      marriages: input.marriages?.map(({ marriedOn, divorcedOn }) => ({ marriedOn, divorcedOn: divorcedOn ?? null })),
      phoneNumbers: orAbsent(input.phoneNumbers),
      emails: orAbsent(input.emails),
      parents: input.parents?.map(({ role, person }, index) => ({
        role,
        person: readReference('Individual', person, `input.parents[${String(index)}].person`),
      })),
      registeredAt: input.registeredAt?.toISOString(),
      attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
    }),
  };
}

/** The first day of what is known. */
function partialDate(date: string, precision: DatePrecision): PartialDate {
  return {
    date: precision === 'day' ? date : precision === 'month' ? `${date.slice(0, 7)}-01` : `${date.slice(0, 4)}-01-01`,
    precision,
  };
}
