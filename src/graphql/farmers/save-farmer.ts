import { Arg, Ctx, Field, Float, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { EVERYBODY } from '../../record/filter.js';
import type { FarmerToWrite } from '../../record/registry-record.js';
import { listRecords } from '../../registry/record-lists.js';
import { requireRecords } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar } from '../scalars.js';
import { PersonReference, PlaceInput, readPlace, readReference } from '../writing/references.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { givenOrNull, orAbsent, said } from '../writing/written-parts.js';
import { FarmerNode } from './farmer-node.js';

@InputType({
  description: 'What a farmer registry shall hold of a person. What is left out stays as it is; null blanks it.',
})
class SaveFarmerInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the farmer to be changed.' })
  id?: string | null;

  @Field(() => PersonReference, { description: 'The person, whom the registry holds already.' })
  person!: PersonReference;

  @Field(() => String, { nullable: true, description: "Code of the standard's list of kinds of farm." })
  farmType?: string | null;

  @Field(() => Float, { nullable: true, description: 'All the land together, in hectares.' })
  farmSize?: number | null;

  @Field(() => String, { nullable: true, description: "Code of the standard's list of land tenures." })
  landTenure?: string | null;

  @Field(() => PlaceInput, { nullable: true, description: 'Where the farm is.' })
  place?: PlaceInput | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the farmer was registered; by default now.' })
  registeredAt?: Date | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedFarmer', { description: 'A farmer who was saved.', simpleResolvers: true })
class SavedFarmer {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => FarmerNode, { description: 'The farmer as held now.' })
  readonly farmer: FarmerNode;

  constructor(outcome: SaveOutcome, farmer: FarmerNode) {
    this.outcome = outcome;
    this.farmer = farmer;
  }
}

const SaveFarmerResult = resultOf('SaveFarmerResult', SavedFarmer);

@Resolver()
export class SaveFarmerMutation {
  @Mutation(() => SaveFarmerResult, {
    description: 'Makes or changes what is held of one farmer. Needs scopes `graph.write` and `graph.personal`.',
  })
  async saveFarmer(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveFarmerInput, { description: 'The farmer.' }) input: SaveFarmerInput,
  ): Promise<SavedFarmer | Refusal> {
    requireRecords(context, 'farmer');
    const saved = await saveRecord(context, readFarmer(input));
    if (saved instanceof Refusal) return saved;
    const filter = { kind: 'ids', ids: [saved.id] } as const;
    const { items } = await listRecords(context.pool, 'farmer', {
      filter,
      visible: EVERYBODY,
      fields: context.caller.access.fields,
      first: 1,
    });
    if (items[0] === undefined) throw new Error('A farmer who was saved is not there');
    return new SavedFarmer(saved.outcome, new FarmerNode(items[0], context.shown));
  }
}

function readFarmer(input: SaveFarmerInput): FarmerToWrite {
  return {
    kind: 'farmer',
    ...readReference('Farmer', { id: input.id ?? null }, 'input'),
    person: readReference('Individual', input.person, 'input.person'),
    ...said({
      farmType: input.farmType,
      farmSize: input.farmSize,
      landTenure: input.landTenure,
      place: givenOrNull(input.place, (place) => readPlace(place, 'input.place')),
      registeredAt: input.registeredAt?.toISOString(),
      attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
    }),
  };
}
