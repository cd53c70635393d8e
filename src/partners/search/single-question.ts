import { randomUUID } from 'node:crypto';
import { untilAborted } from '../../database/abortable.js';
import { type AnsweredItem, type AnswerSettings, writeRejectedAnswer } from '../../dci/answer.js';
import type { AskedOnce } from '../../dci/messages/single-query.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import type { RejectedItem } from '../../dci/search-message.js';
import type { WireObject } from '../../dci/wire-object.js';
import { type AnswerContext, answerSettings, readingContext } from './answer-context.js';
import { answerItem } from './answer-item.js';
import type { Handler, ReceivedMessage } from '../reception/endpoint.js';

/** A question of the disability registry or the register of beneficiaries: how it is read and answered. */
export interface SingleQuestion {
  readonly read: (message: WireObject, context: ReadingContext & { readonly referenceId: string }) => AskedOnce;
  /** The body of the answer. */
  readonly write: (question: AnsweredQuestion) => WireObject;
}

export interface AnsweredQuestion {
  readonly received: ReceivedMessage;
  readonly asked: AskedOnce;
  readonly outcome: AnsweredItem | RejectedItem;
  readonly settings: AnswerSettings;
}

/** Records that are looked at where the answer is yes or no. */
export const RECORDS_FOR_YES = 100;

/** Answers a message that holds one question. `pageSize`: of the records; by default as the dialect has it. */
export function answerOnce(context: AnswerContext, { read, write }: SingleQuestion, pageSize?: number): Handler {
  const { pool, config, senderId } = context;
  return async (received) => {
    const { caller, dialect, message, signal, addressPage } = received;
    const referenceId = randomUUID();
    const asked = read(message, { ...(await readingContext(received, context)), referenceId });
    const page = pageSize === undefined ? addressPage : { size: Math.min(pageSize, config.maxPageSize), number: 1 };
    const outcome = await untilAborted(pool, signal, (db) =>
      answerItem(db, asked.item, {
        dialect,
        visible: caller.access.rows,
        maxPageSize: config.maxPageSize,
        addressPage: page,
        reading: { by: 'number', marks: null },
      }),
    );
    const settings = answerSettings(received, senderId);
    return { status: 200, body: write({ received, asked, outcome, settings }) };
  };
}

/**
 * Writes a refusal as a header alone. The standard wants a yes or no in every item, and a careless reader would take
 * that for an answer.
 */
export function writeRefusedQuestion({ received, settings }: AnsweredQuestion, refused: RejectedItem): WireObject {
  return writeRejectedAnswer(received.header, { message: refused.message }, settings);
}
