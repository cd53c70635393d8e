import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { runCommandLine } from '../../src/cli/program.js';
import { openKeys } from '../../src/security/keys.js';
import { keepExchanges } from '../../src/sources/exchanges/kept-exchanges.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let folder: string;
let runId: string;
const before = { ...process.env };

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'dci-gateway-'));
  const { pool, url, ownerUrl } = database;
  const keysDir = join(folder, 'keys');
  Object.assign(process.env, { DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl, KEYS_DIR: keysDir, NODE_ENV: 'test' });
  const { rows } = await pool.query<{ run: string; source: string }>(`
    with source as (
      insert into data_sources (code, name, base_url, dialect)
      values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0') returning id
    ), criteria as (
      insert into search_criteria (name, data_source_id, born_from, born_until)
      select 'Everybody', id, '1900-01-01', '2100-01-01' from source returning id, data_source_id
    )
    insert into import_runs (search_criteria_id, requested_by) select id, 'tests' from criteria
    returning id as run, (select id from source) as source`);
  runId = rows[0]?.run ?? '';
  const keys = await openKeys(keysDir, pool, pino({ level: 'silent' }));
  const source = { id: rows[0]?.source ?? '', keepExchanges: 'answers' } as const;
  await keepExchanges({ db: pool, keys, source }, { importRunId: runId, page: 1 }, [
    {
      purpose: 'search',
      sentAt: new Date('2026-01-02T03:04:05Z'),
      durationMs: 12,
      status: 200,
      notPushedDown: ['birth place'],
      request: {
        method: 'POST',
        url: 'http://127.0.0.1:9/search',
        headers: { authorization: 'Bearer $TOKEN' },
        body: '{"asked":1}',
      },
      answer: '{"name":"Amina\u001b[2J"}',
    },
  ]);
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
    return { code: await runCommandLine(['node', 'dci-gateway', 'exchange', ...words]), said };
  } finally {
    for (const [index, write] of writers.entries()) Object.assign(streams[index] ?? {}, { write });
  }
}

const notes = async (): Promise<unknown[]> =>
  (await database.pool.query<object>("select detail from audit_entries where action = 'exchange.shown'")).rows;

test('exchanges of a run are listed without their words', async () => {
  const { code, said } = await run('list', runId);
  expect(code).toBe(0);
  expect(said).toMatch(/2026-01-02T03:04:05.000Z +search +1 +200 +12 +birth place/u);
  expect(said).not.toContain('Amina');
  expect(await notes()).toEqual([]);
  expect((await run('list', 'rubbish')).said).toContain('Nothing is kept');
});

test('one is shown to the word, as a curl without the token, and that goes on record first', async () => {
  const listed = JSON.parse((await run('list', runId, '--json')).said) as { id: string }[];
  const id = listed[0]?.id ?? '';
  const { said } = await run('show', id);
  expect(said).toContain(`--data-raw '{"asked":1}'`);
  expect(said).toContain(`"$TOKEN"`);
  expect(said).toContain('{"name":"Amina [2J"}');
  expect(await notes()).toEqual([{ detail: { exchange: id } }]);
  expect(JSON.parse((await run('show', id, '--json')).said)).toMatchObject({ id, request: { body: '{"asked":1}' } });
  const gone = await run('show', runId);
  expect(gone).toMatchObject({ code: 1, said: expect.stringContaining('EXCHANGE_GONE') as string });
});
