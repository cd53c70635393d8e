import type { Dialect } from './dialect.js';

/** OpenSPP 17: its server module when we ask, its importer of civil registers when it asks us. */
export const openspp17: Dialect = {
  name: 'openspp-17',
  answer: {
    action: 'search',
    messageId: 'echoed',
    parties: 'swapped',
    totalCount: 'items',
    itemsWithoutMatch: 'kept',
    errorBody: 'union',
    defaultPageSize: 'largest',
    disabilityRecords: 'list',
  },
  request: {
    regTypes: { birth: 'SPP:RegistryType:Individual' },
    regRecordType: null,
    queries: 'birth-bounds',
    attributeNames: { birth_date: 'birthdate' },
    identifierTypes: [],
    identifierTypesSharedWithChildren: [],
    paged: false,
    fixedSort: null,
  },
  record: {
    shape: 'flat-names',
    addresses: 'list',
    dates: 'day',
    completeFields: true,
    absentWords: ['False', 'false', 'None'],
    addressGaps: [],
  },
};
