/** Operators of a comparison, in the standard's words, plus `ne`. */
export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'in';

/** What the values of an attribute are. */
export type AttributeType = 'date' | 'text' | 'code' | 'number' | 'boolean' | 'instant';

/** One attribute that can be asked for. Data, not code: how it is stored is the registry room's matter. */
export interface Attribute {
  readonly name: string;
  /** Spellings met on the wire; compared without case, blanks, `_` and `-`. */
  readonly aliases: readonly string[];
  readonly type: AttributeType;
  readonly operators: readonly Operator[];
  /** For `code`: the values that exist. */
  readonly codes?: readonly string[];
}

const ORDERED: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in'];
const UNORDERED: readonly Operator[] = ['eq', 'ne', 'in'];

/** The core catalogue: the attributes of an Individual that are columns. */
const ATTRIBUTES = [
  { name: 'birth_date', aliases: ['birthdate', 'date_of_birth', 'dob'], type: 'date', operators: ORDERED },
  { name: 'death_date', aliases: ['deathdate', 'date_of_death'], type: 'date', operators: ORDERED },
  { name: 'year_of_birth', aliases: ['yob', 'birth_year'], type: 'number', operators: ORDERED },
  { name: 'age', aliases: [], type: 'number', operators: ORDERED },
  {
    name: 'sex',
    aliases: ['gender'],
    type: 'code',
    operators: UNORDERED,
    codes: ['male', 'female', 'other', 'unknown'],
  },
  { name: 'deceased', aliases: ['is_deceased'], type: 'boolean', operators: ['eq', 'ne'] },
  { name: 'given_name', aliases: ['first_name'], type: 'text', operators: UNORDERED },
  { name: 'middle_name', aliases: ['second_name'], type: 'text', operators: UNORDERED },
  { name: 'family_name', aliases: ['surname', 'sur_name', 'last_name'], type: 'text', operators: UNORDERED },
  { name: 'full_name', aliases: ['name'], type: 'text', operators: UNORDERED },
  {
    name: 'registration_date',
    aliases: ['created_at', 'registered_on', 'date_of_declaration'],
    type: 'instant',
    operators: ORDERED,
  },
  { name: 'last_updated', aliases: ['updated_at'], type: 'instant', operators: ORDERED },
] as const satisfies readonly Attribute[];

/** The names of the core catalogue. */
export type AttributeName = (typeof ATTRIBUTES)[number]['name'];

const key = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

const BY_SPELLING: ReadonlyMap<string, Attribute & { readonly name: AttributeName }> = new Map(
  ATTRIBUTES.flatMap((attribute) => [attribute.name, ...attribute.aliases].map((name) => [key(name), attribute])),
);

/** The attribute that a wire name means, whatever its spelling; `undefined` when the catalogue has none. */
export function findAttribute(name: string): (Attribute & { readonly name: AttributeName }) | undefined {
  return BY_SPELLING.get(key(name));
}
