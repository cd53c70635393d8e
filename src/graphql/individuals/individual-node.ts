import { Args, Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { DatePrecision, Individual, Sex } from '../../record/individual.js';
import type { Relationship, RelationshipType } from '../../record/group.js';
import type { MaritalStatus, Marriage } from '../../record/registry-record.js';
import type { IndividualDetails } from '../../registry/record-loaders.js';
import { disclosuresOf } from '../../security/audit/disclosure-list.js';
import { requireScopes } from '../access.js';
import { AttributeNames, AttributeValueNode, attributeValues } from '../attributes/attribute-value.js';
import { DisclosureConnection, DisclosureNode } from '../audit/disclosure-node.js';
import { PageArguments, pageOf, readPage } from '../connection.js';
import type { GraphContext } from '../context.js';
import { DisabilityNode } from '../disabilities/disability-node.js';
import { EnrolmentNode } from '../enrolments/enrolment-node.js';
import { FarmerNode } from '../farmers/farmer-node.js';
import { globalId } from '../global-id.js';
import { GroupNode } from '../groups/group-node.js';
import { MembershipNode } from '../groups/membership-node.js';
import { LocationNode } from '../locations/location-node.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import type { Shown } from '../sight/shown.js';
import {
  DatePrecisionEnum,
  MaritalStatusEnum,
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

  @Field(() => PersonNameNode, { nullable: true, description: 'The name; its parts are null where nobody told them.' })
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

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the person is known to have died, with or without a known date.',
  })
  readonly deceased: boolean | null;

  @Field(() => String, { nullable: true, description: 'What was said of the birth place in words.' })
  readonly birthPlaceText: string | null;

  @Field(() => String, { nullable: true, description: 'What was said of the home in words.' })
  readonly homePlaceText: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the individual was entered into this registry.' })
  readonly registeredAt: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the individual was last changed in this registry.',
  })
  readonly updatedAt: Date | null;

  constructor(
    private readonly record: Individual,
    shown: Shown,
  ) {
    shown.add('individual', record.id);
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

  @Field(() => [IdentifierNode], {
    nullable: true,
    description: 'The numbers and codes under which authorities know the person.',
  })
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

  @Field(() => [MembershipNode], {
    nullable: true,
    description: 'The groups that the person belongs to now, with the role in each.',
  })
  async memberships(@Ctx() { loaders }: GraphContext): Promise<MembershipNode[]> {
    const memberships = await loaders.membershipsByIndividual.load(this.record.id);
    return memberships.map((membership) => new MembershipNode(membership));
  }

  @Field(() => [GroupNode], { nullable: true, description: 'The groups that the person belongs to now.' })
  async groups(@Ctx() { loaders, shown }: GraphContext): Promise<GroupNode[]> {
    const memberships = await loaders.membershipsByIndividual.load(this.record.id);
    const groups = await Promise.all(memberships.map(({ groupId }) => loaders.groupById.load(groupId)));
    return groups.filter((group) => group !== null).map((group) => new GroupNode(group, shown, this.record.id));
  }

  @Field(() => [RelationshipNode], {
    nullable: true,
    description: 'Ties to other people, seen from this person, in both directions.',
  })
  async relationships(@Ctx() { loaders }: GraphContext): Promise<RelationshipNode[]> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    return relationships.map((relationship) => new RelationshipNode(relationship, this.record.id));
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The mother, where she is known.' })
  async mother(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    return this.parent(context, 'mother_of');
  }

  @Field(() => IndividualNode, { nullable: true, description: 'The father, where he is known.' })
  async father(@Ctx() context: GraphContext): Promise<IndividualNode | null> {
    return this.parent(context, 'father_of');
  }

  @Field(() => [IndividualNode], {
    nullable: true,
    description: 'The known children: those whose mother, father or parent this is.',
  })
  async children(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode[]> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    const ids = relationships
      .filter(({ type, sourceId }) => sourceId === this.record.id && PARENT_TYPES.includes(type))
      .map(({ targetId }) => targetId);
    const children = await Promise.all([...new Set(ids)].map((id) => loaders.individualById.load(id)));
    return children.filter((child) => child !== null).map((child) => new IndividualNode(child, shown));
  }

  @Field(() => Boolean, { nullable: true, description: 'Whether the registry knows a child whose mother this is.' })
  async isMother(@Ctx() { loaders }: GraphContext): Promise<boolean> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    return relationships.some(({ type, sourceId }) => type === 'mother_of' && sourceId === this.record.id);
  }

  @Field(() => [String], {
    nullable: true,
    description: 'Codes of the data sources that told of the person; empty for one entered here.',
  })
  async importedFrom(@Ctx() { loaders }: GraphContext): Promise<readonly string[]> {
    return loaders.sourcesByIndividual.load(this.record.id);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person died, in the tree of places.' })
  async deathPlace(@Ctx() context: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(context.loaders, (await this.details(context))?.deathLocationId ?? null);
  }

  @Field(() => String, { nullable: true, description: 'What was said of the place of death in words.' })
  async deathPlaceText(@Ctx() context: GraphContext): Promise<string | null> {
    return (await this.details(context))?.deathPlaceText ?? null;
  }

  @Field(() => MaritalStatusEnum, { nullable: true, description: 'Marital status; null when nobody told it.' })
  async maritalStatus(@Ctx() context: GraphContext): Promise<MaritalStatus | null> {
    return (await this.details(context))?.maritalStatus ?? null;
  }

  @Field(() => [MarriageNode], { nullable: true, description: 'Marriages of the person, the oldest first.' })
  async marriages(@Ctx() { recordLoaders }: GraphContext): Promise<readonly MarriageNode[]> {
    return recordLoaders.marriagesByIndividual.load(this.record.id);
  }

  @Field(() => [String], { nullable: true, description: 'Telephone numbers.' })
  async phoneNumbers(@Ctx() context: GraphContext): Promise<readonly string[]> {
    return (await this.details(context))?.phoneNumbers ?? [];
  }

  @Field(() => [String], { nullable: true, description: 'Addresses of electronic mail.' })
  async emails(@Ctx() context: GraphContext): Promise<readonly string[]> {
    return (await this.details(context))?.emails ?? [];
  }

  @Field(() => [AttributeValueNode], {
    nullable: true,
    description: 'Occupation, education and what a country adds, as far as it is shown to you.',
  })
  async attributes(
    @Ctx() context: GraphContext,
    @Args(() => AttributeNames) { names }: AttributeNames,
  ): Promise<AttributeValueNode[]> {
    const held = (await this.details(context))?.attributes ?? {};
    return attributeValues(held, { record: 'individual', names, context });
  }

  @Field(() => FarmerNode, { nullable: true, description: 'What a farmer registry holds of the person.' })
  async farmer(@Ctx() { recordLoaders, shown }: GraphContext): Promise<FarmerNode | null> {
    const farmer = await recordLoaders.farmerByIndividual.load(this.record.id);
    return farmer && new FarmerNode(farmer, shown);
  }

  @Field(() => DisabilityNode, { nullable: true, description: 'What a disability registry holds of the person.' })
  async disability(@Ctx() { recordLoaders, shown }: GraphContext): Promise<DisabilityNode | null> {
    const disability = await recordLoaders.disabilityByIndividual.load(this.record.id);
    return disability && new DisabilityNode(disability, shown);
  }

  @Field(() => [EnrolmentNode], {
    nullable: true,
    description: "The programmes that the person is in; not those of the person's groups.",
  })
  async enrolments(@Ctx() { recordLoaders, shown }: GraphContext): Promise<EnrolmentNode[]> {
    const enrolments = await recordLoaders.enrolmentsByIndividual.load(this.record.id);
    return enrolments.map((enrolment) => new EnrolmentNode(enrolment, shown, this.record.id));
  }

  @Field(() => DisclosureConnection, {
    nullable: true,
    description:
      'Who was told of the person, when, of which fields and why, the newest first. Needs scope `audit.read`.',
  })
  async disclosures(
    @Ctx() context: GraphContext,
    @Args(() => PageArguments) page: PageArguments,
  ): Promise<InstanceType<typeof DisclosureConnection>> {
    requireScopes(context, 'audit.read');
    const found = await disclosuresOf(context.db, this.record.id, readPage(page));
    return new DisclosureConnection(pageOf(found, (disclosure) => new DisclosureNode(disclosure)));
  }

  private async details({ recordLoaders }: GraphContext): Promise<IndividualDetails | null> {
    return recordLoaders.detailsByIndividual.load(this.record.id);
  }

  private async parent(
    { loaders, shown }: GraphContext,
    type: 'mother_of' | 'father_of',
  ): Promise<IndividualNode | null> {
    const relationships = await loaders.relationshipsByIndividual.load(this.record.id);
    const found = relationships.find(
      (relationship) => relationship.type === type && relationship.targetId === this.record.id,
    );
    const parent = found ? await loaders.individualById.load(found.sourceId) : null;
    return parent && new IndividualNode(parent, shown);
  }
}

@ObjectType('Marriage', { description: 'A marriage of a person.', simpleResolvers: true })
class MarriageNode implements Marriage {
  @Field(() => DateScalar, { description: 'Day of the marriage.' })
  readonly marriedOn!: string;

  @Field(() => DateScalar, { nullable: true, description: 'Day of the divorce; null where none is known.' })
  readonly divorcedOn!: string | null;
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
  async individual(@Ctx() { loaders, shown }: GraphContext): Promise<IndividualNode | null> {
    const other = await loaders.individualById.load(this.otherId);
    return other && new IndividualNode(other, shown);
  }
}
