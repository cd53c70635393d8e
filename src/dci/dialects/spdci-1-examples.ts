import type { Dialect } from './dialect.js';
import { spdci1 } from './spdci-1.js';

/**
 * The published v1.0.0 taken at the word of its documents and their examples where these part from its vocabularies, for
 * readers generated out of them.
 */
export const spdci1Examples: Dialect = {
  ...spdci1,
  name: 'spdci-1.0-examples',
  answer: { ...spdci1.answer, disabilityRecords: 'object' },
  record: { ...spdci1.record, addresses: 'one', dates: 'instant' },
};
