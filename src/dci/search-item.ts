import type { NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import { queryOptions, readAskedFilter, readAskedRecords } from './asked-records.js';
import { readInstant } from './instant.js';
import type { ReadingContext } from './reading-context.js';
import type { ItemRejectionCode } from './reason-codes.js';
import type { SearchItem, SearchQuestion } from './search-message.js';
import { locale as localeCode } from './schemas/fields.js';
import { readSort } from './sort.js';
import { codeOf, field, numberOf, textOf, wireObject, type WireObject } from './wire-object.js';

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
export function readSearchItem(written: unknown, context: ReadingContext): SearchItem {
  const item = wireObject(written);
  const referenceId = item === null ? null : textOf(field(item, 'reference_id'));
  try {
    if (item === null) throw new ItemRefusal('rjct.reference_id.invalid', 'The request is not an object');
    if (referenceId === null) throw new ItemRefusal('rjct.reference_id.invalid', 'reference_id is missing');
    return readQuestion(item, referenceId, context);
  } catch (error) {
    const refusal = itemRefusal(error);
    if (refusal === null) throw error;
    return { ok: false, referenceId: referenceId ?? '', code: refusal.code, message: refusal.message };
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

  const timestamp = textOf(field(item, 'timestamp', 'timesstamp', 'timesatmp'));
  if (timestamp === null || readInstant(timestamp) === null) {
    throw new ItemRefusal(
      'rjct.timestamp.invalid',
      'timestamp is not a date-time with its zone, such as 2024-05-01T08:00:00Z',
    );
  }
  if (criteria === null) {
    throw new ItemRefusal('rjct.search_criteria.invalid', 'search_criteria is missing or not an object');
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
  for (const [name, number] of written.flatMap((numbers) => [...numbers])) {
    if (number !== null && number < 1) throw new Problem('err.request.bad', `${name} is less than 1`);
  }
  return written.map((numbers) => usablePage(numbers, context))[0] ?? null;
}

/** The numbers that were written, by name; `null` for one that is no number. */
type PageNumbers = ReadonlyMap<'page_size' | 'page_number', number | null>;

function readPagination(written: unknown): PageNumbers {
  const pagination = wireObject(written);
  if (pagination === null) return new Map([['page_size', null]]);
  return new Map(
    (['page_size', 'page_number'] as const).flatMap((name) => {
      const value = field(pagination, name);
      return value === undefined ? [] : [[name, numberOf(value)] as const];
    }),
  );
}

function usablePage(numbers: PageNumbers, context: ReadingContext): NumberedPage {
  const whole = (name: 'page_size' | 'page_number', fallback: number): number => {
    const number = numbers.has(name) ? (numbers.get(name) ?? null) : fallback;
    if (number !== null && Number.isSafeInteger(number)) return number;
    throw new ItemRefusal('rjct.pagination.invalid', `${name} is not a whole number`);
  };
  const size = whole('page_size', Math.min(DEFAULT_PAGE_SIZE, context.maxPageSize));
  const number = whole('page_number', 1);
  if (size > context.maxPageSize) {
    throw new ItemRefusal('rjct.pagination.invalid', `page_size is above ${context.maxPageSize}`);
  }
  if (!Number.isSafeInteger(size * number)) {
    throw new ItemRefusal('rjct.pagination.invalid', 'page_number is beyond every page');
  }
  return { size, number };
}
