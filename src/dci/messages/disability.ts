import type { RecordAnswer } from '../../record/record-answer.js';
import {
  type AnsweredItem,
  type AnswerSettings,
  type Asked,
  type ItemData,
  overall,
  writeAnswerHeader,
  writeItem,
} from '../answer.js';
import type { ReadingContext } from '../reading-context.js';
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
  const data: ItemData = {
    answered: ({ records }) => ({ version: '1.0.0', reg_records: records.map(write) }),
    rejected: { version: '1.0.0', reg_records: [] },
  };
  const { action } = settings.dialect.answer;
  return {
    header: writeAnswerHeader(asked.header, { action, ...overall([outcome]), ...counts }, settings),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: settings.correlationId,
      search_response: [writeItem(outcome, data, settings.now)],
    },
  };
}
