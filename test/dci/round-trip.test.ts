import { dialect } from '../../src/dci/dialects/dialect.js';
import { DIALECT_NAMES, type DialectName } from '../../src/dci/dialects/names.js';
import type { IndividualAnswer, ParentAnswer, PlaceAnswer } from '../../src/record/individual-answer.js';
import { ALL_FIELDS, FieldSet } from '../../src/record/fields.js';
import type { RegistryKind } from '../../src/record/registry-kind.js';
import { readIndividualRecord } from '../../src/dci/records/read-record.js';
import { writeRecord } from '../../src/dci/records/write-record.js';
import {
  DATE_PRECISIONS,
  SEXES,
  type Identifier,
  type PartialDate,
  type PersonName,
} from '../../src/record/individual.js';
import { seededNumbers } from './seeded-numbers.js';

const TODAY = '2026-01-15';
const PEOPLE = 100;

function people(seed: number): IndividualAnswer[] {
  const next = seededNumbers(seed);
  const maybe = <T>(make: () => T): T | null => (next(3) === 0 ? null : make());
  const pick = <T>(values: readonly T[]): T | null => values[next(values.length)] ?? null;
  const uuid = (): string => `00000000-0000-4000-8000-${String(next(1e9)).padStart(12, '0')}`;
  const word = (): string =>
    ['Mary', 'José', 'ቢንያም', 'রফিকুল', "N'Gondo", 'O"Neil', 'van der Berg', '👩‍👧'][next(8)] ?? 'X';
  const date = (): PartialDate => {
    const precision = pick(DATE_PRECISIONS) ?? 'day';
    const day = new Date(Date.UTC(1900 + next(125), next(12), 1 + next(28))).toISOString().slice(0, 10);
    return {
      date: precision === 'year' ? `${day.slice(0, 4)}-01-01` : precision === 'month' ? `${day.slice(0, 7)}-01` : day,
      precision,
    };
  };
  const name = (): PersonName => ({ given: maybe(word), middle: maybe(word), family: maybe(word) });
  const identifiers = (least: number): Identifier[] =>
    ['NID', 'BRN', 'UIN'].slice(0, least + next(3)).map((type) => ({ type, value: `${type}-${next(1e9)}` }));
  const place = (): PlaceAnswer => ({
    id: uuid(),
    name: word(),
    type: maybe(() => 'HEALTH_FACILITY'),
    ancestors: [{ id: uuid(), name: word(), type: 'ADMIN_STRUCTURE' }],
  });
  const parent = (role: 'mother' | 'father'): ParentAnswer => ({
    id: uuid(),
    role,
    identifiers: identifiers(1).slice(0, 1),
    name: name(),
    homePlaceId: maybe(uuid),
  });
  return Array.from({ length: PEOPLE }, () => {
    const deathDate = maybe(date);
    return {
      shown: ALL_FIELDS,
      individual: {
        id: uuid(),
        name: name(),
        sex: pick([...SEXES, null]),
        birthDate: maybe(date),
        deathDate,
        deceased: deathDate !== null,
        birthLocationId: null,
        birthPlaceText: null,
        homeLocationId: null,
        homePlaceText: null,
        createdAt: new Date('2026-01-01T00:00:00Z'),
        updatedAt: new Date('2026-01-02T00:00:00Z'),
      },
      identifiers: identifiers(0),
      birthPlace: maybe(place),
      homePlace: maybe(place),
      deathPlace: null,
      deathPlaceText: null,
      maritalStatus: null,
      marriages: [],
      phoneNumbers: [],
      emails: [],
      attributes: {},
      related: [],
      disability: null,
      parents: [...(next(2) === 0 ? [parent('mother')] : []), ...(next(2) === 0 ? [parent('father')] : [])],
    };
  });
}

/** A name without any part is not read as a name. */
const nameOf = (name: PersonName): PersonName | undefined =>
  Object.values(name).every((part) => part === null) ? undefined : name;

describe.each(DIALECT_NAMES)('what is written as %s is read as the same person', (dialectName) => {
  const spoken = dialect(dialectName);

  test.each([1, 2, 3])('a hundred people, drawn with seed %p', (seed) => {
    const written = people(seed);
    const read = written.map((person) => {
      const wire: unknown = JSON.parse(JSON.stringify(writeRecord({ kind: 'individual', ...person }, spoken, 'crvs')));
      return readIndividualRecord(wire, spoken, TODAY);
    });
    // The standard has no word for which parent is which, and none for their names.
    const namesParents = spoken.record.shape === 'flat-names';
    expect(
      read.map(({ birthPlace, homePlace, parents, ...rest }) => ({
        ...rest,
        birthPlace: birthPlace?.externalId,
        homePlace: homePlace?.externalId,
        parents: parents.map(({ role, record }) => ({ role, identifiers: record.identifiers, name: record.name })),
      })),
    ).toEqual(
      written.map(({ individual, identifiers, birthPlace, homePlace, parents }) => ({
        identifiers,
        name: nameOf(individual.name),
        sex: individual.sex ?? (spoken.record.completeFields ? 'unknown' : undefined),
        birthDate: individual.birthDate ?? undefined,
        deathDate: individual.deathDate ?? undefined,
        deceased: individual.deceased ? true : undefined,
        birthPlace: birthPlace?.id,
        homePlace: homePlace?.id,
        parents: parents.map((parent) => ({
          role: namesParents ? parent.role : 'parent',
          identifiers: parent.identifiers,
          name: namesParents ? nameOf(parent.name) : undefined,
        })),
        issues: [],
      })),
    );
  });
});

describe('what is not known is not written', () => {
  const nobody: IndividualAnswer = {
    shown: ALL_FIELDS,
    individual: {
      id: '00000000-0000-4000-8000-000000000001',
      name: { given: null, middle: null, family: null },
      sex: null,
      birthDate: null,
      deathDate: null,
      deceased: false,
      birthLocationId: null,
      birthPlaceText: null,
      homeLocationId: null,
      homePlaceText: null,
      createdAt: new Date('2026-01-01T00:00:00.123Z'),
      updatedAt: new Date('2026-01-01T00:00:00.123Z'),
    },
    identifiers: [],
    birthPlace: null,
    homePlace: null,
    deathPlace: null,
    deathPlaceText: null,
    parents: [],
    maritalStatus: null,
    marriages: [],
    phoneNumbers: [],
    emails: [],
    attributes: {},
    related: [],
    disability: null,
  };

  test('S17: neither "False" nor empty texts nor null in the standard’s record', () => {
    expect(writeRecord({ kind: 'individual', ...nobody }, dialect('spdci-1.0'), 'crvs')).toEqual({
      '@type': 'CRVS_Person',
      '@id': 'urn:uuid:00000000-0000-4000-8000-000000000001',
      identifier: [],
      name: {},
      registration_date: '2026-01-01T00:00:00Z',
      last_updated: '2026-01-01T00:00:00Z',
    });
    expect(writeRecord({ kind: 'individual', ...nobody }, dialect('opencrvs-1.0'), 'crvs')).toEqual({
      identifier: [],
      relations: [],
    });
  });

  test('the importer of OpenSPP always finds a sex and a birth place', () => {
    expect(writeRecord({ kind: 'individual', ...nobody }, dialect('openspp-17'), 'crvs')).toEqual({
      identifier: [],
      givenName: '',
      middleName: '',
      familyName: '',
      sex: 'unknown',
      birthPlace: { '@type': 'Place' },
      relations: [],
    });
  });

  describe('what the caller is not shown', () => {
    const withheld = ['name', 'sex', 'identifier', 'relationships'].map((name) => `individual.${name}`);
    const hidden = { ...nobody, shown: new FieldSet([{ never: withheld }]) };
    const written = (name: DialectName, registry: RegistryKind): unknown =>
      writeRecord({ kind: 'individual', ...hidden }, dialect(name), registry);

    test('is absent: an empty list would say that there is none', () => {
      const moments = { registration_date: '2026-01-01T00:00:00Z', last_updated: '2026-01-01T00:00:00Z' };
      const id = `urn:uuid:${nobody.individual.id}`;
      expect(written('spdci-1.0', 'crvs')).toEqual({ '@type': 'CRVS_Person', '@id': id, ...moments });
      expect(written('spdci-1.0', 'social')).toEqual({
        '@type': 'Member',
        '@id': id,
        demographic_info: { '@type': 'SR_Person', ...moments },
        ...moments,
      });
      expect(written('opencrvs-1.0', 'crvs')).toEqual({});
    });

    test('is null where readers fail without', () => {
      expect(written('openspp-17', 'crvs')).toEqual({
        givenName: null,
        middleName: null,
        familyName: null,
        sex: null,
        birthPlace: { '@type': 'Place' },
      });
    });

    test('is absent of relatives as well', () => {
      const parent = { id: nobody.individual.id, role: 'mother', identifiers: [], homePlaceId: null } as const;
      const child = {
        ...nobody,
        shown: new FieldSet([{ never: ['individual.name', 'individual.identifier'] }]),
        parents: [{ ...parent, name: nobody.individual.name }],
        related: [{ ...parent, relationship: 'mother' as const, name: nobody.individual.name }],
      };
      expect(writeRecord({ kind: 'individual', ...child }, dialect('opencrvs-1.0'), 'crvs')).toEqual({
        relations: [{ '@type': 'spdci:Mother' }],
      });
      expect(writeRecord({ kind: 'individual', ...child }, dialect('spdci-1.0'), 'social')).toMatchObject({
        related_person: [{ related_member: { '@id': `urn:uuid:${parent.id}` } }],
      });
    });
  });

  test('a birth at home is told by its address and the place around it', () => {
    const place = { id: nobody.individual.id, name: 'Lusoko', type: 'ADMIN_STRUCTURE', ancestors: [] };
    const atHome = { ...nobody, birthPlace: place, individual: { ...nobody.individual, birthPlaceText: '1 Road' } };
    expect(writeRecord({ kind: 'individual', ...atHome }, dialect('opencrvs-1.0'), 'crvs')).toMatchObject({
      birthPlace: { additionalType: 'PRIVATE_HOME', address: '1 Road', containedInPlace: place.id },
    });
  });

  test('a year alone is written as a year', () => {
    const birthDate = { date: '2021-01-01', precision: 'year' } as const;
    const person = { ...nobody, individual: { ...nobody.individual, birthDate } };
    expect(writeRecord({ kind: 'individual', ...person }, dialect('spdci-1.0'), 'crvs')).toMatchObject({
      birth_date: '2021',
    });
  });
});
