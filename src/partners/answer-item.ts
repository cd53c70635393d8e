import type { Queryable } from '../database/pool.js';
import { defaultPage, type ItemOutcome } from '../dci/answer.js';
import type { Dialect } from '../dci/dialects/dialect.js';
import type { ItemRejectionCode } from '../dci/reason-codes.js';
import type { SearchItem, SearchQuestion } from '../dci/search-message.js';
import type { Filter } from '../record/filter.js';
import type { NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import { loadIndividualAnswers } from '../registry/individual-answers.js';
import { findIndividualPage } from '../registry/individuals.js';

/** For whom, and how, an item is answered. */
export interface ItemSettings {
  readonly dialect: Dialect;
  /** What the caller may see. */
  readonly visible: Filter;
  readonly maxPageSize: number;
  /** The page of items that name none, where the address of the message names one. */
  readonly addressPage: NumberedPage | null;
}

/** What the registry room says of a question that it cannot answer, in the standard's words. */
const REJECTIONS: ReadonlyMap<string, ItemRejectionCode> = new Map<string, ItemRejectionCode>([
  ['rjct.search.too_many_records_found', 'rjct.search.too_many_records_found'],
  ['PAGE_INVALID', 'rjct.pagination.invalid'],
  ['FILTER_VALUE_INVALID', 'rjct.search_criteria.invalid'],
]);

/** Answers one item, however many records with the same number of statements; what is wrong with it is its outcome. */
export async function answerItem(db: Queryable, item: SearchItem, settings: ItemSettings): Promise<ItemOutcome> {
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

async function search(db: Queryable, question: SearchQuestion, settings: ItemSettings): Promise<ItemOutcome> {
  const { dialect, visible, maxPageSize } = settings;
  const asked = question.page ?? settings.addressPage;
  const page = asked ?? defaultPage(dialect, maxPageSize);
  const { query, sort } = question;
  const { individuals, total } = await findIndividualPage(db, { filter: query.filter, visible, sort, page });
  // Callers of such a dialect never ask for a second page: a first one alone would look to them like everything.
  if (asked === null && dialect.answer.defaultPageSize === 'largest' && total > page.size) {
    return tooMany(question, `${String(total)} records match: narrow the search, or ask for pages`);
  }
  const answers = await loadIndividualAnswers(db, individuals, visible);
  const records = answers.map((answer) => ({ kind: 'individual' as const, ...answer }));
  return { ok: true, question, records, total, page, nextCursor: null };
}

/** An item that is refused because its answer would be too large. */
export function tooMany({ referenceId }: SearchItem, message: string): ItemOutcome {
  return { ok: false, referenceId, code: 'rjct.search.too_many_records_found', message };
}
