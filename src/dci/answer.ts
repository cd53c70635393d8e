import type { IndividualAnswer } from '../record/individual-answer.js';
import type { NumberedPage } from '../record/page.js';
import type { RegistryKind } from '../record/registry-kind.js';
import type { Dialect } from './dialects/dialect.js';
import { writeInstant } from './instant.js';
import { writeIndividualRecord } from './records/write-record.js';
import type { RejectedItem, RequestHeader, SearchMessage, SearchQuestion } from './search-message.js';
import type { WireObject } from './wire-object.js';

/** What became of one item: its people, or the reason why there is no answer. */
export type ItemOutcome = AnsweredItem | RejectedItem;

/** An item with its people. */
export interface AnsweredItem {
  readonly ok: true;
  readonly question: SearchQuestion;
  /** The people of this page, in order. */
  readonly individuals: readonly IndividualAnswer[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly page: NumberedPage;
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

const LOCALE = 'eng';
const MAX_MESSAGE = 999;

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
  message: SearchMessage & { readonly rejected: false },
  outcomes: readonly ItemOutcome[],
  settings: AnswerSettings,
): WireObject {
  const { answer } = settings.dialect;
  const kept = outcomes.filter(
    (outcome) => answer.itemsWithoutMatch === 'kept' || !outcome.ok || outcome.individuals.length > 0,
  );
  const records = outcomes.reduce((sum, outcome) => sum + (outcome.ok ? outcome.individuals.length : 0), 0);
  const allRejected = outcomes.every((outcome) => !outcome.ok);
  return {
    header: {
      ...writeHeader(message.header, settings),
      status: allRejected ? 'rjct' : 'succ',
      ...(allRejected ? { status_reason_message: 'Every request of the message was rejected: see each one' } : {}),
      total_count: answer.totalCount === 'items' ? outcomes.length : records,
      completed_count: outcomes.length,
    },
    message: {
      transaction_id: message.transactionId,
      correlation_id: settings.correlationId,
      search_response: kept.map((outcome) => writeItem(outcome, settings)),
    },
  };
}

/** Writes the refusal of a whole message, which goes out with HTTP 200. */
export function writeRejectedMessage(
  message: SearchMessage & { readonly rejected: true },
  settings: AnswerSettings,
): WireObject {
  return {
    header: {
      ...writeHeader(message.header, settings),
      status: 'rjct',
      status_reason_code: message.code,
      status_reason_message: message.message.slice(0, MAX_MESSAGE),
      total_count: 0,
      completed_count: 0,
    },
    message: {
      transaction_id: message.transactionId,
      correlation_id: settings.correlationId,
      search_response: [],
    },
  };
}

/** All fields of the request's and of the callback's header, so that the answer fits either schema. */
function writeHeader(request: RequestHeader, { dialect, senderId, now, messageId }: AnswerSettings): WireObject {
  const { answer } = dialect;
  return {
    version: '1.0.0',
    message_id: answer.messageId === 'new' ? messageId : request.messageId,
    message_ts: writeInstant(now),
    action: answer.action,
    sender_id: answer.parties === 'swapped' ? senderId : request.senderId,
    receiver_id: answer.parties === 'swapped' ? request.senderId : (request.receiverId ?? senderId),
    is_msg_encrypted: false,
  };
}

function writeItem(outcome: ItemOutcome, { dialect, now }: AnswerSettings): WireObject {
  if (!outcome.ok) {
    return {
      reference_id: outcome.referenceId,
      timestamp: writeInstant(now),
      status: 'rjct',
      status_reason_code: outcome.code,
      status_reason_message: outcome.message.slice(0, MAX_MESSAGE),
      // Peers look for reg_records without looking at the status first.
      data: { version: '1.0.0', reg_records: [] },
      locale: LOCALE,
    };
  }
  const { question, individuals, total, page } = outcome;
  const note = question.warnings.join('. ').slice(0, MAX_MESSAGE);
  return {
    reference_id: question.referenceId,
    timestamp: writeInstant(now),
    status: 'succ',
    ...(note === '' ? {} : { status_reason_message: note }),
    data: {
      version: '1.0.0',
      reg_type: question.regType ?? REG_TYPES[question.registryKind],
      reg_record_type:
        dialect.record.shape === 'person' ? (question.regRecordType ?? RECORD_TYPES[question.registryKind]) : 'person',
      reg_records: individuals.map((individual) => writeIndividualRecord(individual, dialect, question.registryKind)),
    },
    pagination: { page_size: page.size, page_number: page.number, total_count: total },
    locale: question.locale ?? LOCALE,
  };
}

const REG_TYPES: Readonly<Record<RegistryKind, string>> = {
  social: 'ns:org:RegistryType:Social',
  crvs: 'ns:org:RegistryType:Civil',
  fr: 'ns:org:RegistryType:FR',
  dr: 'ns:org:RegistryType:DR',
  ibr: 'ns:org:RegistryType:IBR',
};

/** Spelled as in the examples of v1.0.0. */
const RECORD_TYPES: Readonly<Record<RegistryKind, string>> = {
  social: 'SRPerson',
  crvs: 'spdci-extensions-dci:Person',
  fr: 'spdci-extensions-dci:Farmer',
  dr: 'spdci-extensions-dci:DisabledPerson',
  ibr: 'Member',
};

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
  const text = message.slice(0, MAX_MESSAGE);
  if (dialect.answer.errorBody === 'code-and-message') return { error: { code: status, message: text } };
  const error = { code, message: text };
  return {
    errors: [error],
    error,
    message: { ack_status: 'ERR', timestamp: writeInstant(now), correlation_id: correlationId, error },
  };
}
