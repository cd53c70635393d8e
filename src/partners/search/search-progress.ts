import type { Queryable } from '../../database/pool.js';
import { type ClientStanding, readStanding, standingOf, type StandingRow } from '../../security/client-standing.js';
import type { Keys } from '../../security/keys.js';
import type { ItemStatus } from '../transactions/transactions.js';

/** With which page of which item a message begins. */
export interface SearchPlace {
  readonly item: number;
  /** `null`: the first, whichever number it has. */
  readonly page: PlaceInPages | null;
}

/** A page that is not the first of its item. */
export interface PlaceInPages {
  readonly number: number;
  /** Behind the last record of the page before. */
  readonly cursor: string;
  /** As the first page counted them. */
  readonly total: number;
}

/** How far the answer to a search is. */
export interface SearchProgress {
  /** Number of the next message, from 1. */
  readonly ordinal: number;
  readonly place: SearchPlace;
  /** What became of the items so far; of the last one perhaps only of its first pages. */
  readonly outcome: readonly ItemStatus[];
}

const READ_PROGRESS = {
  name: 'search-progress-read',
  text: `
    select next_ordinal, next_item, next_page, cursor_sealed, item_total, outcome,
      (select count(*) from deliveries d where d.transaction_ref = t.id and d.state <> 'delivered') as undelivered,
      ${standingOf('c')} as standing
    from transactions t join api_clients c on c.id = t.api_client_id
    where t.id = $1 and t.state in ('received', 'working')`,
};

interface ProgressRow {
  next_ordinal: number;
  next_item: number;
  next_page: number | null;
  cursor_sealed: Buffer | null;
  item_total: number | null;
  outcome: ItemStatus[];
  undelivered: number;
  standing: StandingRow;
}

/** How far a search is, how many of its messages still wait, and how its client stands; `null` when it is finished. */
export async function readProgress(
  db: Queryable,
  keys: Keys,
  id: string,
): Promise<(SearchProgress & { readonly undelivered: number; readonly standing: ClientStanding }) | null> {
  const { rows } = await db.query<ProgressRow>({ ...READ_PROGRESS, values: [id] });
  const [row] = rows;
  if (!row) return null;
  const { next_page: number, cursor_sealed: sealed, item_total: total } = row;
  const page =
    number === null || sealed === null || total === null ? null : { number, cursor: keys.open(sealed), total };
  return {
    ordinal: row.next_ordinal,
    place: { item: row.next_item, page },
    outcome: row.outcome,
    undelivered: row.undelivered,
    standing: readStanding(row.standing),
  };
}

const WRITE_PROGRESS = {
  name: 'search-progress-write',
  text: `
    update transactions
    set state = 'working', next_ordinal = next_ordinal + 1, next_item = $3, next_page = $4, cursor_sealed = $5,
      item_total = $6, outcome = $7
    where id = $1 and next_ordinal = $2 and state in ('received', 'working')`,
};

/**
 * Moves a search on behind its message `ordinal`. `false`: another worker wrote that message, and what this one made of
 * it must not be committed.
 */
export async function writeProgress(
  db: Queryable,
  keys: Keys,
  id: string,
  { ordinal, place: { item, page }, outcome }: SearchProgress,
): Promise<boolean> {
  const { rowCount } = await db.query({
    ...WRITE_PROGRESS,
    values: [
      id,
      ordinal,
      item,
      page?.number ?? null,
      page === null ? null : keys.seal(page.cursor),
      page?.total ?? null,
      JSON.stringify(outcome),
    ],
  });
  return rowCount === 1;
}
