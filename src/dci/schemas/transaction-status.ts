import { z } from 'zod';
import { messageSchemas } from './registered.js';
import { TXN_ATTRIBUTES, TXN_TYPES } from '../messages/transaction-status.js';
import { MAX_LISTED, SEARCH_REJECTION_CODES } from '../reason-codes.js';
import { anyObject, answeredPage, instant, locale, reasonMessage, referenceId, shortId, statusWord } from './fields.js';
import { subscribeResponse, unsubscribeResponse } from './subscriptions.js';

/** `TxnStatusRequest` */
export const statusRequest = z
  .looseObject({
    transaction_id: shortId,
    txnstatus_request: z.looseObject({
      reference_id: referenceId,
      txn_type: z.enum(TXN_TYPES),
      attribute_type: z.enum(TXN_ATTRIBUTES),
      attribute_value: z
        .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(MAX_LISTED)])
        .describe('One id of at most 99 characters, or the list that attribute_type names'),
      locale: locale.optional(),
    }),
  })
  .register(messageSchemas, { id: 'TxnStatusRequest' });

const searchStatus = z.looseObject({
  transaction_id: shortId,
  correlation_id: shortId,
  search_response: z.array(
    z.looseObject({
      reference_id: z.string(),
      timestamp: instant,
      status: statusWord,
      status_reason_code: z.enum(SEARCH_REJECTION_CODES).optional(),
      status_reason_message: reasonMessage.optional(),
      pagination: answeredPage.optional(),
      locale: locale.optional(),
    }),
  ),
});

const receipt = z.looseObject({
  transaction_id: shortId,
  receipt_information: z.looseObject({ beneficiaries: z.array(anyObject) }),
});

/** `TxnStatusResponse` */
export const statusResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    txnstatus_response: z.looseObject({
      txn_type: z.enum(TXN_TYPES),
      txn_status: z.union([searchStatus, subscribeResponse, unsubscribeResponse, receipt]),
    }),
  })
  .register(messageSchemas, { id: 'TxnStatusResponse' });

/** `TxnStatusResponse` as other registries send it. */
export const receivedStatusResponse = z
  .looseObject({ transaction_id: shortId, txnstatus_response: anyObject.optional() })
  .register(messageSchemas, { id: 'ReceivedTxnStatusResponse' });
