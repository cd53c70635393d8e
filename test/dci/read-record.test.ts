import { dialect } from '../../src/dci/dialects/dialect.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import type { IndividualRecord } from '../../src/record/individual-record.js';

const TODAY = '2026-01-15';
const PLACE = '6197a0c4-10f9-4f03-90a0-b81dd3454090';
const DISTRICT = 'c6a6a78e-e2ae-4035-84dd-63c7db4ba767';

const read = (record: unknown, name = 'opencrvs-1.0'): IndividualRecord =>
  readIndividualRecord(record, dialect(name), TODAY);

describe('identifiers', () => {
  const brn = [{ type: 'BRN', value: '2021B1' }];
  test.each<[string, object]>([
    ['a list of name and identifier', { identifier: [{ name: 'BRN', identifier: '2021B1' }] }],
    ['a list of type and value', { identifier: [{ identifier_type: 'BRN', identifier_value: ' 2021B1 ' }] }],
    ['the plural', { identifiers: [{ '@type': 'Identifier', identifier_type: 'BRN', identifier_value: '2021B1' }] }],
    ['one object', { identifier: { identifier_type: 'BRN', identifier_value: '2021B1' } }],
    ['flat, as in 2023', { identifier_type: 'BRN', identifier: '2021B1' }],
    ['flat, as in a beneficiary', { identifier_type: 'BRN', identifier_value: '2021B1' }],
    ['of a member', { member_identifier: [{ identifier_type: 'urn:x:brn', identifier_value: '2021B1' }] }],
    ['inside demographic_info', { demographic_info: { person: { identifier: { type: 'BRN', value: '2021B1' } } } }],
    [
      'the same twice',
      {
        identifier: [
          { name: 'BRN', identifier: '2021B1' },
          { name: 'brn', identifier: '2021b1 ' },
        ],
      },
    ],
  ])('%s', (_, record) => {
    expect(read(record)).toEqual({ identifiers: brn, parents: [], issues: [] });
  });

  test('a bare text is the unique number of the standard', () => {
    expect(read({ identifier: 'ABC1' }).identifiers).toEqual([{ type: 'UIN', value: 'ABC1' }]);
  });

  test('one without value or type is left out and named, the others stand', () => {
    const record = read({
      identifier: [{ name: 'NID', identifier: '' }, { identifier: '5' }, { name: 'BRN', identifier: '2021B1' }],
    });
    expect(record.identifiers).toEqual(brn);
    expect(record.issues).toMatchObject([{ code: 'identifier_unusable' }, { code: 'identifier_unusable' }]);
  });
});

describe('names', () => {
  test.each<[string, object, object]>([
    ['flat', { givenName: 'Mary', familyName: 'Banda' }, { given: 'Mary', middle: null, family: 'Banda' }],
    [
      'nested',
      { name: { given_name: 'Mary', second_name: 'Ann', surname: 'Banda' } },
      { given: 'Mary', middle: 'Ann', family: 'Banda' },
    ],
    [
      'a list of names',
      { name: [{ first_name: 'Mary', last_name: 'Banda' }] },
      { given: 'Mary', middle: null, family: 'Banda' },
    ],
    ['one text', { name: 'Mary Banda' }, { given: 'Mary Banda', middle: null, family: null }],
    ['a family name of null', { givenName: 'Mary', familyName: null }, { given: 'Mary', middle: null, family: null }],
    ['no given name', { givenName: '', familyName: 'Banda' }, { given: null, middle: null, family: 'Banda' }],
    [
      'outer blanks',
      { givenName: '  Mary ', familyName: ' Tembo  ' },
      { given: 'Mary', middle: null, family: 'Tembo' },
    ],
    ['a line break', { givenName: 'Agnes\nRose' }, { given: 'Agnes Rose', middle: null, family: null }],
    ['a no-break space', { givenName: 'Ruth\u00a0Eve' }, { given: 'Ruth Eve', middle: null, family: null }],
    ['NFD', { givenName: 'Jose\u0301' }, { given: 'Jos\u00e9', middle: null, family: null }],
    ['other scripts', { givenName: 'ቢንያም', familyName: 'ተስፋዬ' }, { given: 'ቢንያም', middle: null, family: 'ተስፋዬ' }],
    ['half a surrogate and a NUL', { givenName: 'A\ud800\u0000B' }, { given: 'A\ufffd B', middle: null, family: null }],
  ])('%s', (_, record, name) => {
    expect(read(record)).toMatchObject({ name, issues: [] });
  });

  test('a name of blanks only is absent', () => {
    expect(read({ givenName: ' \u00a0\n', familyName: '' })).not.toHaveProperty('name');
  });

  test('a part that is no text or without end is left out and named', () => {
    const record = read({ givenName: { en: 'Mary' }, familyName: 'x'.repeat(5000), middleName: 'Ann' });
    expect(record.name).toEqual({ given: null, middle: 'Ann', family: null });
    expect(record.issues).toMatchObject([
      { field: 'name', code: 'value_unusable' },
      { field: 'name', code: 'value_unusable' },
    ]);
  });

  test('S17: the word False of OpenSPP is nothing', () => {
    const record = { givenName: false, familyName: 'False', birthDate: 'False', birthPlace: false, sex: 'False' };
    expect(read(record, 'openspp-17')).toEqual({ identifiers: [], parents: [], issues: [] });
  });
});

describe('sex and dates', () => {
  test.each([
    ['male', 'male'],
    ['F', 'female'],
    ['UNKNOWN', 'unknown'],
    ['spdci:other', 'other'],
    [1, 'male'],
  ])('C15: sex %p is %s', (written, sex) => {
    expect(read({ sex: written })).toMatchObject({ sex, issues: [] });
    expect(read({ gender: written })).toMatchObject({ sex });
  });

  test.each([null, 'X', 7, {}, []])('C9, C15: sex %p is left out and named', (written) => {
    const record = read({ sex: written, givenName: 'Mary' });
    expect(record).not.toHaveProperty('sex');
    expect(record).toMatchObject({ name: { given: 'Mary' }, issues: [{ field: 'sex', code: 'value_unusable' }] });
  });

  test.each([
    ['2021-03-04', '2021-03-04', 'day'],
    ['2021-03-04T00:00:00Z', '2021-03-04', 'day'],
    ['2021-03-04T23:30:00-05:00', '2021-03-04', 'day'],
    ['2021-03', '2021-03-01', 'month'],
    ['2021', '2021-01-01', 'year'],
    [2021, '2021-01-01', 'year'],
    ['04.03.2021', '2021-03-04', 'day'],
  ])('C16: birth date %p keeps its precision', (written, date, precision) => {
    for (const key of ['birthDate', 'birth_date', 'birthdate', 'date_of_birth', 'dob']) {
      expect(read({ [key]: written })).toMatchObject({ birthDate: { date, precision }, issues: [] });
    }
  });

  test.each([
    ['2021-02-30', 'date_impossible'],
    ['2021-13-01', 'date_impossible'],
    ['31.02.2021', 'date_impossible'],
    ['yesterday', 'value_unusable'],
    ['03/04/2021', 'value_unusable'],
    [true, 'value_unusable'],
    [['2021-01-01'], 'value_unusable'],
  ])('birth date %p is left out and named', (written, code) => {
    const record = read({ birthDate: written });
    expect(record).not.toHaveProperty('birthDate');
    expect(record.issues).toMatchObject([{ field: 'birthDate', code }]);
  });

  test('C15: a birth date in the future is kept and named', () => {
    expect(read({ birthDate: '2032-05-01' })).toMatchObject({
      birthDate: { date: '2032-05-01' },
      issues: [{ field: 'birthDate', code: 'date_in_future' }],
    });
    expect(read({ birthDate: '2026' }).issues).toEqual([]);
  });

  test('who has a date of death is deceased', () => {
    expect(read({ death_date: '2020-01-01' })).toMatchObject({ deathDate: { date: '2020-01-01' }, deceased: true });
    expect(read({ deceased: true })).toMatchObject({ deceased: true });
    expect(read({})).not.toHaveProperty('deceased');
  });
});

describe('places', () => {
  test.each<[string, unknown, object]>([
    [
      'a facility',
      { '@type': 'Place', additionalType: 'HEALTH_FACILITY', identifier: PLACE },
      { externalId: PLACE, type: 'HEALTH_FACILITY' },
    ],
    ['an id alone', PLACE, { externalId: PLACE }],
    ['C9: a text', 'Lusaka', { text: 'Lusaka' }],
    [
      'an identifier as locations.json has it',
      { identifier: [{ name: 'opencrvs-location', identifier: PLACE }] },
      { externalId: PLACE },
    ],
    [
      'a place of v1.0.0',
      { name: 'Lusaka', contained_in_place: { name: 'Lusaka Province' } },
      { text: 'Lusaka, Lusaka Province' },
    ],
    [
      'C23: a home birth',
      {
        '@type': 'Place',
        additionalType: 'PRIVATE_HOME',
        address: 'Acacia Street Flat 82\nArea 29\nKS57-9896\nLusoko Town',
        containedInPlace: DISTRICT,
      },
      {
        type: 'PRIVATE_HOME',
        containedInExternalId: DISTRICT,
        text: 'Acacia Street Flat 82, Area 29, KS57-9896, Lusoko Town',
      },
    ],
    [
      'an address of missing parts',
      { address: 'undefined undefined\nundefined\nnull\nnull', containedInPlace: DISTRICT },
      { containedInExternalId: DISTRICT },
    ],
    [
      'an address with missing parts',
      { address: 'Unity Street House 140\nArea 6\nnull\nEtambe Town' },
      { text: 'Unity Street House 140, Area 6, Etambe Town' },
    ],
    [
      'an address of 2023',
      { address_line1: '1 Road', locality: 'Lusaka', postal_code: 10101 },
      { text: '1 Road, Lusaka, 10101' },
    ],
  ])('%s', (_, written, birthPlace) => {
    expect(read({ birthPlace: written })).toEqual({ identifiers: [], parents: [], issues: [], birthPlace });
    expect(read({ birth_place: written })).toMatchObject({ birthPlace });
  });

  test.each<[unknown]>([[null], [''], [{}], [[]], [{ '@type': 'Place' }], [false], ['  ']])(
    '%p says nothing',
    (written) => {
      expect(read({ birthPlace: written })).toEqual({ identifiers: [], parents: [], issues: [] });
    },
  );

  test('a number is left out and named', () => {
    expect(read({ birthPlace: 5 }).issues).toMatchObject([{ field: 'birthPlace', code: 'value_unusable' }]);
  });

  test('words that mean nothing elsewhere stay part of an address', () => {
    expect(read({ birthPlace: 'False Bay' }, 'openspp-17')).toMatchObject({ birthPlace: { text: 'False Bay' } });
  });

  test('a home is an id or an address', () => {
    expect(read({ homeLocation: DISTRICT })).toMatchObject({ homePlace: { externalId: DISTRICT } });
    expect(read({ address: [{ address_line_1: '1 Road', locality: 'Lusaka' }] }, 'spdci-1.0')).toMatchObject({
      homePlace: { text: '1 Road, Lusaka' },
    });
  });
});

describe('parents', () => {
  const mother = {
    '@type': 'spdci:Mother',
    identifier: [{ name: 'NID', identifier: '5' }],
    givenName: 'Ann',
    familyName: 'Banda',
    homeLocation: DISTRICT,
  };

  test('C12: both parents are read', () => {
    const father = { ...mother, '@type': 'spdci:Father', identifier: [], givenName: 'Felix' };
    expect(read({ relations: [mother, father] }).parents).toMatchObject([
      { role: 'mother', record: { identifiers: [{ type: 'NID', value: '5' }], homePlace: { externalId: DISTRICT } } },
      { role: 'father', record: { identifiers: [], name: { given: 'Felix', family: 'Banda' } } },
    ]);
  });

  test.each(['spdci:GrandMother', 'StepMother', 'Motherland', '', undefined])(
    'C12: a relation of kind %p is no mother, and is named',
    (kind) => {
      const record = read({ relations: [{ ...mother, '@type': kind }] });
      expect(record.parents).toEqual([]);
      expect(record.issues).toMatchObject([{ field: 'relations', code: 'relation_unknown' }]);
    },
  );

  test('C13: what is not said of a parent stays absent', () => {
    const [parent] = read({ relations: [mother] }).parents;
    expect(parent?.record).toEqual({
      identifiers: [{ type: 'NID', value: '5' }],
      name: { given: 'Ann', middle: null, family: 'Banda' },
      homePlace: { externalId: DISTRICT },
      parents: [],
      issues: [],
    });
  });

  test('a doubt about a parent is named as the parent’s', () => {
    expect(read({ relations: [{ ...mother, sex: null }] }).issues).toMatchObject([{ field: 'mother.sex' }]);
  });

  test('parents of the standard are parents without a word for which', () => {
    const record = {
      parent1_identifier: { identifier_type: 'UIN', identifier_value: '1' },
      parent2_identifier: [{ identifier_type: 'NID', identifier: '5' }],
    };
    expect(read(record, 'spdci-1.0').parents).toEqual([
      { role: 'parent', record: { identifiers: [{ type: 'UIN', value: '1' }], parents: [], issues: [] } },
      { role: 'parent', record: { identifiers: [{ type: 'NID', value: '5' }], parents: [], issues: [] } },
    ]);
    expect(read({ ...record, relations: [mother] }).parents.map((parent) => parent.role)).toEqual(['mother', 'parent']);
  });
});

test.each([null, undefined, 5, 'x', [], [{}], true])('%p is no record, and says so without throwing', (record) => {
  expect(read(record)).toMatchObject({ identifiers: [], parents: [], issues: [{ field: 'record' }] });
});
