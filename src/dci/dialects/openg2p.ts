import type { Dialect } from './dialect.js';
import { spdci1 } from './spdci-1.js';

/** The registry platform of OpenG2P, whose registers have the names and whose records the form that a country gives them. */
export const openg2p: Dialect = {
  ...spdci1,
  name: 'openg2p',
  answer: { ...spdci1.answer, action: 'search', messageId: 'echoed', defaultPageSize: 10 },
  request: {
    // The name of a register: the parameter reg_type names another.
    regTypes: { birth: 'Individual', death: null, marriage: null },
    regEventTypes: { birth: null, death: null, marriage: null },
    regRecordType: 'spdci-extensions-dci:Person',
    queries: 'conditions-or-identifier',
    // Columns of the register of people: a field mapping names others.
    attributeNames: {
      birth_date: 'birth_date',
      given_name: 'first_name',
      middle_name: 'middle_name',
      family_name: 'last_name',
    },
    eventDateName: null,
    presentName: 'internal_record_id',
    identifierTypes: 'any',
    looseIdentifierTypes: [],
    identifierShape: 'wrapped',
    paged: true,
    // Without an order its pages have none.
    fixedSort: { attribute_name: 'internal_record_id', sort_order: 'asc' },
    senderId: 'any',
    signature: 'jws-detached',
  },
};
