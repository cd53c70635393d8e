import { readIdentifierType } from '../../dci/identifier-type.js';
import type { AttributeName } from '../../record/attributes.js';
import { allOf, type AttributeValue, type Filter } from '../../record/filter.js';
import type { Catalogue } from '../../record/catalogue.js';
import { Problem } from '../../record/problem.js';
import { type IdentifiedType, readGlobalId } from '../global-id.js';
import { readAttributeFilters } from '../attributes/attribute-filter.js';
import type { IdentifierFilter, IndividualFilterInput } from './individual-filter-input.js';

/** Most parts of one filter, and most levels of `and`, `or` and `not` in it. */
const MOST_PARTS = 200;
const MOST_LEVELS = 10;
/** Most values of one list. */
const MOST_VALUES = 1000;

/** How each part of the input becomes a part of a Filter. `path` names the part in a refusal. */
type ReadPart<Value> = (value: Value, path: string, reading: Reading) => Filter;
type Given<Key extends keyof IndividualFilterInput> = NonNullable<IndividualFilterInput[Key]>;

interface Reading {
  readonly catalogue: Catalogue;
  readonly level: number;
  readonly count: { parts: number };
}

/**
 * The Filter that a graph filter means; no filter is everybody. Throws `BAD_USER_INPUT` where a part is null or empty,
 * which would otherwise silently match everybody, an id is of another type, or the catalogue has no such attribute.
 */
export function readIndividualFilter(input: IndividualFilterInput | null | undefined, catalogue: Catalogue): Filter {
  return read(input ?? {}, 'filter', { catalogue, level: 0, count: { parts: 0 } });
}

const PARTS: { readonly [Key in keyof Required<IndividualFilterInput>]: ReadPart<Given<Key>> } = {
  and: (inputs, path, reading) => allOf(readEach(inputs, path, reading)),
  or: (inputs, path, reading) => ({ kind: 'or', filters: readEach(inputs, path, reading) }),
  not: (input, path, reading) => ({ kind: 'not', filter: read(input, path, deeper(reading)) }),
  ids: (ids, path) => ({ kind: 'ids', ids: globalIds('Individual', ids, path) }),
  birthDate: (tests, path) => comparisons('birth_date', tests, path),
  deathDate: (tests, path) => comparisons('death_date', tests, path),
  deceased: (deceased) => ({ kind: 'compare', attribute: 'deceased', operator: 'eq', values: [deceased] }),
  age: (tests, path) => comparisons('age', tests, path),
  sex: (tests, path) => comparisons('sex', tests, path),
  name: ({ contains, eq }, path) => {
    const parts: Filter[] = [];
    if (contains !== undefined) parts.push({ kind: 'name_contains', text: present(contains, `${path}.contains`) });
    if (eq !== undefined) parts.push(...comparisonsOf('full_name', { eq }, path));
    return allOf(someOf(parts, path));
  },
  givenName: (tests, path) => comparisons('given_name', tests, path),
  familyName: (tests, path) => comparisons('family_name', tests, path),
  birthPlace: ({ within, types }, path) => {
    const parts: Filter[] = [];
    if (within !== undefined) parts.push(withinPlace('birth', within, path));
    if (types !== undefined) {
      parts.push({ kind: 'birth_place_type', types: values(present(types, `${path}.types`), `${path}.types`) });
    }
    return allOf(someOf(parts, path));
  },
  homePlace: ({ within }, path) => {
    if (within === undefined) throw empty(path);
    return withinPlace('home', within, path);
  },
  identifier: readIdentifierPart,
  memberOf: (ids, path) => ({ kind: 'member_of', groupIds: globalIds('Group', ids, path) }),
  importedFrom: (codes, path) => ({ kind: 'from_source', codes: values(codes, path) }),
  isMother: (isMother) => (isMother ? { kind: 'is_mother' } : { kind: 'not', filter: { kind: 'is_mother' } }),
  attributes: (inputs, path, { catalogue }) => readAttributeFilters(inputs, 'individual', catalogue, path),
  registeredAt: (tests, path) => comparisons('registration_date', tests, path),
  updatedAt: (tests, path) => comparisons('last_updated', tests, path),
};

/** A test of identifiers. Throws `BAD_USER_INPUT` where it names no value or null. */
export function readIdentifierPart({ type, value, in: list }: IdentifierFilter, path: string): Filter {
  if (type === null) throw isNull(`${path}.type`);
  if ((value === undefined) === (list === undefined)) {
    throw new Problem('BAD_USER_INPUT', `${path} needs either value or in`);
  }
  const wanted = list === undefined ? [present(value, `${path}.value`)] : present(list, `${path}.in`);
  return { kind: 'identifier', type: identifierType(type), values: values(wanted, `${path}.in`) };
}

/** The type as the registry keeps it, so that `nid` is found as `NID` is; `null`: any type. */
export function identifierType(written: string | undefined): string | null {
  return written === undefined ? null : (readIdentifierType(written) ?? written);
}

function read(input: IndividualFilterInput, path: string, reading: Reading): Filter {
  if (reading.level > MOST_LEVELS) {
    throw new Problem('BAD_USER_INPUT', `A filter may nest at most ${String(MOST_LEVELS)} levels`);
  }
  const filters: Filter[] = [];
  for (const key of PART_NAMES) {
    const part = readPart(key, input, path, reading);
    if (part) filters.push(part);
  }
  return allOf(filters);
}

function readPart<Key extends keyof IndividualFilterInput>(
  key: Key,
  input: IndividualFilterInput,
  path: string,
  reading: Reading,
): Filter | null {
  const value = input[key];
  if (value === undefined) return null;
  reading.count.parts += 1;
  if (reading.count.parts > MOST_PARTS) {
    throw new Problem('BAD_USER_INPUT', `A filter may have at most ${String(MOST_PARTS)} parts`);
  }
  return PARTS[key](present(value, `${path}.${key}`), `${path}.${key}`, reading);
}

const isPartName = (name: string): name is keyof IndividualFilterInput => name in PARTS;
const PART_NAMES = Object.keys(PARTS).filter(isPartName);

function readEach(inputs: readonly IndividualFilterInput[], path: string, reading: Reading): Filter[] {
  return inputs.map((input, index) => read(input, `${path}[${String(index)}]`, deeper(reading)));
}

function deeper({ catalogue, level, count }: Reading): Reading {
  return { catalogue, level: level + 1, count };
}

type Tests = Partial<Record<'eq' | 'in' | 'gt' | 'ge' | 'lt' | 'le', Value | readonly Value[] | null>>;
type Value = AttributeValue | Date;

/** Comparisons of one attribute, all of which must hold. Throws `BAD_USER_INPUT` where there are none or one is null. */
export function comparisons(attribute: AttributeName, tests: Tests, path: string): Filter {
  return allOf(someOf(comparisonsOf(attribute, tests, path), path));
}

const TEST_OPERATORS = ['eq', 'in', 'gt', 'ge', 'lt', 'le'] as const;

function comparisonsOf(attribute: AttributeName, tests: Tests, path: string): Filter[] {
  return TEST_OPERATORS.flatMap((operator): Filter[] => {
    const given = tests[operator];
    if (given === undefined) return [];
    const value = present(given, `${path}.${operator}`);
    const list = isList(value) ? value : [value];
    return [{ kind: 'compare', attribute, operator, values: values(list, `${path}.${operator}`).map(plain) }];
  });
}

const isList = (value: Value | readonly Value[]): value is readonly Value[] => Array.isArray(value);
const plain = (value: Value): AttributeValue => (value instanceof Date ? value.toISOString() : value);

function withinPlace(place: 'birth' | 'home', within: string | null, path: string): Filter {
  const id = readGlobalId('Location', present(within, `${path}.within`), `${path}.within`);
  return { kind: 'within', place, locationIds: [id] };
}

function present<Value>(value: Value | null | undefined, path: string): Value {
  if (value === null || value === undefined) throw isNull(path);
  return value;
}

/** The row ids of a list of global ids. Throws `BAD_USER_INPUT` for ids of another type and lists that are too long. */
export function globalIds(type: IdentifiedType, ids: readonly string[], path: string): string[] {
  return values(ids, path).map((id, index) => readGlobalId(type, id, `${path}[${String(index)}]`));
}

function values<Value>(list: readonly Value[], path: string): readonly Value[] {
  if (list.length <= MOST_VALUES) return list;
  throw new Problem('BAD_USER_INPUT', `${path} may have at most ${String(MOST_VALUES)} values`);
}

function someOf(filters: readonly Filter[], path: string): readonly Filter[] {
  if (filters.length === 0) throw empty(path);
  return filters;
}

function isNull(path: string): Problem {
  return new Problem('BAD_USER_INPUT', `${path} is null, which compares with nothing: give a value or leave it out`);
}

function empty(path: string): Problem {
  return new Problem(
    'BAD_USER_INPUT',
    `${path} is empty, which compares with nothing: give an operator or leave it out`,
  );
}
