import type { Access } from '../../src/record/access.js';
import { FULL_ACCESS } from '../../src/record/access.js';
import type { Operator } from '../../src/record/attributes.js';
import { referenceTo } from '../../src/record/attributes.js';
import { Catalogue, CORE_CATALOGUE } from '../../src/record/catalogue.js';
import { CORE_ATTRIBUTES } from '../../src/record/core-attributes.js';
import { ALL_FIELDS, fieldKey, FieldSet, RECORD_FIELDS } from '../../src/record/fields.js';
import { EVERYBODY, type Filter } from '../../src/record/filter.js';
import { Problem } from '../../src/record/problem.js';
import type { RecordKind } from '../../src/record/registry-kind.js';
import type { Sort } from '../../src/record/sort.js';
import { checkFilter, fieldOfAttribute, fieldsOfFilter, withheldFields } from '../../src/record/withheld.js';

const born: Filter = { kind: 'compare', attribute: 'birth_date', operator: 'ge', values: ['1990-01-01'] };
const named: Filter = { kind: 'compare', attribute: 'given_name', operator: 'eq', values: ['Mary'] };
const height = {
  name: 'height',
  aliases: [],
  of: 'individual',
  registries: ['crvs'],
  type: 'number',
  operators: ['eq'],
  storage: { kind: 'json', column: 'attributes', path: ['height'], list: false },
  sensitivity: 'sensitive',
  sortable: true,
  searchable: true,
} as const;

function never(...fields: readonly string[]): Access {
  return { ...FULL_ACCESS, fields: new FieldSet([{ never: fields }]) };
}

function codeOf(filter: Filter, record: RecordKind, access: Access, sort: readonly Sort[] = []): string | null {
  try {
    checkFilter(filter, sort, record, access);
    return null;
  } catch (error) {
    if (error instanceof Problem) return String(error.code);
    throw error;
  }
}

test.each<readonly [name: string, filter: Filter, record: RecordKind, fields: readonly string[]]>([
  ['a column', born, 'individual', ['individual.birth_date']],
  [
    'an age is a birth date',
    { kind: 'compare', attribute: 'age', operator: 'lt', values: [5] },
    'individual',
    ['individual.birth_date'],
  ],
  ['a member of a group', born, 'group', ['group.members', 'individual.birth_date']],
  ['the person of a farm', named, 'farmer', ['individual.name']],
  [
    'the household of a person',
    { kind: 'compare', attribute: 'group_size', operator: 'ge', values: [9] },
    'individual',
    ['individual.memberships', 'group.group_size'],
  ],
  [
    'the moment of the record itself',
    { kind: 'compare', attribute: 'last_updated', operator: 'ge', values: ['2026-01-01T00:00:00Z'] },
    'disability',
    ['disability.last_updated'],
  ],
  ['an identifier', { kind: 'identifier', type: 'UIN', values: ['1'] }, 'farmer', ['individual.identifier']],
  [
    'a telephone as an identifier',
    { kind: 'identifier', type: 'mobile', values: ['1'] },
    'individual',
    ['individual.identifier', 'individual.phone_number'],
  ],
  [
    'an identifier of whoever is enrolled',
    { kind: 'identifier', type: null, values: ['1'] },
    'enrolment',
    ['individual.identifier', 'individual.memberships', 'group.group_identifier'],
  ],
  [
    'an identifier of a group or of a member',
    { kind: 'identifier', type: null, values: ['1'] },
    'group',
    ['group.members', 'individual.identifier', 'group.group_identifier'],
  ],
  ['a place', { kind: 'within', place: 'death', locationIds: [] }, 'individual', ['individual.death_place']],
  [
    'where a farm is, or else the farmer lives',
    { kind: 'within', place: 'own', locationIds: [] },
    'farmer',
    ['farmer.location', 'individual.location'],
  ],
  ['the type of a place', { kind: 'birth_place_type', types: [] }, 'individual', ['individual.birth_place']],
  ['a group', { kind: 'member_of', groupIds: [] }, 'individual', ['individual.memberships']],
  ['a source', { kind: 'from_source', codes: [] }, 'group', ['group.sources']],
  ['a programme', { kind: 'in_programme', identifiers: [] }, 'group', ['enrolment.programme']],
  ['words of a name', { kind: 'name_contains', text: 'a' }, 'group', ['group.group_name']],
  ['ids of our own', { kind: 'ids', ids: [] }, 'individual', []],
  [
    'every part of a filter',
    {
      kind: 'or',
      filters: [
        { kind: 'not', filter: born },
        { kind: 'and', filters: [named] },
      ],
    },
    'individual',
    ['individual.birth_date', 'individual.name'],
  ],
])('a filter tells of fields: %s', (_name, filter, record, fields) => {
  expect(fieldsOfFilter(filter, record).map(fieldKey)).toEqual(fields);
  for (const field of fields) expect(codeOf(filter, record, never(field))).toBe('FILTER_FIELD_WITHHELD');
  expect(
    codeOf(filter, record, { ...FULL_ACCESS, fields: new FieldSet([{ only: fields.concat('farmer.farm_size') }]) }),
  ).toBe(null);
});

test('every attribute that can be asked for tells of a field, and whoever sees all may ask for all', () => {
  const keys = new Set(RECORD_FIELDS.map(fieldKey));
  for (const attribute of CORE_ATTRIBUTES) {
    expect(keys).toContain(fieldKey(fieldOfAttribute(attribute)));
    const reference = referenceTo(attribute);
    if (reference === null) continue;
    const filter: Filter = { kind: 'compare', attribute: reference, operator: 'eq', values: ['x'] };
    expect(codeOf(filter, attribute.of, FULL_ACCESS)).toBe(null);
    expect(codeOf(filter, attribute.of, never(`${attribute.of}.*`))).toBe('FILTER_FIELD_WITHHELD');
  }
});

test('an order tells of its field as a filter does', () => {
  const sort: Sort[] = [{ attribute: 'family_name', direction: 'asc' }];
  expect(codeOf(EVERYBODY, 'individual', never('individual.name'), sort)).toBe('SORT_FIELD_WITHHELD');
  expect(codeOf(EVERYBODY, 'farmer', never('individual.name'), sort)).toBe('SORT_FIELD_WITHHELD');
  expect(codeOf(EVERYBODY, 'individual', never('individual.sex'), sort)).toBe(null);
});

test('an attribute that the country added is a field of its own class; one whose class is not known is sensitive', () => {
  const reference = referenceTo(height);
  if (reference === null || typeof reference === 'string') throw new Error('it has no column');
  const filter: Filter = { kind: 'compare', attribute: reference, operator: 'eq', values: [1] };
  expect(codeOf(filter, 'individual', never('individual.height'))).toBe('FILTER_FIELD_WITHHELD');
  const careful = { ...FULL_ACCESS, fields: new FieldSet([{ sensitivities: ['public', 'personal'] }]) };
  expect(codeOf(filter, 'individual', careful)).toBe('FILTER_FIELD_WITHHELD');
  const { name, of, type, column, path, list } = reference;
  const kept = { name, of, type, column, path, list };
  expect(codeOf({ ...filter, attribute: kept }, 'individual', careful)).toBe('FILTER_FIELD_WITHHELD');
  expect(codeOf({ ...filter, attribute: { ...kept, sensitivity: 'personal' } }, 'individual', careful)).toBe(null);
});

test.each<readonly [granted: readonly Operator[], filter: Filter, code: string | null]>([
  [['eq'], named, null],
  [['eq'], { kind: 'not', filter: named }, 'FILTER_OPERATOR_WITHHELD'],
  [['ne'], { kind: 'not', filter: named }, null],
  [['eq'], born, 'FILTER_OPERATOR_WITHHELD'],
  [['lt'], { kind: 'not', filter: born }, null],
  [['eq'], { ...named, operator: 'in', values: ['a', 'b'] }, 'FILTER_OPERATOR_WITHHELD'],
  [['in'], { kind: 'not', filter: { ...named, operator: 'in', values: ['a'] } }, 'FILTER_OPERATOR_WITHHELD'],
  [['eq'], { kind: 'identifier', type: null, values: ['a'] }, null],
  [['eq'], { kind: 'identifier', type: null, values: ['a', 'b'] }, 'FILTER_OPERATOR_WITHHELD'],
  [['eq', 'in', 'ne', 'gt'], { kind: 'name_contains', text: 'a' }, 'FILTER_OPERATOR_WITHHELD'],
  [[], { kind: 'ids', ids: ['a'] }, null],
  [[], EVERYBODY, null],
])('with the operators %j, %j is %s', (operators, filter, code) => {
  expect(codeOf(filter, 'individual', { ...FULL_ACCESS, operators })).toBe(code);
});

test('what is withheld is listed with the rule that takes it away', () => {
  const fields = new FieldSet([
    { sensitivities: ['public', 'personal'], never: ['individual.phone_number'] },
    { only: ['individual.phone_number', 'individual.height', 'individual.name', 'individual.sex', 'disability.*'] },
  ]);
  const withheld = withheldFields('individual', { fields }, new Catalogue([...CORE_ATTRIBUTES, height]));
  expect(withheld).toContainEqual({ field: 'individual.phone_number', by: 'never' });
  expect(withheld).toContainEqual({ field: 'individual.height', by: 'sensitivities' });
  expect(withheld).toContainEqual({ field: 'individual.email', by: 'only' });
  expect(withheld.map(({ field }) => field)).not.toContain('individual.name');
  expect(withheldFields('individual', { fields: ALL_FIELDS }, CORE_CATALOGUE)).toEqual([]);
  expect(withheldFields('disability', { fields }, CORE_CATALOGUE).map(({ by }) => by)).not.toContain('only');
});
