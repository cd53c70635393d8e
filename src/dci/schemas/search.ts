import { z } from 'zod';
import { messageSchemas } from './registered.js';
import { MAX_ITEMS, SEARCH_REJECTION_CODES } from '../reason-codes.js';
import {
  anyObject,
  answeredPage,
  instant,
  locale,
  pageNumber,
  reasonMessage,
  referenceId,
  shortId,
  statusWord,
  version,
} from './fields.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const comparison = z.looseObject({
  attribute_name: z.string(),
  operator: z.string().describe('gt, lt, eq, ge, le, in or ne, also gte, lte, neq, =, >, >=, <, <= and with $'),
  attribute_value: z.union([scalar, z.array(scalar), anyObject]),
});

/** Forms in which a query can be asked; the shape tells which one it is. */
export const query = z
  .union([
    z
      .looseObject({ type: z.string(), value: z.union([scalar, anyObject]) })
      .describe('idtype-value: an identifier; expression: {type, value: {expression: {collection, query}}}'),
    z
      .array(
        z.looseObject({
          seq_num: z.union([z.number(), z.string()]).optional(),
          expression1: comparison,
          condition: z.string().optional().describe('and, or, not'),
          expression2: z.union([comparison, z.literal('')]).optional(),
        }),
      )
      .describe('predicate: items in the order of seq_num, all of which must hold'),
    anyObject.describe('an expression by itself: attributes with {"$eq": ...}, {"eq": ...} or a range'),
  ])
  .register(messageSchemas, { id: 'Query' });

/** The language of a query. */
export const queryType = z
  .string()
  .meta({ examples: ['idtype-value', 'expression', 'predicate'] })
  .describe('idtype-value, expression or predicate');

const askedPage = z.looseObject({ page_size: pageNumber.optional(), page_number: pageNumber.optional() });

const sort = z.array(z.looseObject({ attribute_name: z.string(), sort_order: z.enum(['asc', 'desc']).optional() }));

/** `SearchRequest` */
export const searchRequest = z
  .looseObject({
    transaction_id: shortId,
    search_request: z
      .array(
        z.looseObject({
          reference_id: referenceId,
          timestamp: instant,
          search_criteria: z.looseObject({
            version: version.optional(),
            reg_type: z.string().optional(),
            reg_event_type: z.string().optional(),
            reg_record_type: z.string().optional(),
            query_type: queryType.optional(),
            query,
            response_entity: z.string().optional(),
            sort: sort.optional(),
            pagination: askedPage.optional(),
            consent: anyObject.optional(),
            authorize: anyObject.optional(),
          }),
          pagination: askedPage.optional(),
          locale: locale.optional(),
        }),
      )
      .min(1)
      .max(MAX_ITEMS),
  })
  .register(messageSchemas, { id: 'SearchRequest' });

/** `SearchResponse` as we write it. */
export const searchResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    search_response: z.array(
      z.looseObject({
        reference_id: z.string(),
        timestamp: instant,
        status: statusWord,
        status_reason_code: z.enum(SEARCH_REJECTION_CODES).optional(),
        status_reason_message: reasonMessage.optional(),
        data: z.looseObject({
          version: version.optional(),
          reg_type: z.string().optional(),
          reg_record_type: z.string().optional(),
          reg_records: z.array(anyObject),
        }),
        pagination: answeredPage.optional(),
        locale: locale.optional(),
      }),
    ),
  })
  .register(messageSchemas, { id: 'SearchResponse' });

/** What other registries send: records as a list or one object, and not always. */
export const receivedSearchResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId.optional(),
    search_response: z
      .union([
        z.array(
          z.looseObject({
            reference_id: z.string(),
            status: statusWord.optional(),
            data: z.looseObject({ reg_records: z.union([z.array(z.unknown()), anyObject]).optional() }).optional(),
          }),
        ),
        anyObject,
      ])
      .optional(),
  })
  .register(messageSchemas, { id: 'ReceivedSearchResponse' });
