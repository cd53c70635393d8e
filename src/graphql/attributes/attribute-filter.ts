import { Field, InputType } from 'type-graphql';
import { readComparison } from '../../dci/comparison.js';
import { QueryReading } from '../../dci/query-reading.js';
import type { Operator } from '../../record/attributes.js';
import type { Catalogue } from '../../record/catalogue.js';
import { allOf, type Filter } from '../../record/filter.js';
import { Problem } from '../../record/problem.js';
import { REGISTRY_KINDS, type RecordKind, type RegistryKind } from '../../record/registry-kind.js';
import { givenParts } from '../given-parts.js';

@InputType({
  description:
    "A comparison of one attribute of the catalogue, a country's own among them. Values are written as text whatever " +
    'their type: `12.5`, `true`, `2024-02-29`. Every operator given must hold.',
})
export class AttributeFilter {
  @Field(() => String, { description: 'Name of the attribute, in any of its spellings.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'This value.' })
  eq?: string | null;

  @Field(() => String, { nullable: true, description: 'Another value than this.' })
  ne?: string | null;

  @Field(() => [String], { nullable: true, description: 'One of these values.' })
  in?: string[] | null;

  @Field(() => String, { nullable: true, description: 'More or later than this.' })
  gt?: string | null;

  @Field(() => String, { nullable: true, description: 'This, more or later.' })
  ge?: string | null;

  @Field(() => String, { nullable: true, description: 'Less or earlier than this.' })
  lt?: string | null;

  @Field(() => String, { nullable: true, description: 'This, less or earlier.' })
  le?: string | null;
}

/** Which registry's words count first where two registries call different things by one name. */
const FIRST_REGISTRY: Readonly<Record<RecordKind, RegistryKind>> = {
  individual: 'social',
  group: 'social',
  farmer: 'fr',
  disability: 'dr',
  enrolment: 'ibr',
};

/**
 * The comparisons as one filter over records of that kind. Throws `BAD_USER_INPUT` for a name that the catalogue does
 * not have for them, an operator that the attribute has not, and a value that it cannot have.
 */
export function readAttributeFilters(
  inputs: readonly AttributeFilter[],
  record: RecordKind,
  catalogue: Catalogue,
  path: string,
): Filter {
  return allOf(inputs.map((input, index) => readOne(input, record, catalogue, `${path}[${String(index)}]`)));
}

function readOne(input: AttributeFilter, record: RecordKind, catalogue: Catalogue, path: string): Filter {
  const { name, ...tests } = givenParts(input);
  if (name === undefined) throw new Problem('BAD_USER_INPUT', `${path}.name is missing`);
  const registries = [FIRST_REGISTRY[record], ...REGISTRY_KINDS];
  const registry = registries.find((kind) => catalogue.find(name, kind, record) !== undefined);
  if (registry === undefined) {
    throw new Problem('BAD_USER_INPUT', `${path}.name is no attribute of these records: see the catalogue`);
  }
  const reading = new QueryReading({ registry, record, catalogue, strict: true });
  const filters = operatorsOf(tests).map(([operator, value]) => {
    try {
      return readComparison(name, operator, value, reading);
    } catch (error) {
      if (error instanceof Problem) throw new Problem('BAD_USER_INPUT', `${path}.${operator}: ${error.message}`);
      throw error;
    }
  });
  if (filters.length === 0) {
    throw new Problem('BAD_USER_INPUT', `${path} compares with nothing: give an operator or leave it out`);
  }
  const [impossible] = reading.unanswerable;
  if (impossible !== undefined) throw new Problem('BAD_USER_INPUT', `${path}: ${impossible}`);
  return allOf(filters);
}

const OPERATORS = ['eq', 'ne', 'in', 'gt', 'ge', 'lt', 'le'] as const satisfies readonly Operator[];

function operatorsOf(tests: Partial<Omit<AttributeFilter, 'name'>>): [Operator, string | string[]][] {
  return OPERATORS.flatMap((operator): [Operator, string | string[]][] => {
    const value = tests[operator];
    return value === undefined || value === null ? [] : [[operator, value]];
  });
}
