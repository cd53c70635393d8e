import type { AttributeName, AttributeReference, JsonAttribute } from '../../record/attributes.js';
import { Problem } from '../../record/problem.js';
import type { RecordKind } from '../../record/registry-kind.js';
import { RECORD_TABLES } from '../queries/record-tables.js';

/** A value that stands in one expression over the alias of its table. */
export interface HeldValue {
  readonly of: RecordKind;
  readonly expression: string;
  /** As a parameter that is compared with it is sent. */
  readonly type: 'date' | 'text' | 'boolean' | 'timestamptz' | 'integer' | 'numeric' | 'float8';
  /**
   * `word`: a text that is compared without case, both sides folded by the database; `long`: so too, by its first
   * letters only, since an index entry has a limit; `exact`: as it is.
   */
  readonly comparison: 'exact' | 'word' | 'long';
  readonly nullable: boolean;
}

/** Letters by which long texts are told apart. */
const LETTERS_COMPARED = 200;

type Column = Omit<HeldValue, 'of' | 'nullable' | 'comparison'> & {
  /** `self`: a column of the same name in the table of every kind of record. */
  readonly of: RecordKind | 'self';
  readonly comparison?: 'word';
  readonly nullable?: false;
};

/** Column attributes that one expression holds; the others have conditions of their own. */
const COLUMNS: Readonly<Partial<Record<AttributeName, Column>>> = {
  birth_date: { of: 'individual', expression: 'i.birth_date', type: 'date' },
  death_date: { of: 'individual', expression: 'i.death_date', type: 'date' },
  year_of_birth: { of: 'individual', expression: "date_part('year', i.birth_date)", type: 'float8' },
  // For an order: the younger were born later. Finer than whole years, and it does not change with the day.
  age: { of: 'individual', expression: 'i.birth_date', type: 'date' },
  sex: { of: 'individual', expression: 'i.sex', type: 'text' },
  deceased: { of: 'individual', expression: 'i.deceased', type: 'boolean', nullable: false },
  given_name: { of: 'individual', expression: 'lower(i.given_name)', type: 'text', comparison: 'word' },
  middle_name: { of: 'individual', expression: 'lower(i.middle_name)', type: 'text', comparison: 'word' },
  family_name: { of: 'individual', expression: 'lower(i.family_name)', type: 'text', comparison: 'word' },
  full_name: { of: 'individual', expression: 'lower(i.full_name)', type: 'text', comparison: 'word' },
  marital_status: { of: 'individual', expression: 'i.marital_status', type: 'text' },
  registration_date: { of: 'self', expression: 'created_at', type: 'timestamptz', nullable: false },
  last_updated: { of: 'self', expression: 'updated_at', type: 'timestamptz', nullable: false },
  group_name: { of: 'group', expression: 'lower(g.name)', type: 'text', comparison: 'word' },
  group_type: { of: 'group', expression: 'g.kind', type: 'text', nullable: false },
  group_size: { of: 'group', expression: 'z.size', type: 'integer' },
  farm_type: { of: 'farmer', expression: 'lower(f.farm_type)', type: 'text', comparison: 'word' },
  farm_size: { of: 'farmer', expression: 'f.farm_size', type: 'numeric' },
  land_tenure: { of: 'farmer', expression: 'lower(f.land_tenure)', type: 'text', comparison: 'word' },
  disability_status: { of: 'disability', expression: 'lower(d.status)', type: 'text', comparison: 'word' },
  disability_level: { of: 'disability', expression: 'lower(d.level)', type: 'text', comparison: 'word' },
  programme_name: { of: 'enrolment', expression: 'lower(p.name)', type: 'text', comparison: 'word' },
  enrolment_status: { of: 'enrolment', expression: 'lower(e.status)', type: 'text', comparison: 'word' },
  enrolment_date: { of: 'enrolment', expression: 'e.enrolled_on', type: 'date' },
};

/** Whose the attributes are that no single expression holds. */
const ELSEWHERE: Readonly<Partial<Record<AttributeName, RecordKind>>> = {
  marriage_date: 'individual',
  divorce_date: 'individual',
  phone_number: 'individual',
  email: 'individual',
  programme_identifier: 'enrolment',
};

/** The kind of record that the attribute belongs to when records of that kind are asked for. */
export function ownerOf(reference: AttributeReference, record: RecordKind): RecordKind {
  if (typeof reference !== 'string') return reference.of;
  const of = COLUMNS[reference]?.of ?? ELSEWHERE[reference] ?? 'individual';
  return of === 'self' ? record : of;
}

/** The expression that holds the attribute; `null` where a record can have several values, or they stand elsewhere. */
export function heldValue(reference: AttributeReference, record: RecordKind): HeldValue | null {
  if (typeof reference !== 'string') return reference.list ? null : heldInJson(reference);
  const column = COLUMNS[reference];
  if (!column) return null;
  const { of, expression, type, comparison = 'exact', nullable = true } = column;
  return of === 'self'
    ? { of: record, expression: `${RECORD_TABLES[record].alias}.${expression}`, type, comparison, nullable }
    : { of, expression, type, comparison, nullable };
}

function heldInJson(attribute: JsonAttribute): HeldValue {
  const { alias } = RECORD_TABLES[attribute.of];
  const { expression, type } = singleValue(attribute, `${alias}.`);
  return { of: attribute.of, expression, type, comparison: type === 'text' ? 'long' : 'exact', nullable: true };
}

function singleValue(
  { type, column, path }: JsonAttribute,
  qualifier: string,
): { readonly expression: string; readonly type: 'numeric' | 'date' | 'timestamptz' | 'text' } {
  const at = `'{${checkedPath(path).join(',')}}'`;
  switch (type) {
    case 'number':
      return { expression: `attribute_number(${qualifier}${column} #> ${at})`, type: 'numeric' };
    case 'date':
      return { expression: `attribute_date(${qualifier}${column} #> ${at})`, type: 'date' };
    case 'instant':
      return { expression: `attribute_instant(${qualifier}${column} #> ${at})`, type: 'timestamptz' };
    case 'text':
    case 'code':
    case 'boolean':
      return { expression: foldedLong(`${qualifier}${column} #>> ${at}`), type: 'text' };
  }
}

/** The text as `long` ones are compared. */
export function foldedLong(text: string): string {
  return `left(lower(${text}), ${String(LETTERS_COMPARED)})`;
}

/** All values of an attribute of which a record can have several, folded, as one jsonb array. */
export function heldList(attribute: JsonAttribute): string {
  return listOfValues(attribute, `${RECORD_TABLES[attribute.of].alias}.`);
}

function listOfValues({ column, path, otherPaths = [] }: JsonAttribute, qualifier: string): string {
  const lists = [path, ...otherPaths].map((one) => {
    const steps = checkedPath(one).map((key) => `."${key}"`);
    return `jsonb_path_query_array(${qualifier}${column}, 'lax $${steps.join('')}[*]')`;
  });
  const all = lists.length === 1 ? lists.join('') : `(${lists.join(' || ')})`;
  return `lower(${all}::text)::jsonb`;
}

/** What stands behind `create index ... on the table`: the index that serves the conditions made with the attribute. */
export function indexDefinition(attribute: JsonAttribute): string {
  if (attribute.list) return `using gin ((${listOfValues(attribute, '')}) jsonb_path_ops)`;
  const { expression } = singleValue(attribute, '');
  return `((${expression}), id) where (${expression}) is not null`;
}

/** What stands behind `create statistics ... on`: an index of single values is partial, and says nothing to the planner. */
export function statisticsExpression(attribute: JsonAttribute): string | null {
  return attribute.list ? null : `(${singleValue(attribute, '').expression})`;
}

/** What a key of a path may be: it stands in the text of statements, since an index only serves what is written there. */
const KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,98}$/u;

/** Whether the keys can be searched by. */
export function isPath(path: readonly string[]): boolean {
  return path.length > 0 && path.length <= 8 && path.every((key) => KEY.test(key));
}

/** A path comes out of the database or of a stored filter: nothing but plain keys gets into a statement. */
function checkedPath(path: readonly string[]): readonly string[] {
  if (!isPath(path)) {
    throw new Problem('FILTER_VALUE_INVALID', 'The path of an attribute is made of keys of letters, digits, _ and -.');
  }
  return path;
}
