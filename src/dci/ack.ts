import { writeInstant } from './instant.js';
import { MAX_REASON, type ErrorCode } from './reason-codes.js';
import { codeOf, field, textOf, wireObject, type WireObject } from './wire-object.js';

/** `ACK`: an answer follows. `NACK`: in order, but none follows. `ERR`: cannot be dealt with. */
export type AckStatus = 'ACK' | 'NACK' | 'ERR';

/** What an acknowledgement says. */
export interface WrittenAck {
  readonly status: AckStatus;
  readonly now: Date;
  /** Minted here; the callbacks carry the same. */
  readonly correlationId: string;
  /** Of `ERR`. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** Writes the body that acknowledges an asynchronous request or a callback. */
export function writeAck({ status, now, correlationId, error }: WrittenAck): WireObject {
  return {
    message: {
      ack_status: status,
      timestamp: writeInstant(now),
      correlation_id: correlationId,
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message.slice(0, MAX_REASON) } }),
    },
  };
}

/** What another registry acknowledged. */
export interface ReadAck {
  readonly status: AckStatus;
  readonly correlationId: string | null;
  readonly error: { readonly code: string; readonly message: string | null } | null;
}

/**
 * Reads an acknowledgement, also one without `message` around it or with the error beside it or in `errors[]`. `null`
 * for a body that acknowledges nothing. Codes outside the standard are kept as they are.
 */
export function readAck(body: unknown): ReadAck | null {
  const envelope = wireObject(body);
  if (envelope === null) return null;
  const message = wireObject(field(envelope, 'message')) ?? envelope;
  const word = textOf(field(message, 'ack_status'))?.toUpperCase();
  const status = word === 'ACK' || word === 'NACK' || word === 'ERR' ? word : null;
  const error = readError(message) ?? readError(envelope);
  if (status === null && error === null) return null;
  return {
    status: status ?? 'ERR',
    correlationId: textOf(field(message, 'correlation_id')),
    error,
  };
}

function readError(holder: WireObject): ReadAck['error'] {
  const list = field(holder, 'errors');
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  const error = wireObject(field(holder, 'error')) ?? wireObject(first);
  if (error === null) return null;
  const message = textOf(field(error, 'message'));
  return { code: codeOf(field(error, 'code')) ?? 'unknown', message };
}
