/** Status of a message and of each of its items: received, being dealt with, answered, rejected. */
export const STATUS_WORDS = ['rcvd', 'pdng', 'succ', 'rjct'] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

/** Why a whole message was rejected (`MsgHeaderStatusReasonCode`). */
export const HEADER_REJECTION_CODES = [
  'rjct.version.invalid',
  'rjct.message_id.duplicate',
  'rjct.message_ts.invalid',
  'rjct.action.invalid',
  'rjct.action.not_supported',
  'rjct.total_count.invalid',
  'rjct.total_count.limit_exceeded',
  'rjct.errors.too_many',
] as const;
export type HeaderRejectionCode = (typeof HEADER_REJECTION_CODES)[number];

/** Why one request of a search was rejected (`SearchStatusReasonCode`). */
export const SEARCH_REJECTION_CODES = [
  'rjct.reference_id.invalid',
  'rjct.reference_id.duplicate',
  'rjct.timestamp.invalid',
  'rjct.search_criteria.invalid',
  'rjct.filter.invalid',
  'rjct.sort.invalid',
  'rjct.pagination.invalid',
  'rjct.search.too_many_records_found',
] as const;
export type ItemRejectionCode = (typeof SEARCH_REJECTION_CODES)[number];

/** Why one wish to subscribe was rejected (`SubscribeStatusReasonCode`). */
export const SUBSCRIBE_REJECTION_CODES = [
  'rjct.reference_id.invalid',
  'rjct.reference_id.duplicate',
  'rjct.timestamp.invalid',
  'rjct.notify_types.invalid',
  'rjct.notify_details.invalid',
  'rjct.person_id.invalid',
  'rjct.event.already_subscribed',
] as const;
export type SubscribeRejectionCode = (typeof SUBSCRIBE_REJECTION_CODES)[number];

/** Why a wish to unsubscribe was rejected (`UnSubscribeStatusReasonCode`). */
export const UNSUBSCRIBE_REJECTION_CODES = [
  'rjct.reference_id.invalid',
  'rjct.reference_id.duplicate',
  'rjct.timestamp.invalid',
  'rjct.subscription_code.invalid',
  'rjct.requester.invalid',
  'rjct.event.already_unsubscribed',
] as const;
export type UnsubscribeRejectionCode = (typeof UNSUBSCRIBE_REJECTION_CODES)[number];

/** Why a message was not taken at all (`Error.code`). */
export const ERROR_CODES = [
  'err.request.bad',
  'err.request.unauthorized',
  'err.request.forbidden',
  'err.request.not_found',
  'err.request.timeout',
  'err.version.not_supported',
  'err.request.too_many_requests',
  'err.sender_id.invalid',
  'err.sender_uri.invalid',
  'err.receiver_id.invalid',
  'err.signature.missing',
  'err.signature.invalid',
  'err.encryption.invalid',
  'err.service.unavailable',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Longest `transaction_id`, `correlation_id` and subscription `code`. */
export const MAX_ID = 99;
/** Longest text of a header; the standard sets no limit, a database does. */
export const MAX_HEADER_TEXT = 1000;
/** Most requests of one message. */
export const MAX_ITEMS = 200;
/** Most ids or codes that one message lists; the standard sets no limit. */
export const MAX_LISTED = 1000;
/** Longest `status_reason_message` and `error.message`. */
export const MAX_REASON = 999;
