import { Presets, SingleBar } from 'cli-progress';

/**
 * Shows how far long work is: a bar on a terminal, a plain line every few seconds where the output is piped.
 * `onProgress` takes how many are done and, where it became known later, how many there are.
 */
export async function withProgress<T>(
  what: string,
  total: number,
  work: (onProgress: (done: number, total?: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar(
    {
      format: `{bar} {value}/{total} ${what} · {duration_formatted}`,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2000,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  try {
    return await work((done, knownTotal) => {
      if (knownTotal !== undefined && knownTotal !== bar.getTotal()) bar.setTotal(knownTotal);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
