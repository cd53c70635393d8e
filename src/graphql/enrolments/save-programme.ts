import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { ProgrammeToWrite } from '../../record/registry-record.js';
import { requireScopes } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { Refusal, resultOf } from '../refusal.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { orAbsent, said } from '../writing/written-parts.js';
import { ProgrammeNode } from './programme-node.js';

@InputType({
  description:
    'A programme to be made or changed: the one with the identifier. What is left out stays as it is; null blanks it.',
})
class SaveProgrammeInput {
  @Field(() => String, { description: 'The number or code under which registries know it; case does not matter.' })
  identifier!: string;

  @Field(() => String, { nullable: true, description: 'Name for people.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is.' })
  description?: string | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedProgramme', { description: 'A programme that was saved.', simpleResolvers: true })
class SavedProgramme {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => ProgrammeNode, { description: 'The programme as held now.' })
  readonly programme: ProgrammeNode;

  constructor(outcome: SaveOutcome, programme: ProgrammeNode) {
    this.outcome = outcome;
    this.programme = programme;
  }
}

const SaveProgrammeResult = resultOf('SaveProgrammeResult', SavedProgramme);

@Resolver()
export class SaveProgrammeMutation {
  @Mutation(() => SaveProgrammeResult, {
    description: 'Makes or changes one programme. Needs scope `graph.write`.',
  })
  async saveProgramme(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveProgrammeInput, { description: 'The programme.' }) input: SaveProgrammeInput,
  ): Promise<SavedProgramme | Refusal> {
    requireScopes(context, 'graph.read');
    const record: ProgrammeToWrite = {
      kind: 'programme',
      identifier: input.identifier,
      ...said({
        name: input.name,
        description: input.description,
        attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
      }),
    };
    const saved = await saveRecord(context, record);
    if (saved instanceof Refusal) return saved;
    const programme = await context.recordLoaders.programmeById.load(saved.id);
    if (programme === null) throw new Error('A programme that was saved is not there');
    return new SavedProgramme(saved.outcome, new ProgrammeNode(programme));
  }
}
