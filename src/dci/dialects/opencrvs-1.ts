import type { Dialect } from './dialect.js';

/** The DCI server of OpenCRVS up to 1.8 and its readers. */
export const opencrvs1: Dialect = {
  name: 'opencrvs-1.0',
  answer: {
    action: 'search',
    messageId: 'echoed',
    parties: 'echoed',
    totalCount: 'records',
    itemsWithoutMatch: 'left-out',
    errorBody: 'code-and-message',
    defaultPageSize: 'largest',
    disabilityRecords: 'list',
  },
  request: {
    regTypes: {
      birth: 'ocrvs:registry_type:birth',
      death: 'ocrvs:registry_type:death',
      marriage: 'ocrvs:registry_type:marriage',
    },
    regEventTypes: { birth: null, death: null, marriage: null },
    regRecordType: null,
    queries: 'birth-range-or-identifier',
    attributeNames: { birth_date: 'birthdate' },
    eventDateName: null,
    presentName: null,
    identifierTypes: ['BRN', 'DRN', 'MRN', 'NID'],
    looseIdentifierTypes: ['NID'],
    identifierShape: 'pair',
    paged: true,
    leavesOutItemsWithoutMatch: true,
    // By default the newest comes first, which moves every later page when a birth is registered meanwhile.
    fixedSort: { attribute_name: 'dateOfDeclaration', sort_order: 'asc' },
    senderId: 'any',
    signature: 'none',
  },
  record: {
    shape: 'flat-names',
    identifiers: 'identifier',
    places: 'object',
    addresses: 'list',
    dates: 'day',
    completeFields: false,
    absentWords: [],
    addressGaps: ['null', 'undefined'],
  },
};
