import type { AttributeName, AttributeReference, Operator, PlaceName } from './attributes.js';
import type { AttributeValue, Filter } from './filter.js';
import type { IndividualRecord, PlaceReference } from './individual-record.js';
import { fullName, identifierKey } from './individual.js';

/** What a record alone does not tell. */
export interface MatchContext {
  /** Whether the place that a record names is this location of our own tree or lies below it. */
  isWithin(place: PlaceReference, locationId: string): boolean;
  /** `YYYY-MM-DD`, by which an age is counted. */
  readonly today: string;
}

/**
 * Whether a record that another registry sent fits the filter. What the record does not say fits nothing, neither a
 * comparison nor its negation, as in SQL.
 */
export function matches(filter: Filter, record: IndividualRecord, context: MatchContext): boolean {
  return truthOf(filter, record, context) === true;
}

/** `null` is unknown. */
type Truth = boolean | null;

function truthOf(filter: Filter, record: IndividualRecord, context: MatchContext): Truth {
  switch (filter.kind) {
    case 'and':
      return every(filter.filters.map((part) => truthOf(part, record, context)));
    case 'or':
      return some(filter.filters.map((part) => truthOf(part, record, context)));
    case 'not': {
      const truth = truthOf(filter.filter, record, context);
      return truth === null ? null : !truth;
    }
    case 'compare':
      return compareAttribute(filter.attribute, filter.operator, filter.values, record, context);
    case 'identifier':
      return filter.of === 'group' ? null : holdsIdentifier(filter, record);
    case 'within': {
      const place = placeOf(filter.place, record);
      if (place === undefined || filter.names !== undefined) return null;
      return filter.locationIds.some((id) => context.isWithin(place, id));
    }
    case 'birth_place_type': {
      const type = record.birthPlace?.type?.toLowerCase();
      return type === undefined ? null : filter.types.some((one) => one.toLowerCase() === type);
    }
    case 'name_contains': {
      const name = record.name === undefined ? null : fullName(record.name);
      return name === null ? null : words(filter.text).every((word) => folded(name).includes(word));
    }
    // Ids, groups, ties and sources are ours: a record from elsewhere cannot say.
    case 'is_mother':
    case 'member_of':
    case 'from_source':
    case 'in_programme':
    case 'ids':
      return null;
  }
}

function every(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(null) ? null : true;
}

function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

function words(text: string): string[] {
  return folded(text)
    .split(/\s+/u)
    .filter((word) => word !== '');
}

function placeOf(name: PlaceName, record: IndividualRecord): PlaceReference | undefined {
  switch (name) {
    case 'birth':
      return record.birthPlace;
    case 'home':
    case 'own':
      return record.homePlace;
    case 'death':
      return record.deathPlace;
  }
}

function holdsIdentifier(filter: Filter & { kind: 'identifier' }, record: IndividualRecord): boolean {
  const keys = new Set(filter.values.map(identifierKey));
  return record.identifiers.some(
    ({ type, value }) => (filter.type === null || filter.type === type) && keys.has(identifierKey(value)),
  );
}

function compareAttribute(
  attribute: AttributeReference,
  operator: Operator,
  values: readonly AttributeValue[],
  record: IndividualRecord,
  { today }: MatchContext,
): Truth {
  if (attribute === 'marriage_date') return compareMarriages(record, operator, values);
  const held = valueOf(attribute, record, today);
  return held === null ? null : compareValue(held, operator, values);
}

function compareValue(held: AttributeValue, operator: Operator, values: readonly AttributeValue[]): Truth {
  if (operator === 'in') return values.some((value) => order(held, value) === 0);
  const [value] = values;
  if (value === undefined) return null;
  const difference = order(held, value);
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
  }
}

/** One of the marriages that are told fits; as many as there are, none is told of where no day is. */
function compareMarriages(record: IndividualRecord, operator: Operator, values: readonly AttributeValue[]): Truth {
  const days = (record.marriages ?? []).flatMap(({ marriedOn }) => marriedOn ?? []);
  return days.length === 0 ? null : some(days.map((day) => compareValue(day, operator, values)));
}

function order(held: AttributeValue, asked: AttributeValue): number {
  if (typeof held === 'number' && typeof asked === 'number') return held - asked;
  const [left, right] = [folded(String(held)), folded(String(asked))];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Those that a record from elsewhere tells; the rest is ours alone, or stands in records of other kinds. */
const VALUES: Readonly<
  Partial<Record<AttributeName, (record: IndividualRecord, today: string) => AttributeValue | null>>
> = {
  birth_date: ({ birthDate }) => birthDate?.date ?? null,
  death_date: ({ deathDate }) => deathDate?.date ?? null,
  year_of_birth: ({ birthDate }) => (birthDate === undefined ? null : Number(birthDate.date.slice(0, 4))),
  age: ({ birthDate }, today) => (birthDate === undefined ? null : fullYears(birthDate.date, today)),
  sex: ({ sex }) => sex ?? null,
  deceased: ({ deceased }) => deceased ?? null,
  given_name: ({ name }) => name?.given ?? null,
  middle_name: ({ name }) => name?.middle ?? null,
  family_name: ({ name }) => name?.family ?? null,
  full_name: ({ name }) => (name === undefined ? null : fullName(name)),
};

function valueOf(attribute: AttributeReference, record: IndividualRecord, today: string): AttributeValue | null {
  return (typeof attribute === 'string' ? VALUES[attribute]?.(record, today) : null) ?? null;
}

function fullYears(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
