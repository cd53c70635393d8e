import type { NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import { queryOptions, readAskedFilter, readAskedRecords } from './asked-records.js';
import { CONSENT_MISSING, readPurpose } from './consent.js';
import type { ReadingContext } from './reading-context.js';
import type { ItemRejectionCode } from './reason-codes.js';
import type { SearchItem, SearchQuestion } from './search-message.js';
import { locale as localeCode, pageNumber } from './schemas/fields.js';
import { readSort } from './sort.js';
import { timestampProblem } from './timestamp.js';
import { codeOf, field, numberOf, wireObject, type WireObject } from './wire-object.js';

/** Page size where a caller names a page without its size. */
const DEFAULT_PAGE_SIZE = 20;

/** What is said of a query, or of the order asked for, where they are read. */
const QUERY_REFUSALS = ['rjct.search_criteria.invalid', 'rjct.filter.invalid', 'rjct.sort.invalid'] as const;

/** Why an item is refused; caught where the item is read, so that the other items are still answered. */
class ItemRefusal extends Problem<ItemRejectionCode> {}

/**
 * Reads one `search_request[]`. What is wrong with this item alone becomes a rejected item; a page below 1 and a
 * malformed locale are errors of the whole message (`Problem`, `err.request.bad`).
 */
export function readSearchItem(item: WireObject, referenceId: string, context: ReadingContext): SearchItem {
  try {
    return readQuestion(item, referenceId, context);
  } catch (error) {
    const refusal = itemRefusal(error);
    if (refusal === null) throw error;
    return { ok: false, referenceId, code: refusal.code, message: refusal.message };
  }
}

function itemRefusal(error: unknown): ItemRefusal | null {
  if (error instanceof ItemRefusal) return error;
  const problem: Problem | null = error instanceof Problem ? error : null;
  const code = QUERY_REFUSALS.find((one) => one === problem?.code);
  return problem === null || code === undefined ? null : new ItemRefusal(code, problem.message);
}

function readQuestion(item: WireObject, referenceId: string, context: ReadingContext): SearchQuestion {
  // Errors of the whole message are found first, whatever else is wrong with this item.
  const locale = readLocale(item);
  const criteria = wireObject(field(item, 'search_criteria'));
  const page = readPage([criteria, item], context);

  const wrongTimestamp = timestampProblem(item);
  if (wrongTimestamp !== null) throw new ItemRefusal('rjct.timestamp.invalid', wrongTimestamp);
  if (criteria === null) {
    throw new ItemRefusal('rjct.search_criteria.invalid', 'search_criteria is missing or not an object');
  }
  const given = readPurpose(criteria, item);
  if (context.consentRequired === true && given.consent === null) {
    throw new ItemRefusal('rjct.search_criteria.invalid', CONSENT_MISSING);
  }
  const regType = codeOf(field(criteria, 'reg_type'));
  const regRecordType = codeOf(field(criteria, 'reg_record_type', 'result_record_type'));
  const query = field(criteria, 'query');
  const asked = readAskedRecords(
    {
      regType,
      regEventType: codeOf(field(criteria, 'reg_event_type')),
      regRecordType,
      entity: codeOf(field(criteria, 'response_entity')),
    },
    query,
    context,
  );
  const { filter, warnings } = readAskedFilter({ queryType: field(criteria, 'query_type'), query }, asked, context);
  return {
    ok: true,
    referenceId,
    regType,
    regRecordType,
    registryKind: asked.kind,
    record: asked.record,
    query: { filter },
    sort: readSort(field(criteria, 'sort'), queryOptions(asked, context)),
    page,
    locale,
    given,
    warnings,
  };
}

/** `locale` of a message or an item. Throws a `Problem` (`err.request.bad`) for what is no code of ISO 639-3. */
export function readLocale(item: WireObject): string | null {
  const locale = field(item, 'locale');
  if (locale === undefined) return null;
  const read = localeCode.safeParse(locale);
  if (read.success) return read.data;
  throw new Problem('err.request.bad', 'locale is not three lower-case letters of ISO 639-3, such as eng');
}

/** The standard has `pagination` in the criteria, some peers beside them; each that is there must be usable. */
function readPage(places: readonly (WireObject | null)[], context: ReadingContext): NumberedPage | null {
  const written = places.flatMap((place) => {
    const pagination = place === null ? undefined : field(place, 'pagination');
    return pagination === undefined ? [] : [readPagination(pagination)];
  });
  for (const { size, number } of written) {
    if (size === 'below 1') throw new Problem('err.request.bad', 'page_size is less than 1');
    if (number === 'below 1') throw new Problem('err.request.bad', 'page_number is less than 1');
  }
  return written.map((page) => usablePage(page, context))[0] ?? null;
}

/** `null` where absent. */
type ReadNumber = number | 'below 1' | 'not whole' | null;

interface ReadPagination {
  readonly size: ReadNumber;
  readonly number: ReadNumber;
}

function readPagination(written: unknown): ReadPagination {
  const pagination = wireObject(written);
  if (pagination === null) return { size: 'not whole', number: null };
  return { size: readNumber(field(pagination, 'page_size')), number: readNumber(field(pagination, 'page_number')) };
}

function readNumber(written: unknown): ReadNumber {
  if (written === undefined) return null;
  const read = pageNumber.safeParse(numberOf(written));
  if (read.success) return read.data;
  return read.error.issues.some(({ code }) => code === 'too_small') ? 'below 1' : 'not whole';
}

function usablePage(read: ReadPagination, context: ReadingContext): NumberedPage {
  const size = whole('page_size', read.size) ?? Math.min(DEFAULT_PAGE_SIZE, context.maxPageSize);
  const number = whole('page_number', read.number) ?? 1;
  if (size > context.maxPageSize) {
    throw new ItemRefusal('rjct.pagination.invalid', `page_size is above ${context.maxPageSize}`);
  }
  if (!Number.isSafeInteger(size * number)) {
    throw new ItemRefusal('rjct.pagination.invalid', 'page_number is beyond every page');
  }
  return { size, number };
}

function whole(name: string, read: ReadNumber): number | null {
  if (read === null || typeof read === 'number') return read;
  throw new ItemRefusal('rjct.pagination.invalid', `${name} is not a whole number`);
}
