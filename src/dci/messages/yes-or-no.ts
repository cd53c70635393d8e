import { type AnswerSettings, type Asked, writeAnswerHeader } from '../answer.js';
import { writeInstant } from '../instant.js';
import { MAX_REASON } from '../reason-codes.js';
import type { WireObject } from '../wire-object.js';

/** The answer to a question whether somebody is. */
export interface YesOrNo {
  readonly referenceId: string;
  readonly yes: boolean;
  /** What the caller should know, such as that nobody fits the query; `null` where there is nothing to say. */
  readonly note: string | null;
}

/** Writes the answer of `disabled`. A refusal has no place in it: `writeRejectedAnswer` is for those. */
export function writeDisabledAnswer(asked: Asked, answer: YesOrNo, settings: AnswerSettings): WireObject {
  return writeAnswer(asked, answer, settings, 'disabled');
}

/** Writes the answer of `enrolled`. A refusal has no place in it: `writeRejectedAnswer` is for those. */
export function writeEnrolledAnswer(asked: Asked, answer: YesOrNo, settings: AnswerSettings): WireObject {
  return writeAnswer(asked, answer, settings, 'enrolled');
}

function writeAnswer(
  asked: Asked,
  { referenceId, yes, note }: YesOrNo,
  settings: AnswerSettings,
  what: 'disabled' | 'enrolled',
): WireObject {
  const said = {
    action: settings.dialect.answer.action,
    status: 'succ',
    totalCount: 1,
    completedCount: 1,
  } as const;
  return {
    header: writeAnswerHeader(asked.header, said, settings),
    message: {
      transaction_id: asked.transactionId,
      correlation_id: settings.correlationId,
      [`${what}_response`]: [
        {
          reference_id: referenceId,
          timestamp: writeInstant(settings.now),
          status: 'succ',
          ...(note === null ? {} : { status_reason_message: note.slice(0, MAX_REASON) }),
          [`${what}_status`]: yes ? 'yes' : 'no',
        },
      ],
    },
  };
}
