import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../src/config.js';

const LOCK = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

describe('a fresh clone', () => {
  test('the lock file names the packages of every platform: "npm ci" refuses one that leaves some out', async () => {
    const { packages } = LOCK.parse(JSON.parse(await readFile(join(PROJECT_FOLDER, 'package-lock.json'), 'utf8')));
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter((name) => {
        return !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages);
      }),
    );
    expect(missing).toEqual([]);
  });
});
