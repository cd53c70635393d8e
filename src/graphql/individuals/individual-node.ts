import { Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { DatePrecision, Individual, Sex } from '../../record/individual.js';
import type { Relationship, RelationshipType } from '../../record/group.js';
import type { GraphContext } from '../context.js';
import { globalId } from '../global-id.js';
import { GroupNode } from '../groups/group-node.js';
import { MembershipNode } from '../groups/membership-node.js';
import { LocationNode } from '../locations/location-node.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import {
  DatePrecisionEnum,
  type RelationshipDirection,
  RelationshipDirectionEnum,
  RelationshipTypeEnum,
  SexEnum,
} from './individual-enums.js';
import { IdentifierNode, PersonNameNode } from './person-name.js';

const PARENT_TYPES: readonly RelationshipType[] = ['mother_of', 'father_of', 'parent_of'];

@ObjectType('Individual', { description: 'A person whom the registry knows.', simpleResolvers: true })
export class IndividualNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => PersonNameNode, { description: 'The name; its parts are null where nobody told them.' })
  readonly name: PersonNameNode;

  @Field(() => SexEnum, { nullable: true, description: 'Sex; null when nobody told it.' })
  readonly sex: Sex | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of birth; see `birthDatePrecision`.' })
  readonly birthDate: string | null;

  @Field(() => DatePrecisionEnum, { nullable: true, description: 'How much of the date of birth is known.' })
  readonly birthDatePrecision: DatePrecision | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of death; see `deathDatePrecision`.' })
  readonly deathDate: string | null;

  @Field(() => DatePrecisionEnum, { nullable: true, description: 'How much of the date of death is known.' })
  readonly deathDatePrecision: DatePrecision | null;

  @Field(() => Boolean, { description: 'Whether the person is known to have died, with or without a known date.' })
  readonly deceased: boolean;

  @Field(() => String, { nullable: true, description: 'What was said of the birth place in words.' })
  readonly birthPlaceText: string | null;

  @Field(() => String, { nullable: true, description: 'What was said of the home in words.' })
  readonly homePlaceText: string | null;

  @Field(() => DateTimeScalar, { description: 'When the individual was entered into this registry.' })
  readonly registeredAt: Date;

  @Field(() => DateTimeScalar, { description: 'When the individual was last changed in this registry.' })
  readonly updatedAt: Date;

  constructor(private readonly record: Individual) {
    this.id = globalId('Individual', record.id);
    this.name = new PersonNameNode(record.name);
    this.sex = record.sex;
    this.birthDate = record.birthDate?.date ?? null;
    this.birthDatePrecision = record.birthDate?.precision ?? null;
    this.deathDate = record.deathDate?.date ?? null;
    this.deathDatePrecision = record.deathDate?.precision ?? null;
    this.deceased = record.deceased;
    this.birthPlaceText = record.birthPlaceText;
    this.homePlaceText = record.homePlaceText;
    this.registeredAt = record.createdAt;
    this.updatedAt = record.updatedAt;
  }

  @Field(() => [IdentifierNode], { description: 'The numbers and codes under which authorities know the person.' })
  async identifiers(@Ctx() { loaders }: GraphContext): Promise<readonly IdentifierNode[]> {
    return loaders.identifiersByIndividual.load(this.record.id);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person was born, in the tree of places.' })
  async birthPlace(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.record.birthLocationId);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person lives, in the tree of places.' })
  async homePlace(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.record.homeLocationId);
  }

  @Field(() => [MembershipNode], { description: 'The groups that the person belongs to now, with the role in each.' })
  async memberships(@Ctx() { loaders }: GraphContext): Promise<MembershipNode[]> {
    const memberships = await loaders.membershipsByIndividual.load(this.record.id);
    return memberships.map((membership) => new MembershipNode(membership));
  }

  @Field(() => [GroupNode], { description: 'The groups that the person belongs to now.' })
  async groups(@Ctx() { loaders }: GraphContext): Promise<GroupNode[]> {
    const memberships = await loaders.membershipsByIndividual.load(this.record.id);
    const groups = await Promise.all(memberships.map(({ groupId }) => loaders.groupById.load(groupId)));
    return groups.filter((group) => group !== null).map((group) => new GroupNode(group));
  }

  @Field(() => [RelationshipNode], { description: 'Ties to other people, seen from this person, in both directions.' })
  async relationships(@Ctx() { loaders }: GraphContext): Promise<RelationshipNode[]> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    return relationships.map((relationship) => new RelationshipNode(relationship, this.record.id));
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The mother, where she is known.' })
  async mother(@Ctx() { loaders }: GraphContext): Promise<IndividualNode | null> {
    return this.parent(loaders, 'mother_of');
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The father, where he is known.' })
  async father(@Ctx() { loaders }: GraphContext): Promise<IndividualNode | null> {
    return this.parent(loaders, 'father_of');
  }

  @Field(() => [IndividualNode], { description: 'The known children: those whose mother, father or parent this is.' })
  async children(@Ctx() { loaders }: GraphContext): Promise<IndividualNode[]> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    const ids = relationships
      .filter(({ type, sourceId }) => sourceId === this.record.id && PARENT_TYPES.includes(type))
      .map(({ targetId }) => targetId);
    const children = await Promise.all([...new Set(ids)].map((id) => loaders.individualById.load(id)));
    return children.filter((child) => child !== null).map((child) => new IndividualNode(child));
  }

  @Field(() => Boolean, { description: 'Whether the registry knows a child whose mother this is.' })
  async isMother(@Ctx() { loaders }: GraphContext): Promise<boolean> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    return relationships.some(({ type, sourceId }) => type === 'mother_of' && sourceId === this.record.id);
  }

  @Field(() => [String], {
    description: 'Codes of the data sources that told of the person; empty for one entered here.',
  })
  async importedFrom(@Ctx() { loaders }: GraphContext): Promise<readonly string[]> {
    return loaders.sourcesByIndividual.load(this.record.id);
  }

  private async parent(
    loaders: GraphContext['loaders'],
    type: 'mother_of' | 'father_of',
  ): Promise<IndividualNode | null> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    const found = relationships.find(
      (relationship) => relationship.type === type && relationship.targetId === this.record.id,
    );
    const parent = found ? await loaders.individualById.load(found.sourceId) : null;
    return parent && new IndividualNode(parent);
  }
}

@ObjectType('Relationship', {
  description: 'A tie between two people, seen from one of them.',
  simpleResolvers: true,
})
class RelationshipNode {
  @Field(() => ID, { description: 'Global id; opaque.' })
  readonly id: string;

  @Field(() => RelationshipTypeEnum, { description: 'What the source is to the target.' })
  readonly type: RelationshipType;

  @Field(() => RelationshipDirectionEnum, { description: 'Whether the person it is seen from is source or target.' })
  readonly direction: RelationshipDirection;

  private readonly otherId: string;

  constructor(relationship: Relationship, seenFromId: string) {
    const outgoing = relationship.sourceId === seenFromId;
    this.id = globalId('Relationship', relationship.id);
    this.type = relationship.type;
    this.direction = outgoing ? 'outgoing' : 'incoming';
    this.otherId = outgoing ? relationship.targetId : relationship.sourceId;
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The other person.' })
  async individual(@Ctx() { loaders }: GraphContext): Promise<IndividualNode | null> {
    const other = await loaders.individualById.load(this.otherId);
    return other && new IndividualNode(other);
  }
}
