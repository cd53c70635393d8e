import { PassThrough } from 'node:stream';
import { describeRun } from '../../src/cli/import-watch.js';
import { withProgress } from '../../src/cli/progress.js';

/** What work of three records shows on a terminal, or where it is piped. */
async function shown(isTTY: boolean, everyMs: number): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const work = withProgress(
    'records',
    0,
    async (onProgress, say) => {
      onProgress(1, 3);
      say('The run waits');
      onProgress(2, 3);
      await Promise.resolve(onProgress(3));
    },
    { stream, everyMs },
  );
  await work;
  return String(stream.read());
}

describe('the progress of long work', () => {
  test('is plain lines where it is piped, seldom, and one at the end', async () => {
    expect(await shown(false, 3_600_000)).toBe('The run waits\n3 of 3 records · 0 s\n');
    expect((await shown(false, 0)).split('\n')).toEqual([
      '1 of 3 records · 0 s',
      'The run waits',
      '2 of 3 records · 0 s',
      '3 of 3 records · 0 s',
      '',
    ]);
  });

  test('is a bar on a terminal', async () => {
    expect(await shown(true, 0)).toMatch(/█+ 3\/3 records/u);
  });

  test('is told at the end of work that fails', async () => {
    const stream = new PassThrough();
    const failing = withProgress(
      'records',
      2,
      (onProgress) => {
        onProgress(1);
        return Promise.reject(new Error('no more'));
      },
      { stream, everyMs: 3_600_000 },
    );
    await expect(failing).rejects.toThrow('no more');
    expect(String(stream.read())).toBe('1 of 2 records · 0 s\n');
  });
});

test('a run of one record is told in the singular', () => {
  const run: Parameters<typeof describeRun>[0] = {
    id: 'one',
    kind: 'import',
    recordsDone: 1,
    pagesDone: 1,
    outcomes: {
      created: 1,
      updated: 0,
      unchanged: 0,
      skipped: 0,
      conflict: 0,
      failed: 0,
      removed: 0,
      restored: 0,
      refused: 0,
    },
    individualsCreated: 1,
    groupsCreated: 2,
    warnings: [],
  };
  expect(describeRun(run)).toEqual([
    '1 record on 1 page: 1 created, 0 updated, 0 unchanged, 0 skipped, 0 conflict, 0 failed',
    '1 individual and 2 families are new',
  ]);
});
