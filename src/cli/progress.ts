import { Presets, SingleBar } from 'cli-progress';

/**
 * The work that is shown. `onProgress` takes how many are done and, where it became known later, how many there are;
 * `say` writes a line of its own.
 */
type Work<T> = (onProgress: (done: number, total?: number) => void, say: (line: string) => void) => Promise<T>;

/** Where progress is shown, and how often where that is no terminal. */
export interface ProgressOutput {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined };
  readonly everyMs: number;
}

const STANDARD_ERROR: ProgressOutput = { stream: process.stderr, everyMs: 5000 };

/**
 * Shows how far long work is: a bar on a terminal; elsewhere a plain line every few seconds, and one at the end.
 */
export async function withProgress<T>(
  what: string,
  total: number,
  work: Work<T>,
  output: ProgressOutput = STANDARD_ERROR,
): Promise<T> {
  return output.stream.isTTY === true
    ? await withBar(what, total, work, output)
    : await withLines(what, total, work, output);
}

async function withBar<T>(what: string, total: number, work: Work<T>, { stream }: ProgressOutput): Promise<T> {
  const bar = new SingleBar(
    { format: `{bar} {value}/{total} ${what} · {duration_formatted}`, stream, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  try {
    return await work(
      (done, knownTotal) => {
        if (knownTotal !== undefined && knownTotal !== bar.getTotal()) bar.setTotal(knownTotal);
        bar.update(done);
      },
      (line) => stream.write(`\n${line}\n`),
    );
  } finally {
    bar.stop();
  }
}

async function withLines<T>(
  what: string,
  total: number,
  work: Work<T>,
  { stream, everyMs }: ProgressOutput,
): Promise<T> {
  const began = performance.now();
  let [done, of, toldAt, told] = [0, total, began, ''];
  const tell = (): void => {
    const counts = `${String(done)} of ${String(of)} ${what}`;
    if (counts === told) return;
    [toldAt, told] = [performance.now(), counts];
    stream.write(`${counts} · ${String(Math.round((toldAt - began) / 1000))} s\n`);
  };
  try {
    return await work(
      (doneNow, knownTotal) => {
        [done, of] = [doneNow, knownTotal ?? of];
        if (performance.now() - toldAt >= everyMs) tell();
      },
      (line) => stream.write(`${line}\n`),
    );
  } finally {
    tell();
  }
}
