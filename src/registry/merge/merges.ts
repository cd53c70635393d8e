import { type Queryable } from '../../database/pool.js';
import { isUuid } from '../../record/uuid.js';
import { type CursorPage, type ListPage, readPage } from '../queries/keyset.js';

/** Two people who were one. */
export interface Merge {
  readonly id: string;
  /** Who is gone; the id leads to the winner. */
  readonly losingId: string;
  readonly winnerId: string;
  readonly mergedAt: Date;
  readonly mergedBy: string;
  readonly undoneAt: Date | null;
  readonly undoneBy: string | null;
}

const COLUMNS = `m.id, m.losing_id as "losingId", m.winner_id as "winnerId", m.merged_at as "mergedAt",
  m.merged_by as "mergedBy", m.undone_at as "undoneAt", m.undone_by as "undoneBy"`;

const SELECT_WINNER = {
  name: 'merges-select-winner',
  text: 'select winner_id as id from individual_merges where losing_id = $1 and undone_at is null',
};

/** The person with whom the one of this id was merged; `null` where that never was. */
export async function findWinner(db: Queryable, losingId: string): Promise<string | null> {
  if (!isUuid(losingId)) return null;
  const { rows } = await db.query<{ id: string }>({ ...SELECT_WINNER, values: [losingId] });
  return rows[0]?.id ?? null;
}

/** All merges, the newest first. Throws `PAGE_INVALID`, `CURSOR_INVALID`. */
export async function listMerges(db: Queryable, page: CursorPage): Promise<ListPage<Merge>> {
  return readPage<Merge & Record<string, unknown>, Merge>(
    db,
    {
      from: 'individual_merges m',
      columns: COLUMNS,
      where: 'true',
      parameters: [],
      onePlan: true,
      keys: [
        { name: 'mergedAt', expression: 'm.merged_at', type: 'timestamptz', nullable: false, direction: 'desc' },
        { name: 'id', expression: 'm.id', type: 'uuid', nullable: false, direction: 'desc' },
      ],
    },
    page,
    (row) => row,
  );
}
