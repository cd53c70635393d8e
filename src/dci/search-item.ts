import { findAttribute } from '../record/catalogue.js';
import type { NumberedPage } from '../record/page.js';
import { Problem } from '../record/problem.js';
import type { Sort } from '../record/sort.js';
import { readAskedFilter, readAskedRecords } from './asked-records.js';
import { readInstant } from './instant.js';
import type { ReadingContext } from './reading-context.js';
import type { ItemRejectionCode } from './reason-codes.js';
import type { SearchItem, SearchQuestion } from './search-message.js';
import { codeOf, field, listOf, numberOf, quoted, textOf, wireObject, type WireObject } from './wire-object.js';

/** Page size where a caller names a page without its size. */
const DEFAULT_PAGE_SIZE = 20;

const MAX_SORT_KEYS = 10;

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
  if (!(error instanceof Problem)) return null;
  return error.code === 'rjct.search_criteria.invalid' || error.code === 'rjct.filter.invalid'
    ? new ItemRefusal(error.code, error.message)
    : null;
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
  const { filter, warnings } = readAskedFilter({ queryType: field(criteria, 'query_type'), query }, asked);
  return {
    ok: true,
    referenceId,
    regType,
    regRecordType,
    registryKind: asked.kind,
    record: asked.record,
    query: { filter },
    sort: readSort(field(criteria, 'sort')),
    page,
    locale,
    warnings,
  };
}

/** `locale` of a message or an item. Throws a `Problem` (`err.request.bad`) for what is no code of ISO 639-3. */
export function readLocale(item: WireObject): string | null {
  const locale = field(item, 'locale');
  if (locale === undefined) return null;
  if (typeof locale === 'string' && /^[a-z]{3}$/u.test(locale)) return locale;
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

function readSort(written: unknown): Sort[] {
  const keys = listOf(written).map(readSortKey);
  if (keys.length > MAX_SORT_KEYS) {
    throw new ItemRefusal('rjct.sort.invalid', `sort has more than ${MAX_SORT_KEYS} attributes`);
  }
  return keys.filter((key, index) => keys.findIndex((other) => other.attribute === key.attribute) === index);
}

function readSortKey(written: unknown): Sort {
  const key = wireObject(written);
  const name = key === null ? textOf(written) : codeOf(field(key, 'attribute_name', 'attribute'));
  if (name === null) throw new ItemRefusal('rjct.sort.invalid', 'An entry of sort has no attribute_name');
  const attribute = findAttribute(name);
  if (attribute === undefined) {
    throw new ItemRefusal('rjct.sort.invalid', `Nothing can be sorted by ${quoted(name)} here`);
  }
  const order = key === null ? 'asc' : (textOf(field(key, 'sort_order', 'order'))?.toLowerCase() ?? 'asc');
  if (order !== 'asc' && order !== 'desc') {
    throw new ItemRefusal('rjct.sort.invalid', 'sort_order is one of asc, desc');
  }
  return { attribute: attribute.name, direction: order };
}
