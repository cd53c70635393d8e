import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { EVERYBODY } from '../../record/filter.js';
import type { Json } from '../../record/json.js';
import { Problem } from '../../record/problem.js';
import type { EnrolmentToWrite } from '../../record/registry-record.js';
import { listRecords } from '../../registry/record-lists.js';
import { requireRecords } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { Refusal, resultOf } from '../refusal.js';
import { DateScalar, DateTimeScalar, JsonScalar } from '../scalars.js';
import { GroupReference, PersonReference, readReference } from '../writing/references.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { orAbsent, said } from '../writing/written-parts.js';
import { EnrolmentNode } from './enrolment-node.js';

@InputType({
  description: 'A person or a group in a programme. What is left out stays as it is; null blanks it.',
})
class SaveEnrolmentInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the enrolment to be changed.' })
  id?: string | null;

  @Field(() => PersonReference, { nullable: true, description: 'The person who is enrolled. Give this or `group`.' })
  person?: PersonReference | null;

  @Field(() => GroupReference, { nullable: true, description: 'The group that is enrolled. Give this or `person`.' })
  group?: GroupReference | null;

  @Field(() => String, { description: 'Identifier of the programme, which the registry holds already.' })
  programme!: string;

  @Field(() => String, { nullable: true, description: 'Code of the status.' })
  status?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Since when.' })
  enrolledOn?: string | null;

  @Field(() => [DateScalar], { nullable: true, description: 'All days on which the status changed.' })
  statusChangedOn?: string[] | null;

  @Field(() => [JsonScalar], { nullable: true, description: 'All benefits, as the standard writes them.' })
  benefits?: Json[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was registered; by default now.' })
  registeredAt?: Date | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedEnrolment', { description: 'An enrolment that was saved.', simpleResolvers: true })
class SavedEnrolment {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => EnrolmentNode, { description: 'The enrolment as held now.' })
  readonly enrolment: EnrolmentNode;

  constructor(outcome: SaveOutcome, enrolment: EnrolmentNode) {
    this.outcome = outcome;
    this.enrolment = enrolment;
  }
}

const SaveEnrolmentResult = resultOf('SaveEnrolmentResult', SavedEnrolment);

@Resolver()
export class SaveEnrolmentMutation {
  @Mutation(() => SaveEnrolmentResult, {
    description: 'Makes or changes one enrolment. Needs scopes `graph.write` and `graph.personal`.',
  })
  async saveEnrolment(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveEnrolmentInput, { description: 'The enrolment.' }) input: SaveEnrolmentInput,
  ): Promise<SavedEnrolment | Refusal> {
    requireRecords(context, 'enrolment');
    const saved = await saveRecord(context, readEnrolment(input));
    if (saved instanceof Refusal) return saved;
    const filter = { kind: 'ids', ids: [saved.id] } as const;
    const { items } = await listRecords(context.pool, 'enrolment', {
      filter,
      visible: EVERYBODY,
      fields: context.caller.access.fields,
      first: 1,
    });
    if (items[0] === undefined) throw new Error('An enrolment that was saved is not there');
    return new SavedEnrolment(saved.outcome, new EnrolmentNode(items[0], context.shown, null));
  }
}

function readEnrolment(input: SaveEnrolmentInput): EnrolmentToWrite {
  const { person, group } = input;
  if (Boolean(person) === Boolean(group)) {
    throw new Problem('BAD_USER_INPUT', 'input needs either person or group');
  }
  return {
    kind: 'enrolment',
    ...readReference('Enrolment', { id: input.id ?? null }, 'input'),
    programme: input.programme,
    ...(person ? { person: readReference('Individual', person, 'input.person') } : {}),
    ...(group ? { group: readReference('Group', group, 'input.group') } : {}),
    ...said({
      status: input.status,
      enrolledOn: input.enrolledOn,
      statusChangedOn: orAbsent(input.statusChangedOn),
      benefits: orAbsent(input.benefits),
      registeredAt: input.registeredAt?.toISOString(),
      attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
    }),
  };
}
