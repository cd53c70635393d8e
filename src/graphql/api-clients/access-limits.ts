import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Operator, Sensitivity } from '../../record/attributes.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import type { AccessDocument, LimitChanges } from '../../security/access-document.js';
import { globalId, readGlobalId } from '../global-id.js';

const RegistryKindEnum = {
  SOCIAL: 'social',
  CRVS: 'crvs',
  FARMER: 'fr',
  DISABILITY: 'dr',
  BENEFICIARY: 'ibr',
} as const satisfies Record<string, RegistryKind>;
registerEnumType(RegistryKindEnum, {
  name: 'RegistryKind',
  description: 'A registry that the standard publishes an interface for.',
  valuesConfig: {
    SOCIAL: { description: 'Social registry: people and households.' },
    CRVS: { description: 'Civil registration: people, by what happened to them.' },
    FARMER: { description: 'Farmer registry.' },
    DISABILITY: { description: 'Disability registry.' },
    BENEFICIARY: { description: 'Integrated beneficiary registry: enrolments in programmes.' },
  },
});

const SensitivityEnum = {
  PUBLIC: 'public',
  PERSONAL: 'personal',
  SENSITIVE: 'sensitive',
} as const satisfies Record<string, Sensitivity>;
registerEnumType(SensitivityEnum, {
  name: 'Sensitivity',
  description: 'How careful one has to be with the values of a field.',
  valuesConfig: {
    PUBLIC: { description: 'They tell of nobody.' },
    PERSONAL: { description: 'They tell of somebody.' },
    SENSITIVE: { description: 'They can harm somebody.' },
  },
});

const OperatorEnum = {
  EQ: 'eq',
  NE: 'ne',
  GT: 'gt',
  GE: 'ge',
  LT: 'lt',
  LE: 'le',
  IN: 'in',
} as const satisfies Record<string, Operator>;
registerEnumType(OperatorEnum, {
  name: 'SearchOperator',
  description: 'How values are compared in a search.',
  valuesConfig: {
    EQ: { description: 'Equal.' },
    NE: { description: 'Not equal.' },
    GT: { description: 'Greater.' },
    GE: { description: 'Greater or equal.' },
    LT: { description: 'Less.' },
    LE: { description: 'Less or equal.' },
    IN: { description: 'One of several.' },
  },
});

const ONLY = 'Fields that are shown, and no others: `individual.name`, or `disability.*` for all of such records.';
const NEVER = 'Fields that are never shown.';
const WITHIN = 'Ids of `Location`s: people whose home is there or below.';
const BORN_WITHIN = 'Ids of `Location`s: people who were born there or below.';
const SOURCES = 'Codes of data sources that told of the person.';
const PROGRAMMES = 'Identifiers of programmes in which the person, or a group of the person, is enrolled.';

@ObjectType('AccessLimits', {
  description: 'What a caller may see at most; null limits nothing.',
  simpleResolvers: true,
})
export class AccessLimitsNode {
  @Field(() => [RegistryKindEnum], { nullable: true, description: 'Registries that are open.' })
  readonly registries: readonly RegistryKind[] | null;

  @Field(() => [String], { nullable: true, description: ONLY })
  readonly only: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: NEVER })
  readonly never: readonly string[] | null;

  @Field(() => [SensitivityEnum], { nullable: true, description: 'Classes of fields that are shown.' })
  readonly sensitivities: readonly Sensitivity[] | null;

  @Field(() => [OperatorEnum], { nullable: true, description: 'Operators with which it may search.' })
  readonly operators: readonly Operator[] | null;

  @Field(() => [ID], { nullable: true, description: WITHIN })
  readonly within: readonly string[] | null;

  @Field(() => [ID], { nullable: true, description: BORN_WITHIN })
  readonly bornWithin: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: SOURCES })
  readonly sources: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: PROGRAMMES })
  readonly programmes: readonly string[] | null;

  @Field(() => Int, { nullable: true, description: 'Records of one page.' })
  readonly largestPage: number | null;

  @Field(() => Int, { nullable: true, description: 'People of whom it is told in an hour.' })
  readonly recordsPerHour: number | null;

  constructor({ rows = {}, ...limits }: AccessDocument) {
    this.registries = limits.registries ?? null;
    this.only = limits.only ?? null;
    this.never = limits.never ?? null;
    this.sensitivities = limits.sensitivities ?? null;
    this.operators = limits.operators ?? null;
    this.within = rows.within?.map((id) => globalId('Location', id)) ?? null;
    this.bornWithin = rows.bornWithin?.map((id) => globalId('Location', id)) ?? null;
    this.sources = rows.sources ?? null;
    this.programmes = rows.programmes ?? null;
    this.largestPage = limits.largestPage ?? null;
    this.recordsPerHour = limits.recordsPerHour ?? null;
  }
}

@InputType({ description: 'Limits to be set. On a change, null takes one away and what is absent stays.' })
export class AccessLimitsInput {
  @Field(() => [RegistryKindEnum], { nullable: true, description: 'Registries that are open.' })
  registries?: RegistryKind[] | null;

  @Field(() => [String], { nullable: true, description: ONLY })
  only?: string[] | null;

  @Field(() => [String], { nullable: true, description: NEVER })
  never?: string[] | null;

  @Field(() => [SensitivityEnum], { nullable: true, description: 'Classes of fields that are shown.' })
  sensitivities?: Sensitivity[] | null;

  @Field(() => [OperatorEnum], { nullable: true, description: 'Operators with which it may search.' })
  operators?: Operator[] | null;

  @Field(() => [ID], { nullable: true, description: WITHIN })
  within?: string[] | null;

  @Field(() => [ID], { nullable: true, description: BORN_WITHIN })
  bornWithin?: string[] | null;

  @Field(() => [String], { nullable: true, description: SOURCES })
  sources?: string[] | null;

  @Field(() => [String], { nullable: true, description: PROGRAMMES })
  programmes?: string[] | null;

  @Field(() => Int, { nullable: true, description: 'Records of one page.' })
  largestPage?: number | null;

  @Field(() => Int, { nullable: true, description: 'People of whom it is told in an hour.' })
  recordsPerHour?: number | null;
}

/** What the input changes; nothing where there is none. */
export function limitChanges(input: AccessLimitsInput | null | undefined): LimitChanges {
  if (!input) return {};
  const { within, bornWithin, sources, programmes, ...limits } = input;
  return {
    ...limits,
    rows: {
      within: within?.map((id) => readGlobalId('Location', id, 'limits.within')) ?? within,
      bornWithin: bornWithin?.map((id) => readGlobalId('Location', id, 'limits.bornWithin')) ?? bornWithin,
      sources,
      programmes,
    },
  };
}
