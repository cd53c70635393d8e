import type { Dialect } from './dialect.js';
import { spdci1 } from './spdci-1.js';

/** The social registry of OpenSPP 2 when we ask, its clients when it asks us. */
export const openspp2: Dialect = {
  ...spdci1,
  name: 'openspp-2',
  request: {
    regTypes: { birth: 'ns:org:RegistryType:Social', death: null, marriage: null },
    regEventTypes: { birth: null, death: null, marriage: null },
    regRecordType: null,
    // Its predicates are expressions of a language of their own, in one text.
    queries: 'sequence-or-identifier',
    attributeNames: { birth_date: 'birth_date' },
    eventDateName: null,
    presentName: null,
    identifierTypes: 'any',
    // Type and value are looked for one by one: whoever has the value under another type is found with the rest.
    looseIdentifierTypes: 'any',
    identifierShape: 'pair',
    paged: true,
    leavesOutRecords: true,
    fixedSort: null,
    senderId: 'plain',
    signature: 'cavage',
  },
};
