import type { ImportRun } from './import-run.js';

/** How fast a run goes, and how long it still takes if it goes on so. */
export interface Pace {
  /** `null` before the first records. */
  readonly recordsPerSecond: number | null;
  /** Whole seconds, rounded up; `null` where that cannot be known, 0 when the run has succeeded. */
  readonly secondsLeft: number | null;
}

/** So long back a pace is measured: long enough for large pages, short enough for a source that grows slow. */
const WINDOW_MS = 15_000;

interface Sample {
  /** Of `performance.now()`. */
  readonly at: number;
  readonly records: number;
}

/** The pace of a run over its whole time; `now` in milliseconds since 1970. */
export function averagePace(run: ImportRun, now = Date.now()): Pace {
  const until = run.finishedAt?.getTime() ?? now;
  const seconds = run.startedAt === null ? 0 : (until - run.startedAt.getTime()) / 1000;
  return paceOf(run, run.recordsDone > 0 && seconds > 0 ? run.recordsDone / seconds : null);
}

/** Measures the pace of a run that is looked at again and again, over the last seconds of it. */
export class PaceMeter {
  #samples: Sample[] = [];

  /** `now` is of `performance.now()`. */
  measure(run: ImportRun, now = performance.now()): Pace {
    const [newest] = this.#samples.slice(-1);
    if (newest === undefined || newest.records !== run.recordsDone) {
      this.#samples.push({ at: now, records: run.recordsDone });
    }
    // One that is older stays: else a page that takes long would leave nothing to compare with.
    while ((this.#samples[1]?.at ?? now) < now - WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples;
    const seconds = first === undefined ? 0 : (now - first.at) / 1000;
    const records = first === undefined ? 0 : run.recordsDone - first.records;
    if (run.finishedAt !== null || records <= 0 || seconds <= 0) return averagePace(run);
    return paceOf(run, records / seconds);
  }
}

/** How many pages the run comes to, those that are done among them; `null` where the source does not say. */
export function pagesExpected({
  state,
  pagesDone,
  recordsDone,
  recordsReported,
  pageSize,
}: Pick<ImportRun, 'state' | 'pagesDone' | 'recordsDone' | 'recordsReported' | 'pageSize'>): number | null {
  if (state === 'succeeded') return pagesDone;
  if (recordsReported === null || pageSize === null) return null;
  return pagesDone + Math.ceil(Math.max(0, recordsReported - recordsDone) / pageSize);
}

function paceOf({ state, recordsDone, recordsReported }: ImportRun, recordsPerSecond: number | null): Pace {
  const rounded = recordsPerSecond === null ? null : Math.round(recordsPerSecond * 10) / 10;
  if (state === 'succeeded') return { recordsPerSecond: rounded, secondsLeft: 0 };
  const isGoingOn = state === 'running' || state === 'queued';
  if (!isGoingOn || recordsPerSecond === null || recordsReported === null) {
    return { recordsPerSecond: rounded, secondsLeft: null };
  }
  const left = Math.max(0, recordsReported - recordsDone);
  return { recordsPerSecond: rounded, secondsLeft: Math.ceil(left / recordsPerSecond) };
}
