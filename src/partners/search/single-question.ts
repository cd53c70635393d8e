import { randomUUID } from 'node:crypto';
import { untilAborted } from '../../database/abortable.js';
import { type AnsweredItem, type AnswerSettings, writeRejectedAnswer } from '../../dci/answer.js';
import type { AskedOnce } from '../../dci/messages/single-query.js';
import type { ReadingContext } from '../../dci/reading-context.js';
import type { RejectedItem } from '../../dci/search-message.js';
import type { WireObject } from '../../dci/wire-object.js';
import type { Access } from '../../record/access.js';
import { fieldKey, type FieldName } from '../../record/fields.js';
import type { Shown } from '../../security/audit/ledger.js';
import { disclose } from '../disclosures/disclose.js';
import { largestPageFor } from '../reception/caller-limits.js';
import { type AnswerContext, answerSettings, readingContext } from './answer-context.js';
import { answerItem } from './answer-item.js';
import type { Handler, ReceivedMessage } from '../reception/endpoint.js';

/** A question of the disability registry or the register of beneficiaries: how it is read and answered. */
export interface SingleQuestion {
  readonly read: (message: WireObject, context: ReadingContext & { readonly referenceId: string }) => AskedOnce;
  /** The body of the answer. */
  readonly write: (question: AnsweredQuestion) => WireObject;
  /** Of whom the answer tells what. */
  readonly shows: (item: AnsweredItem) => readonly Shown[];
  /** The field that decides the answer: who is not shown it is refused, not answered as if nothing were known. */
  readonly needs?: FieldName;
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
export function answerOnce(context: AnswerContext, question: SingleQuestion, pageSize?: number): Handler {
  const { pool, config, ledger, senderId } = context;
  const { read, write, shows, needs } = question;
  return async (received) => {
    const { caller, dialect, message, signal, addressPage, correlationId } = received;
    const { access } = caller;
    const maxPageSize = largestPageFor(access, config);
    const referenceId = randomUUID();
    const asked = read(message, { ...(await readingContext(received, context)), referenceId });
    const page = pageSize === undefined ? addressPage : { size: Math.min(pageSize, maxPageSize), number: 1 };
    const item = needs === undefined ? asked.item : withField(asked.item, needs, access);
    const outcome = await untilAborted(pool, signal, (db) =>
      answerItem(db, item, {
        pool,
        dialect,
        access,
        maxPageSize,
        addressPage: page,
        reading: { by: 'number', marks: null },
      }),
    );
    signal.throwIfAborted();
    if (outcome.ok) {
      const { registryKind: registry, given } = outcome.question;
      const told = [{ registry, given, shown: shows(outcome) }];
      const detail = { records: outcome.records.length };
      await disclose(ledger, { caller, action: 'search.answered', correlationId, told, detail });
    }
    const settings = answerSettings(received, senderId);
    return { status: 200, body: write({ received, asked, outcome, settings }) };
  };
}

function withField(item: AskedOnce['item'], needed: FieldName, { fields }: Access): AskedOnce['item'] {
  if (!item.ok || fields.has(needed)) return item;
  const { referenceId } = item;
  const message = `This client may not be told ${fieldKey(needed)}, which is what this address answers: have it granted`;
  return { ok: false, referenceId, code: 'rjct.search_criteria.invalid', message };
}

/**
 * Writes a refusal as a header alone. The standard wants a yes or no in every item, and a careless reader would take
 * that for an answer.
 */
export function writeRefusedQuestion({ received, settings }: AnsweredQuestion, refused: RejectedItem): WireObject {
  return writeRejectedAnswer(received.header, { message: refused.message }, settings);
}
