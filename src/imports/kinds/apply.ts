import { type PoolClient } from 'pg';
import { writeHalving } from '../../registry/write-halving.js';
import { outcomeDigest } from '../../registry/write-sources/differences.js';
import { type ToldRecord } from '../../registry/write-sources/told-record.js';
import { type WrittenRecord } from '../../registry/write-sources/write-outcome.js';
import {
  type JudgedPage,
  judgePage,
  type PageToWrite,
  type WrittenPage,
  writeJudged,
} from '../../registry/write-sources/write-page.js';
import { type PlacedRecord, writeImportItems } from '../import-items.js';
import { isSkippedAgain, type PreviewedRecord, readPreviewedPage } from '../preview/preview-items.js';
import { askSourceAgain } from '../preview/source-check.js';
import { type KindOfRun, type PageResult, type RunPage, type Turn } from '../run-kind.js';
import { keepRecords } from '../stored-records.js';
import { addPages, refusedPage } from '../write-apart.js';
import { lockCriteria } from './import.js';

interface ApplyPage extends RunPage {
  readonly records: readonly PreviewedRecord[];
  readonly hasNext: boolean;
}

/** How often this run has written each of the people, whose versions have grown by as much. */
const SELECT_OWN_REVISIONS = {
  name: 'apply-own-revisions',
  text: `
    select individual_id, count(*)::integer as written
    from individual_revisions
    where import_run_id = $1 and individual_id = any ($2::uuid[])
    group by individual_id`,
};

/** Writes exactly the records of a preview, in their order and under their places there. */
export const applyRecords: KindOfRun<ApplyPage> = {
  async read(context, turn, signal) {
    await askSourceAgain(context, turn, signal);
    const { run, number, keys } = turn;
    const page = await readPreviewedPage(context.pool, keys, previewOf(turn), number);
    const { records, hasNext } = page;
    return {
      number: page.number ?? number,
      count: records.length,
      total: run.recordsReported,
      digest: null,
      records,
      hasNext,
    };
  },
  judge: (_turn, { count, hasNext }) => ({ take: count > 0, more: hasNext, warning: null, failure: null }),
  write,
  finish: lockCriteria,
};

type PageWriter = Omit<PageToWrite, 'records'>;

/** A record whose words are kept. */
interface Kept {
  readonly previewed: PreviewedRecord;
  readonly told: ToldRecord;
}

async function write(client: PoolClient, turn: Turn, { number, records }: ApplyPage): Promise<PageResult> {
  const { run, source, erased } = turn;
  const writer = {
    dataSourceId: source.id,
    origin: 'import',
    importRunId: run.id,
    page: number,
    erased,
    desk: turn.desk,
    makesPeople: turn.criteria.makesPeople,
  } as const;
  const kept = records.flatMap((previewed): Kept[] => {
    const { told } = previewed;
    return told === null ? [] : [{ previewed, told }];
  });
  const written = await writeHalving(client, kept, {
    write: (part) => writeUnlessStale(client, writer, part),
    refused: ({ told }) => refusedPage(told),
    add: addPages,
  });
  const results = new Map(kept.map(({ previewed }, index) => [previewed, written.records[index]]));
  const items = records.map((previewed): PlacedRecord & { readonly told: ToldRecord | null } => {
    const { ordinal, told } = previewed;
    return { ordinal, told, written: results.get(previewed) ?? notKept(previewed) };
  });
  await writeImportItems(client, run.id, number, items);
  const unwritten = items.filter(({ written: { outcome, refusal } }) => {
    return outcome === 'failed' || (outcome === 'conflict' && refusal?.code !== 'STALE');
  });
  await keepRecords(
    client,
    turn,
    number,
    unwritten.flatMap(({ told }) => told ?? []),
  );
  return { ...written, outcomes: items.map(({ written: { outcome } }) => outcome) };
}

/** Writes the records that still do what the preview said. Where one is left out, another may not do so any more. */
async function writeUnlessStale(
  client: PoolClient,
  writer: PageWriter,
  records: readonly Kept[],
): Promise<WrittenPage> {
  let fresh = records;
  for (;;) {
    const judged = await judgePage(client, { ...writer, records: fresh.map(({ told }) => told), explain: true });
    const stale = await findStale(client, writer, fresh, judged);
    if (stale.size === 0) {
      const written = await writeJudged(client, judged, writer);
      const results = new Map(fresh.map((record, index) => [record, written.records[index]]));
      return { ...written, records: records.map((record) => results.get(record) ?? staleRecord(record)) };
    }
    fresh = fresh.filter((record) => !stale.has(record));
  }
}

/** Those of whom somebody was changed here since the preview, or that would do something else now. */
async function findStale(
  client: PoolClient,
  { importRunId }: PageWriter,
  records: readonly Kept[],
  { records: results, explained }: JudgedPage,
): Promise<Set<Kept>> {
  const people = explained.flatMap(({ seen }) => seen.map(({ id }) => id));
  const { rows } = await client.query<{ individual_id: string; written: number }>({
    ...SELECT_OWN_REVISIONS,
    values: [importRunId, [...new Set(people)]],
  });
  const own = new Map(rows.map((row) => [row.individual_id, row.written]));
  return new Set(
    records.filter(({ previewed: { outcomeDigest: previewedDigest, seen } }, index) => {
      const result = results[index];
      const now = explained[index];
      if (result === undefined || now === undefined || previewedDigest === null) return true;
      if (!previewedDigest.equals(outcomeDigest(result, now.differences))) return true;
      const versions = new Map(seen.map(({ id, version }) => [id, version]));
      // Whom this very run made was not there then.
      const isAsSeen = now.seen.every(({ id, version }) => version - (own.get(id) ?? 0) === (versions.get(id) ?? 0));
      return !isAsSeen || seen.some(({ id }) => !now.seen.some((person) => person.id === id));
    }),
  );
}

function staleRecord({ previewed, told }: Kept): WrittenRecord {
  const { individualId, motherId, fatherId, groupId } = previewed;
  return {
    outcome: 'conflict',
    refusal: {
      code: 'STALE',
      reason: 'Somebody of whom the record tells was changed here after the preview; nothing was written',
    },
    individualId,
    motherId,
    fatherId,
    groupId,
    issues: told.record.issues,
    questions: [],
  };
}

/** What becomes of a record whose words are not kept. */
function notKept({ reasonCode, reason, issues }: PreviewedRecord): WrittenRecord {
  const refusal =
    isSkippedAgain(reasonCode) && reason !== null
      ? { code: reasonCode, reason }
      : {
          code: 'PERSON_ERASED' as const,
          reason: 'Somebody of whom the record tells was erased after the preview; nothing was written',
        };
  return {
    outcome: 'skipped',
    refusal,
    individualId: null,
    motherId: null,
    fatherId: null,
    groupId: null,
    issues,
    questions: [],
  };
}

function previewOf({ run }: Turn): string {
  if (run.ofRunId === null) throw new Error('an apply is of a preview');
  return run.ofRunId;
}
