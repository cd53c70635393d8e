import { z } from 'zod';
import { messageSchemas } from './registered.js';
import { ERROR_CODES, HEADER_REJECTION_CODES } from '../reason-codes.js';
import { anyObject, headerText, instant, reasonMessage, shortId, statusWord, version } from './fields.js';

/** The header of a request (`MsgHeader_V1.0.0`). */
export const requestHeader = z
  .looseObject({
    version: version.optional(),
    message_id: headerText.describe('Unique between sender and receiver; its scope ends with the acknowledgement'),
    message_ts: instant,
    action: headerText,
    sender_id: headerText,
    sender_uri: headerText.optional().describe('Where the callbacks of an asynchronous request go'),
    receiver_id: headerText.optional(),
    total_count: z.int().min(0).optional().describe('Number of requests in the message'),
    is_msg_encrypted: z.boolean().optional(),
    meta: anyObject.optional(),
  })
  .register(messageSchemas, { id: 'RequestHeader' });

/** The header of an answer, a callback or a notification (`MsgCallbackHeader_V1.0.0`). */
export const callbackHeader = z
  .looseObject({
    version: version.optional(),
    message_id: headerText,
    message_ts: instant,
    action: headerText,
    status: statusWord.optional(),
    status_reason_code: z.enum(HEADER_REJECTION_CODES).optional(),
    status_reason_message: reasonMessage.optional(),
    total_count: z.int().min(0).optional(),
    completed_count: z.int().min(0).optional(),
    sender_id: headerText.optional(),
    receiver_id: headerText.optional(),
    is_msg_encrypted: z.boolean().optional(),
    meta: anyObject.optional(),
  })
  .register(messageSchemas, { id: 'CallbackHeader' });

/** The header that we write: with all fields of either, so that it fits both. */
export const writtenHeader = z
  .looseObject({
    version: z.literal('1.0.0'),
    message_id: headerText,
    message_ts: instant,
    action: headerText,
    status: statusWord,
    status_reason_code: z.enum(HEADER_REJECTION_CODES).optional(),
    status_reason_message: reasonMessage.optional(),
    total_count: z.int().min(0),
    completed_count: z.int().min(0),
    sender_id: headerText,
    receiver_id: headerText,
    is_msg_encrypted: z.literal(false),
    meta: anyObject.optional(),
  })
  .register(messageSchemas, { id: 'AnswerHeader' });

const signature = z
  .string()
  .optional()
  .describe('Left out, empty, "unsigned" or "unsigned-stub": the message is not signed');

/** A request as it is posted: `header`, `message` and perhaps a signature. */
export function requestEnvelope<Message extends z.ZodType>(action: string, message: Message) {
  return z.looseObject({ signature, header: requestHeader.and(withAction(action)), message });
}

/** A callback as other registries post it to us; some rejections are a header alone. */
export function callbackEnvelope<Message extends z.ZodType>(action: string, message: Message) {
  return z.looseObject({ signature, header: callbackHeader.and(withAction(action)), message: message.optional() });
}

/** What we answer or post ourselves; the rejection of a whole message may be a header alone. */
export function writtenEnvelope<Message extends z.ZodType>(action: string, message: Message) {
  return z.looseObject({ header: writtenHeader.and(withAction(action)), message: message.optional() });
}

function withAction(action: string) {
  return z.looseObject({ action: z.literal(action) });
}

const wireError = z
  .looseObject({ code: z.enum(ERROR_CODES), message: reasonMessage })
  .register(messageSchemas, { id: 'Error' });

/** An acknowledgement. */
export const ack = z
  .looseObject({
    message: z.looseObject({
      ack_status: z.enum(['ACK', 'NACK', 'ERR']),
      timestamp: instant,
      correlation_id: shortId.describe('The callbacks to this request carry the same'),
      error: wireError.optional(),
    }),
  })
  .register(messageSchemas, { id: 'Acknowledgement' });

/** The body of an answer with an HTTP status from 400 on: the three shapes that the standard describes, in one. */
export const errorBody = z
  .looseObject({
    errors: z.array(wireError).min(1),
    error: wireError,
    message: z.looseObject({
      ack_status: z.literal('ERR'),
      timestamp: instant,
      correlation_id: shortId,
      error: wireError,
    }),
  })
  .register(messageSchemas, { id: 'ErrorAnswer' });
