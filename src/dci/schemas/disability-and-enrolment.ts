import { z } from 'zod';
import { messageSchemas } from './registered.js';
import { MAX_ITEMS, SEARCH_REJECTION_CODES } from '../reason-codes.js';
import {
  anyObject,
  answeredPage,
  instant,
  locale,
  reasonMessage,
  referenceId,
  shortId,
  statusWord,
  version,
} from './fields.js';
import { query, queryType } from './search.js';

const criteria = z.looseObject({ query_type: queryType.optional(), query });

/** `GetDisabilitySupportRequest` and `DisabledRequest` */
export const disabilityRequest = z
  .looseObject({ transaction_id: shortId, disabled_criteria: criteria })
  .register(messageSchemas, { id: 'DisabledRequest' });

function disabilityResponse<Item extends z.ZodType>(record: Item) {
  return z.looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    search_response: z.array(
      z.looseObject({
        reference_id: referenceId,
        timestamp: instant,
        status: statusWord,
        status_reason_code: z.enum(SEARCH_REJECTION_CODES).optional(),
        status_reason_message: reasonMessage.optional(),
        data: z.looseObject({ version: version.optional(), reg_records: z.array(record) }),
        pagination: answeredPage.optional(),
        locale: locale.optional(),
      }),
    ),
  });
}

/** `GetDisabilityInfoResponse`: the records. */
export const disabilityDetailsResponse = disabilityResponse(anyObject).register(messageSchemas, {
  id: 'GetDisabilityInfoResponse',
});

/** `GetDisabilitySupportResponse`: of each person the list of what supports them. */
export const disabilitySupportResponse = disabilityResponse(z.array(anyObject)).register(messageSchemas, {
  id: 'GetDisabilitySupportResponse',
});

const yesOrNo = z.enum(['yes', 'no']);
const answered = {
  reference_id: referenceId,
  timestamp: instant,
  status: statusWord,
  status_reason_message: reasonMessage.optional(),
};

/** `DisabledResponse` */
export const disabledResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    disabled_response: z.array(z.looseObject({ ...answered, disabled_status: yesOrNo })),
  })
  .register(messageSchemas, { id: 'DisabledResponse' });

/** `EnrolledRequest` */
export const enrolledRequest = z
  .looseObject({
    transaction_id: shortId,
    enrolled_criteria: criteria.extend({ response_entity: z.string().optional().describe('Group or Member') }),
  })
  .register(messageSchemas, { id: 'EnrolledRequest' });

/** `EnrolledResponse` */
export const enrolledResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    enrolled_response: z.array(z.looseObject({ ...answered, enrolled_status: yesOrNo })),
  })
  .register(messageSchemas, { id: 'EnrolledResponse' });

/** `EnrollmentUpdatesRequest` */
export const enrolmentUpdatesRequest = z
  .looseObject({
    transaction_id: shortId,
    enrolled_updates: z.looseObject({ beneficiaries: z.array(anyObject).min(1).max(MAX_ITEMS) }),
  })
  .register(messageSchemas, { id: 'EnrollmentUpdatesRequest' });

/** `EnrollmentUpdatesResponse`: one item for each beneficiary, in order. */
export const enrolmentUpdatesResponse = z
  .looseObject({
    transaction_id: shortId,
    correlation_id: shortId,
    enrolled_response: z.array(z.looseObject(answered)),
  })
  .register(messageSchemas, { id: 'EnrollmentUpdatesResponse' });
