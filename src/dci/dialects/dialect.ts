import type { AttributeName } from '../../record/attributes.js';
import { Problem } from '../../record/problem.js';
import { DIALECT_NAMES, type DialectName } from './names.js';
import { opencrvs1 } from './opencrvs-1.js';
import { openspp17 } from './openspp-17.js';
import { spdci1Examples } from './spdci-1-examples.js';
import { spdci1 } from './spdci-1.js';

/** One way of speaking the standard: what differs from speaker to speaker, as data. */
export interface Dialect {
  readonly name: DialectName;
  readonly answer: AnswerForm;
  readonly request: RequestForm;
  readonly record: RecordForm;
}

/** How a caller of this dialect is answered. */
export interface AnswerForm {
  readonly action: 'on-search' | 'search';
  readonly messageId: 'new' | 'echoed';
  /** Whether `sender_id` is ours and `receiver_id` the caller's, as between any two parties, or both are echoed. */
  readonly parties: 'swapped' | 'echoed';
  /** What `header.total_count` counts. */
  readonly totalCount: 'items' | 'records';
  readonly itemsWithoutMatch: 'kept' | 'left-out';
  readonly errorBody: 'union' | 'code-and-message';
  /** Page size for a caller that names no page; `largest` for those that never do and expect all. */
  readonly defaultPageSize: number | 'largest';
  /** `reg_records` of the disability registry, which alone publishes an object: a list, or an object that holds it. */
  readonly disabilityRecords: 'list' | 'object';
}

/** How a registry of this dialect is asked. */
export interface RequestForm {
  readonly regTypes: Readonly<Record<'birth', string>>;
  readonly regRecordType: string | null;
  /**
   * What can be asked: `standard` all that predicates and expressions say; `birth-range-or-identifier` one range of
   * birth dates with both bounds, or one identifier; `birth-bounds` any bounds of the birth date, all of which hold.
   */
  readonly queries: 'standard' | 'birth-range-or-identifier' | 'birth-bounds';
  /** The names by which attributes can be asked for. */
  readonly attributeNames: Readonly<Partial<Record<AttributeName, string>>>;
  /** Types of identifier that can be asked for. */
  readonly identifierTypes: 'any' | readonly string[];
  /** Asking for an identifier of these types finds also people whose parent holds it. */
  readonly identifierTypesSharedWithChildren: readonly string[];
  readonly paged: boolean;
  /** An order that keeps pages stable while records are added; `null`: the order asked for. */
  readonly fixedSort: { readonly attribute_name: string; readonly sort_order: 'asc' | 'desc' } | null;
}

/** How a person is written, and which words mean "nothing" when one is read. */
export interface RecordForm {
  readonly shape: 'person' | 'flat-names';
  /** A list of `address_line_1`, as the vocabularies have it, or the one `address_line1` of the published examples. */
  readonly addresses: 'list' | 'one';
  /** `2000-01-31`, or `2000-01-31T00:00:00Z` where readers take no date without a time. */
  readonly dates: 'day' | 'instant';
  /** Whether readers of this dialect fail on absent name parts, sex or birth place. */
  readonly completeFields: boolean;
  /** Values that are written for "nothing". */
  readonly absentWords: readonly string[];
  /** Words that stand in an address where a part of it is missing. */
  readonly addressGaps: readonly string[];
}

const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  'spdci-1.0': spdci1,
  'spdci-1.0-examples': spdci1Examples,
  'opencrvs-1.0': opencrvs1,
  'openspp-17': openspp17,
};

/** The dialect of that name; throws a `Problem` (`DIALECT_UNKNOWN`) that names the ones there are. */
export function dialect(name: string): Dialect {
  const known = DIALECT_NAMES.find((one) => one === name);
  if (known === undefined) {
    throw new Problem('DIALECT_UNKNOWN', `There is no dialect of that name: use one of ${DIALECT_NAMES.join(', ')}`);
  }
  return DIALECTS[known];
}
