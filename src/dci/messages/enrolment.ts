import { Problem } from '../../record/problem.js';
import { type AnswerSettings, type Asked, overall, writeAnswerHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import type { ReadingContext } from '../reading-context.js';
import { MAX_REASON } from '../reason-codes.js';
import { field, listOf, wireObject, type WireObject } from '../wire-object.js';
import { type AskedOnce, readSingleQuery } from './single-query.js';
import { readTransactionId } from './transaction-id.js';

/** Reads an `EnrolledRequest`. Throws a `Problem` (`err.request.bad`) for what is wrong with the whole. */
export function readEnrolledRequest(
  message: WireObject,
  context: ReadingContext & { readonly referenceId: string },
): AskedOnce {
  return readSingleQuery(message, ['enrolled_criteria', 'enrolment_criteria', 'enrollment_criteria'], 'ibr', context);
}

/** `EnrollmentUpdatesRequest` as read. */
export interface AskedEnrolmentUpdates {
  readonly transactionId: string;
  /** As they came, in order. */
  readonly beneficiaries: readonly unknown[];
}

/** Reads an `EnrollmentUpdatesRequest`. Throws a `Problem` (`err.request.bad`) where it tells of nobody. */
export function readEnrolmentUpdates(message: WireObject): AskedEnrolmentUpdates {
  const transactionId = readTransactionId(message);
  const updates = wireObject(
    field(message, 'enrolled_updates', 'enrollment_updates', 'enrolment_updates', 'enrollement_updates'),
  );
  if (updates === null) throw new Problem('err.request.bad', 'message.enrolled_updates is missing or not an object');
  const beneficiaries = listOf(field(updates, 'beneficiaries', 'beneficiary'));
  if (beneficiaries.length === 0) {
    throw new Problem('err.request.bad', 'message.enrolled_updates.beneficiaries is missing or empty');
  }
  return { transactionId, beneficiaries };
}

/** What became of one beneficiary. */
export type EnrolmentUpdateOutcome =
  | { readonly ok: true; readonly referenceId: string }
  | { readonly ok: false; readonly referenceId: string; readonly message: string };

/** Writes the answer of `enrollment/updates`: one item for each beneficiary, in order. */
export function writeEnrolmentUpdatesAnswer(
  asked: Asked,
  outcomes: readonly EnrolmentUpdateOutcome[],
  settings: AnswerSettings,
): WireObject {
  const said = {
    action: 'notify',
    ...overall(outcomes),
    totalCount: outcomes.length,
    completedCount: outcomes.length,
  };
  return {
    header: writeAnswerHeader(asked.header, said, settings),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: settings.correlationId,
      enrolled_response: outcomes.map((outcome) => ({
        reference_id: outcome.referenceId,
        timestamp: writeInstant(settings.now),
        status: outcome.ok ? 'succ' : 'rjct',
        ...(outcome.ok ? {} : { status_reason_message: outcome.message.slice(0, MAX_REASON) }),
      })),
    },
  };
}
