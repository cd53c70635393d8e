import type { Filter } from '../record/filter.js';
import type { NumberedPage } from '../record/page.js';
import type { RecordKind, RegistryKind } from '../record/registry-kind.js';
import type { Sort } from '../record/sort.js';
import type { GivenPurpose } from './consent.js';
import type { ItemRejectionCode } from './reason-codes.js';

/** `SearchRequest` as read. */
export interface AskedSearch {
  readonly transactionId: string;
  readonly items: readonly SearchItem[];
}

/** One `search_request[]`: a question, or the reason why it cannot be answered. */
export type SearchItem = SearchQuestion | RejectedItem;

/** An item that can be answered. */
export interface SearchQuestion {
  readonly ok: true;
  readonly referenceId: string;
  /** `reg_type` and `reg_record_type` as the caller wrote them; `null` where absent. They are echoed. */
  readonly regType: string | null;
  readonly regRecordType: string | null;
  readonly registryKind: RegistryKind;
  /** What the answer consists of. */
  readonly record: RecordKind;
  readonly query: { readonly filter: Filter };
  readonly sort: readonly Sort[];
  /** `null`: the caller named none. */
  readonly page: NumberedPage | null;
  /** Three lower-case letters; `null` where absent. */
  readonly locale: string | null;
  /** Why it is asked. */
  readonly given: GivenPurpose;
  /** What the caller should know of how the query was understood; sentences. */
  readonly warnings: readonly string[];
}

/** An item that cannot, and why. */
export interface RejectedItem {
  readonly ok: false;
  /** Empty where the item had none. */
  readonly referenceId: string;
  readonly code: ItemRejectionCode;
  readonly message: string;
}
