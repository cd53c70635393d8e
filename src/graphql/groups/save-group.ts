import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { GroupKind, MembershipRole } from '../../record/group.js';
import type { GroupToWrite } from '../../record/registry-record.js';
import { requireRecords } from '../access.js';
import { AttributeValueInput, readAttributeValues } from '../attributes/attribute-value.js';
import type { GraphContext } from '../context.js';
import { IdentifierInput } from '../individuals/person-name.js';
import { Refusal, resultOf } from '../refusal.js';
import { DateTimeScalar } from '../scalars.js';
import { PersonReference, PlaceInput, readPlace, readReference } from '../writing/references.js';
import { type SaveOutcome, SaveOutcomeEnum, saveRecord } from '../writing/save-record.js';
import { givenOrNull, orAbsent, said } from '../writing/written-parts.js';
import { GroupKindEnum, MembershipRoleEnum } from './group-enums.js';
import { GroupNode } from './group-node.js';

@InputType({ description: 'A member of a group.' })
class MemberInput {
  @Field(() => PersonReference, { description: 'The person, whom the registry holds already.' })
  person!: PersonReference;

  @Field(() => MembershipRoleEnum, { nullable: true, description: 'The role; left out for a plain member.' })
  role?: MembershipRole | null;
}

@InputType({
  description:
    'A group to be made or changed: the one with `id`, else the one with any of the identifiers, else a new one. What is ' +
    'left out stays as it is; null blanks it.',
})
class SaveGroupInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the group to be changed.' })
  id?: string | null;

  @Field(() => [IdentifierInput], { nullable: true, description: 'Identifiers to be added; none is taken away.' })
  identifiers?: IdentifierInput[] | null;

  @Field(() => String, { nullable: true, description: 'Name of the group.' })
  name?: string | null;

  @Field(() => GroupKindEnum, { nullable: true, description: 'What holds it together; needed to make one.' })
  kind?: GroupKind | null;

  @Field(() => PlaceInput, { nullable: true, description: 'Where the group is.' })
  place?: PlaceInput | null;

  @Field(() => [MemberInput], { nullable: true, description: 'All members: who is not in the list leaves today.' })
  members?: MemberInput[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the group was registered; by default now.' })
  registeredAt?: Date | null;

  @Field(() => [AttributeValueInput], { nullable: true, description: 'Attributes to be merged into those held.' })
  attributes?: AttributeValueInput[] | null;
}

@ObjectType('SavedGroup', { description: 'A group that was saved.', simpleResolvers: true })
class SavedGroup {
  @Field(() => SaveOutcomeEnum, { description: 'What saving did.' })
  readonly outcome: SaveOutcome;

  @Field(() => GroupNode, { description: 'The group as held now.' })
  readonly group: GroupNode;

  constructor(outcome: SaveOutcome, group: GroupNode) {
    this.outcome = outcome;
    this.group = group;
  }
}

const SaveGroupResult = resultOf('SaveGroupResult', SavedGroup);

@Resolver()
export class SaveGroupMutation {
  @Mutation(() => SaveGroupResult, {
    description: 'Makes or changes one group and who belongs to it. Needs scopes `graph.write` and `graph.personal`.',
  })
  async saveGroup(
    @Ctx() context: GraphContext,
    @Arg('input', () => SaveGroupInput, { description: 'The group.' }) input: SaveGroupInput,
  ): Promise<SavedGroup | Refusal> {
    requireRecords(context, 'group');
    const saved = await saveRecord(context, readGroup(input));
    if (saved instanceof Refusal) return saved;
    const group = await context.loaders.groupById.load(saved.id);
    if (group === null) throw new Error('A group that was saved is not there');
    return new SavedGroup(saved.outcome, new GroupNode(group, context.shown, null));
  }
}

function readGroup(input: SaveGroupInput): GroupToWrite {
  return {
    kind: 'group',
    ...readReference('Group', input, 'input'),
    ...said({
      name: input.name,
      groupKind: orAbsent(input.kind),
      place: givenOrNull(input.place, (place) => readPlace(place, 'input.place')),
      members: input.members?.map(({ person, role }, index) => ({
        person: readReference('Individual', person, `input.members[${String(index)}].person`),
        role: role ?? null,
      })),
      registeredAt: input.registeredAt?.toISOString(),
      attributes: orAbsent(input.attributes && readAttributeValues(input.attributes)),
    }),
  };
}
