import type { Pool } from 'pg';
import { createPool, type Queryable, type Statement } from '../../src/database/pool.js';
import { readQuery } from '../../src/dci/query.js';
import { EVERYBODY } from '../../src/record/filter.js';
import { generateRegistry } from '../../src/registry/demo/generate.js';
import { findRecordPage, type RecordPageQuery } from '../../src/registry/queries/record-pages.js';
import { createTestDatabase, type TestDatabase } from '../test-database.js';

/**
 * How a registry of 5,000,000 people is searched. DCI_NIGHTLY_DATABASE_URL names one that `demo generate` has filled, and
 * which is only read; without it one is generated, which takes about half an hour and 7 GB.
 */
const FILLED = process.env['DCI_NIGHTLY_DATABASE_URL'];
const PEOPLE = 5_000_000;

let made: TestDatabase | null = null;
let pool: Pool;

beforeAll(async () => {
  if (FILLED === undefined || FILLED === '') {
    made = await createTestDatabase();
    await generateRegistry(made.pool, { individuals: PEOPLE, ownerUrl: made.ownerUrl });
  }
  const url = new URL(made?.url ?? FILLED ?? '');
  url.searchParams.set('options', '-c default_transaction_read_only=on');
  pool = createPool(url.href, { size: 2 });
});
afterAll(async () => {
  await pool.end();
  await made?.close();
});

test('there are as many people as the plans are for', async () => {
  const { rows } = await pool.query<{ people: number }>(
    "select reltuples::float8 as people from pg_class where relname = 'individuals'",
  );
  expect(rows[0]?.people).toBeGreaterThan(PEOPLE * 0.99);
});

/** One answer, and how the database came to it. */
interface Found {
  readonly ids: readonly string[];
  readonly total: number;
  readonly lastCursor: string | null;
  /** Of the page, then of the count where there was one. */
  readonly plans: readonly Plan[];
}

interface Plan {
  /** With the values, and the plan without them for a statement that is kept prepared. */
  readonly texts: readonly string[];
  /** Pages of 8 kB that were looked at, found in memory or not. */
  readonly blocks: number;
}

async function find(query: Omit<RecordPageQuery, 'record' | 'visible' | 'sort'>): Promise<Found> {
  const sent: Statement[] = [];
  const db: Queryable = {
    query(statement) {
      sent.push(statement);
      return pool.query(statement);
    },
  };
  const { items, total, lastCursor } = await findRecordPage(db, {
    record: 'individual',
    visible: EVERYBODY,
    sort: [],
    ...query,
  });
  const plans: Plan[] = [];
  for (const statement of sent) plans.push(await explain(statement));
  return { ids: items, total, lastCursor, plans };
}

async function explain({ name, text, values = [] }: Statement): Promise<Plan> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers, costs off) ${text}`, values);
  const measured = rows.map((row) => row['QUERY PLAN']).join('\n');
  const read = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/u.exec(measured);
  const prepared = name === undefined ? [] : await explainPrepared(text);
  return { texts: [measured, ...prepared], blocks: Number(read?.[1] ?? 0) + Number(read?.[2] ?? 0) };
}

async function explainPrepared(text: string): Promise<string[]> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (generic_plan, costs off) ${text}`);
  return [rows.map((row) => row['QUERY PLAN']).join('\n')];
}

/** That each statement is served by the index, in its order, and looks at no more blocks. */
function expectIndex({ plans }: Found, index: string, mostBlocks: number): void {
  for (const { texts, blocks } of plans) {
    expect(blocks).toBeLessThan(mostBlocks);
    for (const text of texts) {
      // Behind the second limit are those whose value is unknown, of whom a range has none.
      const known = text
        .split(/\n *-> {2}Limit\b/u)
        .slice(0, 2)
        .join('\n');
      expect(known).toContain(index);
      expect(known).not.toMatch(/Sort\b(?! Key)/u);
      expect(text).not.toContain('Seq Scan');
    }
  }
}

const BORN_IN_MAY = readQuery('expression', { birth_date: { $gte: '1990-05-01', $lt: '1990-06-01' } }, {}).filter;
const BORN_SINCE_1970 = readQuery('expression', { birth_date: { $gte: '1970-01-01' } }, {}).filter;

test('a person is found by an identifier in a handful of blocks', async () => {
  const { rows } = await pool.query<{ id: string; value: string }>(
    "select individual_id as id, value from identifiers where type = 'UIN' and value_key = '7024999999'",
  );
  const [person] = rows;
  const { filter } = readQuery('idtype-value', { type: 'UIN', value: person?.value }, {});
  const found = await find({ filter, page: { size: 10, number: 1 } });
  expect(found.ids).toEqual([person?.id]);
  for (const { texts, blocks } of found.plans) {
    expect(blocks).toBeLessThan(50);
    for (const text of texts) expect(text).toContain('identifiers_value');
  }
});

test('those born in one month are read along their index, page by page behind the mark of the page before', async () => {
  const first = await find({ filter: BORN_IN_MAY, page: { size: 20, number: 1 } });
  expect(first.ids).toHaveLength(20);
  expect(first.total).toBeGreaterThan(1000);
  expect(first.plans).toHaveLength(2);
  expectIndex(first, 'individuals_birth_date', 2000);

  let last = first;
  const seen = new Set(first.ids);
  for (let number = 2; number <= 20; number += 1) {
    const next = await find({
      filter: BORN_IN_MAY,
      page: { size: 20, number },
      after: last.lastCursor ?? '',
      knownTotal: first.total,
    });
    expect(next.plans).toHaveLength(1);
    // A later page costs what the first does.
    expectIndex(next, 'individuals_birth_date', 200);
    for (const id of next.ids) seen.add(id);
    last = next;
  }
  expect(seen.size).toBe(400);
});

test('a page by a number that nobody marked is read along the index too', async () => {
  const found = await find({ filter: BORN_SINCE_1970, page: { size: 20, number: 500 }, knownTotal: 10_001 });
  expect(found.ids).toHaveLength(20);
  expectIndex(found, 'individuals_birth_date', 50_000);
});

test('a count ends where there are more than can be paged through', async () => {
  const { total, plans } = await find({ filter: BORN_SINCE_1970, page: { size: 1, number: 1 } });
  expect(total).toBe(10_001);
  expect(plans).toHaveLength(2);
  // Along the index or through the table: either ends at the 10,001st.
  for (const { blocks } of plans) expect(blocks).toBeLessThan(15_000);
});

test('a range that nobody is in costs nothing, however the database is asked', async () => {
  const { filter } = readQuery('expression', { birth_date: { $gte: '1890-01-01', $lt: '1890-02-01' } }, {});
  const found = await find({ filter, page: { size: 20, number: 1 } });
  expect(found).toMatchObject({ ids: [], total: 0, lastCursor: null });
  expectIndex(found, 'individuals_birth_date', 50);
});
