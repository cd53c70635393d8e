import { Problem } from '../../record/problem.js';
import { MAX_ID } from '../reason-codes.js';
import { codeOf, field, lastSegment, listOf, textOf, wireObject, type WireObject } from '../wire-object.js';

/** What other registries send us of themselves; the `action` of their message. */
const CALLBACK_ACTIONS = ['on-search', 'on-subscribe', 'on-unsubscribe', 'notify', 'txn-on-status'] as const;
export type CallbackAction = (typeof CALLBACK_ACTIONS)[number];

/** As much of a callback as tells what it belongs to and what became of the request. */
export interface Callback {
  readonly action: CallbackAction;
  readonly transactionId: string | null;
  readonly correlationId: string | null;
  /** `meta.subscription_code` of a notification: the standard has no place for it of its own. */
  readonly subscriptionCode: string | null;
  /** `pending`: an interim word, the answer is yet to come. */
  readonly outcome: 'answered' | 'refused' | 'pending';
  /** Why it was refused, in the sender's words, which may be none; `null` where it was not. */
  readonly refusal: Refusal | null;
  /** Subscriptions that the sender says exist now. */
  readonly started: readonly StartedSubscription[];
  /** Codes of subscriptions that the sender says have ended. */
  readonly ended: readonly string[];
}

/** `status_reason_code`, of the standard or not, and `status_reason_message`. */
export interface Refusal {
  readonly code: string | null;
  readonly message: string | null;
}

/** A subscription of ours at another registry. */
export interface StartedSubscription {
  readonly code: string;
  readonly regEventType: string | null;
}

/**
 * Reads a callback, however little of the standard it keeps to: what cannot be found is `null` or empty. Only ids that
 * are longer than the standard's are refused (`Problem`, `err.request.bad`): no request of ours has one. The message
 * says itself what it is, because registries send everything about a request to the one address that came with it;
 * `pathAction` is that of the address.
 */
export function readCallback(envelope: WireObject, pathAction: CallbackAction): Callback {
  const header = wireObject(field(envelope, 'header')) ?? {};
  const message = wireObject(field(envelope, 'message')) ?? {};
  const written = lastSegment(textOf(field(header, 'action')) ?? '').toLowerCase();
  const action = CALLBACK_ACTIONS.find((known) => known === written.replaceAll('_', '-')) ?? pathAction;
  const answers = answersIn(action, message);
  const started = action === 'on-subscribe' ? answers.flatMap(readStarted) : [];
  const outcome = judge([header, ...answers], answers, started.length > 0);
  return {
    action,
    transactionId: readId(message, 'transaction_id'),
    correlationId: readId(message, 'correlation_id'),
    subscriptionCode: readCode(field(wireObject(field(header, 'meta')) ?? {}, 'subscription_code')),
    outcome,
    refusal: outcome === 'refused' ? readRefusal([...answers, header]) : null,
    started,
    ended: action === 'on-unsubscribe' ? readEnded(message) : [],
  };
}

/** The parts of a message that have a status each. */
function answersIn(action: CallbackAction, message: WireObject): readonly WireObject[] {
  const objects = (written: unknown): WireObject[] =>
    listOf(written)
      .map(wireObject)
      .filter((item) => item !== null);
  switch (action) {
    case 'on-search':
      return objects(field(message, 'search_response'));
    case 'on-subscribe':
      return objects(field(message, 'subscribe_response'));
    case 'on-unsubscribe':
      return [message];
    case 'notify':
    case 'txn-on-status':
      return [];
  }
}

function judge(
  all: readonly WireObject[],
  answers: readonly WireObject[],
  hasSubscriptions: boolean,
): Callback['outcome'] {
  // A subscription that there was before is refused with its code: it is there all the same.
  if (hasSubscriptions) return 'answered';
  const said = answers.length === 0 ? all : answers;
  const statuses = said.map((part) => textOf(field(part, 'status'))?.toLowerCase());
  if (statuses.some((status) => status !== 'rjct' && status !== 'pdng' && status !== 'rcvd')) return 'answered';
  return statuses.every((status) => status === 'rjct') ? 'refused' : 'pending';
}

/** Of the first part that gives a reason. */
function readRefusal(parts: readonly WireObject[]): Refusal {
  for (const part of parts) {
    const code = codeOf(field(part, 'status_reason_code'));
    const message = textOf(field(part, 'status_reason_message'));
    if (code !== null || message !== null) return { code, message };
  }
  return { code: null, message: null };
}

function readStarted(answer: WireObject): StartedSubscription[] {
  return listOf(field(answer, 'subscriptions')).flatMap((written) => {
    const subscription = wireObject(written);
    const code = subscription === null ? null : readCode(field(subscription, 'code'));
    if (subscription === null || code === null) return [];
    if (textOf(field(subscription, 'status'))?.toLowerCase() === 'unsubscribe') return [];
    return [{ code, regEventType: codeOf(field(subscription, 'reg_event_type')) }];
  });
}

function readEnded(message: WireObject): string[] {
  return listOf(field(message, 'subscription_status')).flatMap((written) => {
    const subscription = wireObject(written);
    const code = subscription === null ? null : readCode(field(subscription, 'code'));
    if (subscription === null || code === null) return [];
    return textOf(field(subscription, 'status'))?.toLowerCase() === 'subscribe' ? [] : [code];
  });
}

function readCode(written: unknown): string | null {
  const code = textOf(written);
  return code === null || code.length > MAX_ID ? null : code;
}

function readId(message: WireObject, name: string): string | null {
  const id = textOf(field(message, name));
  if (id === null || id.length <= MAX_ID) return id;
  throw new Problem('err.request.bad', `message.${name} is longer than ${MAX_ID} characters`);
}
