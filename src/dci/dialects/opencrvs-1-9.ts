import type { Dialect } from './dialect.js';

/** The DCI server of OpenCRVS 1.9, which registers events of any kind that a country sets up, and its readers. */
export const opencrvs19: Dialect = {
  name: 'opencrvs-1.9',
  answer: {
    action: 'on-search',
    messageId: 'echoed',
    parties: 'echoed',
    totalCount: 'records',
    itemsWithoutMatch: 'kept',
    errorBody: 'code-and-message',
    defaultPageSize: 20,
    disabilityRecords: 'list',
  },
  request: {
    // What a marriage comes to in its records is not told anywhere: none are asked for.
    regTypes: { birth: 'ns:org:RegistryType:Civil', death: 'ns:org:RegistryType:Civil', marriage: null },
    regEventTypes: { birth: 'birth', death: 'death', marriage: null },
    regRecordType: null,
    // Predicates are read too, but of two on one attribute only the last counts.
    queries: 'ranges-or-identifier',
    attributeNames: { registration_date: 'legalStatuses.REGISTERED.createdAt', last_updated: 'updatedAt' },
    eventDateName: 'dateOfEvent',
    presentName: 'createdAt',
    identifierTypes: ['UIN', 'BRN', 'DRN'],
    looseIdentifierTypes: [],
    identifierShape: 'pair',
    paged: true,
    fixedSort: { attribute_name: 'createdAt', sort_order: 'asc' },
    senderId: 'any',
    signature: 'none',
  },
  record: {
    shape: 'person',
    identifiers: 'identifiers',
    places: 'id',
    addresses: 'list',
    dates: 'day',
    completeFields: false,
    absentWords: [],
    addressGaps: ['null', 'undefined'],
  },
};
