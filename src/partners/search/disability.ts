import {
  readDisabilityRequest,
  writeDisabilityDetails,
  writeDisabilitySupport,
} from '../../dci/messages/disability.js';
import { writeDisabledAnswer } from '../../dci/messages/yes-or-no.js';
import { fieldKey } from '../../record/fields.js';
import type { RecordAnswer } from '../../record/record-answer.js';
import { shownBy, shownFact, tellingOf } from '../disclosures/shown-people.js';
import type { AnswerContext } from './answer-context.js';
import type { Handler } from '../reception/endpoint.js';
import { answerOnce, RECORDS_FOR_YES, writeRefusedQuestion } from './single-question.js';

/** `sync/get-disability-details`: the disabilities of the people asked for. */
export function disabilityDetails(context: AnswerContext): Handler {
  return answerOnce(context, {
    read: readDisabilityRequest,
    write: ({ received, asked, outcome, settings }) =>
      writeDisabilityDetails({ header: received.header, ...asked }, outcome, settings),
    shows: ({ records }) => shownBy(records, tellingOf('dr')),
  });
}

/** `sync/get-disability-support`: what supports the people asked for. */
export function disabilitySupport(context: AnswerContext): Handler {
  return answerOnce(context, {
    read: readDisabilityRequest,
    write: ({ received, asked, outcome, settings }) =>
      writeDisabilitySupport({ header: received.header, ...asked }, outcome, settings),
    shows: ({ records }) => shownFact(records, 'disability', 'disability.disability_support'),
  });
}

/** `sync/disabled`: whether somebody asked for has a disability that is recognised. */
export function disabled(context: AnswerContext): Handler {
  return answerOnce(
    context,
    {
      read: readDisabilityRequest,
      write: (question) => {
        const { received, asked, outcome, settings } = question;
        if (!outcome.ok) return writeRefusedQuestion(question, outcome);
        const { referenceId, warnings } = outcome.question;
        const { yes, note } = isRecognised(outcome.records);
        const notes = [...warnings, ...(note === null ? [] : [note])];
        const answer = { referenceId, yes, note: notes.length === 0 ? null : notes.join('. ') };
        return writeDisabledAnswer({ header: received.header, ...asked }, answer, settings);
      },
      shows: ({ records }) => shownFact(records, 'disability', fieldKey(STATUS)),
      needs: STATUS,
    },
    RECORDS_FOR_YES,
  );
}

const STATUS = { of: 'disability', name: 'disability_status', sensitivity: 'sensitive' } as const;

/** Of the standard's list: `0` approved, `1` pending, `2` expired. */
const NOT_RECOGNISED: ReadonlyMap<string, string> = new Map([
  ['1', 'The disability is not approved yet'],
  ['2', 'The approval of the disability has expired'],
]);

function isRecognised(records: readonly RecordAnswer[]): { readonly yes: boolean; readonly note: string | null } {
  const reasons = records.map((record) =>
    record.kind === 'disability' ? (NOT_RECOGNISED.get(record.disability.status ?? '') ?? null) : null,
  );
  if (reasons.includes(null)) return { yes: true, note: null };
  return { yes: false, note: reasons[0] ?? 'No person with a disability fits the query' };
}
