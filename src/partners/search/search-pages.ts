import type { Pool } from 'pg';
import { defaultPage, type ItemOutcome } from '../../dci/answer.js';
import type { Dialect } from '../../dci/dialects/dialect.js';
import { writeInstant } from '../../dci/instant.js';
import type { SearchItem } from '../../dci/search-message.js';
import type { Access } from '../../record/access.js';
import { answerItem } from './answer-item.js';
import type { PlaceInPages, SearchPlace } from './search-progress.js';
import type { ItemStatus } from '../transactions/transactions.js';

/** For whom the pages of a search are read. */
export interface PageSettings {
  readonly dialect: Dialect;
  /** As it is when the page is read. */
  readonly access: Access;
  /** Of this caller. */
  readonly maxPageSize: number;
  readonly now: Date;
}

/** What goes into one message. */
export interface MessageContent {
  /** One page of each item; never two of the same. */
  readonly outcomes: readonly ItemOutcome[];
  /** Of all items so far. */
  readonly statuses: readonly ItemStatus[];
  /** With what the message after it begins; `null` after the last. */
  readonly next: SearchPlace | null;
}

/** A message is closed when it holds this many records; a page is never parted. */
const RECORDS_PER_MESSAGE = 1_000;

/** Reads the items from `place` on, until the message is full, an item has more pages, or there are no more items. */
export async function readMessage(
  pool: Pool,
  items: readonly SearchItem[],
  { place, outcome }: { readonly place: SearchPlace; readonly outcome: readonly ItemStatus[] },
  settings: PageSettings,
): Promise<MessageContent> {
  const outcomes: ItemOutcome[] = [];
  const statuses = outcome.slice(0, place.item);
  let records = 0;
  let page = place.page;
  for (const [index, item] of items.slice(place.item).entries()) {
    const number = place.item + index;
    if (records >= RECORDS_PER_MESSAGE) return { outcomes, statuses, next: { item: number, page: null } };
    const answered = await answerPage(pool, item, page, settings);
    const following = pageAfter(item, answered);
    outcomes.push(answered);
    statuses.push(statusOf(answered, following !== null, settings.now));
    if (following !== null) return { outcomes, statuses, next: { item: number, page: following } };
    if (answered.ok) records += answered.records.length;
    page = null;
  }
  return { outcomes, statuses, next: null };
}

async function answerPage(
  pool: Pool,
  item: SearchItem,
  page: PlaceInPages | null,
  { dialect, access, maxPageSize }: PageSettings,
): Promise<ItemOutcome> {
  const { size, number } = (item.ok ? item.page : null) ?? defaultPage(dialect, maxPageSize);
  return answerItem(pool, item.ok ? { ...item, page: { size, number: page?.number ?? number } } : item, {
    pool,
    dialect,
    access,
    maxPageSize,
    addressPage: null,
    reading: { by: 'cursor', after: page?.cursor ?? null, total: page?.total ?? null },
  });
}

/** A caller who names a later page wants that one; all others get every page there is. */
function pageAfter(item: SearchItem, answered: ItemOutcome): PlaceInPages | null {
  if (!item.ok || !answered.ok || answered.nextCursor === null) return null;
  if (item.page !== null && item.page.number > 1) return null;
  return { number: answered.page.number + 1, cursor: answered.nextCursor, total: answered.total };
}

function statusOf(answered: ItemOutcome, hasMore: boolean, now: Date): ItemStatus {
  const item = { reference_id: answered.ok ? answered.question.referenceId : answered.referenceId };
  const timestamp = writeInstant(now);
  if (!answered.ok) {
    const { code, message } = answered;
    return { ...item, timestamp, status: 'rjct', status_reason_code: code, status_reason_message: message };
  }
  const { page, total } = answered;
  return {
    ...item,
    timestamp,
    status: hasMore ? 'pdng' : 'succ',
    pagination: { page_size: page.size, page_number: page.number, total_count: total },
  };
}
