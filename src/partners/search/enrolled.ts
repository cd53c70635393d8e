import { readEnrolledRequest } from '../../dci/messages/enrolment.js';
import { writeEnrolledAnswer } from '../../dci/messages/yes-or-no.js';
import { fieldKey } from '../../record/fields.js';
import type { EnrolmentAnswer, RecordAnswer } from '../../record/record-answer.js';
import { shownFact } from '../disclosures/shown-people.js';
import type { AnswerContext } from './answer-context.js';
import type { Handler } from '../reception/endpoint.js';
import { answerOnce, RECORDS_FOR_YES, writeRefusedQuestion } from './single-question.js';

/** `sync/enrolled`: whether a person or group asked for is in a programme. */
export function enrolled(context: AnswerContext): Handler {
  return answerOnce(
    context,
    {
      read: readEnrolledRequest,
      write: (question) => {
        const { received, asked, outcome, settings } = question;
        if (!outcome.ok) return writeRefusedQuestion(question, outcome);
        const { referenceId, warnings } = outcome.question;
        const { yes, note } = isEnrolled(outcome.records, asked.entity);
        const notes = [...warnings, ...(note === null ? [] : [note])];
        const answer = { referenceId, yes, note: notes.length === 0 ? null : notes.join('. ') };
        return writeEnrolledAnswer({ header: received.header, ...asked }, answer, settings);
      },
      shows: ({ records }) => shownFact(records, 'enrolment', fieldKey(STATUS)),
      needs: STATUS,
    },
    RECORDS_FOR_YES,
  );
}

const STATUS = { of: 'enrolment', name: 'enrolment_status', sensitivity: 'personal' } as const;

/** Of the standard's list: `1` active, `2` deceased, `3` graduated, `4` suspended. Who is suspended is still enrolled. */
const ENDED: ReadonlyMap<string, string> = new Map([
  ['2', 'The enrolment ended with a death'],
  ['3', 'The enrolment ended with graduation'],
]);

function isEnrolled(
  records: readonly RecordAnswer[],
  entity: 'individual' | 'group' | null,
): { readonly yes: boolean; readonly note: string | null } {
  const enrolments = records.filter((record) => record.kind === 'enrolment').filter((one) => isOf(one, entity));
  const reasons = enrolments.map(({ enrolment }) => ENDED.get(enrolment.status ?? '') ?? null);
  if (reasons.includes(null)) {
    const isSuspended = enrolments.every(({ enrolment }) => enrolment.status !== '1' && enrolment.status !== null);
    return { yes: true, note: isSuspended ? 'The enrolment is suspended' : null };
  }
  return { yes: false, note: reasons[0] ?? 'No enrolment fits the query' };
}

function isOf({ person, group }: EnrolmentAnswer, entity: 'individual' | 'group' | null): boolean {
  if (entity === null) return true;
  return (entity === 'group' ? group : person) !== null;
}
