import type { z } from 'zod';
import { REGISTRY_KINDS, type RegistryKind } from '../../record/registry-kind.js';
import {
  disabilityDetailsResponse,
  disabilityRequest,
  disabilitySupportResponse,
  disabledResponse,
  enrolledRequest,
  enrolledResponse,
  enrolmentUpdatesRequest,
  enrolmentUpdatesResponse,
} from './disability-and-enrolment.js';
import { callbackEnvelope, requestEnvelope, writtenEnvelope } from './envelope.js';
import { messageSchemas } from './registered.js';
import { receivedSearchResponse, searchRequest, searchResponse } from './search.js';
import {
  notifyEventRequests,
  receivedNotifyEventRequest,
  subscribeRequest,
  subscribeResponse,
  unsubscribeRequest,
  unsubscribeResponse,
} from './subscriptions.js';
import { receivedStatusResponse, statusRequest, statusResponse } from './transaction-status.js';
import { anyObject } from './fields.js';

/** What goes to and fro at one endpoint of the standard. */
export interface Exchange {
  /** A sentence. */
  readonly summary: string;
  /** The envelope that is posted. */
  readonly request: z.ZodType;
  /** The envelope that is answered; absent where that is an acknowledgement. */
  readonly answer?: z.ZodType;
  /** What is posted to `sender_uri` afterwards. */
  readonly callback?: { readonly name: string; readonly envelope: z.ZodType };
}

function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  messageSchemas.add(schema, { id });
  return schema;
}

const search = named('SearchMessage', requestEnvelope('search', searchRequest));
const onSearch = named('OnSearchMessage', writtenEnvelope('on-search', searchResponse));
const status = named('TxnStatusMessage', requestEnvelope('txn-status', statusRequest));
const onStatus = named('TxnOnStatusMessage', writtenEnvelope('txn-on-status', statusResponse));
const disabilityQuestion = named('DisabilityMessage', requestEnvelope('search', disabilityRequest));

/** By path after `/registry`, as the standard spells it. */
export const EXCHANGES: ReadonlyMap<string, Exchange> = new Map<string, Exchange>([
  ['/sync/search', { summary: 'Search, and be answered at once', request: search, answer: onSearch }],
  [
    '/search',
    {
      summary: 'Search, and be answered by callbacks, one for each page',
      request: search,
      callback: { name: 'on-search', envelope: onSearch },
    },
  ],
  [
    '/subscribe',
    {
      summary: 'Ask to be told when records are registered or change',
      request: named('SubscribeMessage', requestEnvelope('subscribe', subscribeRequest)),
      callback: {
        name: 'on-subscribe',
        envelope: named('OnSubscribeMessage', writtenEnvelope('on-subscribe', subscribeResponse)),
      },
    },
  ],
  [
    '/unsubscribe',
    {
      summary: 'End subscriptions',
      request: named('UnSubscribeMessage', requestEnvelope('unsubscribe', unsubscribeRequest)),
      callback: {
        name: 'on-unsubscribe',
        envelope: named('OnUnSubscribeMessage', writtenEnvelope('on-unsubscribe', unsubscribeResponse)),
      },
    },
  ],
  [
    '/txn/status',
    {
      summary: 'Ask what became of an asynchronous request, and be answered by a callback',
      request: status,
      callback: { name: 'txn-on-status', envelope: onStatus },
    },
  ],
  [
    '/sync/txn/status',
    {
      summary: 'Ask what became of an asynchronous request, and be answered at once',
      request: status,
      answer: onStatus,
    },
  ],
  [
    '/on-search',
    {
      summary: 'Receives what another registry answers to a search of ours',
      request: named('ReceivedOnSearchMessage', callbackEnvelope('on-search', receivedSearchResponse)),
    },
  ],
  [
    '/on-subscribe',
    {
      summary: 'Receives what another registry answers to our wish to subscribe',
      request: named('ReceivedOnSubscribeMessage', callbackEnvelope('on-subscribe', anyObject)),
    },
  ],
  [
    '/on-unsubscribe',
    {
      summary: 'Receives what another registry answers to our wish to unsubscribe',
      request: named('ReceivedOnUnSubscribeMessage', callbackEnvelope('on-unsubscribe', anyObject)),
    },
  ],
  [
    '/notify',
    {
      summary: 'Receives what another registry tells of its records',
      request: named('ReceivedNotifyMessage', callbackEnvelope('notify', receivedNotifyEventRequest)),
    },
  ],
  [
    '/txn/on-status',
    {
      summary: 'Receives what another registry says of a request of ours',
      request: named('ReceivedTxnOnStatusMessage', callbackEnvelope('txn-on-status', receivedStatusResponse)),
    },
  ],
  [
    '/sync/get-disability-details',
    {
      summary: 'Ask for the records of people with a disability',
      request: disabilityQuestion,
      answer: named('DisabilityDetailsMessage', writtenEnvelope('on-search', disabilityDetailsResponse)),
    },
  ],
  [
    '/sync/get-disability-support',
    {
      summary: 'Ask what supports people with a disability',
      request: disabilityQuestion,
      answer: named('DisabilitySupportMessage', writtenEnvelope('on-search', disabilitySupportResponse)),
    },
  ],
  [
    '/sync/disabled',
    {
      summary: 'Ask whether somebody has a disability',
      request: disabilityQuestion,
      answer: named('DisabledMessage', writtenEnvelope('on-search', disabledResponse)),
    },
  ],
  [
    '/sync/enrolled',
    {
      summary: 'Ask whether somebody is enrolled in a programme',
      request: named('EnrolledQuestionMessage', requestEnvelope('search', enrolledRequest)),
      answer: named('EnrolledMessage', writtenEnvelope('on-search', enrolledResponse)),
    },
  ],
  [
    '/sync/enrollment/updates',
    {
      summary: 'Tell of enrolments',
      request: named('EnrollmentUpdatesMessage', requestEnvelope('notify', enrolmentUpdatesRequest)),
      answer: named('EnrollmentUpdatesAnswerMessage', writtenEnvelope('notify', enrolmentUpdatesResponse)),
    },
  ],
]);

/** What subscribers of each registry are posted. */
export const NOTIFICATIONS: ReadonlyMap<RegistryKind, z.ZodType> = new Map(
  REGISTRY_KINDS.map((registry) => [
    registry,
    named(`NotifyMessage_${registry}`, writtenEnvelope('notify', notifyEventRequests[registry])),
  ]),
);
