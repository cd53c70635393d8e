import { Ctx, Field, ObjectType } from 'type-graphql';
import type { DatePrecision, Sex } from '../../record/individual.js';
import type { MaritalStatus } from '../../record/registry-record.js';
import type { PastValues } from '../../registry/revisions/revision-loaders.js';
import type { GraphContext } from '../context.js';
import { LocationNode } from '../locations/location-node.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import { DatePrecisionEnum, MaritalStatusEnum, SexEnum } from './individual-enums.js';
import { PersonNameNode } from './person-name.js';

@ObjectType('PastIndividual', {
  description: "A person's own values as this registry held them at a moment.",
  simpleResolvers: true,
})
export class PastIndividualNode {
  @Field(() => DateTimeScalar, { description: 'The moment.' })
  readonly at: Date;

  @Field(() => PersonNameNode, { nullable: true, description: 'The name.' })
  readonly name: PersonNameNode;

  @Field(() => SexEnum, { nullable: true, description: 'Sex; null when nobody had told it.' })
  readonly sex: Sex | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of birth; see `birthDatePrecision`.' })
  readonly birthDate: string | null;

  @Field(() => DatePrecisionEnum, { nullable: true, description: 'How much of the date of birth was known.' })
  readonly birthDatePrecision: DatePrecision | null;

  @Field(() => DateScalar, { nullable: true, description: 'Date of death; see `deathDatePrecision`.' })
  readonly deathDate: string | null;

  @Field(() => DatePrecisionEnum, { nullable: true, description: 'How much of the date of death was known.' })
  readonly deathDatePrecision: DatePrecision | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the person was known to have died.' })
  readonly deceased: boolean | null;

  @Field(() => String, { nullable: true, description: 'What was said of the birth place in words.' })
  readonly birthPlaceText: string | null;

  @Field(() => String, { nullable: true, description: 'What was said of the place of death in words.' })
  readonly deathPlaceText: string | null;

  @Field(() => String, { nullable: true, description: 'What was said of the home in words.' })
  readonly homePlaceText: string | null;

  @Field(() => MaritalStatusEnum, { nullable: true, description: 'Marital status; null when nobody had told it.' })
  readonly maritalStatus: MaritalStatus | null;

  @Field(() => [String], { nullable: true, description: 'Telephone numbers.' })
  readonly phoneNumbers: readonly string[];

  @Field(() => [String], { nullable: true, description: 'Addresses of electronic mail.' })
  readonly emails: readonly string[];

  constructor(
    at: Date,
    private readonly values: PastValues,
  ) {
    this.at = at;
    this.name = new PersonNameNode({
      given: values.givenName ?? null,
      middle: values.middleName ?? null,
      family: values.familyName ?? null,
    });
    this.sex = values.sex ?? null;
    this.birthDate = values.birthDate?.date ?? null;
    this.birthDatePrecision = values.birthDate?.precision ?? null;
    this.deathDate = values.deathDate?.date ?? null;
    this.deathDatePrecision = values.deathDate?.precision ?? null;
    this.deceased = values.deceased ?? null;
    this.birthPlaceText = values.birthPlaceText ?? null;
    this.deathPlaceText = values.deathPlaceText ?? null;
    this.homePlaceText = values.homePlaceText ?? null;
    this.maritalStatus = values.maritalStatus ?? null;
    this.phoneNumbers = values.phoneNumbers ?? [];
    this.emails = values.emails ?? [];
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person was born, in the tree of places.' })
  async birthPlace(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.values.birthLocation ?? null);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person died, in the tree of places.' })
  async deathPlace(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.values.deathLocation ?? null);
  }

  @Field(() => LocationNode, { nullable: true, description: 'Where the person lived, in the tree of places.' })
  async homePlace(@Ctx() { loaders }: GraphContext): Promise<LocationNode | null> {
    return LocationNode.load(loaders, this.values.homeLocation ?? null);
  }
}
