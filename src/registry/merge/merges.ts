import { type Queryable } from '../../database/pool.js';
import { Problem } from '../../record/problem.js';
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

const SELECT = { name: 'merges-select', text: `select ${COLUMNS} from individual_merges m where m.id = $1` };

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

/** The merge of this id. Throws a `Problem` `MERGE_UNKNOWN`. */
export async function findMerge(db: Queryable, id: string): Promise<Merge> {
  const { rows } = isUuid(id)
    ? await db.query<Merge & Record<string, unknown>>({ ...SELECT, values: [id] })
    : { rows: [] };
  const [merge] = rows;
  if (merge === undefined) {
    throw new Problem('MERGE_UNKNOWN', 'There is no merge with this id: list the merges to see which there are');
  }
  return merge;
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
