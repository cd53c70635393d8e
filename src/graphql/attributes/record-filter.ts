import { Field, ID, InputType } from 'type-graphql';
import type { AttributeName } from '../../record/attributes.js';
import type { Catalogue } from '../../record/catalogue.js';
import { allOf, type Filter } from '../../record/filter.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { givenParts } from '../given-parts.js';
import { readGlobalId } from '../global-id.js';
import { DateFilter, IdentifierFilter, TextFilter } from '../individuals/individual-filter-input.js';
import { comparisons, globalIds, readIdentifierPart } from '../individuals/read-individual-filter.js';
import { AttributeFilter, readAttributeFilters } from './attribute-filter.js';

const EVERY_PART = 'Every part given must hold. Null is refused: leave a part out instead.';

@InputType({ description: 'What every record about a person can be asked for by.' })
class RecordFilter {
  @Field(() => [ID], { nullable: true, description: 'One of these records.' })
  ids?: string[] | null;

  @Field(() => IdentifierFilter, { nullable: true, description: 'An identifier of the person or group it is about.' })
  identifier?: IdentifierFilter | null;

  @Field(() => [AttributeFilter], {
    nullable: true,
    description: 'Attributes of the record or of the person it is about, all of which must compare so.',
  })
  attributes?: AttributeFilter[] | null;
}

@InputType({ description: `Which farmers are asked for. ${EVERY_PART}` })
export class FarmerFilter extends RecordFilter {
  @Field(() => TextFilter, { nullable: true, description: 'Code of the kind of farm.' })
  farmType?: TextFilter | null;

  @Field(() => TextFilter, { nullable: true, description: 'Code of the land tenure.' })
  landTenure?: TextFilter | null;

  @Field(() => ID, { nullable: true, description: 'The farm is in this location or anywhere below it.' })
  within?: string | null;
}

@InputType({ description: `Which disabilities are asked for. ${EVERY_PART}` })
export class DisabilityFilter extends RecordFilter {
  @Field(() => TextFilter, { nullable: true, description: 'Code of the status.' })
  status?: TextFilter | null;

  @Field(() => TextFilter, { nullable: true, description: 'Code of the level.' })
  level?: TextFilter | null;
}

@InputType({ description: `Which enrolments are asked for. ${EVERY_PART}` })
export class EnrolmentFilter extends RecordFilter {
  @Field(() => TextFilter, { nullable: true, description: 'Identifier of the programme.' })
  programme?: TextFilter | null;

  @Field(() => TextFilter, { nullable: true, description: 'Code of the status.' })
  status?: TextFilter | null;

  @Field(() => DateFilter, { nullable: true, description: 'Day of the enrolment.' })
  enrolledOn?: DateFilter | null;
}

/** Throws `BAD_USER_INPUT` for what is null, empty or not in the catalogue. */
export function readFarmerFilter(input: FarmerFilter | null | undefined, catalogue: Catalogue): Filter {
  const { farmType, landTenure, within, ...rest } = givenParts(input);
  const filters = readCommon(rest, 'farmer', catalogue);
  pushComparison(filters, 'farm_type', farmType, 'filter.farmType');
  pushComparison(filters, 'land_tenure', landTenure, 'filter.landTenure');
  if (within !== undefined) {
    const locationIds = [readGlobalId('Location', within, 'filter.within')];
    filters.push({ kind: 'within', place: 'own', locationIds });
  }
  return allOf(filters);
}

/** Throws as `readFarmerFilter`. */
export function readDisabilityFilter(input: DisabilityFilter | null | undefined, catalogue: Catalogue): Filter {
  const { status, level, ...rest } = givenParts(input);
  const filters = readCommon(rest, 'disability', catalogue);
  pushComparison(filters, 'disability_status', status, 'filter.status');
  pushComparison(filters, 'disability_level', level, 'filter.level');
  return allOf(filters);
}

/** Throws as `readFarmerFilter`. */
export function readEnrolmentFilter(input: EnrolmentFilter | null | undefined, catalogue: Catalogue): Filter {
  const { programme, status, enrolledOn, ...rest } = givenParts(input);
  const filters = readCommon(rest, 'enrolment', catalogue);
  pushComparison(filters, 'programme_identifier', programme, 'filter.programme');
  pushComparison(filters, 'enrolment_status', status, 'filter.status');
  pushComparison(filters, 'enrolment_date', enrolledOn, 'filter.enrolledOn');
  return allOf(filters);
}

const TYPES = { farmer: 'Farmer', disability: 'Disability', enrolment: 'Enrolment' } as const;

function readCommon(
  { ids, identifier, attributes }: Partial<RecordFilter>,
  record: keyof typeof TYPES & RecordKind,
  catalogue: Catalogue,
): Filter[] {
  const filters: Filter[] = [];
  if (ids) filters.push({ kind: 'ids', ids: globalIds(TYPES[record], ids, 'filter.ids') });
  if (identifier) filters.push(readIdentifierPart(identifier, 'filter.identifier'));
  if (attributes) filters.push(readAttributeFilters(attributes, record, catalogue, 'filter.attributes'));
  return filters;
}

function pushComparison(
  filters: Filter[],
  attribute: AttributeName,
  tests: TextFilter | DateFilter | undefined,
  path: string,
): void {
  if (tests !== undefined) filters.push(comparisons(attribute, tests, path));
}
