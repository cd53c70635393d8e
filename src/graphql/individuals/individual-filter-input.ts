import { Field, ID, InputType, Int } from 'type-graphql';
import type { Sex } from '../../record/individual.js';
import type { Sort } from '../../record/sort.js';
import { AttributeFilter } from '../attributes/attribute-filter.js';
import { DateScalar, DateTimeScalar } from '../scalars.js';
import { SexEnum, SortDirectionEnum, SortFieldEnum } from './individual-enums.js';

@InputType({ description: 'A range or a list of days. Every operator given must hold.' })
export class DateFilter {
  @Field(() => DateScalar, { nullable: true, description: 'On this day.' })
  eq?: string | null;

  @Field(() => [DateScalar], { nullable: true, description: 'On one of these days.' })
  in?: string[] | null;

  @Field(() => DateScalar, { nullable: true, description: 'After this day.' })
  gt?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'On this day or after it.' })
  ge?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'Before this day.' })
  lt?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'On this day or before it.' })
  le?: string | null;
}

@InputType({ description: 'A range of instants. Every operator given must hold.' })
class DateTimeFilter {
  @Field(() => DateTimeScalar, { nullable: true, description: 'After this instant.' })
  gt?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or after it.' })
  ge?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant.' })
  lt?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or before it.' })
  le?: Date | null;
}

@InputType({ description: 'A range or a list of whole numbers. Every operator given must hold.' })
class IntFilter {
  @Field(() => Int, { nullable: true, description: 'This number.' })
  eq?: number | null;

  @Field(() => [Int], { nullable: true, description: 'One of these numbers.' })
  in?: number[] | null;

  @Field(() => Int, { nullable: true, description: 'More than this.' })
  gt?: number | null;

  @Field(() => Int, { nullable: true, description: 'This or more.' })
  ge?: number | null;

  @Field(() => Int, { nullable: true, description: 'Less than this.' })
  lt?: number | null;

  @Field(() => Int, { nullable: true, description: 'This or less.' })
  le?: number | null;
}

@InputType({ description: 'A comparison of sexes. Every operator given must hold.' })
class SexFilter {
  @Field(() => SexEnum, { nullable: true, description: 'This sex.' })
  eq?: Sex | null;

  @Field(() => [SexEnum], { nullable: true, description: 'One of these.' })
  in?: Sex[] | null;
}

@InputType({ description: 'A comparison of text, without regard to case. Every operator given must hold.' })
export class TextFilter {
  @Field(() => String, { nullable: true, description: 'This text.' })
  eq?: string | null;

  @Field(() => [String], { nullable: true, description: 'One of these texts.' })
  in?: string[] | null;
}

@InputType({ description: 'A comparison of full names, without regard to case. Every operator given must hold.' })
class NameFilter {
  @Field(() => String, { nullable: true, description: 'Every word of this text occurs in the name, in any order.' })
  contains?: string | null;

  @Field(() => String, { nullable: true, description: 'The name as one line: given, middle, family.' })
  eq?: string | null;
}

@InputType({ description: 'A test of a place. Every part given must hold.' })
class BirthPlaceFilter {
  @Field(() => ID, { nullable: true, description: 'In this location or anywhere below it.' })
  within?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The location is of one of these types, such as `HEALTH_FACILITY`.',
  })
  types?: string[] | null;
}

@InputType({ description: 'A test of a place.' })
class HomePlaceFilter {
  @Field(() => ID, { nullable: true, description: 'In this location or anywhere below it.' })
  within?: string | null;
}

@InputType({ description: 'A test of identifiers: some identifier of the person has the type and one of the values.' })
export class IdentifierFilter {
  @Field(() => String, { nullable: true, description: 'Kind of identifier: `BRN`, `NID`, ... Default: any kind.' })
  type?: string | null;

  @Field(() => String, { nullable: true, description: 'The number or code. Give this or `in`.' })
  value?: string | null;

  @Field(() => [String], { nullable: true, description: 'One of these numbers or codes.' })
  in?: string[] | null;
}

@InputType('IndividualFilter', {
  description:
    'Which individuals are asked for. Every part given must hold; an empty filter is everybody. A value that is unknown ' +
    'of a person matches neither a comparison nor its negation. Null is refused: leave a part out instead.',
})
export class IndividualFilterInput {
  @Field(() => [IndividualFilterInput], { nullable: true, description: 'All of these hold.' })
  and?: IndividualFilterInput[] | null;

  @Field(() => [IndividualFilterInput], { nullable: true, description: 'Any of these holds; an empty list is nobody.' })
  or?: IndividualFilterInput[] | null;

  @Field(() => IndividualFilterInput, { nullable: true, description: 'This does not hold.' })
  not?: object | null;

  @Field(() => [ID], { nullable: true, description: 'One of these individuals.' })
  ids?: string[] | null;

  @Field(() => DateFilter, { nullable: true, description: 'Date of birth.' })
  birthDate?: DateFilter | null;

  @Field(() => DateFilter, { nullable: true, description: 'Date of death.' })
  deathDate?: DateFilter | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the person is known to have died.' })
  deceased?: boolean | null;

  @Field(() => IntFilter, { nullable: true, description: 'Age in full years today.' })
  age?: IntFilter | null;

  @Field(() => SexFilter, { nullable: true, description: 'Sex.' })
  sex?: SexFilter | null;

  @Field(() => NameFilter, { nullable: true, description: 'The whole name.' })
  name?: NameFilter | null;

  @Field(() => TextFilter, { nullable: true, description: 'Given name.' })
  givenName?: TextFilter | null;

  @Field(() => TextFilter, { nullable: true, description: 'Family name.' })
  familyName?: TextFilter | null;

  @Field(() => BirthPlaceFilter, { nullable: true, description: 'Where the person was born.' })
  birthPlace?: BirthPlaceFilter | null;

  @Field(() => HomePlaceFilter, { nullable: true, description: 'Where the person lives.' })
  homePlace?: HomePlaceFilter | null;

  @Field(() => IdentifierFilter, { nullable: true, description: 'An identifier that the person holds.' })
  identifier?: IdentifierFilter | null;

  @Field(() => [ID], { nullable: true, description: 'Member of one of these groups now.' })
  memberOf?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'A data source with one of these codes told of the person.' })
  importedFrom?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the registry knows a child whose mother this is.' })
  isMother?: boolean | null;

  @Field(() => [AttributeFilter], {
    nullable: true,
    description: 'Attributes of the catalogue, all of which must compare so; of a household where the person has none.',
  })
  attributes?: AttributeFilter[] | null;

  @Field(() => DateTimeFilter, { nullable: true, description: 'When the person was entered into this registry.' })
  registeredAt?: DateTimeFilter | null;

  @Field(() => DateTimeFilter, { nullable: true, description: 'When the person was last changed in this registry.' })
  updatedAt?: DateTimeFilter | null;
}

@InputType('IndividualSort', { description: 'One key of an order of individuals; the unknown comes last.' })
export class IndividualSortInput {
  @Field(() => SortFieldEnum, { description: 'What to compare.' })
  readonly field!: Sort['attribute'];

  @Field(() => SortDirectionEnum, { defaultValue: 'asc', description: 'Which end comes first.' })
  readonly direction!: 'asc' | 'desc';
}
