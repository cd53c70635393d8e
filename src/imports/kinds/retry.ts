import { type PoolClient } from 'pg';
import { type ToldRecord } from '../../registry/write-sources/told-record.js';
import { writeImportItems } from '../import-items.js';
import { type KindOfRun, type PageResult, type RunPage, type Turn } from '../run-kind.js';
import { forgetRecords, readFailedRecords } from '../stored-records.js';
import { writeApart } from '../write-apart.js';

interface FailedPage extends RunPage {
  readonly total: number;
  readonly records: readonly ToldRecord[];
}

/**
 * Writes the records that a run could not write, as they were read then and under their places there. Those that still
 * cannot be written stay with the run that read them.
 */
export const retryRecords: KindOfRun<FailedPage> = {
  async read({ pool }, { run, number, recordsDone, keys }) {
    const { page, records, remaining } = await readFailedRecords(pool, keys, run.ofRunId ?? run.id, number);
    return { number: page ?? number, count: records.length, total: recordsDone + remaining, digest: null, records };
  },
  judge: ({ recordsDone }, { count, total }) => ({
    take: count > 0,
    more: recordsDone + count < total,
    warning: null,
    failure: null,
  }),
  write,
};

async function write(client: PoolClient, turn: Turn, { number, records }: FailedPage): Promise<PageResult> {
  const { run, source, erased } = turn;
  const origin = {
    dataSourceId: source.id,
    origin: 'import',
    importRunId: run.id,
    page: number,
    erased,
    desk: turn.desk,
    makesPeople: turn.criteria.makesPeople,
  } as const;
  const written = await writeApart(client, origin, records);
  const items = records.flatMap(({ ordinal }, index) => {
    const record = written.records[index];
    return record === undefined ? [] : [{ ordinal, written: record }];
  });
  await writeImportItems(client, run.id, number, items);
  const done = items.filter(({ written: { outcome } }) => outcome !== 'failed').map(({ ordinal }) => ordinal);
  await forgetRecords(client, run.ofRunId ?? run.id, number, done);
  return { ...written, outcomes: items.map(({ written: { outcome } }) => outcome) };
}
