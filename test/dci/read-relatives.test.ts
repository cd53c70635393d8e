import { dialect } from '../../src/dci/dialects/dialect.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { matches } from '../../src/record/matches.js';

const read = (record: unknown, name = 'spdci-1.0') => readIndividualRecord(record, dialect(name), '2026-01-01');
const person = (type: string, value: string, given = 'Ann') => ({
  identifier: [{ name: type, identifier: value }],
  givenName: given,
});

describe('a record of a marriage', () => {
  test('of OpenCRVS names the bride, the day, and the groom without saying what he is', () => {
    const record = read(
      { ...person('NID', '1'), marriagedate: '2025-07-17', relations: [person('NID', '2', 'Ben')] },
      'opencrvs-1.0',
    );
    expect(record.marriages).toEqual([
      {
        marriedOn: '2025-07-17',
        spouse: {
          identifiers: [{ type: 'NID', value: '2' }],
          name: { given: 'Ben', middle: null, family: null },
          parents: [],
          issues: [],
        },
      },
    ]);
    expect(record).toMatchObject({ parents: [], issues: [] });
  });

  test('of the standard has days in one list and the spouse beside', () => {
    const spouse = {
      relationship_type: 'SPS',
      related_member: { identifier: [{ identifier_type: 'UIN', identifier_value: '7' }] },
    };
    const named = { ...person('UIN', '6'), related_person: [spouse] };
    const told = [{ marriedOn: '2001-02-03', divorcedOn: '2009-01-01' }, { marriedOn: '2010-05-06' }];
    const days = { marriage_date: ['2010-05-06', '2001-02-03'], divorce_date: ['2009-01-01'] };
    expect(read({ ...person('UIN', '6'), ...days }).marriages).toEqual(told);
    // Of the two the spouse is whom the person is married to now.
    expect(read({ ...named, ...days }).marriages).toMatchObject([
      told[0],
      { ...told[1], spouse: { identifiers: [{ type: 'UIN', value: '7' }] } },
    ]);
    expect(read(named).marriages).toMatchObject([{ spouse: { identifiers: [{ type: 'UIN', value: '7' }] } }]);
    // Which of two is not told.
    const marriages = read({ ...named, marriage_date: ['2001-02-03', '2010-05-06'] }).marriages ?? [];
    expect(marriages.map(({ marriedOn, spouse }) => [marriedOn, spouse === undefined])).toEqual([
      ['2001-02-03', true],
      ['2010-05-06', true],
      [undefined, false],
    ]);
  });

  test.each([
    ['a day that is none', { marriagedate: '2025-02-30' }, 'marriages'],
    ['a year', { marriagedate: '2025' }, 'marriages'],
    ['a number', { marriagedate: 12 }, 'marriages'],
    ['a spouse without identifier', { marriagedate: '2025-07-17', relations: [{ givenName: 'Ben' }] }, 'spouse'],
  ])('loses %s and says so', (_what, fields, field) => {
    const record = read({ ...person('NID', '1'), ...fields }, 'opencrvs-1.0');
    expect(record.issues.map((issue) => issue.field)).toEqual([field]);
    expect(record.marriages?.[0]?.spouse).toBeUndefined();
  });

  test('children are read, and neither is taken for a parent', () => {
    const record = read({
      ...person('UIN', '6'),
      related_person: [
        { relationship_type: 'CHILD', related_member: person('UIN', '8', 'Cy') },
        { relationship_type: 'MTH', related_member: person('UIN', '9', 'Mo') },
        { relationship_type: 'GRMTH', related_member: person('UIN', '10', 'Gran') },
      ],
    });
    expect(record.children).toMatchObject([{ identifiers: [{ type: 'UIN', value: '8' }] }]);
    expect(record.parents.map(({ role }) => role)).toEqual(['mother']);
    expect(record.marriages).toBeUndefined();
  });
});

describe('a record of a death', () => {
  test.each([
    ['a number in the register of deaths', { identifier: [{ name: 'DRN', identifier: '2025D1' }] }],
    ['a place of death', { ...person('NID', '1'), deathPlace: { '@type': 'Place', identifier: 'f1' } }],
    ['a day of death', { ...person('NID', '1'), death_date: '2025-01-01' }],
    ['the word', { ...person('NID', '1'), deceased: true }],
  ])('is known by %s', (_what, record) => {
    expect(read(record, 'opencrvs-1.0').deceased).toBe(true);
  });

  test('the place is read as others are', () => {
    const home = {
      '@type': 'Place',
      additionalType: 'PRIVATE_HOME',
      address: ' \n\nnull\nnull',
      containedInPlace: 'd1',
    };
    expect(read({ ...person('NID', '1'), deathPlace: home }, 'opencrvs-1.0').deathPlace).toEqual({
      type: 'PRIVATE_HOME',
      containedInExternalId: 'd1',
    });
  });

  test('who is not said to have died has not', () => {
    expect(read(person('NID', '1'), 'opencrvs-1.0').deceased).toBeUndefined();
  });
});

test('any of the marriages may fit a filter; where none is told, nothing does', () => {
  const from = (day: string) =>
    ({ kind: 'compare', attribute: 'marriage_date', operator: 'ge', values: [day] }) as const;
  const fits = (record: object, day: string) =>
    matches(from(day), read(record), { isWithin: () => false, today: '2026-01-01' });
  const twice = { ...person('UIN', '6'), marriage_date: ['2001-02-03', '2010-05-06'] };
  expect([fits(twice, '2005-01-01'), fits(twice, '2011-01-01')]).toEqual([true, false]);
  expect(fits(person('UIN', '6'), '0001-01-01')).toBe(false);
});
