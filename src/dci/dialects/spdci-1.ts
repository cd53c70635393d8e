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
    regTypes: {
      birth: 'ns:org:RegistryType:Civil',
      death: 'ns:org:RegistryType:Civil',
      marriage: 'ns:org:RegistryType:Civil',
    },
    // Not among the criteria of v1.0.0, which allow more than they list; a register of people needs none for births.
    regEventTypes: {
      birth: null,
      death: 'spdci-common:RegistryEventType:Death',
      marriage: 'spdci-common:RegistryEventType:Marriage',
    },
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
    eventDateName: null,
    presentName: null,
    identifierTypes: 'any',
    looseIdentifierTypes: [],
    identifierShape: 'pair',
    paged: true,
    fixedSort: null,
    senderId: 'any',
    signature: 'none',
  },
  record: {
    shape: 'person',
    identifiers: 'identifier',
    places: 'object',
    addresses: 'list',
    dates: 'day',
    completeFields: false,
    absentWords: [],
    addressGaps: [],
  },
};
