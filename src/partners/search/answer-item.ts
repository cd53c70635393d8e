import type { Pool } from 'pg';
import { type Connections, withRows } from '../../database/limited.js';
import type { Queryable } from '../../database/pool.js';
import { defaultPage, type ItemOutcome } from '../../dci/answer.js';
import type { Dialect } from '../../dci/dialects/dialect.js';
import type { ItemRejectionCode } from '../../dci/reason-codes.js';
import type { SearchItem, SearchQuestion } from '../../dci/search-message.js';
import type { Access } from '../../record/access.js';
import type { NumberedPage } from '../../record/page.js';
import { Problem } from '../../record/problem.js';
import type { KnownPlaces } from '../../registry/answers/known-places.js';
import { checkFilter } from '../../record/withheld.js';
import { findRecordAnswers } from '../../registry/answers/record-answer-pages.js';

/** For whom, and how, an item is answered. */
export interface ItemSettings {
  readonly pool: Pool;
  readonly dialect: Dialect;
  readonly access: Access;
  /** Of this caller. */
  readonly maxPageSize: number;
  /** The page of items that name none, where the address of the message names one. */
  readonly addressPage: NumberedPage | null;
  readonly reading: PageReading;
  /** Absent: they are looked up with the people. */
  readonly places?: KnownPlaces | undefined;
}

/**
 * How a search is read page by page. By number: the caller asks for pages one after the other, out of few enough to be
 * counted. By cursor: we go through all of them for the caller, who gets them whatever their number.
 */
export type PageReading =
  /** `marks: null`: nobody asks for a second page. */
  | { readonly by: 'number'; readonly marks: Marks | null }
  | {
      readonly by: 'cursor';
      /** `nextCursor` of the page before; `null` for the first. */
      readonly after: string | null;
      /** As the first page counted them; `null`: they are counted. */
      readonly total: number | null;
    };

/** What is remembered of the pages that this caller was answered. */
export interface Marks {
  /** Where that page of the question ended; `null` where it was not answered lately. */
  find(db: Queryable, question: SearchQuestion, page: NumberedPage): Promise<PageMark | null>;
  remember(question: SearchQuestion, page: NumberedPage, mark: PageMark): void;
}

/** Where a page of an answer ended. */
export interface PageMark {
  /** The last key of the page: the next one goes on behind it. */
  readonly cursor: string;
  /** How many records matched when the first page was read. */
  readonly total: number;
}

/** Matches that a caller may page through. */
const MOST_MATCHES = 10_000;

/** What the registry room says of a question that it cannot answer, in the standard's words. */
const REJECTIONS: ReadonlyMap<string, ItemRejectionCode> = new Map<string, ItemRejectionCode>([
  ['rjct.search.too_many_records_found', 'rjct.search.too_many_records_found'],
  ['rjct.sort.invalid', 'rjct.sort.invalid'],
  ['rjct.filter.invalid', 'rjct.filter.invalid'],
  ['PAGE_INVALID', 'rjct.pagination.invalid'],
  ['CURSOR_INVALID', 'rjct.pagination.invalid'],
  ['FILTER_VALUE_INVALID', 'rjct.filter.invalid'],
  ['FILTER_FIELD_WITHHELD', 'rjct.filter.invalid'],
  ['FILTER_OPERATOR_WITHHELD', 'rjct.filter.invalid'],
  ['SORT_FIELD_WITHHELD', 'rjct.sort.invalid'],
]);

/** Answers one item, however many records with the same number of statements; what is wrong with it is its outcome. */
export async function answerItem(db: Connections, item: SearchItem, settings: ItemSettings): Promise<ItemOutcome> {
  if (!item.ok) return item;
  try {
    return await search(db, item, settings);
  } catch (error) {
    const problem: Problem | null = error instanceof Problem ? error : null;
    const code = problem && REJECTIONS.get(problem.code);
    if (!code) throw error;
    return { ok: false, referenceId: item.referenceId, code, message: problem.message };
  }
}

async function search(db: Connections, question: SearchQuestion, settings: ItemSettings): Promise<ItemOutcome> {
  const { pool, dialect, access, maxPageSize, reading, places } = settings;
  const asked = question.page ?? settings.addressPage;
  const page = asked ?? defaultPage(dialect, maxPageSize);
  const { record, registryKind: registry, sort, query } = question;
  checkFilter(query.filter, sort, record, access);
  const before = await pageBefore(db, question, page, reading);
  const wanted = {
    record,
    registry,
    places,
    filter: query.filter,
    visible: access.rows,
    fields: access.fields,
    sort,
    page,
    after: before?.cursor,
    knownTotal: before?.total ?? undefined,
    countCap: reading.by === 'number' ? MOST_MATCHES : null,
  };
  const found = await withRows(pool, access, (seen) => findRecordAnswers(seen, wanted), db);
  const { items: records, total, hasMore, lastCursor } = found;
  if (reading.by === 'number') {
    if (total > MOST_MATCHES) {
      const sentence = `More than ${String(MOST_MATCHES)} records match: narrow the search, or ask asynchronously`;
      return tooMany(question, sentence);
    }
    // Callers of such a dialect never ask for a second page: a first one alone would look to them like everything.
    if (asked === null && dialect.answer.defaultPageSize === 'largest' && total > page.size) {
      return tooMany(question, `${String(total)} records match: narrow the search, or ask for pages`);
    }
    if (hasMore && lastCursor !== null) reading.marks?.remember(question, page, { cursor: lastCursor, total });
  }
  return { ok: true, question, records, total, page, nextCursor: hasMore ? lastCursor : null };
}

async function pageBefore(
  db: Queryable,
  question: SearchQuestion,
  page: NumberedPage,
  reading: PageReading,
): Promise<{ readonly cursor: string; readonly total: number | null } | null> {
  if (reading.by === 'cursor') return reading.after === null ? null : { cursor: reading.after, total: reading.total };
  if (page.number === 1 || reading.marks === null) return null;
  return reading.marks.find(db, question, { ...page, number: page.number - 1 });
}

/** An item that is refused because its answer would be too large. */
export function tooMany({ referenceId }: SearchItem, message: string): ItemOutcome {
  return { ok: false, referenceId, code: 'rjct.search.too_many_records_found', message };
}
