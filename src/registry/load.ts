import { type Pool } from 'pg';
import { inTransaction } from '../database/transaction.js';
import { type RegistryRecord } from '../record/registry-record.js';
import { type ErasedPeople } from './erased-people.js';
import { type FileLine, readLines } from './load-lines.js';
import { writeRecords } from './write-records/write-records.js';
import { type WrittenRegistryRecord } from './write-records/write-result.js';

/** Why a line, or a record on it, was not taken: sentences without the values themselves. */
export interface LineProblem {
  /** Of the record; `null` where it is the line as a whole. */
  readonly field: string | null;
  readonly message: string;
}

/** What a line says: records in the order in which they are written, or why it cannot be used. */
export type LineReading =
  | { readonly ok: true; readonly records: readonly RegistryRecord[] }
  | { readonly ok: false; readonly problems: readonly LineProblem[] };

/** A line that was not taken, or not all of it. */
export interface RejectedLine {
  readonly line: number;
  readonly reasons: readonly LineProblem[];
  /** `null` where it could not even be read. */
  readonly text: string | null;
}

/** What became of a file. */
export interface LoadCounts {
  lines: number;
  /** Lines of which something was not written. */
  rejected: number;
  /** Of records; a line may hold several. */
  created: number;
  updated: number;
  unchanged: number;
}

export interface LoadOptions {
  readonly file: AsyncIterable<Uint8Array>;
  /** Reads the JSON of a line. */
  readonly read: (json: unknown) => LineReading;
  /** Waited for: whoever writes the rejected lines down slows the load to its own speed. */
  readonly onRejected: (rejected: RejectedLine) => Promise<void> | void;
  /** Who must not come back. */
  readonly erased: ErasedPeople;
  /** How far the load is, after each batch. */
  readonly onProgress?: ((linesDone: number, bytesDone: number) => void) | undefined;
}

/** As many lines are written in one transaction: enough for speed, few enough that others do not wait long. */
const LINES_PER_BATCH = 500;

/**
 * Loads records of our own registry from a file with one JSON record a line, however long: a batch of lines is held at a
 * time and committed before the next. A line that cannot be used is told of and passed over. Lines may name people,
 * groups and programmes of lines before them. Loading a file again, also one that was half loaded, changes nothing that
 * is there already.
 */
export async function loadRecords(pool: Pool, options: LoadOptions): Promise<LoadCounts> {
  const counts: LoadCounts = { lines: 0, rejected: 0, created: 0, updated: 0, unchanged: 0 };
  let batch: FileLine[] = [];
  const flush = async (): Promise<void> => {
    await loadBatch(pool, batch, options, counts);
    const endsAt = batch.at(-1)?.endsAt;
    batch = [];
    if (endsAt !== undefined) options.onProgress?.(counts.lines, endsAt);
  };
  for await (const line of readLines(options.file)) {
    batch.push(line);
    if (batch.length === LINES_PER_BATCH) await flush();
  }
  await flush();
  return counts;
}

async function loadBatch(
  pool: Pool,
  lines: readonly FileLine[],
  { read, onRejected, erased }: LoadOptions,
  counts: LoadCounts,
): Promise<void> {
  const readings = lines.map((line) => ({ line, reading: readLine(line, read) }));
  const records = readings.flatMap(({ reading }) => (reading.ok ? reading.records : []));
  const written =
    records.length === 0
      ? []
      : await inTransaction(pool, (client) => writeRecords(client, records, { origin: 'loader', erased }));

  let done = 0;
  for (const { line, reading } of readings) {
    counts.lines += 1;
    const outcomes = reading.ok ? written.slice(done, (done += reading.records.length)) : [];
    count(outcomes, counts);
    const reasons = reading.ok ? outcomes.flatMap(problemOf) : reading.problems;
    if (reasons.length === 0) continue;
    counts.rejected += 1;
    await onRejected({ line: line.number, reasons, text: line.text });
  }
}

function readLine({ text, fault }: FileLine, read: LoadOptions['read']): LineReading {
  if (text === null) return rejected(fault ?? 'The line cannot be read');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return rejected('The line is not JSON: each line has to be one JSON record');
  }
  const reading = read(json);
  return reading.ok && reading.records.some(cannotBeFoundAgain)
    ? rejected('The record has no identifier by which it could be found again', 'identifiers')
    : reading;
}

/** Each load would make it once more. */
function cannotBeFoundAgain(record: RegistryRecord): boolean {
  if (record.kind !== 'individual' && record.kind !== 'group') return false;
  return record.id === undefined && (record.identifiers ?? []).length === 0;
}

function rejected(message: string, field: string | null = null): LineReading {
  return { ok: false, problems: [{ field, message }] };
}

function count(outcomes: readonly WrittenRegistryRecord[], counts: LoadCounts): void {
  for (const { outcome } of outcomes) if (outcome !== 'refused') counts[outcome] += 1;
}

function problemOf({ refusal }: WrittenRegistryRecord): LineProblem[] {
  return refusal === null ? [] : [{ field: refusal.field, message: refusal.reason }];
}
