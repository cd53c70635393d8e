import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { EVERYBODY } from '../../record/filter.js';
import type { Json } from '../../record/json.js';
import type { DisabilityToWrite } from '../../record/registry-record.js';
import { listRecords } from '../../registry/record-lists.js';
import { requireRecords } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar, JsonScalar } from '../scalars.js';
import { PersonReference, readReference } from '../writing/references.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { orAbsent, said } from '../writing/written-parts.js';
import { DisabilityNode } from './disability-node.js';

@InputType({
  description: 'What a disability registry shall hold of a person. What is left out stays as it is; null blanks it.',
})
class SaveDisabilityInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the disability to be changed.' })
  id?: string | null;

  @Field(() => PersonReference, { description: 'The person, whom the registry holds already.' })
  person!: PersonReference;

  @Field(() => String, { nullable: true, description: 'Code of the status.' })
  status?: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the level.' })
  level?: string | null;

  @Field(() => [JsonScalar], { nullable: true, description: 'All impairments, as the standard writes them.' })
  details?: Json[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was registered; by default now.' })
  registeredAt?: Date | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedDisability', { description: 'A disability that was saved.', simpleResolvers: true })
class SavedDisability {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => DisabilityNode, { description: 'The disability as held now.' })
  readonly disability: DisabilityNode;

  constructor(outcome: SaveOutcome, disability: DisabilityNode) {
    this.outcome = outcome;
    this.disability = disability;
  }
}

const SaveDisabilityResult = resultOf('SaveDisabilityResult', SavedDisability);

@Resolver()
export class SaveDisabilityMutation {
  @Mutation(() => SaveDisabilityResult, {
    description:
      "Makes or changes what is held of one person's disability. Needs scopes `graph.write` and `graph.personal`.",
  })
  async saveDisability(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveDisabilityInput, { description: 'The disability.' }) input: SaveDisabilityInput,
  ): Promise<SavedDisability | Refusal> {
    requireRecords(context, 'disability');
    const saved = await saveRecord(context, readDisability(input));
    if (saved instanceof Refusal) return saved;
    const filter = { kind: 'ids', ids: [saved.id] } as const;
    const { items } = await listRecords(context.pool, 'disability', {
      filter,
      visible: EVERYBODY,
      fields: context.caller.access.fields,
      first: 1,
    });
    if (items[0] === undefined) throw new Error('A disability that was saved is not there');
    return new SavedDisability(saved.outcome, new DisabilityNode(items[0], context.shown));
  }
}

function readDisability(input: SaveDisabilityInput): DisabilityToWrite {
  return {
    kind: 'disability',
    ...readReference('Disability', { id: input.id ?? null }, 'input'),
    person: readReference('Individual', input.person, 'input.person'),
    ...said({
      status: input.status,
      level: input.level,
      details: orAbsent(input.details),
      registeredAt: input.registeredAt?.toISOString(),
      attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
    }),
  };
}
