import { ALL_FIELDS } from '../../src/record/fields.js';
import type { IndividualAnswer } from '../../src/record/individual-answer.js';

/** A person with a name, a birth and two parents. */
export const MARY: IndividualAnswer = {
  shown: ALL_FIELDS,
  individual: {
    id: '00000000-0000-4000-8000-000000000001',
    name: { given: 'Mary', middle: null, family: 'Kabwe' },
    sex: 'female',
    birthDate: { date: '2025-03-04', precision: 'day' },
    deathDate: null,
    deceased: false,
    birthLocationId: '00000000-0000-4000-8000-000000000010',
    birthPlaceText: null,
    homeLocationId: null,
    homePlaceText: '1 Lake Road',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    updatedAt: new Date('2026-01-02T00:00:00Z'),
  },
  identifiers: [{ type: 'BRN', value: '2025B0001' }],
  birthPlace: {
    id: '00000000-0000-4000-8000-000000000010',
    name: 'Lusaka General',
    type: 'HEALTH_FACILITY',
    ancestors: [{ id: '00000000-0000-4000-8000-000000000011', name: 'Lusaka Province', type: 'ADMIN_STRUCTURE' }],
  },
  deathPlace: null,
  deathPlaceText: null,
  homePlace: null,
  maritalStatus: null,
  marriages: [],
  phoneNumbers: [],
  emails: [],
  attributes: {},
  related: [],
  disability: null,
  parents: [
    {
      id: '00000000-0000-4000-8000-000000000021',
      role: 'father',
      identifiers: [{ type: 'NID', value: '7' }],
      name: { given: 'Felix', middle: null, family: 'Kabwe' },
      homePlaceId: null,
    },
    {
      id: '00000000-0000-4000-8000-000000000022',
      role: 'mother',
      identifiers: [
        { type: 'BRN', value: '2001B9' },
        { type: 'UIN', value: '5' },
      ],
      name: { given: 'Ann', middle: null, family: 'Banda' },
      homePlaceId: '00000000-0000-4000-8000-000000000011',
    },
  ],
};
