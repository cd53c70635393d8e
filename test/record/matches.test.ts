import type { AttributeName, Operator } from '../../src/record/attributes.js';
import { EVERYBODY, NOBODY, type AttributeValue, type Filter } from '../../src/record/filter.js';
import type { IndividualRecord } from '../../src/record/individual-record.js';
import { matches, type MatchContext } from '../../src/record/matches.js';

const DISTRICT = 'district';
const context: MatchContext = {
  isWithin: (place, locationId) => locationId === DISTRICT && place.externalId === 'clinic',
  today: '2026-01-15',
};
const mary: IndividualRecord = {
  identifiers: [{ type: 'BRN', value: '2021B1' }],
  name: { given: 'Mary', middle: null, family: 'Kabwe' },
  sex: 'female',
  birthDate: { date: '2021-01-16', precision: 'day' },
  birthPlace: { externalId: 'clinic', type: 'HEALTH_FACILITY' },
  parents: [],
  issues: [],
};
const unknown: IndividualRecord = { identifiers: [], parents: [], issues: [] };

const compare = (attribute: AttributeName, operator: Operator, ...values: AttributeValue[]): Filter => ({
  kind: 'compare',
  attribute,
  operator,
  values,
});
const not = (filter: Filter): Filter => ({ kind: 'not', filter });

describe('a record and a filter', () => {
  test.each<[string, Filter, boolean]>([
    ['everybody', EVERYBODY, true],
    ['nobody', NOBODY, false],
    [
      'a day within bounds',
      { kind: 'and', filters: [compare('birth_date', 'ge', '2021-01-16'), compare('birth_date', 'lt', '2021-01-17')] },
      true,
    ],
    ['a day before', compare('birth_date', 'lt', '2021-01-16'), false],
    ['a list', compare('sex', 'in', 'male', 'female'), true],
    ['not equal', compare('sex', 'ne', 'male'), true],
    ['a name in another case', compare('family_name', 'eq', 'KABWE'), true],
    ['the full name', compare('full_name', 'eq', 'mary kabwe'), true],
    ['the year', compare('year_of_birth', 'eq', 2021), true],
    ['the age, the day before the birthday', compare('age', 'eq', 4), true],
    ['words of the name', { kind: 'name_contains', text: ' kab  MAR' }, true],
    ['other words', { kind: 'name_contains', text: 'mary banda' }, false],
    ['an identifier in another case', { kind: 'identifier', type: 'BRN', values: ['2021b1'] }, true],
    ['an identifier of any type', { kind: 'identifier', type: null, values: ['2021B1'] }, true],
    ['an identifier of another type', { kind: 'identifier', type: 'NID', values: ['2021B1'] }, false],
    ['a place around the birth place', { kind: 'within', place: 'birth', locationIds: ['x', DISTRICT] }, true],
    ['a place elsewhere', { kind: 'within', place: 'birth', locationIds: ['x'] }, false],
    ['the kind of birth place', { kind: 'birth_place_type', types: ['health_facility'] }, true],
    ['either of two', { kind: 'or', filters: [compare('sex', 'eq', 'male'), compare('sex', 'eq', 'female')] }, true],
    ['a negation', not(compare('sex', 'eq', 'male')), true],
  ])('%s: %#', (_, filter, fits) => {
    expect(matches(filter, mary, context)).toBe(fits);
    expect(matches(not(filter), mary, context)).toBe(!fits);
  });

  test.each<[string, Filter]>([
    ['birth date', compare('birth_date', 'lt', '2030-01-01')],
    ['sex', compare('sex', 'ne', 'male')],
    ['name', { kind: 'name_contains', text: 'a' }],
    ['home', { kind: 'within', place: 'home', locationIds: [DISTRICT] }],
    ['birth place', { kind: 'birth_place_type', types: ['x'] }],
    ['age', compare('age', 'ge', 0)],
    ['time of registration', compare('registration_date', 'ge', '2000-01-01T00:00:00Z')],
    ['id of ours', { kind: 'ids', ids: ['i'] }],
    ['group of ours', { kind: 'member_of', groupIds: ['g'] }],
    ['source of ours', { kind: 'from_source', codes: ['crvs'] }],
  ])('a %s that is not said fits neither a filter nor its negation', (_, filter) => {
    expect(matches(filter, unknown, context)).toBe(false);
    expect(matches(not(filter), unknown, context)).toBe(false);
    expect(matches({ kind: 'or', filters: [filter, EVERYBODY] }, unknown, context)).toBe(true);
    expect(matches(not({ kind: 'and', filters: [filter, NOBODY] }), unknown, context)).toBe(true);
  });

  test('who holds no identifier does not hold this one', () => {
    expect(matches(not({ kind: 'identifier', type: 'BRN', values: ['1'] }), unknown, context)).toBe(true);
  });
});
