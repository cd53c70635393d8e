import { type PoolClient } from 'pg';
import { type Queryable } from '../../database/pool.js';
import { writeImportItems } from '../import-items.js';
import { type KindOfRun, type PageResult, type RunPage, type Turn } from '../run-kind.js';
import { judgeUndo } from '../undo/judge-undo.js';
import { loadPageToUndo } from '../undo/page-to-undo.js';
import { takeBack } from '../undo/take-back.js';

/** A page of the run that is taken back. */
interface WrittenPage extends RunPage {
  /** Its number there; `null`: there is none left. */
  readonly page: number | null;
  readonly hasNext: boolean;
}

/** The pages of a run are counted from behind: `$2` is the one that comes now. */
const SELECT_NEXT = {
  name: 'undo-next-page',
  text: `
    select r.next_page as "end", p.page, (
        select count(*)::integer from import_items t where t.import_run_id = r.id and t.page = p.page) as count,
      exists (select from import_pages q where q.import_run_id = r.id and q.page < p.page)
        or exists (select from individual_revisions v where v.import_run_id = r.id and v.page < p.page) as "hasNext"
    from import_runs r
    cross join lateral (
      select greatest(
        (select max(q.page) from import_pages q where q.import_run_id = r.id and q.page <= r.next_page - $2::integer),
        (select max(v.page) from individual_revisions v
          where v.import_run_id = r.id and v.page <= r.next_page - $2::integer)) as page) p
    where r.id = $1`,
};

const COUNT_RECORDS = {
  name: 'undo-count-records',
  text: 'select count(*)::integer as count from import_items where import_run_id = $1',
};

/** What was imported with success is fetched again without further ado. */
const UNLOCK_CRITERIA = {
  name: 'undo-unlock-criteria',
  text: 'update search_criteria set locked_at = null, updated_at = now() where id = $1 and locked_at is not null',
};

/**
 * What the run asked and nobody has decided: the people may be gone, and to decide it would write a record of the run. A
 * fetch that finds the same asks anew.
 */
const FORGET_QUESTIONS = {
  name: 'undo-forget-questions',
  text: "delete from conflict_cases where import_run_id = $1 and state = 'open'",
};

/** Takes a run back, page after page from its last to its first. */
export const undoPages: KindOfRun<WrittenPage> = {
  async read({ pool }, { run, number, recordsReported }) {
    const { rows } = await pool.query<{ end: number; page: number | null; count: number; hasNext: boolean }>({
      ...SELECT_NEXT,
      values: [run.ofRunId, number],
    });
    const [{ end, page, count, hasNext } = { end: number, page: null, count: 0, hasNext: false }] = rows;
    const total = recordsReported ?? (await countRecords(pool, run.ofRunId));
    return { number: page === null ? number : end - page, count, total, digest: null, page, hasNext };
  },
  judge: (_turn, { page, hasNext }) => ({
    take: page !== null,
    more: page !== null && hasNext,
    warning: page === null ? 'There was nothing to take back.' : null,
    failure: null,
  }),
  write,
  async finish(client, { run }) {
    await client.query({ ...FORGET_QUESTIONS, values: [run.ofRunId] });
    await client.query({ ...UNLOCK_CRITERIA, values: [run.searchCriteriaId] });
  },
};

async function countRecords(db: Queryable, runId: string | null): Promise<number> {
  const { rows } = await db.query<{ count: number }>({ ...COUNT_RECORDS, values: [runId] });
  return rows[0]?.count ?? 0;
}

async function write(client: PoolClient, { run, source }: Turn, { number, page }: WrittenPage): Promise<PageResult> {
  const runId = run.ofRunId;
  if (page === null || runId === null) throw new Error('an undo has a page of another run to take back');
  const of = { runId, page, dataSourceId: source.id };
  const written = await loadPageToUndo(client, of);
  const { items, ...result } = await takeBack(client, written, judgeUndo(written, of), {
    undoRunId: run.id,
    of,
  });
  await writeImportItems(client, run.id, number, items);
  return result;
}
