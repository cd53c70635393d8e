import { Problem } from '../record/problem.js';
import { INSTANT_FORM, readInstant, writeInstant } from './instant.js';
import {
  type HeaderRejectionCode,
  MAX_HEADER_TEXT,
  MAX_ITEMS,
  MAX_REASON,
  STATUS_WORDS,
  type StatusWord,
} from './reason-codes.js';
import { headerText } from './schemas/fields.js';
import {
  codeOf,
  field,
  lastSegment,
  listOf,
  numberOf,
  quoted,
  textOf,
  wireObject,
  type WireObject,
} from './wire-object.js';

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
  readonly isEncrypted: boolean;
  readonly meta: WireObject;
  /** What callbacks say of the request that they answer; `null` in requests. */
  readonly status: StatusWord | null;
  readonly reasonCode: string | null;
  readonly reasonMessage: string | null;
}

/** Why a message is rejected as a whole; goes into the header of its answer. */
export interface HeaderRejection {
  readonly code: HeaderRejectionCode;
  readonly message: string;
}

/** By what a header is judged. */
export interface HeaderJudgement {
  /** Of the address: the standard's word, such as `txn-status`. */
  readonly expectedAction: string;
  /** `message` of the envelope, whose requests are counted. */
  readonly message: WireObject;
  /** Whether doubts are refused that are read past otherwise. */
  readonly strict: boolean;
  /** How far `message_ts` may be from now, in seconds; default: any time, for strict callers a day. */
  readonly windowSeconds?: number | null;
  readonly now: Date;
}

const MAX_REJECTED_ITEMS = 100;
const DAY_SECONDS = 86_400;

function bad(message: string): Problem<'err.request.bad'> {
  return new Problem('err.request.bad', message);
}

/**
 * Reads the header of an envelope. Callbacks need not say who sends them: their `senderId` is then empty. Throws a
 * `Problem` (`err.request.bad`) naming the field that is missing, malformed or too long.
 */
export function readHeader(envelope: WireObject, mode: 'request' | 'callback' = 'request'): RequestHeader {
  const header = wireObject(field(envelope, 'header'));
  if (header === null) throw bad('header is missing or not an object');
  const messageId = required(header, 'message_id');
  const messageTs = required(header, 'message_ts');
  if (readInstant(messageTs) === null) {
    throw bad(`header.message_ts is not ${INSTANT_FORM}`);
  }
  return {
    version: readVersion(field(header, 'version')),
    messageId,
    messageTs,
    action: required(header, 'action'),
    senderId: mode === 'request' ? required(header, 'sender_id') : (optional(header, 'sender_id') ?? ''),
    senderUri: optional(header, 'sender_uri'),
    receiverId: optional(header, 'receiver_id'),
    totalCount: numberOf(field(header, 'total_count')),
    isEncrypted: isYes(field(header, 'is_msg_encrypted')),
    meta: wireObject(field(header, 'meta')) ?? {},
    status: readStatusWord(field(header, 'status')),
    reasonCode: codeOf(field(header, 'status_reason_code')),
    reasonMessage: textOf(field(header, 'status_reason_message')),
  };
}

function required(header: WireObject, name: string): string {
  const value = optional(header, name);
  if (value === null) throw bad(`header.${name} is missing or not a text`);
  return value;
}

function optional(header: WireObject, name: string): string | null {
  const value = textOf(field(header, name));
  if (value !== null && !headerText.safeParse(value).success) {
    throw bad(`header.${name} is longer than ${String(MAX_HEADER_TEXT)} characters`);
  }
  return value;
}

/** `false` is what a client written in Odoo sends for a setting that nobody made. */
function readVersion(written: unknown): string {
  return written === undefined || written === false ? '1.0.0' : (codeOf(written) ?? typeof written);
}

/** Whether a flag is set; peers write it as a word, too. */
export function isYes(written: unknown): boolean {
  return written === true || written === 'true';
}

/** `success` is openIMIS's word. */
function readStatusWord(written: unknown): StatusWord | null {
  const word = textOf(written)?.toLowerCase();
  return word === 'success' ? 'succ' : (STATUS_WORDS.find((known) => known === word) ?? null);
}

/** Spellings of actions that peers send for the standard's word. */
const ACTION_ALIASES: Readonly<Record<string, readonly string[]>> = {
  search: [
    'verify',
    'get-disability-support',
    'get-disability-details',
    'get-disability-info',
    'get-disability-status',
    'disabled',
    'enrolled',
  ],
  subscribe: ['subscibe', 'register'],
  // A subscription gives one address: what it tells of comes to the same as its confirmation.
  'on-subscribe': ['notify'],
  'txn-status': ['status', 'txnstatus'],
  'txn-on-status': ['on-status', 'on-txn-status', 'on-txnstatus', 'txn-onstatus'],
  notify: ['enrollment-updates', 'enrolment-updates'],
};

/** Every `action` of the standard. */
export const ACTIONS = [
  'search',
  'on-search',
  'subscribe',
  'on-subscribe',
  'unsubscribe',
  'on-unsubscribe',
  'notify',
  'txn-status',
  'txn-on-status',
] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * What is wrong with a message that was read, as far as its header tells; `null` where nothing is. Old timestamps,
 * counts that do not match and other spellings of the action are refused of strict callers only.
 */
export function judgeHeader(header: RequestHeader, judgement: HeaderJudgement): HeaderRejection | null {
  const { message, strict, now, windowSeconds = null } = judgement;
  if (!/^v?1(\.\d+)*$/iu.test(header.version)) {
    return {
      code: 'rjct.version.invalid',
      message: `Version ${quoted(header.version)} is not spoken here: send 1.0.0`,
    };
  }
  const action = judgeAction(header.action, judgement);
  if (action !== null) return action;
  const items = countItems(message);
  if (items !== null && items > MAX_ITEMS) {
    return {
      code: 'rjct.total_count.limit_exceeded',
      message: `The message has more than ${String(MAX_ITEMS)} requests: send several`,
    };
  }
  const window = windowSeconds ?? (strict ? DAY_SECONDS : null);
  if (window !== null && isBeyond(header.messageTs, now, window)) {
    return {
      code: 'rjct.message_ts.invalid',
      message: `message_ts is more than ${String(window)} seconds away from the time here: send the message anew`,
    };
  }
  if (!strict) return null;
  if (items !== null && header.totalCount !== items) {
    return {
      code: 'rjct.total_count.invalid',
      message: `total_count is not the number of requests of the message, which is ${String(items)}`,
    };
  }
  return null;
}

function isBeyond(written: string, now: Date, seconds: number): boolean {
  return Math.abs((readInstant(written)?.getTime() ?? 0) - now.getTime()) > seconds * 1000;
}

function judgeAction(written: string, { expectedAction, strict }: HeaderJudgement): HeaderRejection | null {
  if (written === expectedAction) return null;
  const word = lastSegment(written).toLowerCase().replaceAll('_', '-');
  const isKnown = ACTIONS.some((action) => action === word);
  const means = (action: string): boolean => word === action || (ACTION_ALIASES[action] ?? []).includes(word);
  if (!strict && means(expectedAction)) return null;
  return isKnown || means(expectedAction)
    ? {
        code: 'rjct.action.invalid',
        message: `Action ${quoted(written)} does not belong here: send ${expectedAction}`,
      }
    : {
        code: 'rjct.action.not_supported',
        message: `Action ${quoted(written)} is not supported: send ${expectedAction}`,
      };
}

/** Fields of a message that hold a list of requests, or of answers to them. */
const LISTS = ['search_request', 'subscribe_request', 'search_response', 'subscribe_response', 'notify_event'] as const;

/** How many requests a message has; `null` where its kind has no list of them. */
function countItems(message: WireObject): number | null {
  const updates = wireObject(field(message, 'enrolled_updates'));
  if (updates !== null) return listOf(field(updates, 'beneficiaries')).length;
  const written = field(message, ...LISTS);
  return written === undefined ? null : listOf(written).length;
}

/** `rjct.errors.too_many` for a message of which more than 100 requests were rejected; they are not answered then. */
export function judgeItems(items: readonly { readonly ok: boolean }[]): HeaderRejection | null {
  const rejected = items.filter(({ ok }) => !ok).length;
  return rejected <= MAX_REJECTED_ITEMS
    ? null
    : {
        code: 'rjct.errors.too_many',
        message: `${String(rejected)} requests of the message have errors: send a few of them first to learn what is wrong`,
      };
}

/** What goes into a header that we write. */
export interface WrittenHeader {
  readonly action: string;
  readonly status: StatusWord;
  /** Why; cut at the standard's limit. */
  readonly reason?: { readonly code?: HeaderRejectionCode; readonly message: string } | undefined;
  readonly totalCount: number;
  /** How many of them are dealt with. */
  readonly completedCount: number;
  readonly senderId: string;
  readonly receiverId: string;
  readonly messageId: string;
  readonly now: Date;
  readonly meta?: WireObject;
}

/** Writes a header with all fields of the request's and of the callback's, so that it fits either schema. */
export function writeHeader(header: WrittenHeader): WireObject {
  const { reason, meta } = header;
  return {
    version: '1.0.0',
    message_id: header.messageId,
    message_ts: writeInstant(header.now),
    action: header.action,
    status: header.status,
    ...(reason?.code === undefined ? {} : { status_reason_code: reason.code }),
    ...(reason === undefined ? {} : { status_reason_message: reason.message.slice(0, MAX_REASON) }),
    total_count: header.totalCount,
    completed_count: header.completedCount,
    sender_id: header.senderId,
    receiver_id: header.receiverId,
    is_msg_encrypted: false,
    ...(meta === undefined ? {} : { meta }),
  };
}
