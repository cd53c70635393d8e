import { type PoolClient } from 'pg';
import { writeBehind } from '../../database/write-behind.js';
import { outcomeDigest } from '../../registry/write-sources/differences.js';
import { clearOverlay, Overlay } from '../../registry/write-sources/overlay.js';
import { type WrittenRecord } from '../../registry/write-sources/write-outcome.js';
import { countPage, judgePage } from '../../registry/write-sources/write-page.js';
import { findAskedRecords } from '../asked-records.js';
import { writeImportItems } from '../import-items.js';
import { isSkippedAgain, keepPreviewItems } from '../preview/preview-items.js';
import { type KindOfRun, type PageResult, type Turn } from '../run-kind.js';
import { keepRecords } from '../stored-records.js';
import { importRecords, placesWarning, type SourcePage, warnOfNone } from './import.js';

const SELECT_HELD = {
  name: 'preview-held-ids',
  text: `
    select id from individuals where id = any ($1::uuid[])
    union all select id from groups where id = any ($2::uuid[])`,
};

/** Asks the source page by page, and keeps what an import would do with what it says: nothing else is written. */
export const previewRecords: KindOfRun<SourcePage> = {
  read: importRecords.read,
  judge: importRecords.judge,
  write,
  async finish(client, turn) {
    await warnOfNone(client, turn);
    await clearOverlay(client, turn.run.id);
  },
};

async function write(client: PoolClient, turn: Turn, page: SourcePage): Promise<PageResult> {
  const { run, source, erased, keys } = turn;
  const today = new Date().toISOString().slice(0, 10);
  const { residual, records, warnings } = page.result;
  const asked = await findAskedRecords(client, source.id, residual, records, today);
  const overlay = new Overlay({ importRunId: run.id, erased, keys });
  const judged = await judgePage(client, {
    dataSourceId: source.id,
    origin: 'import',
    importRunId: run.id,
    page: page.number,
    erased,
    desk: turn.desk,
    makesPeople: turn.criteria.makesPeople,
    records: asked,
    overlay,
    explain: true,
  });
  const held = await onlyHeld(client, judged.records);
  const items = asked.flatMap((told, index) => {
    const written = judged.records[index];
    const { differences = [], seen = [] } = judged.explained[index] ?? {};
    if (written === undefined) return [];
    const named = differences.map((one) =>
      one.individualId !== null && overlay.isMade(one.individualId) ? { ...one, individualId: null } : one,
    );
    return [
      {
        told,
        ordinal: told.ordinal,
        written: held(written),
        outcomeDigest: outcomeDigest(written, differences),
        seen: seen.filter(({ id }) => !overlay.isMade(id)),
        differences: named,
      },
    ];
  });
  // Nobody could find a record again that shows no identifier, not even to erase it; to apply it is to skip it again.
  const kept = items.filter(({ written: { refusal } }) => refusal === null || !isSkippedAgain(refusal.code));
  await writeBehind(client, async (db) => {
    await overlay.keep(db, judged.state, judged.said, judged.marriages);
    await writeImportItems(db, run.id, page.number, items);
    const records = kept.map(({ told }) => told);
    await keepRecords(db, turn, page.number, records);
    await keepPreviewItems(db, turn, page.number, kept);
  });
  return {
    ...countPage(judged),
    outcomes: items.map(({ written: { outcome } }) => outcome),
    recordsOutside: page.count - asked.length,
    warnings: [...warnings, ...placesWarning(source)],
  };
}

/** Leaves out of items who would be made: there is nobody yet to lead to. */
async function onlyHeld(
  client: PoolClient,
  records: readonly WrittenRecord[],
): Promise<(written: WrittenRecord) => WrittenRecord> {
  const people = records.flatMap(({ individualId, motherId, fatherId }) => [individualId, motherId, fatherId]);
  const { rows } = await client.query<{ id: string }>({
    ...SELECT_HELD,
    values: [people, records.map(({ groupId }) => groupId)],
  });
  const held = new Set(rows.map(({ id }) => id));
  const ifHeld = (id: string | null): string | null => (id !== null && held.has(id) ? id : null);
  return (written) => ({
    ...written,
    individualId: ifHeld(written.individualId),
    motherId: ifHeld(written.motherId),
    fatherId: ifHeld(written.fatherId),
    groupId: ifHeld(written.groupId),
  });
}
