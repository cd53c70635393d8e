import { z } from 'zod';
import { INSTANT_FORM, readInstant } from '../instant.js';
import { MAX_HEADER_TEXT, MAX_ID, MAX_REASON, STATUS_WORDS } from '../reason-codes.js';

/** An ISO 8601 date-time with its zone. */
export const instant = z
  .string()
  .refine((text) => readInstant(text) !== null, `is not ${INSTANT_FORM}`)
  .meta({ format: 'date-time', examples: ['2024-05-01T08:00:00Z'] });

/** `transaction_id`, `correlation_id` and the code of a subscription. */
export const shortId = z.string().min(1).max(MAX_ID);

/** A text of a header. */
export const headerText = z.string().min(1).max(MAX_HEADER_TEXT);

/** `reference_id`: unique among the requests of a message. */
export const referenceId = z.string().min(1);

/** `locale`: a language of ISO 639-3. */
export const locale = z
  .string()
  .regex(/^[a-z]{3}$/u)
  .meta({ examples: ['eng'] });

/** `status_reason_message` and the message of an error. */
export const reasonMessage = z.string().max(MAX_REASON);

export const statusWord = z.enum(STATUS_WORDS);

/** A page number or the size of a page. */
export const pageNumber = z.int().min(1);

/** Any object; nothing is said of its keys. */
export const anyObject = z.looseObject({});

/** `version` of a part of a message. */
export const version = z.string().meta({ default: '1.0.0' });

/** The page of an answer. */
export const answeredPage = z.looseObject({
  page_size: pageNumber,
  page_number: pageNumber,
  total_count: z.int().min(0),
});
