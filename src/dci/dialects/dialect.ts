import type { AttributeName } from '../../record/attributes.js';
import { Problem } from '../../record/problem.js';
import type { SignatureProfile } from '../../record/signature-profile.js';
import type { VitalEvent } from '../../record/vital-event.js';
import { DIALECT_NAMES, type DialectName } from './names.js';
import { opencrvs1 } from './opencrvs-1.js';
import { opencrvs19 } from './opencrvs-1-9.js';
import { openg2p } from './openg2p.js';
import { openspp17 } from './openspp-17.js';
import { openspp2 } from './openspp-2.js';
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
  /** `reg_type` of each event; `null`: it cannot be asked for. */
  readonly regTypes: Readonly<Record<VitalEvent, string | null>>;
  /** `reg_event_type` of each event; `null`: none is written. */
  readonly regEventTypes: Readonly<Record<VitalEvent, string | null>>;
  readonly regRecordType: string | null;
  readonly queries: QueryForm;
  /** The names by which attributes can be asked for. */
  readonly attributeNames: Readonly<Partial<Record<AttributeName, string>>>;
  /** The name of the day of whichever event is asked for: births by their birth date. `null`: there is none. */
  readonly eventDateName: string | null;
  /** An attribute that every record has, for whoever asks for everybody; `null`: the birth date has to do. */
  readonly presentName: string | null;
  /** Types of identifier that can be asked for. */
  readonly identifierTypes: 'any' | readonly string[];
  /** Asking for an identifier of these types finds others too: the children of its holder, holders of another type. */
  readonly looseIdentifierTypes: 'any' | readonly string[];
  /** `{ type, value }`, or `{ type: "idtype-value", value: { id_type, id_value } }` where `value` must be an object. */
  readonly identifierShape: 'pair' | 'wrapped';
  readonly paged: boolean;
  /** Whether answers say nothing of an item that nobody fits; where they do, an item that is missing is lost. */
  readonly leavesOutItemsWithoutMatch?: true;
  /** Whether records that it cannot write are missing from its pages, though they are counted. */
  readonly leavesOutRecords?: true;
  /** An order that keeps pages stable while records are added; `null`: the order asked for. */
  readonly fixedSort: { readonly attribute_name: string; readonly sort_order: 'asc' | 'desc' } | null;
  /** `plain`: letters, digits, `.`, `_` and `-` alone, so that an address is told by its host. */
  readonly senderId: 'any' | 'plain';
  /** How messages must be signed unless a source is set up otherwise. */
  readonly signature: SignatureProfile;
}

/**
 * What can be asked.
 * - `standard`: all that predicates and expressions say.
 * - `birth-range-or-identifier`: one range of birth dates with both bounds, or one identifier.
 * - `birth-bounds`: any bounds of the birth date, all of which hold.
 * - `ranges-or-identifier`: ranges of dates, all of which hold, as `{ type: "range", gte, lte }`; or one identifier.
 * - `sequence-or-identifier`: comparisons that all hold, as `{ seq: [{ attribute, operator, value }] }`; or one identifier.
 * - `conditions-or-identifier`: expressions without negation; or one identifier. No predicates.
 */
export type QueryForm =
  | 'standard'
  | 'birth-range-or-identifier'
  | 'birth-bounds'
  | 'ranges-or-identifier'
  | 'sequence-or-identifier'
  | 'conditions-or-identifier';

/** How a person is written, and which words mean "nothing" when one is read. */
export interface RecordForm {
  readonly shape: 'person' | 'flat-names';
  /** What the identifiers of a person are called. */
  readonly identifiers: 'identifier' | 'identifiers';
  /** A place as an object, or its bare id where it has one. */
  readonly places: 'object' | 'id';
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
  'opencrvs-1.9': opencrvs19,
  'openspp-17': openspp17,
  'openspp-2': openspp2,
  openg2p,
};

/** The dialect of that name; throws a `Problem` (`DIALECT_UNKNOWN`) that names the ones there are. */
export function dialect(name: string): Dialect {
  const known = DIALECT_NAMES.find((one) => one === name);
  if (known === undefined) {
    throw new Problem('DIALECT_UNKNOWN', `There is no dialect of that name: use one of ${DIALECT_NAMES.join(', ')}`);
  }
  return DIALECTS[known];
}
