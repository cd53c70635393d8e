import { type Dialect, dialect } from '../dci/dialects/dialect.js';
import { readIndividualRecord } from '../dci/records/read-record.js';
import { readSearchAnswer, type SearchAnswer } from '../dci/search-answer.js';
import { type SearchRequestMessage, writeSearchRequest } from '../dci/search-request.js';
import { textOf } from '../dci/wire-object.js';
import { allOf, type Filter } from '../record/filter.js';
import { type IndividualRecord } from '../record/individual-record.js';
import { type NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import { type Sort } from '../record/sort.js';
import { type VitalEvent } from '../record/vital-event.js';
import { type DataSource } from './data-source.js';
import { renameQueryAttributes, renameRecordFields, withSentPointers } from './field-mapping.js';
import { namesOfFilter } from './filter-names.js';
import { whatWasSaid } from './what-was-said.js';

/** What is asked of a source. */
export interface SourceQuestion {
  readonly filter: Filter;
  /** Whose records are asked for. Default: births. */
  readonly event?: VitalEvent | undefined;
  readonly sort?: readonly Sort[];
  /** Default: the first page of the source's page size. A size is always sent: a source's own default may be 5. */
  readonly page?: NumberedPage;
  /** Refuse (`FILTER_NOT_EXPRESSIBLE`) a filter of which the source can express only a part. Default `false`. */
  readonly wholeFilterOnly?: boolean;
}

/** One page of what a source answered. */
export interface SearchResult {
  readonly records: IndividualRecord[];
  /** As the source says; `null` when it does not. `total` is of all pages. */
  readonly pagination: { readonly size: number; readonly number: number; readonly total: number } | null;
  /**
   * What the records are yet to be held against: the part of the filter that the source cannot be asked, and what it
   * answers too widely. `null`: nothing.
   */
  readonly residual: Filter | null;
  /** Sentences for the operator. */
  readonly warnings: string[];
}

/** A message ready to be sent, and what is needed to read its answer. */
export interface SourceMessage {
  readonly body: unknown;
  readonly transactionId: string;
  readonly messageId: string;
  /** One per question, in order. */
  readonly items: readonly {
    readonly referenceId: string;
    readonly residual: Filter | null;
    /** Number of the page that it asks for. */
    readonly page: number;
  }[];
}

/**
 * The questions as one message in the dialect of the source, with the parameters and field names that the source sets.
 * `senderUri` is where an answer that comes later is to be sent. Throws `FILTER_NOT_EXPRESSIBLE` for a question that wants
 * its whole filter and cannot have it, `EVENT_NOT_EXPRESSIBLE` for one about events that the source cannot be asked for.
 */
export function writeSourceMessage(
  source: DataSource,
  questions: readonly SourceQuestion[],
  senderId: string,
  now: Date,
  senderUri = source.parameters.sender_uri,
): SourceMessage {
  const { parameters } = source;
  const spoken = dialect(source.dialect);
  for (const { event = 'birth' } of questions) {
    if (spoken.request.regTypes[event] === null && regTypeOf(event, parameters) === undefined) {
      throw eventNotExpressible(source, event);
    }
  }
  const written = writeSearchRequest({
    dialect: spoken,
    items: questions.map(({ filter, event, sort = [], page }) => ({
      filter,
      event,
      sort,
      page: page ?? { size: source.pageSize, number: 1 },
    })),
    senderId: parameters.sender_id ?? senderId,
    ...(senderUri === undefined ? {} : { senderUri }),
    receiverId: parameters.receiver_id ?? source.code,
    now,
  });
  for (const [index, { residual }] of written.items.entries()) {
    if (residual !== null && questions[index]?.wholeFilterOnly === true) throw notExpressible(source, residual);
  }
  return {
    body: renameQueryAttributes(
      withParameters(
        written.message,
        questions.map(({ event = 'birth' }) => event),
        parameters,
      ),
      source.fieldMappings,
    ),
    transactionId: written.message.message.transaction_id,
    messageId: textOf(written.message.header.message_id) ?? '',
    items: written.items.map(({ referenceId, residual, recheck }, index) => {
      const left = [residual, recheck].filter((part) => part !== null);
      const page = questions[index]?.page?.number ?? 1;
      return { referenceId, residual: left.length === 0 ? null : allOf(left), page };
    }),
  };
}

/** What is said of a filter that a source cannot be asked as a whole. */
export function notExpressible(source: DataSource, residual: Filter): Problem {
  const names = namesOfFilter(residual).join(', ');
  return new Problem(
    'FILTER_NOT_EXPRESSIBLE',
    `The source "${source.code}" cannot be asked for these parts of the filter as they stand: ${names}`,
  );
}

function eventNotExpressible({ code, dialect: name }: DataSource, event: VitalEvent): Problem {
  return new Problem(
    'EVENT_NOT_EXPRESSIBLE',
    `The source "${code}" cannot be asked for ${event}s: ${name} has no word for them; where it keeps them all the same give its word in the parameter ${event}_reg_type`,
  );
}

/** The parameters of births have the plain names: most sources have nothing else. */
function parameterOf(
  event: VitalEvent,
  name: 'reg_type' | 'reg_event_type',
  parameters: DataSource['parameters'],
): string | undefined {
  return parameters[event === 'birth' ? name : `${event}_${name}`];
}

function regTypeOf(event: VitalEvent, parameters: DataSource['parameters']): string | undefined {
  return parameterOf(event, 'reg_type', parameters);
}

/** What the source's parameters say in place of the dialect; `events` are those of the items, in order. */
function withParameters(
  message: SearchRequestMessage,
  events: readonly VitalEvent[],
  parameters: DataSource['parameters'],
): SearchRequestMessage {
  const { version, locale, reg_record_type } = parameters;
  return {
    ...message,
    header: { ...message.header, ...said({ version }) },
    message: {
      ...message.message,
      search_request: message.message.search_request.map((item, index) => {
        const event = events[index] ?? 'birth';
        const reg_type = regTypeOf(event, parameters);
        const reg_event_type = parameterOf(event, 'reg_event_type', parameters);
        return {
          ...item,
          ...said({ locale }),
          search_criteria: {
            ...item.search_criteria,
            ...said({ version, reg_type, reg_event_type, reg_record_type }),
          },
        };
      }),
    },
  };
}

function said(words: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(words).flatMap(([key, word]) => (word === undefined ? [] : [[key, word]])));
}

/** What became of one question of a message. */
export type QuestionOutcome =
  | { readonly ok: true; readonly result: SearchResult }
  /** `isLost`: the item is missing from the answer of a registry that answers every item. */
  | { readonly ok: false; readonly problem: Problem; readonly isLost: boolean };

/**
 * What became of each question of a message, in order. Items are paired by `reference_id`. One that the source left out
 * has no match where the source is known to leave such items out. Throws `SOURCE_REJECTED_REQUEST` with the reason
 * when the message was refused as a whole, `SOURCE_ANSWER_UNREADABLE` when the answer is none or answers something else.
 * `PROFILE_MISMATCH` is the outcome where nothing is answered in the way of another dialect.
 */
export function readSourceAnswer(
  source: DataSource,
  message: SourceMessage,
  body: unknown,
  now: Date,
): QuestionOutcome[] {
  const spoken = dialect(source.dialect);
  const answer = readSearchAnswer(body, spoken);
  const refusal = findRefusal(source, answer);
  // Where items were rejected the header only says so; the items say why.
  if (refusal !== null && answer.items.every(({ status }) => status !== 'rjct')) throw refusal;
  const asked = new Set(message.items.map((item) => item.referenceId));
  if (answer.items.some((item) => !asked.has(item.referenceId))) {
    throw new Problem(
      'SOURCE_ANSWER_UNREADABLE',
      `The search endpoint of "${source.code}" answered another question: reference_id is not one of those that were sent`,
    );
  }
  const today = now.toISOString().slice(0, 10);
  const items = new Map(answer.items.map((item) => [item.referenceId, item]));
  const isForeign = answer.items.length === 0 && refusal === null && !isOfDialect(answer, spoken);
  return message.items.map(({ referenceId, residual, page }): QuestionOutcome => {
    const item = items.get(referenceId);
    // Beyond the last page there was an answer before, which told what is spoken.
    if (item === undefined && isForeign && page === 1) {
      return { ok: false, problem: spokenOtherwise(source), isLost: false };
    }
    if (item === undefined) {
      return spoken.request.leavesOutItemsWithoutMatch === true && refusal === null
        ? { ok: true, result: { records: [], pagination: null, residual, warnings: [] } }
        : { ok: false, problem: refusal ?? lost(source), isLost: refusal === null };
    }
    const problem = findRefusal(source, item);
    if (problem !== null) return { ok: false, problem, isLost: false };
    const records = item.records.map((record, index) => {
      const renamed = renameRecordFields(record, source.fieldMappings);
      const read = readIndividualRecord(renamed, spoken, today, item.recordPointers[index] ?? null);
      return renamed === record ? read : withSentPointers(read, record, source.fieldMappings);
    });
    return { ok: true, result: { records, pagination: item.pagination, residual, warnings: [] } };
  });
}

/** What an answer without any item still tells of who gave it: OpenSPP 17 is silent on questions that it does not read. */
function isOfDialect({ action, senderId }: SearchAnswer, { answer }: Dialect): boolean {
  const isItsAction = action === null || action === answer.action;
  return isItsAction && (answer.parties === 'swapped' || senderId !== null);
}

function spokenOtherwise({ code, dialect: name }: DataSource): Problem {
  return new Problem(
    'PROFILE_MISMATCH',
    `The search endpoint of "${code}" left out the question, and the rest of its answer is not as ${name} has it: find out with a probe what it speaks, and set that dialect`,
  );
}

function lost({ code }: DataSource): Problem {
  return new Problem('SOURCE_ANSWER_INCOMPLETE', `The search endpoint of "${code}" answered without this question`);
}

/** Of a message or an item that was refused, or put off, which a synchronous search cannot wait for. */
function findRefusal(
  source: DataSource,
  { status, reasonCode, reasonMessage }: Pick<SearchAnswer, 'status' | 'reasonCode' | 'reasonMessage'>,
): Problem | null {
  if (status === 'succ') return null;
  const said = whatWasSaid({ message: [reasonCode, reasonMessage].filter((part) => part !== null).join(': ') }, []);
  const because = said === null ? ' without a reason' : `: ${said}`;
  if (status === 'rjct') {
    const message = `The search endpoint of "${source.code}" rejected the request${because}`;
    return new Problem('SOURCE_REJECTED_REQUEST', message);
  }
  return new Problem(
    'SOURCE_ANSWER_UNREADABLE',
    `The search endpoint of "${source.code}" put its answer off (${status}): set the search path to its synchronous search`,
  );
}
