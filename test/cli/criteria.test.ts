import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../src/cli/program.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let folder: string;
const before = { ...process.env };

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-gateway-'));
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    DATABASE_OWNER_URL: database.ownerUrl,
    KEYS_DIR: join(folder, 'keys'),
    DATA_DIR: join(folder, 'data'),
    NODE_ENV: 'test',
  });
  await database.pool.query(`
    insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0')`);
});
afterAll(async () => {
  process.env = before;
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a command prints, both streams together, and how it ends. */
async function run(...words: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const take = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  const streams = [process.stdout, process.stderr];
  const writers = streams.map((stream) => stream.write.bind(stream));
  for (const stream of streams) stream.write = take;
  try {
    const code = await runCommandLine(['node', 'dci-gateway', 'criteria', ...words]);
    return { code, said };
  } finally {
    for (const [index, write] of writers.entries()) Object.assign(streams[index] ?? {}, { write });
  }
}

test('criteria are kept, scheduled, listed, shown and unscheduled', async () => {
  const added = await run('add', 'Deaths', '--source', 'crvs', '--event', 'death', '--within-days', '90');
  expect(added).toMatchObject({ code: 0 });
  const times = ['--cron', '0 3 * * *', '--time-zone', 'Africa/Lusaka', '--incremental-by', 'registration_date'];
  const scheduled = await run('schedule', 'Deaths', ...times);
  expect(scheduled.said).toMatch(/Next: \d{4}-\d\d-\d\dT01:00:00/u);
  const listed = await run('list');
  expect(listed.said).toMatch(/Deaths +crvs +death +of the last 90 days, known people alone +\d{4}/u);
  const shown = await run('show', 'Deaths', '--json');
  expect(JSON.parse(shown.said)).toMatchObject({
    event: 'death',
    makesPeople: false,
    watermark: null,
    times: [],
    schedule: { timeZone: 'Africa/Lusaka', overlapDays: 1, enabled: true },
  });
  expect((await run('schedule', 'Deaths', ...times, '--disabled')).said).toMatch(/^Disabled/u);
  expect((await run('unschedule', 'Deaths')).said).toMatch(/no schedule any more/u);
  expect((await run('unschedule', 'Deaths')).said).toMatch(/had no schedule/u);
  const acts = await database.pool.query<{ action: string }>('select distinct action from audit_entries order by 1');
  expect(acts.rows.map(({ action }) => action)).toEqual(['import.criteria_made', 'import.scheduled']);
});

test.each<[number, RegExp, string[]]>([
  [2, /--source/u, ['add', 'Nothing']],
  [2, /Allowed choices are birth, death, marriage/u, ['add', 'X', '--source', 'crvs', '--event', 'divorce']],
  [1, /CRITERIA_FILTER_REQUIRED/u, ['add', 'X', '--source', 'crvs']],
  [1, /DATA_SOURCE_UNKNOWN/u, ['add', 'X', '--source', 'nobody', '--within-days', '3']],
  [2, /cannot be used/u, ['add', 'X', '--source', 'crvs', '--make-people', '--only-known', '--within-days', '3']],
  [1, /SEARCH_CRITERIA_UNKNOWN/u, ['show', 'Nobody']],
  [1, /CRON_INVALID/u, ['schedule', 'Births', '--cron', 'now']],
  [1, /TIME_ZONE_UNKNOWN/u, ['schedule', 'Births', '--cron', '0 3 * * *', '--time-zone', 'Nowhere']],
  [1, /OVERLAP_INVALID/u, ['schedule', 'Births', '--cron', '0 3 * * *', '--overlap-days', 'many']],
])('what cannot be done ends with %d and says why', async (code, why, words) => {
  await run('add', 'Births', '--source', 'crvs', '--within-days', '3');
  const ended = await run(...words);
  expect(ended.said).toMatch(why);
  expect(ended.code).toBe(code);
});
