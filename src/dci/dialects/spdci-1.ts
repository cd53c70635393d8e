import type { Dialect } from './dialect.js';

/** The published v1.0.0 of the standard. */
export const spdci1: Dialect = {
  name: 'spdci-1.0',
  answer: {
    action: 'on-search',
    messageId: 'new',
    parties: 'swapped',
    totalCount: 'items',
    itemsWithoutMatch: 'kept',
    errorBody: 'union',
    defaultPageSize: 20,
    disabilityRecords: 'list',
  },
  request: {
    regTypes: { birth: 'ns:org:RegistryType:Civil' },
    regRecordType: 'spdci-extensions-dci:Person',
    queries: 'standard',
    attributeNames: {
      birth_date: 'birth_date',
      death_date: 'death_date',
      sex: 'sex',
      given_name: 'given_name',
      middle_name: 'second_name',
      family_name: 'surname',
      registration_date: 'registration_date',
      last_updated: 'last_updated',
    },
    identifierTypes: 'any',
    identifierTypesSharedWithChildren: [],
    paged: true,
    fixedSort: null,
  },
  record: { shape: 'person', addresses: 'list', dates: 'day', completeFields: false, absentWords: [], addressGaps: [] },
};
