import { checkRequestLimits } from '../../src/sources/request-limits.js';
import { readWait } from '../../src/sources/rate-limit-reset.js';
import { SourceQuota } from '../../src/sources/source-quota.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

let database: TestDatabase;
let id: string;
beforeAll(async () => {
  database = await createTestDatabase({ size: 4 });
  const { rows } = await database.pool.query<{ id: string }>(
    "insert into data_sources (code, name, base_url, dialect) values ('crvs', 'CRVS', 'http://127.0.0.1:9', 'spdci-1.0') returning id",
  );
  id = rows[0]?.id ?? '';
});
beforeEach(() => database.pool.query('delete from source_quotas'));
afterAll(() => database.close());

const never = new AbortController().signal;
const limited = (requestsPerSecond: number | null, requestsPerDay: number | null) => ({
  id,
  code: 'crvs',
  requestLimits: { requestsPerSecond, requestsPerDay },
});

test('all gateways together keep to the requests per second', async () => {
  const one = new SourceQuota(database.pool);
  const other = new SourceQuota(database.pool);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 11 }, (_, number) => (number % 2 === 0 ? one : other).take(limited(50, null), never)),
  );
  expect(performance.now() - began).toBeGreaterThan(195);
});

test('the requests of a day are counted once each, and the last is followed by none until the next day', async () => {
  const quota = new SourceQuota(database.pool);
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => quota.take(limited(null, 5), never)));
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  const refused = quota.take(limited(null, 5), never);
  await expect(refused).rejects.toMatchObject({ code: 'SOURCE_QUOTA_USED_UP' });
  await database.pool.query("update source_quotas set day = day - 1, next_at = now() - interval '1 day'");
  await quota.take(limited(null, 5), never);
});

test('a request that would wait for long is not sent, and says when to come back', async () => {
  const quota = new SourceQuota(database.pool);
  await quota.take(limited(0.01, null), never);
  await database.pool.query("update source_quotas set next_at = now() + interval '10 minutes'");
  const refused = quota.take(limited(0.01, null), never);
  await expect(refused).rejects.toMatchObject({ code: 'SOURCE_QUEUE_FULL', waitMs: expect.any(Number) as number });
});

test('a source without limits costs no statement, and who waits can be called away', async () => {
  database.statements.length = 0;
  const quota = new SourceQuota(database.pool);
  await quota.take(limited(null, null), never);
  expect(database.statements).toEqual([]);
  await quota.take(limited(0.2, null), never);
  await expect(quota.take(limited(0.2, null), AbortSignal.timeout(20))).rejects.toThrow(/abort/iu);
});

test.each([
  [{ requestsPerSecond: 0 }],
  [{ requestsPerSecond: -1 }],
  [{ requestsPerSecond: Number.NaN }],
  [{ requestsPerSecond: 1001 }],
  [{ requestsPerDay: 0 }],
  [{ requestsPerDay: 1.5 }],
  [{ requestsPerDay: 3_000_000_000 }],
])('%j is no limit', (limits) => {
  expect(() => checkRequestLimits(limits)).toThrow(/^The requests per (second|day) must be /u);
});

test.each<[Record<string, string>, number | null]>([
  [{ 'retry-after': '7', 'ratelimit-reset': '9' }, 7_000],
  [{ 'ratelimit-reset': '9' }, 9_000],
  [{ ratelimit: '"default";r=0;t=30' }, 30_000],
  [{ 'x-ratelimit-reset': '60' }, 60_000],
  [{ 'x-ratelimit-reset': '1767225600' }, 3_600_000],
  [{ 'x-ratelimit-reset': '1767000000' }, 0],
  [{ 'x-ratelimit-reset': 'soon' }, null],
  [{}, null],
])('%j asks for %j ms', (headers, ms) => {
  expect(readWait(headers, new Date('2025-12-31T23:00:00Z'))).toBe(ms);
});
