import { Problem } from '../../record/problem.js';
import { type AnswerSettings, type Asked, writeCallbackHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import { MAX_ID, MAX_LISTED, MAX_REASON, type UnsubscribeRejectionCode } from '../reason-codes.js';
import { shortId } from '../schemas/fields.js';
import { timestampProblem } from '../timestamp.js';
import { field, listOf, textOf, type WireObject } from '../wire-object.js';
import { readTransactionId } from './transaction-id.js';

/** `UnSubscribeRequest` as read. */
export interface AskedUnsubscription {
  readonly transactionId: string;
  /** Each once, in order; empty where the request is rejected. */
  readonly codes: readonly string[];
  /** What is wrong with the request itself; `null` where nothing is. */
  readonly rejection: { readonly code: UnsubscribeRejectionCode; readonly message: string } | null;
}

/**
 * Reads an `UnSubscribeRequest`, also with one code for the list and under the field's old spellings. Throws a `Problem`
 * (`err.request.bad`) for what breaks a published limit.
 */
export function readUnsubscribeRequest(message: WireObject): AskedUnsubscription {
  const transactionId = readTransactionId(message);
  const written = listOf(field(message, 'subscription_codes', 'sunscription_codes', 'subscription_code'));
  if (written.length > MAX_LISTED) {
    throw new Problem('err.request.bad', `message.subscription_codes has more than ${String(MAX_LISTED)} codes`);
  }
  const codes = written.map((code) => textOf(code));
  const known = [...new Set(codes.filter((code) => code !== null))];
  if (known.some((code) => !shortId.safeParse(code).success)) {
    throw new Problem('err.request.bad', `A subscription code is longer than ${String(MAX_ID)} characters`);
  }
  const wrongTimestamp = timestampProblem(message);
  if (wrongTimestamp !== null) return rejected(transactionId, 'rjct.timestamp.invalid', wrongTimestamp);
  if (known.length === 0 || known.length < new Set(codes).size) {
    return rejected(
      transactionId,
      'rjct.subscription_code.invalid',
      'subscription_codes is missing, empty or holds what is no text',
    );
  }
  return { transactionId, codes: known, rejection: null };
}

function rejected(transactionId: string, code: UnsubscribeRejectionCode, message: string): AskedUnsubscription {
  return { transactionId, codes: [], rejection: { code, message } };
}

/** What became of an `UnSubscribeRequest`. */
export type UnsubscribeOutcome = {
  /** Each code that was named, and whether there is still something to hear under it. */
  readonly statuses: readonly { readonly code: string; readonly active: boolean }[];
} & (
  | {
      readonly ok: true;
      /** What the caller should know; empty mostly. */
      readonly message?: string;
    }
  | { readonly ok: false; readonly code: UnsubscribeRejectionCode; readonly message: string }
);

/** Writes the callback `on-unsubscribe`. */
export function writeUnsubscribeCallback(
  asked: Asked,
  outcome: UnsubscribeOutcome,
  settings: AnswerSettings,
): WireObject {
  const { ok, message } = outcome;
  return {
    header: writeCallbackHeader(
      asked.header,
      {
        action: 'on-unsubscribe',
        status: ok ? 'succ' : 'rjct',
        reason: message === undefined ? undefined : { message },
        totalCount: 1,
        completedCount: 1,
      },
      settings,
    ),
    message: writeUnsubscribeResponse(asked.transactionId, settings.correlationId, outcome, settings.now),
  };
}

/** `UnSubscribeResponse`, which is also what the status of such a transaction tells. */
export function writeUnsubscribeResponse(
  transactionId: string,
  correlationId: string,
  outcome: UnsubscribeOutcome,
  now: Date,
): WireObject {
  return {
    transaction_id: transactionId,
    correlation_id: correlationId,
    timestamp: writeInstant(now),
    status: outcome.ok ? 'succ' : 'rjct',
    ...(outcome.ok ? {} : { status_reason_code: outcome.code }),
    ...(outcome.message === undefined ? {} : { status_reason_message: outcome.message.slice(0, MAX_REASON) }),
    subscription_status: outcome.statuses.map(({ code, active }) => ({
      code,
      status: active ? 'subscribe' : 'unsubscribe',
    })),
  };
}
