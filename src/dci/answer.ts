import type { NumberedPage } from '../record/page.js';
import type { RecordAnswer } from '../record/record-answer.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { Dialect } from './dialects/dialect.js';
import { type HeaderRejection, type RequestHeader, writeHeader, type WrittenHeader } from './header.js';
import { writeInstant } from './instant.js';
import { MAX_REASON } from './reason-codes.js';
import { writeRecord } from './records/write-record.js';
import { recordTypeWord, REG_TYPES } from './registry-words.js';
import type { RejectedItem, SearchQuestion } from './search-message.js';
import type { WireObject } from './wire-object.js';

/** What became of one item: its records, or the reason why there is no answer. */
export type ItemOutcome = AnsweredItem | RejectedItem;

/** An item with its records. */
export interface AnsweredItem {
  readonly ok: true;
  readonly question: SearchQuestion;
  /** The records of this page, in order. */
  readonly records: readonly RecordAnswer[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly page: NumberedPage;
  /** Where the next page goes on; `null` after the last. */
  readonly nextCursor: string | null;
}

/** Who answers, when and under which ids. */
export interface AnswerSettings {
  readonly dialect: Dialect;
  /** Our own `sender_id`. */
  readonly senderId: string;
  readonly now: Date;
  readonly messageId: string;
  readonly correlationId: string;
}

/** The message that is answered. */
export interface Asked {
  readonly header: RequestHeader;
  readonly transactionId: string;
}

/** Written where a message names no language. */
export const LOCALE = 'eng';

/** The size of the page that a caller of this dialect gets who named none. */
export function defaultPage(dialect: Dialect, maxPageSize: number): NumberedPage {
  const { defaultPageSize } = dialect.answer;
  return { size: defaultPageSize === 'largest' ? maxPageSize : Math.min(defaultPageSize, maxPageSize), number: 1 };
}

/**
 * Writes the answer to a search message: one `search_response[]` for each item, in order. The header says `succ` where
 * at least one item was answered. Goes out with HTTP 200.
 */
export function writeSearchAnswer(
  asked: Asked,
  outcomes: readonly ItemOutcome[],
  settings: AnswerSettings,
): WireObject {
  const { answer } = settings.dialect;
  const records = outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.records.length : 0), 0);
  const counts = {
    totalCount: answer.totalCount === 'items' ? outcomes.length : records,
    completedCount: outcomes.length,
  };
  return {
    header: writeAnswerHeader(asked.header, { action: answer.action, ...overall(outcomes), ...counts }, settings),
    message: writeSearchResponse(asked, outcomes, settings),
  };
}

/** How far the answer to an asynchronous search is. */
export interface SearchProgress {
  /** Requests of the search. */
  readonly total: number;
  /** Those of them of which the last page is in this message or went out before. */
  readonly completed: number;
}

/** Writes one of the messages by which an asynchronous search is answered: a page of one or several items. */
export function writeSearchCallback(
  asked: Asked,
  outcomes: readonly ItemOutcome[],
  progress: SearchProgress,
  settings: AnswerSettings,
): WireObject {
  return {
    header: writeCallbackHeader(
      asked.header,
      {
        action: 'on-search',
        ...overall(outcomes),
        totalCount: progress.total,
        completedCount: progress.completed,
      },
      settings,
    ),
    message: writeSearchResponse(asked, outcomes, settings),
  };
}

function writeSearchResponse(asked: Asked, outcomes: readonly ItemOutcome[], settings: AnswerSettings): WireObject {
  const kept = outcomes.filter(
    (outcome) => settings.dialect.answer.itemsWithoutMatch === 'kept' || !outcome.ok || outcome.records.length > 0,
  );
  const data = foundRecords(settings.dialect);
  return {
    transaction_id: asked.transactionId,
    correlation_id: settings.correlationId,
    search_response: kept.map((outcome) => writeItem(outcome, data, settings.now)),
  };
}

/** The status of a message whose items were dealt with: `rjct` only where none was answered. */
export function overall(outcomes: readonly { readonly ok: boolean }[]): Pick<WrittenHeader, 'status' | 'reason'> {
  return outcomes.every((outcome) => !outcome.ok)
    ? { status: 'rjct', reason: { message: 'Every request of the message was rejected: see each one' } }
    : { status: 'succ' };
}

/** Writes the refusal of a whole search message, which goes out with HTTP 200: readers look for the list of items. */
export function writeRejectedMessage(asked: Asked & HeaderRejection, settings: AnswerSettings): WireObject {
  return {
    ...writeRejectedAnswer(asked.header, asked, settings),
    message: writeSearchResponse(asked, [], settings),
  };
}

/**
 * Writes the refusal of a whole message as a header alone, which goes out with HTTP 200. `reason` without a code is
 * for what the standard's codes of headers do not name.
 */
export function writeRejectedAnswer(
  request: RequestHeader,
  reason: { readonly code?: HeaderRejection['code']; readonly message: string },
  settings: AnswerSettings,
  action: string = settings.dialect.answer.action,
): WireObject {
  return {
    header: writeAnswerHeader(request, { action, status: 'rjct', reason, totalCount: 0, completedCount: 0 }, settings),
  };
}

type Said = Pick<WrittenHeader, 'action' | 'status' | 'reason' | 'totalCount' | 'completedCount'>;

/** The header of an answer in the caller's dialect. */
export function writeAnswerHeader(request: RequestHeader, said: Said, settings: AnswerSettings): WireObject {
  const { senderId, now, messageId } = settings;
  const { answer } = settings.dialect;
  const swapped = answer.parties === 'swapped';
  return writeHeader({
    ...said,
    senderId: swapped ? senderId : request.senderId,
    receiverId: swapped ? request.senderId : (request.receiverId ?? senderId),
    messageId: answer.messageId === 'new' ? messageId : request.messageId,
    now,
  });
}

/** The header of a message of our own that answers an earlier one, the same in every dialect. */
export function writeCallbackHeader(request: RequestHeader, said: Said, settings: AnswerSettings): WireObject {
  const { senderId, now, messageId } = settings;
  return writeHeader({ ...said, senderId, receiverId: request.senderId, messageId, now });
}

/** What an item of an answer holds: of one that was answered, and of one that was rejected. */
export interface ItemData {
  readonly answered: (item: AnsweredItem) => WireObject;
  readonly rejected: WireObject;
}

/** Writes one `search_response[]`. */
export function writeItem(outcome: ItemOutcome, data: ItemData, now: Date): WireObject {
  if (!outcome.ok) {
    return {
      reference_id: outcome.referenceId,
      timestamp: writeInstant(now),
      status: 'rjct',
      status_reason_code: outcome.code,
      status_reason_message: outcome.message.slice(0, MAX_REASON),
      // Peers look for reg_records without looking at the status first.
      data: data.rejected,
      locale: LOCALE,
    };
  }
  const { question, total, page } = outcome;
  const note = question.warnings.join('. ').slice(0, MAX_REASON);
  return {
    reference_id: question.referenceId,
    timestamp: writeInstant(now),
    status: 'succ',
    ...(note === '' ? {} : { status_reason_message: note }),
    data: data.answered(outcome),
    pagination: { page_size: page.size, page_number: page.number, total_count: total },
    locale: question.locale ?? LOCALE,
  };
}

function foundRecords(dialect: Dialect): ItemData {
  return {
    answered: ({ question, records }) => {
      const { registryKind } = question;
      return {
        version: '1.0.0',
        reg_type: question.regType ?? REG_TYPES[registryKind],
        reg_record_type:
          dialect.record.shape === 'person'
            ? (question.regRecordType ?? recordTypeWord(registryKind, question.record))
            : 'person',
        reg_records: inHolder(
          records.map((record) => writeRecord(record, dialect, registryKind)),
          registryKind,
          dialect,
        ),
      };
    },
    // Some registries publish the type of records as required where there are none; which ones were meant may be the very
    // thing that is wrong.
    rejected: { version: '1.0.0', reg_record_type: 'unknown', reg_records: [] },
  };
}

function inHolder(records: readonly WireObject[], registry: RegistryKind, { answer }: Dialect): unknown {
  return registry === 'dr' && answer.disabilityRecords === 'object' ? { data: records } : records;
}

/**
 * The body of an answer with an HTTP status from 400 on. The standard describes three shapes without saying which goes
 * where; ours holds all three, so that every peer finds the one that it reads.
 */
export function writeErrorBody(
  code: string,
  message: string,
  status: number,
  { dialect, now, correlationId }: Pick<AnswerSettings, 'dialect' | 'now' | 'correlationId'>,
): WireObject {
  const text = message.slice(0, MAX_REASON);
  if (dialect.answer.errorBody === 'code-and-message') return { error: { code: status, message: text } };
  const error = { code, message: text };
  return {
    errors: [error],
    error,
    message: { ack_status: 'ERR', timestamp: writeInstant(now), correlation_id: correlationId, error },
  };
}
