import type { RecordAnswer } from '../../record/record-answer.js';
import { type AnsweredItem, type AnswerSettings, type Asked, LOCALE, overall, writeAnswerHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import type { ReadingContext } from '../reading-context.js';
import { MAX_REASON } from '../reason-codes.js';
import { writeRecord } from '../records/write-record.js';
import type { RejectedItem } from '../search-message.js';
import { field, listOf, wireObject, type WireObject } from '../wire-object.js';
import { type AskedOnce, readSingleQuery } from './single-query.js';

/**
 * Reads a `GetDisabilitySupportRequest` or `DisabledRequest`: one question for people with a disability. Throws a
 * `Problem` (`err.request.bad`) for what is wrong with the whole.
 */
export function readDisabilityRequest(
  message: WireObject,
  context: ReadingContext & { readonly referenceId: string },
): AskedOnce {
  return readSingleQuery(message, ['disabled_criteria', 'disability_criteria', 'search_criteria'], 'dr', context);
}

/** Writes the answer of `get-disability-details`: the records. */
export function writeDisabilityDetails(
  asked: Asked,
  outcome: AnsweredItem | RejectedItem,
  settings: AnswerSettings,
): WireObject {
  return writeDisabilityAnswer(asked, outcome, settings, (record) => writeRecord(record, settings.dialect, 'dr'));
}

/** Writes the answer of `get-disability-support`: of each person the list of what supports them. */
export function writeDisabilitySupport(
  asked: Asked,
  outcome: AnsweredItem | RejectedItem,
  settings: AnswerSettings,
): WireObject {
  return writeDisabilityAnswer(asked, outcome, settings, (record) =>
    listOf(field(writeRecord(record, settings.dialect, 'dr'), 'disability_support')).filter(
      (support) => wireObject(support) !== null,
    ),
  );
}

function writeDisabilityAnswer(
  asked: Asked,
  outcome: AnsweredItem | RejectedItem,
  settings: AnswerSettings,
  write: (record: RecordAnswer) => unknown,
): WireObject {
  const counts = { totalCount: 1, completedCount: 1 };
  const { action } = settings.dialect.answer;
  return {
    header: writeAnswerHeader(asked.header, { action, ...overall([outcome]), ...counts }, settings),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: settings.correlationId,
      search_response: [writeOutcome(outcome, settings.now, write)],
    },
  };
}

function writeOutcome(
  outcome: AnsweredItem | RejectedItem,
  now: Date,
  write: (record: RecordAnswer) => unknown,
): WireObject {
  if (!outcome.ok) {
    return {
      reference_id: outcome.referenceId,
      timestamp: writeInstant(now),
      status: 'rjct',
      status_reason_code: outcome.code,
      status_reason_message: outcome.message.slice(0, MAX_REASON),
      data: { version: '1.0.0', reg_records: [] },
      locale: LOCALE,
    };
  }
  const { question, records, total, page } = outcome;
  const note = question.warnings.join('. ').slice(0, MAX_REASON);
  return {
    reference_id: question.referenceId,
    timestamp: writeInstant(now),
    status: 'succ',
    ...(note === '' ? {} : { status_reason_message: note }),
    data: { version: '1.0.0', reg_records: records.map(write) },
    pagination: { page_size: page.size, page_number: page.number, total_count: total },
    locale: LOCALE,
  };
}
