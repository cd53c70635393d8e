import type { Filter } from '../record/filter.js';
import type { NumberedPage } from '../record/page.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { Sort } from '../record/sort.js';

/** Why one item of a message was refused (`SearchStatusReasonCode`). */
export type ItemRejectionCode =
  | 'rjct.reference_id.invalid'
  | 'rjct.reference_id.duplicate'
  | 'rjct.timestamp.invalid'
  | 'rjct.search_criteria.invalid'
  | 'rjct.filter.invalid'
  | 'rjct.sort.invalid'
  | 'rjct.pagination.invalid'
  | 'rjct.search.too_many_records_found';

/** Why a whole message was refused with HTTP 200 (`MsgHeaderStatusReasonCode`). */
export type HeaderRejectionCode = 'rjct.version.invalid' | 'rjct.action.invalid' | 'rjct.total_count.limit_exceeded';

/** `MsgHeader_V1.0.0` as read; an empty value is absent. */
export interface RequestHeader {
  readonly version: string;
  readonly messageId: string;
  /** As written: ISO 8601 with a zone. */
  readonly messageTs: string;
  readonly action: string;
  readonly senderId: string;
  readonly senderUri: string | null;
  readonly receiverId: string | null;
  /** Number of requests that the sender says the message has. */
  readonly totalCount: number | null;
}

/** A search request as it came over the wire: either refused as a whole or a list of items to be answered in order. */
export type SearchMessage =
  | {
      readonly rejected: false;
      readonly header: RequestHeader;
      readonly transactionId: string;
      readonly items: readonly SearchItem[];
    }
  | {
      readonly rejected: true;
      readonly header: RequestHeader;
      readonly transactionId: string;
      readonly code: HeaderRejectionCode;
      readonly message: string;
    };

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
  readonly query: { readonly filter: Filter };
  readonly sort: readonly Sort[];
  /** `null`: the caller named none. */
  readonly page: NumberedPage | null;
  /** Three lower-case letters; `null` where absent. */
  readonly locale: string | null;
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
