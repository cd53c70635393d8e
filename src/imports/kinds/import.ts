import { createHash } from 'node:crypto';
import { type PoolClient } from 'pg';
import { dialect } from '../../dci/dialects/dialect.js';
import { type DataSource } from '../../sources/data-sources.js';
import { keepingExchanges } from '../../sources/exchanges/kept-exchanges.js';
import { type SearchResult } from '../../sources/registry-client.js';
import { findAskedRecords } from '../asked-records.js';
import { writeImportItems } from '../import-items.js';
import { judgePage } from '../page-end.js';
import { isTooLarge, learnedSize, type NumberedSize, smallerPage } from '../page-size.js';
import { type ImportContext, type KindOfRun, type PageResult, type RunPage, type Turn } from '../run-kind.js';
import { keepRecords } from '../stored-records.js';
import { writeApart } from '../write-apart.js';

const LARGEST_COUNT = 2_147_483_647;

const WARN_OF_NONE = {
  name: 'warn-import-run-of-none',
  text: `
    update import_runs set warnings = warnings || $2::text
    where id = $1 and records_done > 0 and records_outside = records_done`,
};

const NONE_ASKED_FOR =
  'The source gave records, but the criteria asks for none of them: look whether its location or location type is one of this source.';

/** A run that brought nothing locks nothing: the operator corrects the criteria and fetches again. */
const LOCK_IMPORTED_CRITERIA = {
  name: 'lock-imported-criteria',
  text: `
    update search_criteria c set locked_at = now(), updated_at = now()
    from import_runs r
    where r.id = $1 and c.id = r.search_criteria_id
      and exists (select from import_items t where t.import_run_id = r.id)`,
};

/** A page of a source. */
export interface SourcePage extends RunPage {
  readonly digest: Buffer;
  /** Records that it was asked for. */
  readonly size: number;
  readonly result: SearchResult;
}

/** Asks the source page by page and writes what it says. */
export const importRecords: KindOfRun<SourcePage> = {
  async read(context, turn, signal) {
    const { result, ...asked } = await askHalving(context, turn, signal);
    const total = result.pagination?.total ?? null;
    return {
      ...asked,
      count: result.records.length,
      total: total !== null && Number.isInteger(total) && total >= 0 && total <= LARGEST_COUNT ? total : null,
      digest: createHash('sha256').update(JSON.stringify(result.records)).digest(),
      result,
    };
  },
  judge(turn, page) {
    const { leavesOutRecords = false, paged } = dialect(turn.source.dialect).request;
    const verdict = judgePage(turn, { ...page, whole: !paged });
    // Where records are missing from full pages a short one tells nothing of how many the source gives.
    if (leavesOutRecords) return { ...verdict, size: page.size };
    return { ...verdict, size: learnedSize(page, page.count, page.result.pagination?.size ?? null) };
  },
  write: writeRecords,
  finish: lockCriteria,
};

/** A source that refuses a large page is asked for smaller ones until it answers. */
async function askHalving(
  { client, pool, keys }: Pick<ImportContext, 'client' | 'pool' | 'keys'>,
  { run, source, filter, criteria, number, size }: Turn,
  signal: AbortSignal,
): Promise<NumberedSize & { readonly result: SearchResult }> {
  for (let page: NumberedSize = { number, size }; ;) {
    try {
      const owner = { importRunId: run.id, page: page.number };
      const result = await keepingExchanges({ db: pool, keys, source }, owner, (see) =>
        client.search(source, { filter, event: criteria.event, page }, signal, see),
      );
      return { ...page, result };
    } catch (error) {
      const smaller = isTooLarge(error) ? smallerPage(page) : null;
      if (smaller === null) throw error;
      page = smaller;
    }
  }
}

async function writeRecords(client: PoolClient, turn: Turn, page: SourcePage): Promise<PageResult> {
  const { run, source, erased } = turn;
  const today = new Date().toISOString().slice(0, 10);
  const { residual, records, warnings } = page.result;
  const asked = await findAskedRecords(client, source.id, residual, records, today);
  const written = await writeApart(
    client,
    {
      dataSourceId: source.id,
      origin: 'import',
      importRunId: run.id,
      page: page.number,
      erased,
      desk: turn.desk,
      makesPeople: turn.criteria.makesPeople,
    },
    asked,
  );
  const items = asked.flatMap((told, index) => {
    const record = written.records[index];
    return record === undefined ? [] : [{ told, ordinal: told.ordinal, written: record }];
  });
  await writeImportItems(client, run.id, page.number, items);
  const unwritten = items.filter(({ written: { outcome } }) => outcome === 'failed' || outcome === 'conflict');
  await keepRecords(
    client,
    turn,
    page.number,
    unwritten.map(({ told }) => told),
  );
  return {
    ...written,
    outcomes: items.map(({ written: { outcome } }) => outcome),
    recordsOutside: page.count - asked.length,
    warnings: [...warnings, ...placesWarning(source)],
  };
}

/** Without its list of places every place of a source is unknown, which item after item would say and the run would not. */
export function placesWarning(source: DataSource): string[] {
  if (source.locationsSyncedAt !== null || source.paths.locations === undefined) return [];
  return ['The places of this source were never read: sync its locations, then fetch again to fill them in.'];
}

/** Says of a run that is over that the source gave nothing that was asked for, where it did. */
export async function warnOfNone(client: PoolClient, { run }: Turn): Promise<void> {
  await client.query({ ...WARN_OF_NONE, values: [run.id, NONE_ASKED_FOR] });
}

/** Locks the criteria of a run that has written something, until fetching is enabled again. */
export async function lockCriteria(client: PoolClient, turn: Turn): Promise<void> {
  const { run } = turn;
  await warnOfNone(client, turn);
  await client.query({ ...LOCK_IMPORTED_CRITERIA, values: [run.id] });
}
