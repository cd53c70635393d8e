import type { Access } from './access.js';
import { type Attribute, type AttributeReference, nameOfReference, type Operator } from './attributes.js';
import type { Catalogue } from './catalogue.js';
import { fieldKey, type FieldName, type FieldRules, RECORD_FIELDS, recordField } from './fields.js';
import type { Filter } from './filter.js';
import { Problem } from './problem.js';
import type { RecordKind } from './registry-kind.js';
import type { Sort } from './sort.js';

/** Why a question is refused by the limits of who asks. */
export type WithheldCode = 'FILTER_FIELD_WITHHELD' | 'SORT_FIELD_WITHHELD' | 'FILTER_OPERATOR_WITHHELD';

/**
 * Throws a `Problem` of a `WithheldCode` where the question uses a field that the caller is not shown, or an operator
 * that it may not search with: an answer, even that there is no match, would tell of the field.
 */
export function checkFilter(
  filter: Filter,
  sort: readonly Sort[],
  record: RecordKind,
  { fields, operators }: Pick<Access, 'fields' | 'operators'>,
): void {
  if (!fields.isAll) {
    for (const field of fieldsOfFilter(filter, record)) {
      if (!fields.has(field)) throw fieldWithheld('FILTER_FIELD_WITHHELD', 'search by', field);
    }
    for (const field of sort.flatMap(({ attribute }) => fieldsOfReference(attribute, record))) {
      if (!fields.has(field)) throw fieldWithheld('SORT_FIELD_WITHHELD', 'sort by', field);
    }
  }
  if (operators === null) return;
  for (const operator of operatorsOf(filter, false)) {
    if (operator === NAME_SEARCH || !operators.includes(operator)) throw operatorWithheld(operator, operators);
  }
}

/** A field that is not shown, by `fieldKey`, and the rule that takes it away. */
export interface WithheldField {
  readonly field: string;
  readonly by: keyof FieldRules;
}

/** Which fields of such records the caller is not shown, those that the country added among them. */
export function withheldFields(
  record: RecordKind,
  { fields }: Pick<Access, 'fields'>,
  catalogue: Catalogue,
): WithheldField[] {
  const added = catalogue.all().map(fieldOfAttribute);
  const known = new Map([...RECORD_FIELDS, ...added].map((field): [string, FieldName] => [fieldKey(field), field]));
  return [...known].flatMap(([field, name]) => {
    const by = name.of === record ? fields.withheldBy(name) : null;
    return by === null ? [] : [{ field, by }];
  });
}

/** The field that the attribute tells of: one of the program's own, or itself where a country added it. */
export function fieldOfAttribute({ of, name, sensitivity }: Pick<Attribute, 'of' | 'name' | 'sensitivity'>): FieldName {
  return fieldNamed(of, name) ?? { of, name, sensitivity };
}

function fieldNamed(of: RecordKind, attribute: string): FieldName | undefined {
  return RECORD_FIELDS.find((field) => field.of === of && field.attributes.includes(attribute));
}

const GROUP_IDENTIFIER = recordField('group', 'group_identifier');
const GROUP_MEMBERS = recordField('group', 'members');
const GROUP_NAME = recordField('group', 'group_name');
const GROUP_SOURCES = recordField('group', 'sources');
const PERSON_BIRTH_PLACE = recordField('individual', 'birth_place');
const PERSON_DEATH_PLACE = recordField('individual', 'death_place');
const PERSON_EMAIL = recordField('individual', 'email');
const PERSON_HOME = recordField('individual', 'location');
const PERSON_IDENTIFIER = recordField('individual', 'identifier');
const PERSON_MEMBERSHIPS = recordField('individual', 'memberships');
const PERSON_NAME = recordField('individual', 'name');
const PERSON_PHONE = recordField('individual', 'phone_number');
const PERSON_RELATIONSHIPS = recordField('individual', 'relationships');
const PERSON_SOURCES = recordField('individual', 'sources');
const ENROLMENT_PROGRAMME = recordField('enrolment', 'programme');

/** Who is asked about by what another record says is told of the tie between the two as well. */
function reached(field: FieldName, record: RecordKind): FieldName[] {
  if (record === 'group' && field.of === 'individual') return [GROUP_MEMBERS, field];
  if (record !== 'group' && field.of === 'group') return [PERSON_MEMBERSHIPS, field];
  return [field];
}

/** All fields of which the answer to the filter would tell something. */
export function fieldsOfFilter(filter: Filter, record: RecordKind): FieldName[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap((part) => fieldsOfFilter(part, record));
    case 'not':
      return fieldsOfFilter(filter.filter, record);
    case 'compare':
      return fieldsOfReference(filter.attribute, record);
    case 'identifier':
      return fieldsOfIdentifier(filter, record);
    case 'within':
      return filter.place === 'own' ? fieldsOfOwnPlace(record) : reached(PLACES[filter.place], record);
    case 'birth_place_type':
      return reached(PERSON_BIRTH_PLACE, record);
    case 'member_of':
      return record === 'group' ? [] : [PERSON_MEMBERSHIPS];
    case 'from_source':
      return [record === 'group' ? GROUP_SOURCES : PERSON_SOURCES];
    case 'is_mother':
      return reached(PERSON_RELATIONSHIPS, record);
    case 'in_programme':
      return [ENROLMENT_PROGRAMME];
    case 'name_contains':
      return record === 'group' ? [GROUP_NAME] : [PERSON_NAME];
    // Ids of our own tell of nothing.
    case 'ids':
      return [];
  }
}

const PLACES = { birth: PERSON_BIRTH_PLACE, home: PERSON_HOME, death: PERSON_DEATH_PLACE } as const;

/** The place of a farm or of an enrolment is that of the person or the group where it has none. */
function fieldsOfOwnPlace(record: RecordKind): FieldName[] {
  switch (record) {
    case 'individual':
    case 'disability':
      return [PERSON_HOME];
    case 'group':
      return [recordField('group', 'location')];
    case 'farmer':
      return [recordField('farmer', 'location'), PERSON_HOME];
    case 'enrolment':
      return [recordField('enrolment', 'location'), PERSON_HOME, recordField('group', 'location')];
  }
}

function fieldsOfIdentifier({ type, of }: Extract<Filter, { kind: 'identifier' }>, record: RecordKind): FieldName[] {
  const asksGroups = of === 'group' || (of === undefined && (record === 'group' || record === 'enrolment'));
  const contact = CONTACTS[type?.toUpperCase() ?? ''];
  return [
    ...(of === 'group' ? [] : [PERSON_IDENTIFIER, ...(contact === undefined ? [] : [contact])]),
    ...(asksGroups ? [GROUP_IDENTIFIER] : []),
  ].flatMap((field) => reached(field, record));
}

const CONTACTS: Readonly<Record<string, FieldName>> = {
  MOBILE: PERSON_PHONE,
  PHONE: PERSON_PHONE,
  EMAIL: PERSON_EMAIL,
};

function fieldsOfReference(reference: AttributeReference, record: RecordKind): FieldName[] {
  if (typeof reference !== 'string') {
    const { sensitivity = 'sensitive', ...rest } = reference;
    return reached(fieldOfAttribute({ ...rest, sensitivity }), record);
  }
  // The record's own come first: of all kinds it is known when they were made.
  const field = fieldNamed(record, reference) ?? RECORD_FIELDS.find(({ attributes }) => attributes.includes(reference));
  if (field === undefined) throw new Error(`no field tells of ${nameOfReference(reference)}`);
  return reached(field, record);
}

/** Wider than any operator: only who may use all of them searches for words of names. */
const NAME_SEARCH = 'name search';

const OPPOSITES = { eq: 'ne', ne: 'eq', gt: 'le', ge: 'lt', lt: 'ge', le: 'gt' } as const;

/** The operators that the filter uses, whatever it is written as: the negation of `eq` is `ne`. */
function operatorsOf(filter: Filter, negated: boolean): (Operator | typeof NAME_SEARCH)[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap((part) => operatorsOf(part, negated));
    case 'not':
      return operatorsOf(filter.filter, !negated);
    case 'compare': {
      const { operator } = filter;
      if (operator === 'in') return negated ? ['in', 'ne'] : ['in'];
      return [negated ? OPPOSITES[operator] : operator];
    }
    case 'identifier':
      return ofValues(filter.values, negated);
    case 'within':
      return ofValues([...filter.locationIds, ...(filter.names ?? [])], negated);
    case 'birth_place_type':
      return ofValues(filter.types, negated);
    case 'member_of':
      return ofValues(filter.groupIds, negated);
    case 'from_source':
      return ofValues(filter.codes, negated);
    case 'in_programme':
      return ofValues(filter.identifiers, negated);
    case 'name_contains':
      return [NAME_SEARCH];
    case 'is_mother':
    case 'ids':
      return negated ? ['ne'] : [];
  }
}

function ofValues(values: readonly string[], negated: boolean): Operator[] {
  return [
    ...(values.length > 1 ? ['in' as const] : []),
    ...(negated ? ['ne' as const] : values.length > 1 ? [] : ['eq' as const]),
  ];
}

function fieldWithheld(code: WithheldCode, act: string, field: FieldName): Problem<WithheldCode> {
  return new Problem(code, `This caller may not ${act} ${fieldKey(field)}: leave it out, or have it granted.`);
}

function operatorWithheld(operator: string, granted: readonly Operator[]): Problem<WithheldCode> {
  const may = granted.length === 0 ? 'It may not search at all.' : `It may use ${granted.join(', ')}.`;
  return new Problem('FILTER_OPERATOR_WITHHELD', `This caller may not search with ${operator}. ${may}`);
}
