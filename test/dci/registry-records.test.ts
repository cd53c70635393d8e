import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dialect } from '../../src/dci/dialects/dialect.js';
import { readRegistryRecords } from '../../src/dci/records/read-registry-records.js';
import { writeRecord } from '../../src/dci/records/write-record.js';
import type { IndividualAnswer, PlaceAnswer } from '../../src/record/individual-answer.js';
import type { GroupAnswer, RecordAnswer } from '../../src/record/record-answer.js';
import type { RecordKind, RegistryKind } from '../../src/record/registry-kind.js';
import type {
  GroupToWrite,
  IndividualToWrite,
  PlaceToWrite,
  Reference,
  RegistryRecord,
} from '../../src/record/registry-record.js';
import { DrawnAnswers } from './answers.js';

const TODAY = '2026-01-15';
const REGISTERED = '2024-01-01T07:08:09Z';
const SPDCI = dialect('spdci-1.0');

function wireOf(answer: RecordAnswer, registry: RegistryKind): unknown {
  return JSON.parse(JSON.stringify(writeRecord(answer, SPDCI, registry)));
}

function recordsOf(line: unknown): readonly RegistryRecord[] {
  const read = readRegistryRecords(line, { today: TODAY });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.records;
}

function problemsOf(line: unknown): string[] {
  const read = readRegistryRecords(line, { today: TODAY });
  return read.ok ? [] : read.problems.map(({ field }) => field);
}

/** What a record to be written must say, worked out from the answer without the program's own reader. */
function said<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0) && JSON.stringify(value) !== '{}',
    ),
  ) as Partial<Fields>;
}

function placeOf(place: PlaceAnswer | null, text: string | null): PlaceToWrite | null {
  return place === null && text === null
    ? null
    : (said({ locationId: place?.id ?? null, name: place?.name ?? null, text }) as PlaceToWrite);
}

function referenceOf({ individual, identifiers }: IndividualAnswer): Reference {
  return said({ id: individual.id, identifiers });
}

/** The parents whom the record names, then the person. */
function peopleOf(answer: IndividualAnswer, registry: RegistryKind): IndividualToWrite[] {
  const { individual, attributes } = answer;
  const isCivil = registry === 'crvs';
  const parents = isCivil
    ? []
    : answer.related.filter(({ relationship }) => relationship === 'mother' || relationship === 'father');
  const named = parents.map(({ id, identifiers, name, relationship }) => ({
    role: relationship as 'mother' | 'father',
    person: said({ id, identifiers }),
    name,
  }));
  return [
    ...named.map(({ person, name }) => ({
      kind: 'individual' as const,
      ...person,
      ...said({ givenName: name.given, middleName: name.middle, familyName: name.family }),
    })),
    {
      kind: 'individual',
      ...referenceOf(answer),
      ...said({
        givenName: individual.name.given,
        middleName: individual.name.middle,
        familyName: individual.name.family,
        sex: individual.sex,
        birthDate: individual.birthDate,
        deathDate: individual.deathDate,
        deceased: individual.deceased ? true : null,
        birthPlace: placeOf(answer.birthPlace, individual.birthPlaceText),
        deathPlace: placeOf(answer.deathPlace, answer.deathPlaceText),
        homePlace: placeOf(answer.homePlace, individual.homePlaceText),
        maritalStatus: answer.maritalStatus,
        marriages: isCivil ? answer.marriages : [],
        phoneNumbers: answer.phoneNumbers,
        emails: answer.emails,
        registeredAt: REGISTERED,
        // A civil register tells nothing of occupation, income and the like.
        attributes: isCivil
          ? Object.fromEntries(
              Object.entries(attributes).filter(([name]) => ['prefix', 'maiden_name', 'postal_code'].includes(name)),
            )
          : attributes,
        parents: named.map(({ role, person }) => ({ role, person })),
      }),
    },
  ];
}

function groupOf(answer: GroupAnswer, registry: RegistryKind): (IndividualToWrite | GroupToWrite)[] {
  const { group, identifiers, place, placeText, attributes, members } = answer;
  return [
    ...members.flatMap(({ member }) => peopleOf(member, registry)),
    {
      kind: 'group',
      ...(said({ id: group.id, identifiers }) as Reference),
      ...said({
        name: group.name,
        groupKind: group.kind ?? 'household',
        place: placeOf(place, placeText),
        registeredAt: REGISTERED,
        attributes,
      }),
      members: members.map(({ role, member }) => ({ role, person: referenceOf(member) })),
    },
  ];
}

function expectedOf(answer: RecordAnswer, registry: RegistryKind): RegistryRecord[] {
  switch (answer.kind) {
    case 'individual':
      return peopleOf(answer, registry);
    case 'group':
      return groupOf(answer, registry);
    case 'farmer': {
      const { id, farmType, farmSize, landTenure, placeText, attributes } = answer.farmer;
      const person = referenceOf(answer.person);
      const place = placeOf(answer.place, placeText);
      const facts = { farmType, farmSize, landTenure, place, registeredAt: REGISTERED, attributes };
      return [...peopleOf(answer.person, registry), { kind: 'farmer', id, person, ...said(facts) }];
    }
    case 'disability': {
      const { id, status, level, details, attributes } = answer.disability;
      const person = referenceOf(answer.person);
      const facts = { status, level, details, registeredAt: REGISTERED, attributes };
      return [...peopleOf(answer.person, registry), { kind: 'disability', id, person, ...said(facts) }];
    }
    case 'enrolment': {
      const { id, status, enrolledOn, statusChangedOn, benefits, attributes } = answer.enrolment;
      const { identifier, name, description, attributes: ofProgramme } = answer.programme ?? programmeMissing();
      const facts = { status, enrolledOn, statusChangedOn, benefits, registeredAt: REGISTERED, attributes };
      const { person, group } = answer;
      const whom = group
        ? { group: said({ id: group.group.id, identifiers: group.identifiers }) as Reference }
        : person
          ? { person: referenceOf(person) }
          : {};
      return [
        ...(person ? peopleOf(person, registry) : []),
        ...(group ? groupOf(group, registry) : []),
        { kind: 'programme', identifier, ...said({ name, description, attributes: ofProgramme }) },
        { kind: 'enrolment', id, ...whom, programme: identifier, ...said(facts) },
      ];
    }
  }
}

const KINDS: readonly (readonly [RecordKind, RegistryKind])[] = [
  ['individual', 'social'],
  ['individual', 'crvs'],
  ['group', 'social'],
  ['farmer', 'fr'],
  ['disability', 'dr'],
  ['enrolment', 'ibr'],
];

describe.each(KINDS)('what is written of a %s at %s is read as the same facts', (kind, registry) => {
  test.each([1, 2, 3])('fifty records, drawn with seed %p', (seed) => {
    const answers = new DrawnAnswers(seed);
    for (let drawn = 0; drawn < 50; drawn += 1) {
      const answer = answers.draw(kind);
      expect(recordsOf(wireOf(answer, registry))).toEqual(expectedOf(answer, registry));
    }
  });
});

/** The published OpenAPI documents; not part of the project. */
const FOLDER = process.env['DCI_SPEC'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'spec');
const present = existsSync(join(FOLDER, 'social_api_v1.0.0.yaml'));
if (!present) process.stderr.write(`skipped: the published OpenAPI documents are not in ${FOLDER}\n`);

interface Examples {
  readonly components: {
    readonly schemas: Readonly<
      Record<
        'SearchResponse',
        {
          properties: {
            search_response: { items: { properties: { data: { properties: { reg_records: Example } } } } };
          };
        }
      >
    >;
  };
}
interface Example {
  readonly example?: { readonly example?: unknown };
  readonly items?: { readonly example: unknown };
}

const published = new Map<string, unknown>();

/** The one record that a published document shows as the answer to a search. */
function publishedRecord(registry: string): unknown {
  if (!published.has(registry)) published.set(registry, readPublishedRecord(registry));
  return published.get(registry);
}

function readPublishedRecord(registry: string): unknown {
  const document = parse(readFileSync(join(FOLDER, `${registry}_api_v1.0.0.yaml`), 'utf8')) as Examples;
  const { reg_records: records } =
    document.components.schemas.SearchResponse.properties.search_response.items.properties.data.properties;
  // The disability registry's is an example inside an example.
  return records.items?.example ?? records.example?.example;
}

/** All keys of a record, with those of the objects in it. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => keysOf(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [`${path}${key}`, ...keysOf(item, `${path}${key}.`)]);
}

(present ? describe : describe.skip)('the published examples', () => {
  test('of a civil register are read as a birth with two parents', () => {
    expect(recordsOf(publishedRecord('crvs'))).toEqual([
      { kind: 'individual', identifiers: [{ type: 'UIN', value: '537564821' }] },
      { kind: 'individual', identifiers: [{ type: 'UIN', value: '564582793' }] },
      {
        kind: 'individual',
        identifiers: [{ type: 'UIN', value: '197382465' }],
        givenName: 'Elena',
        familyName: 'Martinez',
        sex: 'female',
        birthDate: { date: '1980-03-23', precision: 'day' },
        birthPlace: { name: 'hospital/Madrid_Central' },
        homePlace: {
          text: 'Bophut Koh Samui, Surat, Near Big Buddha Beach, SH, A205, TH',
          name: 'Thani',
        },
        maritalStatus: 'S',
        phoneNumbers: ['+34612345678'],
        emails: ['elena.martinez@example.com'],
        attributes: { prefix: 'Dr.', suffix: 'PhD', postal_code: '84320' },
        parents: [
          { role: 'parent', person: { identifiers: [{ type: 'UIN', value: '537564821' }] } },
          { role: 'parent', person: { identifiers: [{ type: 'UIN', value: '564582793' }] } },
        ],
      },
    ]);
  });

  test('of a social registry are read as a family of four with its head, whatever their stray spellings', () => {
    const records = recordsOf(publishedRecord('social'));
    expect(records).toHaveLength(5);
    expect(records.at(-1)).toMatchObject({
      kind: 'group',
      identifiers: [{ type: 'NationalID', value: 'G9876543210' }],
      groupKind: 'family',
      place: { text: '123 Main St, Anytown, CountryName' },
      registeredAt: '2022-01-10T08:00:00Z',
      attributes: {
        poverty_score: 45.2,
        poverty_score_type: 'income-based',
        place_address: 1,
        services: 'receives_subsidy',
      },
      members: [{ role: 'head' }, { role: null }, { role: null }, { role: null }],
    });
    expect(records[3]).toMatchObject({
      kind: 'individual',
      identifiers: [
        { type: 'NationalID', value: '9876543232' },
        { type: 'UIN', value: 'M987654323' },
      ],
      givenName: 'Daisy',
      maritalStatus: 'S',
      registeredAt: '2022-01-10T08:00:00Z',
    });
  });

  test('of a farmer registry are read as a person and a farmer, under the names and codes of the vocabulary', () => {
    const [person, farmer, ...more] = recordsOf(publishedRecord('fr'));
    expect(more).toEqual([]);
    expect(person).toMatchObject({
      kind: 'individual',
      identifiers: [{ type: 'NationalID', value: 'M123456' }],
      givenName: 'John',
      familyName: 'Doe',
      sex: 'male',
      birthDate: { date: '1990-05-15', precision: 'day' },
    });
    expect(farmer).toMatchObject({
      kind: 'farmer',
      farmType: '1',
      place: { name: 'Koh Samui' },
      attributes: {
        latitude: 9.5604,
        farm_details: [
          {
            location: { name: 'Koh Samui' },
            farming_activities: [
              {
                crop_production: [{ crop_type_name: '3', irrigation_water: ['3'] }],
                animal_production: [{ type: 'Sheep and goats' }],
                aquaculture: ['Marine aquafarming'],
              },
            ],
          },
        ],
        family_details: { group_size: 2 },
      },
    });
  });

  test('of a disability registry are read as a person and a disability, labels as codes', () => {
    const [person, disability] = recordsOf(publishedRecord('dr'));
    expect(person).toMatchObject({ identifiers: [{ type: 'UIN', value: '123456' }], givenName: 'John', sex: 'male' });
    expect(disability).toMatchObject({
      kind: 'disability',
      status: '0',
      level: '2',
      details: [{ impairment_type: '3', impairment_level: '3', impairment_cause: '5', age_on_set: '2' }],
      attributes: {
        transport_requirement: '2',
        housing_type: '3',
        programs_enrolments: [{ programme_identifier: 'AD234' }],
      },
    });
  });

  test('of a registry of beneficiaries are read as a person, a programme and an enrolment', () => {
    const [person, programme, enrolment] = recordsOf(publishedRecord('ibr'));
    expect(person).toMatchObject({
      identifiers: [
        { type: 'UIN', value: 'HS0205202401' },
        { type: 'NID', value: '0205202401' },
      ],
      givenName: 'Test',
      middleName: 'Test2',
      sex: 'female',
      birthDate: { date: '2004-05-02', precision: 'day' },
      maritalStatus: 'S',
      attributes: { employment_status: '1', occupation: 'Caregiver', language_code: 'Eng', education_level: '3' },
    });
    expect(programme).toEqual({ kind: 'programme', identifier: 'DCI001', name: 'Test Programme' });
    expect(enrolment).toMatchObject({
      kind: 'enrolment',
      programme: 'DCI001',
      status: '1',
      enrolledOn: '2024-02-02',
      benefits: [
        { benefit_type: '1', benefit_date: '2024-05-02', benefit_value: 'USD 50', benefit_frequency: 'Monthly' },
      ],
    });
  });

  test.each([
    ['crvs', 'individual', ['name.surname', 'name.given_name', 'sex', 'birth_date', 'marital_status', 'marriage_date']],
    [
      'social',
      'group',
      ['group_identifier.identifier_value', 'group_type', 'group_size', 'member_list.demographic_info.sex'],
    ],
    ['fr', 'farmer', ['farm_details', 'registration_date', 'last_updated', 'machineries_details']],
    [
      'dr',
      'disability',
      ['disability_status', 'disability_details.impairment_type', 'transport_requirement', 'housing_type'],
    ],
    [
      'ibr',
      'enrolment',
      ['assistance_unit', 'member.demographic_info', 'programme_identifier', 'member.marital_status'],
    ],
  ] as const)('of %s and what we write of a %s share their names', (registry, kind, names) => {
    const answers = new DrawnAnswers(7);
    const written = new Set(Array.from({ length: 40 }, () => keysOf(wireOf(answers.draw(kind), registry))).flat());
    const shown = new Set([
      ...keysOf(publishedRecord(registry)),
      ...keysOf(publishedRecord(registry)).map((key) =>
        key.replace('member.programme_identifier', 'programme_identifier'),
      ),
    ]);
    expect(names.filter((name) => !written.has(name))).toEqual([]);
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });
});

const PERSON = { '@type': 'Person', identifier: [{ identifier_type: 'NID', identifier_value: '1' }] };

describe('a line that cannot be used is refused as a whole, with all that is wrong', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 'text', ['record']],
    ['a list', [PERSON], ['record']],
    ['nothing', {}, ['@type']],
    ['a record of another kind', { '@type': 'Vehicle', identifier: 'X' }, ['@type']],
    ['nobody who could be found again', { '@type': 'Person', name: { surname: 'X' } }, ['identifiers']],
    ['a day that is none', { ...PERSON, birth_date: '2021-02-30' }, ['birthDate']],
    ['a birth in the future', { ...PERSON, birth_date: '2026-01-16' }, ['birthDate']],
    [
      'several problems',
      { ...PERSON, sex: 'x', marital_status: 'Q', phone_number: [{}], registration_date: 'soon' },
      ['sex', 'maritalStatus', 'phoneNumbers', 'registeredAt'],
    ],
    ['a divorce without a marriage', { ...PERSON, divorce_date: ['2020-01-01'] }, ['marriages']],
    [
      'a divorce before the marriage',
      { ...PERSON, marriage_date: '2020-01-02', divorce_date: '2020-01-01' },
      ['marriages'],
    ],
    ['a farmer without a person', { '@type': 'Farmer', farm_type: '1' }, ['person']],
    ['a farm below nothing', { '@type': 'Farmer', farmer_personal_details: PERSON, farm_size: -1 }, ['farmSize']],
    ['a group of a kind that is none', { '@type': 'Group', group_identifier: ['1'], group_type: '1' }, ['groupKind']],
    [
      'members who would leave unseen',
      { '@type': 'Group', group_identifier: ['1'], group_size: 2, member_list: [PERSON] },
      ['members'],
    ],
    [
      'a member of whom nothing is known',
      { '@type': 'Group', group_identifier: ['1'], member_list: [{ demographic_info: { sex: 'male' } }] },
      ['members.0.identifiers'],
    ],
    ['nobody in no programme', { '@type': 'Beneficiary' }, ['person', 'programme']],
    [
      'a programme without a name for it',
      { '@type': 'Beneficiary', member: PERSON, programme_identifier: [{ programme_name: 'X' }] },
      ['programme'],
    ],
    [
      'an attribute without a name',
      { ...PERSON, additional_attributes: [{ name: '', value: 1 }] },
      ['additional_attributes'],
    ],
  ])('%s', (_title, line, fields) => {
    expect(problemsOf(line)).toEqual(fields);
  });

  test('what is nested without end', () => {
    let deep: unknown = 'X';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(problemsOf({ ...PERSON, additional_attributes: deep })).toEqual(['record']);
  });

  test('no line makes the reader fail, whatever is put in the place of a value', () => {
    const answers = new DrawnAnswers(11);
    const rubbish = [
      null,
      '',
      'x',
      0,
      -1,
      1e308,
      true,
      [],
      {},
      [[]],
      [{}],
      { value: {} },
      '\u0000',
      '\ud800',
      '__proto__',
    ];
    let refused = 0;
    for (const [kind, registry] of KINDS) {
      const written = wireOf(answers.draw(kind), registry) as Record<string, unknown>;
      for (const [index, path] of [...new Set(keysOf(written))].entries()) {
        // Three kinds of rubbish for each field; all of them for each record.
        for (const value of rubbish.filter((_, place) => (index + place) % 5 === 0)) {
          const read = readRegistryRecords(replaced(written, path.split('.'), value), { today: TODAY });
          if (!read.ok) refused += 1;
          else expect(JSON.stringify(read.records)).not.toMatch(/\\u0000|\\ud[89a-f]/u);
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

/** The record with another value at the path, in every item of the lists on the way. */
function replaced(value: unknown, [key = '', ...rest]: readonly string[], by: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, [key, ...rest], by));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const held = (value as Record<string, unknown>)[key];
  return { ...value, [key]: rest.length === 0 ? by : replaced(held, rest, by) };
}

describe('what a line says', () => {
  test.each([
    [{ name: 'tribe', value: 'zulu' }],
    [{ key: 'tribe', value: 'zulu' }],
    [{ attribute_name: 'tribe', attribute_value: 'zulu' }],
    [{ tribe: 'zulu' }],
  ])('an attribute written as %j is one of its name', (written) => {
    expect(recordsOf({ ...PERSON, additional_attributes: [written] })).toEqual([
      expect.objectContaining({ attributes: { tribe: 'zulu' } }),
    ]);
  });

  test('a farm whose size is given in another measure is kept, and counted in hectares', () => {
    const line = {
      '@type': 'Farmer',
      farmer_personal_details: PERSON,
      farm_details: [
        { land_size: 2, measurment: 'Acre', land_tenure: 'Owner' },
        { land_size: '5', measurment: '6', crop_type: 'x' },
      ],
    };
    expect(recordsOf(line).at(-1)).toMatchObject({
      farmSize: 1.309371,
      landTenure: '1',
      attributes: { farm_details: [{ measurment: '1' }, { measurment: '6', crop_type_name: 'x' }] },
    });
    const unknown = { ...line, farm_details: [{ land_size: 2 }] };
    expect(recordsOf(unknown).at(-1)).toMatchObject({ attributes: { farm_details: [{ land_size: 2 }] } });
    expect(recordsOf(unknown).at(-1)).not.toHaveProperty('farmSize');
  });

  test('nothing is blanked by values that say nothing', () => {
    const line = {
      ...PERSON,
      name: { surname: '' },
      sex: '',
      death_date: null,
      marriage_date: '',
      phone_number: [],
      email: '',
    };
    expect(recordsOf(line)).toEqual([{ kind: 'individual', identifiers: [{ type: 'NID', value: '1' }] }]);
  });

  test('each divorce ends the last marriage before it', () => {
    const line = {
      ...PERSON,
      marriage_date: ['2010-01-01', '2000-01-01', '2005-01-01'],
      divorce_date: ['2012-01-01', '2003-01-01'],
    };
    expect(recordsOf(line)[0]).toMatchObject({
      marriages: [
        { marriedOn: '2000-01-01', divorcedOn: '2003-01-01' },
        { marriedOn: '2005-01-01', divorcedOn: null },
        { marriedOn: '2010-01-01', divorcedOn: '2012-01-01' },
      ],
    });
  });

  test('members who are bare numbers are only pointed at', () => {
    const line = {
      '@type': 'Household',
      '@id': 'urn:uuid:00000000-0000-4000-8000-000000000001',
      member_list: ['7', '8'],
    };
    expect(recordsOf(line)).toEqual([
      {
        kind: 'group',
        id: '00000000-0000-4000-8000-000000000001',
        groupKind: 'household',
        members: ['7', '8'].map((value) => ({ role: null, person: { identifiers: [{ type: 'UIN', value }] } })),
      },
    ]);
  });

  test('a beneficiary may be in several programmes, and a programme may stand alone', () => {
    const line = {
      member: { member_identifier: '7' },
      programme_identifier: [{ programme: { programme_identifier: 'A' }, enrolment_status: 'Graduated' }, 'B'],
      enrollment_date: '2025-01-01',
    };
    const person = { identifiers: [{ type: 'UIN', value: '7' }] };
    expect(recordsOf(line)).toEqual([
      { kind: 'programme', identifier: 'A' },
      { kind: 'enrolment', person, programme: 'A', status: '3', enrolledOn: '2025-01-01' },
      { kind: 'programme', identifier: 'B' },
      { kind: 'enrolment', person, programme: 'B', enrolledOn: '2025-01-01' },
    ]);
    expect(recordsOf({ '@type': 'Programme', programme_identifier: 'A', programme_description: 'X' })).toEqual([
      { kind: 'programme', identifier: 'A', description: 'X' },
    ]);
  });
});

function programmeMissing(): never {
  throw new Error('the enrolment has no programme');
}
