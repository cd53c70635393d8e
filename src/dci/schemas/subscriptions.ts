import { z } from 'zod';
import { messageSchemas } from './registered.js';
import type { RegistryKind } from '../../record/registry-kind.js';
import { MAX_ITEMS, MAX_LISTED, SUBSCRIBE_REJECTION_CODES, UNSUBSCRIBE_REJECTION_CODES } from '../reason-codes.js';
import { publishedEventTypes } from '../registry-words.js';
import { anyObject, instant, locale, reasonMessage, referenceId, shortId, statusWord, version } from './fields.js';
import { query, queryType } from './search.js';

const frequency = z
  .looseObject({
    start_time: instant.optional(),
    end_time: instant.optional(),
    frequency: z
      .string()
      .optional()
      .meta({ examples: ['0 6 * * *', '0 0 0 5,15 * ? *'] })
      .describe('A cron expression of five, six or seven fields, in UTC, at most once a minute'),
  })
  .describe('When to tell: at once where it is absent');

/** `SubscribeRequest` */
export const subscribeRequest = z
  .looseObject({
    transaction_id: shortId,
    subscribe_request: z
      .array(
        z.looseObject({
          reference_id: referenceId,
          timestamp: instant,
          subscribe_criteria: z.looseObject({
            version: version.optional(),
            reg_type: z.string().optional(),
            reg_event_type: z
              .string()
              .optional()
              .describe(
                'REGISTER, NewHouseHoldMember, LiveBirth, Death, Marriage, Update, enrollement ...; "*" is all',
              ),
            frequency: z.union([frequency, z.string()]).optional(),
            filter_type: queryType.optional(),
            filter: query.optional().describe('As the query of a search; {"type": "*", "value": "*"} is everybody'),
            notify_record_type: z.string().optional(),
            authorize: anyObject.optional(),
          }),
          locale: locale.optional(),
        }),
      )
      .min(1)
      .max(MAX_ITEMS),
  })
  .register(messageSchemas, { id: 'SubscribeRequest' });

const subscriptionStatus = z.enum(['subscribe', 'unsubscribe']);

const subscriptionInfo = z
  .looseObject({
    version: version.optional(),
    code: shortId,
    status: subscriptionStatus,
    timestamp: instant,
    reg_type: z.string().optional(),
    reg_event_type: z.string().optional(),
    frequency: z.looseObject({ start_time: instant, end_time: instant, frequency: z.string() }).optional(),
    filter_type: z.enum(['idtype-value', 'expression', 'predicate', 'graphql']).optional(),
    filter: z.union([anyObject, z.array(z.unknown())]).optional(),
    notify_record_type: z.string().optional(),
    locale: locale.optional(),
  })
  .register(messageSchemas, { id: 'SubscriptionInfo' });

/** `SubscribeResponse` */
export const subscribeResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    subscribe_response: z.array(
      z.looseObject({
        reference_id: z.string(),
        timestamp: instant,
        status: statusWord,
        status_reason_code: z.enum(SUBSCRIBE_REJECTION_CODES).optional(),
        status_reason_message: reasonMessage.optional(),
        subscriptions: z.array(subscriptionInfo).optional(),
        locale: locale.optional(),
      }),
    ),
  })
  .register(messageSchemas, { id: 'SubscribeResponse' });

/** `UnSubscribeRequest` */
export const unsubscribeRequest = z
  .looseObject({
    transaction_id: shortId,
    timestamp: instant,
    subscription_codes: z.array(shortId).min(1).max(MAX_LISTED),
  })
  .register(messageSchemas, { id: 'UnSubscribeRequest' });

/** `UnSubscribeResponse` */
export const unsubscribeResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    timestamp: instant,
    status: statusWord,
    status_reason_code: z.enum(UNSUBSCRIBE_REJECTION_CODES).optional(),
    status_reason_message: reasonMessage.optional(),
    subscription_status: z.array(z.looseObject({ code: shortId, status: subscriptionStatus })).optional(),
  })
  .register(messageSchemas, { id: 'UnSubscribeResponse' });

/** `NotifyEventRequest` as we write it for each registry, whose published list of event types may be closed. */
export const notifyEventRequests = {
  social: notifyEventRequest('social'),
  crvs: notifyEventRequest('crvs'),
  fr: notifyEventRequest('fr'),
  dr: notifyEventRequest('dr'),
  ibr: notifyEventRequest('ibr'),
} as const satisfies Readonly<Record<RegistryKind, z.ZodType>>;

function notifyEventRequest(registry: RegistryKind) {
  const eventTypes = publishedEventTypes(registry);
  return z
    .looseObject({
      transaction_id: shortId,
      notify_event: z.array(
        z.looseObject({
          reference_id: referenceId.describe('The same however often the event is told'),
          timestamp: instant,
          data: z.looseObject({
            version: version.optional(),
            reg_type: z.string().optional(),
            reg_event_type: z.enum(eventTypes).optional(),
            event: z.string().optional().describe('What happened, where the standard has no word for it'),
            reg_record_type: z.string(),
            reg_records: anyObject,
          }),
          locale: locale.optional(),
        }),
      ),
    })
    .register(messageSchemas, { id: `NotifyEventRequest_${registry}` });
}

/** `NotifyEventRequest` as other registries send it. */
export const receivedNotifyEventRequest = z
  .looseObject({
    transaction_id: shortId,
    notify_event: z.union([
      z.array(
        z.looseObject({
          reference_id: referenceId,
          timestamp: instant.optional(),
          data: z.looseObject({ reg_records: z.union([anyObject, z.array(z.unknown())]).optional() }).optional(),
        }),
      ),
      anyObject,
    ]),
  })
  .register(messageSchemas, { id: 'ReceivedNotifyEventRequest' });
