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
    regTypes: { birth: 'SPP:RegistryType:Individual', death: null, marriage: null },
    regEventTypes: { birth: null, death: null, marriage: null },
    regRecordType: null,
    queries: 'birth-bounds',
    attributeNames: { birth_date: 'birthdate' },
    eventDateName: null,
    presentName: null,
    identifierTypes: [],
    looseIdentifierTypes: [],
    identifierShape: 'pair',
    paged: false,
    leavesOutItemsWithoutMatch: true,
    fixedSort: null,
    senderId: 'any',
    signature: 'none',
  },
  record: {
    shape: 'flat-names',
    identifiers: 'identifier',
    places: 'object',
    addresses: 'list',
    dates: 'day',
    completeFields: true,
    absentWords: ['False', 'false', 'None'],
    addressGaps: [],
  },
};
